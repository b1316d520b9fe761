import {fill, grouped, signed} from "../shared/format.js";
import {h} from "../shared/dom.js";
import {palette} from "../shared/theme.js";
import {registerFigure} from "../shared/registry.js";
import {mount} from "../shared/mount.js";
import {Tooltip} from "../shared/tooltip.js";
import {csvText, fitted, picture, tag, text} from "../shared/svg.js";

// Vectors as rows of coloured cells, drawn on a canvas each.

const STEPS = {ArrowRight: 1, ArrowLeft: -1, ArrowUp: -1, ArrowDown: 1, PageDown: 10, PageUp: -10};

class VectorStrip {
  constructor(root) {
    this.root = root;
    this.list = h("div", {class: "vectors"});
    this.caption = h("figcaption");
    this.figure = h("figure", {role: "group"}, this.list, this.caption);
    root.append(this.figure);
    this.tip = new Tooltip(root);
    this.strips = [];
    this.watcher = new ResizeObserver(() => this.strips.forEach((strip) => this.draw(strip)));
    this.watcher.observe(this.list);
  }

  update(header, arrays) {
    this.header = header;
    const {labels} = header;
    this.figure.setAttribute("aria-label", header.title || labels.vectors);
    this.caption.textContent = header.caption;
    while (this.strips.length < header.rows.length) this.strips.push(this.newStrip());
    while (this.strips.length > header.rows.length) this.strips.pop().element.remove();
    header.rows.forEach((name, i) => {
      const strip = this.strips[i];
      const values = arrays[`row${i}`];
      const magnitudes = Float32Array.from(values, Math.abs).sort();
      Object.assign(strip, {label: name, values, scale: magnitudes[Math.floor(0.99 * (values.length - 1))] || 1});
      strip.at = Math.min(strip.at, values.length - 1);
      strip.name.textContent = name;
      strip.range.textContent = this.rangeOf(values);
      const facts = {"aria-label": `${name}, ${strip.range.textContent}`, "aria-valuemin": 1, "aria-valuemax": values.length};
      for (const [attribute, value] of Object.entries(facts)) strip.canvas.setAttribute(attribute, value);
      this.tell(strip);
      this.draw(strip);
    });
    this.unregister?.();
    this.unregister = registerFigure(header.key, {
      title: header.title || labels.vectors, element: this.root, svg: () => this.svg(), csv: () => this.csv(),
    });
  }

  destroy() {
    this.watcher.disconnect();
    this.unregister?.();
  }

  rangeOf(values) {
    const low = values.reduce((a, b) => Math.min(a, b), Infinity);
    const high = values.reduce((a, b) => Math.max(a, b), -Infinity);
    return fill(this.header.labels.range, {n: grouped(values.length), low: signed(low, 1), high: signed(high, 1)});
  }

  newStrip() {
    const name = h("span");
    const range = h("span");
    // A slider that only reads: the arrow keys walk along the numbers.
    const canvas = h("canvas", {tabindex: 0, role: "slider", "aria-readonly": "true"});
    const element = h("div", {class: "vector"}, h("div", {class: "name"}, name, range), canvas);
    const strip = {name, range, canvas, element, at: 0};
    canvas.addEventListener("pointermove", (event) => {
      const rect = canvas.getBoundingClientRect();
      this.show(strip, Math.floor(((event.clientX - rect.left) / rect.width) * strip.values.length));
    });
    canvas.addEventListener("pointerleave", () => this.tip.hide());
    canvas.addEventListener("focus", () => canvas.matches(":focus-visible") && this.show(strip, strip.at));
    canvas.addEventListener("blur", () => this.tip.hide());
    canvas.addEventListener("keydown", (event) => {
      if (event.key === "Escape") return this.tip.hide();
      const target = {Home: 0, End: strip.values.length - 1}[event.key] ?? (event.key in STEPS ? strip.at + STEPS[event.key] : null);
      if (target === null) return;
      event.preventDefault();
      this.show(strip, target);
    });
    this.list.append(element);
    return strip;
  }

  show(strip, index) {
    strip.at = Math.min(strip.values.length - 1, Math.max(0, index));
    this.tell(strip);
    const rect = strip.canvas.getBoundingClientRect();
    const width = rect.width / strip.values.length;
    this.tip.show({left: rect.left + strip.at * width, width, top: rect.top, bottom: rect.bottom}, [this.cell(strip)]);
  }

  tell(strip) {
    strip.canvas.setAttribute("aria-valuenow", strip.at + 1);
    strip.canvas.setAttribute("aria-valuetext", this.cell(strip));
  }

  cell({values, at}) {
    return fill(this.header.labels.cell, {i: at + 1, x: signed(values[at], 3)});
  }

  draw({canvas, values, scale}) {
    const width = Math.round(canvas.clientWidth * devicePixelRatio);
    const height = Math.round(canvas.clientHeight * devicePixelRatio);
    if (!width || !height) return;
    Object.assign(canvas, {width, height});
    const context = canvas.getContext("2d");
    const colours = palette(this.root);
    for (let i = 0; i < values.length; i++) {
      const from = Math.floor((i * width) / values.length);
      const to = Math.floor(((i + 1) * width) / values.length);
      context.globalAlpha = Math.min(1, Math.abs(values[i]) / scale);
      context.fillStyle = values[i] > 0 ? colours.model : colours.removed;
      context.fillRect(from, 0, Math.max(1, to - from), height);
    }
  }

  svg() {
    const colours = palette(this.root);
    const [left, width] = [16, 688];
    const parts = this.strips.flatMap(({label, values, scale}, row) => {
      const y = 16 + 62 * row;
      const cell = width / values.length;
      return [
        text(left, y + 12, fitted(label, 14, 380), {"font-size": 14}),
        text(left + width, y + 12, this.rangeOf(values), {"font-size": 12.5, fill: colours.soft, "text-anchor": "end"}),
        tag("rect", {x: left, y: y + 22, width, height: 18, fill: colours.card, stroke: colours.line}),
        ...Array.from(values, (value, i) => tag("rect", {x: left + i * cell, y: y + 22, width: cell, height: 18,
          fill: value > 0 ? colours.model : colours.removed, opacity: Math.min(1, Math.abs(value) / scale)})),
      ];
    });
    const {title, labels, caption} = this.header;
    return picture(720, 16 + 62 * this.strips.length, colours, title || labels.vectors, caption, parts);
  }

  csv() {
    const names = this.header.labels.csv_columns.split(",").map((name) => name.trim());
    return csvText([names, ...this.strips.flatMap(({label, values}) => Array.from(values, (value, i) => [label, i + 1, value]))]);
  }
}

export default function (component) {
  return mount(component, (root) => new VectorStrip(root));
}
