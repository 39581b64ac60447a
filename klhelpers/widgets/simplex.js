// The simplex: distributions on three outcomes as points of a triangle, in three views that carry one idea each.

import { barPath, button, choice, handle, herald, html, keepDrawn, linear, number } from "./draw.js";
import { prediction, say, set, slider, stage, svg } from "./draw.js";
import { COARSE, detourContour, distributionFault, equalityCurve, forwardContour } from "./maths.js";
import { klDivergence, reverseContour } from "./maths.js";
import { apart, impossible, landed, nearest, place, sent, snapped, stepped } from "./triangle.js";
import { fill, wordsOf } from "./words.js";

const POINTS = ["p", "q", "r", "p2", "q2"];
const VIEWS = {
  directions: { points: ["p", "q"], guesses: ["none", "swaps", "curve"], right: "curve" },
  detour: { points: ["p", "q", "r"], guesses: ["yes", "no"], right: "no" },
  mixtures: { points: ["p", "q", "p2", "q2"], guesses: ["yes", "no"], right: "no" },
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

/** What keeps a state from being shown, as a key of the words and what to fill in; null if nothing does. */
export function faultOf(state) {
  for (const name of POINTS) {
    const found = Array.isArray(state[name]) ? state[name].length : 0;
    if (found !== 3) return { reason: "length", name, found };
    const fault = distributionFault(state[name]);
    if (fault) return { ...fault, name, outcome: fault.index + 1 };
  }
  if (!(Number.isFinite(state.share) && state.share >= 0 && state.share <= 1)) return { reason: "share", value: state.share };
  if (!Object.hasOwn(VIEWS, String(state.view))) return { reason: "choice", name: "view", value: state.view };
  return RINGS.includes(state.rings) ? null : { reason: "choice", name: "rings", value: state.rings };
}

const ROUND = [0.3, 0.5, 1, 2, 4, 8, 16, 32, 1024]; // no divergence of floats is larger

/** The smallest round number above all finite `values`: a scale that grows seldom. */
function roof(values) {
  const largest = Math.max(0, ...values.filter((value) => value < Infinity));
  return ROUND.find((round) => round >= 1.02 * largest);
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
function kept(compute, redraw, signal) {
  let [known, curves, waiting] = [null, null, 0];
  signal.addEventListener("abort", () => clearTimeout(waiting));
  return (...given) => {
    const key = given.join();
    if (key === known) return curves;
    const first = known === null;
    known = key;
    curves = compute(...given, first ? undefined : COARSE);
    clearTimeout(waiting);
    if (!first) {
      waiting = setTimeout(() => {
        curves = compute(...given);
        redraw();
      }, RESTED);
    }
    return curves;
  };
}

/** The triangle with its handles. Returns draw(state, width, revealed), and the height that it takes. */
function triangle(parent, words, { now, put, curves, snapping, signal }) {
  const drawing = svg("svg", { class: "klx-drawing", role: "group", "aria-label": words.triangle }, parent);
  const back = svg("g", { "aria-hidden": "true" }, drawing);
  const sides = svg("path", { class: "klx-sides" }, back);
  const corners = [1, 2, 3].map((text) => svg("text", { class: "klx-name", "text-anchor": "middle", text }, back));
  const region = svg("path", { class: "klx-region" }, back);
  const rings = ["forward", "reverse"].map((kind) => LEVELS.map(() => svg("path", { class: `klx-ring klx-${kind}` }, back)));
  const equal = svg("path", { class: "klx-curve klx-q" }, back);
  const ways = ["klx-way klx-forward", "klx-way klx-forward klx-dashed", "klx-way klx-p", "klx-way klx-q"]
    .map((kind) => svg("path", { class: kind }, back));
  const mixtures = ["p", "q"].map((kind) => svg("circle", { class: `klx-dot klx-${kind}`, r: 4.5 }, back));
  const legends = POINTS.map((name) => svg("text", {
    class: `klx-value klx-${name[0]}`, y: name === "p" || name === "q" ? 13 : 30,
    x: name[0] === "q" ? "100%" : 0, "text-anchor": name[0] === "q" ? "end" : null,
  }, back));
  let drawn = []; // the curves that are drawn, and for which width: most moves leave them as they are
  let scale = { side: 300, x: linear([0, 1], [0, 300]), y: linear([0, 1], [300, 0]) };

  const at = (p) => {
    const { x, y } = place(p);
    return { x: scale.x(x), y: scale.y(y) };
  };
  const line = (points) => points.map((p) => at(p)).map(({ x, y }) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L");
  const path = (polylines) => polylines.map((points) => `M${line(points)}`).join("");

  const handles = POINTS.map((name) => {
    const made = svg("g", { class: `klx-${name[0]}` }, drawing);
    svg("circle", { class: "klx-reach" }, made);
    svg("circle", { class: "klx-knob", r: KNOB }, made);
    svg("text", { class: "klx-point", x: 10, y: -9, "aria-hidden": "true" }, made);
    const write = (p, reach) => put({ [name]: name === "q" ? snapping(p, reach) : p });
    handle(made, {
      signal,
      at: () => at(now()[name]),
      drag: ({ x, y }) => write(landed({ x: scale.x.invert(x), y: scale.y.invert(y) }), SNAP.drag / scale.side),
      step: (dx, dy) => write(stepped(now()[name], dx, dy), SNAP.step),
      edge: (side) => put({ [name]: sent(now()[name], side) }),
    });
    set(made, { "aria-roledescription": words.point });
    return made;
  });

  return (state, width, revealed) => {
    const side = Math.min(width - 2 * MARGIN.side, LARGEST);
    const floor = MARGIN.top + side * Math.sqrt(0.75);
    const left = (width - side) / 2;
    scale = { side, x: linear([0, 1], [left, left + side]), y: linear([0, 1], [floor, floor - side]) };
    set(drawing, { width, height: Math.ceil(floor + MARGIN.bottom) });
    set(sides, { d: `M${line([[1, 0, 0], [0, 1, 0], [0, 0, 1]])}Z` });
    [[-12, 14], [12, 14], [0, -9]].forEach(([dx, dy], i) => {
      const corner = at([0, 1, 2].map((j) => Number(i === j)));
      set(corners[i], { x: corner.x + dx, y: corner.y + dy });
    });

    const { view, p, q, r, p2, q2, share } = state;
    const around = view === "directions" ? curves.rings(p, state.rings) : NONE;
    const lens = view === "detour" && revealed ? curves.detour(p, r) : NONE.forward;
    const same = view === "directions" && revealed ? curves.equal(p) : NONE.forward;
    const curved = [around, lens, same, width];
    if (curved.some((each, i) => each !== drawn[i])) {
      ["forward", "reverse"].forEach((kind, k) => rings[k].forEach((ring, i) => set(ring, { d: path(around[kind][i] ?? []) })));
      set(equal, { d: path(same) });
      set(region, { d: path(lens) });
      drawn = curved;
    }
    const lines = { detour: [[p, r], [p, q, r]], mixtures: [[], [], [p, p2], [q, q2]] }[view] ?? [];
    ways.forEach((way, i) => set(way, { d: lines[i]?.length ? path([lines[i]]) : "" }));
    [mixture(p, p2, share), mixture(q, q2, share)].forEach((point, i) => {
      const { x, y } = at(point);
      set(mixtures[i], { cx: x.toFixed(2), cy: y.toFixed(2), visibility: view === "mixtures" ? null : "hidden" });
    });

    const { points } = VIEWS[view];
    handles.forEach((made, i) => {
      const name = POINTS[i];
      const used = points.includes(name);
      for (const part of [made, legends[i]]) set(part, { display: used ? null : "none" });
      if (!used) return;
      const { x, y } = at(state[name]);
      const others = points.filter((other) => other !== name).map((other) => apart(state[name], state[other]));
      const reach = Math.min(REACH.most, Math.max(REACH.least, (Math.min(...others) * side) / 2));
      const [own, , label] = made.children;
      set(made, { transform: `translate(${x.toFixed(2)} ${y.toFixed(2)})` });
      set(own, { r: reach.toFixed(1) });
      set(label, { text: called(name, view) });
      set(legends[i], { text: `${called(name, view)} = ${triple(state[name])}` });
      say(made, {
        label: called(name, view), text: triple(state[name]), now: (1 - state[name][0]).toFixed(4), min: 0, max: 1,
      });
    });
  };
}

/** What a point is called: where there are two pairs, each has its number. */
function called(name, view) {
  return view === "mixtures" ? `${name[0]}${name.length > 1 ? "₂" : "₁"}` : name;
}

// --- the numbers beside it ---

/** A line of symbols and values in nats. Returns write([value, …]). */
function sum(parent, words, ...parts) {
  const made = html("p", { class: "klx-sum" }, parent);
  const values = parts.map(([symbol, kind]) => {
    const part = html("span", { class: kind && `klx-${kind}` }, made);
    html("i", { text: symbol }, part);
    return html("b", {}, part);
  });
  html("span", { text: words.nat }, made);
  return (...texts) => texts.forEach((text, i) => set(values[i], { text }));
}

/** Bars end to end on one scale. Returns draw(lengths, top, width). */
function bars(parent, kinds) {
  const drawing = svg("svg", { class: "klx-drawing klx-length", height: 22, "aria-hidden": "true" }, parent);
  const made = kinds.map((kind) => svg("path", { class: kind }, drawing));
  return (lengths, top, width) => {
    const x = linear([0, top], [0, width]);
    set(drawing, { width });
    let from = 0;
    lengths.forEach((length, i) => {
      set(made[i], { d: from < Infinity ? barPath(x(from), x(from + length), 2, width) : "" });
      from += length;
    });
  };
}

function directionsPanel(parent, words, { put, signal }) {
  const forward = sum(parent, words, ["D(p‖q)", "forward"]);
  const forwardBar = bars(parent, ["klx-forward klx-fill"]);
  const reverse = sum(parent, words, ["D(q‖p)", "reverse"]);
  const reverseBar = bars(parent, ["klx-reverse klx-fill"]);
  const gap = sum(parent, words, [words.difference]);
  html("p", { class: "klx-note", text: fill(words.levels, { levels: LEVELS.join(words.comma) }) }, parent);
  const showRings = choice(html("div", { class: "klx-controls" }, parent), {
    label: words.rings, signal, pick: (rings) => put({ rings }),
    options: [["both", words.both], ["forward", "D(p‖·)"], ["reverse", "D(·‖p)"]],
  });
  return ({ rings }, shown, width) => {
    const top = roof([shown.forward, shown.reverse]);
    forward(number(shown.forward, 3));
    forwardBar([shown.forward], top, width);
    reverse(number(shown.reverse, 3));
    reverseBar([shown.reverse], top, width);
    gap(difference(shown.forward, shown.reverse));
    showRings(rings);
  };
}

function detourPanel(parent, words) {
  html("p", { class: "klx-note", text: words.direct }, parent);
  const direct = sum(parent, words, ["D(p‖r)", "forward"]);
  const directBar = bars(parent, ["klx-forward klx-fill"]);
  html("p", { class: "klx-note", text: words.byWay }, parent);
  const detour = sum(parent, words, ["D(p‖q)", "forward"], ["+ D(q‖r)", "forward"], ["=", "forward"]);
  const detourBar = bars(parent, ["klx-forward klx-fill", "klx-forward klx-fill klx-second"]);
  const gap = sum(parent, words, [words.difference]);
  return (_, shown, width) => {
    const top = roof([shown.direct, shown.detour]);
    direct(number(shown.direct, 3));
    directBar([shown.direct], top, width);
    detour(...[shown.forward, shown.onward, shown.detour].map((value) => number(value, 3)));
    detourBar([shown.forward, shown.onward], top, width);
    gap(difference(shown.direct, shown.detour));
  };
}

function mixturesPanel(parent, words, { now, put, signal }) {
  const mixed = sum(parent, words, [words.mixed, "forward"]);
  const average = sum(parent, words, [words.average]);
  const chart = svg("svg", { class: "klx-drawing", height: CHART.tall, role: "img", "aria-label": words.chart }, parent);
  const grid = [0, 1].map(() => ({
    line: svg("line", { class: "klx-grid", x1: CHART.inset, x2: "100%" }, chart),
    text: svg("text", { class: "klx-name", "text-anchor": "end", x: CHART.inset - 4 }, chart),
  }));
  const chord = svg("path", { class: "klx-chord" }, chart);
  const curve = svg("path", { class: "klx-curve klx-forward" }, chart);
  const gap = svg("line", { class: "klx-gap" }, chart);
  const dots = ["klx-dot klx-chordpoint", "klx-dot klx-forward"].map((kind) => svg("circle", { class: kind, r: 4.5 }, chart));
  const control = slider(parent, {
    kind: "share", name: words.share, text: (value) => number(value), range: [0, 1],
    ticks: [[0, "0"], [0.5, "0.5"], [1, "1"]], signal,
    get: () => now().share,
    put: (share) => put({ share: Math.round(share * 100) / 100 }),
    stepped: (value, n) => value + n / 100,
  });

  return ({ p, q, p2, q2, share }, shown, width) => {
    mixed(number(shown.mixed, 3));
    average(number(shown.average, 3));
    const shares = Array.from({ length: CHART.points + 1 }, (_, i) => i / CHART.points);
    const values = shares.map((each) => klDivergence(mixture(p, p2, each), mixture(q, q2, each)));
    const top = roof([...values, ...shown.ends]);
    const x = linear([0, 1], [CHART.inset, width - CHART.inset]);
    const y = linear([0, top], [CHART.tall - CHART.bottom, CHART.top]);
    set(chart, { width });
    grid.forEach(({ line, text }, i) => {
      set(line, { y1: y(i * top), y2: y(i * top) });
      set(text, { y: y(i * top) + (i ? 9 : 0), text: i * top });
    });
    const drawn = shares.map((each, i) => [x(each), y(values[i])]).filter(([, height]) => Number.isFinite(height));
    set(curve, { d: drawn.length ? `M${drawn.map((xy) => xy.map((v) => v.toFixed(1)).join(" ")).join("L")}` : "" });
    const finite = Math.max(...shown.ends) < Infinity;
    set(chord, { d: finite ? `M${x(0)} ${y(shown.ends[0])}L${x(1)} ${y(shown.ends[1])}` : "" });
    const high = shown.average < Infinity ? y(shown.average) : CHART.top;
    const low = shown.mixed < Infinity ? y(shown.mixed) : CHART.top;
    set(gap, { x1: x(share), x2: x(share), y1: high, y2: low });
    [[shown.average, high], [shown.mixed, low]].forEach(([value, height], i) =>
      set(dots[i], { cx: x(share), cy: height, visibility: value < Infinity ? null : "hidden" }));
    control(width);
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

function render({ model, el, signal }) {
  const words = wordsOf("simplex", el);
  let valid = DEFAULT; // the last state that could be drawn
  const raw = () => Object.fromEntries(Object.keys(DEFAULT).map((name) => [name, model.get(name)]));
  const now = () => {
    const state = raw();
    if (!faultOf(state)) valid = state;
    return valid;
  };
  const guessOf = (view) => model.get(`guess_${view}`);
  const guess = () => (VIEWS[now().view].guesses.includes(guessOf(now().view)) ? guessOf(now().view) : "");
  const first = now();
  const put = (values) => {
    model.set(values);
    model.save_changes();
    speak();
  };

  let laidOut = 0; // the width for which all panels are: those that do not show take room, too
  let wide = true; // that the numbers stand beside the triangle
  const ringsOf = (p, which, detail) => ({
    forward: which === "reverse" ? [] : LEVELS.map((level) => forwardContour(p, level, detail)),
    reverse: which === "forward" ? [] : LEVELS.map((level) => reverseContour(p, level, detail)),
  });
  const curves = {
    rings: kept(ringsOf, () => redraw(), signal),
    equal: kept(equalityCurve, () => redraw(), signal),
    detour: kept(detourContour, () => redraw(), signal),
  };
  const snapping = (q, reach) => {
    const { view, p } = now();
    return view === "directions" && guess() ? snapped(q, p, curves.equal(p), reach) : q;
  };

  stage(el, words.title);
  const controls = html("div", { class: "klx-controls" }, el);
  const showView = choice(controls, {
    label: words.views, options: Object.keys(VIEWS).map((view) => [view, words[view].name]),
    pick: (view) => put({ view }), signal,
  });
  button(controls, words.again, () => put(Object.fromEntries(["share", ...POINTS].map((k) => [k, first[k]]))), signal);
  const [leads, showLead] = stacked(el, "p", { class: "klx-lead" });
  const split = html("div", { class: "klx-split" }, el);
  const drawTriangle = triangle(split, words, { now, put, curves, snapping, signal });
  const side = html("div", { class: "klx-aside" }, split);
  const { question, answer, reveal } = prediction(side, "");
  question.replaceChildren();
  const [questions, showQuestion] = stacked(question, "div");
  const [panels, showPanel] = stacked(answer, "div");
  const message = html("p", { class: "klx-message" }, el);
  const challenge = html("p", { class: "klx-challenge" }, el);
  const hear = herald(el, signal);
  const drawPanel = {};
  for (const [view, { guesses }] of Object.entries(VIEWS)) {
    set(leads[view], { text: words[view].lead });
    html("p", { text: words[view].question }, questions[view]);
    const row = html("div", { class: "klx-choice" }, questions[view]);
    for (const each of guesses) button(row, words[view][each], () => put({ [`guess_${view}`]: each }), signal);
    drawPanel[view] = PANELS[view](panels[view], words, { now, put, signal });
  }

  function draw(width) {
    const fault = faultOf(raw());
    const state = now();
    const { view } = state;
    const shown = measured(state);
    if (laidOut !== width) wide = width > WIDE * parseFloat(getComputedStyle(document.documentElement).fontSize);
    const left = wide ? Math.round(0.6 * width) : width;
    el.toggleAttribute("data-wide", wide);
    reveal(Boolean(guess()));
    for (const show of [showView, showLead, showQuestion, showPanel]) show(view);
    drawTriangle(state, left, Boolean(guess()));
    for (const each of laidOut === width ? [view] : Object.keys(VIEWS)) {
      drawPanel[each](state, shown, wide ? width - left - GAP : width);
    }
    laidOut = width;
    set(message, { text: fault ? fill(words.fault[fault.reason], fault) : remark(state, shown, guess(), words) });
    el.toggleAttribute("data-fault", Boolean(fault));
    const met = isMet(view, shown);
    set(challenge, { text: words[view].challenge + words.gap + (guess() && met ? words[view].met : "") });
    challenge.toggleAttribute("data-met", Boolean(guess() && met));
  }

  function speak() {
    if (!guess()) return;
    hear(() => {
      const state = now();
      const shown = measured(state);
      const said = Object.fromEntries(["forward", "reverse", "direct", "detour", "mixed", "average"].map(
        (name) => [name, number(shown[name], 3)]));
      return fill(words[state.view].heard, said);
    });
  }

  const names = [...Object.keys(DEFAULT), ...Object.keys(VIEWS).map((view) => `guess_${view}`)];
  const redraw = keepDrawn({ model, names, el, draw, signal });
}

const PAIRS = { directions: ["p q", "q p"], detour: ["p r", "p q", "q r"], mixtures: ["p q", "p2 q2"] };

/** The sentence below the drawing: what the present state is an example of. */
function remark(state, shown, guess, words) {
  const { view, p, q } = state;
  if (!guess) return "";
  const said = words[view];
  const infinite = PAIRS[view].map((pair) => pair.split(" ")).map(([a, b]) => ({
    a: called(a, view), b: called(b, view), outcome: impossible(state[a], state[b]),
  })).filter(({ outcome }) => outcome);
  const limits = infinite.map((pair) => fill(words.infinite, pair));
  if (view === "directions" && p.includes(0)) limits.push(said.border);
  if (view === "mixtures" && shown.average === Infinity) limits.push(said.border);
  if (limits.length) return limits.join(words.gap);
  const verdict = guess === VIEWS[view].right ? words.right : said.wrong;
  if (view === "directions") {
    if (apart(p, q) < 1e-9) return said.same;
    if (shown.agree && shown.forward > 0.01) return isRearranged(p, q) ? said.swap : said.on;
    return verdict + said.off;
  }
  if (view === "detour") {
    const gap = number(Math.abs(shown.direct - shown.detour), 3);
    const times = number(shown.direct / shown.detour);
    return verdict + fill(shown.direct > shown.detour ? said.cheaper : said.dearer, { gap, times });
  }
  return verdict + fill(said.below, { less: number(shown.average - shown.mixed, 3) });
}

/** Whether q is made of the probabilities of p, to the digits shown. */
function isRearranged(p, q) {
  const [a, b] = [[...p].sort(), [...q].sort()];
  return a.every((x, i) => Math.abs(x - b[i]) < 0.006);
}

export default { render };
