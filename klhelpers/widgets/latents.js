// Latents of a linear VAE at its optimum: β raises the water, and one after another goes out.

import { byRatio, clamp, drawing, html, knob, levels, line, linear, logarithmic, nearestTakes, number } from "./draw.js";
import { roundUp, set, slider, svg, ticks, totals } from "./draw.js";
import { explorable, fill } from "./explorable.js";
import { sum } from "./maths.js";

const LIMITS = [0.05, 20]; // of β and of the variances
export const TRAITS = {
  variances: { within: LIMITS },
  beta: { within: LIMITS },
  noise: { within: [0.1, 10] },
  reduction: { among: ["sum", "mean_kl", "mean_error"] },
  guess: { among: ["", "shrink", "one", "all"] },
};
const [THREE, FAINT] = [3, 0.05]; // the challenge: so many on, and the least of them with so few nats
const [TALL, HIGH] = [236, 84]; // heights
const [LEFT, RIGHT] = [26, 34]; // of the bars
const INSET = 24; // that of the slider below the curves
const FLOOR = TALL - 26; // the knob of the least variance stays off the number below it
const TOPS = [1, 2, 4, 8, 12, 16, 20, 24, 32, 40, 80, 120];
const BETAS = Array.from({ length: 61 }, (_, i) => LIMITS[0] * (LIMITS[1] / LIMITS[0]) ** (i / 60));

// --- what is computed ---

/** Where the water stands for β = 1. */
const unit = ({ variances: { length }, noise, reduction }) => noise * { sum: 1, mean_kl: 1 / length, mean_error: length }[reduction];

/** The water, and what the optimum leaves to each latent: its KL in nats and the squared error on its axis. */
export function optimum(state) {
  const level = state.beta * unit(state);
  return {
    level,
    KL: state.variances.map((variance) => Math.max(0, Math.log(variance / level) / 2)),
    error: state.variances.map((variance) => Math.min(variance, level)),
  };
}

const brief = (value) => String(Number(value.toPrecision(3)));
const FINE = { text: brief, ...byRatio(3) }; // of β

// --- the drawings ---

/** A bar for each variance, on a logarithmic scale, in the water. Returns draw(state, width, whether the water is shown). */
function barChart(parent, words, now, control) {
  const frame = drawing(parent, TALL, words.bars);
  const y = logarithmic(LIMITS, [FLOOR, 30]);
  levels(frame, LEFT)([0.1, 1, 10].map((mark) => [y(mark), mark]));
  const drawNames = ticks(frame, TALL - 4, now().variances.map((_, i) => [i, i + 1]));
  const parts = ["klx-saving klx-r", "klx-fill klx-second", "klx-fill klx-reverse"].map((kind) => svg("path", { class: kind }, frame));
  const answer = svg("g", { class: "klx-answer" }, frame);
  const water = svg("rect", { class: "klx-region", x: LEFT }, answer);
  const surface = svg("line", { class: "klx-line klx-thin", x1: LEFT }, answer);
  const share = svg("text", { class: "klx-ring", "text-anchor": "end" }, answer);
  const columns = now().variances.map((_, i) => [
    svg("text", { class: "klx-ring klx-reverse", "text-anchor": "middle" }, answer),
    knob(frame, {
      ...control("variances", i), text: brief, ...byRatio(2), kind: "p", part: "flank", upright: true,
    }, () => y),
  ]);
  const depth = () => {
    const each = unit(now());
    return Object.assign((beta) => y(clamp(beta * each, ...LIMITS)), { invert: (place) => y.invert(place) / each });
  };
  const drawWater = knob(answer, { ...control("beta"), ...FINE, kind: "p", upright: true, arrows: true }, depth);
  nearestTakes(frame);

  return (state, width, flooded) => {
    const { level, KL } = optimum(state);
    const top = y(clamp(level, ...LIMITS));
    const wide = (width - LEFT - RIGHT) / columns.length;
    const x = (i) => LEFT + (i + 0.5) * wide;
    const bar = (i, from, to) => `M${x(i) - 0.32 * wide} ${from}h${0.64 * wide}V${to}h${-0.64 * wide}Z`;
    const shown = ["", "", ""];
    state.variances.map(y).forEach((high, i) => {
      const out = flooded && KL[i] === 0;
      shown[out ? 0 : 1] += bar(i, flooded ? Math.max(high, top) : high, FLOOR);
      if (flooded && high < top) shown[2] += bar(i, high, top);
      set(columns[i][0], { x: x(i), y: high - 18, text: out ? "" : number(KL[i]) });
      columns[i][1](x(i), fill(words.variance, { latent: i + 1 }));
    });
    parts.forEach((part, i) => set(part, { d: shown[i] }));
    drawNames(x);
    set(water, { width: width - LEFT, y: top, height: FLOOR - top });
    set(surface, { x2: width, y1: top, y2: top });
    set(share, { x: width - 4, y: top - 19, text: words.water[state.reduction] });
    drawWater(width - 14, words.surface);
  };
}

/** What all latents have together, against β, with a dot where one goes out. Returns draw(state, width). */
function curve(parent, label, kind, name) {
  const frame = drawing(parent, HIGH, label, "img");
  const drawLevels = levels(frame, INSET);
  const [area, rim, kinks] = ["fill klx-second", "line klx-thin", "dots"].map((part) => svg("path", { class: `klx-${part} klx-${kind}` }, frame));
  const mark = svg("line", { class: "klx-mark", y2: HIGH - 6 }, frame);
  return (state, width) => {
    const x = logarithmic(LIMITS, [INSET, width - INSET]);
    const total = (changes) => sum(optimum({ ...state, ...changes })[name]);
    const thresholds = state.variances.map((variance) => variance / unit(state)).filter((beta) => beta > LIMITS[0] && beta < LIMITS[1]);
    const ends = LIMITS.flatMap((beta) => TRAITS.reduction.among.map((reduction) => ({ beta, reduction })));
    const top = roundUp(Math.max(...ends.map(total)), TOPS); // whatever the reduction, so that the eye compares
    const y = linear([0, top], [HIGH - 6, 8]);
    const place = (beta) => [x(beta), y(total({ beta }))];
    const points = [...BETAS, ...thresholds].sort((a, b) => a - b).map(place);
    drawLevels([[y(0), 0], [y(top), top]]);
    set(area, { d: `${line([[INSET, y(0)], ...points, [width - INSET, y(0)]])}Z` });
    set(rim, { d: line(points) });
    set(kinks, { d: thresholds.map((beta) => `${line([place(beta)])}h0`).join("") });
    set(mark, { x1: x(state.beta), x2: x(state.beta) });
  };
}

// --- the explorable ---

function render(context) {
  const { el } = context;
  const { words, now, guess, control, choose, split, ask, finish } = explorable(context, { name: "latents", traits: TRAITS });
  const writeOn = totals(html("div", { class: "klx-answer" }, el), [[words.on]]);
  const { left, right, widths } = split();
  const drawBars = barChart(left, words, now, control);
  const { answer } = ask(right);
  const [writeKL, drawKL, writeError, drawError] = [["KL", "KL", "reverse"], [words.error, "error", "p"]].flatMap(
    ([symbol, name, kind]) => [totals(answer, [[symbol, kind]]), curve(answer, words.curves[name], kind, name)],
  );
  const drawBeta = slider(answer, {
    ...control("beta"), ...FINE, kind: "p", name: "β", scale: logarithmic,
    marks: [0.05, 0.2, 1, 5, 20].map((value) => [value, value]),
  });
  choose(html("div", { class: "klx-controls klx-answer" }, el), "reduction");

  finish({
    measure: (state) => {
      const { level, KL, error } = optimum(state);
      const on = KL.filter((nats) => nats > 0);
      return {
        beta: brief(state.beta), summed: brief(level / state.noise), level: brief(level),
        water: words.water[state.reduction], carries: words.carries[state.reduction],
        on: on.length, least: number(Math.min(...on), 3),
        nats: number(sum(KL)), bits: number(sum(KL) / Math.LN2), error: brief(sum(error)), whole: brief(sum(state.variances)),
      };
    },
    draw: (state, width, shown) => {
      const [one, other] = widths(width, 0.5);
      drawBars(state, one, Boolean(guess()));
      for (const draw of [drawKL, drawError]) draw(state, other);
      drawBeta(other);
      writeOn([`${shown.on} / ${state.variances.length}`], fill(words.level, shown));
      writeKL([shown.nats], fill(words.units, shown));
      writeError([shown.error], fill(words.part, shown));
    },
    remark: ({ reduction }, { on }) => [
      guess() === "one" ? words.right : words.wrong, on ? words.rule : words.none, words.means[reduction],
    ],
    challenge: ({ reduction }, shown) => ({
      lit: fill(shown.on ? words.lit : words.unlit, shown),
      met: reduction === "mean_error" && shown.on === THREE && Number(shown.least) < FAINT,
    }),
  });
}

export default { render };
