/**
 * What a map of heights over (μ, σ) shows: the regions below a level, the minima of the reverse divergence, and the way
 * downhill. (The one minimum of the forward divergence is `fitForward` in mixtures.js.)
 */

import { reverseSlopes } from "./mixtures.js";

/* Regions, from heights on a grid. */

// The ways through a cell by which of its corners are below: 1 left of the first row, 2 right of it, 4 right of the
// second, 8 left of it. A way enters by one side and leaves by another, with what is below on its right.
const [FIRST, RIGHT, SECOND, LEFT] = [0, 1, 2, 3];
const WAYS = [
  [], [[FIRST, LEFT]], [[RIGHT, FIRST]], [[RIGHT, LEFT]], [[SECOND, RIGHT]], [[FIRST, LEFT], [SECOND, RIGHT]],
  [[SECOND, FIRST]], [[SECOND, LEFT]], [[LEFT, SECOND]], [[FIRST, SECOND]], [[RIGHT, FIRST], [LEFT, SECOND]],
  [[RIGHT, SECOND]], [[LEFT, RIGHT]], [[FIRST, RIGHT]], [[LEFT, FIRST]], [],
];
// Where opposite corners are below, and the middle is too, the two regions are one.
const JOINED = { 5: [[FIRST, RIGHT], [SECOND, LEFT]], 10: [[LEFT, FIRST], [RIGHT, SECOND]] };

/**
 * For each level the region where the grid is below it, as closed polygons: lists of [x, y], holes the other way round.
 *
 * `grid` has a row for each of `ys` and in it a value for each of `xs`. In between, along the lines of the grid, the
 * function is taken as linear, and outside of the grid as above every level.
 */
export function regionsBelow(grid, xs, ys, levels) {
  const framed = withFrame(grid, xs, ys);
  return waysThrough(framed, levels).map((next, l) => {
    const loops = [];
    for (const start of next.keys()) {
      const loop = [];
      for (let edge = start; next.has(edge); ) {
        loop.push(crossing(framed, edge, levels[l]));
        const after = next.get(edge);
        next.delete(edge);
        edge = after;
      }
      loops.push(loop);
    }
    return loops;
  });
}

/** The grid in a frame of infinity at no distance, so that every line closes. */
function withFrame(grid, xs, ys) {
  const [across, down] = [xs.length + 2, ys.length + 2];
  const values = new Float64Array(across * down).fill(Infinity);
  grid.forEach((row, j) => values.set(row, (j + 1) * across + 1));
  const framed = (all) => [all[0], ...all, all.at(-1)];
  return { values, xs: framed(xs), ys: framed(ys) };
}

/**
 * For each level, from the edge by which a line enters a cell to the one by which it leaves.
 *
 * An edge has the number of the corner where it begins: doubled if it runs along the row, and one more if it runs down.
 * All levels are taken through a cell at once, because hardly any of them crosses it.
 */
function waysThrough({ values, xs, ys }, levels) {
  const across = xs.length;
  const next = levels.map(() => new Map());
  for (let j = 0; j < ys.length - 1; j++) {
    for (let i = 0; i < across - 1; i++) {
      const at = j * across + i;
      const a = values[at];
      const b = values[at + 1];
      const c = values[at + across + 1];
      const d = values[at + across];
      const least = Math.min(a, b, c, d);
      const most = Math.max(a, b, c, d);
      for (let l = 0; l < levels.length; l++) {
        const level = levels[l];
        if (level <= least || level > most) continue;
        const kind = (a < level) + 2 * (b < level) + 4 * (c < level) + 8 * (d < level);
        const sides = [2 * at, 2 * (at + 1) + 1, 2 * (at + across), 2 * at + 1];
        const ways = kind in JOINED && a + b + c + d < 4 * level ? JOINED[kind] : WAYS[kind];
        for (const [enter, leave] of ways) next[l].set(sides[enter], sides[leave]);
      }
    }
  }
  return next;
}

/** Where on an edge the level is reached. */
function crossing({ values, xs, ys }, edge, level) {
  const from = edge >> 1;
  const down = edge % 2;
  const [i, j] = [from % xs.length, Math.floor(from / xs.length)];
  const [a, b] = [values[from], values[down ? from + xs.length : from + 1]];
  const part = b === Infinity ? 0 : a === Infinity ? 1 : (level - a) / (b - a);
  return down ? [xs[i], ys[j] + part * (ys[j + 1] - ys[j])] : [xs[i] + part * (xs[i + 1] - xs[i]), ys[j]];
}

/* Minima, and the way to one. */

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
    const part = Math.min(1, longest / length);
    mu += sigma * part * stepMu;
    sigma *= Math.exp(part * stepLog);
    if (isConvex && length < 1e-6) return { mu, sigma, kl: at.kl }; // a step so short leaves some 1e-12 to go
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
