// The switchboard of conventions: two vectors, how they are handed over, and what each library prints.

import { button, html, legend, number, set, slider } from "./draw.js";
import { explorable, fill } from "./explorable.js";
import { divided, isDistribution, klDivergence, sum } from "./maths.js";

const RANGE = [0, 1];
export const TRAITS = {
  p: { within: RANGE },
  q: { within: RANGE },
  order: { among: ["pq", "qp"] },
  given: { among: ["log", "plain"] },
  guess: { among: ["", "same", "three", "error"] },
};
const STARTS = {
  both: { p: [0.6, 0.4], q: [0.5, 0.5] },
  more: { p: [0.6, 0.4], q: [0.7, 0.6] },
  zero: { p: [0.5, 0.5], q: [1, 0] },
  masked: { p: [1, 0], q: [1, 0] },
};
const EPSILON = Number.EPSILON;
const SINGLE = 2 ** -23; // that of float32

// --- what each computes, from the vectors that it is given first and second ---

const pairs = (p, q, term) => p.map((value, i) => term(value, q[i]));
const raised = (p, least, most = Infinity) => p.map((value) => Math.min(Math.max(value, least), most));
const relEntr = (p, q) => pairs(p, q, (a, b) => (a === 0 ? 0 : a * Math.log(a / b)));
const klDiv = (p, q) => pairs(relEntr(p, q), pairs(p, q, (a, b) => b - a), (a, b) => a + b);
const entropy = (p, q) => sum(relEntr(divided(p), divided(q)));
const lossTerms = (p, x) => pairs(p, x, (a, b) => (a > 0 ? a * Math.log(a) : 0) - a * b);

function jensenShannon(p, q) {
  const [a, b] = [divided(p), divided(q)];
  const middle = pairs(a, b, (x, y) => (x + y) / 2);
  return Math.sqrt((sum(relEntr(a, middle)) + sum(relEntr(b, middle))) / 2);
}

function categorical(p, q) {
  const [a, b] = [divided(p), divided(q)];
  const [logA, logB] = [a, b].map((each) => raised(each, EPSILON, 1 - EPSILON).map(Math.log));
  return sum(a.map((value, i) => (value > 0 ? (b[i] > 0 ? value * (logA[i] - logB[i]) : Infinity) : 0)));
}

/** What each function makes of the state: [name, value], null where it refuses. */
export function printed({ p, q, order, given }) {
  const [a, b] = order === "pq" ? [p, q] : [q, p];
  const loss = lossTerms(a, given === "log" ? b.map(Math.log) : b);
  const accepts = isDistribution(a) && isDistribution(b);
  return [
    ["SciPy, JAX rel_entr", sum(relEntr(a, b))],
    ["SciPy, JAX kl_div", sum(klDiv(a, b))],
    ["SciPy entropy", entropy(a, b)],
    ["SciPy jensenshannon", jensenShannon(a, b)],
    ["PyTorch F.kl_div", sum(loss) / 2],
    ["Optax kl_divergence", sum(loss)],
    ["PyTorch Categorical", categorical(a, b)],
    ["TFP, TorchMetrics", entropy(a, b)],
    ["Keras kl_divergence", sum(relEntr(raised(a, 1e-7, 1), raised(b, 1e-7, 1)))],
    ["scikit-learn NMF", sum(pairs(relEntr(a, raised(b, SINGLE)), pairs(a, b, (x, y) => y - x), (x, y) => x + y))],
    ["klhelpers", accepts ? klDivergence(a, b) : null],
  ];
}

/** D(p‖q) of the vectors divided by their sums; NaN if there is none. */
export function divergence({ p, q }) {
  return sum(p) > 0 && sum(q) > 0 ? klDivergence(divided(p), divided(q)) : NaN;
}

const same = (value, D) => value === D || Math.abs(value - D) < 5e-5;

function render(context) {
  const { el } = context;
  const { words, now, guess, put, control, choose, split, ask, finish } = explorable(context, {
    name: "conventions", traits: TRAITS,
  });
  const write = legend(el, ["p", "q"]);
  const { left, right, widths } = split();
  const sliders = [[left, "p"], [right, "q"]].flatMap(([half, name]) => [0, 1].map((at) => slider(half, {
    ...control(name, at), kind: name, name: `${name}${"₁₂"[at]}`, marks: [[0, "0"], [0.5, "½"], [1, "1"]],
  })));
  const { answer } = ask(el);
  const controls = html("div", { class: "klx-controls" }, answer);
  for (const [name, vectors] of Object.entries(STARTS)) button(controls, words.starts[name], () => put(vectors));
  const handing = html("div", { class: "klx-controls" }, answer);
  for (const trait of ["order", "given"]) choose(handing, trait);
  const table = html("table", {}, answer);
  const head = html("tr", {}, html("thead", {}, table));
  for (const text of words.head) html("th", { text, scope: "col" }, head);
  const body = html("tbody", {}, table);
  const rows = printed(now()).map(([name]) => {
    const row = html("tr", {}, body);
    html("th", { text: name, scope: "row", translate: "no" }, row);
    return [row, html("td", {}, row), html("td", {}, row)];
  });

  finish({
    measure: (state) => {
      const [D, calls] = [divergence(state), printed(state)];
      const values = Object.fromEntries(calls);
      const isRight = calls.map(([, value]) => value !== null && same(value, D));
      return {
        D, calls, isRight,
        right: isRight.filter(Boolean).length, of: calls.length,
        entr: values["SciPy, JAX rel_entr"], loss: values["PyTorch F.kl_div"],
        sums: [sum(state.p), sum(state.q)],
        proper: isDistribution(state.p) && isDistribution(state.q),
      };
    },
    draw: (_, width, { calls, isRight, sums }) => {
      const halves = widths(width, 0.48);
      write(["p", "q"].map((name, i) => fill(words.sum, { name, sum: sums[i] })));
      sliders.forEach((draw, i) => draw(halves[i < 2 ? 0 : 1]));
      calls.forEach(([, value], i) => {
        const [row, shown, verdict] = rows[i];
        const right = isRight[i];
        set(row, { class: right || value === null ? null : "klx-forward" });
        set(shown, { text: value === null ? words.refuses : number(value, 4) });
        set(verdict, { text: value === null ? "" : right ? "✓" : "✗" });
      });
    },
    remark: ({ p, q, order, given }, { D, entr, sums, proper }) => [
      guess() === "three" ? words.right : words.wrong,
      !Number.isNaN(D) && words.divergence,
      order === "qp" && words.swapped,
      given === "plain" && words.plain,
      !proper && (sums[1] > sums[0] && entr < 0 ? words.negative : words.improper),
      proper && D === Infinity && words.infinite,
      p.some((value, i) => value === 0 && q[i] === 0) && words.masked,
    ],
    challenge: ({ order }, { loss, proper }) => ({ met: proper && order === "pq" && loss < 0 }),
  });
}

export default { render };
