// The simplex: distributions on three outcomes as points of a triangle, in one of three views that carry one idea each.

import { board } from "./board.js";
import { bars, drawing, html, levels, line, linear, number, roundUp, set, slider, svg, totals, triple } from "./draw.js";
import { explorable, fill, remembered } from "./explorable.js";
import { klDivergence } from "./maths.js";
import { detourContour, equalityCurve, forwardContours, impossible, reverseContours, snapped } from "./triangle.js";

const AGREE = 5e-4; // half of the last digit shown
const LONG = 0.3; // nats, of the challenges
// `rows` are lengths, each by its legs [name among what is measured, symbol] and its sum.
const VIEWS = {
  directions: {
    points: ["p", "q"], pairs: [["p", "q"], ["q", "p"]], right: "curve",
    isMet: ({ forward, reverse, agree }) => agree && Math.min(forward, reverse) >= LONG,
    curves: directions,
    rows: [{ sum: "forward", legs: [["forward", "D(p‖q)"]] }, { sum: "reverse", legs: [["reverse", "D(q‖p)"]] }],
  },
  detour: {
    points: ["p", "q", "r"], pairs: [["p", "r"], ["p", "q"], ["q", "r"]], right: "no",
    isMet: ({ direct, detour }) => direct > 2.2 * detour,
    curves: detour,
    rows: [
      { title: "direct", sum: "direct", legs: [["direct", "D(p‖r)"]] },
      { title: "byWay", sum: "detour", legs: [["forward", "D(p‖q)"], ["onward", "+ D(q‖r)"]] },
    ],
  },
  mixtures: {
    points: ["p", "q", "p2", "q2"], pairs: [["p", "q"], ["p2", "q2"]], right: "no",
    isMet: ({ mixed, ends }) => mixed < 0.005 && Math.min(...ends) > LONG,
    curves: mixtures,
  },
};
const LEVELS = [0.02, 0.1, 0.3, 0.7];
export const TRAITS = {
  p: {}, q: {}, r: {}, p2: {}, q2: {}, // distributions
  share: { within: [0, 1] },
  view: { among: Object.keys(VIEWS) },
  guess_directions: { among: ["", "none", "swaps", "curve"] },
  guess_detour: { among: ["", "yes", "no"] },
  guess_mixtures: { among: ["", "yes", "no"] },
};

const CHART = { tall: 150, top: 8, bottom: 8, inset: 24, points: 60 }; // λ stands above λ of the slider

// --- what is computed ---

/** λ of the first and 1 − λ of the second. */
function mixture(first, second, share) {
  return first.map((x, i) => share * x + (1 - share) * second[i]);
}

/** Everything that is shown of a state. */
function measured({ p, q, r, p2, q2, share }) {
  const [forward, reverse] = [klDivergence(p, q), klDivergence(q, p)];
  const [direct, onward] = [klDivergence(p, r), klDivergence(q, r)];
  const ends = [klDivergence(p2, q2), forward]; // at λ = 0 and λ = 1
  const weighted = (weight, value) => (weight > 0 ? weight * value : 0);
  const average = weighted(share, ends[1]) + weighted(1 - share, ends[0]);
  const mixed = klDivergence(mixture(p, p2, share), mixture(q, q2, share));
  const detour = forward + onward;
  return {
    forward, reverse, agree: Math.abs(forward - reverse) < AGREE,
    direct, onward, detour, gap: Math.abs(direct - detour), times: direct / detour,
    ends, mixed, average, less: average - mixed,
  };
}

const ROUND = [0.3, 0.5, 1, 2, 4, 8, 16, 32, 1024]; // no divergence of floats is larger

/** The end of a scale for all finite values. */
function scaleEnd(values) {
  return roundUp(1.02 * Math.max(0, ...values.filter((value) => value < Infinity)), ROUND);
}

/** a − b with its sign, as it is printed. */
function difference(a, b) {
  if (a === Infinity) return b === Infinity ? "∞ − ∞" : "∞";
  if (b === Infinity) return "−∞";
  const text = number(a - b, 3);
  return a - b >= AGREE ? `+${text}` : text;
}

/** What a point is called: where there are two pairs, each has its number. */
function called(name, view) {
  return view === "mixtures" ? `${name[0]}${name.length > 1 ? "₂" : "₁"}` : name;
}

// --- the triangle ---

/** The triangle with its curves and the handles of a view. Returns draw(state, width, isRevealed). */
function triangle(parent, words, view, { now, put, snap }) {
  const { points, curves } = VIEWS[view];
  const { back, at, resize, point } = board(parent, words, 350);
  const path = (polylines) => polylines.map((distributions) => line(distributions.map(at))).join("");

  const drawCurves = curves(back, at, path);
  const legends = points.map((name, i) => svg("text", {
    class: `klx-${name[0]}`, y: i < 2 ? 13 : 30, x: i % 2 ? "100%" : 0, "text-anchor": i % 2 ? "end" : null,
  }, back));
  const handles = points.map((name) => point({
    kind: name[0], label: called(name, view), p: () => now()[name],
    put: (p, near) => put({ [name]: name === "q" ? snap(p, near) : p }),
  }));

  return (state, width, isRevealed) => {
    resize(width);
    drawCurves(state, isRevealed);
    points.forEach((name, i) => {
      const text = triple(state[name]);
      set(legends[i], { text: `${called(name, view)} = ${text}` });
      handles[i](text);
    });
  };
}

/** Rings around p in both directions, the value of each, and the curve on which the directions agree. */
function directions(parent, at, path) {
  const kinds = ["forward", "reverse"].flatMap((kind) => LEVELS.map((level) => [kind, level]));
  const ringsOf = remembered((p) => [...forwardContours(p, LEVELS), ...reverseContours(p, LEVELS)]);
  const curveOf = remembered(equalityCurve);
  const rings = kinds.map(([kind]) => svg("path", { class: `klx-line klx-thin klx-${kind}` }, parent));
  const equal = svg("path", { class: "klx-line klx-q" }, parent);
  const values = kinds.map(([kind, text]) =>
    svg("text", { class: `klx-ring klx-${kind}`, "text-anchor": "middle", text }, parent));
  return ({ p }, isRevealed) => {
    ringsOf(p).forEach((ring, i) => {
      const [side, away] = kinds[i][0] === "forward" ? [1, -3] : [-1, 11]; // forward above the ring, reverse below it
      const points = ring.flat().map(at);
      const [x, y] = points.reduce((best, point) => (side * (point[1] - best[1]) < 0 ? point : best), points[0] ?? [0, -9]);
      set(rings[i], { d: path(ring) });
      set(values[i], { x, y: y + away });
    });
    set(equal, { d: isRevealed ? path(curveOf(p)) : "" });
  };
}

const shorterBy = remembered(detourContour); // for the drawing and for what is said of it

/** The way from p to r, the detour by q, and the region of the q by which a detour is cheaper. */
function detour(parent, at, path) {
  const region = svg("path", { class: "klx-region klx-forward" }, parent);
  const direct = svg("path", { class: "klx-line klx-forward" }, parent);
  const byWay = svg("path", { class: "klx-line klx-dashed klx-forward" }, parent);
  return ({ p, q, r }, isRevealed) => {
    set(region, { d: isRevealed ? path(shorterBy(p, r)) : "" });
    set(direct, { d: path([[p, r]]) });
    set(byWay, { d: path([[p, q, r]]) });
  };
}

/** The straight ways on which the two mixtures lie, and the mixtures. */
function mixtures(parent, at, path) {
  const ways = ["p", "q"].map((kind) => svg("path", { class: `klx-line klx-${kind}` }, parent));
  const dots = ["p", "q"].map((kind) => svg("circle", { class: `klx-dot klx-${kind}`, r: 4.5 }, parent));
  return ({ p, q, p2, q2, share }) => [[p, p2], [q, q2]].forEach((ends, i) => {
    const [x, y] = at(mixture(...ends, share));
    set(ways[i], { d: path([ends]) });
    set(dots[i], { cx: x, cy: y });
  });
}

// --- the numbers beside it: each returns draw(state, values, width) ---

/** Two rows of lengths, and how they differ. */
function lengthsPanel(parent, words, rows) {
  const drawn = rows.map(({ title, sum, legs }) => {
    const kind = sum === "reverse" ? "reverse" : "forward";
    const written = legs.length > 1 ? [...legs, [sum, "="]] : legs;
    if (title) html("p", { class: "klx-note", text: words[title] }, parent);
    const write = totals(parent, written.map(([, symbol]) => [symbol, kind]));
    const frame = svg("svg", { class: "klx-drawing klx-length", height: 22, "aria-hidden": "true" }, parent);
    const drawBars = bars(frame, legs.map((_, i) => `klx-${kind} klx-fill ${i ? "klx-second" : ""}`), 2);
    return (shown, top, width) => {
      write(written.map(([name]) => number(shown[name], 3)), words.nat);
      drawBars(legs.map(([name]) => shown[name]), linear([0, top], [0, width]), width);
    };
  });
  const gap = totals(parent, [[words.difference]]);
  if (words.rings) html("p", { class: "klx-note", text: words.rings }, parent);
  return (_, shown, width) => {
    const sums = rows.map(({ sum }) => shown[sum]);
    for (const draw of drawn) draw(shown, scaleEnd(sums), width);
    gap([difference(...sums)], words.nat);
  };
}

function mixturesPanel(parent, words, control) {
  const mixed = totals(parent, [[words.mixed, "forward"]]);
  const average = totals(parent, [[words.average]]);
  const drawChart = mixturesChart(parent, words);
  const marks = [[0, "0"], [0.5, "0.5"], [1, "1"]];
  const drawShare = slider(parent, { ...control("share"), name: words.share, marks });
  return (state, shown, width) => {
    mixed([number(shown.mixed, 3)], words.nat);
    average([number(shown.average, 3)], words.nat);
    drawChart(state, shown, width);
    drawShare(width);
  };
}

/** D of the mixtures over λ, its chord, and the gap between them at the present λ. */
function mixturesChart(parent, words) {
  const frame = drawing(parent, CHART.tall, words.chart, "img");
  const drawLevels = levels(frame, CHART.inset);
  const chord = svg("path", { class: "klx-line klx-dashed" }, frame);
  const curve = svg("path", { class: "klx-line klx-forward" }, frame);
  const gap = svg("line", { class: "klx-line klx-thin" }, frame);
  const dots = ["klx-dot", "klx-dot klx-forward"].map((kind) => svg("circle", { class: kind, r: 4.5 }, frame));
  const shares = Array.from({ length: CHART.points + 1 }, (_, i) => i / CHART.points);

  return ({ p, q, p2, q2, share }, { ends, mixed, average }, width) => {
    const values = shares.map((each) => klDivergence(mixture(p, p2, each), mixture(q, q2, each)));
    const top = scaleEnd([...values, ...ends]);
    const x = linear([0, 1], [CHART.inset, width - CHART.inset]);
    const y = linear([0, top], [CHART.tall - CHART.bottom, CHART.top]);
    drawLevels([[y(0), 0], [y(top), top]]);
    set(curve, { d: line(shares.map((each, i) => [x(each), y(values[i])]).filter(([, height]) => Number.isFinite(height))) });
    set(chord, { d: Math.max(...ends) < Infinity ? line([[x(0), y(ends[0])], [x(1), y(ends[1])]]) : "" });
    const [high, low] = [average, mixed].map((value) => (value < Infinity ? y(value) : CHART.top));
    set(gap, { x1: x(share), x2: x(share), y1: high, y2: low });
    [[average, high], [mixed, low]].forEach(([value, height], i) =>
      set(dots[i], { cx: x(share), cy: height, visibility: value < Infinity ? null : "hidden" }));
  };
}

// --- the explorable ---

function render(context) {
  const view = context.model.get("view");
  const { words, now, guess, put, control, split, ask, finish } = explorable(context, {
    name: "simplex", view, traits: TRAITS, asks: `guess_${view}`,
  });

  const { left, right, widths } = split();
  const snap = (q, reach) => (view === "directions" && guess() ? snapped(q, now().p, reach) : q);
  const drawTriangle = triangle(left, words, view, { now, put, snap });
  const { answer } = ask(right);
  const { rows } = VIEWS[view];
  const drawPanel = rows ? lengthsPanel(answer, words, rows) : mixturesPanel(answer, words, control);

  finish({
    measure: measured,
    draw: (state, width, shown) => {
      const [one, other] = widths(width, 0.6);
      drawTriangle(state, one, Boolean(guess()));
      drawPanel(state, shown, other);
    },
    remark: (state, shown) => remark(view, state, shown, guess() === VIEWS[view].right, words),
    challenge: (_, shown) => ({ met: VIEWS[view].isMet(shown) }),
  });
}

/** What the present state is an example of. */
function remark(view, state, shown, isRight, words) {
  const limits = VIEWS[view].pairs.flatMap(([a, b]) => {
    const outcome = impossible(state[a], state[b]);
    return outcome ? [fill(words.infinite, { a: called(a, view), b: called(b, view), outcome })] : [];
  });
  if (view === "directions" && state.p.includes(0)) limits.push(words.border);
  if (view === "mixtures" && shown.average === Infinity) limits.push(words.border);
  if (limits.length) return limits;
  const verdict = isRight ? words.right : words.wrong;
  if (view === "directions") return shown.agree && shown.forward > 0.01 ? [words.on] : [verdict, words.off];
  if (view === "detour") {
    if (shown.direct > shown.detour) return [verdict, words.cheaper];
    return [verdict, shorterBy(state.p, state.r).length ? words.dearer : words.useless];
  }
  return [verdict, words.below];
}

export default { render };
