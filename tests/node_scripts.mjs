// Runs one script after another, as lines of JSON on the standard input say: [script, ...addresses of modules], which
// the script knows as m[0], m[1], … Answers each with a line, {value} or {error}.
import { createInterface } from "node:readline";

const AsyncFunction = (async () => {}).constructor;

async function answer([script, ...addresses]) {
  try {
    const modules = await Promise.all(addresses.map((address) => import(address)));
    return { value: await new AsyncFunction("m", script)(modules) };
  } catch (error) {
    return { error: error.stack };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await answer(JSON.parse(line))));
}
