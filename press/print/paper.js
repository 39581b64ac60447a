// One document for the printer: cover, contents, and the pages, whose headings go one level down, below their part's.

import { contents, gather, make } from "./gather.js";

const SLACK = 3; // pixels: so far a subscript may reach over the end of its line
const PAGE = 930; // pixels between the margins
const FOUR_LINES = 80;
// What stands before each part of a formula that is written on one line.
const [SUB, SUBSUP] = [["", "_"], ["", "_", "^"]];
const SIGNS = { mfrac: ["", "/"], msqrt: ["√"], msub: SUB, munder: SUB, msup: ["", "^"], msubsup: SUBSUP, munderover: SUBSUP };
const named = (page, place) => (place ? `${page}.${place}` : page);
const pageOf = (place) => make("span", { class: "kl-page", "data-page-of": place });

export async function compose(words, only) {
  const book = await gather(words, only);
  document.title = book.title;
  const entry = (title, page, place) =>
    make("a", { href: `#${named(page, place)}` }, make("span", {}, title), pageOf(named(page, place)));
  document.body.append(cover(book, words), contents(book.pages, words.contents, entry));
  let part = "";
  for (const page of book.pages) {
    tell(page);
    const chapter = make("div", { class: "kl-chapter", id: page.name, style: `page: ${page.name}` });
    if (page.part !== part) chapter.append(make("h1", { class: "kl-part" }, (part = page.part)));
    chapter.append(page.article);
    noteLinks(chapter, words);
    document.body.append(chapter);
    const head = `@page ${page.name} { @top-left { content: ${JSON.stringify(page.title)} } }`;
    document.head.append(make("style", {}, head));
  }
  document.body.offsetHeight; // now faces are asked for, and what is wide is wide in its own
  await document.fonts.ready;
  for (const paragraph of document.querySelectorAll("article p")) {
    // Of three lines Chromium would let the last stand alone.
    if (paragraph.offsetHeight < FOUR_LINES) paragraph.style.breakInside = "avoid";
  }
}

export function cover({ mark, title, rights, home }, words) {
  const lines = [words.subtitle, words.version, rights, home && make("a", { href: home, class: "kl-address" }, home)];
  const paragraphs = lines.filter((line) => line).map((line) => make("p", {}, line));
  return make("section", { class: "kl-cover" }, mark, make("p", { class: "kl-title" }, title), ...paragraphs);
}

// Names of places are the page's own: in one document they begin with its name, wherever they are used.
function tell({ article, name }) {
  for (const element of article.querySelectorAll("*")) {
    for (const { name: attribute, value } of [...element.attributes]) {
      if (attribute === "id") element.id = named(name, value);
      else if (/^(xlink:)?href$/.test(attribute) && element.closest("svg") && value.startsWith("#"))
        element.setAttribute(attribute, `#${named(name, value.slice(1))}`);
      else if (value.includes("url(#")) element.setAttribute(attribute, value.replaceAll("url(#", `url(#${name}.`));
    }
  }
  for (const formula of article.querySelectorAll(".katex-mathml")) {
    const drawn = formula.closest("span.math") ?? formula.parentElement;
    drawn.role = "img"; // Chromium's tags know no formula
    drawn.ariaLabel = typed(formula.querySelector("math"));
    formula.remove();
  }
  for (const drawn of article.querySelectorAll(".katex-html")) drawn.ariaHidden = null;
  for (const figure of article.querySelectorAll("figure")) figure.setAttribute("role", "group"); // its drawing is one
  for (const level of [3, 2, 1]) {
    for (const heading of article.querySelectorAll(`h${level}`)) {
      heading.replaceWith(make(`h${level + 1}`, {}, ...heading.childNodes));
    }
  }
  for (const link of article.querySelectorAll("a[data-page]")) {
    const place = named(link.dataset.page, link.dataset.place);
    link.setAttribute("href", `#${place}`);
    const elsewhere = link.dataset.page !== name && !link.matches(".kl-term, .kl-checked, [href*=cite-]");
    if (elsewhere || link.matches(".kl-to")) link.append(pageOf(place));
  }
}

function typed(node) {
  if (!node.children.length) return node.textContent.replace(/\p{Cf}/gu, "").trim();
  const parts = [...node.children].map(typed);
  const signs = SIGNS[node.localName];
  if (!signs) return parts.filter(Boolean).join(" ");
  return parts.map((part, i) => signs[i] + (part.includes(" ") ? `(${part})` : part)).join("");
}

// What leads out of the book gets a number, and its address stands at the chapter's end.
function noteLinks(chapter, words) {
  const numbers = new Map();
  for (const link of chapter.querySelectorAll('a[href^="http"]:not(.kl-address)')) {
    if (link.href.includes(link.textContent.replace(/^\w+:/, ""))) continue; // the text is the address
    if (!numbers.has(link.href)) numbers.set(link.href, numbers.size + 1);
    link.after(make("sup", { class: "kl-note" }, `${numbers.get(link.href)}`));
  }
  if (!numbers.size) return;
  const items = [...numbers.keys()].map((href) => make("li", {}, make("a", { href, class: "kl-address" }, href)));
  chapter.append(make("section", { class: "kl-links" }, make("p", { class: "kl-line" }, words.links), make("ol", {}, ...items)));
}

// The numbers that the printing before found; before the first, three digits take their room.
export function number(pages, form) {
  for (const place of document.querySelectorAll("[data-page-of]")) {
    const text = place.closest(".kl-contents") ? "{n}" : form;
    place.textContent = text.replace("{n}", pages[place.dataset.pageOf] ?? "000");
  }
}

// What is wider than the paper, links that lead nowhere, and drawings without a description.
export function faults() {
  const all = (what) => [...document.querySelectorAll(what)];
  const room = document.querySelector("article").getBoundingClientRect().right + SLACK;
  const wide = (block) => block.scrollWidth > block.clientWidth + SLACK || block.getBoundingClientRect().right > room;
  const cut = (block) => block.offsetHeight > PAGE && getComputedStyle(block).display !== "block";
  const lost = (link) => !document.getElementById(decodeURIComponent(link.hash.slice(1)));
  return [
    ["is wider than the page", all("pre, p, li, dt, table, figure, .katex-display, .kl-scroll").filter(wide)],
    ["is cut where a page ends", all("article div, article p, article pre").filter(cut)],
    ["leads nowhere", all('a[href^="#"]').filter(lost)],
    ["is not described", all(".kl-figure > svg:not([aria-label])")],
  ].flatMap(([fault, blocks]) =>
    blocks.map((block) => `${block.closest("[id]").id} ${fault}: ${block.textContent.trim().slice(0, 60)}`),
  );
}
