/**
 * The normals Q = N(μ, σ²) that are closest to a mixture P in the reverse divergence, from a grid of its heights; and
 * the way downhill from one Q. In nats. (The one minimum of the forward divergence, which that divergence itself needs,
 * is `fitForward` in mixtures.js.)
 */

import { reverseSlopes } from "./mixtures.js";

/**
 * The minima {mu, sigma, kl} of D(N(μ, σ²)‖P), the least first; of equals to 1e-9, the leftmost.
 *
 * `grid` {mus, sigmas, rows} holds the heights. Newton's method begins at every point of it that none of its four
 * neighbours lies below, at the components of P, and at its mean and width; what it ends in has a gradient of zero
 * and a positive Hessian. Unlike Python's walk this proves no completeness: a minimum whose basin is smaller than the
 * meshes of the grid may be missed.
 */
export function reverseMinima(P, { mus, sigmas, rows }) {
  const starts = [[P.mean, Math.sqrt(P.variance)], ...P.components.map(({ m, s }) => [m, s])];
  for (let j = 1; j < sigmas.length - 1; j++) {
    for (let i = 1; i < mus.length - 1; i++) {
      const neighbours = [rows[j - 1][i], rows[j + 1][i], rows[j][i - 1], rows[j][i + 1]];
      if (neighbours.every((height) => height >= rows[j][i])) starts.push([mus[i], sigmas[j]]);
    }
  }
  const found = [];
  for (const start of starts) {
    const minimum = minimumNear(P, ...start);
    const isNew = ({ mu, sigma }) => Math.hypot(minimum.mu - mu, minimum.sigma - sigma) > 1e-4 * sigma;
    if (minimum && found.every(isNew)) found.push(minimum);
  }
  const rank = ({ kl }) => Math.round(kl * 1e9);
  return found.sort((a, b) => rank(a) - rank(b) || a.mu - b.mu);
}

/** The minimum to which Newton's steps lead, and where the Hessian is not positive, steps downhill; null if to none. */
function minimumNear(P, mu, sigma) {
  for (let i = 0; i < 30; i++) {
    const at = reverseSlopes(P, mu, sigma);
    const determinant = at.byMuTwice * at.byLogSigmaTwice - at.byBoth ** 2;
    const isConvex = at.byMuTwice > 0 && determinant > 0;
    const [stepMu, stepLog, longest] = isConvex
      ? [
        (at.byBoth * at.byLogSigma - at.byLogSigmaTwice * at.byMu) / determinant,
        (at.byBoth * at.byMu - at.byMuTwice * at.byLogSigma) / determinant,
        0.5,
      ]
      : [-at.byMu, -at.byLogSigma, 0.1];
    const length = Math.hypot(stepMu, stepLog);
    if (isConvex && length < 1e-6) return { mu, sigma, kl: at.kl };
    const part = Math.min(1, longest / length);
    mu += sigma * part * stepMu;
    sigma *= Math.exp(part * stepLog);
  }
  return null;
}

const STRIDE = 2; // the longest step on the map
const MOST_STRIDES = 2000;

/**
 * The way downhill from a start {mu, sigma}: points {mu, sigma}, each lower than the one before, until it is level.
 *
 * `slopes(mu, sigma)` gives the height `kl` and its derivatives `byMu` in μ/σ and `byLogSigma` in log σ; `unit` says
 * how long on the map one unit of μ and one of σ are, so that the way crosses lines of equal height at right angles.
 *
 * A step follows the gradient, no longer than a stride, and halved until it falls by half of what the slope promises:
 * then it does not overshoot the bottom of a valley. σ stays at or above `leastSigma`.
 */
export function wayDown(slopes, start, unit, leastSigma) {
  const at = ({ mu, sigma }) => {
    const { kl, byMu, byLogSigma } = slopes(mu, sigma);
    return { mu, sigma, kl, across: byMu / sigma / unit.mu, up: byLogSigma / sigma / unit.sigma };
  };
  const way = [at(start)];
  let time = 1;
  while (way.length < MOST_STRIDES) {
    const here = way.at(-1);
    const slope = Math.hypot(here.across, here.up);
    time = Math.min(4 * time, STRIDE / slope);
    let next = null;
    while (time * slope > 1e-5 && !next) {
      const sigma = Math.max(leastSigma, here.sigma - (time * here.up) / unit.sigma);
      const tried = at({ mu: here.mu - (time * here.across) / unit.mu, sigma });
      if (tried.kl <= here.kl - (time * slope ** 2) / 2) next = tried;
      else time /= 2;
    }
    if (!next) break;
    way.push(next);
  }
  return way;
}
