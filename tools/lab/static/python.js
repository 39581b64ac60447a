// The Python of the lab, in the place of Pyodide's own start. JupyterLite asks for it when all of JupyterLite is drawn; the
// worker that runs this was begun before, on the machine's other core, and by then has loaded the notebook's packages and
// imported what the notebook imports.

const ask = globalThis.fetch.bind(globalThis);
const coming = new Map();

// Pyodide asks for a file when it is that file's turn. By then it is on its way or here.
globalThis.fetch = (resource, options) => {
  const begun = coming.get(String(resource));
  coming.delete(String(resource));
  return begun ?? ask(resource, options);
};

function send(address) {
  const answer = ask(address);
  answer.catch(() => {}); // who asks for it will hear
  coming.set(address, answer);
}

function closure(packages, names, found = new Set()) {
  for (const name of names) {
    if (found.has(name)) continue;
    found.add(name);
    closure(packages, packages[name].depends, found);
  }
  return found;
}

async function begin({ folder, lock, packages, modules }) {
  for (const core of ["pyodide.asm.wasm", "python_stdlib.zip"]) send(folder + core);
  import(`${folder}pyodide.asm.mjs`).catch(() => {}); // on its way, too
  const [{ loadPyodide }, lockFileContents] = await Promise.all([
    import(`${folder}pyodide.mjs`),
    ask(folder + lock).then((answer) => answer.json()),
  ]);
  for (const name of closure(lockFileContents.packages, packages)) send(folder + lockFileContents.packages[name].file_name);
  const python = await loadPyodide({ indexURL: folder, packageBaseUrl: folder, lockFileContents, packages });
  await python.runPythonAsync(`
from contextlib import suppress
from importlib import import_module

for name in ("piplite.piplite", "pyodide_kernel", *${JSON.stringify(modules)}):
    with suppress(Exception):  # the cell that needs it will say so
        import_module(name)
import_module("pyodide_kernel").ipython_shell.Completer.use_jedi = False  # it is not there
`, { globals: python.toPy({}) });
  return python;
}

const begun = self.name && begin(JSON.parse(self.name));
if (begun) begun.catch(() => {}); // JupyterLite will hear it when it asks

export async function loadPyodide({ stdout, stderr, work }) {
  const python = await (begun || begin(work));
  python.setStdout({ batched: stdout });
  python.setStderr({ batched: stderr });
  return python;
}
