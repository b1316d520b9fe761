import {fill} from "../shared/format.js";
import {SENSES} from "../shared/palette.js";
import {csvText, picture, tag, text} from "../shared/svg.js";
import {NUMBERED, SHAPES, short} from "./marks.js";

// The figure as a picture and as a table. Knows what the view shows (its points, layer, choices) and how to write it.

const SIDE = 440;
const NAMES = 150; // room for the names of the rows
const MOST = 120; // points beyond which no cell is drawn

/** @param {any} view */
export function drawing(view) {
  const {colours, header} = view;
  const parts = [];
  let left = 16;
  const top = 40;
  if (!view.heatBox.hidden && view.points.length <= MOST) left = heat(view, parts, left, top);
  if (!view.mapBox.hidden) {
    parts.push(text(left, 28, `${header.labels.map} (${header.labels[view.mapName().split(":")[0]]})`, {"font-size": 14, fill: colours.soft}));
    const spots = view.spread(SIDE + 60, SIDE);
    for (const {i, x, y} of spots) {
      const {trail} = view.points[i];
      const from = spots.find((spot) => spot.i === trail);
      if (from) parts.push(tag("line", {x1: left + from.x, y1: top + from.y, x2: left + x, y2: top + y, stroke: colours.ink, "stroke-width": 1.5, "stroke-dasharray": "5 4"}));
    }
    for (const {i, x, y} of spots) parts.push(mark(view.points[i].sense, left + x, top + y, 7, view.colour(i)));
    for (const {label, left: at, middle} of view.labelled(spots, SIDE + 60, SIDE)) parts.push(text(left + at, top + middle + 4.5, label, {"font-size": 13, "data-label": ""}));
    left += SIDE + 60;
  }
  let below = top + SIDE + 16;
  below = legend(view, parts, below);
  if (!view.curveBox.hidden) below = curves(view, parts, below, left);
  return picture(left + 16, below, colours, header.labels.figure, [view.verdict.textContent, view.why.textContent, view.under.textContent, header.caption].filter(Boolean).join(" "), parts);
}

// The matrix with the names of its rows, the numbers of its columns, and what its colours mean; where it ends.
function heat(view, parts, left, top) {
  const {colours, header} = view;
  const order = view.sequence();
  const cell = SIDE / order.length;
  const named = order.length <= 40;
  parts.push(text(left, 28, fill(header.labels.heat_scale, {heat: header.labels.heat}), {"font-size": 14, fill: colours.soft}));
  const x0 = left + (named ? NAMES : 0) + 8;
  const y0 = top + (named ? 16 : 0) + 8;
  const side = SIDE - 24;
  const step = side / order.length;
  order.forEach((a, r) => {
    parts.push(tag("rect", {x: x0 - 8, y: y0 + r * step, width: 6, height: step, fill: view.colour(a)}), tag("rect", {x: x0 + r * step, y: y0 - 8, width: step, height: 6, fill: view.colour(a)}));
    if (named && step >= 11) {
      parts.push(text(x0 - 14, y0 + (r + 0.5) * step + 4, view.rowName(a, NAMES - 12), {"font-size": Math.min(13, step), "text-anchor": "end", "data-row": ""}));
      parts.push(text(x0 + (r + 0.5) * step, y0 - 12, a + 1, {"font-size": Math.min(13, step * 0.8), "text-anchor": "middle", fill: colours.soft}));
    }
    order.forEach((b, c) => {
      const value = view.cos(a, b);
      parts.push(tag("rect", {x: x0 + c * step, y: y0 + r * step, width: step, height: step, fill: view.shade(value)}));
      if (order.length <= NUMBERED) parts.push(text(x0 + (c + 0.5) * step, y0 + (r + 0.5) * step + 4, Number.isNaN(value) ? "·" : short(value), {"font-size": Math.min(13, cell * 0.4), "text-anchor": "middle", fill: view.onShade(value)}));
    });
  });
  return x0 + side + 32;
}

// Which colour is which sense.
function legend(view, parts, top) {
  const {header, points} = view;
  const used = [...new Set(points.map(({sense}) => sense))].sort((a, b) => a - b);
  let x = 16;
  for (const sense of used) {
    const name = header.senses[sense] ?? header.labels.nolabel;
    parts.push(mark(sense, x + 7, top + 6, 6, sense < 0 ? view.colours.soft : SENSES[sense % SENSES.length]), text(x + 20, top + 11, name, {"font-size": 14, "data-legend": ""}));
    x += 40 + 15 * [...name].length;
  }
  return top + 28;
}

function curves(view, parts, below, wide) {
  const {colours, header} = view;
  const [last, right, tall, floor] = [header.layers - 1, wide - 220, 120, view.floor()];
  const [x, y] = [(layer) => 48 + ((right - 48) * layer) / last, (value) => below + 8 + tall * (1 - (value - floor) / (1 - floor))];
  for (const value of floor < 0 ? [-0.5, 0, 0.5, 1] : [0, 0.5, 1]) {
    parts.push(tag("line", {x1: 48, x2: right, y1: y(value), y2: y(value), stroke: colours.line}), text(42, y(value) + 4, short(value), {"font-size": 12, "text-anchor": "end", fill: colours.soft}));
  }
  parts.push(tag("line", {x1: x(view.layer), x2: x(view.layer), y1: below + 8, y2: below + 8 + tall, stroke: colours.mask, "stroke-width": 2}));
  view.shownCurves().forEach(([name, tone, dash], row) => {
    const places = [...view.curve(name)].flatMap((value, layer) => (Number.isFinite(value) ? [`${x(layer).toFixed(1)},${y(value).toFixed(1)}`] : []));
    parts.push(tag("polyline", {points: places.join(" "), fill: "none", stroke: colours[tone], "stroke-width": 2, "stroke-dasharray": dash.join(" ") || null}));
    parts.push(tag("line", {x1: right + 16, x2: right + 40, y1: below + 16 + 22 * row, y2: below + 16 + 22 * row, stroke: colours[tone], "stroke-width": 3, "stroke-dasharray": dash.join(" ") || null}));
    parts.push(text(right + 46, below + 21 + 22 * row, header.labels[name], {"font-size": 13, "data-legend": ""}));
  });
  for (let layer = 0; layer <= last; layer++) parts.push(text(x(layer), below + tall + 26, layer, {"font-size": 12, "text-anchor": "middle", fill: colours.soft}));
  return below + tall + 40;
}

// A point as it lies on the screen's map: the sense's shape in the sense's colour.
function mark(sense, x, y, r, fill) {
  const kind = SHAPES[Math.max(0, sense) % SHAPES.length];
  if (kind === "circle") return tag("circle", {cx: x, cy: y, r, fill});
  if (kind === "square") return tag("rect", {x: x - r * 0.9, y: y - r * 0.9, width: r * 1.8, height: r * 1.8, fill});
  const corners = kind === "triangle" ? 3 : 4;
  const points = Array.from({length: corners}, (_, k) => {
    const angle = -Math.PI / 2 + (2 * Math.PI * k) / corners;
    return `${(x + 1.2 * r * Math.cos(angle)).toFixed(1)},${(y + 1.2 * r * Math.sin(angle)).toFixed(1)}`;
  });
  return tag("polygon", {points: points.join(" "), fill});
}

/** @param {any} view */
export function table(view) {
  const {header} = view;
  const names = header.labels.csv_columns.split(/[,，]/).map((name) => name.trim());
  const order = [...view.points.keys()];
  const flat = view.arrays[`map:${view.mapName().split(":")[0]}:flat`];
  const n = order.length;
  const columns = view.curveBox.hidden ? [] : view.allCurves().map(([name]) => name);
  const six = (value) => (Number.isFinite(value) ? Number(value.toFixed(6)) : null);
  const byLayer = [...Array(header.layers).keys()].map((layer) => [layer, ...columns.map((name) => six(view.curve(name)[layer]))]);
  const below = columns.length ? [[], [names[4], ...columns.map((name) => header.labels[name])], ...byLayer] : [];
  return csvText([[...names, ...order.map((i) => `cos ${i + 1}`)], ...order.map((i) => {
    const point = view.points[i];
    return [i + 1, point.text, point.text.slice(point.start, point.end), header.senses[point.sense] ?? "", view.layer,
      ...[0, 1].map((k) => flat[(view.layer * n + i) * 2 + k]), ...order.map((j) => six(view.cos(i, j)))];
  }), ...below]);
}
