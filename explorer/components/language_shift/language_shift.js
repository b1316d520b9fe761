import {fill, percent, signed, visible} from "../shared/format.js";
import {h, setToken} from "../shared/dom.js";
import {palette} from "../shared/theme.js";
import {registerFigure} from "../shared/registry.js";
import {mount} from "../shared/mount.js";
import {Dial, plainScale} from "../shared/dial.js";
import {Echo} from "../shared/echo.js";
import {Tooltip} from "../shared/tooltip.js";
import {csvText, drawing, fitted, measure, picture, tag, text} from "../shared/svg.js";
import {colourOf, markOf} from "../shared/tongues.js";

// All alphas of all layers that have come are here: the dials redraw and ask nobody.

const CURVES = ["converted", "right", "meaning"];
const SPEEDS = [1, 2, 0.5];
const STEP_MS = 650;
const BOX = {width: 300, height: 150, left: 48, right: 8, top: 8, bottom: 20};

class LanguageShift {
  constructor(root, send) {
    this.root = root;
    this.send = send;
    this.echo = new Echo(() => this.header && this.take(this.header));
    this.play = h("button", {type: "button", "data-play": ""}, "▶");
    this.pace = h("button", {type: "button", "data-pace": ""}, "1×");
    this.dials = h("div", {class: "dials"});
    this.list = h("ol", {"data-filled": ""});
    this.names = h("span");
    this.missing = h("p", {class: "missing", role: "status"});
    this.colours = h("p", {class: "legend", "data-kinds": ""});
    this.key = h("p", {class: "legend", "data-lines": ""});
    this.summary = h("p", {class: "unseen", role: "status"});
    this.panels = Object.fromEntries(CURVES.map((name) => [name, this.panel(name)]));
    this.caption = h("figcaption");
    this.figure = h("figure", {role: "group"}, this.dials, this.missing, h("div", {class: "rows"}, this.names, this.list),
      this.colours, h("div", {class: "panels"}, ...Object.values(this.panels).map(({element}) => element)), this.key, this.summary, this.caption);
    root.append(this.figure);
    this.watcher = new ResizeObserver(() => this.curves());
    this.watcher.observe(this.figure);
    this.tip = new Tooltip(root);
    this.list.addEventListener("pointerover", (event) => this.over(event));
    this.list.addEventListener("pointerleave", () => this.tip.hide());
    this.play.addEventListener("click", () => (this.timer ? this.stop() : this.start()));
    this.pace.addEventListener("click", () => {
      this.speed = (this.speed + 1) % SPEEDS.length;
      this.pace.textContent = `${SPEEDS[this.speed]}×`;
      if (this.timer) this.start();
    });
    this.speed = 0;
  }

  panel(name) {
    const [title, value, drawing] = [h("h3"), h("p"), h("div")];
    return {element: h("section", {class: "panel", "data-curve": name}, title, value, drawing), title, value, drawing};
  }

  update(header, arrays) {
    this.header = header;
    this.arrays = arrays;
    this.take(header);
    this.unregister?.();
    this.unregister = registerFigure(header.key, {
      title: header.labels.figure, element: this.root, svg: () => this.svg(), csv: () => this.csv(),
    });
  }

  destroy() {
    this.watcher.disconnect();
    this.stop();
    this.echo.stop();
    this.unregister?.();
  }

  // The dials follow what the page says, unless the reader has moved them since.
  take(header) {
    const {labels} = header;
    if (!this.alphaDial) this.makeDials(header);
    if (this.echo.settles(header.n)) {
      this.alpha = this.nearest(header.alpha);
      this.layer = header.layer;
    }
    this.figure.setAttribute("aria-label", labels.figure);
    this.play.setAttribute("aria-label", labels.play);
    this.pace.setAttribute("aria-label", labels.speed);
    this.caption.textContent = header.caption;
    this.names.textContent = `${labels.before} → ${labels.after}`;
    for (const name of CURVES) this.panels[name].title.textContent = labels[name];
    this.alphaDial.set(header.alphas[this.alpha]);
    this.layerDial.set(this.layer);
    this.draw();
  }

  makeDials({labels, alphas, n_layers: last, best, layer}) {
    const home = best ?? layer;
    this.alphaDial = new Dial({
      name: "alpha", scale: plainScale(alphas[0], alphas.at(-1), alphas[1] - alphas[0]), home: 1, reset: labels.reset,
      label: (value) => fill(this.header.labels.alpha, {alpha: signed(value)}),
      live: (value) => this.move({alpha: this.nearest(value)}), done: () => this.tell(),
    });
    this.layerDial = new Dial({
      name: "layer", scale: plainScale(0, last, 1), home, reset: labels.reset,
      label: (value) => fill(this.header.labels.layer, {layer: value}) + (value === this.header.best ? ` · ${this.header.labels.best}` : ""),
      live: (value) => this.move({layer: value}), done: () => this.tell(),
    });
    this.dials.append(h("div", {class: "play"}, this.play, this.pace), this.alphaDial.element, this.layerDial.element);
  }

  nearest(alpha) {
    const {alphas} = this.header;
    return alphas.reduce((best, value, i) => (Math.abs(value - alpha) < Math.abs(alphas[best] - alpha) ? i : best), 0);
  }

  move(change) {
    if (this.timer) this.stop();
    Object.assign(this, change);
    this.draw();
  }

  tell() {
    this.send("change", {layer: this.layer, alpha: this.header.alphas[this.alpha], n: this.echo.next()});
  }

  start() {
    clearInterval(this.timer);
    // The arrow's own length first: beyond it the words dissolve, which a second press shows.
    const last = this.header.alphas.length - 1;
    if (this.alpha >= last) this.alpha = this.nearest(0);
    const whole = this.nearest(1);
    const end = this.alpha < whole ? whole : last;
    this.play.textContent = "❚❚";
    this.play.setAttribute("aria-label", this.header.labels.pause);
    this.timer = setInterval(() => {
      this.alpha += 1;
      this.alphaDial.set(this.header.alphas[this.alpha]);
      this.draw();
      if (this.alpha >= end) this.stop();
    }, STEP_MS / SPEEDS[this.speed]);
  }

  stop() {
    if (!this.timer) return;
    clearInterval(this.timer);
    this.timer = null;
    this.play.textContent = "▶";
    this.play.setAttribute("aria-label", this.header.labels.play);
    this.tell();
  }

  // ---- what stands at a position ----------------------------------------------------------------------------------

  row() {
    return this.header.layers.indexOf(this.layer);
  }

  at(position, row = this.row(), alpha = this.alpha) {
    const {source, alphas, words} = this.header;
    const i = (row * alphas.length + alpha) * source.length + position;
    const {ids, p, kinds, right} = this.arrays;
    return {word: words[ids[i]], p: p[i], kind: kinds[i], right: right[i] === 1};
  }

  value(name, row = this.row(), alpha = this.alpha) {
    const {layers, alphas} = this.header;
    return this.arrays.curves[(CURVES.indexOf(name) * layers.length + row) * alphas.length + alpha];
  }

  lines(name) {
    const {alphas, random_alphas: loose, layers, averages} = this.header;
    const k = CURVES.indexOf(name);
    const row = this.row();
    const own = alphas.map((alpha, i) => [alpha, this.value(name, row, i)]);
    const random = loose.map((alpha, i) => [alpha, this.arrays.random[(k * layers.length + row) * loose.length + i]]);
    const [mean, meanRandom] = (averages[this.layer] ?? []).map((line) => line.alphas.map((alpha, i) => [alpha, line.curves[k][i]]));
    return {yours: own, random, ...(mean ? {average: mean, random_average: meanRandom} : {})};
  }

  style(name) {
    const {model, removed, soft} = this.palette;
    return {
      yours: {stroke: model, "stroke-width": 3}, random: {stroke: removed, "stroke-width": 2, "stroke-dasharray": "1 5", "stroke-linecap": "round"},
      average: {stroke: soft, "stroke-width": 2.5, "stroke-dasharray": "7 4"}, random_average: {stroke: removed, "stroke-width": 1.5, "stroke-dasharray": "7 4"},
    }[name];
  }

  // ---- drawing ----------------------------------------------------------------------------------------------------

  draw() {
    const {header} = this;
    const {labels, source, lang} = header;
    this.palette = palette(this.root);
    const row = this.row();
    this.root.toggleAttribute("data-waiting", row < 0);
    this.root.dataset.alpha = String(header.alphas[this.alpha]);
    this.root.dataset.layer = String(this.layer);
    this.missing.textContent = row < 0 ? fill(labels.missing, {layer: this.layer}) : "";
    if (row < 0) return;
    while (this.list.children.length < source.length) this.list.append(h("li", {"data-i": this.list.children.length}, h("i"), h("b")));
    while (this.list.children.length > source.length) this.list.lastChild.remove();
    const kinds = new Set();
    source.forEach((piece, i) => {
      const item = this.list.children[i];
      const {word, kind, right} = this.at(i);
      kinds.add(kind);
      setToken(item.firstChild, visible(piece), lang);
      setToken(item.lastChild, visible(word), lang);
      item.style.setProperty("--tone", colourOf(kind));
      item.dataset.kind = kind;
      item.toggleAttribute("data-same", word === piece);
      item.toggleAttribute("data-right", right);
    });
    this.colours.replaceChildren(...[...kinds].sort().map((kind) => {
      return h("span", {}, drawing(14, 14, [tag("path", {d: markOf(kind, 7, 7, 5.5), fill: colourOf(kind)})]), header.kinds[kind]);
    }));
    for (const name of CURVES) {
      const panel = this.panels[name];
      panel.value.textContent = `α = ${signed(header.alphas[this.alpha])}: ${name === "meaning" ? this.value(name).toFixed(2) : percent(this.value(name))}`;
    }
    this.curves();
    this.key.replaceChildren(...Object.keys(this.lines("converted")).map((name) => {
      const style = this.style(name);
      const mark = h("i", {class: name === "random" ? "dots" : style["stroke-dasharray"] ? "dash" : ""});
      mark.style.setProperty("--tone", style.stroke);
      return h("span", {"data-line": name}, mark, labels[name]);
    }));
    this.summary.textContent = fill(labels.summary, {
      layer: this.layer, alpha: signed(header.alphas[this.alpha]), text: source.map((_, i) => this.at(i).word).join(" "),
      converted: percent(this.value("converted")),
    });
  }

  // As wide as their place on the page, so that their letters keep their size.
  curves() {
    if (!this.header || this.row() < 0) return;
    for (const name of CURVES) {
      const {drawing: place} = this.panels[name];
      const box = {...BOX, width: Math.round(place.clientWidth) || BOX.width};
      place.replaceChildren(drawing(box.width, box.height, [this.curve(name, box)]));
    }
  }

  curve(name, box = BOX) {
    const {alphas} = this.header;
    const [low, high] = [alphas[0], alphas.at(-1)];
    const x = (alpha) => box.left + ((alpha - low) / (high - low)) * (box.width - box.left - box.right);
    const y = (value) => box.height - box.bottom - value * (box.height - box.top - box.bottom);
    const {line, soft, model, mask, card} = this.palette;
    const parts = [0, 0.5, 1].flatMap((value) => [
      tag("line", {x1: box.left, x2: box.width - box.right, y1: y(value), y2: y(value), stroke: line}),
      text(box.left - 5, y(value) + 4, name === "meaning" ? String(value) : `${100 * value} %`, {"text-anchor": "end", "font-size": 13, fill: soft}),
    ]);
    for (let alpha = Math.ceil(low); alpha <= high; alpha++) parts.push(text(x(alpha), box.height - 5, signed(alpha, 0), {"text-anchor": "middle", "font-size": 13, fill: soft}));
    const now = alphas[this.alpha];
    parts.push(tag("line", {x1: x(now), x2: x(now), y1: box.top, y2: box.height - box.bottom, stroke: mask, "stroke-width": 2}));
    for (const [kind, points] of Object.entries(this.lines(name)).reverse()) {
      parts.push(tag("polyline", {points: points.map(([alpha, value]) => `${x(alpha).toFixed(1)},${y(value).toFixed(1)}`).join(" "), fill: "none", ...this.style(kind)}));
    }
    parts.push(tag("circle", {cx: x(now), cy: y(this.value(name)), r: 5, fill: model, stroke: card, "stroke-width": 2}));
    return parts.join("");
  }

  over(event) {
    const item = event.target.closest("li");
    if (!item || this.row() < 0) return;
    const {word, p, kind, right} = this.at(Number(item.dataset.i));
    const {labels, kinds, source} = this.header;
    this.tip.show(item.getBoundingClientRect(), [h("b", {}, `${visible(source[Number(item.dataset.i)])} → ${visible(word)}`),
      h("p", {}, fill(labels.tip, {p: percent(p), kind: kinds[kind]})), ...(right ? [h("p", {}, labels.tip_right)] : [])]);
  }

  // ---- export -----------------------------------------------------------------------------------------------------

  svg() {
    const colours = (this.palette = palette(this.root));
    if (this.row() < 0) return picture(320, 60, colours, this.header.labels.figure, this.missing.textContent, []);
    const {labels, source, alphas} = this.header;
    const width = 960;
    const parts = [text(16, 28, `${fill(labels.layer, {layer: this.layer})} · α = ${signed(alphas[this.alpha])}`, {"font-size": 16, "font-weight": 600})];
    let [x, y] = [16, 66];
    source.forEach((piece, i) => {
      const {word, kind} = this.at(i);
      const wide = Math.max(measure(visible(piece), 15), measure(visible(word), 20)) + 18;
      if (x + wide > width - 16) [x, y] = [16, y + 60];
      parts.push(text(x + wide / 2, y - 12, visible(piece), {"font-size": 15, "text-anchor": "middle", fill: colours.soft}),
        tag("rect", {x: x + 2, y: y - 4, width: wide - 4, height: 30, rx: 5, fill: colourOf(kind), "fill-opacity": word === piece ? 0 : 0.22}),
        text(x + wide / 2, y + 17, visible(word), {"font-size": 20, "text-anchor": "middle"}));
      x += wide;
    });
    CURVES.forEach((name, k) => parts.push(
      text(16 + 315 * k + BOX.left, y + 62, fitted(labels[name], 14, 260), {"font-size": 14, "font-weight": 600}),
      `<g transform="translate(${16 + 315 * k} ${y + 68})">${this.curve(name)}</g>`));
    const kinds = [...new Set(source.map((_, i) => this.at(i).kind))].sort().map((kind) => [this.header.kinds[kind], tag("path", {d: markOf(kind, 7, 7, 5.5), fill: colourOf(kind)})]);
    const lines = Object.keys(this.lines("converted")).map((name) => [labels[name], tag("line", {x1: 0, x2: 26, y1: 7, y2: 7, ...this.style(name)})]);
    parts.push(legend(16, y + 240, kinds, 20), legend(16, y + 268, lines, 32));
    return picture(width, y + 290, colours, labels.figure, this.header.caption, parts);
  }

  csv() {
    const {labels, source, alphas, layers, kinds} = this.header;
    const names = labels.csv_columns.split(/[,，]/).map((name) => name.trim());
    const rows = layers.flatMap((layer, row) => alphas.flatMap((alpha, a) => source.map((piece, i) => {
      const {word, p, kind, right} = this.at(i, row, a);
      return [layer, alpha, i + 1, piece, word, kinds[kind], Number(p.toFixed(6)), right ? 1 : 0, ...CURVES.map((name) => Number(this.value(name, row, a).toFixed(5)))];
    })));
    return csvText([names, ...rows]);
  }
}

// Marks and what they mean, in one line: [[name, drawing], …], each drawing `wide`.
function legend(x, y, entries, wide) {
  return entries.map(([name, mark]) => {
    const part = `<g transform="translate(${x} ${y})">${mark}</g>${text(x + wide, y + 12, name, {"font-size": 13})}`;
    x += wide + measure(name, 13) + 22;
    return part;
  }).join("");
}

export default function (component) {
  return mount(component, (root, send) => new LanguageShift(root, send));
}
