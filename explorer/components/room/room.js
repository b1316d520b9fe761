import {tell} from "../shared/channel.js";
import {h, reducedMotion} from "../shared/dom.js";
import {fill} from "../shared/format.js";
import {mount} from "../shared/mount.js";
import {line} from "./line.js";
import {here, lead} from "./lead.js";
import {ballot} from "./vote.js";

// The room on a page: for its teacher the bar she leads from, for a phone where the teacher is and what is asked. On the
// page of the classroom it is also the door: open a room, or type a code. The page runs only when it has to show
// something else, a little later on each phone, and never in a hidden tab.

const MOST_WAIT_MS = 250;

class Room {
  constructor(root, send) {
    this.root = root;
    this.send = send;
    this.n = 0;
    this.line = line();
    this.box = h("div", {class: "room"});
    root.append(this.box);
    this.stops = this.line.listen(() => this.draw());
    this.glow = null;
    this.drawn = "";
    this.open = ""; // which of the teacher's panels stands open
    this.texts = false;
    this.box.addEventListener("compositionstart", () => (this.composing = true));
    this.box.addEventListener("compositionend", () => {
      this.composing = false;
      this.draw();
    });
  }

  update(header) {
    this.header = header;
    this.n = Math.max(this.n, header.n);
    this.line.lang = header.lang;
    this.line.arrived = Math.max(this.line.arrived, header.arrived); // a move that was drawn here Python does not know
    this.going = false;
    const {me, state} = this.line;
    if (header.door) {
      if (me && !this.line.stop) this.line.hears();
    } else if (state === "out" && header.code && me?.code !== header.code) this.line.join(header.code);
    else if (me && !this.line.stop && state === "out") this.line.join(me.code);
    this.draw();
  }

  event(name, value = {}) {
    this.send(name, {...value, n: ++this.n});
  }

  draw() {
    if (!this.header) return;
    const {door, code} = this.header;
    const {me, told, state} = this.line;
    if (me && state !== "gone" && (door || code !== me.code || this.header.leads !== me.leads)) this.enter(me);
    if (!door && told && me && !me.leads) {
      this.mark(told.follows ? told.point : null);
      this.go(told);
    }
    // What has not changed is not drawn again: a finger may lie on it. Nor is what is being spelled.
    const {query, moves, point, ...seen} = told ?? {};
    const drawn = JSON.stringify([seen, me, state, this.line.problem, this.open, this.texts, this.header]);
    if (drawn === this.drawn || this.composing) return;
    this.drawn = drawn;
    const focus = this.focus();
    const parts = door ? this.door() : me ? (me.leads ? lead(this) : this.phone(told)) : this.outside();
    this.box.className = `room ${door ? "door" : me?.leads ? "leads" : "follows"}`;
    this.box.dataset.state = state;
    this.box.replaceChildren(...parts.filter(Boolean));
    this.refocus(focus);
  }

  // The page has to know that this browser is in a room: it draws the bar on every page from now on.
  enter(me) {
    const key = `${me.code}${me.leads}`;
    if (this.entered === key) return;
    this.entered = key;
    this.event("entered", {code: me.code, leads: Boolean(me.leads)});
  }

  // What is typed or chosen stays while the room is drawn again.
  focus() {
    const active = this.root.getRootNode().activeElement;
    const name = active?.dataset?.name ?? active?.getAttribute?.("aria-label");
    const inside = active && this.box.contains(active);
    return inside ? {name, value: active.value, at: active.selectionStart} : null;
  }

  refocus(focus) {
    if (!focus?.name) return;
    const again = [...this.box.querySelectorAll("input, button")].find((one) => (one.dataset.name ?? one.getAttribute("aria-label")) === focus.name);
    if (!again) return;
    again.focus({preventScroll: true});
    if (focus.value !== undefined && again.type === "text") {
      again.value = focus.value;
      again.setSelectionRange(focus.at, focus.at);
    }
  }

  // Follow the teacher to where she is. A reader who has gone to another page is looking around.
  go(told) {
    if (!told.follows || !told.page || this.going) return;
    if (told.moves === this.line.arrived) {
      if (told.page !== this.header.page) this.line.follow(false);
      return;
    }
    if (document.hidden || this.waits) return;
    const at = here();
    if (told.page === this.header.page && at.page === told.page && tell("led", {from: at.query, to: told.query})) {
      this.line.arrived = told.moves;
      return;
    }
    this.waits = setTimeout(() => {
      this.waits = 0;
      if (!this.line.told?.follows || document.hidden) return;
      this.going = true;
      setTimeout(() => (this.going = false), 6000); // a run that never came is asked for again
      this.event("go");
    }, Math.random() * MOST_WAIT_MS);
  }

  button(words, act, kind = "", name = "") {
    const button = h("button", {type: "button", class: kind, "data-name": name || words}, words);
    button.addEventListener("click", act);
    return button;
  }

  problem() {
    return this.line.problem ? h("p", {class: "problem", role: "alert"}, this.line.problem) : null;
  }

  // On the classroom page: open a room, or join one by its code.
  door() {
    const words = this.header.labels;
    const {me} = this.line;
    if (me) return [h("p", {class: "hint"}, fill(me.leads ? words.leading : words.inside, {code: me.code}))];
    const input = h("input", {
      type: "text", maxlength: 8, autocomplete: "off", autocapitalize: "characters", spellcheck: "false",
      placeholder: words.code, "aria-label": words.code, class: "code",
    });
    const form = h("form", {class: "row"}, input, h("button", {type: "submit"}, words.join));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (input.value.trim()) this.line.join(input.value.trim());
    });
    const busy = this.line.state === "joining";
    const open = this.button(words.open, () => this.line.open(), "main");
    open.disabled = busy;
    return [
      h("div", {class: "doors"},
        h("div", {}, h("h3", {}, words.teachers), h("p", {class: "hint"}, words.open_hint), open),
        h("div", {}, h("h3", {}, words.pupils), h("p", {class: "hint"}, words.join_hint), form)),
      busy ? h("p", {class: "hint", role: "status"}, words.joining) : null,
      this.line.state === "lost" ? h("p", {class: "problem", role: "alert"}, words.unreachable) : this.problem(),
    ];
  }

  // Wanted in, and is not: a wrong code, a full room, a room that is gone.
  outside() {
    const words = this.header.labels;
    const {state} = this.line;
    const close = this.button(words.close_note, () => this.event("left"), "quiet");
    if (state === "joining") return [h("p", {class: "hint", role: "status"}, words.joining)];
    const why = state === "gone" ? words.gone : this.line.problem || (state === "lost" ? words.unreachable : "");
    if (!why) return [];
    return [h("div", {class: "row", role: "alert"}, h("span", {}, why), close)];
  }

  phone(told) {
    const words = this.header.labels;
    if (!told) return [h("p", {class: "hint", role: "status"}, words.joining)];
    const [colour, animal] = told.me;
    const badge = h("span", {class: "badge", style: `--own: var(--${colour})`}, words[animal] ?? animal);
    const lost = this.line.state === "lost" ? h("p", {class: "problem", role: "status"}, words.lost) : null;
    const follows = told.follows
      ? [h("span", {}, words.following), this.button(words.look_around, () => this.line.follow(false), "quiet")]
      : [h("span", {}, words.alone), this.button(words.come_back, () => this.line.follow(true), "main")];
    const other = told.follows && told.lang && told.lang !== this.header.lang.slice(0, 2)
      ? h("p", {class: "hint"}, words.other_language, " ", this.button(words.take_language, () => this.event("language", {lang: told.lang}), "quiet"))
      : null;
    return [
      h("div", {class: "row"}, badge, ...follows, this.button(words.leave, () => this.line.leave().then(() => this.event("left")), "quiet")),
      other,
      lost,
      told.vote ? ballot(told.vote, this.header.lang, words, (answer) => this.line.say("vote", {number: told.vote.number, answer})) : null,
      this.problem(),
      told.dark ? h("div", {class: "dark", role: "status"}, words.dark) : null,
    ];
  }

  // The token that the teacher points at glows here too.
  mark(point) {
    const chip = point ? chipOf(point) : null;
    if (chip === this.glow) return;
    this.glow?.removeAttribute("data-pointed");
    chip?.setAttribute("data-pointed", "");
    if (chip && !reducedMotion()) chip.animate?.([{transform: "scale(1.12)"}, {transform: "scale(1)"}], {duration: 250});
    this.glow = chip;
  }

  destroy() {
    this.mark(null);
    clearTimeout(this.waits);
    this.stops();
  }
}

function chipOf([figure, token]) {
  for (const host of document.querySelectorAll("div")) {
    const root = host.shadowRoot?.querySelector(`.sesame[data-key="${CSS.escape(figure)}"]`);
    if (root) return root.querySelector(`.chip[data-i="${token}"]`);
  }
  return null;
}

export default function (component) {
  return mount(component, (root, send) => new Room(root, send));
}
