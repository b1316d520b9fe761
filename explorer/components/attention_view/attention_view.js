import {fill, percent, visible} from "../shared/format.js";
import {Dial, plainScale} from "../shared/dial.js";
import {Echo} from "../shared/echo.js";
import {h} from "../shared/dom.js";
import {palette} from "../shared/theme.js";
import {registerFigure} from "../shared/registry.js";
import {mount} from "../shared/mount.js";
import {csvText} from "../shared/svg.js";
import {bitmap, hiding, lines, strongest, Weights} from "./matrix.js";
import {paint, pictured, shown} from "./paint.js";
import {Place} from "./place.js";
import {Thumbs} from "./thumbs.js";

// One head large, beside the thumbnails of all.
// What is hovered, chosen and filtered is settled here, without Python; it is told once a gesture has ended.

const ZOOMS = [0.35, 0.5, 0.7, 0.85, 1, 1.25, 1.6, 2];
const LAYOUTS = ["across", "down", "grid"];
const BLOCKS = ["all", "aa", "ab", "ba", "bb"];
const TELL_AFTER_MS = 160;
const NARROW = 480; // pixels
const MOST_TOLD = 3; // pinned tokens whose weights are written out

class AttentionView {
  constructor(root, send) {
    this.root = root;
    this.send = send;
    this.echo = new Echo(() => this.adopt());
    this.thumbs = new Thumbs(root, (found, combine) => this.choose(found, combine), () => this.view);
    /** @type {Dial | null} */
    this.dial = null;
    /** @type {Place | null} */
    this.place = null;
    this.build();
    root.append(this.figure);
    this.watcher = new ResizeObserver(() => this.header && this.resized());
    this.watcher.observe(this.scroller);
    this.listen();
  }

  build() {
    this.name = h("b");
    this.layouts = this.choices(LAYOUTS, (layout) => this.change({layout}, true));
    this.zoomOut = h("button", {type: "button", class: "small"}, "−");
    this.zoomIn = h("button", {type: "button", class: "small"}, "+");
    this.canvas = h("canvas", {tabindex: 0, role: "application"});
    this.sizer = h("div", {class: "sizer"}, this.canvas);
    this.scroller = h("div", {class: "scroller"}, this.sizer);
    this.filters = h("div", {class: "filters"});
    this.summary = h("summary");
    this.folded = h("details", {}, this.summary, this.filters);
    this.narrow = matchMedia("(max-width: 46rem)");
    this.fold = () => (this.folded.open = !this.narrow.matches);
    this.fold();
    this.special = h("input", {type: "checkbox"});
    this.diagonal = h("input", {type: "checkbox"});
    this.clear = h("button", {type: "button", class: "small"});
    this.blocks = this.choices(BLOCKS, (block) => this.change({block}));
    this.said = h("p", {class: "said", role: "status"});
    this.note = h("p", {class: "note"});
    this.caption = h("figcaption");
    const top = h("div", {class: "top"}, this.name, this.layouts.element, h("span", {class: "zooms"}, this.zoomOut, this.zoomIn));
    this.large = h("div", {class: "large"}, top, this.scroller, this.said, this.folded, this.note);
    this.grid = h("div", {class: "attn"}, this.thumbs.element, this.large);
    this.figure = h("figure", {role: "group"}, this.grid, this.caption);
    this.zoomOut.addEventListener("click", () => this.zoomBy(-1));
    this.zoomIn.addEventListener("click", () => this.zoomBy(1));
    this.special.addEventListener("change", () => this.change({special: this.special.checked}));
    this.diagonal.addEventListener("change", () => this.change({diagonal: this.diagonal.checked}));
    this.clear.addEventListener("click", () => this.change({pins: []}));
  }

  choices(names, pick) {
    const buttons = names.map((name) => {
      const button = h("button", {type: "button", "data-choice": name});
      button.addEventListener("click", () => pick(name));
      return button;
    });
    return {element: h("span", {class: "choice", role: "group"}, ...buttons), buttons};
  }

  listen() {
    const {canvas, scroller} = this;
    this.narrow.addEventListener("change", this.fold);
    canvas.addEventListener("pointermove", (event) => this.hover(this.found(event)));
    canvas.addEventListener("pointerleave", () => this.hover(null));
    canvas.addEventListener("click", (event) => this.clicked(this.found(event)));
    canvas.addEventListener("keydown", (event) => this.pressed(event));
    canvas.addEventListener("blur", () => this.hover(null));
    scroller.addEventListener("scroll", () => this.draw());
    scroller.addEventListener("wheel", (event) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      this.zoomBy(event.deltaY < 0 ? 1 : -1);
    }, {passive: false});
  }

  update(header, arrays) {
    this.header = header;
    const marks = (list) => list.map(([text, special, side]) => ({text: visible(text.replace(/^(##|▁)(?=.)/u, "")), special: Boolean(special), side}));
    this.looking = marks(header.looking);
    this.seen = header.seen ? marks(header.seen) : this.looking;
    this.weights = new Weights({...header, looking: this.looking, seen: this.seen}, arrays);
    this.exactOf = JSON.stringify(selected(header.view));
    if (this.echo.settles(header.n) || !this.view) this.view = structuredClone(header.view);
    this.words();
    if (!header.simple) this.thumbs.update(this.weights, header.labels);
    const text = JSON.stringify([header.looking, header.seen]);
    if (text !== this.text) {
      this.text = text;
      this.cursor = null;
      this.zoom = null;
      this.zoomed = false;
    }
    this.refresh(true);
    this.unregister?.();
    this.unregister = registerFigure(header.key, {
      title: header.title || header.labels.large, element: this.root, svg: () => this.svg(), csv: () => this.csv(),
    });
  }

  destroy() {
    this.watcher.disconnect();
    this.narrow.removeEventListener("change", this.fold);
    this.echo.stop();
    clearTimeout(this.telling);
    this.unregister?.();
  }

  adopt() {
    this.view = structuredClone(this.header.view);
    this.refresh(true);
  }

  words() {
    const {labels, simple, caption} = this.header;
    this.grid.classList.toggle("simple", simple);
    this.thumbs.element.hidden = simple;
    this.canvas.setAttribute("aria-label", `${labels.large}. ${labels.large_keys}`);
    this.caption.textContent = caption;
    this.layouts.element.setAttribute("aria-label", labels.layout);
    for (const button of this.layouts.buttons) button.textContent = labels[button.dataset.choice];
    this.blocks.element.setAttribute("aria-label", labels.blocks);
    for (const button of this.blocks.buttons) {
      const [from, to] = button.dataset.choice.toUpperCase();
      button.textContent = button.dataset.choice === "all" ? labels.block_all : `${from} → ${to}`;
    }
    this.zoomIn.setAttribute("aria-label", labels.closer);
    this.zoomOut.setAttribute("aria-label", labels.farther);
    this.clear.textContent = labels.clear;
    this.summary.textContent = labels.filters;
    const pair = this.looking.some((mark) => mark.side === 1) && this.looking.some((mark) => mark.side === 0);
    this.dial ??= new Dial({
      name: "mass", scale: plainScale(0.1, 1, 0.05), home: 0.9, reset: labels.reset,
      label: (p) => (p >= 1 ? this.header.labels.mass_all : fill(this.header.labels.mass, {p: percent(p)})),
      live: (mass) => this.change({mass}, false, false), done: () => this.tell(),
    });
    this.filters.replaceChildren(this.dial.element,
      ...(this.looking.some((mark) => mark.special) ? [h("label", {}, this.special, labels.hide_special)] : []),
      ...(this.header.seen ? [] : [h("label", {}, this.diagonal, labels.hide_diagonal)]),
      ...(pair ? [this.blocks.element] : []), this.clear);
  }

  // Changes what is looked at; `tell` lets Python know.
  change(part, anew = false, tell = true) {
    Object.assign(this.view, part);
    this.refresh(anew);
    if (tell) this.tell();
  }

  choose([layer, head], combine) {
    const key = JSON.stringify([layer, head]);
    const before = selected(this.view);
    const already = before.some((one) => JSON.stringify(one) === key);
    let heads = combine ? (already && before.length > 1 ? before.filter((one) => JSON.stringify(one) !== key) : [...before, ...(already ? [] : [[layer, head]])]) : [];
    if (heads.length < 2) [[layer, head]] = [heads[0] ?? [layer, head]];
    if (heads.length < 2) heads = [];
    this.change({layer, head, heads: heads.slice(-32)});
  }

  tell() {
    if (this.header.simple) return;
    const n = this.echo.next();
    clearTimeout(this.telling);
    this.telling = setTimeout(() => this.send("view", {...this.view, n}), TELL_AFTER_MS);
  }

  // The matrix on the screen, from the exact numbers where they are here.
  refresh(anew) {
    const {view, weights, header} = this;
    const chosen = selected(view);
    const known = JSON.stringify(chosen) === this.exactOf;
    this.matrix = known ? weights.exact : weights.mean(chosen);
    const left = hiding(this.matrix, {looking: this.looking, seen: this.seen, ...view});
    this.kept = strongest(left, this.looking.length, this.seen.length, view.mass);
    this.lines = lines(this.kept, this.seen.length);
    this.bitmap = bitmap(Uint8Array.from(this.kept, (w) => Math.round(255 * Math.min(1, w))), this.looking.length, this.seen.length);
    const {labels} = header;
    this.name.textContent = header.simple ? header.title : chosen.length > 1 ? fill(labels.mean, {n: chosen.length}) : fill(labels.head, {layer: view.layer + 1, head: view.head + 1});
    for (const button of this.layouts.buttons) button.setAttribute("aria-pressed", String(button.dataset.choice === view.layout));
    for (const button of this.blocks.buttons) button.setAttribute("aria-pressed", String(button.dataset.choice === view.block));
    [this.special.checked, this.diagonal.checked] = [view.special, view.diagonal];
    this.dial.set(view.mass);
    Object.assign(this.canvas.dataset, {layer: view.layer, head: view.head, heads: chosen.length, exact: known});
    if (anew || !this.place || this.place.layout !== view.layout) this.arrange();
    else this.draw();
    if (!header.simple) this.thumbs.draw(view, palette(this.root));
    this.remark();
    this.say();
  }

  remark() {
    const {labels} = this.header;
    const [all, shown] = [sum(this.matrix), sum(hiding(this.matrix, {looking: this.looking, seen: this.seen, ...this.view}))];
    const notes = [];
    if (all - shown > 0.0005 * all) notes.push(fill(labels.hidden_share, {p: percent((all - shown) / all)}));
    if (this.view.layout !== "grid" && this.active().length === 0 && this.lines.all > this.lines.most) notes.push(fill(labels.capped, {n: this.lines.most}));
    this.note.textContent = notes.join(" ");
  }

  // Lays the tokens out; the first time as large as fits.
  arrange() {
    const wide = this.scroller.clientWidth;
    if (!wide) return;
    const {view, looking, seen} = this;
    const low = wide < NARROW;
    if (this.zoom === null || this.zoom === undefined) {
      const full = new Place(view.layout, looking, seen, 1);
      const limit = view.layout === "across" ? wide / full.width : Math.min(wide / full.width, view.layout === "grid" ? 460 / full.height : 1);
      this.zoom = ZOOMS.findLast((zoom) => zoom <= Math.max(0.7, Math.min(1.25, limit))) ?? 0.7;
    }
    this.place = new Place(view.layout, looking, seen, this.zoom, low);
    this.sizer.style.width = `${this.place.width}px`;
    this.sizer.style.height = `${this.place.height}px`;
    this.draw();
  }

  // A zoom the reader has not chosen follows the window.
  resized() {
    if (this.scroller.clientWidth !== this.wide && !this.zoomed) this.zoom = null;
    this.wide = this.scroller.clientWidth;
    this.arrange();
    if (!this.header.simple) this.thumbs.draw(this.view, palette(this.root));
  }

  zoomBy(step) {
    this.zoomed = true;
    const at = ZOOMS.indexOf(this.zoom);
    const next = ZOOMS[Math.min(ZOOMS.length - 1, Math.max(0, at + step))];
    const middle = (this.scroller.scrollLeft + this.scroller.clientWidth / 2) / this.place.width;
    this.zoom = next;
    this.arrange();
    this.scroller.scrollLeft = middle * this.place.width - this.scroller.clientWidth / 2;
  }

  draw() {
    if (this.asked || !this.place) return;
    this.asked = requestAnimationFrame(() => {
      this.asked = 0;
      const ratio = devicePixelRatio;
      const [width, height] = [this.scroller.clientWidth, Math.min(this.place.height, this.scroller.clientWidth < NARROW && !this.header.simple ? 300 : 480)];
      const [w, t] = [Math.round(width * ratio), Math.round(height * ratio)];
      if (this.canvas.width !== w || this.canvas.height !== t) Object.assign(this.canvas, {width: w, height: t});
      Object.assign(this.canvas.style, {width: `${width}px`, height: `${height}px`});
      const context = this.canvas.getContext("2d");
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      context.clearRect(0, 0, width, height);
      const window_ = {x: this.scroller.scrollLeft, y: this.scroller.scrollTop, width, height};
      paint(context, this, window_, palette(this.root));
      Object.assign(this.canvas.dataset, {lines: lineCount(this), zoom: this.zoom});
      this.canvas.dataset.drawn = String(Number(this.canvas.dataset.drawn ?? 0) + 1);
    });
  }

  found(event) {
    const rect = this.canvas.getBoundingClientRect();
    return this.place?.find(event.clientX - rect.left + this.scroller.scrollLeft, event.clientY - rect.top + this.scroller.scrollTop) ?? null;
  }

  hover(found) {
    if (JSON.stringify(found) === JSON.stringify(this.cursor)) return;
    this.cursor = found;
    this.draw();
    this.say();
  }

  clicked(found) {
    if (!found) return;
    const i = found.j === undefined ? (found.side === 0 ? found.i : null) : found.i;
    if (i !== null) this.pin(i);
  }

  pin(i) {
    const {pins} = this.view;
    this.change({pins: pins.includes(i) ? pins.filter((one) => one !== i) : [...pins, i]});
    this.say();
  }

  pressed(event) {
    const last = this.looking.length - 1;
    const at = this.cursor?.side === 0 ? this.cursor.i : (this.view.pins.at(-1) ?? 0);
    const step = {ArrowRight: 1, ArrowLeft: -1, ArrowDown: 1, ArrowUp: -1}[event.key];
    if (step) {
      this.hover({side: 0, i: Math.min(last, Math.max(0, at + step))});
      this.follow();
    } else if (event.key === "Home" || event.key === "End") this.hover({side: 0, i: event.key === "Home" ? 0 : last});
    else if (event.key === "Enter" || event.key === " ") this.pin(at);
    else if (event.key === "Escape") {
      this.cursor = null;
      this.change({pins: []});
    } else if (event.key === "+" || event.key === "=") this.zoomBy(1);
    else if (event.key === "-") this.zoomBy(-1);
    else return;
    event.preventDefault();
  }

  // Scrolls so that the token under the cursor can be seen.
  follow() {
    const [x, y] = this.place.token(0, this.cursor.i);
    const {scroller} = this;
    if (this.view.layout === "across") {
      if (x < scroller.scrollLeft + 30 || x > scroller.scrollLeft + scroller.clientWidth - 30) scroller.scrollLeft = x - scroller.clientWidth / 2;
    } else if (y < scroller.scrollTop + 30 || y > scroller.scrollTop + scroller.clientHeight - 30) scroller.scrollTop = y - scroller.clientHeight / 2;
  }

  // The tokens whose weights are shown: the one under the cursor, else the pinned ones. Empty: all.
  active() {
    if (this.cursor?.side === 0) return [this.cursor.i];
    if (this.cursor) return this.cursor.j === undefined ? [] : [this.cursor.i];
    return this.view.pins.filter((i) => i < this.looking.length);
  }

  say() {
    const {labels} = this.header;
    const columns = this.seen.length;
    const cursor = this.cursor;
    const best = (values, marks) => [...values.keys()].sort((a, b) => values[b] - values[a]).slice(0, 4)
      .map((i) => `${marks[i].text} ${percent(values[i])}`).join(", ");
    let words = labels.nothing;
    delete this.said.dataset.row;
    if (cursor?.j !== undefined) {
      words = fill(labels.weight, {from: this.looking[cursor.i].text, to: this.seen[cursor.j].text, p: percent(this.matrix[cursor.i * columns + cursor.j])});
    } else if (cursor?.side === 1) {
      words = fill(labels.looked, {token: this.seen[cursor.i].text, list: best(this.looking.map((_, i) => this.matrix[i * columns + cursor.i]), this.looking)});
    } else if (this.active().length) {
      const i = this.active().at(-1);
      const rowOf = (n) => this.matrix.subarray(n * columns, (n + 1) * columns);
      const row = rowOf(i);
      words = this.active().slice(-MOST_TOLD).map((n) => fill(labels.looks, {token: this.looking[n].text, list: best(rowOf(n), this.seen)})).join("\n");
      this.said.dataset.row = String(i);
      this.said.dataset.weights = Array.from(row, (w) => w.toPrecision(9)).join(" ");
    }
    this.said.textContent = words;
  }

  svg() {
    return pictured(this, palette(this.root), this.header.simple ? null : this.thumbs.canvas);
  }

  csv() {
    const names = this.header.labels.csv_columns.split(",").map((name) => name.trim());
    const rows = Array.from(this.matrix, (weight, n) => {
      const [i, j] = [Math.floor(n / this.seen.length), n % this.seen.length];
      return [i + 1, this.looking[i].text, j + 1, this.seen[j].text, Number(weight.toPrecision(9))];
    });
    return csvText([names, ...rows]);
  }
}

const lineCount = (view) => (view.place.layout === "grid" ? 0 : shown(view).length);
const selected = (view) => (view.heads.length ? view.heads : [[view.layer, view.head]]);
const sum = (values) => values.reduce((a, b) => a + b, 0);

export default function (component) {
  return mount(component, (root, send) => new AttentionView(root, send));
}
