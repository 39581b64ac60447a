// The simplex: distributions on three outcomes as points of a triangle, in three views that carry one idea each.

import { barPath, choice, button, describe, drawing, handle, html, linear, number } from "./draw.js";
import { roundUp, set, slider, svg, totals } from "./draw.js";
import { choiceFault, explorable, fill, questionWith, rangeFault } from "./explorable.js";
import { distributionFault, klDivergence } from "./maths.js";
import { COARSE, apart, chosen, detourContour, equalityCurve, forwardContour, impossible } from "./triangle.js";
import { movedToEnd, place, reverseContour, snapped, stepped } from "./triangle.js";

const POINTS = ["p", "q", "r", "p2", "q2"];
const VIEWS = {
  directions: { points: ["p", "q"], guesses: ["none", "swaps", "curve"], right: "curve", pairs: ["p q", "q p"] },
  detour: { points: ["p", "q", "r"], guesses: ["yes", "no"], right: "no", pairs: ["p r", "p q", "q r"] },
  mixtures: { points: ["p", "q", "p2", "q2"], guesses: ["yes", "no"], right: "no", pairs: ["p q", "p2 q2"] },
};
const RINGS = ["both", "forward", "reverse"];
const NONE = { forward: [], reverse: [] };
const LEVELS = [0.02, 0.1, 0.3, 0.7];
const DEFAULT = {
  view: "directions", rings: "both", share: 0.5,
  p: [0.5, 0.3, 0.2], q: [0.2, 0.5, 0.3], r: [0.1, 0.1, 0.8], p2: [0.35, 0.05, 0.6], q2: [0.15, 0.25, 0.6],
};

const AGREE = 5e-4; // two directions that agree to all digits shown
const LONG = 0.3; // the challenges
const SHORT = 0.005;
const TIMES = 2.2;

const WIDE = 28.15; // rem: in an article above 29rem the numbers stand beside the triangle
const GAP = 20;
const LARGEST = 350; // side of the triangle
const MARGIN = { side: 26, top: 34, bottom: 24 };
const SNAP = { drag: 4, step: 0.004 }; // in pixels, and in sides of the triangle
const REACH = { least: 10, most: 22 };
const KNOB = 8;
const RESTED = 160; // milliseconds after which a curve that moved is drawn finely

const CHART = { tall: 150, top: 8, bottom: 8, inset: 24, points: 60 }; // λ stands above λ of the slider

// --- what is computed ---

/** λ of the first and 1 − λ of the second. */
export function mixture(first, second, share) {
  return first.map((x, i) => share * x + (1 - share) * second[i]);
}

/** Everything that is shown of a state. */
export function measured({ p, q, r, p2, q2, share }) {
  const [forward, reverse] = [klDivergence(p, q), klDivergence(q, p)];
  const [direct, onward] = [klDivergence(p, r), klDivergence(q, r)];
  const ends = [klDivergence(p2, q2), forward]; // at λ = 0 and λ = 1
  const weighted = (weight, value) => (weight > 0 ? weight * value : 0);
  return {
    forward, reverse, agree: Math.abs(forward - reverse) < AGREE,
    direct, onward, detour: forward + onward,
    ends, mixed: klDivergence(mixture(p, p2, share), mixture(q, q2, share)),
    average: weighted(share, ends[1]) + weighted(1 - share, ends[0]),
  };
}

/** Whether the challenge of a view is met. */
export function isMet(view, { forward, reverse, agree, direct, detour, ends, mixed }) {
  if (view === "directions") return agree && Math.min(forward, reverse) >= LONG;
  if (view === "detour") return direct > TIMES * detour;
  return mixed < SHORT && Math.min(...ends) > LONG;
}

function faultOf(state) {
  for (const name of POINTS) {
    const found = Array.isArray(state[name]) ? state[name].length : 0;
    if (found !== 3) return { reason: "length", name, found, wanted: 3 };
    const fault = distributionFault(state[name]);
    if (fault) return { ...fault, name, outcome: fault.index + 1 };
  }
  return rangeFault("λ", state.share, [0, 1]) ?? choiceFault("view", state.view, Object.keys(VIEWS))
    ?? choiceFault("rings", state.rings, RINGS);
}

const ROUND = [0.3, 0.5, 1, 2, 4, 8, 16, 32, 1024]; // no divergence of floats is larger

/** The end of a scale for all finite values. */
function scaleEnd(values) {
  return roundUp(1.02 * Math.max(0, ...values.filter((value) => value < Infinity)), ROUND);
}

const triple = (p) => p.map((x) => number(x)).join(", ");

/** a − b with its sign, as it is printed. */
function difference(a, b) {
  if (a === Infinity) return b === Infinity ? "∞ − ∞" : "∞";
  if (b === Infinity) return "−∞";
  const text = number(a - b, 3);
  return a - b >= AGREE ? `+${text}` : text;
}

// --- the triangle ---

/** A function that computes curves anew only when `key` changes: coarsely while it does, finely at rest. */
function cached(compute, redraw, signal) {
  let [known, curves, waiting] = [null, null, 0];
  signal.addEventListener("abort", () => clearTimeout(waiting));
  return (...given) => {
    const key = given.join();
    if (key === known) return curves;
    const isFirst = known === null;
    known = key;
    curves = compute(...given, isFirst ? undefined : COARSE);
    clearTimeout(waiting);
    if (!isFirst) {
      waiting = setTimeout(() => {
        curves = compute(...given);
        redraw();
      }, RESTED);
    }
    return curves;
  };
}

/** What a point is called: where there are two pairs, each has its number. */
function called(name, view) {
  return view === "mixtures" ? `${name[0]}${name.length > 1 ? "₂" : "₁"}` : name;
}

/** The triangle with its handles. Returns draw(state, width, curves). */
function triangle(parent, words, { now, put, snap, signal }) {
  const frame = drawing(parent, null, words.triangle);
  const back = svg("g", { "aria-hidden": "true" }, frame);
  let scale = { side: 300, x: linear([0, 1], [0, 300]), y: linear([0, 1], [300, 0]) };
  const at = (p) => {
    const { x, y } = place(p);
    return { x: scale.x(x), y: scale.y(y) };
  };
  const line = (points) => points.map((p) => at(p)).map(({ x, y }) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L");
  const path = (polylines) => polylines.map((points) => `M${line(points)}`).join("");

  const drawSides = sides(back, at, line);
  const drawCurves = curvesBelow(back, path);
  const drawWays = waysBetween(back, at, path);
  const legends = POINTS.map((name) => svg("text", {
    class: `klx-value klx-${name[0]}`, y: name === "p" || name === "q" ? 13 : 30,
    x: name[0] === "q" ? "100%" : 0, "text-anchor": name[0] === "q" ? "end" : null,
  }, back));
  const handles = POINTS.map((name) => {
    const made = svg("g", { class: `klx-${name[0]}` }, frame);
    svg("circle", { class: "klx-reach" }, made);
    svg("circle", { class: "klx-knob", r: KNOB }, made);
    svg("text", { class: "klx-point", x: 10, y: -9, "aria-hidden": "true" }, made);
    const write = (p, reach) => put({ [name]: name === "q" ? snap(p, reach) : p });
    handle(made, {
      signal,
      at: () => at(now()[name]),
      drag: ({ x, y }) => write(chosen({ x: scale.x.invert(x), y: scale.y.invert(y) }), SNAP.drag / scale.side),
      step: (dx, dy) => write(stepped(now()[name], dx, dy), SNAP.step),
      edge: (side) => put({ [name]: movedToEnd(now()[name], side) }),
    });
    set(made, { "aria-roledescription": words.point });
    return made;
  });
  const drawHandle = (i, state) => {
    const [name, { points }] = [POINTS[i], VIEWS[state.view]];
    const isUsed = points.includes(name);
    for (const part of [handles[i], legends[i]]) set(part, { display: isUsed ? null : "none" });
    if (!isUsed) return;
    const { x, y } = at(state[name]);
    const others = points.filter((other) => other !== name).map((other) => apart(state[name], state[other]));
    const reach = Math.min(REACH.most, Math.max(REACH.least, (Math.min(...others) * scale.side) / 2));
    const [circle, , letter] = handles[i].children;
    const [label, text] = [called(name, state.view), triple(state[name])];
    set(handles[i], { transform: `translate(${x.toFixed(2)} ${y.toFixed(2)})` });
    set(circle, { r: reach.toFixed(1) });
    set(letter, { text: label });
    set(legends[i], { text: `${label} = ${text}` });
    describe(handles[i], { label, text, now: (1 - state[name][0]).toFixed(4), min: 0, max: 1 });
  };

  return (state, width, curves) => {
    const side = Math.min(width - 2 * MARGIN.side, LARGEST);
    const floor = MARGIN.top + side * Math.sqrt(0.75);
    const left = (width - side) / 2;
    scale = { side, x: linear([0, 1], [left, left + side]), y: linear([0, 1], [floor, floor - side]) };
    set(frame, { width, height: Math.ceil(floor + MARGIN.bottom) });
    drawSides();
    drawCurves(curves, width);
    drawWays(state);
    POINTS.forEach((_, i) => drawHandle(i, state));
  };
}

/** The sides of the triangle, and the outcome that is certain at each corner. */
function sides(parent, at, line) {
  const outline = svg("path", { class: "klx-sides" }, parent);
  const names = [1, 2, 3].map((text) => svg("text", { class: "klx-name", "text-anchor": "middle", text }, parent));
  const corners = [[1, 0, 0], [0, 1, 0], [0, 0, 1]];
  return () => {
    set(outline, { d: `M${line(corners)}Z` });
    [[-12, 14], [12, 14], [0, -9]].forEach(([dx, dy], i) => {
      const { x, y } = at(corners[i]);
      set(names[i], { x: x + dx, y: y + dy });
    });
  };
}

/** Rings, the region of cheaper detours, and the curve of equality. */
function curvesBelow(parent, path) {
  const region = svg("path", { class: "klx-region" }, parent);
  const rings = ["forward", "reverse"].map((kind) => LEVELS.map(() => svg("path", { class: `klx-ring klx-${kind}` }, parent)));
  const equal = svg("path", { class: "klx-curve klx-q" }, parent);
  let drawn = []; // and for which width: most moves leave them as they are
  return (curves, width) => {
    const wanted = [curves.rings, curves.detour, curves.equal, width];
    if (wanted.every((each, i) => each === drawn[i])) return;
    drawn = wanted;
    ["forward", "reverse"].forEach((kind, k) =>
      rings[k].forEach((ring, i) => set(ring, { d: path(curves.rings[kind][i] ?? []) })));
    set(equal, { d: path(curves.equal) });
    set(region, { d: path(curves.detour) });
  };
}

/** The straight ways from point to point, and the two mixtures on theirs. */
function waysBetween(parent, at, path) {
  const ways = ["klx-way klx-forward", "klx-way klx-forward klx-dashed", "klx-way klx-p", "klx-way klx-q"]
    .map((kind) => svg("path", { class: kind }, parent));
  const dots = ["p", "q"].map((kind) => svg("circle", { class: `klx-dot klx-${kind}`, r: 4.5 }, parent));
  return ({ view, p, q, r, p2, q2, share }) => {
    const lines = { detour: [[p, r], [p, q, r]], mixtures: [[], [], [p, p2], [q, q2]] }[view] ?? [];
    ways.forEach((way, i) => set(way, { d: lines[i]?.length ? path([lines[i]]) : "" }));
    [mixture(p, p2, share), mixture(q, q2, share)].forEach((point, i) => {
      const { x, y } = at(point);
      set(dots[i], { cx: x.toFixed(2), cy: y.toFixed(2), visibility: view === "mixtures" ? null : "hidden" });
    });
  };
}

// --- the numbers beside it ---

/** Totals in nats, and bars of lengths end to end below them. Returns draw(values, lengths, top, width). */
function lengths(parent, words, parts, kinds) {
  const write = totals(parent, parts);
  const frame = svg("svg", { class: "klx-drawing klx-length", height: 22, "aria-hidden": "true" }, parent);
  const bars = kinds.map((kind) => svg("path", { class: kind }, frame));
  return (values, each, top, width) => {
    write(values.map((value) => number(value, 3)), words.nat);
    const x = linear([0, top], [0, width]);
    set(frame, { width });
    let from = 0;
    each.forEach((length, i) => {
      set(bars[i], { d: from < Infinity ? barPath(x(from), x(from + length), 2, width) : "" });
      from += length;
    });
  };
}

function directionsPanel(parent, words, { put, signal }) {
  const forward = lengths(parent, words, [["D(p‖q)", "forward"]], ["klx-forward klx-fill"]);
  const reverse = lengths(parent, words, [["D(q‖p)", "reverse"]], ["klx-reverse klx-fill"]);
  const gap = totals(parent, [[words.difference]]);
  html("p", { class: "klx-note", text: fill(words.levels, { levels: LEVELS.join(words.comma) }) }, parent);
  const showRings = choice(html("div", { class: "klx-controls" }, parent), {
    label: words.rings, signal, pick: (rings) => put({ rings }),
    options: [["both", words.both], ["forward", "D(p‖·)"], ["reverse", "D(·‖p)"]],
  });
  return ({ rings }, shown, width) => {
    const top = scaleEnd([shown.forward, shown.reverse]);
    forward([shown.forward], [shown.forward], top, width);
    reverse([shown.reverse], [shown.reverse], top, width);
    gap([difference(shown.forward, shown.reverse)], words.nat);
    showRings(rings);
  };
}

function detourPanel(parent, words) {
  html("p", { class: "klx-note", text: words.direct }, parent);
  const direct = lengths(parent, words, [["D(p‖r)", "forward"]], ["klx-forward klx-fill"]);
  html("p", { class: "klx-note", text: words.byWay }, parent);
  const legs = [["D(p‖q)", "forward"], ["+ D(q‖r)", "forward"], ["=", "forward"]];
  const detour = lengths(parent, words, legs, ["klx-forward klx-fill", "klx-forward klx-fill klx-second"]);
  const gap = totals(parent, [[words.difference]]);
  return (_, shown, width) => {
    const top = scaleEnd([shown.direct, shown.detour]);
    direct([shown.direct], [shown.direct], top, width);
    detour([shown.forward, shown.onward, shown.detour], [shown.forward, shown.onward], top, width);
    gap([difference(shown.direct, shown.detour)], words.nat);
  };
}

function mixturesPanel(parent, words, { now, put, signal }) {
  const mixed = totals(parent, [[words.mixed, "forward"]]);
  const average = totals(parent, [[words.average]]);
  const drawChart = mixturesChart(parent, words);
  const drawShare = slider(parent, {
    kind: "share", name: words.share, text: (value) => number(value), range: [0, 1],
    ticks: [[0, "0"], [0.5, "0.5"], [1, "1"]], signal,
    get: () => now().share,
    put: (share) => put({ share: Math.round(share * 100) / 100 }),
    stepped: (value, n) => value + n / 100,
  });
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
  const grid = [0, 1].map(() => ({
    line: svg("line", { class: "klx-grid", x1: CHART.inset, x2: "100%" }, frame),
    text: svg("text", { class: "klx-name", "text-anchor": "end", x: CHART.inset - 4 }, frame),
  }));
  const chord = svg("path", { class: "klx-chord" }, frame);
  const curve = svg("path", { class: "klx-curve klx-forward" }, frame);
  const gap = svg("line", { class: "klx-gap" }, frame);
  const dots = ["klx-dot klx-chordpoint", "klx-dot klx-forward"].map((kind) => svg("circle", { class: kind, r: 4.5 }, frame));
  const shares = Array.from({ length: CHART.points + 1 }, (_, i) => i / CHART.points);

  return ({ p, q, p2, q2, share }, { ends, mixed, average }, width) => {
    const values = shares.map((each) => klDivergence(mixture(p, p2, each), mixture(q, q2, each)));
    const top = scaleEnd([...values, ...ends]);
    const x = linear([0, 1], [CHART.inset, width - CHART.inset]);
    const y = linear([0, top], [CHART.tall - CHART.bottom, CHART.top]);
    set(frame, { width });
    grid.forEach(({ line, text }, i) => {
      set(line, { y1: y(i * top), y2: y(i * top) });
      set(text, { y: y(i * top) + (i ? 9 : 0), text: i * top });
    });
    const points = shares.map((each, i) => [x(each), y(values[i])]).filter(([, height]) => Number.isFinite(height));
    set(curve, { d: points.length ? `M${points.map((xy) => xy.map((v) => v.toFixed(1)).join(" ")).join("L")}` : "" });
    const isFinite = Math.max(...ends) < Infinity;
    set(chord, { d: isFinite ? `M${x(0)} ${y(ends[0])}L${x(1)} ${y(ends[1])}` : "" });
    const [high, low] = [average, mixed].map((value) => (value < Infinity ? y(value) : CHART.top));
    set(gap, { x1: x(share), x2: x(share), y1: high, y2: low });
    [[average, high], [mixed, low]].forEach(([value, height], i) =>
      set(dots[i], { cx: x(share), cy: height, visibility: value < Infinity ? null : "hidden" }));
  };
}

const PANELS = { directions: directionsPanel, detour: detourPanel, mixtures: mixturesPanel };

// --- the explorable ---

/** One element for each view, all in the same place and room, of which one shows. Returns them, and show(view). */
function stacked(parent, tag, attributes = {}) {
  const place = html("div", { class: "klx-stack" }, parent);
  const parts = Object.fromEntries(Object.keys(VIEWS).map((view) => [view, html(tag, attributes, place)]));
  const show = (shown) => {
    for (const [view, part] of Object.entries(parts)) {
      const off = view !== shown && "";
      set(part, { inert: off, "data-off": off });
    }
  };
  return [parts, show];
}

function render(context) {
  const { model, el, signal } = context;
  const guess = () => {
    const { view } = now();
    const made = model.get(`guess_${view}`);
    return VIEWS[view].guesses.includes(made) ? made : "";
  };
  const { words, now, put, ask, finish } = explorable(context, {
    name: "simplex", initial: DEFAULT, guesses: Object.keys(VIEWS).map((view) => `guess_${view}`), faultOf,
    isAnswered: () => Boolean(guess()),
  });
  const first = Object.fromEntries(["share", ...POINTS].map((name) => [name, now()[name]]));
  const curves = curvesOf(() => redraw(), signal);

  const controls = html("div", { class: "klx-controls" }, el);
  const showView = choice(controls, {
    label: words.views, options: Object.keys(VIEWS).map((view) => [view, words[view].name]),
    pick: (view) => put({ view }), signal,
  });
  button(controls, words.again, () => put(first), signal);
  const [leads, showLead] = stacked(el, "p", { class: "klx-lead" });
  const split = html("div", { class: "klx-split" }, el);
  const snap = (q, reach) => {
    const { view, p } = now();
    return view === "directions" && guess() ? snapped(q, p, curves.equal(p), reach) : q;
  };
  const drawTriangle = triangle(split, words, { now, put, snap, signal });
  const { question, answer } = ask(html("div", { class: "klx-aside" }, split));
  const [questions, showQuestion] = stacked(question, "div");
  const [panels, showPanel] = stacked(answer, "div");
  const drawPanel = {};
  for (const [view, { guesses }] of Object.entries(VIEWS)) {
    set(leads[view], { text: words[view].lead });
    const answers = guesses.map((each) => [words[view][each], () => put({ [`guess_${view}`]: each })]);
    questionWith(questions[view], words[view].question, answers, signal);
    drawPanel[view] = PANELS[view](panels[view], words, { now, put, signal });
  }

  let laidOut = 0; // the width for which all panels are: those that do not show take room, too
  let isWide = true; // that the numbers stand beside the triangle
  const redraw = finish({
    draw: (state, width) => {
      if (laidOut !== width) isWide = width > WIDE * parseFloat(getComputedStyle(document.documentElement).fontSize);
      const left = isWide ? Math.round(0.6 * width) : width;
      el.toggleAttribute("data-wide", isWide);
      for (const show of [showView, showLead, showQuestion, showPanel]) show(state.view);
      drawTriangle(state, left, curves.of(state, Boolean(guess())));
      const shown = measured(state);
      for (const view of laidOut === width ? [state.view] : Object.keys(VIEWS)) {
        drawPanel[view](state, shown, isWide ? width - left - GAP : width);
      }
      laidOut = width;
    },
    remark: (state) => remark(state, measured(state), guess(), words),
    challenge: ({ view, ...state }) => {
      const met = Boolean(guess()) && isMet(view, measured(state));
      return { met, said: [words[view].challenge, met && words[view].met] };
    },
    spoken: (state) => {
      const shown = measured(state);
      const names = ["forward", "reverse", "direct", "detour", "mixed", "average"];
      return fill(words[state.view].spoken, Object.fromEntries(names.map((name) => [name, number(shown[name], 3)])));
    },
  });
}

/** The curves that a state shows; `equal` is the one to which q clings. */
function curvesOf(redraw, signal) {
  const ringsOf = (p, which, detail) => ({
    forward: which === "reverse" ? [] : LEVELS.map((level) => forwardContour(p, level, detail)),
    reverse: which === "forward" ? [] : LEVELS.map((level) => reverseContour(p, level, detail)),
  });
  const [rings, equal, detour] = [ringsOf, equalityCurve, detourContour].map((each) => cached(each, redraw, signal));
  return {
    equal,
    of: ({ view, p, r, rings: which }, revealed) => ({
      rings: view === "directions" ? rings(p, which) : NONE,
      equal: view === "directions" && revealed ? equal(p) : NONE.forward,
      detour: view === "detour" && revealed ? detour(p, r) : NONE.forward,
    }),
  };
}

/** What the present state is an example of. */
function remark(state, shown, guess, words) {
  const { view, p, q } = state;
  const said = words[view];
  const limits = VIEWS[view].pairs.map((pair) => pair.split(" ")).flatMap(([a, b]) => {
    const outcome = impossible(state[a], state[b]);
    return outcome ? [fill(words.infinite, { a: called(a, view), b: called(b, view), outcome })] : [];
  });
  if (view === "directions" && p.includes(0)) limits.push(said.border);
  if (view === "mixtures" && shown.average === Infinity) limits.push(said.border);
  if (limits.length) return limits;
  const verdict = guess === VIEWS[view].right ? words.right : said.wrong;
  if (view === "directions") {
    if (apart(p, q) < 1e-9) return [said.same];
    if (shown.agree && shown.forward > 0.01) return [isRearranged(p, q) ? said.swap : said.on];
    return [verdict, said.off];
  }
  if (view === "detour") {
    const gap = number(Math.abs(shown.direct - shown.detour), 3);
    const times = number(shown.direct / shown.detour);
    return [verdict, fill(shown.direct > shown.detour ? said.cheaper : said.dearer, { gap, times })];
  }
  return [verdict, fill(said.below, { less: number(shown.average - shown.mixed, 3) })];
}

/** Whether q is made of the probabilities of p, to the digits shown. */
function isRearranged(p, q) {
  const [a, b] = [[...p].sort(), [...q].sort()];
  return a.every((x, i) => Math.abs(x - b[i]) < 0.006);
}

export default { render };
