// What a page does beyond being read. Without this script everything is still there to read and to open.

import { destination, element, kept } from "./shared.js";

const root = document.documentElement;
const words = document.body.dataset;

function themeSwitch() {
  const button = document.querySelector(".kl-theme-button");
  const system = matchMedia("(prefers-color-scheme: dark)");
  button.hidden = false;
  button.addEventListener("click", () => {
    const systemTheme = system.matches ? "dark" : "light";
    const shown = root.dataset.theme || systemTheme;
    const wanted = shown === "dark" ? "light" : "dark";
    root.dataset.theme = wanted === systemTheme ? "" : wanted; // none: as the system has it from now on
    kept("kl-theme", root.dataset.theme);
  });
}

function copyButtons() {
  if (!navigator.clipboard) return;
  for (const code of document.querySelectorAll(".cell_input pre, div[class*=highlight-]:not(.output) > .highlight > pre")) {
    const button = element("button", { className: "kl-copy" }, words.copy);
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(code.textContent.trimEnd());
      button.textContent = words.copied;
      setTimeout(() => (button.textContent = words.copy), 2000);
    });
    code.parentElement.append(button);
  }
}

// What scrolls sideways must be reachable with the keyboard.
function focusableScrollers() {
  const observer = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      if (target.scrollWidth > target.clientWidth + 1) target.tabIndex = 0;
      else target.removeAttribute("tabindex");
    }
  });
  for (const scroller of document.querySelectorAll(".katex-display, pre, .output, .kl-scroll")) observer.observe(scroller);
}

function markCurrentSection() {
  const links = new Map();
  for (const link of document.querySelectorAll('.kl-chapters a[href^="#"]')) {
    const section = link.hash && document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (section) links.set(section, link);
  }
  const visible = new Set();
  const observer = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) visible[isIntersecting ? "add" : "delete"](target);
    const first = [...links.keys()].find((section) => visible.has(section));
    for (const [section, link] of links) link.toggleAttribute("data-here", section === first);
  }, { rootMargin: "-10% 0% -60% 0%" });
  for (const section of links.keys()) observer.observe(section);
}

function openFoldOfAddress() {
  const open = () => {
    const place = destination();
    const fold = place?.closest("details:not([open])") ?? place?.querySelector(":scope.cell > details");
    if (!fold) return;
    fold.open = true;
    place.scrollIntoView();
  };
  addEventListener("hashchange", open);
  open();
}

// The two editions have the same sections in the same order; their names differ, so a place is told by its number.
function languageSwitch() {
  const sections = [...document.querySelectorAll("main section[id]")];
  const link = document.querySelector(".kl-language");
  link?.addEventListener("click", () => {
    const reached = sections.filter((section) => section.getBoundingClientRect().top < innerHeight / 3).length - 1;
    link.hash = reached > 0 ? `section-${reached}` : "";
    link.search = location.search;
    kept("kl-language", link.hreflang);
  });
  const asked = !destination() && sections[location.hash.match(/^#section-(\d+)$/)?.[1]];
  if (!asked) return;
  history.replaceState(null, "", `#${asked.id}`);
  asked.scrollIntoView();
}

function search() {
  const menu = document.getElementById("kl-menu");
  if (getComputedStyle(menu).display === "none") menu.showPopover();
  menu.querySelector("input").focus();
}

// All code at once, but for what checks an exercise's solution. What is being read stays where it is.
function codeSwitch() {
  const box = document.querySelector(".kl-code input");
  if (!box) return;
  const folds = [...document.querySelectorAll("main details:not(.solution, .kl-solves > *)")].filter((fold) => fold.querySelector(".cell_input"));
  const show = (shown) => {
    const middle = [0.2, 0.3, 0.4, 0.5].map((height) => document.elementFromPoint(main.getBoundingClientRect().left + 40, innerHeight * height));
    const seen = middle.find((element) => element?.closest("article") && !element.matches("article, section"));
    const place = seen?.closest("details") ?? seen;
    const before = place?.getBoundingClientRect().top;
    root.style.overflowAnchor = "none"; // the browser's own way would be added to ours
    for (const fold of folds) fold.open = shown;
    if (place) scrollBy(0, place.getBoundingClientRect().top - before);
    requestAnimationFrame(() => root.style.removeProperty("overflow-anchor"));
  };
  box.parentElement.hidden = false;
  box.checked = kept("kl-code") === "shown";
  if (box.checked) show(true);
  box.addEventListener("change", () => {
    kept("kl-code", box.checked ? "shown" : "");
    show(box.checked);
  });
}

function keys() {
  const help = document.querySelector(".kl-keys");
  const button = document.querySelector(".kl-keys-button");
  const single = help.querySelector("input");
  const actions = {
    "/": search,
    "?": () => help.showModal(),
    c: () => document.querySelector(".kl-code input")?.click(),
    n: () => document.querySelector(".kl-next")?.click(),
    p: () => document.querySelector(".kl-previous")?.click(),
  };
  button.hidden = false;
  button.addEventListener("click", actions["?"]);
  single.checked = kept("kl-keys") !== "off";
  single.addEventListener("change", () => kept("kl-keys", single.checked ? "" : "off"));
  addEventListener("keydown", (event) => {
    const { key, ctrlKey, metaKey, altKey, target } = event;
    const alone = single.checked && !ctrlKey && !metaKey && !altKey && !help.open;
    const free = alone && !target.closest?.("input:not([type=checkbox], [type=radio], [type=range]), textarea, select, [contenteditable]");
    const action = key === "k" && (ctrlKey || metaKey) ? search : free && Object.hasOwn(actions, key) && actions[key];
    if (!action) return;
    event.preventDefault();
    action();
  });
}

function closeMenu() {
  // Following a link inside the page closes the menu that lies over it.
  document.querySelector(".kl-chapters").addEventListener("click", (event) => {
    const menu = document.getElementById("kl-menu");
    if (event.target.closest("a") && menu.matches(":popover-open")) menu.hidePopover();
  });
}

function lab() {
  const button = document.querySelector(".kl-launch");
  if (!button) return;
  // From an exercise or an explorable it opens there.
  for (const place of document.querySelectorAll(".kl-answer-box, .kl-explorable")) {
    const href = `${button.href}#${place.dataset.exercise ?? place.closest(".cell").id}`;
    const link = element("a", { className: "kl-lab-here", href }, button.dataset.here);
    (place.querySelector("form, figcaption") ?? place).append(link);
  }
  // Who reaches for the button most likely presses it: what a first visit loads is fetched and kept meanwhile.
  if (!globalThis.caches || navigator.connection?.saveData) return;
  const preload = async () => {
    const list = new URL(button.dataset.first, location.href);
    const { files } = await (await fetch(list)).json();
    const cache = await caches.open("lab-files"); // the lab's service worker looks there
    for (const file of files[button.dataset.notebook]) {
      const address = new URL(file, list).href;
      if (!(await cache.match(address))) await cache.add(address);
    }
  };
  const begin = () => preload().catch(() => {}); // the lab itself will say what is wrong
  for (const reached of ["pointerenter", "focus"]) button.addEventListener(reached, begin, { once: true });
}

const main = document.getElementById("main");
if (location.search.includes("marked=")) import("./marks.js");
themeSwitch();
codeSwitch();
copyButtons();
focusableScrollers();
markCurrentSection();
languageSwitch();
openFoldOfAddress();
closeMenu();
keys();
lab();
