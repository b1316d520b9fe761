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
const STEP = 96; // from one name of the exported legend to the next
const STEP_MS = 700;
const GROUPS = {treatment: ["raw", "centred"], colour: ["by_language", "by_meaning"], method: ["pca", "umap"]};

// Five points around (x, y), as an SVG path; r is the distance of a point.
function starOf(x, y, r) {
  const spots = Array.from({length: 10}, (_, i) => {
    const [far, turn] = [i % 2 ? 0.45 * r : r, (i * Math.PI) / 5];
    return `${(x + far * Math.sin(turn)).toFixed(2)} ${(y - far * Math.cos(turn)).toFixed(2)}`;
  });
  return `M${spots.join("L")}Z`;
}

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

  way() {
    return this.choices.treatment === "centred" ? 1 : 0;
  }

  at(k, line) {
    const [, layers, languages, lines] = this.header.shape;
    const i = (((this.way() * layers + this.layer) * languages + k) * lines + line) * 2;
    return this.spot(this.arrays.maps[i], this.arrays.maps[i + 1]);
  }

  // The map holds what it was made of; a sentence of the reader's may lie farther out, and all draw together.
  spot(...point) {
    const {width, height, margin} = SIDE;
    const far = Math.max(1, ...this.own().map(Math.abs));
    return [width, height].map((size, axis) => size / 2 + (point[axis] / far) * (size / 2 - margin));
  }

  own() {
    if (!this.header.own) return [];
    const i = (this.way() * this.header.shape[1] + this.layer) * 2;
    return [this.arrays.own[i], this.arrays.own[i + 1]];
  }

  star() {
    const {own} = this.header;
    if (!own) return null;
    const [x, y] = this.spot(...this.own());
    const {ink} = palette(this.root);
    return {x, y, fill: this.byLanguage() ? colourOf(kindOf(own.language)) : ink, stroke: ink};
  }

  byLanguage() {
    return this.choices.colour === "by_language";
  }

  tone(k, line) {
    return this.byLanguage() ? colourOf(kindOf(this.header.languages[k])) : MEANINGS[line % MEANINGS.length];
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
    const star = this.star();
    this.ownMark.toggleAttribute("hidden", !star);
    if (star) {
      this.ownMark.style.transform = `translate(${star.x.toFixed(1)}px, ${star.y.toFixed(1)}px)`;
      Object.assign(this.ownMark.dataset, {x: star.x.toFixed(1), y: star.y.toFixed(1)});
      this.ownMark.setAttribute("fill", star.fill);
      this.ownMark.setAttribute("stroke", star.stroke);
    }
    this.legend.replaceChildren(...header.languages.map((lang, k) => this.named(lang, header.names[k])), ...(star ? [h("span", {"data-own": ""}, this.starMark(star), header.labels.own)] : []));
    const way = this.way();
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
    return drawing(16, 16, [tag("path", {d: markOf(kind, 8, 8, 6), fill: this.legendTone(lang)})]);
  }

  // Coloured by meaning, a language has its shape alone.
  legendTone(lang) {
    return this.byLanguage() ? colourOf(kindOf(lang)) : palette(this.root).soft;
  }

  starMark({fill, stroke}) {
    return drawing(16, 16, [tag("path", {d: starOf(8, 8, 7), fill, stroke})]);
  }

  points(languages, lines) {
    this.count = languages * lines;
    const shapes = [];
    for (let k = 0; k < languages; k++) {
      for (let line = 0; line < lines; line++) shapes.push(tag("path", {d: markOf(kindOf(this.header.languages[k]), 0, 0, 6.5), "data-k": k, "data-line": line}));
    }
    this.links = h("div", {class: "links"});
    shapes.push(tag("path", {d: starOf(0, 0, 11), "data-own": "", "stroke-width": 1.5, hidden: ""}));
    this.svgElement = drawing(SIDE.width, SIDE.height, shapes);
    this.plane.replaceChildren(this.links, this.svgElement);
    this.marks = /** @type {SVGPathElement[]} */ ([...this.svgElement.querySelectorAll("path[data-k]")]);
    this.ownMark = /** @type {SVGPathElement} */ (this.svgElement.querySelector("path[data-own]"));
  }

  over(event) {
    const {line, own} = event.target.dataset ?? {};
    if (line !== undefined) this.look(Number(line));
    else if (own !== undefined) this.lookAtOwn();
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

  lookAtOwn() {
    this.look(-1);
    this.found.replaceChildren(h("li", {"data-own": ""}, this.starMark(this.star()), setToken(h("span"), this.header.own.text, this.header.lang)));
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
      tag("path", {d: markOf(kindOf(this.header.languages[k]), 24 + STEP * k, SIDE.height + 14, 6), fill: this.legendTone(this.header.languages[k])}),
      text(36 + STEP * k, SIDE.height + 19, name, {"font-size": 14})));
    const star = this.star();
    if (star) {
      const {x, y, ...tones} = star;
      const end = 24 + STEP * languages;
      parts.push(tag("path", {d: starOf(x, y, 11), "data-own": "", "stroke-width": 1.5, ...tones}),
        tag("path", {d: starOf(end, SIDE.height + 14, 7), ...tones}), text(end + 12, SIDE.height + 19, this.header.labels.own, {"font-size": 14}));
    }
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
        if (this.header.own) {
          const i = (way * layers + layer) * 2;
          const {text: sentence, language} = this.header.own;
          rows.push([labels[GROUPS.treatment[way]], layer, names[languages.indexOf(language)], labels.own, sentence, this.arrays.own[i], this.arrays.own[i + 1]]);
        }
      }
    }
    return csvText([columns, ...rows]);
  }
}

export default function (component) {
  return mount(component, (root, send) => new LanguageMap(root, send));
}
