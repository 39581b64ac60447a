// The merger: p and q over a few bins, which the reader merges two by two, and what is left of D.

import { bars, button, drawing, html, legend, levels, linear, number, roundUp, set, several, svg, totals } from "./draw.js";
import { explorable, fill } from "./explorable.js";
import { klDivergence, sum } from "./maths.js";

export const TRAITS = {
  p: { count: [2, 8] },
  q: { like: "p" },
  cells: { like: "p", within: [0, 7], whole: true },
  guess: { among: ["", "none", "height", "ratio"] },
};
const FEW = 3; // the challenge
const TALL = 210;
const FLOOR = TALL - 42;
const LEFT = 30;

/** The bins of each cell; a cell stands where its first bin does. */
export function groups(cells) {
  return [...new Set(cells)].map((cell) => [...cells.keys()].filter((bin) => cells[bin] === cell));
}

/** What is left of D when the bins of each group are one, with the merged p and q. */
export function merged({ p, q }, of) {
  const [ofP, ofQ] = [p, q].map((each) => of.map((bins) => sum(bins.map((bin) => each[bin]))));
  return { p: ofP, q: ofQ, divergence: klDivergence(ofP, ofQ) };
}

/** The most of D that three groups can keep: bins next to each other in the order of p/q belong together. */
export function most({ p, q }) {
  const share = (bin) => p[bin] / (p[bin] + q[bin] || 1); // in the order of p/q, without a division by 0
  const order = [...p.keys()].sort((a, b) => share(a) - share(b));
  const cuts = order.flatMap((_, a) => order.map((_, b) => [order.slice(0, a), order.slice(a, b), order.slice(b)]));
  return Math.max(...cuts.filter(([, middle]) => middle.length).map((of) => merged({ p, q }, of).divergence));
}

/** A column for each group, a button. Returns draw(measured, chosen column, width) and the columns. */
function columnChart(parent, words, press) {
  const frame = drawing(parent, TALL, words.chart);
  const drawLevels = levels(frame, LEFT);
  const columns = svg("g", {}, frame);
  const column = (at) => {
    const made = svg("g", { class: "klx-column", role: "button", tabindex: 0 });
    svg("rect", { class: "klx-reach", y: 1, height: TALL - 2, rx: 6 }, made);
    for (const kind of ["p", "q"]) svg("rect", { class: `klx-fill klx-${kind}` }, made);
    svg("text", { y: FLOOR + 16, class: "klx-axis", "text-anchor": "middle" }, made);
    svg("text", { y: FLOOR + 34, class: "klx-answer", "text-anchor": "middle" }, made);
    made.addEventListener("click", () => press(at));
    made.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      press(at);
    });
    return made;
  };
  const draw = ({ of, p, q }, chosen, width) => {
    const top = roundUp(Math.max(...p, ...q), [0.3, 0.6, 1]);
    const y = linear([0, top], [FLOOR, 12]);
    drawLevels([0, top / 2, top].map((level) => [y(level), level]));
    const wide = (width - LEFT) / of.length;
    const thick = Math.min(36, wide * 0.36);
    several(columns, of.length, column).forEach((made, i) => {
      const middle = LEFT + (i + 0.5) * wide;
      const names = of[i].map((bin) => bin + 1);
      const [reach, ofP, ofQ, name, ratio] = made.children;
      set(reach, { x: middle - wide / 2 + 2, width: wide - 4 });
      set(ofP, { x: middle - thick - 1, width: thick, y: y(p[i]), height: FLOOR - y(p[i]) });
      set(ofQ, { x: middle + 1, width: thick, y: y(q[i]), height: FLOOR - y(q[i]) });
      set(name, { x: middle, text: names.join(wide > 15 * names.length ? "+" : " ") });
      set(ratio, { x: middle, text: p[i] + q[i] > 0 ? number(p[i] / q[i]) : "" });
      set(made, {
        "aria-pressed": String(i === chosen),
        "aria-label": fill(words.column, { bins: names.join(" + "), p: p[i], q: q[i] }),
      });
    });
  };
  return { draw, columns };
}

function render(context) {
  const { el } = context;
  const { words, now, guess, put, ask, finish } = explorable(context, { name: "merge", traits: TRAITS });
  const past = []; // the cells before each merger
  let chosen = -1; // the column that was pressed first

  const press = (at) => {
    if (chosen < 0 || chosen === at) {
      chosen = chosen === at ? -1 : at;
      redraw();
      return;
    }
    const { cells } = now();
    const names = [...new Set(cells)];
    const [first, second] = [chosen, at].sort((a, b) => a - b);
    past.push(cells);
    chosen = -1;
    put({ cells: cells.map((cell) => (cell === names[second] ? names[first] : cell)) });
    columns.children[first].focus({ preventScroll: true });
  };
  legend(el, ["p", "q"])([words.p, words.q]);
  const { draw, columns } = columnChart(el, words, press);
  html("p", { class: "klx-note klx-answer", text: words.ratios }, el);
  const write = totals(el, [["D(p′‖q′)", "forward"], ["D(p‖q)", null, "≤"]]);
  const frame = drawing(el, 22, words.lengths, "img");
  const drawLengths = bars(frame, ["klx-forward klx-fill", "klx-forward klx-saving"], 2);
  button(html("div", { class: "klx-controls" }, el), words.undo, () => {
    chosen = -1;
    put(past.length ? { cells: past.pop() } : {});
    redraw();
  });
  ask(el);

  const redraw = finish({
    measure: (state) => {
      const of = groups(state.cells);
      const { p, q, divergence } = merged(state, of);
      const whole = klDivergence(state.p, state.q);
      const left = Math.min(divergence, whole);
      return { of, p, q, count: of.length, left, whole, lost: left === whole ? 0 : whole - left };
    },
    draw: (_, width, shown) => {
      const { count, left, whole, lost } = shown;
      if (chosen >= count) chosen = -1;
      draw(shown, chosen, width);
      const x = linear([0, whole < Infinity ? whole || 1 : 1.5 * left || 1], [0, width]);
      drawLengths([left, lost], x, width);
      write([left, whole].map((value) => number(value, 3)), words.unit);
    },
    remark: ({ p }, { count, lost }) => {
      if (count === 1) return [words.one];
      const verdict = guess() === "ratio" ? words.right : words.wrong;
      return [verdict, words.rule, count < p.length && (lost < 1e-9 ? words.free : words.lost)];
    },
    challenge: (state, { count, left }) => ({ met: count === FEW && left >= most(state) - 1e-9 }),
  });
}

export default { render };
