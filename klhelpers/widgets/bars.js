// The bars: p and q over a few outcomes, the surprise that each brings, and two lengths that add up to a third.

import {
  bars, button, clamp, describe, drawing, handle, html, legend, levels, linear, number, roundUp, set, several, svg, totals,
} from "./draw.js";
import { explorable, fill } from "./explorable.js";
import { klDivergence, sum, surprisal } from "./maths.js";

const NATS = { bit: Math.log(2), nat: 1 };
const STEP = 0.01;
const NEAR_ZERO = 0.005; // a bar dragged this low is meant to be 0
const CLOSE = 0.1; // the challenge
export const TRAITS = {
  p: { count: [2, 8] },
  q: { like: "p" },
  unit: { among: Object.keys(NATS) },
  guess: { among: ["", "yes", "no"] },
};

const TALL = { bars: 200, terms: 200, lengths: 44 };
const MARGIN = { left: 30, right: 8, top: 20, bottom: 20 };

// --- what a drag does to a distribution ---

/** The distribution with probability `value` for outcome `at`; the others keep their proportions. */
export function moved(p, at, value) {
  const wanted = value < NEAR_ZERO ? 0 : clamp(value, 0, 1);
  const rest = p.reduce((total, x, i) => (i === at ? total : total + x), 0);
  const others = (x) => (rest > 0 ? (x / rest) * (1 - wanted) : (1 - wanted) / (p.length - 1));
  return p.map((x, i) => (i === at ? wanted : others(x)));
}

/** Everything that is shown of a state, in its unit. */
function measured({ p, q, unit }) {
  const nats = NATS[unit];
  const ideal = p.map((x) => surprisal(x) / nats);
  const entropy = sum(p.map((x, i) => (x > 0 ? x * ideal[i] : 0)));
  const divergence = klDivergence(p, q) / nats;
  return {
    p, q, ideal, entropy, divergence,
    paid: q.map((x) => surprisal(x) / nats),
    cross: entropy + divergence,
    gap: Math.max(...p.map((x, i) => Math.abs(x - q[i]))),
    impossible: p.findIndex((x, i) => x > 0 && q[i] === 0) + 1,
  };
}

const ROUND = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 64, 1100]; // no surprise of a float is larger

// --- the drawing ---

/** The bars with their handles. `now()` is the state, `move` changes a bar. Returns draw(shown, width). */
function barChart(parent, words, now, move) {
  const frame = drawing(parent, TALL.bars, words.bars);
  const floor = TALL.bars - MARGIN.bottom;
  const y = linear([0, 1], [floor, MARGIN.top]);
  levels(frame, MARGIN.left)([0, 0.5, 1].map((tick) => [y(tick), tick]));
  const names = svg("g", { class: "klx-axis", "aria-hidden": "true" }, frame);
  const columns = svg("g", {}, frame);

  const bar = (index) => {
    const name = index % 2 ? "q" : "p";
    const at = index >> 1;
    const made = svg("g", { class: `klx-${name}` });
    svg("rect", { class: "klx-fill" }, made);
    svg("rect", { class: "klx-reach", height: 44 }, made);
    svg("rect", { class: "klx-knob", height: 6, rx: 3 }, made);
    svg("text", { "text-anchor": "middle", "aria-hidden": "true" }, made);
    handle(made, {
      at: () => ({ x: 0, y: y(now()[name][at]) }),
      drag: (point) => move(name, at, y.invert(point.y)),
      step: (dx, dy) => move(name, at, Math.round(now()[name][at] / STEP + dx + dy) * STEP),
      edge: (side) => move(name, at, (side + 1) / 2),
    });
    return made;
  };

  return (shown, width) => {
    const count = shown.p.length;
    const wide = (width - MARGIN.left - MARGIN.right) / count;
    const thick = Math.min(40, wide * 0.42);
    several(names, count, () => svg("text", { y: TALL.bars - 4, "text-anchor": "middle" })).forEach((name, i) =>
      set(name, { x: MARGIN.left + (i + 0.5) * wide, text: i + 1 }));
    several(columns, 2 * count, bar).forEach((column, index) => {
      const name = index % 2 ? "q" : "p";
      const at = index >> 1;
      const value = shown[name][at];
      const left = MARGIN.left + (at + 0.5) * wide + (index % 2 ? 1 : -thick - 1);
      const [full, reach, knob, text] = column.children;
      set(full, { x: left, width: thick, y: y(value), height: floor - y(value) });
      set(reach, { x: left, width: thick, y: y(value) - 22 });
      set(knob, { x: left, width: thick, y: y(value) - 3 });
      set(text, { x: left + thick / 2, y: y(value) - 7, text: thick >= 26 ? number(value) : "" });
      describe(column, {
        label: fill(words.bar, { name, outcome: at + 1 }),
        text: number(value), now: value.toFixed(3), min: 0, max: 1, orientation: "vertical",
      });
    });
  };
}

/** A column for each outcome, p wide: the two surprises are heights, the term is the area between them. */
function termChart(parent, words) {
  const frame = drawing(parent, TALL.terms, words.terms);
  const floor = TALL.terms - MARGIN.bottom;
  const drawLevels = levels(frame, MARGIN.left);
  const columns = svg("g", { "aria-hidden": "true" }, frame);
  const column = () => {
    const made = svg("g", {});
    svg("rect", {}, made);
    svg("line", { class: "klx-line klx-p" }, made);
    svg("line", { class: "klx-line klx-q" }, made);
    svg("text", { class: "klx-forward", "text-anchor": "middle" }, made);
    svg("text", { class: "klx-axis", y: TALL.terms - 4, "text-anchor": "middle" }, made);
    return made;
  };

  return (shown, width) => {
    const finite = [...shown.ideal, ...shown.paid].filter((v, i) => v < Infinity && shown.p[i % shown.p.length] > 0);
    const top = roundUp(Math.max(4, ...finite), ROUND);
    const y = linear([0, top], [floor, MARGIN.top]);
    const across = width - MARGIN.left - MARGIN.right;
    drawLevels([0, top / 2, top].map((level) => [y(level), level]));
    let left = MARGIN.left;
    several(columns, shown.p.length, column).forEach((made, i) => {
      const right = left + shown.p[i] * across;
      const inner = { from: left + 1, to: Math.max(left + 1, right - 1) };
      const low = y(Math.min(shown.ideal[i], top));
      const paid = shown.paid[i];
      const high = paid < Infinity ? y(paid) : -9; // an infinite surprise leaves the drawing
      const middle = (left + right) / 2;
      const [area, ideal, line, text, name] = made.children;
      const cost = shown.p[i] * (paid - shown.ideal[i]);
      set(made, { visibility: shown.p[i] > 0 ? null : "hidden" });
      set(area, {
        class: `klx-forward klx-${cost >= 0 ? "fill" : "saving"}`,
        x: inner.from, width: inner.to - inner.from, y: Math.min(low, high), height: Math.abs(low - high),
      });
      set(ideal, { x1: inner.from, x2: inner.to, y1: low, y2: low });
      set(line, { x1: inner.from, x2: inner.to, y1: high, y2: high });
      const label = (cost > 0 ? "+" : "") + number(cost);
      const above = Math.min(low, high) - 5;
      set(text, {
        class: paid === Infinity ? "klx-infinite" : "klx-forward",
        x: middle,
        y: paid === Infinity ? (low + high) / 2 : above,
        text: right - left > 28 || paid === Infinity ? label : "",
      });
      set(name, { x: middle, text: right - left > 12 ? i + 1 : "" });
      left = right;
    });
  };
}

/** Two rows of the same length: H(p) and D end to end, and H(p, q). */
function lengthChart(parent, words) {
  const write = totals(parent, [["H(p)", "p"], ["D(p‖q)", "forward", "+"], ["H(p,q)", "q", "="]]);
  const frame = drawing(parent, TALL.lengths, words.sums);
  const drawParts = bars(frame, ["klx-p klx-fill", "klx-forward klx-fill"], 2);
  const drawWhole = bars(frame, ["klx-q klx-fill"], 22);
  return ({ entropy, divergence, cross, unit }, width) => {
    const longest = cross < Infinity ? cross : 1.5 * entropy;
    const x = linear([0, roundUp(Math.max(2, longest * 1.02), ROUND)], [0, width]);
    drawParts([entropy, divergence], x, width);
    drawWhole([cross], x, width);
    write([entropy, divergence, cross].map((value) => number(value, 3)), unit);
  };
}

// --- the explorable ---

function render(context) {
  const { el } = context;
  const { words, now, guess, put, choose, split, ask, finish } = explorable(context, { name: "bars", traits: TRAITS });

  legend(el, ["p", "q"])([words.p, words.q]);
  const { left, right, widths } = split();
  const move = (name, at, value) => put({ [name]: moved(now()[name], at, value) });
  const drawBars = barChart(left, words, now, move);
  button(html("div", { class: "klx-controls" }, left), "q = p", () => put({ q: [...now().p] }));
  const { answer } = ask(right);
  const drawTerms = termChart(answer, words);
  html("p", { class: "klx-note", text: words.terms }, answer);
  const drawLengths = lengthChart(html("div", { class: "klx-answer" }, el), words);
  choose(html("div", { class: "klx-controls klx-answer" }, el), "unit");

  finish({
    measure: (state) => ({ ...measured(state), unit: words.unit[state.unit] }),
    draw: (_, width, shown) => {
      const [one, other] = widths(width, 0.5);
      drawBars(shown, one);
      drawTerms(shown, other);
      drawLengths(shown, width);
    },
    remark: (_, { impossible, divergence }) => {
      if (impossible) return [words.infinite];
      if (divergence < 1e-12) return [words.equal];
      return [guess() === "no" ? words.right : words.wrong, words.floor];
    },
    challenge: (_, { gap, divergence }) => ({ met: divergence === Infinity && gap <= CLOSE + 1e-9 }),
  });
}

export default { render };
