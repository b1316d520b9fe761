import {picture, tag, text} from "../shared/svg.js";
import {colourOf} from "./matrix.js";

// Draws the large picture: on the canvas what lies in the window, as SVG all of it.

const LEVELS = 8;
const MOST_CELLS = 4096; // beyond, a grid is saved as an image instead of a rectangle a cell

export function paint(context, view, window_, colours) {
  const {place} = view;
  context.save();
  context.translate(-window_.x, -window_.y);
  if (place.layout === "grid") cells(context, view, colours);
  else strokes(context, view, window_, colours);
  names(context, view, window_, colours);
  context.restore();
}

// Lines to be drawn: those of the active tokens, else of the one looked at, else the strongest of all.
export function shown(view) {
  const {kept, seen, looking, cursor} = view;
  const columns = seen.length;
  if (cursor?.side === 1) {
    return looking.map((_, i) => [i, cursor.i, kept[i * columns + cursor.i]]).filter((line) => line[2] > 0.002);
  }
  const active = view.active();
  if (active.length === 0) return view.lines.list;
  return active.flatMap((i) => seen.map((_, j) => [i, j, kept[i * columns + j]])).filter((line) => line[2] > 0.002);
}

function strokes(context, view, window_, colours) {
  const {place} = view;
  const curved = view.looking.length <= 64;
  const buckets = Array.from({length: LEVELS}, () => []);
  for (const line of shown(view)) buckets[Math.min(LEVELS - 1, Math.floor(Math.sqrt(line[2]) * LEVELS))].push(line);
  context.strokeStyle = colours.model;
  buckets.forEach((bucket, level) => {
    if (!bucket.length) return;
    const strength = (level + 0.7) / LEVELS;
    context.globalAlpha = 0.12 + 0.85 * strength * strength;
    context.lineWidth = 0.7 + 4.3 * strength * strength;
    context.beginPath();
    for (const [i, j] of bucket) {
      const [x1, y1, x2, y2] = place.ends(i, j);
      if (Math.max(x1, x2) < window_.x || Math.min(x1, x2) > window_.x + window_.width || Math.max(y1, y2) < window_.y || Math.min(y1, y2) > window_.y + window_.height) continue;
      context.moveTo(x1, y1);
      if (!curved) context.lineTo(x2, y2);
      else if (place.layout === "across") context.bezierCurveTo(x1, y1 + 80, x2, y2 - 80, x2, y2);
      else context.bezierCurveTo(x1 + 90, y1, x2 - 90, y2, x2, y2);
    }
    context.stroke();
  });
  context.globalAlpha = 1;
}

function cells(context, view, colours) {
  const {place} = view;
  context.imageSmoothingEnabled = false;
  context.drawImage(view.bitmap, place.names, place.head, view.seen.length * place.step, view.looking.length * place.step);
  context.strokeStyle = colours.mask;
  context.lineWidth = 2;
  for (const i of view.active()) context.strokeRect(place.names, place.head + i * place.step, view.seen.length * place.step, place.step);
  if (view.cursor?.j !== undefined) context.strokeRect(place.names + view.cursor.j * place.step, place.head + view.cursor.i * place.step, place.step, place.step);
}

function names(context, view, window_, colours) {
  const {place, cursor} = view;
  const active = view.active();
  const row = active.length === 1 ? active[0] : null;
  context.textBaseline = "middle";
  const lists = [view.looking, view.seen];
  for (const side of [0, 1]) {
    const upright = place.layout === "grid" && side === 1;
    context.textAlign = place.layout === "across" ? "center" : place.layout === "grid" ? (side ? "left" : "right") : side ? "right" : "left";
    const align = context.textAlign;
    lists[side].forEach((mark, i) => {
      context.textAlign = align;
      const [x, y] = place.token(side, i);
      if (x < window_.x - 90 || x > window_.x + window_.width + 90 || y < window_.y - 40 || y > window_.y + window_.height + 40) return;
      const lit = side === 0 ? active.includes(i) : cursor?.side === 1 && cursor.i === i;
      context.font = place.font(lit ? 700 : 400);
      context.fillStyle = mark.special ? colours.soft : colours.ink;
      if (lit && place.layout !== "grid") badge(context, mark, x, y, place, colours);
      if (upright && [...mark.text].length > 1) {
        context.save();
        context.translate(x, y);
        context.rotate(-Math.PI / 2);
        context.fillText(mark.text, 0, 0);
        context.restore();
      } else {
        if (upright) context.textAlign = "center";
        context.fillText(mark.text, x, upright ? y - 6 : y);
      }
      if (mark.side === 1 && place.layout === "across") {
        context.fillStyle = colours.second;
        context.fillRect(x - 9 * place.zoom, side ? place.y[1] + 28 : 2, 18 * place.zoom, 3);
      }
    });
  }
  if (row === null || place.layout !== "across") return;
  context.font = "11px system-ui, sans-serif";
  context.fillStyle = colours.ink;
  context.textAlign = "center";
  for (const [x, y, words] of shares(view, row)) context.fillText(words, x, y);
}

// Per cent under the tokens looked at as [x, y, words], the largest first; what would cover another number is left out.
function shares(view, row) {
  const {place, seen, matrix} = view;
  const weight = (j) => matrix[row * seen.length + j];
  const out = [];
  for (const j of [...seen.keys()].sort((a, b) => weight(b) - weight(a)).slice(0, 12)) {
    const [x] = place.token(1, j);
    if (weight(j) < 0.03 || out.some(([other]) => Math.abs(other - x) < 30)) continue;
    out.push([x, place.y[1] + 38, `${Math.round(100 * weight(j))} %`]);
  }
  return out;
}

function badge(context, mark, x, y, place, colours) {
  const width = context.measureText(mark.text).width + 10;
  const left = context.textAlign === "center" ? x - width / 2 : context.textAlign === "right" ? x - width + 5 : x - 5;
  context.save();
  context.fillStyle = colours.mask_soft;
  context.beginPath();
  context.roundRect(left, y - 0.72 * place.size, width, 1.44 * place.size, 5);
  context.fill();
  context.restore();
}

// All of it as SVG; `thumbs` is the canvas of the small pictures, set to the left as it stands on the screen.
export function pictured(view, colours, thumbs) {
  const {place, header} = view;
  const left = thumbs ? thumbs.clientWidth + 24 : 0;
  const parts = place.layout === "grid" ? svgCells(view, colours) : svgStrokes(view, colours);
  [view.looking, view.seen].forEach((marks, side) => marks.forEach((mark, i) => parts.push(svgName(view, mark, side, i, colours))));
  const active = view.active();
  if (active.length === 1 && place.layout === "across") {
    for (const [x, y, words] of shares(view, active[0])) parts.push(text(x, y, words, {"font-size": 11, "text-anchor": "middle"}));
  }
  const small = thumbs ? tag("image", {x: 12, y: 12, width: thumbs.clientWidth, height: thumbs.clientHeight, href: thumbs.toDataURL()}) : "";
  const name = header.simple ? "" : text(left + 12, 24, view.name.textContent, {"font-size": 14, "font-weight": 600});
  const height = Math.max(place.height + 40, thumbs ? thumbs.clientHeight + 24 : 0);
  return picture(left + place.width, height, colours, header.title || header.labels.large, header.caption,
    [small, name, tag("g", {transform: `translate(${left} 40)`}, parts.join(""))]);
}

function svgCells(view, colours) {
  const {place, seen, looking} = view;
  const box = {x: place.names, y: place.head, width: seen.length * place.step, height: looking.length * place.step};
  const frames = view.active().map((i) => tag("rect", {...box, y: place.head + i * place.step, height: place.step, fill: "none", stroke: colours.mask, "stroke-width": 2}));
  if (looking.length * seen.length > MOST_CELLS) return [tag("image", {...box, href: view.bitmap.toDataURL(), style: "image-rendering:pixelated", preserveAspectRatio: "none"}), ...frames];
  const cells = Array.from(view.kept, (weight, n) => tag("rect", {x: place.names + (n % seen.length) * place.step,
    y: place.head + Math.floor(n / seen.length) * place.step, width: place.step, height: place.step, fill: colourOf(weight)}));
  return [...cells, ...frames];
}

function svgStrokes(view, colours) {
  const {place} = view;
  return shown(view).map(([i, j, weight]) => {
    const [x1, y1, x2, y2] = place.ends(i, j);
    const path = place.layout === "across" ? `M${x1} ${y1}C${x1} ${y1 + 80} ${x2} ${y2 - 80} ${x2} ${y2}` : `M${x1} ${y1}C${x1 + 90} ${y1} ${x2 - 90} ${y2} ${x2} ${y2}`;
    return tag("path", {d: path, fill: "none", stroke: colours.model, "stroke-width": 0.7 + 4.3 * weight, "stroke-opacity": 0.12 + 0.85 * weight});
  });
}

function svgName(view, mark, side, i, colours) {
  const {place} = view;
  const [x, y] = place.token(side, i);
  const upright = place.layout === "grid" && side === 1;
  const turned = upright && [...mark.text].length > 1;
  const lit = side === 0 && view.active().includes(i);
  const anchor = place.layout === "across" || (upright && !turned) ? "middle" : place.layout === "grid" ? (side ? "start" : "end") : side ? "end" : "start";
  const second = mark.side === 1 && place.layout === "across"
    ? tag("rect", {x: x - 9 * place.zoom, y: side ? place.y[1] + 28 : 2, width: 18 * place.zoom, height: 3, fill: colours.second}) : "";
  return second + text(x, upright && !turned ? y - 6 : y, mark.text, {"font-size": place.size, fill: mark.special ? colours.soft : colours.ink,
    "font-weight": lit ? 700 : null, "dominant-baseline": "middle", "text-anchor": anchor, transform: turned ? `rotate(-90 ${x} ${y})` : null});
}
