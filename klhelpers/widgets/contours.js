// Contour lines: where a function that is known on a grid is below a level.

// The ways through a cell by which of its corners are below: 1 left of the first row, 2 right of it, 4 right of the
// second, 8 left of it. A way enters by one side and leaves by another, with what is below on its right.
const [FIRST, RIGHT, SECOND, LEFT] = [0, 1, 2, 3];
const WAYS = [
  [], [[FIRST, LEFT]], [[RIGHT, FIRST]], [[RIGHT, LEFT]], [[SECOND, RIGHT]], [[FIRST, LEFT], [SECOND, RIGHT]],
  [[SECOND, FIRST]], [[SECOND, LEFT]], [[LEFT, SECOND]], [[FIRST, SECOND]], [[RIGHT, FIRST], [LEFT, SECOND]],
  [[RIGHT, SECOND]], [[LEFT, RIGHT]], [[FIRST, RIGHT]], [[LEFT, FIRST]], [],
];
// Where opposite corners are below, and the middle is too, the two regions are one.
const JOINED = { 5: [[FIRST, RIGHT], [SECOND, LEFT]], 10: [[LEFT, FIRST], [RIGHT, SECOND]] };

/**
 * For each level the region where the grid is below it, as closed polygons: lists of [x, y], holes the other way round.
 *
 * `grid` has a row for each of `ys` and in it a value for each of `xs`. In between, along the lines of the grid, the
 * function is taken as linear, and outside of the grid as above every level.
 */
export function regionsBelow(grid, xs, ys, levels) {
  const framed = withFrame(grid, xs, ys);
  return waysThrough(framed, levels).map((next, l) => {
    const loops = [];
    for (const start of next.keys()) {
      const loop = [];
      for (let edge = start; next.has(edge); ) {
        loop.push(crossing(framed, edge, levels[l]));
        const after = next.get(edge);
        next.delete(edge);
        edge = after;
      }
      loops.push(loop);
    }
    return loops;
  });
}

/** The grid in a frame of infinity at no distance, so that every line closes. */
function withFrame(grid, xs, ys) {
  const [across, down] = [xs.length + 2, ys.length + 2];
  const values = new Float64Array(across * down).fill(Infinity);
  grid.forEach((row, j) => values.set(row, (j + 1) * across + 1));
  const framed = (all) => [all[0], ...all, all.at(-1)];
  return { values, xs: framed(xs), ys: framed(ys) };
}

/**
 * For each level, from the edge by which a line enters a cell to the one by which it leaves.
 *
 * An edge has the number of the corner where it begins: doubled if it runs along the row, and one more if it runs down.
 * All levels are taken through a cell at once, because hardly any of them crosses it.
 */
function waysThrough({ values, xs, ys }, levels) {
  const across = xs.length;
  const next = levels.map(() => new Map());
  for (let j = 0; j < ys.length - 1; j++) {
    for (let i = 0; i < across - 1; i++) {
      const at = j * across + i;
      const a = values[at];
      const b = values[at + 1];
      const c = values[at + across + 1];
      const d = values[at + across];
      const least = Math.min(a, b, c, d);
      const most = Math.max(a, b, c, d);
      for (let l = 0; l < levels.length; l++) {
        const level = levels[l];
        if (level <= least || level > most) continue;
        const kind = (a < level) + 2 * (b < level) + 4 * (c < level) + 8 * (d < level);
        const sides = [2 * at, 2 * (at + 1) + 1, 2 * (at + across), 2 * at + 1];
        const ways = kind in JOINED && a + b + c + d < 4 * level ? JOINED[kind] : WAYS[kind];
        for (const [enter, leave] of ways) next[l].set(sides[enter], sides[leave]);
      }
    }
  }
  return next;
}

/** Where on an edge the level is reached. */
function crossing({ values, xs, ys }, edge, level) {
  const from = edge >> 1;
  const down = edge % 2;
  const [i, j] = [from % xs.length, Math.floor(from / xs.length)];
  const [a, b] = [values[from], values[down ? from + xs.length : from + 1]];
  const part = b === Infinity ? 0 : a === Infinity ? 1 : (level - a) / (b - a);
  return down ? [xs[i], ys[j] + part * (ys[j + 1] - ys[j])] : [xs[i] + part * (xs[i + 1] - xs[i]), ys[j]];
}
