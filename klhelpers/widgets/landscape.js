// The landscape: a P of two normals, one normal Q, what each direction costs, and the height over all (μ, σ).

import { button, html, legend, number, slider } from "./draw.js";
import { explorable, remembered } from "./explorable.js";
import { LEAST_SIGMA, MOST_SIGMA, VIEW, curves, densityChart, mapChart, termChart } from "./landscape-charts.js";
import { reverseMinima, wayDown } from "./heights.js";
import { Mixture, fitForward, forwardGrid, forwardSlopes, klNormal, reverseGrid, reverseSlopes } from "./mixtures.js";

const MEANS = [-4, 12];
const SIGMAS = [0.3, 4];
const WEIGHTS = [0.05, 0.95]; // of the slider
const SLOPES = { forward: forwardSlopes, reverse: reverseSlopes };
const OBJECTIVES = Object.keys(SLOPES);
export const TRAITS = {
  weights: {},
  means: { within: MEANS },
  sigmas: { within: SIGMAS },
  mu: { within: VIEW },
  sigma: { within: [LEAST_SIGMA, MOST_SIGMA] },
  objective: { among: OBJECTIVES },
  guess: { among: ["", "left", "right", "both", "depends"] },
};
const PAIRS = ["weights", "means", "sigmas"];
const STEP = { p: 0.1, q: 0.05 };
const CLOSE = 5; // the challenge
const MOVING = 1500; // milliseconds of a roll, and of a pull
const GRID = { columns: 37, rows: 27, sigmas: [0.05, 7] }; // higher than the map, for minima above it
const PULLS = [[0.4, 4], [0.4, 5], [0.4, 6], [0.5, 7.5]]; // the weight of the left peak, and how far the right one goes
const TIE = 1e-9;
const nameOf = (mu, sigma) => `N(${number(mu)}, ${number(sigma)}²)`;

// --- what is computed ---

/** On which peak of P a normal lies: "left", "right", or "both"; "one" if P has but one peak. */
export function peakOf(P, mu, sigma) {
  const heights = Array.from({ length: 400 }, (_, i) => P.logDensity(VIEW[0] + ((VIEW[1] - VIEW[0]) * i) / 399));
  if (heights.filter((height, i) => height > heights[i - 1] && height >= heights[i + 1]).length < 2) return "one";
  const [left, right] = [...P.components].sort((a, b) => a.m - b.m).map(({ m, s }) => [m, s]);
  const normals = { both: [P.mean, Math.sqrt(P.variance)], left, right };
  const distance = (name) => klNormal(mu, sigma, ...normals[name]);
  return Object.keys(normals).reduce((best, name) => (distance(name) < distance(best) ? name : best));
}

/** The height of an objective on a grid over the map and above it; its rows are closer where σ is small. */
export function heightsOf(P, objective) {
  const spread = ([from, to], count, power) =>
    Array.from({ length: count }, (_, i) => from + (to - from) * (i / (count - 1)) ** power);
  const [mus, sigmas] = [spread(VIEW, GRID.columns, 1), spread(GRID.sigmas, GRID.rows, 1.5)];
  return { mus, sigmas, rows: objective === "forward" ? forwardGrid(P, mus, sigmas) : reverseGrid(P, mus, sigmas) };
}

/** What depends on P alone: P, the heights of the map by objective, the minima of each, told whether none is lower, and
    `where` the least one of the reverse lies. */
function survey(weights, means, sigmas) {
  const P = new Mixture(weights, means, sigmas);
  const heights = remembered((objective) => heightsOf(P, objective));
  const ranked = (fits) => fits.map((fit) => ({ ...fit, isBest: fit.kl - fits[0].kl < TIE }));
  const fits = { forward: ranked([fitForward(P)]), reverse: ranked(reverseMinima(P, heights("reverse"))) };
  const [{ mu, sigma }] = fits.reverse;
  return { P, heights, fits, where: peakOf(P, mu, sigma) };
}

// --- what the reader moves ---

/** The handles of P, two for each component, and of Q, as `densityChart` wants them. */
function handlesOf(words, control) {
  const pair = (kind, step, names, k) => {
    const [mean, width] = names.map((name) => ({
      ...control(name, k), kind, label: k === undefined ? words[name] : words[name][k], stepped: (old, n) => old + n * step,
    }));
    return [{ ...mean, part: "top", arrows: true }, { ...width, part: "flank", from: mean.value }];
  };
  return [...[0, 1].flatMap((k) => pair("p", STEP.p, ["means", "sigmas"], k)), ...pair("q", STEP.q, ["mu", "sigma"])];
}

// --- the explorable ---

function render(context) {
  const { el } = context;
  const { words, now, guess, put, control, choose, play, ask, finish } = explorable(context, { name: "landscape", traits: TRAITS });
  const first = now();
  const surveyed = remembered(survey); // kept while Q moves
  const land = () => {
    const { weights, means, sigmas } = now();
    return surveyed(weights, means, sigmas);
  };

  let rolled = { way: [] };
  const roll = () => {
    const { mu, sigma, objective } = now();
    const { P } = land();
    const slopes = (...at) => SLOPES[objective](P, ...at);
    const way = wayDown(slopes, { mu, sigma }, drawMap.unit(), LEAST_SIGMA);
    const seen = way.filter((at) => at.sigma <= MOST_SIGMA && at.mu >= VIEW[0] && at.mu <= VIEW[1]);
    play(MOVING, (part) => {
      rolled = { P, way: seen.slice(0, 1 + Math.round(part * (seen.length - 1))) };
      const at = rolled.way.at(-1);
      return { mu: at.mu, sigma: at.sigma };
    });
  };
  /** How far Q has rolled; nothing once a hand has moved Q, or P. */
  const trail = ({ mu, sigma }) => {
    const end = rolled.way.at(-1);
    return rolled.P === land().P && end.mu === mu && end.sigma === sigma ? rolled.way : [];
  };
  const pull = (left, distance) => {
    put({ weights: [left, 1 - left], sigmas: [1, 1] });
    const [from, to] = [now().means, [-1, distance - 1]];
    play(MOVING, (part) => ({ means: from.map((mean, k) => mean + part * (to[k] - mean)) }));
  };

  const steps = html("div", { class: "klx-controls klx-answer" }, el);
  PULLS.forEach((to, i) => button(steps, words.steps[i], () => pull(...to)));
  const writeLegend = legend(el, ["p", "q"]);
  const drawDensities = densityChart(el, words, handlesOf(words, control));
  const drawWeight = slider(el, {
    kind: "p", name: words.weight, range: WEIGHTS, marks: [0.05, 0.25, 0.5, 0.75, 0.95].map((value) => [value, value]),
    value: () => now().weights[1], put: (weight) => put({ weights: [1 - weight, weight] }),
  });
  const drawTerms = OBJECTIVES.map((kind) => termChart(el, words, kind));
  const { answer } = ask(el);
  const controls = html("div", { class: "klx-controls" }, answer);
  choose(controls, "objective");
  button(controls, words.roll, roll);
  const drawMap = mapChart(answer, words, { now, step: STEP.q, put: (mu, sigma) => put({ mu, sigma }) });
  html("p", { class: "klx-note", text: words.legend }, answer);

  finish({
    measure: (state) => {
      const { means, mu, sigma, objective } = state;
      const { P, heights, fits, where } = land();
      const minima = fits[objective];
      const trap = minima.find((fit) => !fit.isBest && Math.hypot(fit.mu - mu, fit.sigma - sigma) < 0.01);
      return {
        ...state, heights: heights(objective), minima, fits, P, trail: trail(state), curve: curves(P, mu, sigma),
        forward: forwardSlopes(P, mu, sigma).kl, reverse: reverseSlopes(P, mu, sigma).kl, isRevealed: Boolean(guess()),
        peak: where, where: words.where[where], count: minima.length, fit: nameOf(minima[0].mu, minima[0].sigma),
        here: trap?.kl, least: minima[0].kl, apart: Math.abs(means[1] - means[0]), guess: words.answers[guess()],
      };
    },
    draw: ({ weights, means, sigmas, mu, sigma }, width, shown) => {
      const parts = [0, 1].map((k) => `${number(weights[k])} ${nameOf(means[k], sigmas[k])}`);
      writeLegend([`P = ${parts.join(" + ")}`, `Q = ${nameOf(mu, sigma)}`]);
      drawDensities(shown, width);
      for (const drawTerm of drawTerms) drawTerm(shown, width);
      drawMap(shown, width);
      drawWeight(width);
    },
    // What the map is an example of, whether Q is stuck there, and of the P that was asked about the verdict.
    remark: (state, { minima: [, second], peak, here }) => {
      if (state.objective === "forward") return [words.one.forward];
      const isAsked = PAIRS.every((name) => state[name].join() === first[name].join());
      return [
        ...(isAsked ? [words.said, guess() === peak ? words.right : words.wrong] : []),
        !second ? words.one.reverse : second.isBest ? words.tie : words.several,
        here !== undefined && words.stuck,
      ];
    },
    challenge: (_, { peak, apart }) => ({ met: apart < CLOSE && ["left", "right"].includes(peak) }),
  });
}

export default { render };
