// Run the code cells of a notebook by the lab's own Python, under Node, as the lab's kernel does; print what they print.
// The Python is one that goes on from a snapshot, as on a later visit.
//
//     node run_cells.mjs LAB LOCK.json CELLS.json      where CELLS.json is {first: {packages, modules}, packages, cells: [code, …]}
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [lab, lock, cells] = process.argv.slice(2).map((path) => resolve(path));
const folder = dirname(lock);
const job = JSON.parse(readFileSync(cells, "utf-8"));
const imported = (path) => import(pathToFileURL(path).href);
const { loadPyodide } = await imported(`${folder}/pyodide.mjs`);
const { default: createModule } = await imported(`${folder}/pyodide.asm.mjs`);
const { closure, unpack } = await imported(`${lab}/packages.js`);
const { resume, take } = await imported(`${lab}/snapshot.js`);
const { packages } = JSON.parse(readFileSync(lock, "utf-8"));
const read = (file) => new Uint8Array(readFileSync(`${folder}/${file}`));
const quiet = { messageCallback() {} };
try {
  const options = { indexURL: folder, lockFileURL: lock, packages: [], fullStdLib: false };
  const first = await loadPyodide({ ...options }); // it writes into what it is given
  await unpack(first, packages, closure(packages, job.first.packages), read);
  for (const name of job.first.modules) first.runPython(`import ${name}`);
  const { contents, ...taken } = take(first);
  const python = await resume({ ...taken, contents: Buffer.concat(contents) }, { loadPyodide, createModule, ...options });
  await unpack(python, packages, closure(packages, job.packages), read);
  const run = python.runPython(`
import io, sys
from contextlib import redirect_stdout
import pyodide_kernel

pyodide_kernel.ipython_shell.send_comm = lambda *message: None  # no page listens

def run(code):
    said, sys.stdout, sys.stderr = io.StringIO(), sys.__stdout__, sys.__stderr__
    with redirect_stdout(said):
        done = pyodide_kernel.ipython_shell.run_cell(code, store_history=False)
    return said.getvalue(), repr(done.error_before_exec or done.error_in_exec or "")

run
`);
  const said = [];
  for (const code of job.cells) {
    await python.loadPackagesFromImports(code, quiet);
    const [text, error] = run(code).toJs();
    said.push({ text, error });
    if (error !== "''") break;
  }
  process.stdout.write(`\n${JSON.stringify(said)}\n`);
} catch (error) {
  console.error(String(error.message).slice(-2000)); // Node would print the script that threw, a megabyte in one line
  process.exit(1);
}
