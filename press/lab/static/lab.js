// Starts JupyterLite on the notebook that the address names: sees first that it can run, keeps what is loaded for later
// visits, and says in the page's language what is going on and what can be done when something fails.

const PATIENCE = 120; // seconds until the page asks whether something is wrong
const WIDE = 1200; // pixels, from which the contents stand open beside the text

const VIEW = "application/vnd.jupyter.widget-view+json";

performance.setResourceTimingBufferSize(1000); // the names of all that is loaded
const root = new URL("./", import.meta.url);
const element = (id) => document.getElementById(id);
const { notebooks, editions, words, python, scripts, howTo } = JSON.parse(element("lab").textContent);
const path = new URLSearchParams(location.search).get("path") ?? "";
// A copy that was set aside, NAME-2026-11-28.ipynb, belongs to its chapter.
const original = Object.keys(notebooks).find((known) => path.startsWith(known.replace(/\.ipynb$/, "")));
const notebook = notebooks[original];
const { folder, locale } = editions[path.split("/")[0]] ?? Object.values(editions)[0];
const say = words[locale];
const site = new URL(`../${folder}`, root);
const chapter = new URL(notebook?.page ?? "", site).href;
const storage = `JupyterLite Storage - ${root.pathname}`; // the name that JupyterLite gives its database
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

document.documentElement.lang = locale.replace("_", "-");

const make = (name, properties) => Object.assign(document.createElement(name), properties);

function note(kind, text, actions = []) {
  const box = make("div", { className: "lab-note" });
  box.dataset.kind = kind;
  box.append(make("p", { textContent: text }));
  for (const [textContent, act] of actions) {
    const leads = typeof act === "string";
    box.append(leads ? make("a", { textContent, href: act }) : make("button", { textContent, onclick: () => act(box) }));
  }
  document.querySelector(".lab-status").append(box);
  return box;
}

const close = [say.close, (box) => box.remove()];
const reload = [say.reload, () => location.reload()];
const waysOn = [[say.back, chapter], [say.howTo, new URL(howTo, site).href]];
const failed = (reason) => note("failure", fill(say.failed, { reason }), [reload, ...waysOn]);

const answer = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

// What the lab needs, what it keeps changes in, and what it keeps files in: each by the name that a reader can look for.
const NEEDED = {
  WebAssembly: () => new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0)),
  "1 GB": () => new WebAssembly.Memory({ initial: 16384 }), // pages not touched cost nothing
  "Web Workers": () => Worker.prototype.postMessage,
};
const KEPT = { IndexedDB: async () => (await answer(indexedDB.open("lab"))).close() };
const LOADED = {
  "Cache Storage": () => caches.open("lab-files"),
  "Service Workers": () => navigator.serviceWorker.getRegistration(),
};

async function missing(parts) {
  const found = [];
  for (const [name, look] of Object.entries(parts)) await Promise.resolve().then(look).catch(() => found.push(name));
  return found.join(", ");
}

// JupyterLab takes localStorage for granted. What it would keep there, nobody misses.
function standInForStorage() {
  const value = { length: 0, key: () => null, getItem: () => null, setItem() {}, removeItem() {} };
  Object.defineProperty(globalThis, "localStorage", { value });
}

// What the service worker installs, the browser compiles: this waits until Python runs. Nothing is kept before it controls
// the page; what came before is asked for again, of the browser's own store.
async function cacheWhatIsLoaded() {
  const worker = navigator.serviceWorker;
  if (!worker) return;
  await worker.register(new URL("service-worker.js", root), { scope: root.pathname });
  if (worker.controller) return performance.mark("lab-kept");
  await new Promise((resolve) => worker.addEventListener("controllerchange", resolve, { once: true }));
  const before = performance.getEntriesByType("resource").map(({ name }) => name);
  await Promise.allSettled([location.href, ...before].map((address) => fetch(address)));
  performance.mark("lab-kept");
}

function configure(stored) {
  const place = element("jupyter-config-data");
  const config = JSON.parse(place.textContent);
  for (const [key, value] of Object.entries(config)) {
    const unfixed = ["licensesUrl", "themesUrl"].includes(key); // JupyterLab puts these behind baseUrl itself
    if (key.endsWith("Url") && value.startsWith("./") && !unfixed) config[key] = root.pathname + value.slice(2);
  }
  const kernel = config.litePluginSettings["@jupyterlite/pyodide-kernel-extension:kernel"];
  kernel.pyodideUrl = root.pathname + kernel.pyodideUrl;
  kernel.loadPyodideOptions = { packages: python.started }; // these it need not fetch
  kernel.pipliteUrls = kernel.pipliteUrls.map((url) => root.pathname + url.replace("./", ""));
  if (!stored) {
    config.enableMemoryStorage = true;
    for (const kind of ["contents", "settings", "workspaces"]) config[`${kind}StorageDrivers`] = ["memoryStorageDriver"];
  }
  if (locale !== "en") config.settingsOverrides["@jupyterlab/translation-extension:plugin"] = { locale };
  place.textContent = JSON.stringify(config);
}

// JupyterLite starts a worker for Python when it has drawn the notebook. The machine's other core need not wait so long:
// the worker begins now, and JupyterLite gets it when it asks for one.
function startPython() {
  const { lock } = python;
  const { packages, modules } = notebook;
  const name = JSON.stringify({ folder: new URL(python.folder, root).href, lock, packages, modules });
  const Plain = globalThis.Worker;
  const start = () => new Plain(new URL("python.js?_=@BUILD@", root), { type: "module", name });
  let started = start();
  globalThis.Worker = function (address, options) {
    if (!String(address).includes("comlink.worker")) return new Plain(address, options);
    const worker = started ?? start(); // a kernel started anew needs another
    started = null;
    return worker;
  };
}

// The reader's saved copy is what opens. When the book has changed, the book's version opens and the copy stays beside it.
async function readCopy() {
  const known = await indexedDB.databases();
  if (!known.some(({ name }) => name === storage)) return; // JupyterLite will make it
  const database = await answer(indexedDB.open(storage));
  const files = (mode) => database.transaction("files", mode).objectStore("files");
  const copy = database.objectStoreNames.contains("files") && (await answer(files("readonly").get(path)));
  if (copy && (await restViews(copy.content))) await answer(files("readwrite").put(copy, path));
  if (copy && path in notebooks && copy.content?.metadata?.lab?.version !== notebook.version) {
    const name = path.replace(/\.ipynb$/, `-${(copy.last_modified ?? "").slice(0, 10) || "mine"}.ipynb`);
    const store = files("readwrite");
    await answer(store.put({ ...copy, name: name.split("/").pop(), path: name }, name));
    await answer(store.delete(path));
    const link = new URL(`notebooks/index.html?path=${name}`, root).href;
    note("warning", fill(say.setAside, { name }), [[name, link], close]);
  }
  database.close();
}

// A widget's view ends with its Python. The book's picture takes its place, where the cell is the book's, and words that say
// how to wake it. Returns whether there was a view.
async function restViews(content) {
  const isView = ({ data }) => data?.[VIEW];
  const isPicture = ({ data }) => data?.["text/html"]?.includes("kl-explorable");
  const resting = (content?.cells ?? []).filter(({ outputs = [] }) => outputs.some(isView));
  if (!resting.length) return false;
  const address = new URL(`files/${original}`, root);
  const book = await fetch(address).then((answer) => answer.json()).catch(() => ({ cells: [] })); // offline, maybe: no picture
  const words = { output_type: "display_data", data: { "text/markdown": `*${say.asleep}*` }, metadata: {} };
  for (const cell of resting) {
    const { outputs = [] } = book.cells.find(({ id }) => id === cell.id) ?? {};
    cell.outputs = [...cell.outputs.filter((output) => !isView(output)), ...outputs.filter(isPicture), words];
  }
  return true;
}

// In the text of the notebook: links to the book's pages, which notebooks.py wrote and JupyterLab has put behind the folder of
// its files, and names that jupyterlab-myst knows in English alone.
function fitText() {
  const MARKED = ".jp-MarkdownCell a[href], .jp-MarkdownCell .myst-proof-title";

  function fit(part) {
    const [, page] = part.getAttribute("href")?.match(/\/files\/([^#]+\.html(?:#.*)?)$/) ?? [];
    if (page) Object.assign(part, { href: new URL(page, site).href, target: "_blank", rel: "noopener" });
    if (part.title.startsWith("Link to")) part.ariaLabel = part.title = say.link;
    const text = part.firstChild;
    if (text?.nodeType === Node.TEXT_NODE) text.data = text.data.replace(/^\w+/, (name) => say.names?.[name] ?? name);
  }

  const changed = (changes) => {
    for (const { target, addedNodes } of changes) {
      if (target.matches(MARKED)) fit(target); // JupyterLab has given a link its address
      for (const node of addedNodes) node.querySelectorAll?.(MARKED).forEach(fit);
    }
  };
  new MutationObserver(changed).observe(document.body, { childList: true, subtree: true, attributeFilter: ["href"] });
  const leave = (event) => event.target.closest('.jp-MarkdownCell a[target="_blank"]') && event.stopPropagation();
  document.body.addEventListener("click", leave, true); // JupyterLab would look for the page among its files
}

// The chunks come before what loads chunks.
function loadScripts() {
  for (const address of scripts) {
    const src = new URL(address, root);
    document.head.append(make("script", { async: false, src, main: "index", onerror: () => failed(address) }));
  }
}

function preloadScripts() {
  const links = scripts.map((address) => make("link", { rel: "preload", as: "script", href: new URL(address, root) }));
  document.head.append(...links);
}

// The chapter's own page, to be read while the lab is loaded. Its button for the lab is of no use here. Where all is loaded,
// as the notebook tells, which is asked for last, the lab is there before the page were read.
async function showChapter(page) {
  page.onload = () => page.contentDocument.querySelector(".kl-lab")?.remove();
  const loaded = () => caches.match(new URL(`files/${original}`, root), { cacheName: "lab-files", ignoreSearch: true });
  if (navigator.onLine && !(navigator.serviceWorker?.controller && (await loaded()))) document.body.append(page);
}

async function drawn() {
  const panel = await new Promise((resolve) => {
    const timer = setInterval(() => {
      const found = globalThis.jupyterapp?.shell?.currentWidget;
      if (!found?.sessionContext?.session?.kernel) return;
      clearInterval(timer);
      resolve(found);
    }, 20);
  });
  await panel.revealed;
  return panel;
}

function furnish() {
  if (innerWidth >= WIDE) globalThis.jupyterapp.shell.expandLeft("table-of-contents");
  const back = make("a", { className: "lab-back", href: chapter + location.hash, textContent: `← ${say.back}` });
  element("top-panel").append(back);
}

// An address may end with the name of a cell, as on the site's page, or of what is stated in one.
function cellOfAddress({ widgets }) {
  const name = decodeURIComponent(location.hash.slice(1)).replace(/^cell-/, "");
  const holds = (source) => source.includes(`:label: ${name}\n`) || source.includes(`(${name})=`);
  return name ? widgets.findIndex(({ model }) => model.id === name || holds(model.sharedModel.source)) : -1;
}

async function goTo(content, at) {
  Object.assign(content.widgets[at], { inputHidden: false, outputHidden: false });
  content.activeCellIndex = at;
  await content.scrollToItem(at, "start");
}

// JupyterLite calls a kernel idle before its Python is there. What the chapter imports is answered when it is; thus
// every exercise runs at once.
async function setUp({ content, sessionContext }) {
  const cell = content.widgets.find(({ model }) => model.id === "setup");
  const code = cell?.model.sharedModel.source ?? "";
  await sessionContext.session.kernel.requestExecute({ code, silent: true }).done;
}

function watch(panel) {
  panel.sessionContext.statusChanged.connect((_, status) => {
    if (status === "restarting") setUp(panel);
    if (status === "dead") note("failure", say.crashed, [waysOn[1], close]);
  });
  globalThis.jupyterapp.commands.commandExecuted.connect(async (_, { id, result }) => {
    if (id !== "notebook:run-all-cells") return;
    document.querySelector('[data-kind="result"]')?.remove();
    await result;
    tellResult(panel.content);
  });
}

function tellResult(content) {
  const code = content.widgets.filter(({ model }) => model.type === "code");
  const errorOf = ({ model }) => model.outputs.toJSON().find(({ ename }) => ename);
  const failed = code.find(errorOf);
  if (!failed) return note("result", fill(say.passed, { count: code.length }), [close]);
  const { ename, evalue } = errorOf(failed);
  const reason = `${ename.match(/\w+/g).at(-1)}: ${evalue}`; // the name is <class 'ValueError'>
  const show = () => goTo(content, content.widgets.indexOf(failed));
  note("result", fill(say.stopped, { number: failed.model.executionCount, reason }), [[say.show, show], close]);
  show();
}

async function start() {
  if (!notebook) return note("failure", say.noPath, [[say.back, site.href]]);
  document.title = fill(say.title, { name: notebook.title });
  const lacking = await missing(NEEDED);
  if (lacking) return note("failure", fill(say.noPython, { missing: lacking }), [...waysOn, reload]);
  if (await missing({ localStorage: () => localStorage.getItem("") })) standInForStorage();
  const page = make("iframe", { src: chapter + location.hash, title: notebook.title, className: "lab-chapter" });
  showChapter(page).catch(() => {}); // no store
  const starting = note("progress", fill(say.starting, { size: notebook.size }), [waysOn[0]]);
  starting.append(make("progress"));
  startPython(); // this takes longest
  preloadScripts();
  const [lost, again] = await Promise.all([missing(KEPT), missing(LOADED)]);
  if (lost) note("warning", fill(say.noStorage, { missing: lost }), [close]);
  if (again) note("warning", fill(say.noCache, { missing: again, size: notebook.size }), [close]);
  configure(!lost);
  if (!lost) await readCopy().catch(() => {}); // a storage of another form: JupyterLite knows how to read it
  fitText();
  loadScripts();
  let late = null;
  const slow = fill(say.slow, { seconds: PATIENCE });
  const timer = setTimeout(() => (late = note("failure", slow, [reload, ...waysOn, close])), 1000 * PATIENCE);
  const panel = await drawn();
  const ready = setUp(panel);
  page.remove();
  furnish();
  const at = cellOfAddress(panel.content);
  if (at >= 0) await goTo(panel.content, at);
  watch(panel);
  await ready;
  clearTimeout(timer);
  late?.remove();
  starting.remove();
  performance.mark("lab-python");
  cacheWhatIsLoaded().catch(() => {}); // no room, or no network
}

start().catch((error) => failed(error.message));
