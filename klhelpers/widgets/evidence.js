// Evidence: tosses of one of two coins, the log-likelihood ratio of each run, and the line along which it wanders.

import { button, choice, herald, html, keepDrawn, linear, logarithmic, number } from "./draw.js";
import { prediction, set, several, slider, stage, svg } from "./draw.js";
import { klDivergence } from "./maths.js";
import { draws } from "./random.js";
import { fill, wordsOf } from "./words.js";

const SURE = Math.log(20); // odds of 20 : 1
const LEAST = 0.01;
const MOST = 0.99;
const MOST_WALKS = 20;
const LADDER = [10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000]; // tosses that may be drawn
const MOST_GUESS = 100000;
const POINTS = 240; // of a walk, as drawn
const TALL = 230;
const MARGIN = { left: 34, right: 10, top: 10, bottom: 22 };
const DEFAULT = { p: 0.5, q: 0.6, tossed: "p", seed: 1951, walks: 8, near: 100, far: 100 };
const WITHIN = { p: [LEAST, MOST], q: [LEAST, MOST], seed: [0, 2 ** 32 - 1], walks: [1, MOST_WALKS],
  near: [1, MOST_GUESS], far: [1, MOST_GUESS] };

// --- what is computed ---

const coin = (heads) => [heads, 1 - heads];

/** Mean evidence for p a toss, in nats: D(p‖q) if p is tossed, −D(q‖p) if q is. */
export function drift({ p, q, tossed }) {
  return tossed === "p" ? klDivergence(coin(p), coin(q)) : -klDivergence(coin(q), coin(p));
}

/** After how many tosses the mean evidence reaches 20 : 1, for p or for q. */
export function needed(state) {
  return SURE / Math.abs(drift(state));
}

/** How many tosses are drawn: twice what is needed, rounded up on the ladder, and never more than its end. */
export function horizon(state) {
  return LADDER.find((tosses) => tosses >= 2 * needed(state)) ?? LADDER.at(-1);
}

/** The numbers of tosses at which a walk is drawn. */
export function stops(tosses) {
  const count = Math.min(tosses, POINTS);
  return Array.from({ length: count + 1 }, (_, i) => Math.round((i * tosses) / count));
}

/** For each walk the number of heads at each stop. Walk w uses the numbers w · tosses, w · tosses + 1, … of the seed. */
export function headsAt(at, { p, q, tossed, seed, walks }) {
  const draw = draws(seed);
  const limit = (tossed === "p" ? p : q) * 2 ** 32; // a draw below it is heads
  const tosses = at.at(-1);
  return Array.from({ length: walks }, (_, walk) => {
    let [n, heads] = [0, 0];
    return at.map((stop) => {
      for (; n < stop; n++) if (draw(walk * tosses + n) < limit) heads++;
      return heads;
    });
  });
}

/** The log-likelihood ratio after n tosses with so many heads. */
export function evidence(heads, n, { p, q }) {
  return heads * Math.log(p / q) + (n - heads) * Math.log((1 - p) / (1 - q));
}

/** The first thing that keeps a state from being shown: its name and value; null if nothing does. */
export function faultOf(state) {
  for (const [name, [least, most]] of Object.entries(WITHIN)) {
    if (!(Number.isFinite(state[name]) && state[name] >= least && state[name] <= most)) {
      return { name, value: state[name], least, most };
    }
  }
  for (const name of ["seed", "walks"]) {
    if (!Number.isInteger(state[name])) return { name, value: state[name], least: WITHIN[name][0], most: WITHIN[name][1] };
  }
  return ["p", "q"].includes(state.tossed) ? null : { name: "tossed", value: state.tossed, least: "p", most: "q" };
}

/** Coins one hundredth apart that are told apart within 1000 tosses. */
export function isMet(state) {
  return Math.abs(state.p - state.q) < 0.0101 && needed(state) < 1000;
}

// --- the drawing ---

const ROUND = [2, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 256, 512];
const roof = (value) => ROUND.find((round) => round >= value) ?? ROUND.at(-1);

const count = (tosses) => number(tosses, tosses < 10 ? 1 : 0);
const percentIn = (words) => (value) => fill(words.percent, { value: number(100 * value, 0) });

/** The walks and their line. Returns draw(state, width). */
function chart(parent, words) {
  const drawing = svg("svg", { class: "klx-drawing", height: TALL, role: "img", "aria-label": words.chart }, parent);
  const back = svg("g", { class: "klx-axis" }, drawing);
  const zero = svg("line", { class: "klx-grid" }, back);
  const [forP, forQ] = ["p", "q"].map((name) => ({
    line: svg("line", { class: "klx-mark" }, back),
    text: svg("text", { "text-anchor": "end", text: `20 : 1 ${words.for} ${name}` }, back),
  }));
  const levels = svg("g", {}, back);
  const ends = svg("g", {}, back);
  svg("text", { x: MARGIN.left + 5, y: MARGIN.top + 4, "font-style": "italic", text: "L" }, back);
  const walks = svg("g", { class: "klx-walks" }, drawing);
  const line = svg("line", { class: "klx-slope" }, drawing);
  const drop = svg("line", { class: "klx-mark" }, drawing);
  const dot = svg("circle", { class: "klx-dot", r: 5 }, drawing);
  const label = svg("text", { class: "klx-value", y: TALL - MARGIN.bottom - 6 }, drawing);
  let tossed = {}; // the heads of the last drawing, and what they depend on

  const tossedNow = (at, state) => {
    const { p, q, tossed: which, seed, walks: many } = state;
    const key = [which === "p" ? p : q, which, seed, many, at.at(-1)].join();
    if (tossed.key !== key) tossed = { key, heads: headsAt(at, state) };
    return tossed.heads;
  };

  return (state, width) => {
    const tosses = horizon(state);
    const slope = drift(state);
    const at = stops(tosses);
    const runs = tossedNow(at, state).map((heads) => heads.map((h, i) => evidence(h, at[i], state)));
    const every = runs.flat();
    const top = roof(Math.max(SURE * 1.3, slope * tosses, ...every));
    const bottom = -roof(Math.max(SURE * 1.3, -slope * tosses, -Math.min(...every)));
    const floor = TALL - MARGIN.bottom;
    const x = linear([0, tosses], [MARGIN.left, width - MARGIN.right]);
    const y = linear([bottom, top], [floor, MARGIN.top]);

    set(drawing, { width });
    set(zero, { x1: MARGIN.left, x2: width, y1: y(0), y2: y(0) });
    for (const [mark, level] of [[forP, SURE], [forQ, -SURE]]) {
      set(mark.line, { x1: MARGIN.left, x2: width, y1: y(level), y2: y(level) });
      set(mark.text, { x: width - 4, y: y(level) - 4 });
    }
    const levelTexts = several(levels, 3, () => svg("text", { x: MARGIN.left - 6, "text-anchor": "end" }));
    [bottom, 0, top].forEach((level, i) => set(levelTexts[i], { y: y(level) + 4, text: number(level, 0) }));
    const endTexts = several(ends, 3, (i) => svg("text", { y: TALL - 5, "text-anchor": ["start", "middle", "end"][i] }));
    [0, tosses / 2, tosses].forEach((n, i) => set(endTexts[i], { x: x(n), text: i ? n : "n = 0" }));

    set(walks, { class: `klx-walks klx-${state.tossed}` });
    several(walks, runs.length, () => svg("path")).forEach((path, walk) => {
      const points = runs[walk].map((value, i) => `${x(at[i]).toFixed(1)} ${y(value).toFixed(1)}`);
      set(path, { d: `M${points.join("L")}` });
    });
    const kind = state.tossed === "p" ? "klx-forward" : "klx-reverse";
    set(line, { class: `klx-slope ${kind}`, x1: x(0), y1: y(0), x2: x(tosses), y2: y(slope * tosses) });
    const reached = needed(state);
    const seen = reached <= tosses;
    for (const part of [drop, dot, label]) set(part, { visibility: seen ? null : "hidden" });
    if (!seen) return;
    const level = y(Math.sign(slope) * SURE);
    set(drop, { x1: x(reached), x2: x(reached), y1: level, y2: floor });
    set(dot, { class: `klx-dot ${kind}`, cx: x(reached), cy: level });
    set(label, { x: x(reached) + 5, text: count(reached) });
  };
}

// --- the explorable ---

function render({ model, el, signal }) {
  const words = wordsOf("evidence", el);
  const percent = percentIn(words);
  const names = [...Object.keys(WITHIN), "tossed"];
  let valid = DEFAULT; // the last state that could be drawn
  const raw = () => Object.fromEntries(names.map((name) => [name, model.get(name)]));
  const now = () => {
    const state = raw();
    if (!faultOf(state)) valid = state;
    return valid;
  };
  const { p, q, tossed, seed } = now();
  const put = (values) => {
    model.set(values);
    model.save_changes();
    speak();
  };

  stage(el, words.title);
  html("p", { class: "klx-lead", text: words.lead }, el);
  const { question, answer, reveal } = prediction(el, words.question);
  const guesses = ["near", "far"].map((name) => slider(question, {
    kind: "guess", name: words[name], text: (value) => fill(words.tosses, { count: count(value) }),
    range: [1, MOST_GUESS], scale: logarithmic,
    ticks: [1, 10, 100, 1000, 10000, 100000].map((n) => [n, n]),
    get: () => now()[name],
    put: (value) => put({ [name]: Number(value.toPrecision(2)) }),
    stepped: (value, n) => value * 10 ** (n / 20),
    signal,
  }));
  button(question, words.commit, () => put({ revealed: true }), signal);

  const controls = html("div", { class: "klx-controls" }, answer);
  html("span", { text: words.tossed, "aria-hidden": "true" }, controls);
  const showTossed = choice(controls, {
    label: words.tossed, options: [["p", words.coinP], ["q", words.coinQ]],
    pick: (tossed) => put({ tossed }), signal,
  });
  button(controls, words.again, () => put({ seed: (now().seed + 1) % 2 ** 32 }), signal);
  const drawChart = chart(answer, words);
  const sum = html("p", { class: "klx-sum" }, answer);
  const divergence = html("span", {}, sum);
  const symbol = html("i", {}, divergence);
  const slope = html("b", {}, divergence);
  const reach = html("span", {}, sum);
  const coins = ["p", "q"].map((name) => slider(answer, {
    kind: name, name: words[name], text: percent, range: [LEAST, MOST],
    ticks: [0.01, 0.25, 0.5, 0.75, 0.99].map((value) => [value, percent(value)]),
    get: () => now()[name],
    put: (value) => put({ [name]: Math.round(value * 100) / 100 }),
    stepped: (value, n) => value + n / 100,
    signal,
  }));
  const jumps = html("div", { class: "klx-controls" }, answer);
  for (const q of [0.51, 0.01]) {
    button(jumps, fill(words.jump, { q: percent(q) }), () => put({ p: 0.5, q, tossed: "p" }), signal);
  }
  button(jumps, words.start, () => put({ p, q, tossed, seed }), signal);
  const message = html("p", { class: "klx-message" }, el);
  const challenge = html("p", { class: "klx-challenge" }, el);
  const hear = herald(el, signal);

  function draw(width) {
    const fault = faultOf(raw());
    const state = now();
    const revealed = Boolean(model.get("revealed"));
    reveal(revealed);
    const inner = width - 42; // the question has a frame
    for (const guess of guesses) guess(inner);
    for (const one of coins) one(width);
    drawChart(state, width);
    showTossed(state.tossed);
    set(divergence, { class: state.tossed === "p" ? "klx-forward" : "klx-reverse" });
    set(symbol, { text: state.tossed === "p" ? "D(p‖q)" : "D(q‖p)" });
    set(slope, { text: number(Math.abs(drift(state)), 5) });
    set(reach, { text: reached(state, words) });
    set(message, { text: fault ? fill(words.fault, fault) : revealed ? remark(state, words) : "" });
    el.toggleAttribute("data-fault", Boolean(fault));
    const met = isMet(state);
    set(challenge, { text: words.challenge + words.gap + (met ? words.met : soFar(state, words)) });
    challenge.toggleAttribute("data-met", met);
  }

  function speak() {
    if (model.get("revealed")) hear(() => reached(now(), words));
  }

  keepDrawn({ model, names: [...names, "revealed"], el, draw, signal });
}

function reached(state, words) {
  return state.p === state.q ? words.never : fill(words.reached, { count: count(needed(state)), coin: state.tossed });
}

/** How far the challenge is from being met. */
function soFar(state, words) {
  return fill(words.soFar, { gap: number(100 * Math.abs(state.p - state.q), 0), count: count(needed(state)) });
}

/** How the two guesses compare with what is true. */
function remark({ near, far }, words) {
  const truth = (q) => count(needed({ p: 0.5, q, tossed: "p" }));
  return fill(words.remark, { near: count(near), far: count(far), trueNear: truth(0.51), trueFar: truth(0.01) });
}

export default { render };
