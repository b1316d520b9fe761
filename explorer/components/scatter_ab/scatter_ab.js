import {fill, label, percent, visible} from "../shared/format.js";
import {h, setToken} from "../shared/dom.js";
import {palette} from "../shared/theme.js";
import {registerFigure, vocabulary} from "../shared/registry.js";
import {mount} from "../shared/mount.js";
import {Tooltip} from "../shared/tooltip.js";
import {csvText, fitted, FONTS, measure, picture, tag, text} from "../shared/svg.js";

// Every word as a point: log10 of its probability in A across, in B upwards. Blue: A prefers it; purple: B does.

const NEAR = Math.log(2); // a word within a factor of two of the diagonal is grey
const REACH = 18;
const NAMED = 6;
const CELL = 16;

class Scatter {
  constructor(root) {
    this.root = root;
    this.canvas = h("canvas", {role: "img"});
    this.lists = {a: this.newList("a"), b: this.newList("b")};
    this.rule = h("p", {class: "rule"});
    this.news = h("p", {class: "news", role: "status"});
    this.caption = h("figcaption");
    this.figure = h("figure", {role: "group"},
      h("div", {class: "ab"}, h("div", {class: "plot"}, this.canvas), this.lists.a.element, this.lists.b.element), this.rule, this.news, this.caption);
    root.append(this.figure);
    this.tip = new Tooltip(root);
    this.watcher = new ResizeObserver(() => this.draw());
    this.watcher.observe(this.canvas.parentElement);
    this.canvas.addEventListener("pointermove", (event) => this.hover(event));
    this.canvas.addEventListener("pointerdown", (event) => this.hover(event));
    this.canvas.addEventListener("pointerleave", () => this.point(-1));
    this.looking = -1;
  }

  update(header, {a, b}) {
    this.header = header;
    this.head = new Map(header.head);
    this.a = logSoftmax(a);
    this.b = logSoftmax(b);
    this.rankWords();
    const {labels} = header;
    const low = Math.min(quantile(this.a, 0.002), quantile(this.b, 0.002)) / Math.LN10;
    this.low = Math.max(-14, Math.floor(low));
    const names = (side) => this[side].map((id) => `${this.wordOf(id)}`).slice(0, NAMED).join(", ");
    this.figure.setAttribute("aria-label", labels.scatter);
    this.canvas.setAttribute("aria-label", fill(labels.summary, {a: names("moreA"), b: names("moreB")}));
    this.rule.textContent = fill(labels.rule, {p: `${100 * header.least_p} %`});
    this.caption.textContent = header.caption;
    this.fillList("a", this.moreA);
    this.fillList("b", this.moreB);
    this.looking = -1;
    this.draw();
    this.unregister?.();
    this.unregister = registerFigure(header.key, {
      title: labels.scatter, element: this.root, svg: () => this.svg(), csv: () => this.csv(),
    });
  }

  destroy() {
    this.watcher.disconnect();
    this.gone = true;
    this.unregister?.();
  }

  wordOf(id) {
    return visible(this.head.get(id) ?? (this.words ? label(this.words[id]) : `#${id}`));
  }

  difference(id) {
    return this.b[id] - this.a[id];
  }

  rankWords() {
    const least = Math.log(this.header.least_p);
    const ids = [];
    const apart = new Set(this.header.apart);
    for (let id = 0; id < this.a.length; id++) if ((this.a[id] >= least || this.b[id] >= least) && !apart.has(id)) ids.push(id);
    ids.sort((x, y) => this.difference(x) - this.difference(y) || x - y);
    const {listed} = this.header;
    this.moreA = ids.filter((id) => this.difference(id) < 0).slice(0, listed);
    this.moreB = ids.filter((id) => this.difference(id) > 0).slice(-listed).reverse();
  }

  // ---- lists ----------------------------------------------------------------------------------------------------

  newList(side) {
    const heading = h("h3", {id: `more-${side}`});
    const list = h("ul", {role: "listbox", "aria-labelledby": `more-${side}`});
    const listElement = h("div", {class: `side ${side}`}, heading, list);
    list.addEventListener("pointerover", (event) => this.point(idOf(event)));
    list.addEventListener("pointerleave", () => this.point(-1));
    list.addEventListener("focusin", (event) => this.choose(list, event.target));
    list.addEventListener("focusout", () => this.point(-1));
    list.addEventListener("keydown", (event) => {
      if (event.key === "Escape") return this.point(-1);
      const items = [...list.children];
      const at = items.indexOf(event.target);
      const target = {ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1}[event.key];
      if (target === undefined) return;
      event.preventDefault();
      items[Math.min(items.length - 1, Math.max(0, target))]?.focus();
    });
    return {element: listElement, heading, list};
  }

  fillList(side, ids) {
    const {labels, lang} = this.header;
    const {heading, list} = this.lists[side];
    heading.textContent = labels[`more_${side}`];
    list.replaceChildren(...ids.map((id, i) => h("li", {role: "option", "data-id": id, "data-difference": this.difference(id), tabindex: i === 0 ? 0 : -1, "aria-selected": "false"},
      setToken(h("span"), this.wordOf(id), lang), h("span", {}, fill(labels.times, {x: times(Math.abs(this.difference(id)))})))));
  }

  choose(list, item) {
    for (const other of list.children) {
      other.tabIndex = other === item ? 0 : -1;
      other.setAttribute("aria-selected", String(other === item));
    }
    this.point(Number(item.dataset.id));
  }

  // ---- points ---------------------------------------------------------------------------------------------------

  // Where a word stands, in CSS pixels of a plot `side` × `tall`.
  place(id, {left, top, side, tall}) {
    const at = (log) => Math.max(0, 1 - Math.max(this.low, log / Math.LN10) / this.low);
    return [left + side * at(this.a[id]), top + tall * (1 - at(this.b[id]))];
  }

  frame(width, height) {
    return {left: 66, top: 16, side: width - 66 - 22, tall: height - 16 - 50, width, height};
  }

  draw() {
    if (this.gone || !this.header) return;
    const whole = this.canvas.parentElement.clientWidth;
    if (!whole) return;
    // Everything is laid out for 16 px type and enlarged with it, so that the teacher's large type reaches the axes.
    this.zoom = parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
    const width = whole / this.zoom;
    const height = Math.min(width, 460);
    const ratio = devicePixelRatio * this.zoom;
    this.canvas.style.height = `${height * this.zoom}px`;
    Object.assign(this.canvas, {width: Math.round(width * ratio), height: Math.round(height * ratio)});
    const context = this.canvas.getContext("2d");
    context.scale(ratio, ratio);
    const frame = (this.now = this.frame(width, height));
    const colours = palette(this.root);
    this.drawAxes(context, frame, colours);
    this.cells = new Map();
    const kinds = this.kinds(colours);
    for (const {colour, alpha, ids} of kinds) {
      context.fillStyle = colour;
      context.globalAlpha = alpha;
      for (const id of ids) {
        const [x, y] = this.place(id, frame);
        context.fillRect(x - 1, y - 1, 2, 2);
        const cell = cellOf(x, y);
        if (!this.cells.has(cell)) this.cells.set(cell, []);
        this.cells.get(cell).push(id);
      }
    }
    context.globalAlpha = 1;
    this.drawNamed(context, frame, colours);
    if (this.looking >= 0) this.ring(context, this.looking, frame, colours.ink, 7);
  }

  kinds(colours) {
    const [near, moreA, moreB] = [[], [], []];
    for (let id = 0; id < this.a.length; id++) {
      const difference = this.difference(id);
      (Math.abs(difference) < NEAR ? near : difference < 0 ? moreA : moreB).push(id);
    }
    return [{colour: colours.soft, alpha: 0.3, ids: near}, {colour: colours.model, alpha: 0.45, ids: moreA}, {colour: colours.second, alpha: 0.55, ids: moreB}];
  }

  drawAxes(context, frame, colours) {
    const {labels} = this.header;
    const {left, top, side, tall} = frame;
    context.strokeStyle = colours.line;
    context.fillStyle = colours.soft;
    context.lineWidth = 1;
    context.font = `12px ${FONTS}`;
    context.textBaseline = "middle";
    for (const power of this.ticks()) {
      const share = 1 - power / this.low;
      const [x, y] = [left + side * share, top + tall * (1 - share)];
      line(context, x, top, x, top + tall);
      line(context, left, y, left + side, y);
      context.textAlign = "center";
      context.fillText(tickName(power), x, top + tall + 14);
      context.textAlign = "right";
      context.fillText(tickName(power), left - 8, y);
    }
    context.strokeStyle = colours.soft;
    context.setLineDash([5, 4]);
    line(context, left, top + tall, left + side, top);
    context.setLineDash([]);
    context.textAlign = "right";
    context.fillText(labels.axis_a + " →", left + side, top + tall + 34);
    context.save();
    context.translate(11, top);
    context.rotate(-Math.PI / 2);
    context.fillText(labels.axis_b + " →", 0, 0);
    context.restore();
  }

  ticks() {
    const step = this.low < -8 ? 3 : this.low < -5 ? 2 : 1;
    const powers = [];
    for (let power = 0; power >= this.low; power -= step) powers.push(power);
    return powers;
  }

  // [{id, x, y, anchor, side}]: labels of the first words of both lists and of the originals, where they do not collide.
  names(frame) {
    const taken = [];
    const {originals} = this.header;
    const wanted = [...originals.filter((id) => id !== null).map((id) => [id, "o"]), ...this.moreA.slice(0, NAMED).map((id) => [id, "a"]), ...this.moreB.slice(0, NAMED).map((id) => [id, "b"])];
    const seen = new Set();
    return wanted.flatMap(([id, kind]) => {
      if (seen.has(id)) return [];
      seen.add(id);
      const [x, y] = this.place(id, frame);
      const name = fitted(this.wordOf(id), 14, 110);
      const width = measure(name, 14);
      const before = kind === "b" ? x - 9 - width > frame.left : x + 9 + width > frame.left + frame.side;
      const box = {x: before ? x - 9 - width : x + 9, y: y - 9, width, height: 18};
      const free = taken.every((other) => box.x > other.x + other.width || other.x > box.x + box.width || box.y > other.y + other.height || other.y > box.y + box.height);
      if (free) taken.push(box);
      return [{id, kind, x, y, name: free ? name : "", at: box.x}];
    });
  }

  drawNamed(context, frame, colours) {
    context.font = `14px ${FONTS}`;
    context.textAlign = "left";
    for (const {id, kind, x, y, name, at} of this.names(frame)) {
      context.fillStyle = kind === "o" ? colours.truth : kind === "a" ? colours.model : colours.second;
      context.beginPath();
      context.arc(x, y, 4, 0, 2 * Math.PI);
      context.fill();
      if (kind === "o") this.ring(context, id, frame, colours.truth, 7);
      context.lineWidth = 3;
      context.strokeStyle = colours.card;
      context.strokeText(name, at, y);
      context.fillStyle = colours.ink;
      context.fillText(name, at, y);
    }
  }

  ring(context, id, frame, colour, radius) {
    const [x, y] = this.place(id, frame);
    context.strokeStyle = colour;
    context.lineWidth = 2;
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.stroke();
  }

  hover(event) {
    const rect = this.canvas.getBoundingClientRect();
    const [x, y] = [(event.clientX - rect.left) / this.zoom, (event.clientY - rect.top) / this.zoom];
    let best = -1;
    let least = REACH ** 2;
    for (let dx = -2; dx <= 2; dx++) {
      for (let dy = -2; dy <= 2; dy++) {
        for (const id of this.cells.get(cellOf(x + dx * CELL, y + dy * CELL)) ?? []) {
          const [px, py] = this.place(id, this.now);
          const distance = (px - x) ** 2 + (py - y) ** 2;
          if (distance < least) [best, least] = [id, distance];
        }
      }
    }
    this.point(best);
  }

  // Rings one word and says its probabilities; -1 ends it.
  point(id) {
    if (id === this.looking) return;
    this.looking = id;
    this.soon ??= requestAnimationFrame(() => {
      this.soon = null;
      this.draw();
    });
    if (id < 0) return this.tip.hide();
    if (!this.head.has(id) && !this.words) this.fetchWords(id);
    const {labels, lang, originals} = this.header;
    const [x, y] = this.place(id, this.now).map((v) => v * this.zoom);
    const rect = this.canvas.getBoundingClientRect();
    const lines = [setToken(h("b"), this.wordOf(id), lang), h("p", {}, fill(labels.tip, {a: fine(this.a[id]), b: fine(this.b[id])}))];
    if (originals.includes(id)) lines.push(h("p", {}, labels.original));
    this.tip.show({left: rect.left + x - 8, width: 16, top: rect.top + y - 8, bottom: rect.top + y + 8}, lines);
  }

  fetchWords(id) {
    vocabulary(this.header.vocab_url).then(({words}) => {
      this.words = words;
      this.news.textContent = "";
      if (this.gone || this.looking !== id) return;
      this.looking = -1;
      this.point(id);
    }, () => (this.news.textContent = this.header.labels.words_failed));
  }

  // ---- export ---------------------------------------------------------------------------------------------------

  svg() {
    const colours = palette(this.root);
    const {labels, caption} = this.header;
    const frame = this.frame(720, 560);
    const {left, top, side, tall} = frame;
    const grid = this.ticks().flatMap((power) => {
      const share = 1 - power / this.low;
      const [x, y] = [left + side * share, top + tall * (1 - share)];
      return [tag("line", {x1: x, x2: x, y1: top, y2: top + tall, stroke: colours.line}), tag("line", {x1: left, x2: left + side, y1: y, y2: y, stroke: colours.line}),
        text(x, top + tall + 18, tickName(power), {"font-size": 12, fill: colours.soft, "text-anchor": "middle"}),
        text(left - 8, y + 4, tickName(power), {"font-size": 12, fill: colours.soft, "text-anchor": "end"})];
    });
    // Words on the same spot are drawn once: tens of thousands of points make one short path a colour.
    const clouds = this.kinds(colours).map(({colour, alpha, ids}) => {
      const spots = new Set(ids.map((id) => this.place(id, frame).map((v) => Math.round(v * 2) / 2).join(" ")));
      return spots.size ? tag("path", {d: [...spots].map((spot) => `M${spot}h0`).join(""), stroke: colour, "stroke-width": 2, "stroke-linecap": "square", opacity: alpha}) : "";
    });
    const named = this.names(frame).flatMap(({kind, x, y, name, at}) => {
      const colour = kind === "o" ? colours.truth : kind === "a" ? colours.model : colours.second;
      return [tag("circle", {cx: x, cy: y, r: 4, fill: colour}), kind === "o" ? tag("circle", {cx: x, cy: y, r: 7, fill: "none", stroke: colour, "stroke-width": 2}) : "",
        name ? text(at, y + 5, name, {"font-size": 14, stroke: colours.paper, "stroke-width": 3, "paint-order": "stroke"}) : ""];
    });
    const parts = [...grid, tag("line", {x1: left, y1: top + tall, x2: left + side, y2: top, stroke: colours.soft, "stroke-dasharray": "5 4"}), ...clouds, ...named,
      text(left + side, top + tall + 38, labels.axis_a + " →", {"font-size": 12, fill: colours.soft, "text-anchor": "end"}),
      text(0, 0, labels.axis_b + " →", {"font-size": 12, fill: colours.soft, "text-anchor": "end", transform: `translate(15 ${top}) rotate(-90)`})];
    return picture(720, 560, colours, labels.scatter, caption, parts);
  }

  async csv() {
    const {words} = await vocabulary(this.header.vocab_url);
    const names = this.header.labels.csv_columns.split(",").map((name) => name.trim());
    const ids = Array.from(this.a.keys()).sort((x, y) => this.difference(x) - this.difference(y));
    return csvText([names, ...ids.map((id) => [id, words[id] ?? "", Math.exp(this.a[id]), Math.exp(this.b[id]), this.difference(id)])]);
  }
}

function logSoftmax(logits) {
  let max = -Infinity;
  for (let i = 0; i < logits.length; i++) if (logits[i] > max) max = logits[i];
  let sum = 0;
  for (let i = 0; i < logits.length; i++) sum += Math.exp(logits[i] - max);
  const log = Math.log(sum) + max;
  return Float64Array.from(logits, (value) => value - log);
}

function quantile(values, share) {
  return Float64Array.from(values).sort()[Math.floor(share * (values.length - 1))];
}

const SUPERSCRIPT = "⁰¹²³⁴⁵⁶⁷⁸⁹";

function tickName(power) {
  if (power >= -4) return `${Number((100 * 10 ** power).toPrecision(1))} %`;
  return "10⁻" + [...String(-power)].map((digit) => SUPERSCRIPT[digit]).join("");
}

// Small probabilities matter here: below 0.1 % as a power of ten.
function fine(log) {
  const p = Math.exp(log);
  if (p >= 0.001) return percent(p);
  const power = Math.floor(log / Math.LN10);
  return `${(p / 10 ** power).toFixed(1)} × 10⁻${[...String(-power)].map((digit) => SUPERSCRIPT[digit]).join("")}`;
}

function times(difference) {
  const x = Math.exp(difference);
  return x < 10 ? x.toFixed(1) : x < 10_000 ? String(Math.round(x)) : `10${[...String(Math.round(Math.log10(x)))].map((digit) => SUPERSCRIPT[digit]).join("")}`;
}

function cellOf(x, y) {
  return Math.floor(x / CELL) * 4096 + Math.floor(y / CELL);
}

function idOf(event) {
  return Number(event.target.closest("li")?.dataset.id ?? -1);
}

function line(context, x1, y1, x2, y2) {
  context.beginPath();
  context.moveTo(x1, y1);
  context.lineTo(x2, y2);
  context.stroke();
}

export default function (component) {
  return mount(component, (root) => new Scatter(root));
}
