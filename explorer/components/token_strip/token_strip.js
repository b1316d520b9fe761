import {fill, grouped, percent, visible} from "../shared/format.js";
import {h, langOf, setToken} from "../shared/dom.js";
import {palette} from "../shared/theme.js";
import {registerFigure} from "../shared/registry.js";
import {mount} from "../shared/mount.js";
import {Echo} from "../shared/echo.js";
import {listen, tell} from "../shared/channel.js";
import {fromJson} from "../shared/packing.js";
import {Tooltip} from "../shared/tooltip.js";
import {csvText, picture, tag, text} from "../shared/svg.js";

// The sentence as chips. The covered set lives here between gesture and answer; the server's word is final.

const HOLD_MS = 450;
const REST_MS = 300; // Python hears of gestures that were answered in the page when they rest
const LED_MS = 700; // and of where a teacher led; up to twice as late, so that a class does not come all at once
const PLACES = ["masks", "focus"]; // what a link says of the cover
const STEPS = {ArrowRight: 1, ArrowLeft: -1};

class TokenStrip {
  constructor(root, send) {
    this.root = root;
    this.send = send;
    this.group = h("div", {class: "chips", role: "group"});
    this.keys = h("span", {class: "unseen", id: "keys"});
    this.count = h("div", {class: "legend count", role: "status"});
    this.legend = h("div", {class: "legend"}, h("s"), h("span"));
    this.caption = h("figcaption");
    root.append(h("figure", {}, this.group, this.keys, this.count, this.legend, this.caption));
    this.tip = new Tooltip(root);
    this.echo = new Echo(() => {
      this.answer(null, this.echo.n);
      this.adopt();
    });
    this.leaving = new AbortController();
    this.buttons = [];
    this.covered = new Set();
    this.shape = "";
    this.at = 0;
    this.listen();
    this.unled = listen("led", (move) => this.led(move));
  }

  update(header, {chips}) {
    this.header = header;
    const covers = new Map(header.covered.map(([i, how, shown]) => [i, {covered: how, shown}]));
    this.chips = fromJson(chips).map((chip, i) => ({covered: null, shown: null, ...chip, ...covers.get(i)}));
    const {labels} = header;
    this.group.setAttribute("aria-label", labels.strip);
    this.group.setAttribute("aria-describedby", "keys");
    this.keys.textContent = header.mode === "show" ? "" : labels[header.mode === "one" ? "keys_one" : "keys"];
    this.legend.hidden = header.tint === null;
    this.legend.style.display = header.tint === null ? "none" : "";
    this.legend.lastChild.textContent = labels.tint;
    this.caption.textContent = header.caption;
    const shape = JSON.stringify([header.mode, header.lang, this.chips.map((c) => [c.text, c.original, c.kind, c.word, c.start, c.end, c.second])]);
    if (shape !== this.shape) this.build(shape);
    if (this.echo.settles(header.n)) this.adopt();
    this.unregister?.();
    this.unregister = registerFigure(header.key, {
      title: header.title || labels.strip, element: this.root, svg: () => this.svg(), csv: () => this.csv(),
    });
  }

  destroy() {
    this.echo.stop();
    this.flush();
    this.unled();
    this.leaving.abort();
    clearTimeout(this.holding);
    this.unregister?.();
  }

  // Takes over what the last payload says.
  adopt() {
    if (this.drag || this.extending) return;
    this.covered = new Set(this.chips.flatMap((chip, i) => (chip.covered ? [i] : [])));
    this.focus = this.header.focus;
    this.treated = this.chips.map((chip) => chip.covered);
    this.paint();
  }

  build(shape) {
    const hadFocus = this.buttons.includes(this.root.getRootNode().activeElement);
    this.shape = shape;
    this.treated = [];
    this.buttons = this.chips.map((_, i) => {
      const button = h("button", {type: "button", class: "chip", "data-i": i, tabindex: -1},
        h("span", {class: "main"}), h("small"), h("i", {"aria-hidden": "true"}));
      if (!this.live(i)) button.setAttribute("aria-disabled", "true");
      return button;
    });
    this.group.replaceChildren(...this.words());
    this.at = Math.min(this.at, this.buttons.length - 1);
    if (this.at <= 0) this.at = Math.max(0, this.buttons.findIndex((_, i) => this.live(i)));
    if (this.buttons[this.at]) this.buttons[this.at].tabIndex = 0;
    if (hadFocus) this.buttons[this.at]?.focus();
  }

  // One span a word; a blank in the text after it becomes a wider gap.
  words() {
    const spans = [];
    this.chips.forEach((chip, i) => {
      const joined = i > 0 && chip.word >= 0 && chip.word === this.chips[i - 1].word && chip.kind !== "special";
      if (!joined) spans.push(h("span", {class: "word"}));
      spans.at(-1).append(this.buttons[i]);
      const next = this.chips[i + 1];
      if (next && chip.kind !== "special" && next.kind !== "special" && next.start > chip.end) spans.at(-1).classList.add("spaced");
    });
    return spans;
  }

  live(i) {
    if (this.header.mode === "show") return false;
    return this.header.mode === "pick" || this.chips[i].kind !== "special";
  }

  treatment(i) {
    return this.covered.has(i) ? this.treated[i] ?? "mask" : null;
  }

  // What stands on the chip: [main, small].
  face(i) {
    const chip = this.chips[i];
    const piece = visible(chip.text.replace(/^##(?=.)/, ""));
    const {reveal} = this.header;
    const treatment = this.treatment(i);
    if (treatment === "mask") return this.uncovered === i && reveal ? [visible(chip.original), ""] : [(this.header.mode === "show" && chip.shown) || "？", ""];
    if (treatment === "random") return [visible(chip.shown || "？"), reveal ? visible(chip.original) : ""];
    return [piece, chip.under || (chip.kind === "unknown" ? visible(chip.original) : "")];
  }

  paint() {
    this.buttons.forEach((_, i) => this.paintOne(i));
    const {labels} = this.header;
    const all = this.chips.filter((chip) => chip.kind !== "special").length;
    this.count.hidden = !this.covers();
    this.count.textContent = this.covers() ? fill(labels.count, {n: this.covered.size, all}) : "";
  }

  covers() {
    return ["toggle", "one"].includes(this.header.mode);
  }

  // The places that were written as a mask: they stay covered whatever is done.
  blanks() {
    return this.chips.flatMap((chip, i) => (chip.blank ? [i] : []));
  }

  // Mode "one": the one cover lies on i now (null: on nothing).
  moveTo(i) {
    this.covered = new Set([...this.blanks(), ...(i === null ? [] : [i])]);
    if (i !== null) this.treated[i] = this.chips[i].blank ? this.treated[i] : null;
    this.focus = i ?? this.nearest(this.focus ?? 0);
  }

  paintOne(i) {
    const {labels, tint, mode, lang} = this.header;
    const chip = this.chips[i];
    const button = this.buttons[i];
    const [main, small, mark] = button.children;
    const treatment = this.treatment(i);
    const [face, under] = this.face(i);
    setToken(main, face, lang);
    main.className = treatment === "mask" && face === "？" ? "main covered" : "main";
    setToken(small, under, lang);
    small.hidden = under === "";
    const latin = [...face].length > 1 && langOf(face, "en") === "en";
    const picked = mode === "pick" && this.focus === i;
    button.className = ["chip", chip.kind !== "token" && !treatment && chip.kind, latin && "latin", treatment, chip.second && "second",
      mode !== "pick" && this.focus === i && "focus", picked && "picked"].filter(Boolean).join(" ");
    if (mode !== "show" && this.live(i)) button.setAttribute("aria-pressed", String(mode === "pick" ? picked : treatment !== null));
    const name = treatment ? "chip_" + treatment : chip.kind === "token" ? "chip" : "chip_" + chip.kind;
    const word = chip.kind === "unknown" ? chip.original : face;
    button.setAttribute("aria-label", fill(labels[name], {n: i + 1, text: word, shown: chip.shown || ""}));
    const share = tint && chip.surprisal !== null && !treatment ? Math.min(1, chip.surprisal / tint) : null;
    mark.hidden = share === null;
    if (share !== null) {
      mark.style.setProperty("--long", Math.max(0.08, share).toFixed(3));
      mark.style.setProperty("--deep", (0.25 + 0.75 * share).toFixed(3));
    }
  }

  // ---- gestures -------------------------------------------------------------------------------------------------

  listen() {
    const {group} = this;
    const index = (event) => {
      const chip = event.target.closest?.(".chip");
      return chip ? Number(chip.dataset.i) : -1;
    };
    group.addEventListener("click", (event) => {
      const i = index(event);
      const swallowed = this.swallow;
      this.swallow = false;
      if (i >= 0 && !swallowed) this.activate(i);
    });
    group.addEventListener("pointerdown", (event) => this.press(event, index(event)));
    group.addEventListener("pointermove", (event) => this.move(event));
    group.addEventListener("pointerup", (event) => this.release(true, event));
    group.addEventListener("pointercancel", (event) => this.release(false, event));
    group.addEventListener("contextmenu", (event) => this.held && event.preventDefault());
    group.addEventListener("pointerover", (event) => {
      // Letting go of a drag counts as coming over the last chip: what was just covered must not lie open there.
      const rests = event.clientX === this.letGo?.x && event.clientY === this.letGo?.y;
      if (event.pointerType !== "touch" && !this.drag?.moved && !rests) this.look(index(event));
    });
    group.addEventListener("pointerout", (event) => event.pointerType !== "touch" && this.look(-1));
    group.addEventListener("pointerleave", () => this.look(-1));
    group.addEventListener("focusin", (event) => {
      const i = index(event);
      if (i >= 0) this.rove(i);
      if (i >= 0 && event.target.matches(":focus-visible")) this.look(i);
    });
    group.addEventListener("focusout", () => {
      this.endExtending();
      this.look(-1);
    });
    group.addEventListener("keydown", (event) => this.key(event, index(event)));
    // What was answered here is told before anything else is asked for, or the page is left.
    const {signal} = this.leaving;
    addEventListener("pagehide", () => this.flush(), {signal});
    addEventListener("pointerdown", (event) => event.composedPath().includes(this.root) || this.flush(), {signal, capture: true});
    // Back and forward: the link counts, and not what it was about to become.
    addEventListener("popstate", () => {
      if (!this.waiting) return;
      clearTimeout(this.resting);
      this.waiting = null;
      delete this.root.dataset.waiting;
      this.echo.forget();
      this.answer(null, this.echo.n);
    }, {signal});
    group.addEventListener("keyup", (event) => event.key === "Shift" && this.endExtending());
  }

  press(event, i) {
    this.swallow = false;
    if (i < 0 || event.button !== 0) return;
    this.drag = {start: i, moved: false, before: new Set(this.covered), focus: this.focus, pointer: event.pointerId};
    if (event.pointerType === "touch") {
      this.holding = setTimeout(() => {
        this.held = true;
        this.look(i);
      }, HOLD_MS);
    }
  }

  move(event) {
    const {drag} = this;
    if (!drag || this.held || !this.covers()) return;
    const under = this.root.getRootNode().elementFromPoint(event.clientX, event.clientY)?.closest(".chip");
    if (!under || (!drag.moved && Number(under.dataset.i) === drag.start)) return;
    if (!drag.moved) {
      drag.moved = true;
      clearTimeout(this.holding);
      this.look(-1);
      this.group.setPointerCapture(drag.pointer);
    }
    if (drag.end === Number(under.dataset.i)) return;
    drag.end = Number(under.dataset.i);
    if (this.header.mode === "one") {
      if (this.live(drag.end)) this.moveTo(drag.end);
      this.answer(this.only(), this.echo.n + 1); // while it is dragged; Python hears of where it was let go
    } else {
      this.covered = new Set([...drag.before, ...this.between(drag.start, drag.end)]);
    }
    this.paint();
  }

  release(done, {clientX: x, clientY: y}) {
    clearTimeout(this.holding);
    const {drag} = this;
    this.drag = null;
    this.letGo = drag?.moved ? {x, y} : null;
    if (this.held) {
      this.held = false;
      this.swallow = true;
      this.look(-1);
      return;
    }
    if (!drag?.moved) return;
    this.swallow = true;
    setTimeout(() => (this.swallow = false), 0);
    if (!done) {
      this.covered = drag.before;
      this.focus = drag.focus;
      this.answer(this.waiting ? this.only() : null, this.echo.n);
      this.paint();
      return;
    }
    if (this.header.mode === "one") {
      this.rove(this.focus ?? drag.start);
      this.commit();
      return;
    }
    const span = this.between(drag.start, drag.end);
    this.focus = span.includes(drag.end) ? drag.end : span.at(-1) ?? this.focus;
    this.rove(this.focus ?? drag.start);
    this.commit();
  }

  between(a, b) {
    const [low, high] = a < b ? [a, b] : [b, a];
    return this.buttons.map((_, i) => i).filter((i) => i >= low && i <= high && this.live(i));
  }

  activate(i) {
    if (!this.live(i)) return;
    this.look(-1); // what was just covered must not lie open under the pointer
    this.rove(i);
    if (this.header.mode === "pick") {
      this.focus = i;
    } else if (this.covered.has(i) && (this.chips[i].blank || (this.focus !== i && this.covered.size > 1))) {
      this.focus = i;
    } else if (this.header.mode === "one") {
      this.moveTo(this.covered.has(i) ? null : i);
    } else if (this.covered.delete(i)) {
      this.focus = this.nearest(i);
    } else {
      this.covered.add(i);
      this.treated[i] = null;
      this.focus = i;
    }
    this.commit();
  }

  nearest(i) {
    return [...this.covered].sort((a, b) => Math.abs(a - i) - Math.abs(b - i) || a - b)[0] ?? null;
  }

  // The chip nearest to i that can be covered.
  nearestLive(i) {
    const live = this.buttons.map((_, j) => j).filter((j) => this.live(j));
    return live.sort((a, b) => Math.abs(a - i) - Math.abs(b - i))[0] ?? i;
  }

  commit(rest = REST_MS) {
    this.paint();
    const n = this.echo.next();
    const answered = this.answer(this.only(), n);
    clearTimeout(this.resting);
    this.waiting = {covered: [...this.covered].sort((a, b) => a - b), focus: this.focus ?? null, n};
    this.root.dataset.waiting = "1";
    if (answered) this.resting = setTimeout(() => this.flush(), rest);
    else this.flush();
  }

  // A teacher has moved from one link to another. Where that only puts the cover elsewhere, and the answer there is known,
  // it is drawn here and now.
  led({from, to}) {
    const i = Number(to.focus);
    const others = Object.keys({...from, ...to}).filter((name) => !PLACES.includes(name) && from[name] !== to[name]);
    if (others.length || to.masks !== to.focus || this.drag || !this.chips?.[i] || !this.live(i) || this.chips[i].blank) return false;
    if (!this.answer(i, this.echo.n + 1)) return false;
    this.look(-1);
    this.rove(i);
    this.moveTo(i);
    this.commit(LED_MS * (1 + Math.random()));
    return true;
  }

  // Tells Python what it has not heard yet.
  flush() {
    clearTimeout(this.resting);
    if (this.waiting) this.send("change", this.waiting);
    this.waiting = null;
    delete this.root.dataset.waiting;
  }

  // The token that alone is covered with the mask (beside the blanks that were written), if it is so.
  only() {
    const [i, ...others] = [...this.covered].filter((j) => !this.chips[j].blank);
    return i !== undefined && others.length === 0 && this.focus === i && this.treatment(i) === "mask" ? i : null;
  }

  // Asks the figures of this page to show the answer at a position (null: Python's last); true if one of them does.
  answer(position, n) {
    return this.header.quick && tell(this.header.key, {position, n}) && position !== null;
  }

  key(event, i) {
    if (i < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Escape") {
      this.look(-1);
      if (!this.covers() || this.covered.size === 0) return;
      this.covered = new Set(this.blanks());
      this.focus = this.nearest(this.focus ?? 0);
      this.commit();
      return;
    }
    const target = this.targetOf(event.key, i);
    if (target === null) return;
    event.preventDefault();
    if (this.header.mode === "one" && this.covered.has(i) && !this.chips[i].blank) {
      const on = this.nearestLive(target);
      if (on === i) return;
      this.moveTo(on);
      this.buttons[on].focus();
      this.look(-1); // the cover has come along: what it lies on now stays covered
      this.commit();
    } else if (event.shiftKey && this.header.mode === "toggle") {
      this.extending ??= {start: i, before: new Set(this.covered)};
      this.covered = new Set([...this.extending.before, ...this.between(this.extending.start, target)]);
      if (this.live(target)) this.focus = target;
      this.stepping = true;
      this.buttons[target].focus();
      this.stepping = false;
      this.paint();
    } else {
      this.endExtending();
      this.buttons[target].focus();
    }
  }

  endExtending() {
    if (!this.extending || this.stepping) return;
    this.extending = null;
    this.commit();
  }

  targetOf(key, i) {
    const last = this.buttons.length - 1;
    if (key in STEPS) return Math.min(last, Math.max(0, i + STEPS[key]));
    if (key === "Home") return 0;
    if (key === "End") return last;
    if (key === "ArrowUp" || key === "ArrowDown") return this.otherRow(i, key === "ArrowUp" ? -1 : 1);
    return null;
  }

  // The chip nearest in x on the row above or below; the same chip where there is none.
  otherRow(i, direction) {
    const rects = this.buttons.map((button) => button.getBoundingClientRect());
    const middle = (rect) => rect.left + rect.width / 2;
    const rows = rects.map((rect, j) => ({j, gap: (rect.top - rects[i].top) * direction, off: Math.abs(middle(rect) - middle(rects[i]))}))
      .filter(({gap}) => gap > rects[i].height / 2);
    const next = Math.min(...rows.map(({gap}) => gap));
    return rows.filter(({gap}) => gap < next + 4).sort((a, b) => a.off - b.off)[0]?.j ?? i;
  }

  rove(i) {
    if (this.buttons[this.at]) this.buttons[this.at].tabIndex = -1;
    this.at = i;
    this.buttons[i].tabIndex = 0;
  }

  // Shows the tooltip of chip i and, where that is allowed, what is under its cover; -1 ends both.
  look(i) {
    const before = this.uncovered;
    this.uncovered = i;
    for (const j of [before, i]) {
      if (j >= 0 && this.buttons[j]) {
        this.paintOne(j);
        this.buttons[j].removeAttribute("aria-describedby");
      }
    }
    if (i < 0) return this.tip.hide();
    this.tip.show(this.buttons[i].getBoundingClientRect(), this.lines(i));
    this.buttons[i].setAttribute("aria-describedby", "tip");
  }

  lines(i) {
    const {labels, lang} = this.header;
    const chip = this.chips[i];
    const line = (name, values) => h("p", {}, fill(labels[name], values));
    if (this.secret(i)) return [h("p", {}, labels.tip_hidden)];
    const lines = [setToken(h("b"), visible(chip.text), lang), line(chip.kind === "special" ? "tip_special" : "tip_id", chip)];
    if (chip.kind === "unknown") lines.push(line("tip_unknown", chip));
    if (this.treatment(i) === "random") lines.push(line("tip_original", chip));
    if (chip.p !== null && chip.rank !== null) lines.push(line("tip_guess", {p: percent(chip.p), rank: grouped(chip.rank)}));
    if (chip.surprisal !== null) lines.push(line("tip_surprisal", {s: chip.surprisal.toFixed(2)}));
    if (chip.note) lines.push(h("p", {}, chip.note));
    return lines;
  }

  // True where the original must not be given away.
  secret(i) {
    return !this.header.reveal && ["mask", "random"].includes(this.treatment(i));
  }

  // ---- export ---------------------------------------------------------------------------------------------------

  svg() {
    const colours = palette(this.root);
    const origin = this.group.getBoundingClientRect();
    const pad = 16;
    const parts = this.buttons.flatMap((button, i) => {
      const rect = button.getBoundingClientRect();
      const [x, y] = [rect.left - origin.left + pad, rect.top - origin.top + pad];
      const [face, small] = this.face(i);
      const treatment = this.treatment(i);
      const special = this.chips[i].kind === "special";
      const picked = this.header.mode === "pick" && this.focus === i;
      const size = parseFloat(getComputedStyle(button.firstChild).fontSize);
      const middle = {"text-anchor": "middle", "dominant-baseline": "central"};
      const mark = (name) => (button.lastChild.hidden ? 0 : Number(button.lastChild.style.getPropertyValue(name)));
      const joined = button.previousElementSibling;
      return [
        joined && joined.offsetTop === button.offsetTop ? tag("line", {x1: x - 8, x2: x, y1: y + rect.height / 2, y2: y + rect.height / 2, stroke: colours.soft}) : "",
        tag("rect", {
          x, y, width: rect.width, height: rect.height, rx: 10,
          fill: treatment === "mask" ? colours.mask : picked ? colours.model_soft : colours.card,
          stroke: {mask: colours.mask, random: colours.removed, keep: colours.truth}[treatment] ?? (picked ? colours.model : colours.line), "stroke-width": treatment ? 2 : 1,
          "stroke-dasharray": special ? "4 3" : null,
        }),
        mark("--long") ? tag("rect", {x: x + 8, y: y + rect.height - 8, width: (rect.width - 16) * mark("--long"), height: 3.5, rx: 1.75, fill: colours.model, opacity: mark("--deep")}) : "",
        text(x + rect.width / 2, y + rect.height / 2 - (small ? 8 : 0), face,
          {...middle, "font-size": size, fill: treatment === "mask" ? colours.on_mask : special ? colours.soft : colours.ink}),
        small ? text(x + rect.width / 2, y + rect.height / 2 + 13, small, {...middle, "font-size": 13, fill: colours.soft}) : "",
      ];
    });
    const {title, labels, caption, tint} = this.header;
    const foot = [tint === null ? "" : labels.tint, caption].filter(Boolean).join(" ");
    return picture(origin.width + 2 * pad, origin.height + 2 * pad, colours, title || labels.strip, foot, parts);
  }

  csv() {
    const names = this.header.labels.csv_columns.split(",").map((name) => name.trim());
    return csvText([names, ...this.chips.map((chip, i) => {
      const secret = this.secret(i);
      const token = secret ? ["", null] : [chip.text, chip.id];
      const facts = secret ? [null, null, null] : [chip.p, chip.rank, chip.surprisal];
      return [i + 1, ...token, chip.start, chip.end, secret ? "" : chip.original, this.treatment(i) ?? "", chip.shown ?? "", ...facts];
    })]);
  }
}

export default function (component) {
  return mount(component, (root, send) => new TokenStrip(root, send));
}
