// The triangle of distributions on three outcomes: where a distribution lies, and which one a place stands for.

import { klDivergence } from "./maths.js";

const TALL = Math.sqrt(0.75); // of a triangle whose side is 1
const NEAR_SIDE = 0.006; // a probability dragged this low is meant to be 0
const GRID = 1e4; // a dragged or stepped probability has four decimals

/** Where p lies: outcome 1 is certain at (0, 0), outcome 2 at (1, 0), outcome 3 at the top. */
export function place(p) {
  return { x: p[1] + p[2] / 2, y: p[2] * TALL };
}

/** The numbers, of sum 1, that belong to a place; outside the triangle some are negative. */
export function valuesAt({ x, y }) {
  const third = y / TALL;
  const second = x - third / 2;
  return [1 - second - third, second, third];
}

/** How far apart two distributions lie in the triangle. */
export function apart(p, q) {
  const [a, b] = [place(p), place(q)];
  return Math.hypot(a.x - b.x, a.y - b.y);
}

/** The distribution nearest to three numbers of sum 1, with four decimals. */
export function nearest(values) {
  let [sum, shift] = [0, 0];
  [...values].sort((a, b) => b - a).forEach((value, i) => {
    sum += value;
    if (value > (sum - 1) / (i + 1)) shift = (sum - 1) / (i + 1);
  });
  return rounded(values.map((value) => Math.max(0, value - shift)));
}

/** The same for a place that a pointer chose: close to a side it lies on it. */
export function landed(point) {
  const p = nearest(valuesAt(point));
  const kept = p.map((value) => (value < NEAR_SIDE ? 0 : value));
  const total = kept.reduce((sum, value) => sum + value, 0);
  return rounded(kept.map((value) => value / total));
}

function rounded(p) {
  const steps = p.map((value) => Math.round(value * GRID));
  steps[p.indexOf(Math.max(...p))] += GRID - steps.reduce((sum, step) => sum + step, 0);
  return steps.map((step) => step / GRID);
}

/** p moved so many hundredths right, from outcome 1 to 2, and up, to outcome 3 at the cost of both. */
export function stepped(p, dx, dy) {
  return nearest([p[0] - (dx + dy / 2) / 100, p[1] + (dx - dy / 2) / 100, p[2] + dy / 100]);
}

/** p sent to the side that faces corner 1, where the other two keep their proportion, or to the corner itself. */
export function sent(p, side) {
  if (side < 0) return [1, 0, 0];
  const others = p[1] + p[2];
  return others > 0 ? rounded([0, p[1] / others, p[2] / others]) : [0, 0.5, 0.5];
}

/** The point with D(p‖q) = D(q‖p) next to q, if the curve of them comes within `reach` of q; else q. */
export function snapped(q, p, curve, reach) {
  let [best, least] = [null, reach];
  for (const point of curve.flat()) {
    const distance = apart(point, q);
    if (distance < least && apart(point, p) > reach) [best, least] = [point, distance];
  }
  return best ? exact(p, best) : q;
}

/** The zero of D(p‖·) − D(·‖p) on the ray from p through a point that is almost one. */
function exact(p, almost) {
  const point = (t) => p.map((x, i) => x + t * (almost[i] - x));
  const excess = (t) => klDivergence(p, point(t)) - klDivergence(point(t), p);
  const border = Math.min(...p.map((x, i) => (almost[i] < x ? x / (x - almost[i]) : Infinity)));
  let [low, high] = [0.98, Math.min(1.02, 1 + (border - 1) * 0.999)];
  if (!(excess(low) < 0 && excess(high) > 0)) return almost;
  for (let i = 0; i < 48; i++) {
    const middle = (low + high) / 2;
    if (excess(middle) < 0) low = middle;
    else high = middle;
  }
  return point(low);
}

/** The first outcome, counted from 1, that b calls impossible while a makes it happen; 0 if there is none. */
export function impossible(a, b) {
  return a.findIndex((x, i) => x > 0 && b[i] === 0) + 1;
}
