// The Python of the lab, in the place of Pyodide's own start. JupyterLite asks for it when all of JupyterLite is drawn; the
// worker that runs this was begun before, on the machine's other core, and by then has loaded the notebook's packages and
// imported what the notebook imports. Of what all notebooks begin with, and of what one needs besides, a snapshot is kept.

import { closure, unpack } from "./packages.js?_=@BUILD@";
import { resume, take } from "./snapshot.js?_=@BUILD@";

const FILES = "kl-lab";
const KEPT = "kl-lab-python";
const PARTS = ["memory", "contents", "about"]; // the last makes it whole
const LATER = 3000; // milliseconds: a notebook that has just begun needs the machine for itself

const ask = globalThis.fetch.bind(globalThis);
const coming = new Map();

// Pyodide asks for a file when it is that file's turn. By then it is on its way or here.
globalThis.fetch = (resource, options) => {
  const begun = coming.get(String(resource));
  coming.delete(String(resource));
  return begun ?? ask(resource, options);
};

function send(address) {
  const answer = lasting(address);
  answer.catch(() => {}); // who asks for it will hear
  coming.set(address, answer);
}

// The service worker does the same, but a first visit begins before it is there.
async function lasting(address) {
  const cache = await caches.open(FILES).catch(() => null); // no storage
  const known = await cache?.match(address);
  if (known) return known;
  const answer = await ask(address);
  if (answer.ok) cache?.put(address, answer.clone()).catch(() => {}); // no room: it is loaded again the next time
  return answer;
}

// What was imported was not sent for. It comes out of the browser's own store, and stays.
function keepImported() {
  for (const { name, initiatorType } of performance.getEntriesByType("resource")) {
    if (initiatorType !== "fetch") lasting(name).catch(() => {});
  }
}

function imported(python, modules) {
  const globals = python.toPy({ modules });
  python.runPython(`
from contextlib import suppress
from importlib import import_module

for name in modules:
    with suppress(Exception):  # the cell that needs it will say so
        import_module(name)
`, { globals });
  globals.destroy();
}

async function begin({ folder, lock, first, packages, modules }) {
  for (const core of ["pyodide.asm.wasm", "python_stdlib.zip"]) send(folder + core);
  const [{ loadPyodide }, { default: createModule }, lockFileContents] = await Promise.all([
    import(`${folder}pyodide.mjs`),
    import(`${folder}pyodide.asm.mjs`),
    lasting(folder + lock).then((answer) => answer.json()),
  ]);
  const all = lockFileContents.packages;
  const common = closure(all, first.packages);
  const needed = closure(all, packages, new Set(common));
  const more = [...needed].filter((name) => !common.has(name));
  const name = (others) => `${folder}${lock}?_=@BUILD@&with=${others.toSorted()}`; // of a snapshot
  const saved = (await snapshot(name(more))) ?? (more.length ? await snapshot(name([])) : null);
  for (const name of needed) if (!saved?.about.loaded[name]) send(folder + all[name].file_name);
  const options = { indexURL: folder, packageBaseUrl: folder, lockFileContents };
  const python = (saved && (await resumed())) ?? (await started());
  await unpack(python, all, needed, read);
  imported(python, modules);
  if (more.length && saved?.name !== name(more)) keep(name(more), python);
  keepImported();
  return python;

  async function read(file) {
    const answer = await fetch(folder + file);
    if (!answer.ok) throw new Error(`${file}: ${answer.status}`);
    return answer.arrayBuffer();
  }

  async function resumed() {
    try {
      return await resume(saved, { loadPyodide, createModule, ...options });
    } catch (error) {
      console.warn(`Python does not go on from its snapshot, and starts anew: ${error}`);
      await (await caches.open(KEPT)).put(`${saved.name}&part=about`, Response.json(null)); // nor will it the next time
      return null;
    }
  }

  async function started() {
    const python = await loadPyodide({ ...options }); // it writes into what it is given
    await unpack(python, all, common, read);
    imported(python, first.modules);
    python.runPython('__import__("pyodide_kernel").ipython_shell.Completer.use_jedi = False'); // it is not there
    if (!more.length) keep(name([]), python);
    return python;
  }
}

async function snapshot(name) {
  const cache = await caches.open(KEPT).catch(() => null); // no storage
  const [memory, contents, about] = await Promise.all(PARTS.map((kind) => cache?.match(`${name}&part=${kind}`)));
  const facts = await about?.json();
  if (!facts) return null;
  const bytes = await Promise.all([memory, contents].map((part) => part.arrayBuffer()));
  return { name, about: facts, memory: new Uint8Array(bytes[0]), contents: new Uint8Array(bytes[1]) };
}

function keep(name, python) {
  let parts;
  try {
    const { about, memory, contents } = take(python);
    parts = [new Blob([memory]), new Blob(contents), new Blob([JSON.stringify(about)])];
  } catch (error) {
    console.warn(`Python's snapshot cannot be taken: ${error}`);
    return;
  }
  setTimeout(async () => {
    try {
      const cache = await caches.open(KEPT);
      if (await cache.match(`${name}&part=about`)) return; // it did not fit
      const [book] = name.split("&");
      for (const { url } of await cache.keys()) if (!url.startsWith(book)) await cache.delete(url); // of an older one
      for (const [at, kind] of PARTS.entries()) await cache.put(`${name}&part=${kind}`, new Response(parts[at]));
    } catch (error) {
      console.warn(`Python's snapshot cannot be kept: ${error}`); // no room, or no storage: the next visit starts anew
    }
  }, LATER);
}

const begun = self.name && begin(JSON.parse(self.name));
if (begun) begun.catch(() => {}); // JupyterLite will hear it when it asks

export async function loadPyodide({ stdout, stderr, work }) {
  const python = await (begun || begin(work));
  python.setStdout({ batched: stdout });
  python.setStderr({ batched: stderr });
  return python;
}
