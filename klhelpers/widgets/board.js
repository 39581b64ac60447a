// The board: the triangle of distributions on three outcomes as a drawing, with points in it to drag.

import { describe, drawing, handle, line, linear, nearestTakes, set, svg } from "./draw.js";
import { chosen, movedToEnd, place, stepped } from "./triangle.js";

const MARGIN = { side: 26, top: 34, bottom: 24 };
const NEAR = { drag: 4, step: 0.004 }; // in pixels, and in sides of the triangle
const CORNERS = [[1, 0, 0], [0, 1, 0], [0, 0, 1]];

/**
 * A triangle whose side is at most `largest`, with a number at each corner, the outcome that is certain there.
 *
 * Returns
 * back           what lies behind the points and has no meaning for a screen reader
 * at(p)          where p lies, [x, y] in pixels
 * resize(width)  draws it in that width
 * point(…)       see there
 */
export function board(parent, words, largest) {
  const frame = drawing(parent, null, words.triangle);
  nearestTakes(frame);
  const back = svg("g", { "aria-hidden": "true" }, frame);
  const outline = svg("path", { class: "klx-sides" }, back);
  const names = [1, 2, 3].map((text) => svg("text", { class: "klx-axis", "text-anchor": "middle", text }, back));
  let scale = { side: 300, x: linear([0, 1], [0, 300]), y: linear([0, 1], [300, 0]) };
  const at = (p) => {
    const { x, y } = place(p);
    return [scale.x(x), scale.y(y)];
  };

  const resize = (width) => {
    const side = Math.min(width - 2 * MARGIN.side, largest);
    const floor = MARGIN.top + side * Math.sqrt(0.75);
    const left = (width - side) / 2;
    scale = { side, x: linear([0, 1], [left, left + side]), y: linear([0, 1], [floor, floor - side]) };
    set(frame, { height: Math.ceil(floor + MARGIN.bottom) });
    set(outline, { d: `${line(CORNERS.map(at))}Z` });
    [[-12, 14], [12, 14], [0, -9]].forEach(([dx, dy], i) => {
      const [x, y] = at(CORNERS[i]);
      set(names[i], { x: x + dx, y: y + dy });
    });
  };

  /**
   * A point to drag, of a kind (its colour), called `label`; `p()` is where it is, and put(p, near) moves it, where
   * `near` is how close, in sides, the pointer or key may have meant. Returns draw(text).
   */
  const point = ({ kind, label, p, put }) => {
    const made = svg("g", { class: `klx-${kind}`, "aria-roledescription": words.point }, frame);
    svg("circle", { class: "klx-reach", r: 22 }, made);
    svg("circle", { class: "klx-knob", r: 8 }, made);
    svg("text", { class: "klx-point", x: 10, y: -9, "aria-hidden": "true", text: label }, made);
    handle(made, {
      at: () => {
        const [x, y] = at(p());
        return { x, y };
      },
      drag: ({ x, y }) => put(chosen({ x: scale.x.invert(x), y: scale.y.invert(y) }), NEAR.drag / scale.side),
      step: (dx, dy) => put(stepped(p(), dx, dy), NEAR.step),
      edge: (side) => put(movedToEnd(p(), side), 0),
    });
    return (text) => {
      set(made, { transform: `translate(${at(p())})` });
      describe(made, { label, text, now: (1 - p()[0]).toFixed(4), min: 0, max: 1 });
    };
  };
  return { back, at, resize, point };
}
