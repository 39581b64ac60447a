// What a term means, or which work is cited, shown beside the link: under the mouse, in focus, at the first touch of it.
// The page that the link leads to says it. Without this script the link is a link.

import { element } from "./shared.js";

const LINKS = ".kl-term, main a[href*='#cite-']";
const WAIT = 200; // milliseconds, so that a mouse that passes opens nothing and can cross the gap

const pages = new Map();
const box = element("div", { className: "kl-preview", id: "kl-preview", popover: "manual" });
document.getElementById("main").append(box);
let shown = null;
let timer = 0;

async function entry(link) {
  const page = link.href.split("#")[0];
  if (!pages.has(page)) {
    pages.set(page, fetch(page).then((answer) => answer.text()).then((text) => new DOMParser().parseFromString(text, "text/html")));
  }
  const place = (await pages.get(page)).getElementById(decodeURIComponent(link.hash.slice(1)));
  if (place?.localName !== "dt") return [place?.querySelector("p")];
  let meaning = place;
  while (meaning?.localName === "dt") meaning = meaning.nextElementSibling; // names of one thing stand together
  return [place, meaning];
}

function put(link) {
  const { left, top, bottom } = link.getClientRects()[0];
  const { width, height } = box.getBoundingClientRect();
  box.style.left = `${Math.max(8, Math.min(left, document.documentElement.clientWidth - width - 8))}px`;
  box.style.top = `${bottom + height + 4 < innerHeight ? bottom + 4 : Math.max(4, top - height - 4)}px`;
}

async function show(link) {
  const found = (await entry(link).catch(() => [])).filter(Boolean);
  if (!found.length || !link.matches(":hover, :focus, [data-touched]")) return;
  hide();
  box.replaceChildren(...found.map((part) => {
    const copy = element(part.localName === "dt" ? "a" : "div", { innerHTML: part.innerHTML, tabIndex: -1 });
    for (const inner of copy.querySelectorAll("a")) inner.replaceWith(...(inner.matches(".headerlink") ? [] : inner.childNodes));
    if (copy.localName === "a") copy.href = link.href;
    else copy.removeAttribute("tabindex");
    return copy;
  }));
  box.showPopover();
  put(link);
  link.setAttribute("aria-describedby", box.id);
  link.removeAttribute("title"); // the browser would show it over ours
  shown = link;
}

function hide() {
  shown?.removeAttribute("aria-describedby");
  shown?.removeAttribute("data-touched");
  shown = null;
  if (box.matches(":popover-open")) box.hidePopover();
}

function later(action) {
  clearTimeout(timer);
  timer = setTimeout(action, WAIT);
}

addEventListener("pointerover", ({ target, pointerType }) => {
  if (pointerType === "touch") return;
  const link = target.closest?.(LINKS);
  if (link && link !== shown) later(() => show(link));
  else if (link || box.contains(target)) clearTimeout(timer);
  else later(() => shown?.matches(":focus") || hide());
});
addEventListener("focusin", ({ target }) => (target.matches(LINKS) ? show(target) : box.contains(target) || hide()));
addEventListener("click", (event) => {
  const link = event.target.closest?.(LINKS);
  if (event.pointerType === "touch" && link && link !== shown) {
    event.preventDefault();
    link.dataset.touched = "";
    show(link);
  } else if (!box.contains(event.target)) hide();
});
addEventListener("keydown", ({ key }) => key === "Escape" && hide());
addEventListener("scroll", () => shown && put(shown), { passive: true });
