/**
 * Measures of distributions over finitely many events.
 *
 * A distribution is an array of numbers ≥ 0 that sum to one; everything is in nats. The functions are those of
 * `klhelpers`, under JavaScript's spelling, and the tests hold the two against each other. As there, a sum may be
 * off by 1e-8, and the value is that of the arrays divided by their sums.
 */

const SUM_TOLERANCE = 1e-8;
// Where |u| is below this, series are used: there they need few terms, and beyond it the textbook expressions do.
export const NEAR = 1 / 16;
const GOLDEN = 0x9e3779b9; // 2³² divided by the golden ratio, odd

export const isDistribution = (p) => p.every((x) => Number.isFinite(x) && x >= 0) && Math.abs(sum(p) - 1) <= SUM_TOLERANCE;

/** I(p) = −log p of an event of probability p; ∞ where p = 0. */
export const surprisal = (p) => 0 - Math.log(Math.min(p, 1)); // 0 −, so that I(1) is 0 and not −0

/**
 * D(p‖q) = Σ p log(p/q), with 0 log 0 = 0; ∞ where q = 0 < p. Never negative, and right to 12 digits also where
 * p and q differ by a billionth.
 *
 * It is summed as Σ w φ(u), u = q/w − 1, where φ(u) = u − log(1 + u) ≥ 0 and w is p scaled to the sum of q. These
 * terms differ from p log(p/q) by q − w, which sums to zero; none is negative, so that nothing cancels.
 */
export function klDivergence(p, q) {
  // q − w is found from q − p, which is not rounded where the two are close, and from its sum: w itself is rounded.
  let [gaps, total] = [0, 0];
  for (let i = 0; i < p.length; i++) gaps += q[i] - p[i];
  const excess = gaps / sum(p);
  for (let i = 0; i < p.length; i++) {
    const w = p[i] + excess * p[i];
    const d = q[i] - p[i] - excess * p[i];
    if (w === 0) total += q[i];
    else total += Math.abs(d) < NEAR * w ? w * phi(d / w) : w * logRatio(w, q[i]) + d;
  }
  return total / sum(q);
}

/** log(x/y) for x > 0, right to the last digits also where x is near y or the quotient is beyond the largest number. */
export function logRatio(x, y) {
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

export function sum(values) {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i];
  return total;
}

/** Mix 32 bits, one to one (the last step of MurmurHash3). */
function mixed(x) {
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

/** The numbers of a seed, the same as in Python: a function from k = 0, 1, 2, … to a whole number below 2³². */
export function draws(seed) {
  const start = mixed(seed);
  return (k) => mixed((start + Math.imul(k, GOLDEN)) | 0);
}
