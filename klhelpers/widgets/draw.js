// What every explorable draws with: elements, scales, handles and other controls.

const SVG = "http://www.w3.org/2000/svg";

/** A new SVG element with these attributes, the last child of `parent`. */
export function svg(tag, attributes = {}, parent = null) {
  return built(document.createElementNS(SVG, tag), attributes, parent);
}

/** A new HTML element with these attributes, the last child of `parent`. */
export function html(tag, attributes = {}, parent = null) {
  return built(document.createElement(tag), attributes, parent);
}

function built(element, attributes, parent) {
  set(element, attributes);
  parent?.append(element);
  return element;
}

/** A drawing as wide as there is room: a group of handles, or an image. */
export function drawing(parent, height, label, role = "group") {
  return svg("svg", { class: "klx-drawing", height, role, "aria-label": label }, parent);
}

/** A line that says what each colour stands for. Returns write(texts). */
export function legend(parent, kinds) {
  const line = html("p", { class: "klx-legend" }, parent);
  const meanings = kinds.map((kind) => {
    const item = html("span", {}, line);
    html("b", { class: `klx-swatch klx-${kind}` }, item);
    return html("span", {}, item);
  });
  return (texts) => texts.forEach((text, i) => set(meanings[i], { text }));
}

/** A line of totals: [symbol, kind, sign before it] of each. Returns write(values, rest), which takes texts. */
export function totals(parent, parts, kindOfRest = null) {
  const line = html("p", { class: "klx-sum" }, parent);
  const values = parts.map(([symbol, kind, sign]) => {
    if (sign) html("span", { text: sign }, line);
    const part = html("span", { class: kind ? `klx-${kind}` : null }, line);
    html("i", { text: symbol }, part);
    return html("b", {}, part);
  });
  const end = html("span", { class: kindOfRest }, line);
  return (texts, rest) => {
    texts.forEach((text, i) => set(values[i], { text }));
    set(end, { text: rest });
  };
}

// What each element was given last: it is quicker to remember than to ask the element.
const given = new WeakMap();

/** Change attributes, and touch only those that differ. `text` is the content; null takes an attribute away. */
export function set(element, attributes) {
  let known = given.get(element);
  if (!known) given.set(element, (known = {}));
  for (const name in attributes) {
    const value = attributes[name];
    if (known[name] === value) continue;
    known[name] = value;
    if (name === "text") setText(element, value);
    else if (value === null || value === false) element.removeAttribute(name);
    else element.setAttribute(name, value);
  }
}

/** A new text in the old node, where there is one: another node would have to be laid out anew. */
function setText(element, text) {
  const [node] = element.childNodes;
  if (node?.nodeType === Node.TEXT_NODE && element.childNodes.length === 1) node.data = text;
  else element.textContent = text;
}

/** As many children of `parent` as there are data: made by `make(index)`, reused, taken away when left over. */
export function several(parent, count, make) {
  while (parent.children.length > count) parent.lastChild.remove();
  while (parent.children.length < count) parent.append(make(parent.children.length));
  return [...parent.children];
}

/** The linear map that takes a to y and b to z; `invert` takes it back. */
export function linear([a, b], [y, z]) {
  const scale = (value) => y + ((value - a) / (b - a)) * (z - y);
  scale.invert = (place) => a + ((place - y) / (z - y)) * (b - a);
  return scale;
}

/** The same for the logarithm of the value. */
export function logarithmic([a, b], range) {
  const line = linear([Math.log(a), Math.log(b)], range);
  const scale = (value) => line(Math.log(value));
  scale.invert = (place) => Math.exp(line.invert(place));
  return scale;
}

/** The first of some round numbers, in order, that is at least `value`, else the last: a scale that grows seldom. */
export function roundUp(value, round) {
  return round.find((each) => each >= value) ?? round.at(-1);
}

/** The path through points, to a tenth of a pixel, without those amid a horizontal run. */
export function line(points) {
  const tenth = (value) => Math.round(10 * value) / 10;
  const ys = points.map((point) => tenth(point[1]));
  return points.reduce((path, point, i) => {
    const isBend = ys[i] !== ys[i - 1] || ys[i] !== ys[i + 1];
    return isBend ? `${path}${path ? "L" : "M"}${tenth(point[0])} ${ys[i]}` : path;
  }, "");
}

/** Lengths end to end, a bar of each kind, 18 high; one without end is an arrow that points out of the drawing. */
export function bars(parent, kinds, top) {
  const made = kinds.map((kind) => svg("path", { class: kind }, parent));
  return (lengths, x, width) => {
    let from = 0;
    lengths.forEach((length, i) => {
      const to = from + length;
      const end = to < Infinity ? `H${x(to)}v18` : `H${width - 12}l11 9l-11 9`;
      set(made[i], { d: from < Infinity ? `M${x(from)} ${top}${end}H${x(from)}Z` : "" });
      from = to;
    });
  };
}

/** Level lines from x = `left` on, each with a text before it. Returns draw([[y, text], …]). */
export function levels(parent, left) {
  const axis = svg("g", { class: "klx-axis", "aria-hidden": "true" }, parent);
  const level = () => {
    const made = svg("g");
    svg("line", { class: "klx-grid", x1: left, x2: "100%" }, made);
    svg("text", { x: left - 5, y: 4, "text-anchor": "end" }, made);
    return made;
  };
  return (marks) => several(axis, marks.length, level).forEach((made, i) => {
    set(made, { transform: `translate(0 ${marks[i][0]})` });
    set(made.lastChild, { text: marks[i][1] });
  });
}

/** Texts [value, text] below an axis. Returns draw(x), where x is its scale. */
export function ticks(parent, y, marks) {
  const axis = svg("g", { class: "klx-axis", "aria-hidden": "true" }, parent);
  const made = marks.map(([at, text]) => [at, svg("text", { y, "text-anchor": "middle", text }, axis)]);
  return (x) => {
    for (const [at, mark] of made) set(mark, { x: x(at) });
  };
}

export function clamp(value, least, most) {
  return Math.min(most, Math.max(least, value));
}

/** A number as the book prints it: a real minus sign, and ∞. */
export function number(value, digits = 2) {
  if (value === Infinity) return "∞";
  return value.toFixed(digits).replace(/^-(0\.?0*)$/, "$1").replace("-", "−");
}

/** Probabilities as the book prints them. */
export const triple = (p) => p.map((x) => number(x)).join(", ");

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowDown: [0, -1], ArrowUp: [0, 1] };
const PAGES = { PageDown: [0, -10], PageUp: [0, 10] };
const EDGES = { Home: -1, End: 1 };

/**
 * Make an element inside an <svg> a handle, for mouse, touch and keyboard.
 *
 * at()          where it is now: {x, y} in the drawing's units
 * drag({x, y})  it was dragged there
 * step(dx, dy)  it was moved by so many steps; up and right are positive
 * edge(side)    it was sent to one end: -1 or 1 (keys Home and End)
 */
export function handle(element, { at, drag, step, edge = () => {} }) {
  let grip = null; // between the pointer and the handle's own place, so that nothing jumps when it is taken
  element.classList.add("klx-handle");
  set(element, { role: "slider", tabindex: 0 });
  const listen = (name, listener) => element.addEventListener(name, listener, { passive: false });

  // Or the page would scroll under the finger: inside an <svg> the style `touch-action` was seen not to help.
  listen("touchstart", (event) => event.preventDefault());
  listen("pointerdown", (event) => {
    if (event.button !== 0 || grip) return;
    const here = place(element, event);
    const own = at();
    grip = { x: here.x - own.x, y: here.y - own.y, pointer: event.pointerId };
    element.setPointerCapture(event.pointerId);
    element.focus({ preventScroll: true });
    event.preventDefault();
  });
  listen("pointermove", (event) => {
    if (event.pointerId !== grip?.pointer) return;
    const here = place(element, event);
    drag({ x: here.x - grip.x, y: here.y - grip.y });
  });
  listen("lostpointercapture", () => (grip = null));
  listen("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key in ARROWS) step(...ARROWS[event.key].map((d) => (event.shiftKey ? 10 * d : d)));
    else if (event.key in PAGES) step(...PAGES[event.key]);
    else if (event.key in EDGES) edge(EDGES[event.key]);
    else return;
    event.preventDefault();
  });
}

/** Where an event happened, in the units of the drawing that holds `element`. */
function place(element, event) {
  const point = new DOMPoint(event.clientX, event.clientY);
  return point.matrixTransform(element.ownerSVGElement.getScreenCTM().inverse());
}

/** Tell a screen reader what a handle is, what it stands at, and within which limits. */
export function describe(element, { label, text, now, min, max, orientation = null }) {
  set(element, {
    "aria-label": label,
    "aria-valuetext": text,
    "aria-valuenow": now,
    "aria-valuemin": min,
    "aria-valuemax": max,
    "aria-orientation": orientation,
  });
}

/**
 * A knob for a value, on a scale across the drawing, or up it if it is `upright`.
 *
 * kind    "p", "q", …: its colour; `part` "top" or, smaller, "flank"; `arrows` whether it shows which way it goes
 * value() the value now, `from()` that many units from 0 on; `put(value)` sets it, `rounded`, within `range`
 * stepped(value, n)  the value n steps on
 * text(value)        how it is spoken
 *
 * Returns draw(its other coordinate, label).
 */
export function knob(parent, {
  kind, part = "top", arrows = false, upright = false, range, value, put, from = () => 0, text = number,
  rounded = (wanted) => Math.round(wanted * 100) / 100, stepped = (old, n) => old + n / 100,
}, scale) {
  const made = svg("g", { class: `klx-${kind}` }, parent);
  svg("circle", { class: "klx-reach", r: part === "top" ? 22 : 16 }, made);
  svg("circle", { class: "klx-knob", r: part === "top" ? 9 : 6 }, made);
  if (arrows) svg("path", { class: "klx-arrows", transform: upright ? "rotate(90)" : null, d: "M-6 0h12m-3-3l3 3l-3 3M-3-3l-3 3l3 3" }, made);
  const write = (wanted) => put(rounded(clamp(wanted, ...range)));
  handle(made, {
    at: () => {
      const along = scale()(from() + value());
      return upright ? { x: 0, y: along } : { x: along, y: 0 };
    },
    drag: ({ x, y }) => write(scale().invert(upright ? y : x) - from()),
    step: (dx, dy) => write(stepped(value(), dx + dy)),
    edge: (side) => write(range[side < 0 ? 0 : 1]),
  });
  return (across, label) => {
    const now = value();
    const along = scale()(from() + now).toFixed(2);
    set(made, { transform: `translate(${upright ? `${across} ${along}` : `${along} ${across}`})` });
    describe(made, { label, text: text(now), now, min: range[0], max: range[1], orientation: upright ? "vertical" : "horizontal" });
  };
}

/** Where the reach of several knobs overlaps, the nearest one is taken; of those at one place the one on top. */
export function nearestTakes(frame) {
  frame.addEventListener("pointerdown", (event) => {
    const hit = event.target.closest(".klx-handle");
    if (!hit || !event.isTrusted) return;
    const distance = (knob) => {
      const { left, right, top, bottom } = knob.getBoundingClientRect();
      return Math.hypot(event.clientX - (left + right) / 2, event.clientY - (top + bottom) / 2);
    };
    const knobs = [...frame.querySelectorAll(".klx-knob")];
    const nearest = knobs.reduce((best, knob) => (distance(knob) > distance(best) ? best : knob)).parentNode;
    if (nearest === hit) return;
    event.stopPropagation();
    event.preventDefault();
    nearest.dispatchEvent(new PointerEvent(event.type, event));
  }, { capture: true });
}

/** A button. */
export function button(parent, text, press) {
  const made = html("button", { type: "button", text }, parent);
  made.addEventListener("click", press);
  return made;
}

/** A row of buttons of which one is pressed. Returns a function that shows which: `shown(value)`. */
export function choice(parent, { label, options, pick }) {
  const row = html("div", { class: "klx-choice", role: "group", "aria-label": label }, parent);
  const buttons = options.map(([value, text]) => [value, button(row, text, () => pick(value))]);
  return (chosen) => {
    for (const [value, made] of buttons) set(made, { "aria-pressed": value === chosen });
  };
}

/** For a knob on a logarithmic scale: so many digits, and a tenth of the way to the next power of ten takes two steps. */
export const byRatio = (digits) => ({
  rounded: (value) => Number(value.toPrecision(digits)), stepped: (old, n) => old * 10 ** (n / 20),
});

/**
 * A horizontal slider with its own drawing: a track with marks [[value, text], …], a knob, and above it its `name` and
 * what it stands at. `scale` is `linear` or `logarithmic`; the others are those of a knob. Returns draw(width).
 */
export function slider(parent, { kind, name, text = number, range, scale = linear, marks, ...others }) {
  const inset = 24; // half of the widest mark's text
  const words = html("p", { class: `klx-slider klx-${kind}`, "aria-hidden": "true" }, parent);
  html("span", { text: name }, words);
  const value = html("b", {}, words);
  const frame = drawing(parent, 44, name);
  const track = svg("line", { class: "klx-track", x1: inset, y1: 14, y2: 14 }, frame);
  const drawMarks = ticks(frame, 40, marks);
  let x = scale(range, [inset, 300]);
  const drawKnob = knob(frame, { kind, range, text, ...(scale === logarithmic && byRatio(2)), ...others }, () => x);
  return (width) => {
    x = scale(range, [inset, width - inset]);
    set(track, { x2: width - inset });
    drawMarks(x);
    drawKnob(14, name);
    set(value, { text: text(others.value()) });
  };
}
