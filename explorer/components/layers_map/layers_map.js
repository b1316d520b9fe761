import {placeOf} from "../shared/text.js";
import {fill, signed} from "../shared/format.js";
import {h, langOf, reducedMotion} from "../shared/dom.js";
import {SENSES} from "../shared/palette.js";
import {palette, rgb} from "../shared/theme.js";
import {registerFigure} from "../shared/registry.js";
import {mount} from "../shared/mount.js";
import {Echo} from "../shared/echo.js";
import {Segments} from "../shared/segments.js";
import {Tooltip} from "../shared/tooltip.js";
import {fitted, FONTS} from "../shared/svg.js";
import {besides} from "../shared/beside.js";
import {drawing, table} from "./export.js";
import {NUMBERED, shape, SHAPES, short} from "./marks.js";

// All layers of all points are here: scrubbing redraws and asks nobody.
// Figures of one group go through the layers together and point at the same sentences: each tells the others, over the
// window, what it was told.

const LINK = "sesame-layers";
const SEGMENTS = {treatment: ["raw", "centred", "top"], order: ["given", "clustered"], method: ["pca", "umap", "tsne"], dims: ["flat", "deep"]};
const NAMES = {treatment: "measure"}; // the label that names a choice, where it is another word
const REACH = 16;
const GLIDE_MS = 180;
const PAINTED = 60; // points beyond which the heat-map is painted pixel by pixel
const LISTED = 14; // sentences that stand in two columns; more of them scroll
const LEAD = 30; // how much of a sentence stands before its word, in half 字
const LEAD_NARROW = 6; // the same on a phone, where two columns stand side by side
const NARROW = 560; // px
const SPEEDS = [1, 2, 0.5];
/** @type {[string, string, number[]][]} */
const CURVES = [["within", "model", []], ["between", "second", [6, 3]], ["auc", "ink", []], ["silhouette", "truth", [2, 3]], ["anisotropy", "soft", [8, 3, 2, 3]]];
const MEANS = 2; // of the curves, those that are plain cosines; the others stand behind "more"

class LayersMap {
  constructor(root, send) {
    this.root = root;
    this.send = send;
    this.echo = new Echo(() => {
      this.adopt();
      this.draw();
    });
    this.play = h("button", {type: "button", class: "play"}, "▶");
    this.speed = h("button", {type: "button", class: "speed"}, "1×");
    this.range = h("input", {type: "range", min: 0, step: 1, "data-scrub": ""});
    this.readout = h("span", {class: "readout"});
    this.list = h("ol", {class: "lines"});
    this.verdict = h("p", {class: "verdict", role: "status"});
    this.heat = h("canvas", {role: "img", class: "heat", tabindex: 0});
    this.map = h("canvas", {role: "img", class: "map"});
    this.curves = h("canvas", {role: "img", class: "curves"});
    this.segments = Object.fromEntries(Object.entries(SEGMENTS).map(([name, options]) => [name, new Segments(name, options, (value) => this.choose(name, value))]));
    const {treatment, order, method, dims} = this.segments;
    this.under = h("p", {class: "under"});
    this.why = h("p", {class: "why"});
    this.moreName = h("summary");
    this.meanings = h("dl", {class: "meanings"});
    this.more = h("details", {class: "more"}, this.moreName, this.meanings);
    this.legend = h("p", {class: "legend"});
    this.key = h("p", {class: "legend curvekey"});
    this.caption = h("figcaption");
    this.scrubber = h("div", {class: "scrub"}, this.play, this.speed, this.range, this.readout);
    this.heatBox = h("div", {class: "pane"}, h("div", {class: "tools"}, treatment.element, order.element), this.heat, this.why);
    this.mapBox = h("div", {class: "pane"}, h("div", {class: "tools"}, method.element, dims.element), this.map, this.legend, this.under);
    this.curveBox = h("div", {class: "pane wide"}, this.curves, this.key, this.more);
    this.duo = h("div", {class: "duo"}, this.heatBox, this.mapBox, this.curveBox);
    this.figure = h("figure", {role: "group"}, this.list, this.scrubber, this.verdict, this.duo, this.caption);
    root.append(this.figure);
    this.tip = new Tooltip(root);
    this.watcher = new ResizeObserver(() => this.draw());
    this.watcher.observe(this.figure);
    this.turned = {yaw: 0.5, pitch: 0.35};
    this.cells = document.createElement("canvas"); // of a large heat-map, a pixel each
    this.looking = [-1, -1];
    this.choices = {order: "given", dims: "flat"};
    this.hear = (event) => this.follow(event.detail);
    addEventListener(LINK, this.hear);
    this.listen();
  }

  // What another figure of the group was told.
  follow({group, from, layer, looking, asks}) {
    if (from === this || !this.header || group !== this.header.group) return;
    if (asks && this.layer !== this.adopted.layer) this.share({layer: this.layer});
    if (layer !== undefined && layer !== this.layer && layer < this.header.layers) this.glide(layer);
    if (looking) this.mark(...looking.map((i) => (i < this.points.length ? i : -1)));
  }

  share(detail) {
    dispatchEvent(new CustomEvent(LINK, {detail: {group: this.header.group, from: this, ...detail}}));
  }

  listen() {
    this.range.addEventListener("input", () => {
      this.stop();
      this.goTo(Number(this.range.value));
    });
    this.range.addEventListener("change", () => this.tell({kind: "layer", value: "", layer: this.layer}));
    this.play.addEventListener("click", () => (this.timer ? this.rest() : this.start()));
    this.speed.addEventListener("click", () => {
      this.pace = SPEEDS[(SPEEDS.indexOf(this.pace ?? 1) + 1) % SPEEDS.length];
      this.speed.textContent = `${this.pace}×`;
      if (this.timer) {
        this.stop();
        this.start();
      }
    });
    this.more.addEventListener("toggle", () => this.draw());
    this.list.addEventListener("pointerover", (event) => this.point(event));
    this.list.addEventListener("pointerleave", () => this.look(-1));
    this.list.addEventListener("focusin", (event) => this.point(event));
    this.list.addEventListener("focusout", () => this.look(-1));
    this.list.addEventListener("click", (event) => this.relabel(itemOf(event)));
    this.list.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      this.relabel(itemOf(event));
    });
    this.heat.addEventListener("pointermove", (event) => this.overHeat(event));
    this.heat.addEventListener("pointerdown", (event) => this.overHeat(event));
    this.heat.addEventListener("pointerleave", () => this.look(-1));
    this.heat.addEventListener("blur", () => this.look(-1));
    this.heat.addEventListener("keydown", (event) => {
      const [down, right] = {ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1]}[event.key] ?? [];
      if (down === undefined) return;
      event.preventDefault();
      const at = this.looking.map((i) => this.drawn.indexOf(i));
      const [r, c] = [at[0] + down, (at[1] < 0 ? at[0] : at[1]) + right].map((k) => Math.max(0, Math.min(this.drawn.length - 1, k)));
      const box = this.heat.getBoundingClientRect();
      this.sayCell(r, c, box.left + this.corner[0] + (c + 0.5) * this.cell, box.top + this.corner[1] + r * this.cell);
    });
    this.map.addEventListener("pointerdown", (event) => {
      this.held = {x: event.clientX, y: event.clientY, ...this.turned, moved: false};
      if (this.choices.dims === "deep") this.map.setPointerCapture(event.pointerId);
    });
    this.map.addEventListener("pointermove", (event) => this.overMap(event));
    this.map.addEventListener("pointerup", (event) => {
      if (this.held && !this.held.moved) this.relabel(this.nearest(event));
      this.held = null;
    });
    this.map.addEventListener("pointerleave", () => {
      this.held = null;
      this.look(-1);
    });
    this.curves.addEventListener("pointerdown", (event) => {
      const box = this.curves.getBoundingClientRect();
      const frame = this.curveFrame(box.width);
      const layer = Math.round(((event.clientX - box.left - frame.left) / frame.side) * (this.header.layers - 1));
      this.stop();
      this.goTo(Math.max(0, Math.min(this.header.layers - 1, layer)));
      this.tell({kind: "layer", value: "", layer: this.layer});
    });
  }

  update(header, arrays) {
    this.header = header;
    this.arrays = arrays;
    this.anyCos = Object.entries(arrays).find(([name]) => name.startsWith("cos:"))?.[1]; // while another way is asked for
    this.points = header.points.map((point) => ({...point, start: placeOf(point.text, point.start), end: placeOf(point.text, point.end)}));
    const {labels} = header;
    this.range.max = String(header.layers - 1);
    if (this.echo.settles(header.n) || !(this.layer < header.layers)) this.adopt();
    this.root.toggleAttribute("data-relabel", header.relabel);
    for (const [name, box] of [["list", this.list], ["scrub", this.scrubber], ["verdict", this.verdict], ["heat", this.heatBox], ["map", this.mapBox], ["curves", this.curveBox]]) box.hidden = !header.parts.includes(name);
    this.duo.hidden = !this.pictured;
    this.heatBox.parentElement.classList.toggle("one", !header.parts.includes("heat") || !header.parts.includes("map"));
    this.figure.setAttribute("aria-label", labels.figure);
    this.range.setAttribute("aria-label", labels.scrub);
    this.speed.setAttribute("aria-label", labels.speed);
    for (const [name, segment] of Object.entries(this.segments)) segment.label(labels[NAMES[name] ?? name], labels);
    this.caption.textContent = header.caption;
    this.caption.hidden = !header.caption;
    this.moreName.textContent = labels.more;
    this.meanings.replaceChildren(...CURVES.slice(MEANS).flatMap(([name]) => [h("dt", {}, labels[name]), h("dd", {}, labels[`${name}_means`])]));
    this.fillList();
    this.fillLegends();
    this.sayPlay();
    this.draw();
    if (!this.asked) this.share({asks: true}); // one that comes late: a reader may have scrubbed the others meanwhile
    this.asked = true;
    this.unregister?.();
    if (this.pictured) this.unregister = registerFigure(header.key, {title: labels.figure, element: this.root, svg: () => this.svg(), csv: () => this.csv()});
  }

  destroy() {
    this.stop();
    this.echo.stop();
    this.watcher.disconnect();
    removeEventListener(LINK, this.hear);
    this.gone = true;
    this.unregister?.();
  }

  // Takes from the last payload what has changed since the one before: the reader may be elsewhere in the rest.
  adopt() {
    const {layer, layers, treatment, method} = this.header;
    const known = this.adopted;
    if (layer !== known?.layer || layers !== known.layers) this.settle(layer);
    if (treatment !== known?.treatment) this.choices.treatment = treatment;
    if (method !== known?.method) this.choices.method = method;
    this.adopted = {layer, layers, treatment, method};
  }

  tell(value) {
    this.send("change", {...value, n: this.echo.next()});
  }

  choose(group, value) {
    if (!value || this.choices[group] === value) return;
    this.choices[group] = value;
    if (group === "method" || group === "treatment") this.tell({kind: group, value, layer: this.layer});
    this.draw();
  }

  relabel(point) {
    if (this.header.relabel && point >= 0) this.tell({kind: "sense", value: "", layer: this.layer, point});
  }

  // ---- layers ---------------------------------------------------------------------------------------------------

  settle(layer) {
    this.layer = layer;
    this.shown = layer;
    this.range.value = String(layer);
  }

  goTo(layer) {
    this.glide(layer);
    this.share({layer});
  }

  glide(layer) {
    const from = this.shown;
    this.layer = layer;
    this.range.value = String(layer);
    const began = performance.now();
    cancelAnimationFrame(this.gliding);
    const step = (now) => {
      const share = reducedMotion() ? 1 : Math.min(1, (now - began) / GLIDE_MS);
      this.shown = from + (layer - from) * share;
      this.draw();
      if (share < 1 && !this.gone) this.gliding = requestAnimationFrame(step);
    };
    step(began);
  }

  start() {
    if (this.layer === this.header.layers - 1) this.goTo(0);
    this.timer = setInterval(() => {
      if (this.layer >= this.header.layers - 1) return this.rest();
      this.goTo(this.layer + 1);
    }, 700 / (this.pace ?? 1));
    this.sayPlay();
  }

  // Stop for good where the reader is, and let the page know.
  rest() {
    this.stop();
    this.tell({kind: "layer", value: "", layer: this.layer});
  }

  stop() {
    clearInterval(this.timer);
    this.timer = null;
    if (this.header) this.sayPlay();
  }

  sayPlay() {
    const {labels} = this.header;
    this.play.textContent = this.timer ? "❚❚" : "▶";
    this.play.setAttribute("aria-label", this.timer ? labels.pause : labels.play);
  }

  // ---- data -----------------------------------------------------------------------------------------------------

  cos(i, j, layer = this.layer) {
    const n = this.points.length;
    const values = this.arrays[`cos:${this.choices.treatment}`] ?? this.anyCos;
    return values ? values[(layer * n + i) * n + j] : NaN;
  }

  // The name of the map on the screen: PCA stands in until another one is here.
  mapName() {
    const wanted = `${this.choices.method}:${this.choices.dims}`;
    return this.arrays[`map:${wanted}`] ? wanted : `pca:${this.choices.dims}`;
  }

  curve(name) {
    return this.arrays[`curve:${this.choices.treatment}:${name}`] ?? this.arrays[`curve:${name}`];
  }

  sequence() {
    const n = this.points.length;
    if (this.choices.order === "clustered" && this.arrays.orders.length === n * this.header.layers) return [...this.arrays.orders.subarray(this.layer * n, (this.layer + 1) * n)];
    return [...Array(n).keys()];
  }

  // Coordinates of all points between two layers, [x, y, z] each in −1 … 1.
  placed() {
    const name = this.mapName();
    const flat = this.choices.dims === "flat";
    const width = flat ? 2 : 3;
    const map = this.arrays[`map:${name}`];
    const n = this.points.length;
    const [low, high] = [Math.floor(this.shown), Math.ceil(this.shown)];
    const share = this.shown - low;
    return this.points.map((_, i) => {
      const at = (k) => map[(low * n + i) * width + k] * (1 - share) + map[(high * n + i) * width + k] * share;
      return flat ? [at(0), at(1), 0] : this.turn(at(0), at(1), at(2));
    });
  }

  turn(x, y, z) {
    const {yaw, pitch} = this.turned;
    const [x1, z1] = [x * Math.cos(yaw) + z * Math.sin(yaw), z * Math.cos(yaw) - x * Math.sin(yaw)];
    return [x1, y * Math.cos(pitch) - z1 * Math.sin(pitch), y * Math.sin(pitch) + z1 * Math.cos(pitch)];
  }

  colour(i) {
    const {sense} = this.points[i];
    return sense < 0 ? this.colours.soft : SENSES[sense % SENSES.length];
  }

  // Whether there is a heat-map, a map or curves to draw, and not only sentences and the scrubber.
  get pictured() {
    return ["heat", "map", "curves"].some((part) => this.header.parts.includes(part));
  }

  // ---- words ----------------------------------------------------------------------------------------------------

  fillList() {
    const {lang, relabel, labels, senses} = this.header;
    const many = this.points.length > LISTED;
    const narrow = (this.narrow = this.figure.clientWidth > 0 && this.figure.clientWidth < NARROW);
    const count = (sense) => this.points.filter((point) => point.sense === sense).length;
    const sides = !many && this.points.every(({sense}) => sense === 0 || sense === 1) && count(0) > 0 && count(1) > 0; // one sense a column
    const rows = sides ? Math.max(count(0), count(1)) : Math.ceil(this.points.length / 2);
    this.list.classList.toggle("many", many);
    this.list.toggleAttribute("data-sides", sides);
    this.list.style.setProperty("--rows", many ? "auto" : String(rows));
    if (many) this.list.setAttribute("aria-label", labels.scrolls);
    else this.list.removeAttribute("aria-label");
    this.list.replaceChildren(...this.points.map((point, i) => {
      const before = h("span", {}, tail(point.text.slice(0, point.start), narrow ? LEAD_NARROW : LEAD));
      const word = h("mark", {}, point.text.slice(point.start, point.end));
      const item = h("li", {"data-i": i, "data-sense": point.sense, tabindex: 0, lang: langOf(point.text, lang), title: relabel ? `${point.text} · ${labels.relabel}` : point.text},
        h("i", {class: SHAPES[Math.max(0, point.sense) % SHAPES.length], "aria-hidden": "true"}), h("b", {class: "no"}, i + 1),
        h("span", {class: "line"}, before, word, h("span", {}, point.text.slice(point.end))),
        h("span", {class: "unseen"}, senses[point.sense] ?? labels.nolabel));
      item.style.setProperty("--tone", point.sense < 0 ? "var(--soft)" : SENSES[point.sense % SENSES.length]);
      if (sides) item.style.gridColumn = String(point.sense + 1);
      return item;
    }));
  }

  fillLegends() {
    const {senses, labels} = this.header;
    const used = [...new Set(this.points.map((point) => point.sense))].filter((sense) => sense >= 0).sort((a, b) => a - b);
    this.legend.replaceChildren(...used.map((sense) => {
      const mark = h("i", {class: SHAPES[sense % SHAPES.length], "aria-hidden": "true"});
      mark.style.setProperty("--tone", SENSES[sense % SENSES.length]);
      return h("span", {}, mark, senses[sense] ?? labels.nolabel);
    }));
  }

  say() {
    const {labels, layers} = this.header;
    const layer = this.layer ? fill(labels.layer, {n: this.layer}) : labels.layer0;
    this.readout.textContent = `${layer} / ${layers - 1}`;
    this.range.setAttribute("aria-valuetext", layer);
    this.figure.dataset.layer = this.layer;
    if (!this.pictured) return;
    const at = (name) => this.curve(name)?.[this.layer] ?? NaN;
    const number = (name) => (Number.isFinite(at(name)) ? signed(at(name)) : "—");
    const same = this.points.length > 1 && this.points.every((_, i) => Number.isNaN(this.cos(0, i)) || this.cos(0, i) > 0.999999);
    const template = same ? labels.verdict_same : !Number.isFinite(at("auc")) ? labels.verdict_none : at("within") > at("between") ? labels.verdict : labels.verdict_not;
    this.why.textContent = same && !this.heatBox.hidden ? (this.points.some((_, i) => Number.isNaN(this.cos(0, i))) ? labels.why_nothing : labels.why_same) : "";
    const words = fill(template, {layer, within: number("within"), between: number("between"), n: this.points.length});
    if (this.verdict.textContent !== words) {
      this.verdict.textContent = words;
      for (const [canvas, name] of [[this.heat, labels.heat], [this.map, labels.map], [this.curves, labels.curves]]) canvas.setAttribute("aria-label", `${name} · ${words}`);
    }
    Object.assign(this.figure.dataset, {method: this.mapName(), treatment: this.choices.treatment, within: at("within"), between: at("between"), auc: at("auc"), silhouette: at("silhouette"), anisotropy: at("anisotropy"), order: this.sequence().slice(0, PAINTED).join(" "), same});
    for (const [name, segment] of Object.entries(this.segments)) segment.show(this.choices[name]);
    const waits = this.choices.method !== "pca" && !this.arrays[`map:${this.choices.method}:flat`];
    const trust = this.arrays[`trust:${this.mapName()}`]?.[this.layer];
    const kept = this.arrays.kept[this.layer];
    const notes = [];
    if (waits) notes.push(labels.preparing);
    else if (this.choices.method === "pca" && Number.isFinite(kept)) notes.push(fill(labels.kept, {share: `${Math.round(100 * kept)} %`}));
    if (Number.isFinite(trust)) notes.push(fill(labels.trust, {score: trust.toFixed(2)}));
    if (this.choices.dims === "deep") notes.push(labels.turn);
    this.under.textContent = notes.join(" · ");
    this.figure.dataset.trust = trust;
  }

  // ---- drawing --------------------------------------------------------------------------------------------------

  draw() {
    if (this.gone || !this.header || !this.figure.clientWidth) return;
    this.colours = palette(this.root);
    if (!this.list.hidden && this.narrow !== this.figure.clientWidth < NARROW) this.fillList();
    this.say();
    if (!this.heatBox.hidden) this.drawHeat();
    if (!this.mapBox.hidden) this.drawMap();
    if (!this.curveBox.hidden) this.drawCurves();
  }

  // A context scaled to CSS pixels.
  sheet(canvas, width, height) {
    const ratio = devicePixelRatio;
    const [w, tall] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (canvas.width !== w || canvas.height !== tall) {
      Object.assign(canvas, {width: w, height: tall});
      canvas.style.height = `${height}px`;
    }
    const context = canvas.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    return context;
  }

  // Red, green, blue of a cosine: blue above zero, vermilion below, paper at zero.
  tone(value) {
    const {none, nought, above, below} = this.tones();
    if (Number.isNaN(value)) return none;
    const full = value >= 0 ? above : below;
    const share = Math.min(1, Math.abs(value));
    return nought.map((p, k) => Math.round(p + (full[k] - p) * share));
  }

  // The ends of the scale as numbers, asked for once a theme.
  tones() {
    const {theme} = this.root.dataset;
    if (this.scale?.theme !== theme) {
      const {track, card, model, removed} = palette(this.root);
      this.scale = {theme, none: rgb(track), nought: rgb(card), above: rgb(model), below: rgb(removed)};
    }
    return this.scale;
  }

  shade(value) {
    return `rgb(${this.tone(value).join(",")})`;
  }

  // Ink or paper, whichever is read more easily on that cell.
  onShade(value) {
    const [r, g, b] = this.tone(value).map((c) => (c / 255) ** 2.2);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.18 ? "black" : "white";
  }

  // The cells of a large heat-map as one picture of a pixel each, stretched.
  paintHeat(context, order, left, top, size) {
    const n = order.length;
    const cells = this.cells;
    Object.assign(cells, {width: n, height: n});
    const ink = cells.getContext("2d");
    const picture = ink.createImageData(n, n);
    const scale = [...Array(201).keys()].map((k) => this.tone(k / 100 - 1));
    const none = this.tone(NaN);
    for (let r = 0; r < n; r++) {
      for (let c = 0; c < n; c++) {
        const value = this.cos(order[r], order[c]);
        picture.data.set(Number.isNaN(value) ? none : scale[Math.round(100 * value) + 100], 4 * (r * n + c));
        picture.data[4 * (r * n + c) + 3] = 255;
      }
    }
    ink.putImageData(picture, 0, 0);
    context.imageSmoothingEnabled = false;
    context.drawImage(cells, left, top, size, size);
  }

  // Rows bear names: the sentence's beginning where there is room, else the number that stands in the list.
  rowName(i, room) {
    const point = this.points[i];
    return room ? fitted(`${i + 1} ${point.name || tail(point.text.slice(0, point.start), 8) + point.text.slice(point.start)}`, 13, room) : String(i + 1);
  }

  drawHeat() {
    const width = this.heat.parentElement.clientWidth;
    const order = (this.drawn = this.sequence());
    const n = order.length;
    const named = n <= NUMBERED;
    const room = named && width >= 400 ? 104 : 0;
    const edge = 8;
    const [left, top] = (this.corner = named ? [(room || 16) + 4 + edge, 18 + edge] : [edge, edge]);
    const side = Math.min(width - left, 360);
    this.heat.style.width = `${left + side}px`;
    const context = this.sheet(this.heat, left + side, top + side);
    const cell = (this.cell = side / n);
    Object.assign(this.heat.dataset, {left, top, cell});
    context.textBaseline = "middle";
    context.fillStyle = this.colours.soft;
    context.font = `13px ${FONTS}`;
    for (let r = 0; named && r < n; r++) {
      context.textAlign = "right";
      context.fillText(this.rowName(order[r], room), left - edge - 4, top + (r + 0.5) * cell);
      context.textAlign = "center";
      context.fillText(String(order[r] + 1), left + (r + 0.5) * cell, top - edge - 9);
    }
    for (let r = 0; r < n; r++) {
      context.fillStyle = this.colour(order[r]);
      context.fillRect(left - edge, top + r * cell, edge - 2, cell - (n > PAINTED ? 0 : 1));
      context.fillRect(left + r * cell, top - edge, cell - (n > PAINTED ? 0 : 1), edge - 2);
    }
    if (n > PAINTED) this.paintHeat(context, order, left, top, n * cell);
    context.font = `${Math.min(13, cell * 0.4)}px ${FONTS}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    for (let r = 0; r < n && n <= PAINTED; r++) {
      for (let c = 0; c < n; c++) {
        const value = this.cos(order[r], order[c]);
        context.fillStyle = this.shade(value);
        context.fillRect(left + c * cell, top + r * cell, Math.max(1, cell - 1), Math.max(1, cell - 1));
        if (n <= NUMBERED) {
          context.fillStyle = this.onShade(value);
          context.fillText(Number.isNaN(value) ? "·" : short(value), left + (c + 0.5) * cell, top + (r + 0.5) * cell);
        }
      }
    }
    const [a, b] = this.looking;
    context.strokeStyle = this.colours.ink;
    context.lineWidth = 2;
    for (const i of new Set([a, b])) {
      const at = order.indexOf(i);
      if (i >= 0 && at >= 0) context.strokeRect(left, top + at * cell, n * cell - 1, cell);
    }
  }

  drawMap() {
    const width = this.map.parentElement.clientWidth;
    const height = Math.min(400, Math.max(280, width * 0.72));
    const context = this.sheet(this.map, width, height);
    const spots = (this.spots = this.spread(width, height));
    context.textBaseline = "middle";
    for (const {i, x, y} of spots) {
      const {trail} = this.points[i];
      if (trail < 0) continue;
      const from = spots.find((spot) => spot.i === trail);
      context.strokeStyle = this.colours.ink;
      context.lineWidth = 1.5;
      context.setLineDash([5, 4]);
      context.beginPath();
      context.moveTo(from.x, from.y);
      context.lineTo(x, y);
      context.stroke();
      context.setLineDash([]);
    }
    const many = spots.length > LISTED;
    context.font = `13px ${FONTS}`;
    for (const {i, x, y, z} of [...spots].sort((a, b) => a.z - b.z)) {
      const on = this.looking.includes(i);
      context.globalAlpha = this.looking[0] >= 0 && !on ? 0.45 : 0.95;
      context.fillStyle = this.colour(i);
      shape(context, SHAPES[Math.max(0, this.points[i].sense) % SHAPES.length], x, y, (on ? 10 : many ? 6 : 8) * (1 + 0.15 * z));
      if (this.points[i].trail >= 0 || on) {
        context.strokeStyle = this.colours.ink;
        context.lineWidth = 2;
        context.stroke();
      }
    }
    context.globalAlpha = 1;
    context.textAlign = "left";
    for (const {label, left, middle} of this.labelled(spots, width, height)) {
      context.lineWidth = 3;
      context.strokeStyle = this.colours.card;
      context.strokeText(label, left, middle);
      context.fillStyle = this.colours.ink;
      context.fillText(label, left, middle);
    }
  }

  // The names that find room beside their points, on the screen and in the picture: what is pointed at first.
  labelled(spots, width, height) {
    const many = spots.length > LISTED;
    const first = ({i}) => (this.looking.includes(i) ? 0 : this.points[i].name ? 1 : 2);
    const named = [...spots].sort((a, b) => first(a) - first(b)).filter((spot) => !many || first(spot) < 2);
    return besides(named.map((spot) => ({...spot, label: this.nameOf(spot.i)})), spots, width, height, 13);
  }

  nameOf(i) {
    const point = this.points[i];
    if (point.name) return point.name;
    const before = tail(point.text.slice(0, point.start), 8);
    return fitted(before + point.text.slice(point.start), 13, 130);
  }

  sense(i) {
    return this.header.senses[this.points[i].sense] ?? this.header.labels.nolabel;
  }

  spread(width, height) {
    const [rx, ry] = [width / 2 - 70, height / 2 - 24];
    return this.placed().map(([x, y, z], i) => ({i, x: width / 2 - 20 + x * rx, y: height / 2 - y * ry, z}));
  }

  curveFrame(width) {
    return {left: 34, top: 10, side: width - 34 - 14, tall: 120};
  }

  drawCurves() {
    const width = this.curves.parentElement.clientWidth;
    const context = this.sheet(this.curves, width, 160);
    const frame = this.curveFrame(width);
    const last = this.header.layers - 1;
    const y = (value) => frame.top + frame.tall * (1 - (value - this.floor()) / (1 - this.floor()));
    const x = (layer) => frame.left + (frame.side * layer) / last;
    context.font = `12px ${FONTS}`;
    context.textBaseline = "middle";
    for (const value of this.floor() < 0 ? [-0.5, 0, 0.5, 1] : [0, 0.5, 1]) {
      context.strokeStyle = this.colours.line;
      context.beginPath();
      context.moveTo(frame.left, y(value));
      context.lineTo(frame.left + frame.side, y(value));
      context.stroke();
      context.fillStyle = this.colours.soft;
      context.textAlign = "right";
      context.fillText(short(value), frame.left - 6, y(value));
    }
    context.textAlign = "center";
    for (let layer = 0; layer <= last; layer++) {
      context.fillStyle = layer === this.layer ? this.colours.ink : this.colours.soft;
      context.fillText(String(layer), x(layer), frame.top + frame.tall + 16);
    }
    context.strokeStyle = this.colours.mask;
    context.lineWidth = 2;
    context.beginPath();
    context.moveTo(x(this.shown), frame.top);
    context.lineTo(x(this.shown), frame.top + frame.tall);
    context.stroke();
    const shown = this.shownCurves();
    for (const [name, tone, dash] of shown) {
      context.strokeStyle = this.colours[tone];
      context.setLineDash(dash);
      context.beginPath();
      let open = false;
      this.curve(name).forEach((value, layer) => {
        if (!Number.isFinite(value)) return (open = false);
        if (open) context.lineTo(x(layer), y(value));
        else context.moveTo(x(layer), y(value));
        open = true;
      });
      context.stroke();
      context.setLineDash([]);
    }
    this.key.replaceChildren(...shown.map(([name, tone, dash]) => {
      const value = this.curve(name)[this.layer];
      const mark = h("i", {class: dash.length ? "dash" : "solid"});
      mark.style.setProperty("--tone", this.colours[tone]);
      return h("span", {"data-curve": name}, mark, `${this.header.labels[name]} ${Number.isFinite(value) ? signed(value) : "—"}`);
    }));
  }

  allCurves() {
    return CURVES.filter(([name]) => this.curve(name)?.some(Number.isFinite));
  }

  // The two cosines; with "more" open all.
  shownCurves() {
    return this.more.open ? this.allCurves() : this.allCurves().filter(([name]) => CURVES.findIndex(([other]) => other === name) < MEANS);
  }

  floor() {
    const lowest = Math.min(0, ...this.shownCurves().flatMap(([name]) => [...(this.curve(name) ?? [])].filter(Number.isFinite)));
    return lowest < -0.02 ? Math.min(-0.5, Math.floor(lowest * 2) / 2) : 0;
  }

  // ---- pointing -------------------------------------------------------------------------------------------------

  // A sentence of the list: on a phone, where it is cut, a note shows the whole of it.
  point(event) {
    const i = itemOf(event);
    this.look(i);
    if (i < 0 || !this.narrow) return;
    const {text, start, end} = this.points[i];
    this.tip.show(event.target.closest("li").getBoundingClientRect(), [h("b", {}, text.slice(0, start), h("mark", {}, text.slice(start, end)), text.slice(end)), h("p", {}, this.sense(i))]);
  }

  look(a, b = -1) {
    if (this.looking[0] === a && this.looking[1] === b) return;
    this.mark(a, b);
    this.share({looking: [a, b]});
  }

  mark(a, b) {
    this.looking = [a, b];
    for (const item of this.list.children) item.toggleAttribute("data-on", this.looking.includes(Number(item.dataset.i)));
    this.soon ??= requestAnimationFrame(() => {
      this.soon = null;
      this.draw();
    });
    if (a < 0) this.tip.hide();
  }

  overHeat(event) {
    const box = this.heat.getBoundingClientRect();
    const [c, r] = [event.clientX - box.left, event.clientY - box.top].map((v, k) => Math.floor((v - this.corner[k]) / this.cell));
    if (this.drawn[r] === undefined || this.drawn[c] === undefined) return this.look(-1);
    this.sayCell(r, c, event.clientX, event.clientY - 8);
  }

  // The cell in row r, column c, with both sentences beside the point (left, top) of the window.
  sayCell(r, c, left, top) {
    const [a, b] = [this.drawn[r], this.drawn[c]];
    this.look(a, b);
    const value = this.cos(a, b);
    this.tip.show({left, width: 0, top, bottom: top + 20},
      [h("b", {}, fill(this.header.labels.cell, {cos: Number.isNaN(value) ? "—" : signed(value, 3)})), h("p", {}, this.points[a].text), h("p", {}, this.points[b].text)]);
  }

  nearest(event) {
    const box = this.map.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    let [best, least] = [-1, REACH ** 2];
    for (const spot of this.spots ?? []) {
      const distance = (spot.x - x) ** 2 + (spot.y - y) ** 2;
      if (distance < least) [best, least] = [spot.i, distance];
    }
    return best;
  }

  overMap(event) {
    if (this.held) {
      const [dx, dy] = [event.clientX - this.held.x, event.clientY - this.held.y];
      if (Math.hypot(dx, dy) > 3) this.held.moved = true;
      if (this.choices.dims === "deep") {
        this.turned = {yaw: this.held.yaw + dx / 120, pitch: Math.max(-1.5, Math.min(1.5, this.held.pitch + dy / 120))};
        this.draw();
        return;
      }
    }
    const i = this.nearest(event);
    this.look(i);
    if (i < 0) return;
    const point = this.points[i];
    const {labels, senses} = this.header;
    const box = this.map.getBoundingClientRect();
    const spot = this.spots[i];
    this.tip.show({left: box.left + spot.x - 8, width: 16, top: box.top + spot.y - 8, bottom: box.top + spot.y + 8},
      [h("b", {}, point.text.slice(0, point.start), h("mark", {}, point.text.slice(point.start, point.end)), point.text.slice(point.end)), h("p", {}, senses[point.sense] ?? labels.nolabel)]);
  }

  // ---- export ---------------------------------------------------------------------------------------------------

  svg() {
    this.colours = palette(this.root);
    return drawing(this);
  }

  csv() {
    return table(this);
  }
}

// The end of a text, as much as fits into `room` half 字; letters count half, and words are not cut.
function tail(text, room = LEAD) {
  let at = text.length;
  for (let used = 0; at > 0; ) {
    const whole = /[\udc00-\udfff]/.test(text[at - 1]) && at > 1 ? 2 : 1; // a character beyond U+FFFF is two halves
    used += text.charCodeAt(at - 1) > 0x2e7f ? 2 : 1;
    if (used > room) break;
    at -= whole;
  }
  if (!at) return text;
  const rest = text.slice(at);
  return `…${/^\p{Script=Latin}/u.test(rest) && text[at - 1] !== " " ? rest.replace(/^\S+\s*/, "") : rest}`;
}

function itemOf(event) {
  return Number(event.target.closest("li")?.dataset.i ?? -1);
}

export default function (component) {
  return mount(component, (root, send) => new LayersMap(root, send));
}
