// The landscape: a P of two normals, one normal Q, what each direction costs, and the height over all (μ, σ).

import { button, choice, html, legend, number, slider } from "./draw.js";
import { choiceFault, explorable, fill, rangeFault } from "./explorable.js";
import { LEAST_SIGMA, MOST_SIGMA, VIEW, curves, densityChart, mapChart, termChart } from "./landscape-charts.js";
import { highestPoint, peaks, reverseMinima, wayDown } from "./minima.js";
import { Mixture, entropyOfNormal, fitForward, forwardGrid, forwardKl, klNormal, reverseGrid } from "./mixtures.js";
import { forwardSlopes, reverseKl, reverseSlopes } from "./mixtures.js";

const MEANS = [-4, 12];
const SIGMAS = [0.3, 4];
const FARTHEST = 12; // of the separation slider
const WEIGHTS = [0.05, 0.95]; // of the weight slider
const LIMITS = { weights: [0, 1], means: MEANS, sigmas: SIGMAS, mu: VIEW, sigma: [LEAST_SIGMA, MOST_SIGMA] };
const PAIRS = ["weights", "means", "sigmas"];
const OBJECTIVES = ["forward", "reverse", "cross_entropy"];
const STEP = { p: 0.1, q: 0.05 };
const CHALLENGE = 0.18;
const ROLL = 1500; // milliseconds
const GRID = { fine: [73, 45], coarse: [37, 21] };
const WIDEST = 9; // σ of a minimum: more than the map shows
const NARROW = 464; // pixels, below which sliders stand one below the other
const SOURCE = { weights: [0.4, 0.6], means: [-1, 3], sigmas: [1, 1] };
const DEFAULT = { ...SOURCE, mu: 2.8, sigma: 1.2, objective: "reverse" };
const DRAWN = {
  forward: { ...SOURCE, mu: 1.4, sigma: 2, objective: "forward" },
  reverse: { ...SOURCE, mu: 2.8, sigma: 1.2, objective: "reverse" },
};
const EQUAL = [0, 2.5, 5, 7.5, 10]; // separations
const equalPeaks = (distance) => ({ weights: [0.5, 0.5], means: [0, distance], sigmas: [1, 1] });
const nameOf = (mu, sigma) => `N(${number(mu)}, ${number(sigma)}²)`;

// --- what is computed ---

function faultOf(state) {
  for (const [name, limits] of Object.entries(LIMITS)) {
    const isPair = PAIRS.includes(name);
    const values = isPair ? state[name] : [state[name]];
    if (isPair && values?.length !== 2) return { reason: "length", name, found: values?.length ?? 0, wanted: 2 };
    const fault = values.map((value) => rangeFault(name, value, limits)).find(Boolean);
    if (fault) return fault;
  }
  const value = state.weights[0] + state.weights[1];
  if (Math.abs(value - 1) > 1e-8) return { reason: "sum", name: "weights", value };
  return choiceFault("objective", state.objective, OBJECTIVES);
}

/** Whether P is that of another state. */
const isSame = (state, other) => PAIRS.every((name) => state[name].every((x, i) => Math.abs(x - other[name][i]) < 1e-9));

/** The normals that stand for the left peak of P, for the right one, and for both. */
function standards(P) {
  const [left, right = left] = [...P.components].sort((a, b) => a.m - b.m).map(({ m, s }) => ({ mu: m, sigma: s }));
  return { both: { mu: P.mean, sigma: Math.sqrt(P.variance) }, left, right };
}

/** On which peak of P a normal lies: "left", "right", or "both"; "one" if P has but one peak. */
export function peakOf(P, mu, sigma) {
  if (peaks(P).length < 2) return "one";
  const normals = standards(P);
  const distance = (name) => klNormal(mu, sigma, normals[name].mu, normals[name].sigma);
  return Object.keys(normals).reduce((best, name) => (distance(name) < distance(best) ? name : best));
}

/** Both means, the right one so far from the left one; the left one stays where it is if there is room. */
export function separated([a, b], distance) {
  const left = Math.min(a, b, MEANS[1] - distance);
  return a <= b ? [left, left + distance] : [left + distance, left];
}

/** The height of an objective on a grid over the map, or up to a larger σ; its rows are closer where σ is small. */
export function heightsOf(P, objective, [columns, count], highest = MOST_SIGMA) {
  const mus = Array.from({ length: columns }, (_, i) => VIEW[0] + ((VIEW[1] - VIEW[0]) * i) / (columns - 1));
  const rise = MOST_SIGMA - LEAST_SIGMA;
  const last = Math.ceil((count - 1) * ((highest - LEAST_SIGMA) / rise) ** (2 / 3));
  const sigmas = Array.from({ length: last + 1 }, (_, j) => LEAST_SIGMA + rise * (j / (count - 1)) ** 1.5);
  const rows = objective === "forward" ? forwardGrid(P, mus, sigmas) : reverseGrid(P, mus, sigmas);
  return objective === "cross_entropy" ? withEntropy({ mus, sigmas, rows }) : { mus, sigmas, rows };
}

/** What is left of the heights of D(Q‖P) = −E_Q[log p] − H(Q) when the entropy of Q no longer counts. */
function withEntropy({ mus, sigmas, rows }) {
  return { mus, sigmas, rows: rows.map((row, j) => row.map((kl) => kl + entropyOfNormal(sigmas[j]))) };
}

/**
 * A function from a state to what depends on P alone, which is kept while Q moves: P, the heights of the map, the
 * minima of both directions, the highest point of P, and the minima of the objective as marks on the map.
 *
 * While P moves the map is coarse.
 */
function survey() {
  let known = {};
  return ({ weights, means, sigmas, objective }, isMoving) => {
    const key = [...weights, ...means, ...sigmas].join();
    if (known.key !== key) known = { key, P: new Mixture(weights, means, sigmas) };
    const { P } = known;
    if (!known.heights || (known.isCoarse && !isMoving)) {
      const grid = isMoving ? GRID.coarse : GRID.fine;
      const { mus, sigmas, rows } = heightsOf(P, "reverse", grid, WIDEST);
      const onMap = (all) => all.slice(0, grid[1]);
      known = {
        ...known, grid, isCoarse: isMoving, marks: {},
        heights: { reverse: { mus, sigmas: onMap(sigmas), rows: onMap(rows) } },
        fits: { forward: [fitForward(P)], reverse: reverseMinima(P, { mus, sigmas, rows }) },
        highest: highestPoint(P),
      };
    }
    const { heights } = known;
    heights[objective] ??= objective === "forward" ? heightsOf(P, objective, known.grid) : withEntropy(heights.reverse);
    known.marks[objective] ??= marksOf(known, objective);
    return { ...known, heights: heights[objective], marks: known.marks[objective] };
  };
}

/** Where the objective is lowest and low. Without entropy that is a limit, and no minimum. */
function marksOf({ fits, highest }, objective) {
  if (objective === "cross_entropy") return [{ mu: highest.x, sigma: 0, kl: -highest.logDensity }];
  return fits[objective].map((fit, i) => ({ ...fit, isBest: i === 0 }));
}

/** The height of an objective at a normal, and its slopes. */
function slopesOf(P, objective) {
  if (objective === "forward") return (mu, sigma) => forwardSlopes(P, mu, sigma);
  if (objective === "reverse") return (mu, sigma) => reverseSlopes(P, mu, sigma);
  return (mu, sigma) => {
    const at = reverseSlopes(P, mu, sigma);
    return { ...at, kl: at.kl + entropyOfNormal(sigma), byLogSigma: at.byLogSigma + 1 };
  };
}

// --- what the reader moves ---

/** The handles of P, two for each component, and of Q, as `densityChart` wants them. */
function handlesOf(words, now, put) {
  const changed = (name, k, value) => ({ [name]: now()[name].map((old, i) => (i === k ? value : old)) });
  const ofComponent = (k) => [
    {
      kind: "p", part: "top", label: words.peak[k], range: MEANS, step: STEP.p,
      value: () => now().means[k], put: (value) => put(changed("means", k, value)),
    },
    {
      kind: "p", part: "flank", label: words.width[k], range: SIGMAS, step: STEP.p, from: () => now().means[k],
      value: () => now().sigmas[k], put: (value) => put(changed("sigmas", k, value)),
    },
  ];
  return [
    ...ofComponent(0), ...ofComponent(1),
    { kind: "q", part: "top", label: words.mu, range: VIEW, step: STEP.q, value: () => now().mu, put: (mu) => put({ mu }) },
    {
      kind: "q", part: "flank", label: words.sigma, range: LIMITS.sigma, step: STEP.q, from: () => now().mu,
      value: () => now().sigma, put: (sigma) => put({ sigma }),
    },
  ];
}

/** Sliders of the separation of the peaks and of the weight of the right one. Returns draw(width). */
function mixtureSliders(parent, words, now, put, signal) {
  const row = html("div", { class: "klx-pair" }, parent);
  const rightmost = () => (now().means[0] <= now().means[1] ? 1 : 0);
  const common = { kind: "p", text: (value) => number(value), signal };
  const ticks = (values) => values.map((value) => [value, value]);
  const sliders = [
    slider(html("div", {}, row), {
      ...common, name: words.separation, range: [0, FARTHEST], ticks: ticks([0, 2, 4, 6, 8, 10, 12]),
      get: () => Math.min(FARTHEST, Math.abs(now().means[1] - now().means[0])),
      put: (value) => put({ means: separated(now().means, Math.round(value * 100) / 100) }),
      stepped: (value, n) => value + n * STEP.p,
    }),
    slider(html("div", {}, row), {
      ...common, name: words.weight, range: WEIGHTS, ticks: ticks([0.05, 0.25, 0.5, 0.75, 0.95]),
      get: () => now().weights[rightmost()],
      put: (value) => {
        const weight = Math.round(value * 100) / 100;
        put({ weights: rightmost() ? [1 - weight, weight] : [weight, 1 - weight] });
      },
      stepped: (value, n) => value + n / 100,
    }),
  ];
  return (width) => {
    for (const draw of sliders) draw(width < NARROW ? width : (width - 16) / 2);
  };
}

/** Buttons that put P and Q in a state worth seeing. Returns draw(state). */
function examples(parent, words, put, signal) {
  const rows = html("div", { class: "klx-controls klx-over" }, parent);
  const labelled = (label, options, pick) => {
    const row = html("div", { class: "klx-counter" }, rows);
    html("span", { text: label, "aria-hidden": "true" }, row);
    return choice(row, { label, options, pick, signal });
  };
  labelled(words.drawn.label, Object.keys(DRAWN).map((name) => [name, words.drawn[name]]), (name) => put(DRAWN[name]))(null);
  const showEqual = labelled(words.equal, EQUAL.map((distance) => [distance, distance]), (distance) =>
    put(equalPeaks(distance)));
  button(rows, words.far, () => put({ ...SOURCE, means: [-1, 5] }), signal);
  return (state) => showEqual(EQUAL.find((distance) => isSame(state, equalPeaks(distance))) ?? null);
}

/**
 * A ball that rolls: `along(way, unit)` moves it from point to point, `move(point)` being told where it is, and
 * `rest()` that it has arrived. Where motion is not wanted it is at the end at once. `trail` is how far it has come.
 */
function rollingBall({ move, rest, signal }) {
  const ball = { trail: [] };
  let frame = 0;
  ball.stop = () => {
    cancelAnimationFrame(frame);
    ball.trail = [];
  };
  signal.addEventListener("abort", ball.stop);
  ball.along = (way, unit) => {
    ball.stop();
    const covered = lengths(way, unit);
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const begin = performance.now();
    const step = (time) => {
      const part = still ? 1 : Math.min(1, Math.max(0, time - begin) / ROLL);
      ball.trail = way.filter((_, i) => covered[i] <= part * covered.at(-1));
      move(ball.trail.at(-1));
      if (part < 1) frame = requestAnimationFrame(step);
      else rest();
    };
    step(begin);
  };
  return ball;
}

/** How far each point of a way is from its beginning, in pixels. */
function lengths(way, unit) {
  let total = 0;
  return way.map(({ mu, sigma }, i) => {
    if (i) total += Math.hypot((mu - way[i - 1].mu) * unit.mu, (sigma - way[i - 1].sigma) * unit.sigma);
    return total;
  });
}

/** Whether a drag goes on inside of `el`; `ended()` is called when it does no longer. */
function dragging(el, ended, signal) {
  let isHeld = false;
  el.addEventListener("pointerdown", (event) => {
    isHeld = event.button === 0 && Boolean(event.target.closest(".klx-handle"));
  }, { signal });
  el.addEventListener("lostpointercapture", () => {
    isHeld = false;
    ended();
  }, { signal });
  return () => isHeld;
}

// --- the explorable ---

function render(context) {
  const { model, el, signal } = context;
  const { words, now, put, ask, finish } = explorable(context, {
    name: "landscape", initial: DEFAULT, guesses: ["guess"], faultOf,
  });
  const first = now();
  const surveyed = survey();
  const isHeld = dragging(el, () => redraw(), signal);
  const land = () => surveyed(now(), isHeld());
  const kl = () => {
    const { mu, sigma } = now();
    const { P } = land();
    return { forward: forwardKl(P, mu, sigma), reverse: reverseKl(P, mu, sigma) };
  };

  const ball = rollingBall({
    move: ({ mu, sigma }) => {
      model.set({ mu, sigma });
      redraw();
    },
    rest: () => put({}),
    signal,
  });
  let isByHand = true; // that Q stands where the reader put it, not where it rolled to, or a button put it
  const place = (values, byHand) => {
    ball.stop();
    isByHand = byHand;
    put(values);
    redraw();
  };
  const move = (values) => place(values, true);
  const show = (values) => place(values, false);
  const roll = () => {
    const { mu, sigma, objective } = now();
    const unit = drawMap.unit();
    const way = wayDown(slopesOf(land().P, objective), { mu, sigma }, unit, LEAST_SIGMA);
    isByHand = false;
    ball.along(way.filter((at) => at.sigma <= MOST_SIGMA && at.mu >= VIEW[0] && at.mu <= VIEW[1]), unit);
  };

  const writeLegend = legend(el, ["p", "q"]);
  const drawDensities = densityChart(el, words, handlesOf(words, now, move), signal);
  const drawTerms = ["forward", "reverse"].map((kind) => termChart(el, words, kind));
  const { question, answer } = ask(el, words.question, [
    [words.here, () => {
      const guess = peakOf(land().P, now().mu, now().sigma);
      move({ guess: guess === "one" ? "both" : guess });
    }],
    ...["left", "right", "both", "depends"].map((guess) =>
      [words.guess[guess], () => show({ guess, ...standards(land().P)[guess] })]),
  ]);
  question.classList.add("klx-top");
  const controls = html("div", { class: "klx-controls klx-over" }, answer);
  const showObjective = choice(controls, {
    label: words.objective, options: OBJECTIVES.map((name) => [name, words.objectives[name]]),
    pick: (objective) => place({ objective }, isByHand), signal,
  });
  button(controls, words.roll, roll, signal);
  button(controls, words.again, () => show(first), signal);
  html("p", { class: "klx-note", text: words.legend }, answer);
  const drawMap = mapChart(answer, words, { now, step: STEP.q, put: (mu, sigma) => move({ mu, sigma }) }, signal);
  const drawSliders = mixtureSliders(answer, words, now, move, signal);
  const drawExamples = examples(answer, words, show, signal);

  const redraw = finish({
    draw: (state, width) => {
      const { P, heights, marks, fits } = land();
      const shown = {
        ...state, P, heights, marks, kl: kl(), trail: ball.trail, curve: curves(P, state.mu, state.sigma),
        least: { forward: fits.forward[0], reverse: fits.reverse[0] }, isRevealed: Boolean(model.get("guess")),
        colour: state.objective === "forward" ? "forward" : "reverse",
      };
      const parts = [0, 1].map((k) => `${number(state.weights[k])} ${nameOf(state.means[k], state.sigmas[k])}`);
      writeLegend([`P = ${parts.join(" + ")}`, `Q = ${nameOf(state.mu, state.sigma)}`]);
      drawDensities(shown, width);
      for (const drawTerm of drawTerms) drawTerm(shown, width);
      drawMap(shown, width);
      drawSliders(width);
      showObjective(state.objective);
      drawExamples(state);
    },
    remark: (state) => remark(state, land(), model.get("guess"), words),
    challenge: (state) => {
      const value = kl().forward;
      const isAnswered = Boolean(model.get("guess"));
      if (!isSame(state, SOURCE)) return { met: false, said: [words.challenge, words.elsewhere] };
      const met = isAnswered && isByHand && value < CHALLENGE;
      return { met, said: [words.challenge, isAnswered && fill(met ? words.met : words.soFar, { value: number(value, 4) })] };
    },
    spoken: () => {
      const { forward, reverse } = kl();
      return fill(words.spoken, { forward: number(forward, 3), reverse: number(reverse, 3) });
    },
  });
}

/** What the present map is an example of, and how it compares with the guess. */
function remark(state, { P, fits, highest }, guess, words) {
  const { objective, mu, sigma } = state;
  const { forward: [forward], reverse: [best, ...others] } = fits;
  if (objective === "forward") return [fill(words.one.forward, { fit: nameOf(forward.mu, forward.sigma) })];
  if (objective === "cross_entropy") {
    const value = reverseKl(P, mu, sigma) + entropyOfNormal(sigma);
    const limit = number(-highest.logDensity, 3);
    return [fill(words.collapse, { at: number(highest.x), value: number(value, 3), limit })];
  }
  const where = peakOf(P, best.mu, best.sigma);
  const truth = fill(others.length ? words.several : words.one.reverse, {
    fit: nameOf(best.mu, best.sigma), count: fits.reverse.length, where: words.where[where],
  });
  if (!isSame(state, SOURCE) || !(guess in words.said)) return [truth];
  return [words.said[guess], guess === where ? words.right : words.wrong, truth];
}

export default { render };
