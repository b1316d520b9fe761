import {measure} from "./svg.js";

// Where names find room beside their points without lying over one another or over a point. Knows places in pixels.

const GAP = 13; // from a point's middle to its name
const HALF = 9; // of a point

/**
 * A name for which there is no room is left out.
 * @template {{x: number, y: number, label: string}} Named
 * @param {Named[]} named who comes first is served first
 * @param {{x: number, y: number}[]} points
 * @param {number} width
 * @param {number} height
 * @param {number} size of the type, in pixels
 * @returns {(Named & {left: number, middle: number, wide: number})[]}
 */
export function besides(named, points, width, height, size) {
  const taken = points.map(({x, y}) => ({left: x - HALF, right: x + HALF, top: y - HALF, bottom: y + HALF}));
  return named.flatMap((one) => {
    const {x, y} = one;
    const wide = measure(one.label, size);
    const box = [[x + GAP, y], [x - GAP - wide, y], [x - wide / 2, y - 18], [x - wide / 2, y + 18]]
      .map(([left, middle]) => ({left, middle, right: left + wide, top: middle - size * 0.6, bottom: middle + size * 0.6}))
      .find((box) => box.left > 2 && box.right < width - 2 && box.top > 0 && box.bottom < height && !taken.some((other) => overlap(box, other)));
    if (!box) return [];
    taken.push(box);
    return [{...one, left: box.left, middle: box.middle, wide}];
  });
}

function overlap(a, b) {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
