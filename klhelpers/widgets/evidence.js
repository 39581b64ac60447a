// Evidence: tosses of one of two coins, the log-likelihood ratio of each run, and its mean, over a logarithmic scale.

import {
  button, drawing, html, levels, line, linear, logarithmic, number, set, several, slider, svg, ticks,
} from "./draw.js";
import { explorable, fill, remembered } from "./explorable.js";
import { draws, klDivergence } from "./maths.js";

const SURE = Math.log(20); // odds of 20 : 1
const TOSSES = [1, 100000]; // of the axis, and of the guesses
const HEADS = [0.01, 0.99];
const POINTS = 240; // of a walk, as drawn
const TALL = 250;
const MARGIN = { left: 76, right: 28, top: 36, bottom: 22 };
const HIGH = 2 * SURE; // of the drawing
export const TRAITS = {
  p: { within: HEADS },
  q: { within: HEADS },
  tossed: { among: ["p", "q"] },
  seed: { within: [0, 2 ** 32 - 1], whole: true },
  walks: { within: [1, 20], whole: true },
  near: { within: TOSSES },
  far: { within: TOSSES },
  revealed: { among: [false, true] },
};
const TOSSING = 6000; // milliseconds for a run, decade after decade
const ASKED = { near: { p: 0.5, q: 0.51, tossed: "p" }, far: { p: 0.5, q: 0.01, tossed: "p" } };

// --- what is computed ---

const coin = (heads) => [heads, 1 - heads];

/** Mean evidence for p a toss, in nats: D(p‖q) if p is tossed, −D(q‖p) if q is. */
export function drift({ p, q, tossed }) {
  return tossed === "p" ? klDivergence(coin(p), coin(q)) : -klDivergence(coin(q), coin(p));
}

/** After how many tosses the mean evidence reaches 20 : 1, for p or for q. */
function needed(state) {
  return SURE / Math.abs(drift(state));
}

/** How many tosses are drawn: as many as leave the drawing on average, and never more than the axis has. */
export function horizon(state) {
  return Math.min(TOSSES[1], Math.ceil((HIGH / SURE) * needed(state)));
}

/** The numbers of tosses at which a walk is drawn. */
export function stops(tosses) {
  const all = Array.from({ length: POINTS + 1 }, (_, i) => Math.round(tosses ** (i / POINTS)));
  return [...new Set(all)];
}

/** For each walk the number of heads at each stop. Walk w uses the numbers w · 100000, w · 100000 + 1, … of the seed. */
export function headsAt(at, { p, q, tossed, seed, walks }) {
  const draw = draws(seed);
  const limit = { p, q }[tossed] * 2 ** 32; // a draw below it is heads
  return Array.from({ length: walks }, (_, walk) => {
    let [n, heads] = [0, 0];
    return at.map((stop) => {
      for (; n < stop; n++) if (draw(walk * TOSSES[1] + n) < limit) heads++;
      return heads;
    });
  });
}

/** The log-likelihood ratio after n tosses with so many heads. */
export function evidence(heads, n, { p, q }) {
  return heads * Math.log(p / q) + (n - heads) * Math.log((1 - p) / (1 - q));
}

// --- the drawing ---

const count = (tosses) => number(tosses, tosses < 10 ? 1 : 0);
const percentIn = (words) => (value) => fill(words.percent, { value: number(100 * value, 0) });
const decades = [[1, 1], [10, 10], [100, 100], [1000, 1000], [10000, "10⁴"], [100000, "10⁵"]];

/** The walks, as far as they have come, and their mean. Returns draw(state, width, part). */
function chart(parent, words) {
  const frame = drawing(parent, TALL, words.chart, "img");
  const floor = TALL - MARGIN.bottom;
  const y = linear([-HIGH, HIGH], [floor, MARGIN.top]);
  const sure = (name) => `20 : 1 ${words.for} ${name}`;
  levels(frame, MARGIN.left)([[y(SURE), sure("p")], [y(0), "L = 0"], [y(-SURE), sure("q")]]);
  const drawTicks = ticks(frame, TALL - 5, decades);
  // What leaves this is cut off; the frame speaks for it.
  const plot = svg("svg", { "aria-hidden": true, y: MARGIN.top, height: floor - MARGIN.top }, frame);
  const inside = svg("g", { transform: `translate(0 ${-MARGIN.top})` }, plot);
  const walks = svg("g", {}, inside);
  const mean = svg("path", { class: "klx-line" }, inside);
  const drop = svg("line", { class: "klx-mark" }, frame);
  const dot = svg("circle", { r: 5 }, frame);
  const label = svg("text", { y: floor - 6 }, frame);
  const come = svg("text", { y: 12, x: "100%", "text-anchor": "end" }, frame);
  const guesses = Object.keys(ASKED).map((name, i) => {
    const mark = svg("line", { class: "klx-mark", y1: MARGIN.top - 5, y2: y(SURE) }, frame);
    const text = fill(words.guess, { q: percentIn(words)(ASKED[name].q) });
    return [name, mark, svg("text", { y: 12 + 15 * i, text }, frame)]; // a row each, above the lines and the walks
  });
  const headsOf = remembered(headsAt);

  return (state, width, part) => {
    const x = logarithmic(TOSSES, [MARGIN.left, width - MARGIN.right]);
    const [slope, reached, all] = [drift(state), needed(state), stops(horizon(state))];
    const at = all.slice(0, Math.ceil(part * all.length) || 1);
    const kind = state.tossed === "p" ? "klx-forward" : "klx-reverse";
    set(plot, { width: width - MARGIN.right });
    drawTicks(x);
    set(walks, { class: `klx-walks klx-${state.tossed}` });
    set(come, { text: part < 1 ? `n = ${at.at(-1)}` : "" });
    const { p, q, tossed, seed, walks: wanted } = state;
    const heads = headsOf(all, { p, q, tossed, seed, walks: wanted });
    several(walks, heads.length, () => svg("path")).forEach((path, walk) =>
      set(path, { d: line(at.map((n, i) => [x(n), y(evidence(heads[walk][i], n, state))])) }));
    const end = Math.min(TOSSES[1], 2 * (HIGH / SURE) * reached);
    const even = Array.from({ length: POINTS + 1 }, (_, i) => end ** (i / POINTS));
    set(mean, { class: `klx-line ${kind}`, d: line(even.map((n) => [x(n), y(slope * n)])) });
    for (const [name, mark, text] of guesses) {
      const at = x(state[name]);
      set(mark, { x1: at, x2: at });
      set(text, { x: at, "text-anchor": at > width / 2 ? "end" : "start" });
    }
    const seen = reached <= TOSSES[1];
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
  const { el } = context;
  const { words, now, put, control, choose, play, ask, finish } = explorable(context, {
    name: "evidence", traits: TRAITS, asks: "revealed", keeps: ["near", "far"],
  });
  const percent = percentIn(words);
  let run = { state: null, part: 1 }; // of the tosses that fall one after another, and for which state

  const { controls: question, answer } = ask(el);
  const guesses = Object.keys(ASKED).map((name) => slider(question, {
    ...control(name), name: words[name], text: (value) => fill(words.tosses, { count: count(value) }),
    scale: logarithmic, marks: decades,
  }));

  const controls = html("div", { class: "klx-controls" }, answer);
  choose(controls, "tossed");
  button(controls, words.toss, () => {
    put({ seed: (now().seed + 1) % 2 ** 32 });
    play(TOSSING, (part) => {
      run = { state: now(), part };
      return {};
    });
  });
  const drawChart = chart(answer, words);
  const total = html("p", { class: "klx-sum" }, answer);
  const rate = html("span", {}, total);
  const [symbol, perToss, reach] = [html("i", {}, rate), html("b", {}, rate), html("span", {}, total)];
  const coins = ["p", "q"].map((name) => slider(answer, {
    ...control(name), kind: name, name: words[name], text: percent,
    marks: [0.01, 0.25, 0.5, 0.75, 0.99].map((value) => [value, percent(value)]),
  }));
  const jumps = html("div", { class: "klx-controls" }, answer);
  for (const asked of Object.values(ASKED)) {
    button(jumps, fill(words.jump, { q: percent(asked.q) }), () => put(asked));
  }

  finish({
    measure: (state) => {
      const told = { p: percent(state.p), q: percent(state.q), coin: state.tossed, count: count(needed(state)) };
      return { ...told, reached: state.p === state.q ? words.never : fill(words.reached, told) };
    },
    draw: (state, width, { reached }) => {
      for (const guess of guesses) guess(width - 42); // the question has a frame
      for (const draw of coins) draw(width);
      drawChart(state, width, run.state === state ? run.part : 1);
      set(rate, { class: state.tossed === "p" ? "klx-forward" : "klx-reverse" });
      set(symbol, { text: state.tossed === "p" ? "D(p‖q)" : "D(q‖p)" });
      set(perToss, { text: number(Math.abs(drift(state)), 5) });
      set(reach, { text: reached });
    },
    remark: ({ near, far }) => {
      const [trueNear, trueFar] = Object.values(ASKED).map((state) => count(needed(state)));
      return [fill(words.remark, { near: count(near), far: count(far), trueNear, trueFar })];
    },
    challenge: (state) => ({ met: Math.abs(state.p - state.q) < 0.0101 && needed(state) < 1000 }),
  });
}

export default { render };
