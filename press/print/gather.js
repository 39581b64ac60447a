// The pages of an edition as one book, read by the browser that shows them. What a page folds is open, if it belongs to
// the text, or gathered at the chapter's end: solutions, and the code of checks and figures.

export const make = (tag, attributes = {}, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
};

const load = async (address) => {
  const answer = await fetch(address);
  if (!answer.ok) throw Error(`${address} is not in the site: ${answer.status}`);
  return new DOMParser().parseFromString(await answer.text(), "text/html");
};

const anchor = (id) => decodeURIComponent(id).replace(/[^\p{L}\p{N}_.-]/gu, "-");

// Every page in the order of the contents, as { name, title, part, article }; `only` keeps those whose name it matches.
export async function gather(words, only = "") {
  const first = await load("../index.html");
  const home = first.querySelector("link[rel=canonical]")?.href ?? "";
  const pages = [{ address: "../index.html", title: words.preface, part: "" }];
  let part = "";
  for (const item of first.querySelectorAll(".kl-chapters .caption, .kl-chapters .toctree-l1 > a")) {
    if (item.matches("a")) pages.push({ address: `../${item.getAttribute("href")}`, title: item.textContent, part });
    else part = item.textContent;
  }
  for (const page of pages) {
    page.url = new URL(page.address, location);
    page.path = page.address.slice("../".length);
    page.name = page.path.replace(/\.html$/, "").replaceAll("/", "-");
  }
  const wanted = pages.filter((page) => page.name.match(only));
  for (const page of wanted) {
    page.article = (await load(page.url)).querySelector("article");
    page.article.querySelector("h1").textContent = page.title;
    for (const step of STEPS) step(page.article, words, home && home + page.path);
    for (const element of page.article.querySelectorAll("[id]")) element.id = anchor(element.id);
    for (const link of page.article.querySelectorAll("a[href]")) lead(link, page, wanted, home);
  }
  const [mark, title, rights] = [".kl-mark", ".kl-brand span", ".kl-foot p"].map((part) => first.querySelector(part));
  return { home, pages: wanted, mark, title: title.textContent, rights: rights.textContent };
}

// The parts, their pages, and the sections of those; `entry` makes what leads to a place.
export function contents(pages, heading, entry) {
  const list = make("ol");
  let inner = list;
  let part = "";
  for (const page of pages) {
    if (page.part !== part) {
      inner = make("ol");
      list.append(make("li", {}, make("span", { class: "kl-part" }, (part = page.part)), inner));
    }
    const sections = [...page.article.querySelectorAll("section > section > h2")].map((heading) =>
      make("li", {}, entry(heading.textContent, page.name, heading.parentElement.id)),
    );
    inner.append(make("li", {}, entry(page.title, page.name), ...(sections.length ? [make("ol", {}, ...sections)] : [])));
  }
  return make("nav", { class: "kl-contents" }, make("h1", {}, heading), list);
}

// A link within the book keeps the name of its page and the place on it; one to what only the site has gets an address.
function lead(link, page, pages, home) {
  const url = new URL(link.getAttribute("href"), page.url);
  const target = pages.find((other) => other.url.pathname === url.pathname);
  if (target) {
    link.dataset.page = target.name;
    link.dataset.place = anchor(url.hash.slice(1));
  } else if (url.origin !== location.origin) link.href = url.href;
  else if (home) link.href = home + url.href.slice(new URL("..", location).href.length);
  else link.replaceWith(...link.childNodes);
}

const open = (fold) => {
  const line = make("p", { class: "kl-line" }, ...fold.querySelector("summary").childNodes);
  const opened = make("div", { class: "kl-open" }, line, ...fold.children);
  if (fold.id) opened.id = fold.id;
  opened.querySelector("summary")?.remove();
  return opened;
};

// At the chapter's end, below one heading; each line says what it belongs to, and leads back.
function atTheEnd(article, name, heading, blocks) {
  if (blocks.length) {
    const section = make("section", { class: "kl-gathered", id: name }, make("h2", {}, heading), ...blocks);
    article.querySelector("section").append(section);
  }
}

const leadTo = (place, text) => make("a", { href: `#${place}`, class: "kl-to internal" }, text);

const STEPS = [
  function dropWhatOnlyAScreenCanUse(article) {
    for (const gone of article.querySelectorAll(".headerlink, .kl-report, .kl-answer-box, form, script")) gone.remove();
    for (const section of article.querySelectorAll("section[style]")) section.removeAttribute("style");
  },
  function sayWhereItMoves(article, words, address) {
    for (const figure of article.querySelectorAll(".kl-explorable")) {
      delete figure.dataset.state;
      delete figure.dataset.module;
      figure.className = "kl-figure";
      const place = figure.closest("[id]").id;
      const link = make("a", { href: `${address}#${place}`, class: "kl-address" }, `${address}#${place}`);
      if (address) figure.querySelector("figcaption").append(" ", words.moves, " ", link);
    }
  },
  function gatherSolutions(article, words) {
    const found = [...article.querySelectorAll("details.solution, .kl-solves")];
    for (const solution of found.filter((block) => block.matches("details"))) {
      let exercise = solution.previousElementSibling;
      while (exercise && !exercise.matches(".exercise")) exercise = exercise.previousElementSibling;
      exercise?.lastElementChild.append(make("p", { class: "kl-line" }, leadTo(solution.id, words.solution)));
    }
    const blocks = found.map((block) => (block.matches("details") ? open(block) : block));
    for (const block of found) block.remove();
    atTheEnd(article, "solutions", words.solutions, blocks);
  },
  function gatherCode(article, words) {
    const blocks = [];
    for (const block of article.querySelectorAll(".kl-checks, .cell:has(> details.hide)")) {
      if (block.closest(".kl-gathered") || block.parentElement.closest(".kl-checks")) continue;
      const id = `code-${blocks.length + 1}`;
      const number = block.querySelector("figcaption .caption-number")?.textContent;
      const section = block.closest("section:has(> h2)") ?? block.closest("section");
      const where = number ?? section.querySelector("h1, h2").textContent;
      const title = leadTo(number ? block.id : section.id, where);
      const code = make("div", { class: "kl-listing", id }, make("p", { class: "kl-line" }, title));
      if (block.matches(".kl-checks")) {
        const summary = block.querySelector("summary").textContent.trim();
        const line = summary.startsWith("✓") ? summary : words.code_of;
        title.parentElement.append(" · ", line);
        code.append(...block.querySelectorAll(".cell"));
        block.replaceWith(make("p", { class: "kl-line kl-checks" }, leadTo(id, line)));
      } else if (block.querySelector(":scope > .cell_output")) {
        code.append(make("div", { class: "cell" }, block.querySelector(":scope > details")));
        block.querySelector("figcaption")?.append(" ", leadTo(id, words.code_of));
      } else block.replaceWith();
      if (!code.querySelector(".cell")) code.append(block);
      blocks.push(code);
    }
    atTheEnd(article, "code", words.code, blocks);
  },
  function openFolds(article) {
    for (const fold of article.querySelectorAll("details.hide")) {
      fold.querySelector("summary").remove();
      fold.replaceWith(...fold.children);
    }
    for (const fold of article.querySelectorAll("details")) fold.replaceWith(open(fold));
  },
];
