// Exercises and predictions answered on the page, with no kernel. Without this script both are plain text and code.

import { element, kept } from "./shared.js";

const FOUR_DIGITS = 5e-4; // as in klhelpers.notebook.check, whose words these are
const NUMBER = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;

const here = (name) => `kl-${location.pathname.replace(/^.*\/(zh\/)?/, "")}-${name}`;
const fill = (words, values) => words.replace(/\{(\w+)\}/g, (_, name) => values[name]);
const digits = (value) => String(Number(value.toPrecision(6)));

// The answer is sealed as the first six bytes of its float64, so that no eye reads it in passing.
function opened(key) {
  const bytes = Uint8Array.from(atob(`${key}AAA=`), (character) => character.charCodeAt());
  return new DataView(bytes.buffer).getFloat64();
}

function verdict(said, truth, words) {
  const text = said.normalize("NFKC").replaceAll("−", "-").trim();
  if (!text) return "";
  if (!NUMBER.test(text)) return fill(words.number, { found: said.slice(0, 60) });
  const number = Number(text);
  const share = Math.abs(number - truth) / Math.abs(truth);
  if (share <= FOUR_DIGITS) return `✓ ${digits(truth)}`;
  const percent = 100 * share;
  const rough = percent < 1 ? words.less : percent > 1000 ? words.far : fill(words.about, { percent: Number(percent.toPrecision(1)) });
  return fill(number < truth ? words.small : words.large, { answer: digits(number), rough });
}

function field(box) {
  const words = JSON.parse(box.dataset.words);
  const key = here(box.dataset.exercise);
  const input = element("input", { inputMode: "decimal", autocomplete: "off", size: 9, value: kept(key) ?? "" });
  const form = element("form", {}, element("label", {}, words.answer, input), element("button", { className: "kl-answer-check" }, words.check));
  const output = form.appendChild(element("output"));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    kept(key, input.value);
    output.textContent = verdict(input.value, opened(box.dataset.key), words);
    box.toggleAttribute("data-solved", output.textContent.startsWith("✓"));
  });
  box.append(form);
  box.toggleAttribute("data-live", true);
  if (input.value) form.requestSubmit();
}

function choices(question) {
  const options = [...question.querySelectorAll(":scope > ul > li")];
  const words = question.ownerDocument.body.dataset;
  const key = here(question.id);
  const note = element("p", { className: "kl-noted", ariaLive: "polite" });
  const choose = (letter) => {
    note.textContent = words.noted;
    for (const answer of document.querySelectorAll(`.kl-answer.${CSS.escape(question.id)}`)) {
      const said = answer.querySelector(".kl-said") ?? answer.appendChild(element("span", { className: "kl-said" }));
      said.textContent = fill(answer.firstChild.textContent.trim() === letter ? words.right : words.said, { letter });
    }
  };
  question.setAttribute("role", "radiogroup");
  question.setAttribute("aria-labelledby", (question.querySelector(".admonition-title").id ||= `${question.id}-title`));
  for (const option of options) {
    const letter = option.querySelector("strong")?.textContent.replace(".", "");
    if (!letter) continue;
    const radio = element("input", { type: "radio", name: question.id, value: letter });
    const holder = option.querySelector(":scope > p") ?? option;
    const text = element("span", {}, ...holder.childNodes); // one box, so that its formulas stay in the line
    holder.append(element("label", {}, radio, text));
    radio.checked = kept(key) === letter;
    radio.addEventListener("change", () => {
      kept(key, letter);
      choose(letter);
    });
    if (radio.checked) choose(letter);
  }
  question.append(note);
}

document.querySelectorAll(".kl-answer-box").forEach(field);
document.querySelectorAll(".admonition.predict[id]").forEach(choices);
