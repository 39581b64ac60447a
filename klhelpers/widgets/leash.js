// The leash: a policy π over three actions, the pull of β·D(π‖ref) on it, and that of what is done in its place.

import { board } from "./board.js";
import { button, choice, html, legend, line, logarithmic, number, set, slider, svg, totals, triple } from "./draw.js";
import { explorable, fill, remembered } from "./explorable.js";
import { divided, klDivergence, sum } from "./maths.js";
import { impossible, place, reverseContours } from "./triangle.js";

const REF = [0.5, 0.3, 0.2];
const REWARDS = [-1, 4];
const BETAS = [0.05, 20];
// What multiplies ∇ log π(x) for a sampled x, by t = ref(x)/π(x): in the reward the estimator, in the loss its slope.
const RECIPES = {
  "k1 reward": (t) => -Math.log(t),
  "k2 reward": (t) => Math.log(t) ** 2 / 2,
  "k3 reward": (t) => t - 1 - Math.log(t),
  "k1 loss": () => 1,
  "k2 loss": (t) => -Math.log(t),
  "k3 loss": (t) => 1 - t,
  "inverted loss": (t) => 1 / t - 1,
};
export const TRAITS = {
  policy: {},
  reward: { within: REWARDS },
  beta: { within: BETAS },
  recipe: { among: Object.keys(RECIPES) },
  guess: { among: ["", "true", "other", "none"] },
};
const FAINT = 1e-300; // below it a ratio to it may be no number
const LEVELS = [0.05, 0.2, 0.6]; // of D(π‖π*), in β of which the objective falls short of its best
const CURVE = Array.from({ length: 61 }, (_, i) => BETAS[0] * (BETAS[1] / BETAS[0]) ** (i / 60));
const STRIDE = { length: 0.005, least: 1e-6, most: 400 }; // of a way, in sides of the triangle
const TRAINING = 2500; // milliseconds
const WIDE_ANGLE = 45; // the challenge
const RARE = 0.01;
const LARGEST = 340; // side of the triangle

// --- what is computed ---

const dot = (a, b) => sum(a.map((x, i) => x * b[i]));

/** The gradient of a mean of these values by the logits of p; also how p changes when its logits change by them. */
function centred(p, values) {
  const mean = dot(p, values);
  return p.map((x, i) => x * (values[i] - mean));
}

/** π*, where E[r] − β D(π‖ref) is largest. */
export function optimum(reward, beta) {
  const best = Math.max(...reward);
  return divided(REF.map((x, i) => x * Math.exp((reward[i] - best) / beta)));
}

/** What a recipe's samples descend on average, by the logits of π; what is never sampled adds nothing. */
export function gradient(p, recipe) {
  return centred(p, p.map((x, i) => (x > FAINT ? RECIPES[recipe](REF[i] / x) : 0)));
}

/** The angle between two gradients, in degrees; NaN where one is 0. */
export function angle(a, b) {
  const [one, other] = [Math.hypot(...a), Math.hypot(...b)];
  return Math.min(one, other) < 1e-9 ? NaN : (180 / Math.PI) * Math.acos(Math.min(1, Math.max(-1, dot(a, b) / one / other)));
}

/** The policies that gradient ascent on the reward less β times the recipe passes, from π to where it comes to rest. */
export function way({ policy, reward, beta, recipe }) {
  const uphill = (p) => {
    const rewarded = centred(p, reward);
    return gradient(p, recipe).map((slope, i) => rewarded[i] - beta * slope);
  };
  const points = [policy];
  let slope = uphill(policy);
  let time = 1;
  while (points.length < STRIDE.most) {
    const p = points.at(-1);
    const { x, y } = place(centred(p, slope));
    const speed = Math.hypot(x, y);
    if (speed < STRIDE.least) break;
    time = Math.min(2 * time, STRIDE.length / speed);
    let [next, after] = [p, slope];
    for (; time * speed > 1e-9; time /= 2) {
      next = divided(p.map((value, i) => value * Math.exp(time * slope[i])));
      after = uphill(next);
      if (dot(after, slope) > 0) break; // else it went too far
    }
    points.push(next);
    slope = after;
  }
  return points;
}

// --- the drawing ---

/** The triangle with π to drag. Returns draw(state, width, way or null). */
function triangle(parent, words, { value, put }) {
  const { back, at, resize, point } = board(parent, words, LARGEST);
  const path = (kind) => svg("path", { class: kind }, back);
  const ringsOf = remembered((best) => reverseContours(best, LEVELS).flat());
  const curveOf = remembered((reward) => CURVE.map((beta) => optimum(reward, beta)));
  const rings = path("klx-sides");
  const curve = path("klx-line klx-thin");
  const ahead = path("klx-line klx-dashed klx-forward");
  const end = svg("circle", { class: "klx-minimum klx-forward", r: 5 }, back);
  const points = [["ref", "r", -12, 18], ["π*", "p", 10, -6]].map(([text, kind, x, y]) => {
    const made = svg("g", { class: `klx-${kind}` }, back);
    svg("circle", { class: "klx-dot", r: 4.5 }, made);
    svg("text", { class: "klx-point", x, y, text }, made);
    return made;
  });
  const arrows = ["klx-line klx-reverse", "klx-line klx-forward"].map(path);
  const drawPolicy = point({ kind: "q", label: "π", p: value, put });

  return ({ policy, reward, beta, recipe }, width, trained) => {
    resize(width);
    const best = optimum(reward, beta);
    set(rings, { d: ringsOf(best).map((ring) => line(ring.map(at))).join("") });
    set(curve, { d: line(curveOf(reward).map(at)) });
    [REF, best].forEach((p, i) => set(points[i], { transform: `translate(${at(p)})` }));
    ["k1 reward", recipe].forEach((each, i) => {
      const tip = gradient(policy, each).map((slope, j) => policy[j] - slope);
      set(arrows[i], { d: i && !trained ? "" : arrow(at(policy), at(tip)) });
    });
    set(ahead, { d: trained ? line(trained.map(at)) : "" });
    const [cx, cy] = at((trained || [policy]).at(-1));
    set(end, { cx, cy, visibility: trained ? null : "hidden" });
    drawPolicy(triple(policy));
  };
}

/** A line from one point to another, with a head; nothing if it is shorter than a pixel. */
function arrow([x, y], [toX, toY]) {
  const length = Math.hypot(toX - x, toY - y);
  if (length < 1) return "";
  const [u, v] = [(toX - x) / length, (toY - y) / length].map((part) => part * Math.min(9, length / 2));
  return line([[x, y], [toX, toY]]) + line([[toX - u - v / 2, toY - v + u / 2], [toX, toY], [toX - u + v / 2, toY - v - u / 2]]);
}

// --- the explorable ---

function render(context) {
  const { el } = context;
  const { words, now, guess, put, control, play, split, ask, finish } = explorable(context, { name: "leash", traits: TRAITS });
  const { left, right, widths } = split();
  const drawTriangle = triangle(left, words, control("policy"));
  legend(right, ["reverse", "forward"])([words.true, words.recipe]);
  const { answer } = ask(right);
  const choices = ["reward", "loss"].map((where) => {
    const controls = html("div", { class: "klx-controls" }, answer);
    html("span", { class: "klx-note", "aria-hidden": "true", text: words.where[where] }, controls);
    const own = TRAITS.recipe.among.filter((recipe) => recipe.endsWith(where));
    return choice(controls, {
      label: words.where[where], pick: (recipe) => put({ recipe }),
      options: own.map((recipe) => [recipe, words.inverted[recipe] ?? recipe.slice(0, 2)]),
    });
  });
  const writeAngle = totals(answer, [[words.angle]]);
  const writeObjective = totals(answer, [["E[r]"], ["β D", "reverse", "−"], ["", null, "="]]);
  button(html("div", { class: "klx-controls" }, answer), words.train, () => {
    const points = way(now());
    play(TRAINING, (part) => ({ policy: points[Math.round(part * (points.length - 1))] }));
  });

  const row = html("div", { class: "klx-row klx-answer" }, el);
  const sliders = [0, 1, 2].map((action) => slider(html("div", {}, row), {
    ...control("reward", action), kind: "p", name: `r${"₁₂₃"[action]}`, stepped: (old, n) => old + n / 20,
    marks: [-1, 0, 2, 4].map((value) => [value, number(value, 0)]),
  }));
  sliders.push(slider(html("div", {}, row), {
    ...control("beta"), kind: "reverse", name: "β", scale: logarithmic, marks: [0.05, 0.5, 4, 20].map((value) => [value, value]),
  }));

  const apart = (policy, recipe) => angle(gradient(policy, "k1 reward"), gradient(policy, recipe));
  const degrees = (value) => (Number.isNaN(value) ? "–" : `${number(value, 0)}°`);
  finish({
    measure: (state) => {
      const { policy, reward, beta, recipe } = state;
      const points = way(state);
      const end = points.at(-1);
      return {
        points, policy: triple(policy), end: triple(end), short: beta * klDivergence(end, optimum(reward, beta)),
        D: klDivergence(policy, REF), angle: degrees(apart(policy, recipe)),
      };
    },
    draw: (state, width, { points, D, angle }) => {
      const [one, other] = widths(width, 0.5);
      drawTriangle(state, one, guess() && points);
      choices.forEach((show) => show(state.recipe));
      const [reward, cost] = [dot(state.policy, state.reward), state.beta * D];
      writeAngle([angle], "");
      writeObjective([reward, cost, reward - cost].map((value) => number(value, 3)), "");
      for (const draw of sliders) draw(other < width ? (width - 60) / 4 : (width - 20) / 2);
    },
    remark: ({ policy, recipe }) => {
      if (impossible(REF, policy)) return [words.border];
      const verdict = guess() === "other" ? words.right : words.wrong;
      return [recipe === "k3 loss" && verdict, words.told[recipe], words.ends];
    },
    challenge: ({ policy }) => {
      const [wide, least] = [apart(policy, "k3 loss"), Math.min(...policy)];
      return { met: wide > WIDE_ANGLE && least >= RARE, angle: degrees(wide), least };
    },
  });
}

export default { render };
