import {fill} from "../shared/format.js";
import {h, setToken} from "../shared/dom.js";
import {MEANINGS} from "../shared/palette.js";
import {palette} from "../shared/theme.js";
import {registerFigure} from "../shared/registry.js";
import {mount} from "../shared/mount.js";
import {Echo} from "../shared/echo.js";
import {Segments} from "../shared/segments.js";
import {csvText, drawing, picture, tag, text} from "../shared/svg.js";
import {colourOf, kindOf, markOf} from "../shared/tongues.js";

// All layers are here, as they are and with their language taken away: nothing but the method asks Python.

const SIDE = {width: 720, height: 460, margin: 26};
const STEP_MS = 700;
const GROUPS = {treatment: ["raw", "centred"], colour: ["by_language", "by_meaning"], method: ["pca", "umap"]};

class LanguageMap {
  constructor(root, send) {
    this.root = root;
    this.send = send;
    this.echo = new Echo(() => this.header && this.update(this.header, this.arrays));
    this.choices = {treatment: "raw", colour: "by_language", method: "pca"};
    this.groups = Object.fromEntries(Object.entries(GROUPS).map(([name, options]) => [name, new Segments(name, options, (value) => this.choose(name, value))]));
    this.play = h("button", {type: "button", "data-play": ""}, "▶");
    this.range = h("input", {type: "range", min: 0, step: 1, "data-scrub": ""});
    this.readout = h("span");
    this.plane = h("div", {class: "plane"});
    this.legend = h("p", {class: "legend"});
    this.verdict = h("p", {class: "verdict", role: "status"});
    this.found = h("ul", {class: "found"});
    this.caption = h("figcaption");
    this.figure = h("figure", {role: "group"}, h("div", {class: "tools"}, ...Object.values(this.groups).map(({element}) => element)),
      h("div", {class: "scrub"}, this.play, this.range, this.readout), this.plane, this.legend, this.verdict, this.found, this.caption);
    root.append(this.figure);
    this.range.addEventListener("input", () => {
      this.stop();
      this.go(Number(this.range.value));
    });
    this.play.addEventListener("click", () => (this.timer ? this.stop() : this.start()));
    for (const kind of ["pointerover", "click", "focusin"]) this.plane.addEventListener(kind, (event) => this.over(event));
    this.plane.addEventListener("pointerleave", () => this.look(-1));
  }

  choose(name, value) {
    if (value === this.choices[name]) return;
    this.choices[name] = value;
    if (name === "method") this.send("method", {method: value, n: this.echo.next()});
    this.draw();
  }

  update(header, arrays) {
    const fresh = !this.header;
    this.header = header;
    this.arrays = arrays;
    const [, layers] = header.shape;
    const {labels} = header;
    if (fresh) this.layer = header.layer;
    if (this.echo.settles(header.n)) this.choices.method = header.method;
    this.range.max = String(layers - 1);
    this.range.setAttribute("aria-label", labels.layer.replace("{layer}", "").trim());
    this.figure.setAttribute("aria-label", labels.figure);
    this.play.setAttribute("aria-label", labels.play);
    this.caption.textContent = header.caption;
    for (const [name, group] of Object.entries(this.groups)) group.label(labels[name], labels);
    this.draw();
    this.unregister?.();
    this.unregister = registerFigure(header.key, {title: labels.figure, element: this.root, svg: () => this.svg(), csv: () => this.csv()});
  }

  destroy() {
    clearInterval(this.timer);
    this.echo.stop();
    this.unregister?.();
  }

  start() {
    const last = this.header.shape[1] - 1;
    this.play.textContent = "❚❚";
    this.play.setAttribute("aria-label", this.header.labels.pause);
    if (this.layer >= last) this.go(0);
    this.timer = setInterval(() => {
      this.go(this.layer + 1);
      if (this.layer >= last) this.stop();
    }, STEP_MS);
  }

  stop() {
    clearInterval(this.timer);
    this.timer = null;
    this.play.textContent = "▶";
    this.play.setAttribute("aria-label", this.header.labels.play);
  }

  go(layer) {
    this.layer = layer;
    this.draw();
  }

  at(k, line) {
    const [, layers, languages, lines] = this.header.shape;
    const way = this.choices.treatment === "centred" ? 1 : 0;
    const i = (((way * layers + this.layer) * languages + k) * lines + line) * 2;
    const {width, height, margin} = SIDE;
    return [0, 1].map((axis) => {
      const size = axis ? height : width;
      return size / 2 + this.arrays.maps[i + axis] * (size / 2 - margin);
    });
  }

  tone(k, line) {
    return this.choices.colour === "by_language" ? colourOf(kindOf(this.header.languages[k])) : MEANINGS[line % MEANINGS.length];
  }

  draw() {
    const {header} = this;
    const [, layers, languages, lines] = header.shape;
    for (const [name, group] of Object.entries(this.groups)) group.show(this.choices[name]);
    this.root.dataset.layer = String(this.layer);
    this.root.dataset.treatment = this.choices.treatment;
    this.range.value = String(this.layer);
    this.readout.textContent = fill(header.labels.layer, {layer: this.layer});
    if (!this.svgElement || this.count !== languages * lines) this.points(languages, lines);
    for (let k = 0; k < languages; k++) {
      for (let line = 0; line < lines; line++) {
        const [x, y] = this.at(k, line);
        const mark = this.marks[k * lines + line];
        mark.style.transform = `translate(${x.toFixed(1)}px, ${y.toFixed(1)}px)`;
        mark.dataset.x = x.toFixed(1);
        mark.dataset.y = y.toFixed(1);
        mark.setAttribute("fill", this.tone(k, line));
      }
    }
    this.legend.replaceChildren(...header.languages.map((lang, k) => this.named(lang, header.names[k])));
    const way = this.choices.treatment === "centred" ? 1 : 0;
    const kept = this.arrays.kept[way * layers + this.layer];
    const apart = this.arrays.apart[way * layers + this.layer];
    this.verdict.textContent = fill(header.labels.apart, {apart: apart.toFixed(2)}) + (kept >= 0 ? ` ${fill(header.labels.kept, {kept: `${Math.round(100 * kept)} %`})}` : "");
    this.verdict.dataset.apart = apart.toFixed(4);
    this.lines(this.looking ?? -1);
    if ((this.looking ?? -1) < 0) this.found.replaceChildren(h("li", {}, h("span"), header.labels.hint));
  }

  named(lang, name) {
    return h("span", {}, this.mark(lang), name);
  }

  mark(lang) {
    const kind = kindOf(lang);
    return drawing(16, 16, [tag("path", {d: markOf(kind, 8, 8, 6), fill: colourOf(kind)})]);
  }

  points(languages, lines) {
    this.count = languages * lines;
    const shapes = [];
    for (let k = 0; k < languages; k++) {
      for (let line = 0; line < lines; line++) shapes.push(tag("path", {d: markOf(kindOf(this.header.languages[k]), 0, 0, 6.5), "data-k": k, "data-line": line}));
    }
    this.links = h("div", {class: "links"});
    this.svgElement = drawing(SIDE.width, SIDE.height, shapes);
    this.plane.replaceChildren(this.links, this.svgElement);
    this.marks = /** @type {SVGPathElement[]} */ ([...this.svgElement.querySelectorAll("path[data-k]")]);
  }

  over(event) {
    const {line} = event.target.dataset ?? {};
    if (line !== undefined) this.look(Number(line));
  }

  look(line) {
    this.looking = line;
    this.plane.toggleAttribute("data-looking", line >= 0);
    const [, , languages, lines] = this.header.shape;
    this.marks.forEach((mark, i) => mark.toggleAttribute("data-on", i % lines === line));
    this.lines(line);
    if (line < 0) return this.draw();
    this.found.replaceChildren(...Array.from({length: languages}, (_, k) => {
      return h("li", {}, this.mark(this.header.languages[k]), setToken(h("span"), this.header.texts[k][line], this.header.lang));
    }));
  }

  // From every translation to the meaning's own centre.
  lines(line) {
    if (!this.links) return;
    this.links.replaceChildren(...(line < 0 ? [] : [drawing(SIDE.width, SIDE.height, [this.spokes(line, palette(this.root).soft)])]));
  }

  spokes(line, stroke) {
    const [, , languages] = this.header.shape;
    const spots = Array.from({length: languages}, (_, k) => this.at(k, line));
    const parts = [];
    spots.forEach(([x1, y1], a) => spots.slice(a + 1).forEach(([x2, y2]) => parts.push(tag("line", {x1, y1, x2, y2, stroke, "stroke-width": 1.5, "data-link": ""}))));
    return parts.join("");
  }

  svg() {
    const colours = palette(this.root);
    const [, , languages, lines] = this.header.shape;
    const parts = [];
    if ((this.looking ?? -1) >= 0) parts.push(this.spokes(this.looking, colours.soft));
    for (let k = 0; k < languages; k++) {
      for (let line = 0; line < lines; line++) {
        const [x, y] = this.at(k, line);
        parts.push(tag("path", {d: markOf(kindOf(this.header.languages[k]), x, y, 6.5), fill: this.tone(k, line)}));
      }
    }
    this.header.names.forEach((name, k) => parts.push(
      tag("path", {d: markOf(kindOf(this.header.languages[k]), 24 + 112 * k, SIDE.height + 14, 6), fill: colourOf(kindOf(this.header.languages[k]))}),
      text(36 + 112 * k, SIDE.height + 19, name, {"font-size": 14})));
    return picture(SIDE.width, SIDE.height + 34, colours, this.header.labels.figure, `${this.readout.textContent}. ${this.verdict.textContent} ${this.header.caption}`, parts);
  }

  csv() {
    const {labels, languages, texts, shape, names} = this.header;
    const columns = labels.csv_columns.split(/[,，]/).map((name) => name.trim());
    const [, layers, , lines] = shape;
    const rows = [];
    for (let way = 0; way < 2; way++) {
      for (let layer = 0; layer < layers; layer++) {
        languages.forEach((_, k) => texts[k].forEach((sentence, line) => {
          const i = (((way * layers + layer) * languages.length + k) * lines + line) * 2;
          rows.push([labels[GROUPS.treatment[way]], layer, names[k], line + 1, sentence, this.arrays.maps[i], this.arrays.maps[i + 1]]);
        }));
      }
    }
    return csvText([columns, ...rows]);
  }
}

export default function (component) {
  return mount(component, (root, send) => new LanguageMap(root, send));
}
