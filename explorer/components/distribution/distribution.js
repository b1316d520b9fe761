import {fill, grouped, percent, pieces, visible} from "../shared/format.js";
import {h, setToken} from "../shared/dom.js";
import {palette} from "../shared/theme.js";
import {registerFigure, vocabulary} from "../shared/registry.js";
import {fromJson} from "../shared/packing.js";
import {mount} from "../shared/mount.js";
import {Echo} from "../shared/echo.js";
import {Dial, plainScale, ratioScale} from "../shared/dial.js";
import {Distribution} from "../shared/softmax.js";
import {Heads} from "../shared/heads.js";
import {Before, outline} from "../shared/ghost.js";
import {listen} from "../shared/channel.js";
import {csvText, fitted, picture, tag, text} from "../shared/svg.js";

// Bars of a whole distribution.
// Dials re-draw from the scores that are here; Python hears of them when they rest. Where the answers at other positions
// are here too, a gesture on the sentence is answered at once, and Python follows.

const REST_MS = 300;
const ASKED_MS = 20_000; // for the whole vector
const MAX_WATCHED = 8;
const MAX_WORD = 40;

class Bars {
  constructor(root, send) {
    this.root = root;
    this.send = send;
    this.verdict = h("p", {class: "verdict"});
    this.list = h("ol", {class: "answer", role: "list"});
    this.legend = h("p", {class: "ghosts"}, h("s", {"aria-hidden": "true"}), h("span"));
    this.panel = h("div", {class: "dials"});
    this.news = h("p", {class: "news", role: "status"});
    this.spoken = h("p", {class: "unseen", role: "status"});
    this.caption = h("figcaption");
    root.append(h("figure", {role: "group"}, this.verdict, this.list, this.legend, this.panel, this.news, this.spoken, this.caption));
    this.echo = new Echo(() => {
      this.adopt();
      this.draw();
    });
    this.rows = [];
    this.watch = [];
    this.before = new Before();
    /** @type {{n: number, position: number} | null} what the page shows before Python knows of it */
    this.ahead = null;
    /** @type {((logits: Float32Array) => void) | null} */
    this.whole = null;
  }

  update(header, arrays) {
    const before = this.header;
    this.header = header;
    const about = fromJson(arrays.about);
    const {names} = about;
    this.heads = new Heads(header.size, about, arrays);
    this.names = new Map(names);
    this.ids = new Map([...(header.by_name ? names.map(([id, word]) => [word, id]) : []), ...header.placed]);
    this.apart = new Set(header.apart);
    if (header.hide !== before?.hide) this.open = false;
    this.root.firstChild.setAttribute("aria-label", header.labels.bars);
    this.caption.textContent = header.caption;
    const furniture = JSON.stringify([header.labels, header.lang]);
    if (furniture !== this.furniture) this.furnish(furniture);
    const placed = JSON.stringify([header.temperature, header.show, header.watch]);
    const settled = this.echo.settles(header.n);
    const adopts = settled && placed !== this.placed && !this.held;
    if (adopts && this.header.temperature !== this.temperature) this.before.change();
    if (adopts) this.adopt();
    this.placed = settled ? placed : this.placed;
    // A gesture that Python does not know of yet goes on being answered here, if these heads still can.
    if (this.ahead && (header.follows_n >= this.ahead.n || this.heads.row(this.ahead.position) < 0)) this.ahead = null;
    this.place(this.ahead?.position ?? header.position);
    if (header.follows !== before?.follows) {
      this.unlisten?.();
      this.root.dataset.quick = header.follows ? "1" : "";
      this.unlisten = header.follows && listen(header.follows, (gesture) => this.follow(gesture));
    }
    this.draw();
    this.spoken.textContent = this.summary();
    if (arrays.whole && !this.ahead) this.whole?.(arrays.whole);
    this.unregister?.();
    this.unregister = registerFigure(header.key, {
      title: header.title || header.labels.bars, element: this.root, svg: () => this.svg(), csv: () => this.csv(),
    });
  }

  destroy() {
    this.echo.stop();
    clearTimeout(this.resting);
    cancelAnimationFrame(this.frame);
    this.gone = true;
    this.unregister?.();
    this.unlisten?.();
  }

  // The answer at `position` is what the bars show from now on.
  place(position) {
    const row = this.heads.row(position);
    const head = this.heads.head(row);
    const same = this.head && position === this.position && head.same(this.head);
    if (this.head && !same) this.before.change();
    if (!same) this.open = false;
    this.head = head;
    this.position = position;
    this.root.dataset.position = position;
    this.original = this.heads.original(row);
  }

  // A gesture on the sentence: one token covered, or none that is known here (then Python's last word stands).
  follow({position, n}) {
    if (position !== null && this.heads.row(position) < 0) return false;
    this.ahead = position === null ? null : {position, n};
    this.place(position ?? this.header.position);
    this.draw();
    this.spoken.textContent = this.summary();
    return true;
  }

  // Takes the dials from the last payload.
  adopt() {
    const {temperature, show, watch} = this.header;
    this.temperature = temperature;
    this.show = show;
    this.watch = [...watch];
    this.dials.temperature.set(temperature);
    this.dials.show.set(show);
    this.drawWatched();
  }

  // ---- furniture ------------------------------------------------------------------------------------------------

  furnish(furniture) {
    this.furniture = furniture;
    this.placed = null;
    const {labels} = this.header;
    const dial = (name, scale, home, label, act) => new Dial({
      name, scale, home, label, reset: labels.reset, done: () => this.rest(),
      live: (value) => {
        if (!this.turning && name === "temperature") this.before.change();
        this.turning = true;
        act(value);
        this.soon();
      },
    });
    this.dials = {
      temperature: dial("temperature", ratioScale(0.1, 3), 1, (t) => fill(labels.temperature, {t: shortNumber(t)}), (t) => (this.temperature = t)),
      show: dial("show", plainScale(3, 30, 1), 5, (k) => fill(labels.show, {k}), (k) => (this.show = k)),
    };
    for (const {input} of Object.values(this.dials)) {
      input.addEventListener("pointerdown", () => (this.held = true));
      for (const end of ["pointerup", "pointercancel", "blur"]) input.addEventListener(end, () => (this.held = false));
    }
    this.box = h("input", {type: "text", maxlength: MAX_WORD, autocomplete: "off", autocapitalize: "off", spellcheck: "false",
      enterkeyhint: "search", placeholder: labels.watch, "aria-label": labels.watch});
    this.box.addEventListener("keydown", (event) => {
      // While an input method composes, Enter belongs to it.
      if (event.key !== "Enter" || event.isComposing || event.keyCode === 229) return;
      event.preventDefault();
      this.ask(this.box.value);
    });
    this.seen = h("span", {style: "display:contents"});
    this.panel.replaceChildren(...Object.values(this.dials).map(({element}) => element), h("div", {class: "ask"}, this.box, this.seen));
    this.adopt();
  }

  // At most one drawing a frame while a dial moves.
  soon() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.list.classList.add("live");
      this.draw();
    });
  }

  rest() {
    this.turning = false;
    cancelAnimationFrame(this.frame);
    this.frame = null;
    this.draw();
    this.list.classList.remove("live");
    this.echo.next(); // from now on, and not only when it is told, older answers leave the dials alone
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.send("dials", {...this.dialled(), n: this.echo.next()}), REST_MS);
  }

  dialled() {
    return {temperature: this.temperature, show: this.show, watch: this.watch};
  }

  // ---- watched words --------------------------------------------------------------------------------------------

  ask(typed) {
    const word = typed.trim().normalize("NFC");
    this.box.value = "";
    if (!word || this.watch.includes(word)) return;
    this.watch = [...this.watch, word].slice(-MAX_WATCHED);
    this.drawWatched();
    if (this.head.has(this.ids.get(word))) this.rest();
    else this.send("watch", {word, watch: this.watch, n: this.echo.next()});
    this.draw();
  }

  wordOf(id) {
    return visible(this.names.get(id) ?? `#${id}`);
  }

  drawWatched() {
    const {labels, lang} = this.header;
    this.seen.replaceChildren(...this.watch.map((word) => {
      const remove = h("button", {type: "button", "aria-label": fill(labels.watch_remove, {word})}, "×");
      remove.addEventListener("click", () => {
        this.watch = this.watch.filter((other) => other !== word);
        this.drawWatched();
        this.draw();
        this.box.focus();
        this.rest();
      });
      return h("span", {class: "seen"}, setToken(h("span"), visible(word), lang), remove);
    }));
  }

  // ---- bars -----------------------------------------------------------------------------------------------------

  // What is to be seen, as data: used by the screen, the picture and the tests.
  plan() {
    const {head, header, original} = this;
    const {labels} = header;
    // The joint scores that Python computed are those of its own position.
    const extra = this.ahead ? [] : header.extra;
    const p = head.at(this.temperature);
    this.before.saw(this.secret() ? null : p);
    const ofToken = (id, kind) => ({kind, id, p: p(id), word: this.wordOf(id), ghost: this.before.p(id), rank: head.rank(id), original: id === original});
    const first = [...head.ids].filter((id) => !this.apart.has(id)).slice(0, this.show).map((id) => ofToken(id, "first"));
    const listed = new Set(first.map(({id}) => id));
    const pinned = [];
    const pin = (id) => {
      if (listed.has(id)) return;
      listed.add(id);
      pinned.push(ofToken(id, "pinned"));
    };
    // A row for the original would give it away while it is secret.
    if (original !== null && !this.secret()) pin(original);
    const joint = [];
    for (const word of this.secret() ? [] : this.watch) { // a guess waits beside the box until the answer is shown
      const row = extra.find(({label}) => label === word);
      if (row) joint.push({kind: "joint", word: visible(word), p: row.p, note: row.note});
      else if (head.has(this.ids.get(word))) pin(this.ids.get(word));
      else joint.push({kind: "waiting", word: visible(word), p: null, note: labels.watch_waiting});
    }
    const tokens = [...first, ...pinned];
    const shown = tokens.reduce((sum, row) => sum + row.p, 0);
    const left = head.size - tokens.length;
    const rest = {kind: "rest", word: labels.rest, long: fill(labels.rest_long, {n: grouped(left)}), p: Math.max(0, 1 - shown)};
    const said = tokens.find((row) => row.original) ?? first[0];
    return {rows: [...tokens, ...(left > 0 ? [rest] : []), ...joint], said};
  }

  secret() {
    return this.header.hide && !this.open;
  }

  draw() {
    if (this.gone) return;
    const {rows, said} = this.plan();
    const secret = this.secret();
    this.list.setAttribute("aria-label", this.header.labels.bars);
    while (this.rows.length < rows.length) this.rows.push(this.newRow());
    while (this.rows.length > rows.length) this.rows.pop().item.remove();
    rows.forEach((row, i) => this.drawRow(this.rows[i], row, rows[i - 1], secret));
    this.legend.lastChild.textContent = this.header.labels.ghost;
    this.legend.hidden = secret || rows.every((row) => row.ghost === undefined || row.ghost === null);
    this.drawVerdict(said, secret);
    const asked = this.header.labels[secret ? "guess" : "watch"];
    this.box.placeholder = asked;
    this.box.setAttribute("aria-label", asked);
  }

  newRow() {
    const word = h("span");
    const bar = h("u");
    const ghost = h("span", {class: "ghost"});
    const amount = h("span");
    const note = h("small");
    const item = h("li", {class: "row"}, h("span", {class: "w"}, word), h("span", {class: "bar", "aria-hidden": "true"}, bar, ghost), h("span", {class: "p"}, amount, note));
    this.list.append(item);
    return {item, word, bar, ghost, amount, note};
  }

  drawRow({item, word, bar, ghost, amount, note}, row, previous, secret) {
    const {labels, lang} = this.header;
    const apart = row.kind !== "first" && previous?.kind === "first" && row.kind !== "rest";
    item.className = ["row", apart && "apart", row.original && !secret && "true", row.kind === "rest" && "rest",
      (row.kind === "joint" || row.kind === "waiting") && "joint", secret && "secret"].filter(Boolean).join(" ");
    const hidden = secret && row.kind === "first";
    setToken(word, hidden ? "？" : row.word, row.kind === "rest" ? this.header.lang : lang);
    word.title = hidden ? "" : row.long ?? row.word;
    const concealed = secret || row.p === null;
    bar.style.width = concealed ? "0%" : `${100 * row.p}%`;
    outline(ghost, concealed ? null : row.ghost);
    amount.textContent = secret ? "" : row.p === null ? "…" : percent(row.p);
    note.textContent = secret ? "" : row.kind === "pinned" ? fill(labels.rank, {rank: grouped(row.rank)}) : row.note ?? "";
    const facts = secret ? {kind: row.kind} : {kind: row.kind, id: row.id, p: row.p, rank: row.rank, ghost: row.ghost};
    for (const name of ["kind", "id", "p", "rank", "ghost"]) {
      if (facts[name] === undefined || facts[name] === null) delete item.dataset[name];
      else item.dataset[name] = String(facts[name]);
    }
  }

  drawVerdict(said, secret) {
    const {labels, lang} = this.header;
    const {original} = this;
    if (secret) {
      if (this.verdict.dataset.secret) return;
      delete this.verdict.dataset.p;
      delete this.verdict.dataset.rank;
      const button = h("button", {type: "button"}, labels.show_answer);
      button.addEventListener("click", () => {
        this.open = true;
        this.draw();
        this.spoken.textContent = this.summary();
      });
      this.verdict.replaceChildren(labels.hidden, button);
      this.verdict.dataset.secret = "1";
      return;
    }
    delete this.verdict.dataset.secret;
    const values = {word: said.word, p: percent(said.p), rank: grouped(said.rank)};
    const parts = pieces(original === null ? labels.verdict_first : labels.verdict, values);
    this.verdict.replaceChildren(...parts.map((part) => {
      if (part.name !== "word") return part.text;
      return setToken(h(original === null ? "b" : "em"), part.text, lang);
    }));
    Object.assign(this.verdict.dataset, {p: said.p, rank: said.rank});
  }

  summary() {
    const {labels} = this.header;
    if (this.secret()) return labels.hidden;
    const {rows} = this.plan();
    const listed = (ps) => ps.map(({word, p}) => `${word} ${percent(p)}`).join(", ");
    const list = listed(rows.filter(({kind}) => kind === "first"));
    const moved = listed(rows.flatMap(({word, ghost}) => (typeof ghost === "number" ? [{word, p: ghost}] : [])));
    return [this.verdict.textContent, fill(labels.summary, {list}), moved && fill(labels.summary_before, {list: moved})].filter(Boolean).join(" ");
  }

  // ---- export ---------------------------------------------------------------------------------------------------

  svg() {
    const colours = palette(this.root);
    const {header} = this;
    const secret = this.secret();
    const {rows} = this.plan();
    const [left, width, top] = [150, 440, 56];
    const middle = {"dominant-baseline": "central"};
    const parts = [
      tag("defs", {}, tag("pattern", {id: "hatch", width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)"},
        tag("rect", {width: 2, height: 6, fill: colours.soft}))),
      text(16, 30, fitted(secret ? header.labels.hidden : this.verdict.textContent, 17, 688), {"font-size": 17}),
    ];
    rows.forEach((row, i) => {
      const y = top + 34 * i;
      const word = secret && row.kind === "first" ? "？" : fitted(row.word, row.kind === "rest" ? 14 : 19, left - 24);
      const quiet = row.kind === "rest";
      parts.push(text(left - 12, y + 15, word, {...middle, "text-anchor": "end", "font-size": row.kind === "rest" ? 14 : 19, fill: quiet ? colours.soft : colours.ink}));
      if (row.original && !secret) parts.push(tag("rect", {x: left - 12 - 22, y: y + 28, width: 22, height: 3, fill: colours.truth}));
      parts.push(tag("rect", {x: left, y: y + 6, width, height: 18, rx: 5, fill: colours.track}));
      if (!secret && row.p !== null) {
        parts.push(tag("rect", {x: left, y: y + 6, width: width * row.p, height: 18, rx: Math.min(5, (width * row.p) / 2),
          fill: row.kind === "rest" ? "url(#hatch)" : colours.model, opacity: row.kind === "joint" ? 0.6 : null}));
        if (row.ghost) {
          const box = {x: left, y: y + 7, width: width * row.ghost, height: 16, fill: "none", stroke: colours.soft, "stroke-dasharray": "3 3"};
          parts.push(tag("rect", box));
        }
        const rank = row.kind === "pinned" ? "  " + fill(header.labels.rank, {rank: grouped(row.rank)}) : "";
        parts.push(text(left + width + 12, y + 15, percent(row.p) + rank, {...middle, "font-size": 15, fill: quiet ? colours.soft : colours.ink}));
      }
    });
    const dials = secret ? [] : [this.dials.temperature.name.textContent, this.legend.hidden ? "" : header.labels.ghost].filter(Boolean);
    parts.push(text(left, top + 34 * rows.length + 16, dials.join(" · "), {"font-size": 13, fill: colours.soft}));
    return picture(720, top + 34 * rows.length + 32, colours, header.title || header.labels.bars, header.caption, parts);
  }

  async csv() {
    const names = this.header.labels.csv_columns.split(",").map((name) => name.trim());
    if (this.secret()) return csvText([names]);
    const [{words}, logits] = await Promise.all([this.fetchWords(), this.fetchWhole()]);
    const whole = new Distribution(logits);
    whole.heat(this.temperature);
    return csvText([names, ...Array.from(whole.order(), (id, i) => [i + 1, id, words[id] ?? "", whole.logits[id], whole.p(id)])]);
  }

  async fetchWords() {
    try {
      const found = await vocabulary(this.header.vocab_url);
      this.news.textContent = "";
      return found;
    } catch (error) {
      this.news.textContent = this.header.labels.words_failed;
      throw error;
    }
  }

  // All scores at this position: Python sends them when it is asked.
  fetchWhole() {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error("the scores did not come")), ASKED_MS);
      this.whole = (logits) => {
        clearTimeout(late);
        this.whole = null;
        resolve(logits);
      };
      this.send("whole", {n: this.echo.next()});
    });
  }
}

function shortNumber(t) {
  return Number.isInteger(t * 10) ? t.toFixed(1) : t.toFixed(2);
}

export default function (component) {
  return mount(component, (root, send) => new Bars(root, send));
}
