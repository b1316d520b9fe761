import {fill, grouped, percent, pieces} from "../shared/format.js";
import {h, setToken} from "../shared/dom.js";
import {palette} from "../shared/theme.js";
import {registerFigure, vocabulary} from "../shared/registry.js";
import {mount} from "../shared/mount.js";
import {Dial, plainScale} from "../shared/dial.js";
import {Echo} from "../shared/echo.js";
import {Candidates} from "../shared/candidates.js";
import {PathView, shown} from "./path.js";
import {csvText, fitted, picture, tag, text, wrap} from "../shared/svg.js";

// One text as it grows. Offer and draw are worked out here; Python hears which token was taken and sends the next offer.

const REST_MS = 300;
const BARS = 6;
const MOST_SEGMENTS = 24;
const DIALS = {
  temperature: [plainScale(0, 3, 0.05), 1], top_k: [plainScale(0, 100, 1), 0], top_p: [plainScale(0.05, 1, 0.01), 1],
  min_p: [plainScale(0, 0.5, 0.01), 0], repetition: [plainScale(1, 2, 0.05), 1],
};
const FASTEST = 11;

class Generator {
  constructor(root, send) {
    this.root = root;
    this.send = send;
    this.echo = new Echo(null); // a step takes as long as the model does
    this.speed = 3;
    this.path = new PathView(root, (at) => this.act("go", {at}));
    this.player = h("div", {class: "player"});
    this.ended = h("p", {class: "news", role: "status"});
    this.verdict = h("p", {class: "verdict", "aria-live": "polite"});
    this.list = h("ol", {class: "answer", role: "list"});
    this.ruler = h("div", {class: "ruler", role: "img"});
    this.rulerName = h("p", {class: "num"});
    this.panel = h("div", {class: "dials"});
    this.keys = h("p", {class: "num keys", id: "keys"});
    this.caption = h("figcaption");
    this.figure = h("figure", {role: "group", tabindex: 0, "aria-describedby": "keys"}, this.path.element, this.player, this.ended,
      this.verdict, this.list, this.rulerName, this.ruler, this.panel, this.keys, this.caption);
    root.append(this.figure);
    this.rows = [];
    /** @type {HTMLElement | null} */
    this.restRow = null;
    this.figure.addEventListener("keydown", (event) => this.key(event));
  }

  update(header, arrays, later) {
    this.header = header;
    this.arrays = arrays;
    this.later = later;
    this.asked = false;
    this.head = new Map(header.head);
    const {labels} = header;
    const furniture = JSON.stringify([labels, header.lang, header.branch]);
    if (furniture !== this.furniture) this.furnish(furniture);
    this.root.dataset.tone = header.tone;
    this.root.dataset.at = header.at;
    this.root.dataset.length = header.path.length;
    this.figure.setAttribute("aria-label", header.title || labels.path);
    this.keys.textContent = labels.keys;
    this.caption.textContent = header.caption;
    const answered = this.echo.settles(header.n);
    this.candidates = new Candidates(null, {...arrays, best: header.best, size: header.size, sums: header.sums}, arrays.seen);
    const placed = JSON.stringify(header.settings);
    if (placed !== this.placed && answered && !this.held && !this.resting) {
      this.settings = {...header.settings};
      for (const [name, dial] of Object.entries(this.dials)) dial.set(this.settings[name]);
    }
    this.placed = placed;
    this.free.checked = header.free;
    this.seed.textContent = header.free ? "" : fill(labels.seed, {seed: header.seed});
    this.answered = answered;
    this.path.update(header);
    this.closed = header.at === header.path.length && header.ends.includes(header.path.at(-1)?.id);
    this.ended.textContent = this.closed ? labels.ended : "";
    this.draw();
    if (this.closed) this.pause();
    this.unregister?.();
    this.unregister = registerFigure(header.key, {
      title: header.title || labels.path, element: this.root, svg: () => this.svg(), csv: () => this.csv(),
    });
  }

  destroy() {
    this.pause();
    clearTimeout(this.resting);
    cancelAnimationFrame(this.frame);
    this.path.destroy();
    this.unregister?.();
  }

  // ---- furniture ------------------------------------------------------------------------------------------------

  furnish(furniture) {
    this.furniture = furniture;
    const {labels, branch} = this.header;
    const button = (name, label, act, main = false, key = "") => {
      const made = h("button", {type: "button", class: main ? "btn main" : "btn", "data-do": name}, label);
      if (key) made.append(h("span", {class: "keys", "aria-hidden": "true"}, ` ${key}`));
      made.addEventListener("click", act);
      return made;
    };
    this.playButton = button("play", labels.play, () => this.toggle());
    this.seed = h("span", {class: "seed"});
    this.free = h("input", {type: "checkbox", "data-do": "free"});
    this.free.addEventListener("change", () => this.act("free", {free: this.free.checked}));
    this.pace = new Dial({
      name: "speed", scale: plainScale(1, FASTEST, 1), home: 3, reset: labels.reset, done: () => {},
      label: (n) => (n === FASTEST ? labels.speed_most : fill(labels.speed, {n})), live: (n) => (this.speed = n),
    });
    this.pace.set(this.speed);
    this.player.replaceChildren(
      button("step", labels.step, () => this.step(), true, "↵"), this.playButton,
      button("back", labels.back, () => this.go(-1), false, "←"),
      ...(branch === "can" ? [button("branch", labels.branch, () => this.act("branch"))] : []),
      ...(branch === "is" ? [button("close", labels.close, () => this.act("close"))] : []),
      h("span", {class: "chance"}, this.seed, button("again", labels.again, () => this.act("seed")),
        h("label", {class: "free"}, this.free, labels.free)),
    );
    const share = (name) => (value) => fill(labels[name], {p: `${Math.round(100 * value)} %`});
    const say = {
      temperature: (t) => (t === 0 ? labels.temperature_zero : fill(labels.temperature, {t: t.toFixed(2)})),
      top_k: (k) => (k ? fill(labels.top_k, {k}) : labels.top_k_off), top_p: share("top_p"), min_p: share("min_p"),
      repetition: (r) => (r === 1 ? labels.repetition_off : fill(labels.repetition, {r: r.toFixed(2)})),
    };
    this.settings ??= {...this.header.settings};
    this.dials = Object.fromEntries(Object.entries(DIALS).map(([name, [scale, home]]) => [name, new Dial({
      name, scale, home, label: say[name], reset: labels.reset, done: () => this.rest(),
      live: (value) => {
        this.settings = {...this.settings, [name]: value};
        this.frame ??= requestAnimationFrame(() => {
          this.frame = null;
          this.list.classList.add("live");
          this.draw();
        });
      },
    })]));
    for (const [name, {input}] of Object.entries(this.dials)) {
      this.dials[name].set(this.settings[name]);
      input.addEventListener("pointerdown", () => (this.held = true));
      for (const end of ["pointerup", "pointercancel", "blur"]) input.addEventListener(end, () => (this.held = false));
    }
    this.label();
    this.panel.replaceChildren(...Object.values(this.dials).map(({element}) => element), this.pace.element);
    this.rulerName.textContent = labels.draw;
  }

  rest() {
    cancelAnimationFrame(this.frame);
    this.frame = null;
    this.draw();
    this.list.classList.remove("live");
    clearTimeout(this.resting);
    this.resting = setTimeout(() => {
      this.resting = null;
      if (!this.busy) this.act("dials");
    }, REST_MS);
  }

  // ---- what the reader does -------------------------------------------------------------------------------------

  act(kind, more = {}) {
    clearTimeout(this.resting);
    this.resting = null;
    const {at, free} = this.header;
    this.send("act", {kind, at, free, settings: this.settings, n: this.echo.next(), ...more});
  }

  step() {
    if (this.busy || this.closed) return;
    this.take(this.drawn);
  }

  take(token) {
    if (this.busy) return;
    this.busy = true;
    this.path.ahead(this.word(token));
    this.act("take", {token});
  }

  go(by) {
    const {at, first, path} = this.header;
    const to = Math.min(Math.max(at + by, first), path.length);
    this.pause();
    if (to !== at) this.act("go", {at: to});
  }

  toggle() {
    if (this.playing) this.pause();
    else if (!this.closed) {
      this.playing = true;
      this.label();
      this.step();
    }
  }

  pause() {
    this.playing = false;
    clearTimeout(this.ticking);
    this.label();
  }

  label() {
    if (!this.playButton) return;
    this.playButton.textContent = this.playing ? this.header.labels.pause : `${this.header.labels.play} ▸`;
    this.playButton.setAttribute("aria-pressed", String(Boolean(this.playing)));
  }

  // While it plays, the next step is asked for when the last was answered: a closed page asks for no more.
  next() {
    clearTimeout(this.ticking);
    this.ticking = setTimeout(() => this.playing && this.step(), this.speed === FASTEST ? 0 : 1000 / this.speed);
  }

  key(event) {
    if (event.target.tagName === "INPUT" || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.keyCode === 229) return; // 229: an input method has the key
    const onButton = event.target.tagName === "BUTTON" && ["Enter", " "].includes(event.key);
    if (onButton) return;
    const acts = {
      Enter: () => this.step(), " ": () => this.toggle(), ArrowLeft: () => this.go(-1), ArrowRight: () => this.go(1),
      Escape: () => this.pause(), Home: () => this.go(-Infinity), End: () => this.go(Infinity),
      b: () => this.header.branch === "can" && this.act("branch"), n: () => this.act("seed"),
    };
    const number = /^[1-9]$/.test(event.key) ? Number(event.key) : 0;
    if (number && number <= BARS) this.take(this.candidates.at(number - 1));
    else if (acts[event.key]) acts[event.key]();
    else return;
    event.preventDefault();
  }

  // ---- the offer ------------------------------------------------------------------------------------------------

  word(id) {
    if (!this.head.has(id) && !this.all) {
      vocabulary(this.header.vocab_url).then(({words}) => {
        this.all = words;
        this.draw();
      }, () => {});
    }
    return shown(this.head.get(id) ?? this.all?.[id] ?? `#${id}`);
  }

  // What is to be seen, as data: used by the screen, the picture and the tests.
  plan() {
    const {candidates: c, header} = this;
    c.set(this.settings);
    this.drawn = c.draw(header.chance);
    const taken = header.path[header.at]?.id ?? null;
    const row = (id) => ({id, word: this.word(id), p: c.p(id), plain: c.plain(id), gone: !c.isKept(id) || c.p(id) === 0,
      drawn: id === this.drawn, taken: id === taken});
    const ids = Array.from({length: Math.min(BARS, c.size)}, (_, i) => c.at(i));
    for (const id of [this.drawn, taken]) if (id !== null && !ids.includes(id)) ids.push(id);
    const rows = ids.map(row);
    const segments = [];
    for (let i = 0; i < Math.min(c.kept, MOST_SEGMENTS); i++) segments.push({id: c.at(i), p: c.p(c.at(i))});
    const rest = Math.max(0, 1 - rows.reduce((sum, {p}) => sum + p, 0));
    return {rows, rest, segments, taken};
  }

  // Once an offer reaches beyond the scores that are here, all of them are asked for; until then the bars stay.
  draw() {
    const {header} = this;
    const {labels, tone} = header;
    const plan = this.plan();
    if (this.candidates.short) {
      this.needAll();
      return;
    }
    this.planned = plan;
    const {rows, rest, segments, taken} = plan;
    if (this.answered) {
      this.answered = this.busy = false;
      if (this.playing) this.next();
    }
    this.list.setAttribute("aria-label", labels.bars);
    while (this.rows.length < rows.length) this.rows.push(this.newRow());
    while (this.rows.length > rows.length) this.rows.pop().item.remove();
    rows.forEach((row, i) => this.drawRow(this.rows[i], row, i));
    this.restRow ??= h("li", {class: "row rest"}, h("span", {class: "w"}), h("span", {class: "bar", "aria-hidden": "true"}, h("u")), h("span", {class: "p"}));
    this.list.append(this.restRow);
    const [restWord, restBar, restP] = /** @type {HTMLElement[]} */ ([...this.restRow.children]);
    restWord.textContent = fill(labels.rest, {n: grouped(this.candidates.size - rows.length)});
    restBar.querySelector("u").style.width = `${100 * rest}%`;
    restP.textContent = percent(rest);
    this.ruler.replaceChildren(
      ...segments.map(({id, p}, i) => h("s", {
        class: id === this.drawn ? "hit" : "", title: `${this.word(id)} ${percent(p)}`,
        style: `width:${100 * p}%;opacity:${(1 - 0.6 * (i / MOST_SEGMENTS)).toFixed(2)}`,
      })),
      h("b", {style: `left:${100 * header.chance}%`}),
    );
    this.ruler.dataset.chance = header.chance;
    this.ruler.dataset.kept = this.candidates.kept;
    this.ruler.hidden = this.rulerName.hidden = this.settings.temperature === 0;
    this.drawVerdict(rows, taken, labels);
    this.ruler.setAttribute("aria-label", this.verdict.textContent);
    this.root.dataset.drawn = this.drawn;
    this.root.dataset.tone = tone;
  }

  needAll() {
    if (this.asked) return;
    this.asked = true;
    const {header} = this;
    this.later("logits").then((logits) => {
      if (this.header !== header) return;
      this.candidates = new Candidates(logits, null, this.arrays.seen);
      this.draw();
    });
  }

  newRow() {
    const word = h("button", {type: "button", class: "force"});
    const [bar, ghost, amount] = [h("u"), h("span", {class: "ghost"}), h("span", {class: "p"})];
    const item = h("li", {class: "row"}, h("span", {class: "w"}, word), h("span", {class: "bar", "aria-hidden": "true"}, bar, ghost), amount);
    item.addEventListener("click", () => this.take(Number(item.dataset.id)));
    this.list.append(item);
    return {item, word, bar, ghost, amount};
  }

  drawRow({item, word, bar, ghost, amount}, row, i) {
    const {labels, lang} = this.header;
    item.className = ["row", row.gone && "gone", row.drawn && "drawn", row.taken && "taken", i >= BARS && "apart"].filter(Boolean).join(" ");
    setToken(word, row.word, lang);
    word.setAttribute("aria-label", fill(labels.force, {word: row.word}));
    bar.style.width = `${100 * (row.gone ? row.plain : row.p)}%`;
    ghost.style.width = `${100 * row.plain}%`;
    amount.textContent = row.gone ? labels.cut : percent(row.p);
    Object.assign(item.dataset, {id: row.id, p: row.p, plain: row.plain, cut: row.gone ? "1" : ""});
  }

  drawVerdict(rows, taken, labels) {
    const id = taken ?? this.drawn;
    const row = rows.find((one) => one.id === id);
    const plain = this.candidates.plain(id);
    const name = taken !== null ? "verdict_taken" : this.settings.temperature === 0 ? "verdict_best" : this.candidates.kept === 1 ? "verdict_only" : "verdict";
    const values = {word: row.word, p: percent(taken !== null ? plain : row.p), rank: grouped(this.candidates.rank(id)), s: (-Math.log(plain)).toFixed(2)};
    this.verdict.replaceChildren(...pieces(labels[name], values).map((part) => (part.name === "word" ? setToken(h("em"), part.text, this.header.lang) : part.text)));
  }

  // ---- export ---------------------------------------------------------------------------------------------------

  svg() {
    const colours = palette(this.root);
    const {header} = this;
    const {rows} = this.planned;
    const colour = header.tone === "b" ? colours.second : colours.model;
    const lines = wrap(header.path.map(({text}) => shown(text)).join("").trim(), 680, 18);
    const top = 40 + 28 * lines.length;
    const parts = lines.map((line, i) => text(16, 34 + 28 * i, line, {"font-size": 18}));
    parts.push(text(16, top, fitted(this.verdict.textContent, 16, 688), {"font-size": 16}));
    rows.forEach((row, i) => {
      const y = top + 14 + 32 * i;
      parts.push(text(138, y + 15, fitted(row.word, 18, 118), {"text-anchor": "end", "dominant-baseline": "central", "font-size": 18, fill: row.gone ? colours.soft : colours.ink, "text-decoration": row.gone ? "line-through" : null}));
      parts.push(tag("rect", {x: 150, y: y + 6, width: 440, height: 18, rx: 5, fill: colours.track, stroke: row.drawn ? colours.mask : null, "stroke-width": row.drawn ? 2 : null}));
      parts.push(tag("rect", {x: 150, y: y + 6, width: 440 * (row.gone ? row.plain : row.p), height: 18, rx: 5, fill: colour, opacity: row.gone ? 0.35 : null}));
      parts.push(tag("rect", {x: 150, y: y + 7, width: 440 * row.plain, height: 16, fill: "none", stroke: colours.soft, "stroke-dasharray": "3 3"}));
      parts.push(text(602, y + 15, row.gone ? header.labels.cut : percent(row.p), {"dominant-baseline": "central", "font-size": 15}));
    });
    return picture(720, top + 28 + 32 * rows.length, colours, header.title || header.labels.path, header.caption, parts);
  }

  csv() {
    const {labels, path} = this.header;
    const names = labels.csv_columns.split(",").map((name) => name.trim());
    return csvText([names, ...path.map(({id, text: word, kind, p, rank, nats, entropy}, i) => [i + 1, word, id, labels[`kind_${kind}`], p, rank, nats, entropy])]);
  }
}

export default function (component) {
  return mount(component, (root, send) => new Generator(root, send));
}
