/**
 * The normals Q = N(μ, σ²) that are closest to a mixture P: every minimum of the reverse divergence, the way downhill
 * to one, and the highest point of P, onto which Q collapses without its entropy. In nats. (The one minimum of the
 * forward divergence, which that divergence itself needs, is `fitForward` in mixtures.js.)
 */

import { COARSE, EXACT, HALVED, HALF_LOG_2PI, demand, entropyOfNormal, fitForward, klNormal } from "./mixtures.js";
import { reverseValue, scaledDerivatives } from "./mixtures.js";

/** The highest point {x, logDensity} of P; of equals the leftmost. */
export function highestPoint(P) {
  const peaks = peakBrackets(P).map(([low, high]) => {
    while (low < (low + high) / 2 && (low + high) / 2 < high) {
      const middle = (low + high) / 2;
      if (score(P, middle) > 0) low = middle;
      else high = middle;
    }
    return { x: low, logDensity: P.logDensity(low) };
  });
  return peaks.reduce((best, peak) => (peak.logDensity > best.logDensity + 1e-14 ? peak : best));
}

/** d log P/dx. */
function score(P, x) {
  const logP = P.logDensity(x);
  return P.components.reduce((sum, { w, m, s }) => {
    const z = (x - m) / s;
    return sum - (z / s) * Math.exp(Math.log(w / s) - HALF_LOG_2PI - (z * z) / 2 - logP);
  }, 0);
}

/** Intervals around the maxima of P: these lie within σ of a mean, because elsewhere every component is convex. */
export function peakBrackets(P) {
  P.peaks ??= findPeaks(P);
  return P.peaks;
}

function findPeaks(P) {
  const offsets = Array.from({ length: 71 }, (_, i) => -1.1 + (2.2 * i) / 70);
  const places = P.components.flatMap(({ m, s }) => offsets.map((z) => m + s * z));
  const x = [...new Set(places)].sort((a, b) => a - b);
  const height = x.map((at) => P.logDensity(at));
  const isPeak = (i) => i > 0 && i < x.length - 1 && height[i] > height[i - 1] && height[i] >= height[i + 1];
  return x.flatMap((_, i) => (isPeak(i) ? [[x[i - 1], x[i + 1]]] : []));
}

/*
 * All minima of the reverse divergence, by walking the valleys of μ ↦ D as σ grows.
 */

const [LONGEST_STEP, SHORTEST_STEP] = [0.15, 1e-9]; // in log σ
// A step that moves the bottom by more than this, in σ, may land in another valley.
const FARTHEST_SHIFT = 0.2;
// Farther apart than so many of the smallest σ, rounding hides the minima that cover several components.
const FARTHEST = 1e4;
const MOST_PIECES = 50; // of valleys, for each component
// A curvature below this is lost in rounding, and too small for a minimum by far.
const FLAT = 1e-6;

// By which rules D is integrated on the way and at the end; how short Newton's last step is in both, in σ, the next being
// its square; and how closely, in log σ, it is found where D turns.
const EXACTLY = { rule: EXACT, last: HALVED, close: 1e-7, end: 1e-9, turn: 1e-7 };
/** For minima that are moving: right to four digits, in a fifth of the time. */
export const ROUGHLY = { rule: COARSE, last: COARSE, close: 1e-3, end: 1e-5, turn: 1e-2 };

/**
 * Every local minimum {mu, sigma, kl} of D(N(μ, σ²)‖P), the best first; of equals to 1e-9, the leftmost.
 *
 * The list is complete because every stationary point has ∂²D/∂μ² = 1/σ², so lies in a valley of μ ↦ D, and because
 * no valley begins as σ grows: E_Q[log P] is log P blurred by a normal, and blurring creates no maxima. So each valley
 * is walked from the peaks of P upward, and each descent and ascent on the way is resolved. Every minimum is
 * certified: the gradient is zero and the Hessian positive, with the panels of the integration halved.
 */
export function fitReverse(P, how = EXACTLY) {
  const { range, smallest } = extent(P);
  const expected = `the means of P must lie within ${FARTHEST} of its smallest sigma from each other`;
  demand(range <= FARTHEST * smallest, expected, range / smallest);
  const found = [];
  for (const valley of valleys(P, how)) {
    for (let i = 1; i < valley.length; i++) {
      if (Math.max(valley[i - 1].curvature, valley[i].curvature) < 0.5) continue;
      for (const [low, high] of descentsToAscents(P, valley[i - 1], valley[i], how)) {
        const fit = certified(P, turn(P, low, high, (point) => point.slope, how), how);
        const isNew = ({ mu, sigma }) => Math.abs(fit.mu - mu) + Math.abs(fit.sigma - sigma) > 1e-6 * sigma;
        if (found.every(isNew)) found.push(fit);
      }
    }
  }
  if (found.length === 0) throw new Error("a minimum must exist, but none was found");
  const rank = ({ kl }) => Math.round(kl * 1e9);
  return found.sort((a, b) => rank(a) - rank(b) || a.mu - b.mu);
}

function extent(P) {
  const [means, sigmas] = ["m", "s"].map((name) => P.components.map((component) => component[name]));
  const range = Math.max(...means) - Math.min(...means);
  return { range, smallest: Math.min(...sigmas), largest: Math.max(...sigmas) };
}

/**
 * The valleys from half the smallest σ of P, below which nothing is stationary, up to where D only grows with σ.
 *
 * They come in pieces. Where a valley runs out, it ends in another, or two have met and go on as one: a new piece
 * begins just above. A piece ends where, on one of the levels that all have in common, it has run into another.
 */
function valleys(P, how) {
  const { range, smallest, largest } = extent(P);
  const [bottom, top] = [Math.log(smallest / 2), Math.log(2 * (range + largest))];
  const count = Math.ceil((top - bottom) / LONGEST_STEP) + 1;
  const levels = Array.from({ length: count }, (_, i) => ({ logSigma: bottom + i * LONGEST_STEP, points: [] }));
  const sources = peakBrackets(P).map(([low, high]) => [bottom, (low + high) / 2, LONGEST_STEP]);
  const pieces = [];
  while (sources.length > 0) {
    if (pieces.length > MOST_PIECES * P.components.length) throw new Error("the valleys of P cannot be followed");
    const valley = emerging(P, ...sources.pop(), top, how);
    pieces.push(valley);
    for (const { logSigma, points } of levels) {
      if (valley.length === 0 || logSigma < valley.at(-1).logSigma) continue;
      if (!walk(P, valley, logSigma, how)) {
        const last = valley.at(-1);
        sources.push([last.logSigma + 10 * SHORTEST_STEP, last.mu, 10 * SHORTEST_STEP]);
        break;
      }
      const end = valley.at(-1);
      if (points.some((other) => Math.abs(end.mu - other.mu) < 1e-5 * other.sigma)) break;
      points.push(end);
    }
  }
  return pieces;
}

/** The bottom of the valley in which a guess lies, as soon as it is no longer flat, if it ever is. */
function emerging(P, logSigma, mu, step, top, how) {
  while (logSigma < top) {
    const point = bottomNear(P, logSigma, mu, how);
    if (point) return [point];
    logSigma += step;
    step = Math.min(2 * step, LONGEST_STEP);
  }
  return [];
}

/** Follow the valley up to a level; false where it runs out before. */
function walk(P, valley, level, how) {
  let step = LONGEST_STEP;
  while (valley.at(-1).logSigma < level) {
    const last = valley.at(-1);
    step = Math.min(step, level - last.logSigma);
    const point = nextBottom(P, last, last.logSigma + step >= level ? level : last.logSigma + step, how);
    if (point) {
      valley.push(point);
      step *= 2;
    } else if (step < SHORTEST_STEP) {
      return false;
    } else {
      step /= 2;
    }
  }
  return true;
}

/** The bottom of the same valley at this log σ; null if too much changes on the way. */
function nextBottom(P, point, logSigma, { rule, close }) {
  const sigma = Math.exp(logSigma);
  let mu = point.mu + (logSigma - point.logSigma) * point.drift;
  if (Math.abs(mu - point.mu) > FARTHEST_SHIFT * point.sigma) return null;
  for (let i = 0; i < 8; i++) {
    const at = scaledDerivatives(P, mu, sigma, rule);
    const curvature = at.byMuTwice;
    if (!(curvature > Math.max(FLAT, point.curvature / 2) && curvature < 2 * point.curvature)) return null;
    const newton = -at.byMu / curvature;
    if (Math.abs(newton) > 0.05) return null;
    mu += sigma * newton;
    if (Math.abs(newton) < close) return valleyPoint(logSigma, mu, at);
  }
  return null;
}

/** The bottom of the valley in which a guess lies; null where D is flat in μ. */
function bottomNear(P, logSigma, mu, { rule, close }) {
  const sigma = Math.exp(logSigma);
  let at = scaledDerivatives(P, mu, sigma, rule);
  for (let i = 0; i < 500; i++) {
    if (Math.max(Math.abs(at.byMu), Math.abs(at.byMuTwice)) < FLAT) return null;
    let step = at.byMuTwice > 0 ? -at.byMu / at.byMuTwice : -0.5 * Math.sign(at.byMu);
    if (Math.abs(step) < close) return valleyPoint(logSigma, mu + sigma * step, at);
    step = Math.min(Math.max(step, -0.5), 0.5);
    let lower = scaledDerivatives(P, mu + sigma * step, sigma, rule);
    while (lower.kl > at.kl + 1e-12 * at.kl && Math.abs(step) > close) {
      step /= 2;
      lower = scaledDerivatives(P, mu + sigma * step, sigma, rule);
    }
    mu += sigma * step;
    at = lower;
  }
  return null;
}

/** A point at the bottom of a valley, and how the valley runs there, as functions of log σ. */
function valleyPoint(logSigma, mu, at) {
  const sigma = Math.exp(logSigma);
  return {
    logSigma,
    sigma,
    mu,
    curvature: at.byMuTwice, // σ² ∂²D/∂μ², which is 1 where D is stationary
    drift: (-sigma * at.byBoth) / at.byMuTwice, // dμ/d log σ
    slope: at.byLogSigma, // dD/d log σ
    bend: at.byLogSigmaTwice - at.byBoth ** 2 / at.byMuTwice, // d²D/d log σ²
  };
}

/** Where, between two points of a valley, D changes from falling to rising, as [low, high]. */
function descentsToAscents(P, left, right, how) {
  const points = [left, right];
  const reach = 2 * Math.max(Math.abs(left.bend), Math.abs(right.bend)) * (right.logSigma - left.logSigma);
  if (left.bend < 0 !== right.bend < 0 && Math.min(Math.abs(left.slope), Math.abs(right.slope)) < reach) {
    points.splice(1, 0, turn(P, left, right, (point) => point.bend, how));
  }
  const pairs = points.slice(1).map((high, i) => [points[i], high]);
  return pairs.filter(([low, high]) => low.slope < 0 && high.slope >= 0);
}

/** The point of the valley between two others where a function of the points changes its sign, by halving. */
function turn(P, left, right, of, how) {
  let [low, high] = [left, right];
  while (high.logSigma - low.logSigma > how.turn) {
    const logSigma = (low.logSigma + high.logSigma) / 2;
    const middle = bottomNear(P, logSigma, (low.mu + high.mu) / 2, how);
    if (!middle) throw new Error(`P must not be flat near ${low.mu}`);
    if (of(middle) < 0 === of(left) < 0) low = middle;
    else high = middle;
  }
  return low;
}

/** The minimum next to a guess, by Newton's method, and checked to be one. */
function certified(P, { mu, sigma }, { last, end }) {
  for (let i = 0; i < 20; i++) {
    const at = scaledDerivatives(P, mu, sigma, last);
    const determinant = at.byMuTwice * at.byLogSigmaTwice - at.byBoth ** 2;
    if (!(at.byMuTwice > 0 && determinant > 0)) break;
    const stepMu = (at.byBoth * at.byLogSigma - at.byLogSigmaTwice * at.byMu) / determinant;
    const stepLog = (at.byBoth * at.byMu - at.byMuTwice * at.byLogSigma) / determinant;
    mu += sigma * stepMu;
    sigma *= Math.exp(stepLog);
    if (Math.max(Math.abs(stepMu), Math.abs(stepLog)) < end) {
      return { mu, sigma, kl: reverseValue(P, mu, sigma, last) };
    }
  }
  throw new Error(`N(${mu}, ${sigma}²) must be a minimum, but is not`);
}

/*
 * Rolling downhill.
 */

const STRIDE = 0.05; // in the metric of Fisher
const MOST_STRIDES = 3000;
const GAMMA = 1 - Math.SQRT1_2;

/**
 * The way downhill from N(μ, σ²): points {mu, sigma, kl}, each below the one before, to the minimum in whose basin it
 * lies, or to a saddle if that is where the start's symmetry leads.
 *
 * It is the gradient flow of D(P‖Q) if `forward`, otherwise of D(Q‖P) + (1 − β) H(Q), β = `entropyWeight`: the reverse
 * divergence for β = 1; for β = 0 −E_Q[log P], under which Q collapses. `kl` holds this objective.
 *
 * Which way is steepest depends on how lengths are measured. Without `scale` it is by Fisher's metric, in which 2D(Q‖Q′)
 * is the squared distance of neighbours. In a picture the path crosses the contour lines at right angles if `scale`
 * holds the lengths there of one unit of μ and of σ, {mu, sigma}, or of log σ, {mu, logSigma}.
 *
 * The steps are those of Rosenbrock's method of order two (ROS2 of Verwer, Spee, Blom and Hundsdorfer, 1999): accurate
 * where they are short, and Newton's near the end.
 */
export function localMinimumFrom(P, mu, sigma, { scale, forward = false, entropyWeight = 1 } = {}) {
  const rest = 1 - entropyWeight;
  const reverse = (m, s) => {
    const at = scaledDerivatives(P, m, s);
    return { ...at, kl: at.kl + rest * entropyOfNormal(s), byLogSigma: at.byLogSigma + rest };
  };
  const derivatives = forward ? (m, s) => scaledForward(P, m, s) : reverse;
  const objective = (m, s) => ({ ...derivatives(m, s), mu: m, sigma: s });
  let at = objective(mu, sigma);
  const path = [at];
  let h = 1;
  while (path.length < MOST_STRIDES && Math.hypot(at.byMu, at.byLogSigma) > 1e-11) {
    const next = strideDown(objective, at, (sigma) => squaredLengths(sigma, scale), h);
    if (!next) break;
    h = 4 * next.h;
    at = next.at;
    path.push(at);
  }
  return path.map(({ mu, sigma, kl }) => ({ mu, sigma, kl }));
}

/** D(P‖Q) with its derivatives in μ/σ and log σ. */
function scaledForward(P, mu, sigma) {
  const best = fitForward(P);
  const shift = (mu - best.mu) / sigma;
  const square = (best.sigma / sigma) ** 2 + shift * shift; // E_P[((x − μ)/σ)²]
  return {
    kl: best.kl + klNormal(best.mu, best.sigma, mu, sigma),
    byMu: shift,
    byLogSigma: 1 - square,
    byMuTwice: 1,
    byBoth: -2 * shift,
    byLogSigmaTwice: 2 * square,
  };
}

/** The squared lengths of dμ = σ and of d log σ = 1. */
function squaredLengths(sigma, scale) {
  if (!scale) return [1, 2];
  return [(scale.mu * sigma) ** 2, (scale.logSigma ?? scale.sigma * sigma) ** 2];
}

/** The point one step below, and the time h that it took; null where nothing is lower. */
function strideDown(objective, at, lengths, h) {
  // The coordinates are x = ((μ′ − μ)/σ, log σ′ − log σ); in them x′ = −G⁻¹∇D, and G and ∇²D are taken at x = 0.
  const [gMu, gLog] = lengths(at.sigma);
  const place = ([x, y]) => objective(at.mu + at.sigma * x, at.sigma * Math.exp(y));
  const isShort = ([x, y]) => Math.hypot(x, Math.SQRT2 * y) <= STRIDE;
  for (; h > 1e-18; h /= 2) {
    const [a, b, c] = [gMu + GAMMA * h * at.byMuTwice, GAMMA * h * at.byBoth, gLog + GAMMA * h * at.byLogSigmaTwice];
    const determinant = a * c - b * b;
    if (!(a > 0 && determinant > 0)) continue;
    const solve = (x, y) => [(c * x - b * y) / determinant, (a * y - b * x) / determinant];
    const first = solve(-at.byMu * h, -at.byLogSigma * h);
    if (!isShort(first)) continue;
    const ahead = place(first);
    const [aheadMu, aheadLog] = lengths(ahead.sigma);
    const flow = [(-ahead.byMu * ahead.sigma) / at.sigma / aheadMu, -ahead.byLogSigma / aheadLog];
    const second = solve(gMu * (flow[0] * h - 2 * first[0]), gLog * (flow[1] * h - 2 * first[1]));
    const step = first.map((x, i) => 1.5 * x + 0.5 * second[i]);
    if (!isShort(step)) continue;
    const next = place(step);
    if (next.kl < at.kl) return { at: next, h };
  }
  return null;
}
