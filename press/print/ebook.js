// The files of an EPUB: a page each, in XHTML, with formulas in MathML.

import { contents, gather, make } from "./gather.js";
import { cover } from "./paper.js";

const HEAD = (language, title) => `<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" xml:lang="${language}" lang="${language}">
<head><title>${title}</title><link rel="stylesheet" href="book.css"/></head>
`;
const VARIABLE = /var\([^,()]+, *([^()]+)\)/g; // which older reading systems do not know
// Browsers draw these variants of a letter only where the letter says so itself.
const VARIANTS = { "double-struck": "𝔸𝔹ℂ𝔻𝔼𝔽𝔾ℍ𝕀𝕁𝕂𝕃𝕄ℕ𝕆ℙℚℝ𝕊𝕋𝕌𝕍𝕎𝕏𝕐ℤ", script: "𝒜ℬ𝒞𝒟ℰℱ𝒢ℋℐ𝒥𝒦ℒℳ𝒩𝒪𝒫𝒬ℛ𝒮𝒯𝒰𝒱𝒲𝒳𝒴𝒵" };
const address = (page, place) => `${page}.xhtml${place ? `#${place}` : ""}`;
const written = (node) => new XMLSerializer().serializeToString(node);
const plain = (title) => title.replace(/[&<"]/g, "");
const file = (title, body) => `${HEAD(document.documentElement.lang, plain(title))}<body>${body}</body></html>`;

// The files by their names; the cover stays on this page, to be drawn.
export async function bind(words, only) {
  const { home, pages, mark, title, rights } = await gather(words, only);
  document.body.replaceChildren(cover({ home, mark, title, rights }, words));
  const entry = (text, name, place) => make("a", { href: address(name, place) }, text);
  const nav = written(contents(pages, words.contents, entry)).replace("<nav", '<nav epub:type="toc"');
  const files = { "cover.xhtml": file(title, `<img src="cover.png" alt="${plain(title)}"/>`) };
  files["nav.xhtml"] = file(words.contents, nav);
  for (const { name, title, article } of pages) files[`${name}.xhtml`] = file(title, page(article));
  return { title, rights, files };
}

function page(article) {
  const comments = document.createNodeIterator(article, NodeFilter.SHOW_COMMENT);
  for (let comment; (comment = comments.nextNode()); ) comment.remove();
  for (const drawn of article.querySelectorAll(".katex-html")) drawn.remove();
  for (const formula of article.querySelectorAll(".katex-mathml")) formula.replaceWith(...formula.childNodes);
  for (const [variant, letters] of Object.entries(VARIANTS)) {
    for (const letter of article.querySelectorAll(`mi[mathvariant=${variant}]`)) {
      letter.textContent = [...letters][letter.textContent.charCodeAt() - "A".charCodeAt()];
      letter.removeAttribute("mathvariant");
    }
  }
  for (const link of article.querySelectorAll("a[data-page]")) {
    link.setAttribute("href", address(link.dataset.page, link.dataset.place));
  }
  for (const element of article.querySelectorAll("*")) {
    for (const { name, value } of [...element.attributes]) {
      if (name.startsWith("data-")) element.removeAttribute(name);
      else if (value.includes("var(")) element.setAttribute(name, value.replace(VARIABLE, "$1"));
    }
  }
  return written(article);
}
