// A snapshot of Python with its packages imported, from which it goes on in a fraction of the time that it takes to start.
//
// Pyodide can copy its memory and begin from the copy. What the memory refers to outside itself must be as it was: compiled
// libraries at their places in memory and in the table of functions, files, files that are open, and objects of JavaScript.
// What is not as it was is an error, and Python is started instead.

const HANDLE = { memory: 12, table: 20 }; // where a library's handle (struct dso of musl) holds where it was put
const OWN_FILES = /^\/(?:dev|proc|lib\/python\d+\.zip)$/; // every Python has these at its start
const STANDARD = 3; // the first files that are open: input, output, errors

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
      table: module.wasmTable.length - module.freeTableIndexes.length,
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
    link(module, about, await compiled);
    restoreFiles(module.FS, files, about.open);
    return module;
  }
  const _snapshotDeserializer = ({ name }) => (name ? api.public_api[name] : api.public_api);
  const python = await loadPyodide({ ...options, createPyodideModule, _loadSnapshot: memory, _snapshotDeserializer });
  Object.assign(python.loadedPackages, about.loaded);
  delete api.config._loadSnapshot; // as large as Python itself
  return python;
}

function nameOf(object, known) {
  const name = Object.getOwnPropertyNames(known).find((name) => known[name] === object);
  if (object !== known && !name) throw new TypeError(`Python holds an object that has no name: ${typeof object}`);
  return { name };
}

function libraries({ LDSO, HEAPU32 }) {
  return Object.entries(LDSO.loadedLibsByHandle)
    .map(([handle, { name }]) => {
      const field = (offset) => HEAPU32[(Number(handle) + offset) / 4];
      return { name, handle: Number(handle), memory: field(HANDLE.memory), table: field(HANDLE.table) };
    })
    .filter(({ handle }) => handle) // 0 is Python itself
    .sort((one, other) => one.table - other.table);
}

function link(module, { libraries, table }, compiled) {
  for (const [at, { name, handle, memory, table }] of libraries.entries()) {
    if (module.wasmTable.length !== table) throw new RangeError(`${name} has another place in the table of functions`);
    module.placeFor = () => memory;
    const last = at === libraries.length - 1;
    const exported = module.loadWebAssemblyModule(compiled[at], { nodelete: true, allowUndefined: !last }, name, {});
    module.newDSO(name, handle, exported);
  }
  delete module.placeFor;
  if (module.wasmTable.length !== table) throw new RangeError("the table of functions has another length");
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
