import {fill, percent} from "../shared/format.js";
import {h, langOf} from "../shared/dom.js";
import {Scrolls} from "../shared/scrolls.js";
import {palette} from "../shared/theme.js";
import {registerFigure} from "../shared/registry.js";
import {mount} from "../shared/mount.js";
import {csvText, fitted, picture, tag, text} from "../shared/svg.js";
import {shown} from "../generator/path.js";

// A tree of continuations.
// One in which a path has won is laid out downwards, a step below the other, the winner along the left edge and the
// others beside it, broken into lines that fit the window. One without grows to the right: leaves are spread evenly,
// parents stand in the middle of their children.

const [WIDE, HIGH, LEFT, TOP] = [112, 42, 24, 22];
const [CHIP, TALL, LINE, STEP] = [82, 38, 44, 28]; // a node's width and height, a line of nodes, the room between two steps
const SAVED = 760; // width of the saved picture of a tree that nobody sees
const NS = "http://www.w3.org/2000/svg";

class Tree {
  constructor(root, send) {
    this.root = root;
    this.send = send;
    this.n = 0;
    this.note = h("p", {class: "said", role: "status"});
    this.canvas = h("div");
    this.scrolls = new Scrolls(this.canvas);
    this.caption = h("figcaption");
    this.figure = h("figure", {role: "group"}, this.note, this.scrolls.element, this.caption);
    this.watcher = new ResizeObserver(() => this.header && this.figure.clientWidth !== this.wide && this.draw());
    this.watcher.observe(this.figure);
    root.append(this.figure);
    const index = (event) => Number(event.target.closest?.("[data-node]")?.dataset.node ?? -1);
    this.canvas.addEventListener("click", (event) => this.pick(index(event)));
    this.canvas.addEventListener("keydown", (event) => {
      if (!["Enter", " "].includes(event.key) || index(event) < 0) return;
      event.preventDefault();
      this.pick(index(event));
    });
    for (const name of ["pointerover", "focusin"]) this.canvas.addEventListener(name, (event) => index(event) >= 0 && this.say(index(event)));
  }

  update(header) {
    this.header = header;
    this.n = Math.max(this.n, header.n);
    const {labels} = header;
    this.figure.setAttribute("aria-label", header.title || labels.tree);
    this.caption.textContent = header.caption;
    this.note.textContent = labels.hint;
    this.scrolls.label(labels.scrolls);
    this.draw();
    this.unregister?.();
    this.unregister = registerFigure(header.key, {
      title: header.title || labels.tree, element: this.root, svg: () => this.svg(), csv: () => this.csv(),
    });
  }

  destroy() {
    this.watcher.disconnect();
    this.scrolls.stop();
    this.unregister?.();
  }

  draw() {
    this.wide = this.figure.clientWidth;
    const {width, height, parts} = this.drawing();
    const svg = document.createElementNS(NS, "svg");
    for (const [name, value] of Object.entries({width, height, viewBox: `0 0 ${width} ${height}`, role: "group"})) svg.setAttribute(name, String(value));
    svg.append(...parts.map((part) => this.element(part)));
    this.canvas.replaceChildren(svg);
  }

  // Downwards: a step a block of lines, the best first, then what the search kept, then the rest by score.
  steps() {
    const {nodes} = this.header;
    const width = Math.max(280, this.wide || SAVED);
    const columns = Math.max(2, Math.floor((width - 12) / (CHIP + 10)));
    const at = new Map([[-1, [12, TOP - 6]]]);
    const deepest = Math.max(0, ...nodes.map(({depth}) => depth));
    let y = TOP + STEP;
    for (let depth = 0; depth <= deepest; depth++) {
      const row = [...nodes.keys()].filter((i) => nodes[i].depth === depth)
        .sort((a, b) => Number(nodes[b].best) - Number(nodes[a].best) || Number(nodes[b].kept) - Number(nodes[a].kept) || nodes[b].score - nodes[a].score);
      row.forEach((i, n) => at.set(i, [8 + (n % columns) * (CHIP + 10), y + LINE * Math.floor(n / columns)]));
      y += LINE * Math.ceil(row.length / columns) + STEP;
    }
    return {at, width, height: y - STEP + 4};
  }

  // Where every node stands: [x, y] by place in the list.
  places() {
    const {nodes} = this.header;
    const children = new Map();
    nodes.forEach(({parent}, i) => children.set(parent, [...(children.get(parent) ?? []), i]));
    const at = new Map();
    let leaf = 0;
    const place = (i, depth) => {
      const below = children.get(i) ?? [];
      below.forEach((child) => place(child, depth + 1));
      const y = below.length ? (at.get(below[0])[1] + at.get(below.at(-1))[1]) / 2 : TOP + HIGH * leaf++;
      at.set(i, [LEFT + WIDE * depth, y]);
    };
    place(-1, 0);
    const deepest = Math.max(0, ...nodes.map(({depth}) => depth));
    return {at, width: LEFT + WIDE * (deepest + 1) + CHIP, height: 2 * TOP + HIGH * Math.max(1, leaf - 1)};
  }

  // Lines and labels as plain data, for the screen and for the picture.
  drawing() {
    const {nodes, root} = this.header;
    const down = nodes.some(({best}) => best);
    const {at, width, height} = down ? this.steps() : this.places();
    const lines = nodes.map((node, i) => {
      const [[x1, y1], [x2, y2]] = [at.get(node.parent), at.get(i)];
      const from = x1 + (node.parent < 0 ? 6 : 74);
      const d = down
        ? `M${x1 + (node.parent < 0 ? 0 : CHIP / 2 - 4)} ${y1 + (node.parent < 0 ? 6 : TALL / 2)}C${x1 + CHIP / 2 - 4} ${y2 - 26} ${x2 + CHIP / 2 - 4} ${y1 + 30} ${x2 + CHIP / 2 - 4} ${y2 - TALL / 2}`
        : `M${from} ${y1}C${from + 16} ${y1} ${x2 - 20} ${y2} ${x2 - 4} ${y2}`;
      return {name: "path", d, best: node.best, kept: node.kept, thick: 1 + 4 * node.p};
    });
    const labels = nodes.map((node, i) => ({name: "text", i, x: at.get(i)[0], y: at.get(i)[1], word: shown(node.text), p: node.p, best: node.best, kept: node.kept}));
    const [x, y] = at.get(-1);
    return {width, height, parts: [...lines, {name: "root", x, y, word: root}, ...labels]};
  }

  element(part) {
    const make = (name, attributes, content) => {
      const element = document.createElementNS(NS, name);
      for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
      if (content !== undefined) element.textContent = content;
      return element;
    };
    const state = [part.best && "best", part.kept === false && "dropped"].filter(Boolean).join(" ");
    if (part.name === "path") return make("path", {d: part.d, class: `edge ${state}`, "stroke-width": part.thick});
    if (part.name === "root") return make("circle", {cx: part.x, cy: part.y, r: 6, class: "root"});
    const group = make("g", {class: `node ${state}`, "data-node": part.i, tabindex: 0, role: "button", "aria-label": this.words(part.i)});
    group.append(make("rect", {x: part.x - 4, y: part.y - TALL / 2, width: CHIP, height: TALL, rx: 7}));
    const word = make("text", {x: part.x + 2, y: part.y - 3, lang: langOf(part.word, this.header.lang)}, fitted(part.word, 15, 72));
    group.append(word, make("text", {x: part.x + 2, y: part.y + 14, class: "p"}, percent(part.p)));
    return group;
  }

  path(i) {
    const {nodes} = this.header;
    const words = [];
    for (let at = i; at >= 0; at = nodes[at].parent) words.unshift(shown(nodes[at].text));
    return words.join(" ");
  }

  words(i) {
    const {labels, nodes} = this.header;
    const node = nodes[i];
    return fill(labels.node, {path: this.path(i), p: percent(node.p), s: node.log_p.toFixed(2), score: node.score.toFixed(3)}) + (node.kept ? "" : ` ${labels.dropped}`);
  }

  say(i) {
    this.note.textContent = this.words(i);
  }

  pick(i) {
    if (i >= 0) this.send("pick", {node: i, n: ++this.n});
  }

  svg() {
    const colours = palette(this.root);
    const {width, height, parts} = this.drawing();
    const drawn = parts.map((part) => {
      if (part.name === "path") return tag("path", {d: part.d, fill: "none", stroke: part.best ? colours.model : colours.line, "stroke-width": part.thick, "stroke-dasharray": part.kept ? null : "3 3"});
      if (part.name === "root") return tag("circle", {cx: part.x, cy: part.y, r: 6, fill: colours.ink});
      const box = tag("rect", {x: part.x - 4, y: part.y - TALL / 2, width: CHIP, height: TALL, rx: 7, fill: part.best ? colours.model_soft : colours.card, stroke: part.best ? colours.model : colours.line});
      return box + text(part.x + 2, part.y - 3, fitted(part.word, 15, 72), {"font-size": 15, fill: part.kept ? colours.ink : colours.soft}) +
        text(part.x + 2, part.y + 14, percent(part.p), {"font-size": 13, fill: colours.soft});
    });
    return picture(width, height, colours, this.header.title || this.header.labels.tree, this.header.caption, drawn);
  }

  csv() {
    const names = this.header.labels.csv_columns.split(",").map((name) => name.trim());
    return csvText([names, ...this.header.nodes.map((n, i) => [i + 1, n.parent < 0 ? null : n.parent + 1, n.depth + 1, n.text, n.p, n.log_p, n.score, n.kept ? 1 : 0])]);
  }
}

export default function (component) {
  return mount(component, (root, send) => new Tree(root, send));
}
