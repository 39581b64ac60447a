// A snapshot of Python with its packages imported, from which it goes on in a fraction of the time that it takes to start.
//
// Pyodide can copy its memory and begin from the copy. What the memory refers to outside itself must be as it was: compiled
// libraries at their places in memory and in the table of functions, files, files that are open, and objects of JavaScript.
// What is not as it was is an error, and Python is started instead.

const OWN_FILES = /^\/(?:dev|proc|lib\/python\d+\.zip)$/; // every Python has these at its start
const STANDARD = 3; // the first files that are open: input, output, errors

// Chance is not what it was: else every visit would draw the same.
const RESEED = `
import sys

for name in ("random", "numpy.random"):
    if name in sys.modules:
        sys.modules[name].seed()
`;

export function take(python) {
  const { _api: api, _module: module, FS, loadedPackages } = python;
  const loaded = { ...loadedPackages };
  for (const name in loaded) delete loadedPackages[name]; // Pyodide expects none
  api.config._makeSnapshot = true;
  try {
    const memory = python.makeMemorySnapshot({ serializer: (object) => nameOf(object, api.public_api) });
    const files = [...everything(FS)];
    const about = {
      bytes: memory.length,
      libraries: libraries(module),
      places: module.places,
      table: { length: module.wasmTable.length, free: [...module.freeTableIndexes] },
      symbols: symbols(module),
      loaded,
      open: openFiles(FS),
      files: files.map(({ path, content }) => ({ path, size: content?.length })), // a folder has no size
    };
    return { about, memory, contents: files.flatMap(({ content }) => content ?? []) };
  } finally {
    Object.assign(loadedPackages, loaded);
  }
}

// Returns the Python of a snapshot; `contents` is one array here. Pyodide's options are those with which it was started.
export async function resume({ about, memory, contents }, { loadPyodide, createModule, ...options }) {
  if (memory.length !== about.bytes) throw new RangeError("the memory has another length");
  const files = sliced(about.files, contents);
  const compiled = Promise.all(about.libraries.map(({ name }) => WebAssembly.compile(files.get(name))));
  compiled.catch(() => {}); // heard below
  let api;
  async function createPyodideModule(settings) {
    api = settings.API;
    const module = await createModule(settings);
    const heap = memory.subarray(new Uint32Array(memory.buffer, memory.byteOffset, 2)[1]);
    if (heap.length > module.HEAPU8.length && !module.growMemory(heap.length)) throw new RangeError("there is too little memory");
    module.HEAPU8.set(heap); // for the constructors of libraries; what they change is set once more by Pyodide
    restoreFiles(module.FS, files, about.open);
    link(module, about, await compiled);
    return module;
  }
  const _snapshotDeserializer = ({ name }) => (name ? api.public_api[name] : api.public_api);
  const python = await loadPyodide({ ...options, createPyodideModule, _loadSnapshot: memory, _snapshotDeserializer });
  Object.assign(python.loadedPackages, about.loaded);
  delete api.config._loadSnapshot; // as large as Python itself
  const globals = python.toPy({});
  python.runPython(RESEED, { globals });
  globals.destroy();
  return python;
}

function nameOf(object, known) {
  const name = Object.getOwnPropertyNames(known).find((name) => known[name] === object);
  if (object !== known && !name) throw new TypeError(`Python holds an object that has no name: ${typeof object}`);
  return { name };
}

// In the order in which they were linked, but that what a library needs was linked before it. That has no handle.
function libraries({ LDSO }) {
  const handles = new Map(Object.entries(LDSO.loadedLibsByHandle).map(([handle, { name }]) => [name, Number(handle)]));
  return Object.keys(LDSO.loadedLibsByName)
    .filter((name) => name !== "__main__")
    .map((name) => ({ name, handle: handles.get(name) }));
}

// The value of each symbol that libraries share, most of them places in the table of functions.
function symbols({ GOT }) {
  return Object.fromEntries(Object.entries(GOT).map(([symbol, { value }]) => [symbol, value]));
}

function link(module, { libraries, places, table, symbols: were }, compiled) {
  let next = 0;
  module.placeFor = () => {
    const [place, length] = places[next++];
    lengthen(module, length);
    return place;
  };
  for (const [at, { name, handle }] of libraries.entries()) {
    if (module.LDSO.loadedLibsByName[name]) continue; // another needed it
    const exported = module.loadWebAssemblyModule(compiled[at], { nodelete: true, allowUndefined: true }, name, {});
    module.newDSO(name, handle, exported);
  }
  delete module.placeFor;
  module.reportUndefinedSymbols();
  lengthen(module, table.length);
  if (String(module.freeTableIndexes) !== String(table.free)) throw new RangeError("other places in the table of functions are free");
  const now = symbols(module);
  const moved = Object.keys(were).find((symbol) => now[symbol] !== were[symbol]);
  if (moved) throw new RangeError(`${moved} is at ${now[moved]}, and was at ${were[moved]}`);
}

// A function that Python made and dropped has left a place that is free.
function lengthen({ wasmTable, freeTableIndexes }, length) {
  if (wasmTable.length > length) throw new RangeError(`the table of functions is longer than ${length}`);
  while (wasmTable.length < length) freeTableIndexes.push(wasmTable.grow(1));
}

function* everything(FS, folder = "") {
  for (const name of FS.readdir(folder || "/")) {
    const path = `${folder}/${name}`;
    if (name === "." || name === ".." || OWN_FILES.test(path)) continue;
    if (FS.isDir(FS.lstat(path).mode)) {
      yield { path };
      yield* everything(FS, path);
    } else {
      yield { path, content: FS.readFile(path) };
    }
  }
}

function openFiles(FS) {
  return FS.streams.slice(STANDARD).map((stream) => stream && { path: stream.path, flags: stream.flags, position: stream.position });
}

function sliced(files, contents) {
  let end = 0;
  const found = new Map(files.map(({ path, size }) => [path, size === undefined ? null : contents.subarray(end, (end += size))]));
  if (end !== contents.length) throw new RangeError("the files have another length");
  return found;
}

function restoreFiles(FS, files, open) {
  for (const [path, content] of files) {
    if (content) FS.writeFile(path, content, { canOwn: true });
    else if (!FS.analyzePath(path).exists) FS.mkdir(path);
  }
  for (const [at, stream] of open.entries()) {
    if (!stream) continue;
    const again = FS.open(stream.path, stream.flags);
    if (again.fd !== STANDARD + at) throw new RangeError(`${stream.path} has another number`);
    again.position = stream.position;
  }
}
