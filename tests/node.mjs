// Runs one script after another, as lines of JSON on the standard input say: [script, data, ...addresses of modules].
// The script knows the modules as m[0], m[1], … Each is answered by a line, {value} or {error}; numbers that JSON does
// not know are strings.
import { createInterface } from "node:readline";

const AsyncFunction = (async () => {}).constructor;

function written(_, value) {
  if (ArrayBuffer.isView(value)) return [...value];
  return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
}

async function answer([script, data, ...addresses]) {
  try {
    const modules = await Promise.all(addresses.map((address) => import(address)));
    return { value: await new AsyncFunction("m", "data", script)(modules, data) };
  } catch (error) {
    return { error: error.stack };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await answer(JSON.parse(line)), written));
}
