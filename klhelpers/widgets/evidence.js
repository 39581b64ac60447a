// Evidence: tosses of one of two coins, the log-likelihood ratio of each run, and the line along which it wanders.

import { button, choice, drawing, html, linear, logarithmic, number, roundUp, set, several } from "./draw.js";
import { slider, svg } from "./draw.js";
import { choiceFault, explorable, fill, rangeFault } from "./explorable.js";
import { klDivergence } from "./maths.js";

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
const WITHIN = {
  p: [LEAST, MOST], q: [LEAST, MOST], seed: [0, 2 ** 32 - 1], walks: [1, MOST_WALKS],
  near: [1, MOST_GUESS], far: [1, MOST_GUESS],
};
const GOLDEN = 0x9e3779b9; // 2³² divided by the golden ratio, odd

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

/** Mix 32 bits, one to one (the last step of MurmurHash3). */
function mixed(x) {
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

/** The numbers of a seed, the same as in Python: a function from k = 0, 1, 2, … to a whole number below 2³². */
function draws(seed) {
  const start = mixed(seed);
  return (k) => mixed((start + Math.imul(k, GOLDEN)) | 0);
}

/** For each walk the number of heads at each stop. Walk w uses the numbers w · tosses, w · tosses + 1, … of the seed. */
export function headsAt(at, { p, q, tossed, seed, walks }) {
  const draw = draws(seed);
  const limit = { p, q }[tossed] * 2 ** 32; // a draw below it is heads
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

function faultOf(state) {
  for (const [name, limits] of Object.entries(WITHIN)) {
    const isWhole = Number.isInteger(state[name]) || !["seed", "walks"].includes(name);
    const fault = rangeFault(name, isWhole ? state[name] : NaN, limits);
    if (fault) return { ...fault, value: state[name] };
  }
  return choiceFault("tossed", state.tossed, ["p", "q"]);
}

/** Coins one hundredth apart that are told apart within 1000 tosses. */
export function isMet(state) {
  return Math.abs(state.p - state.q) < 0.0101 && needed(state) < 1000;
}

// --- the drawing ---

const ROUND = [2, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 256, 512];

const count = (tosses) => number(tosses, tosses < 10 ? 1 : 0);
const percentIn = (words) => (value) => fill(words.percent, { value: number(100 * value, 0) });

/** The walks and their line. Returns draw(state, width). */
function chart(parent, words) {
  const frame = drawing(parent, TALL, words.chart, "img");
  const back = svg("g", { class: "klx-axis" }, frame);
  const zero = svg("line", { class: "klx-grid" }, back);
  const [forP, forQ] = ["p", "q"].map((name) => ({
    line: svg("line", { class: "klx-mark" }, back),
    text: svg("text", { "text-anchor": "end", text: `20 : 1 ${words.for} ${name}` }, back),
  }));
  const levels = [0, 1, 2].map(() => svg("text", { x: MARGIN.left - 6, "text-anchor": "end" }, back));
  const ends = ["start", "middle", "end"].map((side) => svg("text", { y: TALL - 5, "text-anchor": side }, back));
  svg("text", { x: MARGIN.left + 5, y: MARGIN.top + 4, "font-style": "italic", text: "L" }, back);
  const walks = svg("g", { class: "klx-walks" }, frame);
  const line = svg("line", { class: "klx-slope" }, frame);
  const drop = svg("line", { class: "klx-mark" }, frame);
  const dot = svg("circle", { class: "klx-dot", r: 5 }, frame);
  const label = svg("text", { class: "klx-value", y: TALL - MARGIN.bottom - 6 }, frame);
  let known = {}; // the heads of the last drawing, and what they depend on
  const headsNow = (at, state) => {
    const key = [state[state.tossed], state.tossed, state.seed, state.walks, at.at(-1)].join();
    if (known.key !== key) known = { key, heads: headsAt(at, state) };
    return known.heads;
  };

  return (state, width) => {
    const tosses = horizon(state);
    const slope = drift(state);
    const at = stops(tosses);
    const runs = headsNow(at, state).map((heads) => heads.map((h, i) => evidence(h, at[i], state)));
    const every = runs.flat();
    const top = roundUp(Math.max(SURE * 1.3, slope * tosses, ...every), ROUND);
    const bottom = -roundUp(Math.max(SURE * 1.3, -slope * tosses, -Math.min(...every)), ROUND);
    const floor = TALL - MARGIN.bottom;
    const x = linear([0, tosses], [MARGIN.left, width - MARGIN.right]);
    const y = linear([bottom, top], [floor, MARGIN.top]);

    set(frame, { width });
    set(zero, { x1: MARGIN.left, x2: width, y1: y(0), y2: y(0) });
    for (const [mark, level] of [[forP, SURE], [forQ, -SURE]]) {
      set(mark.line, { x1: MARGIN.left, x2: width, y1: y(level), y2: y(level) });
      set(mark.text, { x: width - 4, y: y(level) - 4 });
    }
    [bottom, 0, top].forEach((level, i) => set(levels[i], { y: y(level) + 4, text: number(level, 0) }));
    [0, tosses / 2, tosses].forEach((n, i) => set(ends[i], { x: x(n), text: i ? n : "n = 0" }));

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

function render(context) {
  const { el, signal } = context;
  const { words, now, put, ask, finish } = explorable(context, {
    name: "evidence", initial: DEFAULT, guesses: ["revealed"], faultOf,
  });
  const percent = percentIn(words);
  const { p, q, tossed, seed } = now();

  const { question, answer } = ask(el, words.question);
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
  button(controls, words.drawAgain, () => put({ seed: (now().seed + 1) % 2 ** 32 }), signal);
  const drawChart = chart(answer, words);
  const total = html("p", { class: "klx-sum" }, answer);
  const rate = html("span", {}, total);
  const [symbol, perToss] = [html("i", {}, rate), html("b", {}, rate)];
  const reach = html("span", {}, total);
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
  button(jumps, words.again, () => put({ p, q, tossed, seed }), signal);

  const reached = (state) => {
    if (state.p === state.q) return words.never;
    return fill(words.reached, { count: count(needed(state)), coin: state.tossed });
  };

  finish({
    draw: (state, width) => {
      for (const guess of guesses) guess(width - 42); // the question has a frame
      for (const coin of coins) coin(width);
      drawChart(state, width);
      showTossed(state.tossed);
      set(rate, { class: state.tossed === "p" ? "klx-forward" : "klx-reverse" });
      set(symbol, { text: state.tossed === "p" ? "D(p‖q)" : "D(q‖p)" });
      set(perToss, { text: number(Math.abs(drift(state)), 5) });
      set(reach, { text: reached(state) });
    },
    remark: ({ near, far }) => {
      const truth = (q) => count(needed({ p: 0.5, q, tossed: "p" }));
      return [fill(words.remark, { near: count(near), far: count(far), trueNear: truth(0.51), trueFar: truth(0.01) })];
    },
    challenge: (state) => {
      const gap = number(100 * Math.abs(state.p - state.q), 0);
      const met = isMet(state);
      return { met, said: [words.challenge, met ? words.met : fill(words.soFar, { gap, count: count(needed(state)) })] };
    },
    spoken: reached,
  });
}

export default { render };
