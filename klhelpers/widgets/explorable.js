// What every explorable is: a state that may be anything, a question before its answer, remarks, a challenge, and words.

import { button, html, set } from "./draw.js";
import en from "./words-en.js";
import zh from "./words-zh.js";

const TABLES = { en, zh };

/** The words of one explorable, of its view and of all, in the language that `element` stands in; else in English. */
function wordsOf(name, view, element) {
  const language = (element.closest("[lang]")?.lang || document.documentElement.lang).slice(0, 2);
  const { everywhere, [name]: own } = TABLES[language] ?? en;
  return { ...everywhere, ...own, ...own[view], fault: { ...everywhere.fault, ...own.fault } };
}

/** `"sum {total}"` with its names filled in. */
export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

/** What a function returns for its last arguments, computed once. */
export function remembered(compute) {
  let [known, value] = ["", null];
  return (...given) => {
    const key = JSON.stringify(given);
    if (known !== key) [known, value] = [key, compute(...given)];
    return value;
  };
}

/** That a number is none, or outside its limits, as a fault; null if it is neither. */
export function rangeFault(name, value, [least, most]) {
  if (Number.isFinite(value) && value >= least && value <= most) return null;
  return { reason: "range", name, value, least: String(least).replace("-", "−"), most };
}

/** That a value is none of those there are, as a fault. */
export function choiceFault(name, value, values) {
  return values.includes(value) ? null : { reason: "choice", name, value };
}

/**
 * Begin an explorable in `el`: its name for screen readers, and the line that says what to do.
 *
 * name            its key in the words; `view` that of the words which only one of its views has
 * initial         its traits and a value of each that can be drawn, as long as the model has none
 * guesses         the traits that hold what the reader answered; the first is not empty once the question is answered
 * faultOf(state)  what keeps a state from being drawn, as {reason, …}: a key of words.fault, and what to fill in
 *
 * Returns
 * words           what it says
 * now()           the last state that could be drawn
 * guess()         what the reader answered, as far as one did
 * put(values)     change the state, all traits together, as the reader wants it
 * ask(parent, answers)  lay the question, with a button [text, press] for each answer, over what is told after it
 * finish(parts)   end the explorable, draw it, and keep it drawn; see there
 */
export function explorable({ model, el, signal }, { name, view, initial, guesses, faultOf }) {
  const words = wordsOf(name, view, el);
  const names = Object.keys(initial);
  const guess = () => model.get(guesses[0]);
  let read = false; // whether `fault` and `good` are of the present state: drawings ask for it many times
  let fault = null;
  let good = initial;
  const now = () => {
    if (read) return good;
    const state = Object.fromEntries(names.map((each) => [each, model.get(each)]));
    fault = faultOf(state);
    if (!fault) good = state;
    read = true;
    return good;
  };
  for (const each of names) model.on(`change:${each}`, () => (read = false));

  el.classList.add("klx");
  set(el, { role: "group", "aria-label": words.title, "data-lm-suppress-shortcuts": "true" }); // of JupyterLab
  el.replaceChildren();
  html("p", { text: words.lead }, el);

  let reveal = () => {};
  let announce = () => {};

  const put = (values) => {
    model.set(values);
    model.save_changes();
    announce();
  };

  const ask = (parent, answers = []) => {
    const frame = html("div", { class: "klx-prediction" }, parent);
    const answer = html("div", { class: "klx-answer" }, frame);
    const question = html("div", { class: "klx-question" }, frame);
    html("p", { text: words.question }, question);
    const row = html("div", { class: "klx-choice" }, question);
    for (const [label, press] of answers) button(row, label, press, signal);
    reveal = (revealed) => {
      set(answer, { inert: !revealed && "" });
      set(question, { inert: revealed && "" });
      frame.toggleAttribute("data-revealed", revealed);
    };
    return { question, answer };
  };

  /**
   * draw(state, width)  draw it in so many pixels
   * remark(state)       the sentences below the drawing: what the state is an example of
   * challenge(state)    {met, …}: whether it is met, and what words.soFar and words.met have to fill in; once it was, it is
   * spoken(state)       what words.spoken has to fill in, which a screen reader is told of a change
   *
   * Returns a function that asks for a drawing in the next frame.
   */
  const finish = ({ draw, remark, challenge, spoken }) => {
    const message = html("p", { class: "klx-message" }, el);
    const task = html("p", { class: "klx-challenge" }, el);
    const speak = announcer(el, signal);
    let won = "";
    announce = () => guess() && speak(() => fill(words.spoken, spoken(now())));
    const sentences = (state) => {
      if (fault) return [fill(words.undrawable, { what: fill(words.fault[fault.reason], fault) })];
      return guess() ? remark(state) : [];
    };
    const challenged = (state) => {
      const { met, ...values } = challenge(state);
      if (met) won ||= fill(words.met, values);
      return won || fill(words.soFar, values);
    };
    return drawOnChange({ model, names: [...names, ...guesses], el, signal }, (width) => {
      const state = now();
      reveal(Boolean(guess()));
      draw(state, width);
      set(message, { text: sentences(state).join(words.gap) });
      el.toggleAttribute("data-fault", Boolean(fault));
      set(task, { text: [words.challenge, guess() ? challenged(state) : ""].join(words.gap) });
      task.toggleAttribute("data-met", Boolean(won));
    });
  };
  return { words, now, guess, put, ask, finish };
}

/** A place that a screen reader reads out, politely: `words()` once the values have come to rest. */
function announcer(parent, signal) {
  const region = html("p", { class: "klx-heard", "aria-live": "polite" }, parent);
  let waiting = 0;
  signal.addEventListener("abort", () => clearTimeout(waiting));
  return (words) => {
    clearTimeout(waiting);
    waiting = setTimeout(() => set(region, { text: words() }), 400);
  };
}

/**
 * Draw now, and in the next frame after one of these traits or the width inside of `el`, which its first child fills,
 * has changed: `draw(width)`, in pixels. Returns a function that asks for a drawing in the next frame, whatever for.
 */
function drawOnChange({ model, names, el, signal }, draw) {
  let width = el.firstElementChild.getBoundingClientRect().width || 560; // nothing has one before it is on the page
  let frame = 0;
  const redraw = () => {
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      draw(width);
    });
  };
  const observer = new ResizeObserver(([{ contentRect }]) => {
    if (contentRect.width === width || !(contentRect.width > 0)) return;
    width = contentRect.width;
    redraw();
  });
  observer.observe(el);
  signal.addEventListener("abort", () => {
    observer.disconnect();
    cancelAnimationFrame(frame);
  });
  for (const name of names) model.on(`change:${name}`, redraw);
  draw(width);
  return redraw;
}
