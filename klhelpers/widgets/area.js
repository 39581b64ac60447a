// The area: two bell curves p and q, and what each place adds to D(p‖q). The first page begins with it.

import { drawing, knob, line, linear, nearestTakes, number, set, svg, totals } from "./draw.js";
import { explorable } from "./explorable.js";

export const TRAITS = { mu: { within: [-3, 3] }, sigma: { within: [0.5, 2.5] } };
const VIEW = [-5, 5];
const STEP = 0.05;
const TALL = 230;
const LEAST_TOP = 0.62; // of the scale of heights, so that p keeps its size as long as nothing is higher
const X = Array.from({ length: 201 }, (_, i) => VIEW[0] + ((VIEW[1] - VIEW[0]) * i) / 200);
const logNormal = (x, mu, sigma) => -(((x - mu) / sigma) ** 2) / 2 - Math.log(sigma * Math.sqrt(2 * Math.PI));

/** D(N(0, 1)‖N(μ, σ²)) in bits. */
export function divergence({ mu, sigma }) {
  return (Math.log(sigma) + (1 + mu * mu) / (2 * sigma * sigma) - 0.5) / Math.LN2;
}

/** The densities and p·log₂(p/q) at every x. */
export function curves({ mu, sigma }) {
  const [logP, logQ] = [[0, 1], [mu, sigma]].map((normal) => X.map((x) => logNormal(x, ...normal)));
  const [p, q] = [logP.map(Math.exp), logQ.map(Math.exp)];
  return { x: X, p, q, terms: p.map((each, i) => (each * (logP[i] - logQ[i])) / Math.LN2) };
}

function render(context) {
  const { el } = context;
  const { words, now, control, finish } = explorable(context, { name: "area", traits: TRAITS });

  const frame = drawing(el, TALL, words.chart);
  const back = svg("g", { "aria-hidden": "true" }, frame);
  const cost = svg("path", { class: "klx-fill klx-second klx-forward" }, back);
  const saving = svg("path", { class: "klx-saving klx-forward" }, back);
  const axis = svg("line", { class: "klx-grid", x1: 0, x2: "100%" }, back);
  const [p, q] = ["p", "q"].map((kind) => svg("path", { class: `klx-line klx-${kind}` }, back));
  const names = ["p", "q"].map((text) => svg("text", { class: `klx-point klx-${text}`, text }, back));
  let scale = linear(VIEW, [0, 560]);
  const knobs = [["mu", "top"], ["sigma", "flank", () => now().mu]].map(([name, part, from]) => knob(frame, {
    ...control(name), kind: "q", part, arrows: part === "top", from, stepped: (old, n) => old + n * STEP,
  }, () => scale));
  nearestTakes(frame);
  const write = totals(el, [["D(p‖q)", "forward", ""]]);

  finish({
    measure: (state) => ({ D: divergence(state) }),
    draw: (state, width, { D }) => {
      const { x, terms, ...shown } = curves(state);
      const top = Math.max(LEAST_TOP, 1.04 * Math.max(...terms, ...shown.q));
      const y = linear([Math.min(-0.12 * top, ...terms), top], [TALL - 4, 16]);
      const path = (values) => line(values.map((value, i) => [scale(x[i]), y(value)]));
      scale = linear(VIEW, [0, width]);
      set(axis, { y1: y(0), y2: y(0) });
      set(p, { d: path(shown.p) });
      set(q, { d: path(shown.q) });
      set(cost, { d: `${path(terms.map((term) => Math.max(term, 0)))}Z` });
      set(saving, { d: `${path(terms.map((term) => Math.min(term, 0)))}Z` });
      const peak = Math.exp(logNormal(0, 0, state.sigma));
      set(names[0], { x: scale(-1.25) - 12, y: y(0.19) - 6 });
      set(names[1], { x: scale(state.mu) + 14, y: y(peak) - 6 });
      knobs[0](y(peak), words.mu);
      knobs[1](y(peak * Math.exp(-0.5)), words.sigma);
      write([number(D)], words.unit);
    },
    remark: (_, { D }) => [D < 5e-4 ? words.equal : D > 5 ? words.rare : words.hint],
  });
}

export default { render };
