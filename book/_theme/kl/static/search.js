// Two things that Sphinx's search does not know about this site. Loaded between it and the index.

// Pages of the folder book/ are served at the root (the extension pages_at_root).
const setIndex = Search.setIndex;
Search.setIndex = (index) => {
  index.docnames = index.docnames.map((name) => name.replace(/^book\//, ""));
  setIndex(index);
};

// A formula is in the page three times: as MathML, as its LaTeX source, and as boxes. A snippet shows the MathML,
// with a sign where only the layout tells how two parts belong together.
const SIGNS = { mfrac: "/", msub: "_", munder: "_", msup: "^" };
const htmlToText = Search.htmlToText;
Search.htmlToText = (html, anchor) => {
  const page = new DOMParser().parseFromString(html, "text/html");
  for (const twice of page.querySelectorAll(".katex-html, annotation, .kl-neighbours, .eqno, svg")) twice.remove();
  for (const [name, sign] of Object.entries(SIGNS))
    for (const parts of page.querySelectorAll(name)) parts.firstElementChild.after(sign);
  return htmlToText(page.documentElement.outerHTML, anchor);
};
