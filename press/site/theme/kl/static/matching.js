// How words are compared, by the search page and where it leads: no matter their case, accents or width.

const RUN = /\p{Script=Han}+|(?:(?!\p{Script=Han})[\p{L}\p{N}_])+/gu;

export const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
export const isHan = (run) => /^\p{Script=Han}/u.test(run);
export const runs = (text) => fold(text).match(RUN) ?? [];
export const pairs = (run) => (run.length < 3 ? [run] : Array.from({ length: run.length - 1 }, (_, i) => run.slice(i, i + 2)));

/** A word without its ending: converge finds converges, converging and convergence. */
export const stem = (word) => (isHan(word) ? word : word.replace(/(?<=.{4})(?:ing|e?[sd]|e)$/, ""));

/** Where `text` has words of `query`: pairs of a start and an end. */
export function places(text, query) {
  let folded = "";
  const origin = []; // of each folded letter
  for (let i = 0; i < text.length; i++) {
    for (const letter of fold(text[i])) {
      folded += letter;
      origin.push(i);
    }
  }
  const wanted = runs(query).flatMap((run) => (isHan(run) ? [run, ...pairs(run)] : [`(?<![\\p{L}\\p{N}])${stem(run)}[\\p{L}\\p{N}]*`]));
  if (!wanted.length) return [];
  return [...folded.matchAll(new RegExp(wanted.join("|"), "gu"))].map(({ index, 0: found }) => [origin[index], origin[index + found.length - 1] + 1]);
}
