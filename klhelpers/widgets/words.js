// What explorables say, in the language of the page.

import en from "./words-en.js";
import zh from "./words-zh.js";

const TABLES = { en, zh };

/** The words of one explorable and those of all, in the language that `element` stands in; else in English. */
export function wordsOf(explorable, element) {
  const language = (element.closest("[lang]")?.lang || document.documentElement.lang).slice(0, 2);
  const table = TABLES[language] ?? en;
  return { ...table.everywhere, ...table[explorable] };
}

/** `"sum {total}"` with its names filled in. */
export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}
