// The search page: looks through the sections of the book, which it loads with itself, by MiniSearch.

import MiniSearch from "./minisearch/index.js";
import { element } from "./shared.js";
import { fold, isHan, pairs, places, runs, stem } from "./matching.js";

const AROUND = document.documentElement.lang === "en" ? 110 : 45; // letters of an excerpt before what is found
const MOST = 40; // results shown

/** What of a text goes into the index: Latin words; of Chinese each character and pair, of a title the whole besides. */
function indexed(text, field) {
  return runs(text).flatMap((run) => (isHan(run) ? [...run, ...pairs(run), ...(field === "title" ? [run] : [])] : [run]));
}

class Index {
  #mini = new MiniSearch({ fields: ["title", "text"], tokenize: indexed, processTerm: (term) => term });
  #entries = [];

  constructor(pages) {
    for (const [page, sections] of Object.entries(pages))
      for (const [place, title, text] of sections)
        this.#entries.push({ id: this.#entries.length, page, place, title, text, chapter: sections[0][1] });
    for (const entry of this.#entries) {
      entry.name = runs(entry.title).join(" ");
      entry.folded = `${entry.name} ${fold(entry.text)}`;
    }
    this.#mini.addAll(this.#entries);
  }

  /** The entries that have all words of the query, or some, first those that say it as it stands. */
  find(query, combineWith = "AND") {
    const name = runs(query).join(" ");
    const phrase = fold(query).trim();
    const found = this.#mini.search({ combineWith, queries: runs(query) }, {
      tokenize: (text) => runs(text).flatMap((run) => (isHan(run) ? pairs(run) : [run])),
      processTerm: stem,
      prefix: (term) => !isHan(term) && term.length > 1,
      combineWith: "AND",
      boost: { title: 4 },
      boostDocument: (id) => {
        const { folded, page, place, ...entry } = this.#entries[id];
        const said = folded.includes(phrase) ? 3 : 1;
        const named = entry.name === name ? (place.startsWith("term-") ? 8 : 4) : 1;
        return said * named * (page.includes("/") ? 1.5 : 1); // in a chapter
      },
    });
    return found.map(({ id }) => this.#entries[id]);
  }

  /** What a query that finds nothing may have meant: each word that is nowhere put right, if all can be. */
  guess(query) {
    const words = runs(query).map((run) => (this.find(run).length ? run : this.#nearest(run)));
    return words.every(Boolean) && this.find(words.join(" ")).length ? words.join(" ") : undefined;
  }

  /** The most frequent of the words that are one letter away, or two if it is long. */
  #nearest(run) {
    const slips = isHan(run) ? [1].filter(() => run.length > 2) : [1, 2].slice(0, run.length > 6 ? 2 : +(run.length > 3));
    for (const fuzzy of slips) {
      const uses = Object.groupBy(this.#mini.search(run, { tokenize: (word) => [word], fuzzy }).flatMap(({ terms }) => terms), (term) => term);
      const [nearest] = Object.entries(uses).sort(([, one], [, other]) => other.length - one.length);
      if (nearest) return nearest[0];
    }
  }
}

function excerpt(text, query) {
  const found = places(text, query);
  const middle = found[0]?.[0] ?? 0;
  const start = middle > AROUND ? text.indexOf(" ", middle - AROUND) + 1 || middle - AROUND : 0;
  const far = middle + 2 * AROUND;
  const end = far < text.length ? Math.max(text.lastIndexOf(" ", far), far - AROUND) : text.length;
  const line = element("p", { className: "context" }, start ? "… " : "");
  let reached = Math.min(start, middle);
  for (const [from, to] of found.filter(([, to]) => to <= end)) {
    line.append(text.slice(reached, from), element("mark", {}, text.slice(from, to)));
    reached = to;
  }
  line.append(text.slice(reached, end), end < text.length ? " …" : "");
  return line;
}

function result({ page, place, title, text, chapter }, query) {
  const href = `${page}?marked=${encodeURIComponent(query)}#${place}`;
  const where = title === chapter ? [] : [" ", element("small", {}, chapter)];
  return element("li", {}, element("a", { href }, title), ...where, text ? excerpt(text, query) : "");
}

async function start(list) {
  const input = document.querySelector("main input");
  const status = document.querySelector("main [role=status]");
  const words = list.dataset;
  const index = new Index(await (await fetch("sections.json")).json());
  const show = () => {
    const query = input.value.trim();
    let asked = query;
    let found = query ? index.find(query) : [];
    status.replaceChildren();
    if (query && !found.length) {
      const guess = index.guess(query);
      asked = guess ?? query;
      found = index.find(asked, guess ? "AND" : "OR");
      status.append((found.length && !guess ? words.some : words.none).replace("{query}", query));
      if (guess) {
        const [before, after] = words.meant.split("{query}");
        status.append(before, element("a", { href: `?q=${encodeURIComponent(guess)}` }, guess), after);
      }
    } else if (query) status.append(words.found.replace("{n}", found.length));
    list.replaceChildren(...found.slice(0, MOST).map((entry) => result(entry, asked)));
    history.replaceState(null, "", query ? `?q=${encodeURIComponent(query)}` : location.pathname);
  };
  input.value ||= new URLSearchParams(location.search).get("q") ?? "";
  input.addEventListener("input", show);
  input.form.addEventListener("submit", (event) => event.preventDefault());
  show();
  if (!input.value) input.focus();
}

start(document.querySelector("ul.search"));
