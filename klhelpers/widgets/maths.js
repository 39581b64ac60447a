/**
 * Measures of distributions over finitely many events.
 *
 * A distribution is an array of numbers ≥ 0 that sum to one; everything is in nats. The functions are those of
 * `klhelpers`, under JavaScript's spelling, and the tests hold the two against each other. As there, a sum may be
 * off by 1e-8.
 */

const GOLDEN = 0x9e3779b9; // 2³² divided by the golden ratio, odd

/** Whether p holds probabilities; their sum may be off by 1e-8. */
export function isDistribution(p) {
  return p.every((x) => Number.isFinite(x) && x >= 0) && Math.abs(sum(p) - 1) <= 1e-8;
}

/** I(p) = −log p of an event of probability p; ∞ where p = 0. */
export const surprisal = (p) => 0 - Math.log(Math.min(p, 1)); // 0 −, so that I(1) is 0 and not −0

/**
 * D(p‖q) = Σ p log(p/q), with 0 log 0 = 0; ∞ where q = 0 < p. Never negative.
 *
 * It is summed as Σ p log(p/q) + q − p, of which no term is negative, so that they do not cancel each other.
 */
export function klDivergence(p, q) {
  let total = 0;
  for (let i = 0; i < p.length; i++) total += p[i] > 0 ? term(p[i], q[i]) : q[i];
  return total / sum(p);
}

/** x log(x/y) + y − x for x > 0: near 0 by its series in r, where log(y/x) = 2 artanh r, as its parts cancel there. */
function term(x, y) {
  const r = (y - x) / (x + y);
  if (Math.abs(r) > 1 / 32) return x * logRatio(x, y) + (y - x);
  const s = r * r;
  return r * (y - x - 2 * x * s * (1 / 3 + s * (1 / 5 + s * (1 / 7 + s * (1 / 9 + s / 11)))));
}

/** log(x/y) for x > 0, right to the last digits also where x is near y or the quotient is beyond the largest number. */
export function logRatio(x, y) {
  const ratio = x / y;
  if (ratio > 0.5 && ratio < 2) return Math.log1p((x - y) / y);
  return ratio > 0 && ratio < Infinity ? Math.log(ratio) : Math.log(x) - Math.log(y);
}

export function sum(values) {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i];
  return total;
}

/** Values divided by their sum. */
export function divided(values) {
  const total = sum(values);
  return Array.from(values, (value) => value / total);
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
