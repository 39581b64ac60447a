/**
 * Mixtures P of two normals, and their divergences from and to normals Q = N(μ, σ²). In nats. See also heights.js.
 *
 * The functions are those of `klhelpers`, under JavaScript's spelling, and the tests hold the two against each other.
 *
 * The reverse divergence needs E_Q[log P], an integral. Let N₀ be the wider component of P and w₀ its weight. Then
 *     log P = log w₀ + log N₀ + f,   D(Q‖P) = D(Q‖N₀) − log w₀ − E_Q[f],
 * where the first divergence is in closed form, and f ≥ 0 grows at most linearly: what is left to integrate is small,
 * and nothing at all for a single normal. f is smooth, but bends sharply where one component of P takes over from the
 * other; the panels of the integration rule are graded towards these places.
 */

// At so many standard deviations the density of a normal, times any power that occurs here, is negligible.
// A panel is at most so many σ long, and at most so many times its distance from a singularity of f.
const EXACT = { reach: 9, panel: 3, grading: 1.4, ...gaussLegendre(16) };
const COARSE = { reach: 6, panel: 3, grading: 1.5, ...gaussLegendre(8) };
const HALF_LOG_2PI = Math.log(2 * Math.PI) / 2;

/** D(N(μ₁, σ₁²)‖N(μ₂, σ₂²)) = ½ [((μ₁ − μ₂)/σ₂)² + σ₁²/σ₂² − 1] − log(σ₁/σ₂). */
export function klNormal(mu1, sigma1, mu2, sigma2) {
  const [shift, scale] = [(mu1 - mu2) / sigma2, sigma1 / sigma2];
  return (shift * shift + (scale - 1) * (scale + 1)) / 2 - Math.log(scale);
}

/** The density Σ wₖ N(x; mₖ, sₖ²) of one or two normals; the weights are kept divided by their sum. */
export class Mixture {
  constructor(weights, means, sigmas) {
    const total = weights.reduce((a, b) => a + b);
    const parts = weights.map((w, k) => ({ w: w / total, m: means[k], s: sigmas[k] }));
    // The wider component, of equals the heavier, stands first; one without weight is left out.
    this.components = parts.filter(({ w }) => w > 0).sort((a, b) => b.s - a.s || b.w - a.w);
    const [wide, other] = this.components;
    this.rise = other && Math.log((other.w * wide.s) / (wide.w * other.s));
  }

  /** E_P X = Σ wₖ mₖ. */
  get mean() {
    return this.components.reduce((sum, { w, m }) => sum + w * m, 0);
  }

  /** Var_P X = Σ wₖ (sₖ² + (mₖ − E_P X)²). */
  get variance() {
    const { mean } = this;
    return this.components.reduce((sum, { w, m, s }) => sum + w * (s * s + (m - mean) ** 2), 0);
  }

  /** log P(x), also where P(x) is below the smallest number. */
  logDensity(x) {
    const { w, m, s } = this.components[0];
    return Math.log(w / s) - HALF_LOG_2PI - ((x - m) / s) ** 2 / 2 + this.aboveWidest(x);
  }

  /** P(x). */
  density(x) {
    return Math.exp(this.logDensity(x));
  }

  /** t(x) = log(w₁ N₁(x)) − log(w₀ N₀(x)), quadratic in x. */
  logOdds(x) {
    const [wide, other] = this.components;
    const [z0, z] = [(x - wide.m) / wide.s, (x - other.m) / other.s];
    return this.rise + ((z0 - z) * (z0 + z)) / 2;
  }

  /** f(x) = log P(x) − log(w₀ N₀(x)) = log(1 + exp t), without overflow. */
  aboveWidest(x) {
    if (this.components.length === 1) return 0;
    const t = this.logOdds(x);
    return Math.max(t, 0) + Math.log1p(Math.exp(-Math.abs(t)));
  }

  /**
   * At least how far x is from a singularity of f, off the real line.
   *
   * There t is ±iπ or farther from 0, so that t′(x) d + ½ t″ d² is at least as large as t(x) ± iπ.
   */
  smoothAround(x) {
    const [wide, other] = this.components;
    const size = Math.sqrt(this.logOdds(x) ** 2 + Math.PI ** 2); // Math.hypot takes long
    const slope = Math.abs((x - wide.m) / wide.s ** 2 - (x - other.m) / other.s ** 2);
    const bend = Math.abs(1 / wide.s ** 2 - 1 / other.s ** 2);
    return (2 * size) / (slope + Math.sqrt(slope * slope + 2 * bend * size));
  }
}

/* Expectations of f. */

/** The nodes and weights of Gauss and Legendre's rule on [−1, 1]: roots of the Legendre polynomial, by Newton. */
function gaussLegendre(count) {
  const nodes = [];
  const weights = [];
  for (let i = 0; i < count; i++) {
    let x = -Math.cos((Math.PI * (i + 0.75)) / (count + 0.5));
    let slope;
    for (let newton = 0; newton < 8; newton++) {
      let [before, value] = [1, x];
      for (let k = 2; k <= count; k++) [before, value] = [value, ((2 * k - 1) * x * value - (k - 1) * before) / k];
      slope = (count * (before - x * value)) / (1 - x * x);
      x -= value / slope;
    }
    nodes.push(x);
    weights.push(2 / ((1 - x * x) * slope * slope));
  }
  return { nodes, weights };
}

/**
 * Panels from `low` to `high`, for a normal of width σ: the middle and half the length of each, one after the other.
 *
 * They are of equal length, and then halved until each is short enough for the singularity that is nearest.
 */
function panelsBetween(P, low, high, sigma, { panel, grading }) {
  const panels = [];
  const cut = (from, to) => {
    const middle = (from + to) / 2;
    if (to - from > grading * P.smoothAround(middle)) {
      cut(from, middle);
      cut(middle, to);
    } else {
      panels.push(middle, (to - from) / 2);
    }
  };
  const count = Math.ceil((high - low) / (panel * sigma));
  const length = (high - low) / count;
  for (let i = 0; i < count; i++) cut(low + i * length, low + (i + 1) * length);
  return panels;
}

/**
 * E_Q[f] for one σ and evenly spaced μ, all from the same nodes.
 *
 * From one μ to the next the density at a node changes by a factor, and that factor by exp(−(step/σ)²): so that it
 * takes two exponentials a node, however many μ there are.
 */
function expectationsOfF(P, mus, sigma) {
  const sums = new Float64Array(mus.length);
  if (P.components.length === 1) return sums;
  const reach = COARSE.reach * sigma;
  const [first, step] = [mus[0], (mus.at(-1) - mus[0]) / (mus.length - 1)];
  const panels = panelsBetween(P, first - reach, mus.at(-1) + reach, sigma, COARSE);
  const { nodes, weights } = COARSE;
  const damping = Math.exp(-((step / sigma) ** 2));
  for (let i = 0; i < panels.length; i += 2) {
    for (let j = 0; j < nodes.length; j++) {
      const x = panels[i] + panels[i + 1] * nodes[j];
      const begin = Math.max(0, Math.ceil((x - reach - first) / step));
      const end = Math.min(mus.length - 1, Math.floor((x + reach - first) / step));
      if (begin > end) continue;
      const z = (x - mus[begin]) / sigma;
      let term = P.aboveWidest(x) * Math.exp(-z * z / 2 - HALF_LOG_2PI) * weights[j] * panels[i + 1] / sigma;
      let factor = Math.exp((z - step / sigma / 2) * (step / sigma));
      for (let k = begin; k <= end; k++) {
        sums[k] += term;
        term *= factor;
        factor *= damping;
      }
    }
  }
  return sums;
}

/**
 * E_Q[f], and its derivatives in μ/σ and log σ.
 *
 * With z = (x − μ)/σ the derivatives of Q are Q times polynomials in z, so that no derivative of P is needed.
 */
function momentsOfF(P, mu, sigma) {
  if (P.components.length === 1) return { value: 0, byMu: 0, byMuTwice: 0, byBoth: 0, byLogSigmaTwice: 0 };
  const { nodes, weights, reach } = EXACT;
  const panels = panelsBetween(P, mu - reach * sigma, mu + reach * sigma, sigma, EXACT);
  const near = P.aboveWidest(mu); // without it less is lost to rounding
  let [total, s0, s1, s2, s3, s4] = [0, 0, 0, 0, 0, 0];
  for (let i = 0; i < panels.length; i += 2) {
    for (let j = 0; j < nodes.length; j++) {
      const x = panels[i] + panels[i + 1] * nodes[j];
      const z = (x - mu) / sigma;
      const zz = z * z;
      const q = Math.exp(-zz / 2) * panels[i + 1] * weights[j];
      const term = q * (P.aboveWidest(x) - near);
      total += q;
      s0 += term;
      s1 += z * term;
      s2 += zz * term;
      s3 += z * zz * term;
      s4 += zz * zz * term;
    }
  }
  const [mean, first, second, third, fourth] = [s0, s1, s2, s3, s4].map((s) => s / total);
  const byMuTwice = second - mean; // E[f (z² − 1)], and also the derivative in log σ
  return {
    value: near + mean,
    byMu: first,
    byMuTwice,
    byBoth: third - 3 * first,
    byLogSigmaTwice: fourth - 4 * second + mean,
  };
}

/* Forward. */

/** The one minimiser {mu, sigma, kl} of D(P‖N(μ, σ²)): the mean and variance of P. */
export function fitForward(P) {
  if (!P.forward) {
    const [mu, sigma] = [P.mean, Math.sqrt(P.variance)];
    // E_P[log P] is the average over the components of −H(Nₖ) − D(Nₖ‖P). D ≥ 0, but rounding may leave −1e-16.
    const logP = P.components.reduce((sum, { w, m, s }) => sum - w * (entropyOfNormal(s) + reverseSlopes(P, m, s).kl), 0);
    P.forward = { mu, sigma, kl: Math.max(0, entropyOfNormal(sigma) + logP) };
  }
  return { ...P.forward };
}

function entropyOfNormal(sigma) {
  return HALF_LOG_2PI + 0.5 + Math.log(sigma);
}

/**
 * D(P‖Q) with its derivatives in μ/σ and log σ: D(P‖N*) + D(N*‖Q), where N* has the mean and variance of P (Pythagoras).
 *
 * The first term is an integral, found once for each P.
 */
export function forwardSlopes(P, mu, sigma) {
  const best = fitForward(P);
  const shift = (mu - best.mu) / sigma;
  return {
    kl: best.kl + klNormal(best.mu, best.sigma, mu, sigma),
    byMu: shift,
    byLogSigma: 1 - (best.sigma / sigma) ** 2 - shift * shift,
  };
}

/* Reverse. */

/** D(Q‖P) with its derivatives in μ/σ and log σ, which do not depend on the unit of x. */
export function reverseSlopes(P, mu, sigma) {
  const { w, m, s } = P.components[0];
  const f = momentsOfF(P, mu, sigma);
  const scale = (sigma / s) ** 2;
  return {
    kl: Math.max(0, klNormal(mu, sigma, m, s) - Math.log(w) - f.value),
    byMu: (sigma / s) * ((mu - m) / s) - f.byMu,
    byLogSigma: (sigma - s) * (sigma + s) / s ** 2 - f.byMuTwice,
    byMuTwice: scale - f.byMuTwice,
    byBoth: 0 - f.byBoth,
    byLogSigmaTwice: 2 * scale - f.byLogSigmaTwice,
  };
}

/** D(N(μ, σ²)‖P) to five digits at all pairs, for drawing: an array of a row for each σ. Two μ or more, evenly spaced. */
export function reverseGrid(P, mus, sigmas) {
  const { w, m, s } = P.components[0];
  return sigmas.map((sigma) => {
    const fromScale = klNormal(m, sigma, m, s) - Math.log(w);
    const row = expectationsOfF(P, mus, sigma);
    for (let k = 0; k < mus.length; k++) row[k] = Math.max(0, ((mus[k] - m) / s) ** 2 / 2 + fromScale - row[k]);
    return row;
  });
}

/** D(P‖N(μ, σ²)) at all pairs: an array of a row for each σ. */
export function forwardGrid(P, mus, sigmas) {
  return sigmas.map((sigma) => Float64Array.from(mus, (mu) => forwardSlopes(P, mu, sigma).kl));
}
