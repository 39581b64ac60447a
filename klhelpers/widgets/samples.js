// Samples: counts of draws in bins, and the whole distribution of the divergence that is computed from them.

import { clamp, drawing, html, line, linear, logarithmic, number, roundUp, set, several, slider, svg } from "./draw.js";
import { explorable, fill } from "./explorable.js";
import { divided, draws, klDivergence, sum } from "./maths.js";

const DRAWS = [10, 10000];
const BINS = [2, 64];
const PSEUDOCOUNT = { none: 0, half: 0.5, one: 1 };
export const TRAITS = {
  n: { within: DRAWS, whole: true },
  bins: { within: BINS, whole: true },
  smoothing: { among: Object.keys(PSEUDOCOUNT) },
  same: { among: [true, false] },
  known: { among: [true, false] },
  guess: { among: ["", "law", "zero", "sign"] },
};
const LONGER = 1.35; // mean of p's waits where that of q's is 1, if the two differ
const TRUTH = LONGER - 1 - Math.log(LONGER); // D of two exponential densities
const REPEATS = 400;
const SEED = 1951;
const [ENOUGH, NEAR, FEW] = [0.9, 0.2, 4000]; // the challenge: so many of the estimates so near the truth, with so few draws
const [LEFT, RIGHT] = [14, 46]; // of the cloud
const [SAMPLE, CLOUD] = [72, 222]; // heights
const [ROW, DOT] = [15, 5]; // of a mark's name, each in a row of its own, and of an estimate
const FLOOR = CLOUD - 22;
const TOPS = [0.1, 0.2, 0.5, 1, 2, 5, 7.5];

// --- what is computed ---

// Where q leaves a share of its draws beyond an edge, p leaves that share to the power of 1/mean.
const beyond = (share, same) => share ** (same ? 1 : 1 / LONGER);

/** The probability under p of each bin. */
function masses(bins, same) {
  return Array.from({ length: bins }, (_, k) => beyond(1 - k / bins, same) - beyond(1 - (k + 1) / bins, same));
}

/** For each bin but the last, how likely of what is left a draw falls into it, and what `binomial` needs of that. */
function chances(bins, same) {
  return Array.from({ length: bins - 1 }, (_, k) => {
    const heads = 1 - beyond(1 - 1 / (bins - k), same);
    const odds = heads / (1 - heads);
    return { heads, odds, logOdds: Math.log(odds), logTails: Math.log(1 - heads) };
  });
}

const logFactorials = new Float64Array(DRAWS[1] + 1);
for (let n = 1; n < logFactorials.length; n++) logFactorials[n] = logFactorials[n - 1] + Math.log(n);

/** How many of n tosses are heads: what u in [0, 1) stands for, counted off from the mode on, both ways. */
function binomial(n, { heads, odds, logOdds, logTails }, u) {
  const mode = Math.min(n, Math.floor((n + 1) * heads));
  const ways = logFactorials[n] - logFactorials[mode] - logFactorials[n - mode];
  let below = Math.exp(ways + mode * logOdds + n * logTails);
  let above = below;
  let rest = u - below;
  let low = mode;
  let high = mode;
  while (rest >= 0 && (low > 0 || high < n)) {
    above *= (odds * (n - high++)) / high; // 0 from the end on
    if (rest < above) return high;
    rest -= above;
    below *= low / (odds * (n - low-- + 1));
    if (rest < below) return low;
    rest -= below;
  }
  return mode;
}

/** How many of n draws fall into each bin, by the numbers k, k + 1, … of a seed; `more` is added to each. */
function counted(n, of, draw, k, more) {
  const counts = new Float64Array(of.length + 1); // quicker than a list
  let rest = n;
  of.forEach((chance, bin) => {
    const count = binomial(rest, chance, draw(k + bin) / 2 ** 32);
    counts[bin] = count + more;
    rest -= count;
  });
  counts[of.length] = rest + more;
  return counts;
}

/** The counts of each sample of p and of q, or what is expected of q where it is known, smoothed. */
function samples({ n, bins, smoothing, same, known }) {
  const [ofP, ofQ] = [chances(bins, same), chances(bins, true)];
  const more = PSEUDOCOUNT[smoothing];
  const level = new Float64Array(bins).fill(n / bins + more);
  const draw = draws(SEED);
  const counts = (of, at) => counted(n, of, draw, at * BINS[1], more);
  return (sample) => [counts(ofP, 2 * sample), known ? level : counts(ofQ, 2 * sample + 1)];
}

/** The estimates of so many samples, without end where q's has an empty bin and p's has not; and what they are held against. */
export function summary(state, repeats = REPEATS) {
  const { n, bins, same, known } = state;
  const countsOf = samples(state);
  const estimates = Array.from({ length: repeats }, (_, sample) => klDivergence(...countsOf(sample)));
  const finite = estimates.filter(Number.isFinite);
  const binned = klDivergence(masses(bins, same), masses(bins, true));
  return {
    finite,
    infinite: 1 - finite.length / repeats,
    mean: finite.length ? sum(finite) / finite.length : Infinity,
    density: same ? 0 : TRUTH,
    binned,
    invented: (bins - 1) / (known ? 2 * n : n),
    near: same ? 0 : finite.filter((D) => Math.abs(D / TRUTH - 1) < NEAR).length / repeats,
  };
}

// --- the drawings ---

const value = (D) => number(D, D > 0 && D < 0.01 ? 4 : 3);

/** One sample over the shares of q: where q is known it is level. Returns draw(state, width). */
function sampleChart(parent, words) {
  const frame = drawing(parent, SAMPLE, words.chart, "img");
  const bars = svg("path", { class: "klx-fill klx-p" }, frame);
  const level = svg("path", { class: "klx-line klx-q" }, frame);
  return (state, width) => {
    const shares = samples(state)(0).map(divided);
    const x = linear([0, state.bins], [0, width]);
    const most = roundUp(state.bins * Math.max(...shares.flat()), [2, 3, 5, 10, 20, 64]) / state.bins;
    const y = linear([0, most], [SAMPLE, 2]);
    const steps = (of) => of.flatMap((share, k) => [[x(k), y(share)], [x(k + 1), y(share)]]);
    set(bars, { d: line([[0, SAMPLE], ...steps(shares[0]), [width, SAMPLE]]) });
    set(level, { d: line(steps(shares[1])) });
  };
}

/** A dot for each estimate, piled up; marks, named above; a bar for those without end. Returns draw(summary, known, width). */
function cloudChart(parent, words) {
  const frame = drawing(parent, CLOUD, words.cloud, "img");
  const axis = svg("g", { class: "klx-axis" }, frame);
  svg("line", { class: "klx-grid", x2: "100%", y1: FLOOR + 1, y2: FLOOR + 1 }, frame);
  const dots = svg("path", { class: "klx-dots klx-forward" }, frame);
  const infinite = svg("path", { class: "klx-fill klx-forward" }, frame);
  const kinds = { density: "klx-line", binned: "klx-line klx-dashed", law: "klx-mark", mean: "klx-line klx-forward" };
  const marks = Object.entries(kinds).map(([name, kind]) => [name, svg("line", { class: kind, y2: FLOOR }, frame)]);
  const names = marks.map((_, i) => svg("text", { class: "klx-ring", y: 18 + ROW * i }, frame));
  return (shown, known, width) => {
    const at = { ...shown, law: shown.binned + shown.invented };
    const sorted = [...shown.finite].sort((a, b) => a - b);
    const top = roundUp(Math.max(at.density, at.law, sorted[Math.floor(0.99 * sorted.length)] ?? 0), TOPS);
    const x = linear([0, top], [LEFT, width - RIGHT - LEFT]);
    const piles = new Map();
    for (const D of sorted) {
      const left = DOT * Math.round(x(D) / DOT);
      if (D <= top) piles.set(left, (piles.get(left) ?? 0) + 1);
    }
    const tall = FLOOR - ROW * (marks.length + 0.5);
    const rise = Math.min(DOT, tall / Math.max(1, ...piles.values()));
    // A pile is one line whose round dashes have no length; its end is a little beyond the last.
    const pile = ([left, count]) => `M${left} ${FLOOR - rise / 2}v${-rise * (count - 1) - 0.1}`;
    set(dots, { d: [...piles].map(pile).join(""), "stroke-dasharray": `0 ${rise}` });
    set(infinite, { d: `M${width - 20} ${FLOOR}h16v${-tall * shown.infinite}h-16Z` });
    const ticks = [0, 1, 2, 3, 4, 5].map((i) => [x((top * i) / 5), number((top * i) / 5)]);
    several(axis, 7, () => svg("text", { y: CLOUD - 5, "text-anchor": "middle" })).forEach((tick, i) => {
      const [place, text] = ticks[i] ?? [width - 12, "∞"];
      set(tick, { x: place, text });
    });
    marks.forEach(([name, mark], i) => {
      const place = clamp(x(at[name]), 0, width - RIGHT);
      const right = place < width / 2;
      const text = name === "mean" && shown.infinite ? words.finite : words[name];
      set(mark, { x1: place, x2: place, y1: 21 + ROW * i });
      set(names[i], {
        x: place + (right ? 5 : -5), "text-anchor": right ? "start" : "end",
        text: fill(text, { value: value(at[name]), twice: known ? "2" : "" }),
      });
    });
    set(frame, { "aria-label": [words.cloud, ...names.map((name) => name.textContent)].join("; ") });
  };
}

// --- the explorable ---

function render(context) {
  const { el } = context;
  const { words, guess, control, choose, split, ask, finish } = explorable(context, { name: "samples", traits: TRAITS });
  const percent = (part) => fill(words.percent, { value: number(100 * part, part > 0 && part < 0.01 ? 1 : 0) });

  const drawSample = sampleChart(el, words);
  const { answer } = ask(el);
  const drawCloud = cloudChart(answer, words);
  const { left, right, widths } = split();
  for (const half of [left, right]) set(half, { class: "klx-answer" });
  const numbers = (half, name, marks, how) => slider(half, {
    ...control(name), ...how, name: words[name], text: String, marks: marks.map((mark) => [mark, mark]),
  });
  const sliders = [
    numbers(left, "n", [10, 100, 1000, 10000], { scale: logarithmic }),
    numbers(right, "bins", [2, 16, 32, 48, 64], { rounded: Math.round, stepped: (bins, steps) => bins + steps }),
  ];
  const controls = html("div", { class: "klx-controls klx-answer" }, el);
  for (const name of ["same", "known", "smoothing"]) choose(controls, name);

  finish({
    measure: (state) => {
      const found = summary(state);
      const { mean, density, binned, invented, infinite, near } = found;
      return {
        found, mean: value(mean), density: value(density), binned: value(binned), invented: value(invented),
        infinite: percent(infinite), near: percent(near), kept: percent(binned / density), bins: state.bins,
      };
    },
    draw: (state, width, { found }) => {
      const halves = widths(width, 0.48);
      sliders.forEach((draw, i) => draw(halves[i]));
      drawSample(state, width);
      drawCloud(found, state.known, width);
    },
    remark: ({ n, bins, same, known, smoothing }, { found }) => [
      guess() === "law" ? words.right : words.wrong,
      smoothing === "none" && found.infinite === 0 && (known ? words.rule : words.twice), // of that mean they speak
      found.infinite > 0 && words.infinite,
      n < 2 * bins && words.few,
      smoothing !== "none" && words.smoothed,
      !same && words.kept,
    ],
    challenge: ({ n }, { found }) => ({ met: found.near >= ENOUGH && n <= FEW }),
  });
}

export default { render };
