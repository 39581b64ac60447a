// Calls functions of the modules named as arguments, as the JSON on the standard input says: a list of
// [name, ...arguments]. Answers with the list of results. A mixture is written {"mixture": [weights, means, sigmas]};
// numbers that JSON does not know are strings; what is thrown becomes {"error": message}.
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";

const modules = await Promise.all(process.argv.slice(2).map((path) => import(pathToFileURL(path))));
const functions = Object.assign({}, ...modules);

const mixtures = new Map(); // one object for each, as on a page, so that what it keeps is kept
function read(value) {
  if (["NaN", "Infinity", "-Infinity"].includes(value)) return Number(value);
  if (Array.isArray(value)) return value.map(read);
  if (!value?.mixture) return value;
  const key = JSON.stringify(value.mixture);
  if (!mixtures.has(key)) mixtures.set(key, new functions.Mixture(...read(value.mixture)));
  return mixtures.get(key);
}

function write(_, value) {
  if (ArrayBuffer.isView(value)) return [...value];
  return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
}

function call([name, ...given]) {
  try {
    const [first, ...rest] = read(given);
    // A member of Mixture, or a function of a module.
    if (name in functions) return functions[name](first, ...rest);
    return typeof first[name] === "function" ? first[name](...rest) : first[name];
  } catch (error) {
    if (error instanceof RangeError) return { error: error.message };
    throw error;
  }
}

process.stdout.write(JSON.stringify(JSON.parse(await text(process.stdin)).map(call), write));
