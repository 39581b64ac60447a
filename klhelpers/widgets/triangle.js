// The triangle of distributions on three outcomes: where they lie, which one a place stands for, and curves of them.

import { clamp } from "./draw.js";
import { divided, klDivergence, logRatio, sum } from "./maths.js";

const TALL = Math.sqrt(0.75); // of a triangle whose side is 1
const NEAR_SIDE = 0.006; // a probability dragged this low is meant to be 0
const GRID = 1e4; // a dragged or stepped probability has four decimals

/** Where p lies: outcome 1 is certain at (0, 0), outcome 2 at (1, 0), outcome 3 at the top. */
export function place(p) {
  return { x: p[1] + p[2] / 2, y: p[2] * TALL };
}

/** The probabilities at a place; outside of the triangle at that of its own height beside it, or at the nearest end. */
function probabilitiesAt({ x, y }) {
  const third = clamp(y / TALL, 0, 1);
  const second = clamp(x - third / 2, 0, 1 - third);
  return [1 - second - third, second, third];
}

/** How far apart two distributions lie in the triangle. */
function apart(p, q) {
  const [a, b] = [place(p), place(q)];
  return Math.hypot(a.x - b.x, a.y - b.y);
}

/** The distribution that a pointer chose by a place: close to a side it lies on it. */
export function chosen(point) {
  return rounded(probabilitiesAt(point).map((value) => (value < NEAR_SIDE ? 0 : value)));
}

/** Values divided by their sum, with four decimals. */
function rounded(values) {
  const p = divided(values);
  const steps = p.map((value) => Math.round(value * GRID));
  steps[p.indexOf(Math.max(...p))] += GRID - sum(steps);
  return steps.map((step) => step / GRID);
}

/** p moved so many hundredths right, from outcome 1 to 2, and up, to outcome 3 at the cost of both. */
export function stepped(p, dx, dy) {
  const moved = [p[0] - (dx + dy / 2) / 100, p[1] + (dx - dy / 2) / 100, p[2] + dy / 100];
  return rounded(moved.map((value) => Math.max(0, value))); // on a side it goes along it
}

/** p moved to the side that faces corner 1, where the other two keep their proportion, or to the corner itself. */
export function movedToEnd(p, side) {
  if (side < 0) return [1, 0, 0];
  return p[1] + p[2] > 0 ? rounded([0, p[1], p[2]]) : [0, 0.5, 0.5];
}

/** A point with D(p‖q) = D(q‖p), on a ray from p by q or close to it, if it is within `reach` of q, but not of p; else q. */
export function snapped(q, p, reach) {
  const distance = apart(q, p);
  if (p.includes(0) || distance < reach) return q;
  const away = q.map((x, i) => x - p[i]);
  const aside = [0, 1, 2].map((i) => (away[(i + 2) % 3] - away[(i + 1) % 3]) / Math.sqrt(3));
  const points = Array.from({ length: 17 }, (_, i) => i - 8).map((eighths) => {
    const u = away.map((x, i) => x + ((eighths / 8) * reach * aside[i]) / distance);
    return zeroBetween(p, borderPoint(p, u), skewness(p), skewSlope(p));
  });
  const nearest = points.reduce((best, point) => (apart(point, q) < apart(best, q) ? point : best));
  return apart(nearest, q) < reach && apart(nearest, p) > reach ? nearest : q;
}

/** The first outcome, counted from 1, that b calls impossible while a makes it happen; 0 if there is none. */
export function impossible(a, b) {
  return a.findIndex((x, i) => x > 0 && b[i] === 0) + 1;
}

/*
 * Curves. Each is found on the segments from p to the points b of the border, where a
 * function that is convex, or made of convex ones, has a single zero: at q = λp + (1 − λ)b, which is exact near b.
 */

/**
 * How finely a curve is drawn: on how many rays it is found, how long a chord may be, how far the point in its middle
 * off it, and how often it is halved. That point is drawn, too.
 */
const DETAIL = { rays: 24, chord: 0.1, sagitta: 1.5e-3, halvings: 8 };

/**
 * For each level the curve D(p‖q) = level > 0 around p, as polylines of points q; one that closes ends where it starts.
 *
 * Its inside is convex. For p > 0 it is one closed curve; where p has a zero the curve ends at the border there.
 */
export function forwardContours(p, levels) {
  const slope = (i, q) => (p[i] > 0 ? -p[i] / q : 0);
  return contours(p, levels, (q) => klDivergence(p, q), slope);
}

/**
 * For each level the curve D(q‖p) = level > 0 around p, as polylines of points q; one that closes ends where it starts.
 *
 * Its inside is convex. It is cut where it leaves the simplex, and empty where it lies outside altogether. Where p has
 * a zero, D(q‖p) = ∞ inside the simplex, and there is no curve.
 */
export function reverseContours(p, levels) {
  const slope = (i, q) => logRatio(q, p[i]);
  return p.includes(0) ? levels.map(() => []) : contours(p, levels, (q) => klDivergence(q, p), slope);
}

/**
 * The curve of all q ≠ p with D(p‖q) = D(q‖p), as closed polylines through p; empty where p has a zero.
 *
 * On a ray q = p + tu, j(t) = D(p‖q) − D(q‖p) has j(0) = j′(0) = 0 and j″(t) = −t g(t), where g(t) = Σ uᵢ³/qᵢ² falls,
 * to −∞ at the border. So j is positive for all t > 0 where g(0) ≤ 0; else it falls first, then rises to ∞, and crosses
 * zero once. The directions with g(0) > 0 make up one or three arcs; at their ends the curve runs into p. A loop that
 * seen from p is thinner than half a degree may be missed; it is then too short to be seen.
 */
export function equalityCurve(p) {
  if (p.includes(0)) return [];
  const g = (u) => (u[0] / p[0]) ** 2 * u[0] + (u[1] / p[1]) ** 2 * u[1] + (u[2] / p[2]) ** 2 * u[2];
  const [j, slope] = [skewness(p), skewSlope(p)];
  return arcs(FINE.map(g), (angle) => g(direction(angle))).map(([start, end]) => {
    const isEnd = (angle) => angle === start || angle === end;
    const last = { lambda: 0.5 };
    const trace = (angle) => (isEnd(angle) ? [...p] : zeroBetween(p, borderPoint(p, direction(angle)), j, slope, last));
    return refined(trace, spread(start, end, DETAIL.rays));
  });
}

/** D(p‖q) − D(q‖p) as a function of q, and its derivative in qᵢ, but for a constant that the three share. */
const skewness = (p) => (q) => sum(p.map((x, i) => skew(x, q[i])));
const skewSlope = (p) => (i, q) => logRatio(p[i], q) - p[i] / q;

/**
 * The curve of all q with D(p‖q) + D(q‖r) = D(p‖r), as polylines: inside it the way from p to r by q costs less.
 *
 * The sum is convex in q, and at q = p and q = r the two ways cost the same. So the inside is convex, with p and r on
 * its border, and the curve is found from their middle. Empty where p = r, where D(p‖r) = ∞, and where r has a zero:
 * then D(q‖r) = ∞ inside the simplex.
 */
export function detourContour(p, r) {
  const direct = klDivergence(p, r);
  if (!(direct > 0) || r.includes(0)) return [];
  const middle = p.map((x, i) => (x + r[i]) / 2);
  const slope = (i, q) => logRatio(q, r[i]) - (p[i] > 0 ? p[i] / q : 0);
  return contours(middle, [direct], (q) => klDivergence(p, q) + klDivergence(q, r), slope)[0];
}

/** What one event adds to D(p‖q) − D(q‖p), and 2(y − x), which sums to 0: of third order in y − x. */
const skew = (x, y) => (y > 0 ? (x + y) * logRatio(x, y) + 2 * (y - x) : Infinity);

/** For each level the polylines where a convex divergence from p has it; `slope(i, qᵢ)` is its derivative in qᵢ. */
function contours(p, levels, divergence, slope) {
  const border = (angle) => borderPoint(p, direction(angle));
  const heights = COARSE.map((u) => divergence(borderPoint(p, u)));
  return levels.map((level) => {
    const excess = (q) => divergence(q) - level;
    const last = { lambda: 0.5 };
    const trace = (angle) => zeroBetween(p, border(angle), excess, slope, last);
    const reached = arcs(heights.map((height) => height - level), (angle) => excess(border(angle)));
    return reached.map(([start, end]) => refined(trace, spread(start, end, DETAIL.rays)));
  });
}

/** A direction in the plane Σ u = 0, of length one. */
function direction(angle) {
  const part = (i) => Math.sqrt(2 / 3) * Math.cos(angle - (2 * Math.PI * i) / 3);
  return [part(0), part(1), part(2)];
}

// Directions all around, in which the ends of arcs are looked for.
const [COARSE, FINE] = [180, 720].map((steps) => Array.from({ length: steps }, (_, k) => direction((2 * Math.PI * k) / steps)));

/** Where the ray from p in direction u meets the border; p itself if it lies there and the ray leads out. */
function borderPoint(p, u) {
  const length = (i) => (u[i] < 0 ? p[i] / -u[i] : Infinity);
  const t = Math.min(length(0), length(1), length(2));
  const end = (i) => (length(i) === t ? 0 : Math.max(0, p[i] + t * u[i])); // a corner may round to below 0
  return [end(0), end(1), end(2)];
}

/**
 * The point on the segment from p to b where f(q), negative next to p and ≥ 0 at b, is zero.
 *
 * Newton's steps where they stay between, else steps in proportion: near b f may grow like the logarithm of λ. After a
 * step of Newton's by a part in 10⁸ the next would be rounding. The first λ is the `last` one, of a segment close by.
 */
function zeroBetween(p, b, f, slope, last = { lambda: 0.5 }) {
  const at = (i, lambda) => lambda * p[i] + (1 - lambda) * b[i];
  const point = (lambda) => [at(0, lambda), at(1, lambda), at(2, lambda)]; // quicker than a map, and called most
  const steep = (i, q) => (p[i] - b[i]) * slope(i, q[i]);
  const steepness = (q) => steep(0, q) + steep(1, q) + steep(2, q);
  let [low, lambda, high] = [0, last.lambda, 1];
  let q = point(lambda);
  for (let i = 0; i < 200; i++) {
    const value = f(q);
    if (value > 0) low = lambda;
    else high = lambda;
    const newton = lambda - value / steepness(q);
    const halfway = low > 0 ? Math.sqrt(low) * Math.sqrt(high) : high * Math.min(high, 0.5);
    const between = newton > low && newton < high;
    const settled = Math.abs(newton - lambda) <= 1e-8 * lambda;
    if (settled && !between) break;
    lambda = between ? newton : halfway;
    q = point(lambda);
    if (settled) break;
  }
  last.lambda = lambda;
  return q;
}

function spread(start, end, count) {
  return Array.from({ length: count + 1 }, (_, i) => (i < count ? start + ((end - start) * i) / count : end));
}

/** The arcs of directions, as [start, end], on which f(angle) is positive; `known` are its values all around. */
function arcs(known, f) {
  const steps = known.length;
  const angle = (k) => (2 * Math.PI * k) / steps;
  const positive = known.map((value) => value > 0);
  const first = positive.findIndex((now, k) => now && !positive.at(k - 1));
  if (first < 0) return positive[0] ? [[0, 2 * Math.PI]] : [];
  const ends = [];
  for (let k = first; k < first + steps; k++) {
    const [before, now] = [positive.at((k - 1) % steps), positive[k % steps]];
    if (now && !before) ends.push([boundary(f, angle(k), angle(k - 1))]);
    if (before && !now) ends.at(-1).push(boundary(f, angle(k - 1), angle(k)));
  }
  return ends;
}

/** The last angle, from one where f > 0 towards one where it is not, at which still f > 0. */
function boundary(f, inside, outside) {
  for (let i = 0; i < 52; i++) {
    const middle = (inside + outside) / 2;
    if (f(middle) > 0) inside = middle;
    else outside = middle;
  }
  return inside;
}

/** The points of a curve at these angles, in the middle between two, and at more until what is drawn looks smooth. */
function refined(trace, angles) {
  const points = [];
  const fill = (a, from, b, to, halvings) => {
    const middle = (a + b) / 2;
    const point = trace(middle);
    const chord = Math.hypot(...from.map((x, i) => to[i] - x));
    const sagitta = Math.hypot(...from.map((x, i) => (x + to[i]) / 2 - point[i]));
    const isRough = halvings > 0 && (chord > DETAIL.chord || sagitta > DETAIL.sagitta);
    if (isRough) fill(a, from, middle, point, halvings - 1);
    points.push(point);
    if (isRough) fill(middle, point, b, to, halvings - 1);
  };
  angles.forEach((angle, i) => {
    const point = trace(angle);
    if (i > 0) fill(angles[i - 1], points.at(-1), angle, point, DETAIL.halvings);
    points.push(point);
  });
  return points;
}
