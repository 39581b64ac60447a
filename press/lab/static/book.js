// The book around the notebook: links that lead out of it, and names that jupyterlab-myst knows in English alone.

const OUT = /\/([\w-]+)\.(?:md|ipynb)(#.*)?$/; // texts.py writes these; JupyterLab puts the folder of its files before them
const MARKED = ".jp-MarkdownCell a[href], .jp-MarkdownCell .myst-proof-title";

export function mendText({ site, chapters, names }) {
  const english = new RegExp(`^(${Object.keys(names).join("|")})(?=[\\s\\u00a0]|$)`);

  function lead(link) {
    const [, name, fragment = ""] = link.getAttribute("href").match(OUT) ?? [];
    if (!name) return;
    link.href = new URL(`${chapters.includes(name) ? "notebooks/" : ""}${name}.html${fragment}`, site).href;
    link.target = "_blank";
    link.rel = "noopener";
  }

  function translate(element) {
    const text = element.firstChild;
    if (text?.nodeType === Node.TEXT_NODE) text.data = text.data.replace(english, (name) => names[name]);
  }

  function mend(element) {
    if (element.localName === "a") lead(element);
    if (Object.keys(names).length) translate(element);
  }

  const changed = (changes) => {
    for (const { target, addedNodes } of changes) {
      if (target.matches(MARKED)) mend(target); // JupyterLab has given a link its address
      for (const node of addedNodes) {
        if (node.nodeType === Node.ELEMENT_NODE) for (const element of node.querySelectorAll(MARKED)) mend(element);
      }
    }
  };
  const whatChanges = { childList: true, subtree: true, attributeFilter: ["href"] };
  new MutationObserver(changed).observe(document.body, whatChanges);
}
