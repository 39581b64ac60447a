// What explorables say, in the language of the page.

import en from "./words-en.js";
import zh from "./words-zh.js";

const TABLES = { en, zh };

/** The words of one explorable, in the language that `element` stands in; English where there is no table. */
export function wordsOf(explorable, element) {
  const language = (element.closest("[lang]")?.lang || document.documentElement.lang).slice(0, 2);
  return (TABLES[language] ?? en)[explorable];
}

/** `"sum {total}"` with its names filled in. */
export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}
