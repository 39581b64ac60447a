// Compile the modules in zip archives with Pyodide's own Python, under Node: the browser then need not.
//
//     node compile.mjs PYODIDE '[{"from": …, "to": …, "kind": …}, …]'
//
// A module x.py becomes x.pyc. Of the kind "bare" it loses its docstrings; of the kind "sources" it stays, and
// __pycache__/ holds what was compiled.
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [folder, jobs] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${folder}/pyodide.mjs`).href);
// Without the columns that each instruction comes from, a seventh of the bytes: errors still name the lines.
const env = { PYTHONNODEBUGRANGES: "1" };
const python = await loadPyodide({ indexURL: folder, packages: [], env });
const compiled = python.runPython(`
import io, zipfile
from importlib._bootstrap_external import _code_to_hash_pyc
from posixpath import split

FIRST_DAY_OF_ZIP = (1980, 1, 1, 0, 0, 0)
UNCHECKED = bytes(8), False  # nobody looks whether the source has changed

def compiled(archive, kind):
    sources, optimize = kind == "sources", 2 if kind == "bare" else 0
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive.to_bytes())) as old, zipfile.ZipFile(out, "w") as new:
        def put(name, content):
            new.writestr(zipfile.ZipInfo(name, FIRST_DAY_OF_ZIP), content, zipfile.ZIP_DEFLATED, 9)
        for name in old.namelist():
            content = old.read(name)
            if name.endswith(".py"):
                folder, file = split(name)
                code = compile(content, name, "exec", dont_inherit=True, optimize=optimize)
                pyc = f"{folder}/__pycache__/{file[:-3]}.cpython-314.pyc" if sources else name + "c"
                put(pyc, _code_to_hash_pyc(code, *UNCHECKED))
            if sources or not name.endswith(".py"):
                put(name, content)
    return out.getvalue()

compiled
`);
for (const { from, to, kind } of JSON.parse(jobs)) {
  const content = compiled(new Uint8Array(readFileSync(from)), kind);
  writeFileSync(to, content.toJs());
  content.destroy();
}
