// Starts JupyterLite on the notebook that the address names: sees first that it can run, keeps what is loaded for later
// visits, and says in the page's language what is going on and what can be done when something fails.

import { mendText } from "./book.js?_=@BUILD@";
import { WORDS, fill } from "./lab-words.js?_=@BUILD@";

const root = new URL("./", import.meta.url);
const element = (id) => document.getElementById(id);
const { notebooks, service, scripts, python } = JSON.parse(element("kl-lab").textContent);
const path = new URLSearchParams(location.search).get("path") ?? "";
// A copy that was set aside, 01-definitions-2026-11-28.ipynb, belongs to its chapter.
const chapterOf = (name) => Object.keys(notebooks).find((known) => name.startsWith(known.replace(/\.ipynb$/, "")));
const notebook = notebooks[chapterOf(path)];
const language = path.startsWith("zh/") ? "zh-CN" : "en";
const say = WORDS[language];
const site = new URL(language === "en" ? "../" : "../zh/", root);
const SERVICE_PATIENCE = 60; // seconds until the lab begins although nothing of it would be kept
const PATIENCE = 120; // seconds until the page asks whether something is wrong

document.documentElement.lang = language;

function note(kind, text, actions = []) {
  const box = document.createElement("div");
  box.className = "kl-lab-note";
  box.dataset.kind = kind;
  const words = document.createElement("p");
  words.textContent = text;
  box.append(words);
  for (const [label, act] of actions) {
    const control = document.createElement(typeof act === "string" ? "a" : "button");
    control.textContent = label;
    if (typeof act === "string") control.href = act;
    else control.addEventListener("click", () => act(box));
    box.append(control);
  }
  document.querySelector(".kl-lab-status").append(box);
  return box;
}

const close = [say.close, (box) => box.remove()];
const chapter = notebook ? new URL(notebook.page, site).href : site.href;
const waysOn = [[say.back, chapter], [say.howTo, new URL("how-to.html", site).href]];

function wasmRuns() {
  try {
    return new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0)) instanceof WebAssembly.Module;
  } catch {
    return false;
  }
}

function memorySuffices() {
  try {
    return new WebAssembly.Memory({ initial: 16384 }).buffer.byteLength > 0; // a gigabyte of addresses; pages not touched cost nothing
  } catch {
    return false;
  }
}

async function storageWorks() {
  try {
    localStorage.setItem("kl-lab", "1");
    localStorage.removeItem("kl-lab");
    await new Promise((resolve, reject) => {
      const asked = indexedDB.open("kl-lab-probe");
      asked.onsuccess = () => resolve(asked.result.close());
      asked.onerror = () => reject(asked.error);
    });
    return true;
  } catch {
    return false;
  }
}

// Until the service worker controls this page, nothing that is loaded is kept; what came before is asked for again.
async function keepWhatIsLoaded() {
  const worker = navigator.serviceWorker;
  if (!worker) return;
  const { active, installing } = await worker.register(new URL(service, root), { scope: root.pathname });
  if (worker.controller || (active && !installing)) return; // the latter: a page loaded anew by force has no controller
  await new Promise((resolve) => {
    worker.addEventListener("controllerchange", resolve, { once: true });
    setTimeout(resolve, 1000 * SERVICE_PATIENCE);
  });
  const before = performance.getEntriesByType("resource").map(({ name }) => name);
  for (const address of [location.href, ...before]) fetch(address).catch(() => {});
}

function configure(stored, work) {
  const place = element("jupyter-config-data");
  const config = JSON.parse(place.textContent);
  for (const [key, value] of Object.entries(config)) {
    const unfixed = ["licensesUrl", "themesUrl"].includes(key); // JupyterLab puts these behind baseUrl itself
    if (key.endsWith("Url") && value.startsWith("./") && !unfixed) config[key] = root.pathname + value.slice(2);
  }
  const kernel = config.litePluginSettings["@jupyterlite/pyodide-kernel-extension:kernel"];
  kernel.pyodideUrl = root.pathname + kernel.pyodideUrl;
  kernel.loadPyodideOptions = { work, packages: python.started }; // these it need not fetch
  kernel.pipliteUrls = kernel.pipliteUrls.map((url) => root.pathname + url.replace("./", ""));
  if (!stored) {
    config.enableMemoryStorage = true;
    for (const kind of ["contents", "settings", "workspaces"]) config[`${kind}StorageDrivers`] = ["memoryStorageDriver"];
  }
  if (language === "zh-CN") config.settingsOverrides["@jupyterlab/translation-extension:plugin"] = { locale: "zh_CN" };
  place.textContent = JSON.stringify(config);
}

// JupyterLite starts a worker for Python when it has drawn the notebook. The machine's other core need not wait so long:
// the worker begins now, and JupyterLite gets it when it asks for one.
function beginPython(work) {
  const Plain = globalThis.Worker;
  const begin = () => new Plain(new URL(python.worker, root), { type: "module", name: JSON.stringify(work) });
  let begun = begin();
  globalThis.Worker = function (address, options) {
    if (!String(address).includes("comlink.worker")) return new Plain(address, options);
    const worker = begun ?? begin(); // a kernel started anew needs another
    begun = null;
    return worker;
  };
}

// The copy that the reader saved stays when the book changes. Then the reader decides.
async function savedCopy() {
  const database = await opened(`JupyterLite Storage - ${root.pathname}`);
  if (!database?.objectStoreNames.contains("files")) return database?.close();
  const copy = await answer(database.transaction("files").objectStore("files").get(path));
  database.close();
  return copy;
}

async function setAside(copy) {
  const name = path.replace(/\.ipynb$/, `-${(copy.last_modified ?? "").slice(0, 10) || "mine"}.ipynb`);
  const database = await opened(`JupyterLite Storage - ${root.pathname}`);
  const store = database.transaction("files", "readwrite").objectStore("files");
  await answer(store.put({ ...copy, name: name.split("/").pop(), path: name }, name));
  await answer(store.delete(path));
  database.close();
  return name;
}

const answer = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

// Opens a database that exists; one that JupyterLite has not made yet must not come to be here, empty.
function opened(name) {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name);
    let made = false;
    request.onupgradeneeded = () => {
      made = true;
      request.transaction.abort();
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => (made ? resolve(undefined) : reject(request.error));
  });
}

async function askIfStale() {
  const copy = await savedCopy();
  const version = copy?.content?.metadata?.klbook?.version;
  if (!copy || version === notebook.version) return;
  await new Promise((decided) => {
    const aside = async (box) => {
      const name = await setAside(copy);
      box.remove();
      const link = new URL(`notebooks/index.html?path=${name}`, root).href;
      note("progress", fill(say.kept, { name }), [[name, link], close]);
      decided();
    };
    const mine = (box) => decided(box.remove());
    note("warning", say.stale, [[say.fresh, aside], [say.keep, mine]]);
  });
}

// The chunks come before what loads chunks. A first visit waits until the service worker has compiled them.
function load() {
  for (const address of scripts) {
    const script = document.createElement("script");
    script.async = false;
    script.src = new URL(address, root);
    script.main = "index";
    script.addEventListener("error", () => failed(address));
    document.head.append(script);
  }
}

function sendForScripts() {
  for (const address of scripts) {
    const link = document.createElement("link");
    Object.assign(link, { rel: "preload", as: "script", href: new URL(address, root) });
    document.head.append(link);
  }
}

function failed(reason) {
  note("failure", fill(say.failed, { reason }), [[say.again, () => location.reload()], ...waysOn]);
}

// JupyterLite calls a kernel idle before its Python is there. An empty cell is answered when it is.
async function untilPythonRuns() {
  const context = await new Promise((resolve) => {
    const timer = setInterval(() => {
      const found = globalThis.jupyterapp?.shell?.currentWidget?.sessionContext;
      if (!found?.session?.kernel) return;
      clearInterval(timer);
      resolve(found);
    }, 100);
  });
  await context.session.kernel.requestExecute({ code: "", silent: true }).done;
  context.statusChanged.connect((_, status) => {
    if (status === "dead") note("failure", say.crashed, [waysOn[1], close]);
  });
}

async function watch(starting) {
  let late = null;
  const timer = setTimeout(() => {
    late = note("failure", fill(say.slow, { seconds: PATIENCE }), [[say.again, () => location.reload()], ...waysOn, close]);
  }, 1000 * PATIENCE);
  await untilPythonRuns();
  clearTimeout(timer);
  late?.remove();
  starting.remove();
  performance.mark("kl-python");
}

async function start() {
  if (!notebook) return note("failure", say.noPath, [[say.back, site.href]]);
  document.title = fill(say.title, { name: notebook.title });
  if (!wasmRuns()) return note("failure", say.noWasm, waysOn);
  if (!memorySuffices()) return note("failure", say.noMemory, [[say.again, () => location.reload()], ...waysOn]);
  const starting = note("progress", fill(say.starting, { size: notebook.size }), [waysOn[0]]);
  starting.append(document.createElement("progress"));
  const { packages, modules } = notebook;
  const work = { folder: new URL(python.folder, root).href, lock: python.lock, first: python.first, packages, modules };
  beginPython(work); // this takes longest
  if (navigator.serviceWorker?.controller) sendForScripts();
  const [stored] = await Promise.all([storageWorks(), keepWhatIsLoaded().catch(() => {})]);
  if (!stored) note("warning", say.noStorage, [close]);
  configure(stored, work);
  if (stored) await askIfStale().catch(() => {}); // a storage of another form: JupyterLite knows how to read it
  const chapters = Object.keys(notebooks).map((name) => name.replace(/^.*\/|\.ipynb$/g, ""));
  mendText({ site, chapters, names: say.names });
  load();
  await watch(starting);
}

start().catch((error) => failed(error.message));
