// The worker of the lab's Python, and what JupyterLite takes for Pyodide: it asks for it when all of JupyterLite is drawn.
// By then this worker, which was started before on the machine's other core, has loaded the notebook's packages and
// imported what the notebook imports. Of this a snapshot is kept, for every notebook that needs the same packages.

import { resume, take } from "./snapshot.js?_=@BUILD@";
import "@KERNEL@";

const FILES = "lab-files";
const SNAPSHOTS = "lab-python";
const PARTS = ["memory", "contents", "about"]; // the last makes it whole
const LATER = 3000; // milliseconds: a notebook that has just begun needs the machine for itself

const ask = globalThis.fetch.bind(globalThis);
const requested = new Map();

// Pyodide asks for a file when it is that file's turn. By then it is on its way or here.
globalThis.fetch = (resource, options) => {
  const begun = requested.get(String(resource));
  requested.delete(String(resource));
  return begun ?? ask(resource, options);
};

function request(address) {
  const answer = fetchAndCache(address);
  answer.catch(() => {}); // who asks for it will hear
  requested.set(address, answer);
}

// The service worker does the same, but a first visit begins before it is there.
async function fetchAndCache(address) {
  const cache = await caches.open(FILES).catch(() => null); // no storage
  const known = await cache?.match(address);
  if (known) return known;
  const answer = await ask(address);
  if (answer.ok) cache?.put(address, answer.clone()).catch(() => {}); // no room: it is loaded again the next time
  return answer;
}

// What was imported was not requested. It comes out of the browser's own store, and stays.
function cacheImported() {
  for (const { name, initiatorType } of performance.getEntriesByType("resource")) {
    if (initiatorType !== "fetch") fetchAndCache(name).catch(() => {});
  }
}

function importModules(python, modules) {
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

async function start({ folder, lock, packages, modules }) {
  for (const core of ["pyodide.asm.wasm", "python_stdlib.zip"]) request(folder + core);
  const [{ loadPyodide }, { default: createModule }, lockFileContents] = await Promise.all([
    import(`${folder}pyodide.mjs`),
    import(`${folder}pyodide.asm.mjs`),
    fetchAndCache(folder + lock).then((answer) => answer.json()),
  ]);
  const all = lockFileContents.packages;
  const saved = await readSnapshot(`${folder}${lock}?_=@BUILD@&with=${packages}`);
  if (!saved.about) for (const name of packages) request(folder + all[name].file_name);
  const options = { indexURL: folder, packageBaseUrl: folder, lockFileContents };
  const python = (saved.about && (await resumed())) ?? (await started());
  importModules(python, modules);
  if (!saved.about) keepSnapshot(saved.name, python);
  cacheImported();
  return python;

  async function resumed() {
    try {
      return await resume(saved, { loadPyodide, createModule, ...options });
    } catch (error) {
      console.warn(`Python does not go on from its snapshot, and starts anew: ${error}`);
      await (await caches.open(SNAPSHOTS)).put(`${saved.name}&part=about`, Response.json(null)); // nor will it the next time
      return null;
    }
  }

  async function started() {
    const python = await loadPyodide({ ...options }); // it writes into what it is given
    // Pyodide's own loader links all libraries of a package at once, a hundred of scipy, where most notebooks import a dozen.
    for (const name of packages) {
      const answer = await fetch(folder + all[name].file_name);
      if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
      python.unpackArchive(await answer.arrayBuffer(), "wheel");
      python.loadedPackages[name] = "the lab";
    }
    python.runPython('__import__("pyodide_kernel").ipython_shell.Completer.use_jedi = False'); // it is not there
    return python;
  }
}

async function readSnapshot(name) {
  const cache = await caches.open(SNAPSHOTS).catch(() => null); // no storage
  const [memory, contents, about] = await Promise.all(PARTS.map((kind) => cache?.match(`${name}&part=${kind}`)));
  const facts = await about?.json();
  if (!facts) return { name };
  const bytes = await Promise.all([memory, contents].map((part) => part.arrayBuffer()));
  return { name, about: facts, memory: new Uint8Array(bytes[0]), contents: new Uint8Array(bytes[1]) };
}

function keepSnapshot(name, python) {
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
      const cache = await caches.open(SNAPSHOTS);
      if (await cache.match(`${name}&part=about`)) return; // it did not fit
      const [book] = name.split("&");
      for (const { url } of await cache.keys()) if (!url.startsWith(book)) await cache.delete(url); // of an older one
      for (const [at, kind] of PARTS.entries()) await cache.put(`${name}&part=${kind}`, new Response(parts[at]));
    } catch (error) {
      console.warn(`Python's snapshot cannot be kept: ${error}`); // no room, or no storage: the next visit starts anew
    }
  }, LATER);
}

const ready = start(JSON.parse(self.name));
ready.catch(() => {}); // JupyterLite will hear it when it asks

export async function loadPyodide({ stdout, stderr }) {
  const python = await ready;
  python.setStdout({ batched: stdout });
  python.setStderr({ batched: stderr });
  return python;
}
