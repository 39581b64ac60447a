// The drawings of the landscape, one above the other over the same x: densities, integrands, and the map over (μ, σ).

import { regionsBelow } from "./heights.js";
import { clamp, describe, drawing, handle, knob, levels, line, linear, nearestTakes, number, roundUp } from "./draw.js";
import { set, several, svg, ticks, totals } from "./draw.js";
import { fill } from "./explorable.js";

export const VIEW = [-5, 13]; // of x, and of μ
export const LEAST_SIGMA = 0.02;
export const MOST_SIGMA = 6;
const TICKS = [-4, -2, 0, 2, 4, 6, 8, 10, 12].map((at) => [at, number(at, 0)]);
const TALL = { densities: 134, terms: 44, map: 214 };
const MARGIN = { left: 30, right: 8, top: 16, bottom: 20 };
// Lines are drawn so far above the lowest point of the map, and so far above each minimum: a basin shows if it is deep.
const ABOVE = [0.03, 0.07, 0.13, 0.2, 0.3, 0.4, 0.5, 0.65, 0.8, 1, 1.4, 2, 3, 5];
const RINGS = [0.01, 0.03];

const across = (width) => linear(VIEW, [MARGIN.left, width - MARGIN.right]);

// --- what is computed to be drawn ---

const EVEN = Array.from({ length: 37 }, (_, i) => VIEW[0] + i / 2);
const NEAR = Array.from({ length: 33 }, (_, i) => Math.sign(i - 16) * 4 * Math.abs(i / 16 - 1) ** 1.3); // in σ from a mean

/** Densities and integrands at places that are dense enough for the eye, also where P or Q is narrow. */
export function curves(P, mu, sigma) {
  const near = [{ m: mu, s: sigma }, ...P.components].flatMap(({ m, s }) => NEAR.map((z) => m + z * s));
  const within = near.filter((at) => at > VIEW[0] && at < VIEW[1]);
  const x = Array.from(Float64Array.of(...EVEN, ...within).sort());
  const made = { x, p: [], q: [], forward: [], reverse: [] };
  const top = -Math.log(sigma * Math.sqrt(2 * Math.PI));
  for (const at of x) {
    const logP = P.logDensity(at);
    const logQ = top - ((at - mu) / sigma) ** 2 / 2;
    const p = Math.exp(logP);
    const q = Math.exp(logQ);
    made.p.push(p);
    made.q.push(q);
    made.forward.push(p * (logP - logQ));
    made.reverse.push(q * (logQ - logP));
  }
  return made;
}

const ROUND = [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1, 1.5, 2, 3, 5, 10, 20, 50, 100, 1e3, 1e4, 1e5, 1e6];
const short = (round) => (round < 1000 ? round : `10${"⁰¹²³⁴⁵⁶"[Math.round(Math.log10(round))]}`);

/** Dashed lines at the means of P, which tie the drawings together. */
function guides(parent, top, bottom) {
  const lines = [0, 1].map(() => svg("line", { class: "klx-mark", y1: top, y2: bottom }, parent));
  return (means, x) => lines.forEach((mark, k) => set(mark, { x1: x(means[k]), x2: x(means[k]) }));
}

// --- the drawings: each returns draw(shown, width) ---

/** p and q with the handles of P, two for each component, and of Q. */
export function densityChart(parent, words, handles) {
  const frame = drawing(parent, TALL.densities, words.densities);
  const floor = TALL.densities - MARGIN.bottom;
  const drawLevels = levels(frame, MARGIN.left);
  const drawTicks = ticks(frame, TALL.densities - 4, TICKS);
  const lines = svg("g", { "aria-hidden": "true" }, frame);
  const drawGuides = guides(lines, MARGIN.top, floor);
  const [p, q] = ["p", "q"].map((kind) => svg("path", { class: `klx-line klx-${kind}` }, lines));
  let x = across(560);
  const knobs = handles.map((each) => knob(frame, each, () => x));
  nearestTakes(frame);

  return (shown, width) => {
    x = across(width);
    const { curve, means, sigmas, mu, sigma, P } = shown;
    const highest = Math.max(...curve.p);
    const top = roundUp(1.1 * Math.max(highest, Math.min(Math.max(...curve.q), 2 * highest)), ROUND);
    const y = linear([0, top], [floor, MARGIN.top]);
    drawLevels([[y(0), 0], [y(top), top]]);
    drawTicks(x);
    drawGuides(means, x);
    set(p, { d: line(curve.x.map((at, i) => [x(at), y(curve.p[i])])) });
    set(q, { d: line(curve.x.map((at, i) => [x(at), y(curve.q[i])])) });
    const bell = Math.exp(-0.5) / (sigma * Math.sqrt(2 * Math.PI));
    const heights = [
      ...[0, 1].flatMap((k) => [P.density(means[k]), P.density(means[k] + sigmas[k])]),
      bell * Math.exp(0.5), bell,
    ];
    knobs.forEach((draw, i) => draw(Math.max(y(heights[i]), MARGIN.top - 4), handles[i].label));
  };
}

/** One integrand and its sum: filled where it costs, hollow where it saves; and the least that the sum can be. */
export function termChart(parent, words, kind) {
  const write = totals(parent, [[words.objective[kind], kind]], "klx-note");
  const frame = drawing(parent, TALL.terms, words.terms[kind], "img");
  frame.classList.add(`klx-${kind}`);
  const drawLevels = levels(frame, MARGIN.left);
  const cost = svg("path", { class: "klx-fill" }, frame);
  const saving = svg("path", { class: "klx-saving" }, frame);

  return ({ curve, fits, isRevealed, ...shown }, width) => {
    const x = across(width);
    const values = curve[kind];
    const top = roundUp(Math.max(...values), ROUND);
    const y = linear([Math.min(-top / 8, ...values), top], [TALL.terms - 2, 5]);
    const [left, right] = VIEW.map(x);
    const area = (bound) => {
      const points = curve.x.map((at, i) => [x(at), bound(y(values[i]), y(0))]);
      return `${line([[left, y(0)], ...points, [right, y(0)]])}Z`;
    };
    drawLevels([[y(0), 0], [y(top) + 2, short(top)]]);
    set(cost, { d: area(Math.min) });
    set(saving, { d: area(Math.max) });
    if (isRevealed) write([number(shown[kind], 3)], fill(words.least, { value: fits[kind][0].kl }));
    else write(["?"], "");
  };
}

/** The map: regions between lines of equal height, the minima, the way that Q has rolled, and Q as a handle. */
export function mapChart(parent, words, { now, put, step }) {
  const frame = drawing(parent, TALL.map, words.map);
  const floor = TALL.map - MARGIN.bottom;
  const y = linear([0, MOST_SIGMA], [floor, MARGIN.top]);
  const back = svg("g", { "aria-hidden": "true" }, frame);
  const regions = svg("g", {}, back);
  levels(back, MARGIN.left)([0, 2, 4, "σ"].map((text, i) => [y(2 * i), text])); // the name of an axis at its end, as μ
  const drawTicks = ticks(back, TALL.map - 4, [...TICKS.slice(0, -1), [12, "μ"]]);
  const drawGuides = guides(back, MARGIN.top, floor);
  const circles = svg("g", {}, back);
  const trail = svg("path", { class: "klx-line klx-q klx-trail" }, back);
  const place = svg("g", { class: "klx-q" }, frame);
  svg("circle", { class: "klx-reach", r: 22 }, place);
  svg("circle", { class: "klx-knob", r: 9 }, place);
  svg("path", { class: "klx-arrows", d: "M-6 0h12M0-6v12" }, place);
  let x = across(560);
  const write = (mu, sigma) => put(clamp(mu, ...VIEW), clamp(sigma, LEAST_SIGMA, MOST_SIGMA));
  handle(place, {
    at: () => ({ x: x(now().mu), y: y(now().sigma) }),
    drag: (point) => write(Math.round(x.invert(point.x) * 100) / 100, Math.round(y.invert(point.y) * 100) / 100),
    step: (dx, dy) => write(now().mu + dx * step, now().sigma + dy * step),
    edge: (side) => write(VIEW[side < 0 ? 0 : 1], now().sigma),
  });
  let drawn = {}; // the heights and the width of the regions that are there

  const draw = (shown, width) => {
    const { heights, minima, means, mu, sigma } = shown;
    x = across(width);
    drawTicks(x);
    drawGuides(means, x);
    if (drawn.heights !== heights || drawn.width !== width) {
      drawn = { heights, width };
      const lowest = Math.min(...heights.rows.map((row) => Math.min(...row)));
      const levels = [
        ...ABOVE.map((step) => lowest + step), ...minima.flatMap(({ kl }) => RINGS.map((step) => kl + step)),
      ];
      const found = regionsBelow(heights.rows, heights.mus.map(x), heights.sigmas.map(y), levels);
      several(regions, levels.length, () => svg("path", { class: "klx-basin" })).forEach((path, i) =>
        set(path, { d: found[i].map((loop) => `${line(loop)}Z`).join("") || null }));
      set(regions, { class: `klx-${shown.objective}` });
    }
    set(circles, { class: `klx-${shown.objective}` });
    several(circles, minima.length, () => svg("circle", { class: "klx-minimum", r: 6 })).forEach((mark, i) =>
      set(mark, { cx: x(minima[i].mu), cy: y(minima[i].sigma), "data-best": minima[i].isBest ? "" : null }));
    set(trail, { d: line(shown.trail.map((at) => [x(at.mu), y(at.sigma)])) });
    set(place, { transform: `translate(${x(mu)} ${y(sigma)})` });
    describe(place, {
      label: words.place, text: `μ ${number(mu)}, σ ${number(sigma)}`, now: mu.toFixed(3), min: VIEW[0], max: VIEW[1],
    });
  };
  /** How many pixels one unit of μ and one of σ are long. */
  draw.unit = () => ({ mu: x(1) - x(0), sigma: y(0) - y(1) });
  return draw;
}
