// Loaded where search leads: marks the words that were looked for, and goes to the first of them in the section.

import { destination, element } from "./shared.js";
import { places } from "./matching.js";

const here = new URL(location.href);
const query = here.searchParams.get("marked");
const NO_TEXT = "svg, .katex, .headerlink, .kl-checked, script";

function* found() {
  const skip = (node) => (node.parentElement.closest(NO_TEXT) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT);
  const walker = document.createTreeWalker(document.querySelector("article"), NodeFilter.SHOW_TEXT, skip);
  while (walker.nextNode()) {
    for (const [start, end] of places(walker.currentNode.data, query)) {
      const range = new Range();
      range.setStart(walker.currentNode, start);
      range.setEnd(walker.currentNode, end);
      yield range;
    }
  }
}

const ranges = [...found()];
const section = destination();
const place = section?.localName === "dt" ? section.parentElement : section;
const first = ranges.find((range) => !section || (section.compareDocumentPosition(range.startContainer) & Node.DOCUMENT_POSITION_FOLLOWING && place.contains(range.startContainer)));
if (first) {
  const around = first.startContainer.parentElement;
  for (let fold = around.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  if (around.getBoundingClientRect().bottom > innerHeight) around.scrollIntoView({ block: "center" });
}
if (ranges.length && globalThis.CSS?.highlights) {
  CSS.highlights.set("kl-found", new Highlight(...ranges));
  const button = element("button", { className: "kl-unmark" }, document.body.dataset.unmark);
  const unmark = ({ key }) => {
    if (key && key !== "Escape") return;
    CSS.highlights.delete("kl-found");
    button.remove();
    removeEventListener("keydown", unmark);
    here.searchParams.delete("marked");
    history.replaceState(null, "", here.pathname + here.search + location.hash);
  };
  button.addEventListener("click", unmark);
  addEventListener("keydown", unmark);
  document.querySelector("main").prepend(button);
}
