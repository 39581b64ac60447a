// The packages of the lab's Python, put in place without Pyodide's own loader: that links all libraries of a package at
// once, a hundred of scipy, where most notebooks import a dozen.

export function closure(packages, names, found = new Set()) {
  for (const name of names) {
    if (found.has(name)) continue;
    found.add(name);
    closure(packages, packages[name].depends, found);
  }
  return found;
}

// Unpacks those of `names` that are not there yet; `read` answers with the content of a file.
export async function unpack(python, packages, names, read) {
  for (const name of names) {
    if (python.loadedPackages[name]) continue;
    python.unpackArchive(await read(packages[name].file_name), "wheel");
    python.loadedPackages[name] = "the lab";
  }
}
