import {fill} from "../shared/format.js";
import {h} from "../shared/dom.js";
import {Tooltip} from "../shared/tooltip.js";
import {SCALE} from "./matrix.js";

// All heads as small pictures on one canvas: layers down, heads across.
// A click or the arrow keys choose one; with Shift, Ctrl or the space bar several are combined.

const MARGIN = 18;
const STEPS = {ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0]};

export class Thumbs {
  constructor(root, choose, view) {
    this.view = view; // what is looked at now
    this.canvas = h("canvas", {tabindex: 0, role: "application"});
    this.hint = h("p", {class: "note keys"});
    this.several = h("input", {type: "checkbox"});
    this.severalName = h("span");
    this.element = h("div", {class: "thumbs"}, this.canvas, h("label", {}, this.several, this.severalName), this.hint);
    this.tip = new Tooltip(root);
    this.choose = choose;
    this.canvas.addEventListener("click", (event) => {
      const found = this.find(event);
      if (found) choose(found, this.several.checked || event.shiftKey || event.ctrlKey || event.metaKey);
    });
    this.canvas.addEventListener("pointermove", (event) => this.hover(this.find(event)));
    this.canvas.addEventListener("pointerleave", () => this.tip.hide());
    this.canvas.addEventListener("keydown", (event) => this.pressed(event));
  }

  update(weights, labels) {
    this.weights = weights;
    this.labels = labels;
    this.hint.textContent = matchMedia("(pointer: coarse)").matches ? labels.heads_touch : labels.heads_keys;
    this.canvas.setAttribute("aria-label", `${labels.heads}. ${this.hint.textContent}`);
    this.severalName.textContent = labels.several;
    const {layers, heads, thumbShape: [rows, columns]} = weights;
    this.sheet = Object.assign(document.createElement("canvas"), {width: heads * columns, height: layers * rows});
    const context = this.sheet.getContext("2d");
    const image = new ImageData(heads * columns, layers * rows);
    const pixels = new Uint32Array(image.data.buffer);
    for (let layer = 0; layer < layers; layer++) {
      for (let head = 0; head < heads; head++) {
        const values = weights.thumb(layer, head);
        for (let i = 0; i < rows; i++) {
          const start = (layer * rows + i) * heads * columns + head * columns;
          for (let j = 0; j < columns; j++) pixels[start + j] = PIXELS[values[i * columns + j]];
        }
      }
    }
    context.putImageData(image, 0, 0);
  }

  draw(view, colours) {
    const {layers, heads} = this.weights;
    const ratio = devicePixelRatio;
    const width = this.canvas.clientWidth || 336;
    this.cell = Math.min(40, (width - MARGIN) / heads);
    const height = MARGIN + layers * this.cell;
    Object.assign(this.canvas, {width: Math.round(width * ratio), height: Math.round(height * ratio)});
    this.canvas.style.height = `${height}px`;
    this.canvas.dataset.cell = String(this.cell);
    const context = this.canvas.getContext("2d");
    context.scale(ratio, ratio);
    context.font = "11px system-ui, sans-serif";
    context.fillStyle = colours.soft;
    context.textAlign = "center";
    context.textBaseline = "middle";
    for (let head = 0; head < heads; head++) context.fillText(String(head + 1), MARGIN + (head + 0.5) * this.cell, 9);
    for (let layer = 0; layer < layers; layer++) context.fillText(String(layer + 1), 8, MARGIN + (layer + 0.5) * this.cell);
    context.imageSmoothingEnabled = this.weights.thumbShape[0] > this.cell;
    const [rows, columns] = this.weights.thumbShape;
    for (let layer = 0; layer < layers; layer++) {
      for (let head = 0; head < heads; head++) {
        context.drawImage(this.sheet, head * columns, layer * rows, columns, rows,
          MARGIN + head * this.cell + 1, MARGIN + layer * this.cell + 1, this.cell - 2, this.cell - 2);
      }
    }
    for (const [layer, head] of view.heads) this.frame(context, layer, head, colours.mask, 2);
    this.frame(context, view.layer, view.head, colours.mask, 3);
  }

  frame(context, layer, head, colour, width) {
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.strokeRect(MARGIN + head * this.cell, MARGIN + layer * this.cell, this.cell, this.cell);
  }

  find(event) {
    const rect = this.canvas.getBoundingClientRect();
    const head = Math.floor((event.clientX - rect.left - MARGIN) / this.cell);
    const layer = Math.floor((event.clientY - rect.top - MARGIN) / this.cell);
    return head >= 0 && head < this.weights.heads && layer >= 0 && layer < this.weights.layers ? [layer, head] : null;
  }

  hover(found) {
    if (!found) return this.tip.hide();
    const rect = this.canvas.getBoundingClientRect();
    const [left, top] = [rect.left + MARGIN + found[1] * this.cell, rect.top + MARGIN + found[0] * this.cell];
    this.tip.show({left, width: this.cell, top, bottom: top + this.cell}, [fill(this.labels.head, {layer: found[0] + 1, head: found[1] + 1})]);
  }

  pressed(event) {
    const step = STEPS[event.key];
    const {layer, head} = this.view();
    if (event.key === " ") this.choose([layer, head], true);
    else if (step) {
      const clamp = (value, most) => Math.min(most - 1, Math.max(0, value));
      this.choose([clamp(layer + step[0], this.weights.layers), clamp(head + step[1], this.weights.heads)], false);
    } else return;
    event.preventDefault();
  }
}

const PIXELS = Uint32Array.from(SCALE, ([r, g, b]) => (255 << 24) | (b << 16) | (g << 8) | r);
