// What every explorable is: a state, by Python or an address, a question before its answer, remarks, a challenge, and words.

import { button, choice, clamp, html, number, set } from "./draw.js";
import { isDistribution } from "./maths.js";
import en from "./words-en.js";
import zh from "./words-zh.js";

const TABLES = { en, zh };
const WIDE = 28.15; // rem: in an article above 29rem two halves stand beside each other
const GAP = 20;

/** The words of one explorable, of its view and of all, in the language that `element` stands in; else in English. */
function wordsOf(name, view, element) {
  const language = (element.closest("[lang]")?.lang || document.documentElement.lang).slice(0, 2);
  const { everywhere, [name]: own } = TABLES[language] ?? en;
  return { ...everywhere, ...own, ...own[view] };
}

/** `"{count} of {total:3}"` with its names filled in, the second by a number with three digits. */
export function fill(text, values) {
  const filled = (_, name, digits) => (digits ? number(values[name], Number(digits)) : values[name]);
  return text.replace(/\{(\w+)(?::(\d))?\}/g, filled);
}

const printed = (limit) => String(limit).replace("-", "−"); // with all its digits

/** What a function returns for its last arguments, computed once. */
export function remembered(compute) {
  let [known, value] = ["", null];
  return (...given) => {
    const key = JSON.stringify(given);
    if (known !== key) [known, value] = [key, compute(...given)];
    return value;
  };
}

/**
 * The first trait of a state that Python would refuse, undefined if there is none: {name, value, expected, …}, where
 * words.expected[expected] says what was expected, and what is left is filled in there.
 *
 * Each trait is one `among` some; or a number, or a list of them, `within` limits and maybe `whole`; else a distribution.
 * A list is as long as in the `first` state, or as `count` says, or as the trait that it is `like`.
 */
export function refusedOf(traits, first, state) {
  const missed = (name, value) => {
    if (!Object.hasOwn(traits, name)) return { expected: "among", among: Object.keys(traits).join(" / ") };
    const { among, within, whole, count, like } = traits[name];
    if (among) return !among.includes(value) && { expected: "among", among: among.filter(String).join(" / ") };
    const isOutside = (x) => !(Number.isFinite(x) && x >= within[0] && x <= within[1] && (!whole || Number.isInteger(x)));
    const limits = within && { expected: whole ? "whole" : "number", least: printed(within[0]), most: printed(within[1]) };
    if (!Array.isArray(first[name])) return isOutside(value) && limits;
    const [least, most] = count ?? Array(2).fill((like ? state[like] : first[name]).length);
    if (!Array.isArray(value) || value.length < least || value.length > most)
      return { expected: least < most ? "count" : "length", least, most };
    return within ? value.some(isOutside) && limits : !isDistribution(value) && { expected: "sum" };
  };
  for (const name of Object.keys({ ...traits, ...state })) {
    const miss = missed(name, state[name]);
    if (miss) return { name, value: state[name], ...miss };
  }
  return undefined;
}

/** What the page's address wants of the explorable in this place, as far as it can be read; {} if it speaks of another. */
function wantedByAddress(place, first) {
  if (!place || decodeURIComponent(location.hash) !== `#${place}`) return {};
  const read = (text) => {
    try {
      return JSON.parse(text);
    } catch {
      return text;
    }
  };
  const values = [...new URLSearchParams(location.search)].map(([name, text]) =>
    [name, Array.isArray(first[name]) ? text.split(",").map(read) : read(text)]);
  return Object.fromEntries(values);
}

/** The address that wants these values of the explorable in that place. */
function addressOf(place, values) {
  const short = (value) => (typeof value === "number" ? Number(value.toPrecision(12)) : value);
  const url = new URL(location);
  url.search = Object.entries(values).map(([name, value]) => `${name}=${[value].flat().map(short)}`).join("&");
  url.hash = place;
  return url.href;
}

/**
 * Begin an explorable in `el`: its name for screen readers, and the line that says what to do.
 *
 * name     its key in the words; `view` that of the words which only one of its views has
 * traits   what its state is made of, see refusedOf
 * asks     the trait that holds what the reader answered, if there is one; its first value stands for no answer yet
 * keeps    the traits that "Start again" leaves as they are, besides that one
 *
 * Returns
 * words         what it says
 * now()         the state
 * guess()       what the reader answered, as far as one did
 * put(values)   change the state, all traits together, as the reader wants it; what moves by itself stops
 * control(trait, at)  what a knob or slider needs of a trait, or of the entry `at` of one: {range, value, put}
 * choose(parent, trait)  a row of buttons for what a trait may be among; words[trait] has its label, and a text for each
 * play(milliseconds, show)  let something move by itself: show(part) returns the values at each part from 0 to 1 of the way
 * split()       two halves, beside each other where there is room: {left, right, widths(width, share of the left one)}
 * ask(parent)   put the question there, with a button for each answer: {controls, answer}, where controls of its own
 *               belong, and what is told after it, as all that has the class klx-answer
 * finish(parts) end the explorable, draw it, and keep it drawn; see there. Returns a function that draws it once more
 */
export function explorable({ model, el, signal }, { name, view, traits, asks = "guess", keeps = [] }) {
  const words = wordsOf(name, view, el);
  const names = Object.keys(traits);
  const [unanswered, ...answers] = traits[asks]?.among ?? [];
  const place = el.closest("figure") && el.closest("[id]")?.id; // on a page that has an address
  let state = null; // read once for all drawings that ask for it
  const now = () => (state ??= Object.fromEntries(names.map((each) => [each, model.get(each)])));
  const guess = () => (asks in traits ? now()[asks] !== unanswered && now()[asks] : true);
  for (const each of names) model.on(`change:${each}`, () => (state = null));

  const first = now();
  const wanted = wantedByAddress(place, first);
  const refused = refusedOf(traits, first, { ...first, ...wanted });
  if (!refused) model.set(wanted);
  let fault = refused && fill(words.refused, { ...refused, expected: fill(words.expected[refused.expected], refused) });

  el.classList.add("klx");
  set(el, { role: "group", "aria-label": words.title, "data-lm-suppress-shortcuts": "true" }); // of JupyterLab
  el.replaceChildren();
  html("p", { text: words.lead }, el);

  let announce = () => {};
  let redraw = () => {};
  let frame = 0;
  signal.addEventListener("abort", () => cancelAnimationFrame(frame));

  const put = (values) => {
    cancelAnimationFrame(frame);
    fault = "";
    model.set(values);
    model.save_changes();
    announce();
  };

  const control = (trait, at) => ({
    range: traits[trait].within,
    value: () => (at === undefined ? now()[trait] : now()[trait][at]),
    put: (value) => put({ [trait]: at === undefined ? value : now()[trait].with(at, value) }),
  });

  const choices = [];
  const choose = (parent, trait) => {
    const { label, ...texts } = words[trait];
    const options = traits[trait].among.map((value) => [value, texts[value]]);
    const show = choice(parent, { label, options, pick: (value) => put({ [trait]: value }) });
    choices.push((state) => show(state[trait]));
  };

  const play = (milliseconds, show) => {
    cancelAnimationFrame(frame);
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const begin = performance.now();
    const step = (time) => {
      const part = still ? 1 : clamp((time - begin) / milliseconds, 0, 1);
      model.set(show(part));
      redraw();
      if (part < 1) frame = requestAnimationFrame(step);
      else put({});
    };
    step(begin);
  };

  const split = () => {
    const halves = html("div", { class: "klx-split" }, el);
    const widths = (width, share) => {
      const isWide = width > WIDE * parseFloat(getComputedStyle(document.documentElement).fontSize);
      const left = isWide ? Math.round(share * width) : width;
      halves.toggleAttribute("data-wide", isWide);
      halves.style.gridTemplateColumns = `${left}px minmax(0, 1fr)`;
      return [left, isWide ? width - left - GAP : width];
    };
    return { left: html("div", {}, halves), right: html("div", {}, halves), widths };
  };

  const ask = (parent) => {
    const question = html("div", { class: "klx-question" }, parent);
    html("p", { text: words.question }, question);
    const controls = html("div", {}, question);
    const row = html("div", { class: "klx-choice" }, question);
    for (const each of answers) button(row, words.answers[each], () => put({ [asks]: each }));
    return { controls, answer: html("div", { class: "klx-answer" }, parent) };
  };

  /**
   * measure(state)      what the others are given to show; it fills in what they say, and words.spoken, which a screen
   *                     reader is told once values have come to rest
   * draw(state, width, measured)  draw it in so many pixels
   * remark(state, measured)       the sentences below the drawing, but for false ones: what the state is an example of
   * challenge(state, measured)    {met, …}: whether it is met (once it was, it is), and what else its words fill in
   */
  const finish = ({ measure, draw, remark, challenge }) => {
    const message = html("p", { class: "klx-message", tabindex: -1 }, el);
    const task = challenge && html("p", { class: "klx-challenge klx-answer" }, el);
    const row = html("div", { class: "klx-controls klx-answer" }, el);
    const heard = html("p", { class: "klx-heard", "aria-live": "polite" }, el);
    const outgrow = heldWhileDragged(el);
    const restored = Object.entries(first).filter(([each]) => ![...keeps, asks].includes(each));
    button(row, words.again, () => put(Object.fromEntries(restored)));
    if (place) linkButton(row, words, () => {
      const differs = ([each, value]) => JSON.stringify(value) !== JSON.stringify(first[each]);
      return addressOf(place, Object.fromEntries(Object.entries(now()).filter(differs)));
    });
    let won = "";
    let resting = 0;
    announce = () => {
      clearTimeout(resting);
      resting = setTimeout(() => guess() && set(heard, { text: fill(words.spoken, measure(now())) }), 400);
    };
    const sentences = (measured) => {
      const said = [fault, ...(guess() ? remark(now(), measured) : [])].filter(Boolean);
      return said.map((sentence) => fill(sentence, measured)).join(words.gap);
    };
    const challenged = (measured) => {
      const values = { ...measured, ...challenge(now(), measured) };
      if (values.met) won ||= fill(words.met, values);
      return won || fill(words.soFar ?? "", values);
    };
    redraw = drawOnChange({ model, names, el, signal }, (width) => {
      const measured = measure(now());
      const asked = el.contains(document.activeElement) && document.activeElement.closest(".klx-question");
      el.toggleAttribute("data-answered", Boolean(guess()));
      draw(now(), width, measured);
      for (const show of choices) show(now());
      set(message, { text: sentences(measured) });
      el.toggleAttribute("data-fault", Boolean(fault));
      if (asked && guess()) message.focus({ preventScroll: true }); // what was pressed is gone
      if (task) {
        set(task, { text: [words.challenge, guess() ? challenged(measured) : ""].join(words.gap) });
        task.toggleAttribute("data-met", Boolean(won));
      }
      outgrow();
    });
    return redraw;
  };
  return { words, now, guess, put, control, choose, play, split, ask, finish };
}

/**
 * While something in it is dragged, its figure keeps its height, so that the page around it is not laid out anew.
 * Returns a function that lets the figure grow if what was drawn needs more.
 */
function heldWhileDragged(el) {
  const figure = el.closest("figure");
  if (!figure) return () => {};
  const hold = (contain, height) => Object.assign(figure.style, { contain, height });
  el.addEventListener("gotpointercapture", () => hold("layout size", getComputedStyle(figure).height));
  el.addEventListener("lostpointercapture", () => hold("", ""));
  return () => figure.style.height && figure.scrollHeight > figure.clientHeight && hold("", "");
}

/** A button that puts the address of what is shown where it can be pasted from, and into the address bar. */
function linkButton(parent, words, address) {
  const made = button(parent, words.link, async () => {
    history.replaceState(null, "", address());
    const copied = await navigator.clipboard?.writeText(location.href).then(() => true, () => false);
    set(made, { text: copied ? words.copied : words.inBar });
  });
  made.addEventListener("blur", () => set(made, { text: words.link }));
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
