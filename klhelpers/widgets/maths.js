/**
 * Measures of distributions over finitely many events, and their curves on the simplex of three events.
 *
 * A distribution is an array of numbers ≥ 0 that sum to one; everything is in nats. The functions are those of
 * `klhelpers`, under JavaScript's spelling, and the tests hold the two against each other. As there, a sum may be
 * off by 1e-8, the value is that of the arrays divided by their sums, and what is no distribution is refused.
 */

const SUM_TOLERANCE = 1e-8;
// Where |u| is below this, series are used: there they need few terms, and beyond it the textbook expressions do.
const NEAR = 1 / 16;

/**
 * What keeps p from being a distribution.
 *
 * @returns {null | {reason: "empty" | "number" | "negative" | "sum", index?: number, value?: number}}
 *   null if p is one; else the first reason: no events; an entry that is no finite number, or is below zero (at
 *   `index`); or a sum (`value`) that is not one within 1e-8.
 */
export function distributionFault(p) {
  if (!(p?.length > 0)) return { reason: "empty" };
  for (let index = 0; index < p.length; index++) {
    const value = p[index];
    if (!Number.isFinite(value)) return { reason: "number", index, value };
    if (value < 0) return { reason: "negative", index, value };
  }
  const value = sum(p);
  return Math.abs(value - 1) <= SUM_TOLERANCE ? null : { reason: "sum", value };
}

/** The distribution proportional to numbers ≥ 0 that are not all zero. */
export function normalise(values) {
  const largest = Math.max(...values);
  if (!(largest > 0 && largest < Infinity && values.every((value) => value >= 0))) {
    throw new RangeError(`values must be finite, >= 0 and not all zero, but found [${values}]`);
  }
  const scaled = values.map((value) => value / largest); // so that no sum overflows
  const total = sum(scaled);
  return scaled.map((value) => value / total);
}

/** I(p) = −log p of an event of probability p; ∞ where p = 0. */
export function surprisal(p) {
  if (!(p >= 0 && p <= 1)) throw new RangeError(`p must be between 0 and 1, but found ${p}`);
  return 0 - Math.log(p); // 0 −, so that I(1) is 0 and not −0
}

/** H(p) = −Σ p log p, with 0 log 0 = 0. */
export function entropy(p) {
  return crossEntropy(p, p);
}

/**
 * H(p, q) = −Σ p log q; ∞ where q = 0 < p; what q says of events with p = 0 does not matter.
 *
 * An event that is all but certain has the surprisal −log(1 − r), where r is what the others have together.
 */
export function crossEntropy(p, q) {
  refusePair(p, q);
  const [P, Q] = [sum(p), sum(q)];
  const others = sum(q.map((y) => (y / Q > 0.5 ? 0 : y / Q)));
  const costs = q.map((y) => 0 - (y / Q > 0.5 ? Math.log1p(-others) : Math.log(y / Q)));
  return sum(p.map((x, i) => (x > 0 ? (x / P) * costs[i] : 0)));
}

/** The terms p log(p/q) of the divergence, of any sign; 0 where p = 0, ∞ where q = 0 < p. */
export function klTerms(p, q) {
  refusePair(p, q);
  return p.map((x, i) => (x > 0 ? x * logRatio(x, q[i]) : 0));
}

/**
 * D(p‖q) = Σ p log(p/q), with 0 log 0 = 0; ∞ where q = 0 < p. Never negative, and right to 12 digits also where
 * p and q differ by a billionth.
 *
 * It is summed as Σ w φ(u), u = q/w − 1, where φ(u) = u − log(1 + u) ≥ 0 and w is p scaled to the sum of q. These
 * terms differ from p log(p/q) by q − w, which sums to zero; none is negative, so that nothing cancels.
 */
export function klDivergence(p, q) {
  refusePair(p, q);
  return sumOverGaps(p, q, klTerm);
}

function klTerm(w, v, d) {
  if (w === 0) return v;
  return Math.abs(d) < NEAR * w ? w * phi(d / w) : w * logRatio(w, v) + d;
}

/** The same for the points of curves, which are distributions as they are found. */
const divergence = (p, q) => sumOverGaps(p, q, klTerm);

/** JS(p, q) = ½ D(p‖m) + ½ D(q‖m), m = (p + q)/2; between 0 and log 2, and as exact near zero as `klDivergence`. */
export function jsDivergence(p, q) {
  refusePair(p, q);
  return sumOverGaps(p, q, (w, v, d) => (w + v > 0 ? ((w + v) / 4) * bothSides(d / (w + v)) : 0));
}

/**
 * The average of `term(w, v, v − w)` over the events, where v = q, and w is p scaled to the sum of q.
 *
 * v − w is found from q − p, which is not rounded where the two are close, and from its sum: w itself is rounded.
 */
function sumOverGaps(p, q, term) {
  let [gaps, total] = [0, 0];
  for (let i = 0; i < p.length; i++) gaps += q[i] - p[i];
  const excess = gaps / sum(p);
  for (let i = 0; i < p.length; i++) {
    total += term(p[i] + excess * p[i], q[i], q[i] - p[i] - excess * p[i]);
  }
  return total / sum(q);
}

/** log(x/y) for x > 0, right to the last digits also where x is near y or the quotient is beyond the largest number. */
function logRatio(x, y) {
  const ratio = x / y;
  if (ratio > 0.5 && ratio < 2) return Math.log1p((x - y) / y);
  return ratio > 0 && ratio < Infinity ? Math.log(ratio) : Math.log(x) - Math.log(y);
}

/** φ(u) = u − log(1 + u) for |u| ≤ `NEAR`: log(1 + u) = 2 artanh r, r = u/(2 + u), by its series. */
function phi(u) {
  const r = u / (2 + u);
  const s = r * r;
  return r * (u - s * (2 / 3 + s * (2 / 5 + s * (2 / 7 + s * (2 / 9 + (s * 2) / 11)))));
}

/** (1 + r) log(1 + r) + (1 − r) log(1 − r) = Σ r²ᵏ / (k(2k − 1)), for |r| ≤ 1. */
function bothSides(r) {
  if (Math.abs(r) === 1) return 2 * Math.LN2;
  if (Math.abs(r) > NEAR) return (1 + r) * Math.log1p(r) + (1 - r) * Math.log1p(-r);
  const s = r * r;
  return s * (1 + s * (1 / 6 + s * (1 / 15 + s * (1 / 28 + s * (1 / 45 + s / 66)))));
}

function sum(values) {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i];
  return total;
}

function refusePair(p, q) {
  for (const [name, values] of [["p", p], ["q", q]]) {
    const fault = distributionFault(values);
    if (fault) throw new RangeError(`${name} must be a distribution, but found ${JSON.stringify(fault)}`);
  }
  if (p.length !== q.length) {
    throw new RangeError(`p and q must have as many events, but found ${p.length} and ${q.length}`);
  }
}

/*
 * Curves on the simplex of three events. Each is found on the segments from p to the points b of the border, where a
 * function that is convex, or made of convex ones, has a single zero: at q = λp + (1 − λ)b, which is exact near b.
 */

/**
 * How finely a curve is drawn: at how many angles the ends of its arcs are looked for, on how many rays it is found,
 * how long a chord may be, how far the point in its middle off it, and how often it is halved. That point is drawn, too.
 */
const FINE = { steps: 720, rays: 48, chord: 0.06, sagitta: 4e-4, halvings: 12 };

/** For a curve that is moving: its points are as exact, but fewer. */
export const COARSE = { steps: 72, rays: 18, chord: 0.25, sagitta: 6e-3, halvings: 4 };

/**
 * The curve D(p‖q) = level > 0 around p, as polylines of points q; one that closes ends where it starts.
 *
 * Its inside is convex. For p > 0 it is one closed curve; where p has a zero the curve ends at the border there.
 */
export function forwardContour(p, level, detail = FINE) {
  const slope = (i, q) => (p[i] > 0 ? -p[i] / q : 0);
  return contour(p, level, (q) => divergence(p, q), slope, detail);
}

/**
 * The curve D(q‖p) = level > 0 around p, as polylines of points q; one that closes ends where it starts.
 *
 * Its inside is convex. It is cut where it leaves the simplex, and empty where it lies outside altogether. Where p has
 * a zero, D(q‖p) = ∞ inside the simplex, and there is no curve.
 */
export function reverseContour(p, level, detail = FINE) {
  const slope = (i, q) => logRatio(q, p[i]);
  return p.some((x) => x === 0) ? [] : contour(p, level, (q) => divergence(q, p), slope, detail);
}

/**
 * The curve of all q ≠ p with D(p‖q) = D(q‖p), as closed polylines through p; empty where p has a zero.
 *
 * On a ray q = p + tu, j(t) = D(p‖q) − D(q‖p) has j(0) = j′(0) = 0 and j″(t) = −t g(t), where g(t) = Σ uᵢ³/qᵢ² falls,
 * to −∞ at the border. So j is positive for all t > 0 where g(0) ≤ 0; else it falls first, then rises to ∞, and crosses
 * zero once. The directions with g(0) > 0 make up one or three arcs; at their ends the curve runs into p. A loop that
 * seen from p is thinner than half a degree may be missed; it is then too short to be seen.
 */
export function equalityCurve(p, detail = FINE) {
  refuseNoTriple(p);
  if (p.some((x) => x === 0)) return [];
  const g = (angle) => sum(direction(angle).map((u, i) => (u / p[i]) ** 2 * u));
  const j = (q) => sum(p.map((x, i) => skew(x, q[i])));
  const slope = (i, q) => logRatio(p[i], q) - p[i] / q; // of j in qᵢ, but for a constant that the three share
  return arcs(g, detail.steps).map(([start, end]) => {
    const isEnd = (angle) => angle === start || angle === end;
    const trace = (angle) => (isEnd(angle) ? [...p] : zeroBetween(p, borderPoint(p, angle), j, slope));
    return refined(trace, spread(start, end, detail.rays / 2), detail);
  });
}

/**
 * The curve of all q with D(p‖q) + D(q‖r) = D(p‖r), as polylines: inside it the way from p to r by q costs less.
 *
 * The sum is convex in q, and at q = p and q = r the two ways cost the same. So the inside is convex, with p and r on
 * its border, and the curve is found from their middle. Empty where p = r, where D(p‖r) = ∞, and where r has a zero:
 * then D(q‖r) = ∞ inside the simplex.
 */
export function detourContour(p, r, detail = FINE) {
  refuseNoTriple(p);
  const direct = klDivergence(p, r);
  if (!(direct > 0) || r.some((x) => x === 0)) return [];
  const middle = p.map((x, i) => (x + r[i]) / 2);
  const slope = (i, q) => logRatio(q, r[i]) - (p[i] > 0 ? p[i] / q : 0);
  return contour(middle, direct, (q) => divergence(p, q) + divergence(q, r), slope, detail);
}

/** (x + y) log(x/y) + 2(y − x): what one event adds to D(p‖q) − D(q‖p), of third order in y − x; ∞ where y = 0. */
function skew(x, y) {
  if (y === 0) return Infinity;
  const s = (y - x) / (x + y); // log(x/y) = −2 artanh s, and y − x = s (x + y)
  if (Math.abs(s) > NEAR) return (x + y) * (logRatio(x, y) + 2 * s);
  const r = s * s;
  return -2 * (x + y) * s * r * (1 / 3 + r * (1 / 5 + r * (1 / 7 + r * (1 / 9 + r / 11))));
}

/** The polylines where a convex divergence from p is `level`; `slope(i, qᵢ)` is its derivative in qᵢ. */
function contour(p, level, divergence, slope, detail) {
  refuseNoTriple(p);
  if (!(level > 0)) throw new RangeError(`level must be > 0, but found ${level}`);
  const excess = (q) => divergence(q) - level;
  const trace = (angle) => zeroBetween(p, borderPoint(p, angle), excess, slope);
  const reached = arcs((angle) => excess(borderPoint(p, angle)), detail.steps);
  return reached.map(([start, end]) => refined(trace, spread(start, end, detail.rays), detail));
}

function refuseNoTriple(p) {
  refusePair(p, p);
  if (p.length !== 3) throw new RangeError(`p must have three events, but found ${p.length}`);
}

/** A direction in the plane Σ u = 0, of length one. */
function direction(angle) {
  return [0, 1, 2].map((i) => Math.sqrt(2 / 3) * Math.cos(angle - (2 * Math.PI * i) / 3));
}

/** Where the ray from p in this direction meets the border; p itself if it lies there and the ray leads out. */
function borderPoint(p, angle) {
  const u = direction(angle);
  const lengths = p.map((x, i) => (u[i] < 0 ? x / -u[i] : Infinity));
  const t = Math.min(...lengths);
  return p.map((x, i) => (lengths[i] === t ? 0 : Math.max(0, x + t * u[i]))); // a corner may round to below 0
}

/**
 * The point on the segment from p to b where f(q), negative next to p and ≥ 0 at b, is zero.
 *
 * Newton's steps where they stay between, else steps in proportion: near b f may grow like the logarithm of λ. After a
 * step of Newton's by a part in 10⁸ the next would be rounding.
 */
function zeroBetween(p, b, f, slope) {
  const point = (lambda) => [0, 1, 2].map((i) => lambda * p[i] + (1 - lambda) * b[i]);
  const steepness = (q) => {
    let total = 0;
    for (let i = 0; i < 3; i++) total += (p[i] - b[i]) * slope(i, q[i]);
    return total;
  };
  let [low, lambda, high] = [0, 0.5, 1];
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
  return q;
}

function spread(start, end, count) {
  return Array.from({ length: count + 1 }, (_, i) => (i < count ? start + ((end - start) * i) / count : end));
}

/** The arcs of directions, as [start, end], on which a function of the angle is positive, looked for at `steps`. */
function arcs(f, steps) {
  const angle = (k) => (2 * Math.PI * k) / steps;
  const positive = Array.from({ length: steps }, (_, k) => f(angle(k)) > 0);
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
function refined(trace, angles, { chord: longest, sagitta: largest, halvings: most }) {
  const points = [];
  const fill = (a, from, b, to, halvings) => {
    const middle = (a + b) / 2;
    const point = trace(middle);
    const chord = Math.hypot(...from.map((x, i) => to[i] - x));
    const sagitta = Math.hypot(...from.map((x, i) => (x + to[i]) / 2 - point[i]));
    const isRough = halvings > 0 && (chord > longest || sagitta > largest);
    if (isRough) fill(a, from, middle, point, halvings - 1);
    points.push(point);
    if (isRough) fill(middle, point, b, to, halvings - 1);
  };
  angles.forEach((angle, i) => {
    const point = trace(angle);
    if (i > 0) fill(angles[i - 1], points.at(-1), angle, point, most);
    points.push(point);
  });
  return points;
}
