// The landscape: a P of two normals, one normal Q, what each direction costs, and the height over all (μ, σ).

import { button, choice, herald, html, keepDrawn, number, prediction, set, slider, stage } from "./draw.js";
import { LEAST_SIGMA, MOST_SIGMA, VIEW, curves, densityChart, mapChart, termChart } from "./landscape-charts.js";
import { ROUGHLY, fitReverse, highestPoint, localMinimumFrom, peakBrackets } from "./minima.js";
import { Mixture, fitForward, forwardGrid, forwardKl, klNormal, reverseGrid, reverseKl } from "./mixtures.js";
import { fill, wordsOf } from "./words.js";

const MEANS = [-4, 12];
const SIGMAS = [0.3, 4];
const FARTHEST = 12; // of the separation slider
const WEIGHTS = [0.05, 0.95]; // of the weight slider
const LIMITS = { weights: [0, 1], means: MEANS, sigmas: SIGMAS, mu: VIEW, sigma: [LEAST_SIGMA, MOST_SIGMA] };
const OBJECTIVES = ["forward", "reverse", "cross_entropy"];
const STEP = { p: 0.1, q: 0.05 };
const CHALLENGE = 0.18;
const ROLL = 1500; // milliseconds
const GRID = { fine: [73, 45], coarse: [37, 21] };
const SOURCE = { weights: [0.4, 0.6], means: [-1, 3], sigmas: [1, 1] };
const DEFAULT = { ...SOURCE, mu: 2.8, sigma: 1.2, objective: "reverse" };
const DRAWN = {
  forward: { ...SOURCE, mu: 1.4, sigma: 2, objective: "forward" },
  reverse: { ...SOURCE, mu: 2.8, sigma: 1.2, objective: "reverse" },
};
const EQUAL = [0, 2.5, 5, 7.5, 10]; // separations
const equalPeaks = (distance) => ({ weights: [0.5, 0.5], means: [0, distance], sigmas: [1, 1] });

// --- what is computed ---

/** What keeps a state from being shown, as a key of the words and what to fill in; null if nothing does. */
export function faultOf(state) {
  for (const [name, [least, most]] of Object.entries(LIMITS)) {
    const isPair = ["weights", "means", "sigmas"].includes(name);
    const values = isPair ? state[name] : [state[name]];
    if (!Array.isArray(values) || values.length !== values.filter(Number.isFinite).length) return { reason: "number", name };
    if (isPair && values.length !== 2) return { reason: "length", name, count: values.length };
    const value = values.find((v) => v < least || v > most);
    if (value !== undefined) return { reason: "range", name, value, least: number(least, 2), most };
  }
  const total = state.weights[0] + state.weights[1];
  if (Math.abs(total - 1) > 1e-8) return { reason: "sum", value: total };
  return OBJECTIVES.includes(state.objective) ? null : { reason: "objective" };
}

/** On which peak of P a normal sits: "left", "right", or "both"; "one" if P has but one peak. */
export function seat(P, mu, sigma) {
  if (peakBrackets(P).length < 2) return "one";
  const [left, right] = [...P.components].sort((a, b) => a.m - b.m);
  const seats = { both: [P.mean, Math.sqrt(P.variance)], left: [left.m, left.s], right: [right.m, right.s] };
  const distance = (name) => klNormal(mu, sigma, ...seats[name]);
  return Object.keys(seats).reduce((best, name) => (distance(name) < distance(best) ? name : best));
}

/** Both means, the right one so far from the left one; the left one stays where it is if there is room. */
export function separated([a, b], distance) {
  const left = Math.min(a, b, MEANS[1] - distance);
  return a <= b ? [left, left + distance] : [left + distance, left];
}

/** The height of an objective on a grid over the map, its rows closer where σ is small. */
export function heightsOf(P, objective, [columns, rows]) {
  const mus = Array.from({ length: columns }, (_, i) => VIEW[0] + ((VIEW[1] - VIEW[0]) * i) / (columns - 1));
  const rise = MOST_SIGMA - LEAST_SIGMA;
  const sigmas = Array.from({ length: rows }, (_, j) => LEAST_SIGMA + rise * (j / (rows - 1)) ** 1.5);
  const grid = objective === "forward" ? forwardGrid(P, mus, sigmas) : reverseGrid(P, mus, sigmas);
  if (objective !== "cross_entropy") return { mus, sigmas, rows: grid };
  return { mus, sigmas, rows: grid.map((row, j) => row.map((kl) => kl + entropyOf(sigmas[j]))) };
}

const entropyOf = (sigma) => Math.log(sigma * Math.sqrt(2 * Math.PI * Math.E));

/** The minima of all objectives; `reverse` is empty where rounding does not let them be told. Roughly, if P is moving. */
export function fits(P, moving = false) {
  let reverse = [];
  try {
    reverse = moving ? fitReverse(P, ROUGHLY) : fitReverse(P);
  } catch {
    // P is so close to a birth of minima that none can be certified; the words say so.
  }
  return { forward: [fitForward(P)], reverse, highest: highestPoint(P) };
}

/** Where the objective is lowest and low, as marks on the map. */
function marks(found, objective) {
  if (objective === "cross_entropy") return [{ mu: found.highest.x, sigma: 0, kl: -found.highest.logDensity }];
  return found[objective].map((fit, i) => ({ ...fit, best: i === 0 }));
}

const nameOf = (mu, sigma) => `N(${number(mu)}, ${number(sigma)}²)`;
/** Whether P is that of another state. */
const isSame = (state, other) =>
  ["weights", "means", "sigmas"].every((name) => state[name].every((x, i) => Math.abs(x - other[name][i]) < 1e-9));

// --- the explorable ---

function legend(parent, words) {
  const row = html("p", { class: "klx-legend" }, parent);
  const [p, q] = ["p", "q"].map((kind) => {
    const item = html("span", {}, row);
    html("b", { class: `klx-swatch klx-${kind}` }, item);
    return html("span", {}, item);
  });
  return ({ weights, means, sigmas, mu, sigma }) => {
    const parts = [0, 1].map((k) => `${number(weights[k])} ${nameOf(means[k], sigmas[k])}`);
    set(p, { text: `${words.p} = ${parts.join(" + ")}` });
    set(q, { text: `${words.q} = ${nameOf(mu, sigma)}` });
  };
}

function render({ model, el, signal }) {
  const words = wordsOf("landscape", el);
  const names = [...Object.keys(LIMITS), "objective"];
  let valid = DEFAULT; // the last state that could be drawn
  let latest = null; // the state as it is, read once for each change, as a drawing asks for it many times
  const raw = () => {
    if (latest) return latest;
    latest = Object.fromEntries(names.map((name) => [name, model.get(name)]));
    if (!faultOf(latest)) valid = latest;
    return latest;
  };
  for (const name of names) model.on(`change:${name}`, () => (latest = null));
  const now = () => {
    raw();
    return valid;
  };
  const first = now();

  let trail = []; // of the last roll
  let rolling = 0; // the frame that is asked for
  let rolled = false; // that Q stands where it rolled to, or where a button put it
  const stop = () => {
    cancelAnimationFrame(rolling);
    rolling = 0;
  };
  signal.addEventListener("abort", stop);
  /** What the reader does, by hand or by a button. */
  const put = (values, byHand = true) => {
    if (rolling) model.save_changes();
    stop();
    trail = [];
    rolled = !byHand;
    model.set(values);
    model.save_changes();
    speak();
    redraw();
  };
  const rightmost = () => (now().means[0] <= now().means[1] ? 1 : 0);
  const changed = (name, k, value) => now()[name].map((old, i) => (i === k ? value : old));

  stage(el, words.title);
  html("p", { class: "klx-lead", text: words.lead }, el);
  const drawLegend = legend(el, words);
  const hands = [0, 1].flatMap((k) => [
    {
      kind: "p", part: "top", label: words.peak[k], range: MEANS, step: STEP.p,
      value: () => now().means[k], put: (value) => put({ means: changed("means", k, value) }),
    },
    {
      kind: "p", part: "flank", label: words.width[k], range: SIGMAS, step: STEP.p, from: () => now().means[k],
      value: () => now().sigmas[k], put: (value) => put({ sigmas: changed("sigmas", k, value) }),
    },
  ]);
  hands.push(
    {
      kind: "q", part: "top", label: words.mu, range: VIEW, step: STEP.q,
      value: () => now().mu, put: (mu) => put({ mu }),
    },
    {
      kind: "q", part: "flank", label: words.sigma, range: [LEAST_SIGMA, MOST_SIGMA], step: STEP.q,
      from: () => now().mu, value: () => now().sigma, put: (sigma) => put({ sigma }),
    },
  );
  const drawDensities = densityChart(el, words, hands, signal);

  const drawTerms = ["forward", "reverse"].map((kind) => termChart(el, words, kind));

  const { question, answer, reveal } = prediction(el, words.question);
  question.classList.add("klx-top");
  const answers = html("div", { class: "klx-choice" }, question);
  button(answers, words.here, () => {
    const where = seat(P(), now().mu, now().sigma);
    put({ guess: where === "one" ? "both" : where });
  }, signal);
  for (const guess of ["left", "right", "both", "depends"]) {
    button(answers, words.guess[guess], () => put({ guess, ...standing(P(), guess) }, false), signal);
  }

  const controls = html("div", { class: "klx-controls klx-over" }, answer);
  const showObjective = choice(controls, {
    label: words.objective, options: OBJECTIVES.map((name) => [name, words.objectives[name]]),
    pick: (objective) => put({ objective }, !rolled), signal,
  });
  button(controls, words.roll, () => roll(), signal);
  button(controls, words.again, () => put({ ...first }, false), signal);
  html("p", { class: "klx-note", text: words.legend }, answer);
  const place = {
    mu: () => now().mu, sigma: () => now().sigma, step: STEP.q, put: (mu, sigma) => put({ mu, sigma }),
  };
  const drawMap = mapChart(answer, words, place, signal);
  const sliders = html("div", { class: "klx-pair" }, answer);
  const drawSliders = [
    slider(html("div", {}, sliders), {
      kind: "p", name: words.separation, text: (value) => number(value), range: [0, FARTHEST],
      ticks: [0, 2, 4, 6, 8, 10, 12].map((value) => [value, value]),
      get: () => Math.min(FARTHEST, Math.abs(now().means[1] - now().means[0])),
      put: (value) => put({ means: separated(now().means, Math.round(value * 100) / 100) }),
      stepped: (value, n) => value + n * STEP.p,
      signal,
    }),
    slider(html("div", {}, sliders), {
      kind: "p", name: words.weight, text: (value) => number(value), range: WEIGHTS,
      ticks: [0.05, 0.25, 0.5, 0.75, 0.95].map((value) => [value, value]),
      get: () => now().weights[rightmost()],
      put: (value) => {
        const weight = Math.round(value * 100) / 100;
        put({ weights: rightmost() ? [1 - weight, weight] : [weight, 1 - weight] });
      },
      stepped: (value, n) => value + n / 100,
      signal,
    }),
  ];
  const rows = html("div", { class: "klx-controls klx-over" }, answer);
  const labelled = (label, options, pick) => {
    const row = html("div", { class: "klx-counter" }, rows);
    html("span", { text: label, "aria-hidden": "true" }, row);
    return choice(row, { label, options, pick, signal });
  };
  const drawn = ["forward", "reverse"].map((name) => [name, words.drawn[name]]);
  labelled(words.drawn.label, drawn, (name) => put({ ...DRAWN[name] }, false))(null);
  const showEqual = labelled(words.equal, EQUAL.map((distance) => [distance, distance]), (distance) =>
    put(equalPeaks(distance), false));
  button(rows, words.far, () => put({ ...SOURCE, means: [-1, 5] }, false), signal);
  const message = html("p", { class: "klx-message" }, el);
  const challenge = html("p", { class: "klx-challenge" }, el);
  const hear = herald(el, signal);

  // What depends on P alone is kept while Q moves; while P moves, map and minima are computed roughly.
  let held = false;
  let kept = {};
  el.addEventListener("pointerdown", (event) => {
    held = event.button === 0 && Boolean(event.target.closest(".klx-handle"));
  }, { signal });
  el.addEventListener("lostpointercapture", () => {
    held = false;
    redraw();
  }, { signal });
  function P() {
    const state = now();
    if (kept.state === state) return kept.P;
    const { weights, means, sigmas } = state;
    const key = [...weights, ...means, ...sigmas].join();
    if (kept.key !== key) kept = { key, P: new Mixture(weights, means, sigmas) };
    kept.state = state;
    return kept.P;
  }
  function minimaNow() {
    if (!kept.minima || (kept.minima.moving && !held)) kept.minima = { moving: held, ...fits(P(), held) };
    return kept.minima;
  }
  function heightsNow(objective) {
    const isFine = kept.heights?.objective === objective && kept.heights.grid === GRID.fine;
    const grid = held && !isFine ? GRID.coarse : GRID.fine;
    if (kept.heights?.objective !== objective || kept.heights.grid !== grid) {
      kept.heights = { objective, grid, ...heightsOf(P(), objective, grid) };
    }
    return kept.heights;
  }
  function marksNow(objective) {
    const found = minimaNow();
    if (kept.marks?.found !== found || kept.marks.objective !== objective) {
      kept.marks = { found, objective, list: marks(found, objective) };
    }
    return kept.marks.list;
  }

  function draw(width) {
    const fault = faultOf(raw());
    const state = now();
    const { mu, sigma, objective } = state;
    const revealed = Boolean(model.get("guess"));
    const shown = { ...state, P: P(), curve: curves(P(), mu, sigma), trail, revealed };
    shown.kl = { forward: forwardKl(P(), mu, sigma), reverse: reverseKl(P(), mu, sigma) };
    reveal(revealed);
    const minima = minimaNow();
    shown.best = { forward: minima.forward[0], reverse: minima.reverse[0] };
    shown.colour = objective === "forward" ? "forward" : "reverse";
    shown.minima = marksNow(objective);
    shown.heights = heightsNow(objective);
    drawLegend(state);
    drawDensities(shown, width);
    for (const term of drawTerms) term(shown, width);
    drawMap(shown, width);
    const narrow = width < 464;
    for (const one of drawSliders) one(narrow ? width : (width - 16) / 2);
    showObjective(objective);
    showEqual(EQUAL.find((distance) => isSame(state, equalPeaks(distance))) ?? null);
    set(message, { text: fault ? fill(words.fault[fault.reason], fault) : revealed ? remark(shown, minima) : "" });
    el.toggleAttribute("data-fault", Boolean(fault));
    const met = revealed && !rolled && isSame(state, SOURCE) && shown.kl.forward < CHALLENGE;
    set(challenge, { text: words.challenge + words.gap + progress(met, state, shown.kl.forward) });
    challenge.toggleAttribute("data-met", met);
  }

  function progress(met, state, kl) {
    if (met) return fill(words.met, { value: number(kl, 4) });
    if (!isSame(state, SOURCE)) return words.elsewhere;
    return model.get("guess") ? fill(words.soFar, { value: number(kl, 4) }) : "";
  }

  /** What the present map is an example of, and how it compares with the guess. */
  function remark({ objective, mu, sigma, P }, { forward, reverse, highest }) {
    if (objective === "forward") return fill(words.one.forward, { fit: nameOf(forward[0].mu, forward[0].sigma) });
    if (objective === "cross_entropy") {
      return fill(words.collapse, {
        at: number(highest.x), value: number(reverseKl(P, mu, sigma) + entropyOf(sigma), 3),
        limit: number(-highest.logDensity, 3),
      });
    }
    if (!reverse.length) return words.unclear;
    const best = { fit: nameOf(reverse[0].mu, reverse[0].sigma), count: reverse.length };
    const where = seat(P, reverse[0].mu, reverse[0].sigma);
    const truth = fill(reverse.length > 1 ? words.several : words.one.reverse, { ...best, where: words.seat[where] });
    const guess = model.get("guess");
    if (!isSame(now(), SOURCE) || !(guess in words.said)) return truth;
    return [words.said[guess], guess === where ? words.right : words.wrong, truth].join(words.gap);
  }

  function speak() {
    if (!model.get("guess")) return;
    hear(() => {
      const { mu, sigma } = now();
      const [forward, reverse] = [forwardKl, reverseKl].map((divergence) => number(divergence(P(), mu, sigma), 3));
      return fill(words.heard, { forward, reverse });
    });
  }

  /** Let Q roll from where it stands; where motion is not wanted it is at the end at once, its way drawn. */
  function roll() {
    const { mu, sigma, objective } = now();
    const options = { scale: drawMap.scale(), forward: objective === "forward", entropyWeight: objective === "cross_entropy" ? 0 : 1 };
    const whole = localMinimumFrom(P(), mu, sigma, options);
    const way = whole.filter((at) => at.sigma >= LEAST_SIGMA && at.sigma <= MOST_SIGMA && at.mu >= VIEW[0] && at.mu <= VIEW[1]);
    stop();
    rolled = true;
    const along = lengths(way, options.scale);
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const begin = performance.now();
    const step = (time) => {
      const part = still ? 1 : Math.min(1, Math.max(0, time - begin) / ROLL);
      trail = way.filter((_, i) => along[i] <= part * along.at(-1));
      const { mu, sigma } = trail.at(-1);
      model.set({ mu, sigma });
      redraw();
      rolling = 0;
      if (part < 1) rolling = requestAnimationFrame(step);
      else {
        model.save_changes();
        speak();
      }
    };
    step(begin);
  }

  const redraw = keepDrawn({ model, names: [...names, "guess"], el, draw, signal });
}

/** The normal that a guess stands for; none for the guess that it depends. */
function standing(P, guess) {
  if (guess === "depends") return {};
  if (guess === "both") return { mu: P.mean, sigma: Math.sqrt(P.variance) };
  const [left, right] = [...P.components].sort((a, b) => a.m - b.m);
  const { m, s } = guess === "left" ? left : right ?? left;
  return { mu: m, sigma: s };
}

/** How far each point of a way is from its beginning, in pixels. */
function lengths(way, scale) {
  let total = 0;
  return way.map(({ mu, sigma }, i) => {
    if (i) total += Math.hypot((mu - way[i - 1].mu) * scale.mu, (sigma - way[i - 1].sigma) * scale.sigma);
    return total;
  });
}

export default { render };
