import {fill, percent} from "../shared/format.js";
import {h, langOf} from "../shared/dom.js";
import {palette} from "../shared/theme.js";
import {registerFigure} from "../shared/registry.js";
import {mount} from "../shared/mount.js";
import {csvText, fitted, picture, tag, text} from "../shared/svg.js";
import {shown} from "../generator/path.js";

// A tree laid out in columns, a column a step. Leaves are spread evenly, parents stand in the middle of their children.

const [WIDE, HIGH, LEFT, TOP] = [112, 36, 24, 20];
const NS = "http://www.w3.org/2000/svg";

class Tree {
  constructor(root, send) {
    this.root = root;
    this.send = send;
    this.n = 0;
    this.note = h("p", {class: "said", role: "status"});
    this.canvas = h("div", {class: "wide", tabindex: 0});
    this.caption = h("figcaption");
    this.figure = h("figure", {role: "group"}, this.note, this.canvas, this.caption);
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
    const {width, height, parts} = this.drawing();
    const svg = document.createElementNS(NS, "svg");
    for (const [name, value] of Object.entries({width, height, viewBox: `0 0 ${width} ${height}`, role: "group"})) svg.setAttribute(name, String(value));
    svg.append(...parts.map((part) => this.element(part)));
    this.canvas.replaceChildren(svg);
    this.unregister?.();
    this.unregister = registerFigure(header.key, {
      title: header.title || labels.tree, element: this.root, svg: () => this.svg(), csv: () => this.csv(),
    });
  }

  destroy() {
    this.unregister?.();
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
    return {at, height: 2 * TOP + HIGH * Math.max(1, leaf - 1)};
  }

  // Lines and labels as plain data, for the screen and for the picture.
  drawing() {
    const {nodes, root} = this.header;
    const {at, height} = this.places();
    const deepest = Math.max(0, ...nodes.map(({depth}) => depth));
    const lines = nodes.map((node, i) => {
      const [[x1, y1], [x2, y2]] = [at.get(node.parent), at.get(i)];
      const from = x1 + (node.parent < 0 ? 6 : 74);
      return {name: "path", d: `M${from} ${y1}C${from + 16} ${y1} ${x2 - 20} ${y2} ${x2 - 4} ${y2}`, best: node.best, kept: node.kept, thick: 1 + 4 * node.p};
    });
    const labels = nodes.map((node, i) => ({name: "text", i, x: at.get(i)[0], y: at.get(i)[1], word: shown(node.text), p: node.p, best: node.best, kept: node.kept}));
    const [x, y] = at.get(-1);
    return {width: LEFT + WIDE * (deepest + 2), height, parts: [...lines, {name: "root", x, y, word: root}, ...labels]};
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
    group.append(make("rect", {x: part.x - 4, y: part.y - 16, width: 82, height: 32, rx: 7}));
    const word = make("text", {x: part.x + 2, y: part.y - 1, lang: langOf(part.word, this.header.lang)}, fitted(part.word, 15, 72));
    group.append(word, make("text", {x: part.x + 2, y: part.y + 12, class: "p"}, percent(part.p)));
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
      return text(part.x + 2, part.y - 1, fitted(part.word, 15, 72), {"font-size": 15, fill: part.kept ? colours.ink : colours.soft}) +
        text(part.x + 2, part.y + 12, percent(part.p), {"font-size": 13, fill: colours.soft});
    });
    return picture(width, height, colours, this.header.title || this.header.labels.tree, this.header.caption, drawn);
  }

  csv() {
    const names = this.header.labels.csv_columns.split(",").map((name) => name.trim());
    return csvText([names, ...this.header.nodes.map((n, i) => [i, n.parent, n.depth, n.text, n.p, n.log_p, n.score, n.kept ? 1 : 0])]);
  }
}

export default function (component) {
  return mount(component, (root, send) => new Tree(root, send));
}
