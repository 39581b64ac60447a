// Three things that Sphinx's search does not know about this site. Loaded between it and the index.

// Pages of the folder book/ are served at the root (press/site/addresses.py).
const setIndex = Search.setIndex;
Search.setIndex = (index) => {
  index.docnames = index.docnames.map((name) => name.replace(/^book\//, ""));
  setIndex(index);
};

// A formula is in the page twice: as MathML and as boxes. A snippet shows the MathML, with a sign where only the layout
// tells how two parts belong together.
const SIGNS = { mfrac: "/", msub: "_", munder: "_", msup: "^" };
const htmlToText = Search.htmlToText;
Search.htmlToText = (html, anchor) => {
  const page = new DOMParser().parseFromString(html, "text/html");
  for (const twice of page.querySelectorAll(".katex-html, .kl-neighbours, .eqno, svg")) twice.remove();
  for (const [name, sign] of Object.entries(SIGNS))
    for (const parts of page.querySelectorAll(name)) parts.firstElementChild.after(sign);
  return htmlToText(page.documentElement.outerHTML, anchor);
};

// A page that says the very words comes before one that has them scattered, and of pages that rank alike the one that
// says them most often. (The index knows where a word stands, not how often. Each page is loaded anyway, for its snippet.)
const texts = new Map();

async function load(page) {
  const answer = await fetch(`${document.documentElement.dataset.content_root}${page}.html`);
  texts.set(page, answer.ok ? (await answer.text()).toLowerCase() : "");
}

Search.ranked = async (query) => {
  const [, terms, , highlighted] = Search._parseQuery(query);
  const results = Search._performSearch(...Search._parseQuery(query));
  const pages = [...new Set(results.map(([page]) => page))];
  await Promise.all(pages.filter((page) => !texts.has(page)).map(load));
  const wanted = query.trim().toLowerCase();
  const uses = new Map(pages.map((page) => [page, texts.get(page).split(wanted).length - 1]));
  const rank = ([page, , , , score]) => [uses.get(page) > 0, score, uses.get(page)];
  results.sort((a, b) => {
    const [one, other] = [rank(a), rank(b)];
    const first = one.findIndex((value, i) => value !== other[i]);
    return first < 0 ? 0 : one[first] - other[first]; // the best is the last
  });
  return { results, terms, highlighted };
};

Search.query = async (query) => {
  const { results, terms, highlighted } = await Search.ranked(query);
  _displayNextItem(results, results.length, terms, highlighted);
};
