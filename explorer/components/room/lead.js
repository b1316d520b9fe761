import {h} from "../shared/dom.js";
import {fill} from "../shared/format.js";
import {BESIDE} from "../shared/steps.js";
import {board, collected, said, written} from "./vote.js";

// What the teacher leads from: who follows, the code and its picture, questions, the vote that is on. What she shows is
// read from her page's address, which every page of ours writes.

const LOOK_MS = 120;
const ASIDE = [...BESIDE, "embed", "v", "kept"];

// Tells the room where her page stands, for as long as this tab leads.
function watch(line) {
  if (line.watching) return;
  let told = "";
  line.watching = setInterval(() => {
    if (!line.me?.leads) {
      clearInterval(line.watching);
      line.watching = 0;
      return;
    }
    if (line.told?.tab !== line.tab || line.moving) return;
    const {page, query} = here();
    const now = JSON.stringify([page, query, line.lang]);
    if (now === told) return;
    line.moving = true;
    line.say("move", {page, query, lang: line.lang.slice(0, 2)}).then((answer) => {
      if (answer) told = now;
      line.moving = false;
    });
  }, LOOK_MS);
}

export function here() {
  const base = new URL("./", document.baseURI).pathname;
  const path = location.pathname.startsWith(base) ? location.pathname.slice(base.length) : location.pathname.slice(1);
  const query = {};
  for (const [name, value] of new URLSearchParams(location.search)) if (!ASIDE.includes(name)) query[name] = value;
  return {page: path.replace(/\/+$/, "") || "home", query};
}

// Where phones find this server: the address of this page, or the machine's own where that one is of no use to them.
function address(header) {
  const base = new URL("./", document.baseURI);
  const alone = ["localhost", "127.0.0.1", "[::1]"].includes(base.hostname);
  return alone && header.address ? header.address : base.href;
}

export function lead(room) {
  const {line, header} = room;
  const words = header.labels;
  watch(line);
  points(line);
  const {told} = line;
  if (!told) return [h("p", {class: "hint", role: "status"}, line.state === "lost" ? words.lost : words.joining)];
  if (told.tab !== line.tab) {
    return [h("div", {class: "row"}, h("span", {}, words.other_tab), room.button(words.lead_here, () => line.say("lead"), "main"))];
  }
  const flip = (name) => () => {
    room.open = room.open === name ? "" : name;
    room.draw();
  };
  const tool = (name, label) => {
    const button = room.button(label, flip(name), "", name);
    button.setAttribute("aria-expanded", String(room.open === name));
    return button;
  };
  return [
    h("div", {class: "row"},
      h("b", {class: "code", "aria-label": words.code}, line.me.code),
      h("span", {class: "count-of", role: "status"}, fill(words.count, {follow: told.follow, here: told.here})),
      tool("qr", words.qr), tool("ask", words.ask),
      room.button(told.dark ? words.light : words.blank, () => line.say("dark", {on: !told.dark}), "", "dark"),
      tool("end", words.end)),
    line.state === "lost" ? h("p", {class: "problem", role: "status"}, words.lost) : null,
    room.problem(),
    room.open === "qr" ? picture(room, words) : null,
    room.open === "ask" ? questions(room, words) : null,
    room.open === "end" ? h("div", {class: "row panel"}, h("span", {}, words.end_sure),
      room.button(words.end_yes, () => line.leave().then(() => room.event("left")), "main")) : null,
    told.vote ? running(room, told.vote, words) : null,
    told.dark ? h("p", {class: "hint"}, words.dark_now) : null,
  ];
}

function picture(room, words) {
  const at = address(room.header);
  const join = `${at.replace(/\/+$/, "")}/?room=${room.line.me.code}`;
  const src = `${room.line.address(`${room.line.me.code}/qr.svg`)}?at=${encodeURIComponent(at.replace(/\/+$/, ""))}`;
  return h("div", {class: "panel picture"},
    h("img", {src, alt: fill(words.qr_alt, {url: join}), width: 240, height: 240}),
    h("div", {}, h("p", {class: "big", lang: "en"}, room.line.me.code), h("p", {class: "url", lang: "en"}, join),
      h("p", {class: "hint"}, room.header.alone ? words.alone_here : words.qr_hint),
      who(room.line.told.who, words)));
}

function who(members, words) {
  return h("p", {class: "who"}, ...members.slice(0, 60).map(([colour, animal, follows]) =>
    h("span", {class: follows ? "badge" : "badge away", style: `--own: var(--${colour})`}, words[animal] ?? animal)));
}

function questions(room, words) {
  const {line, header} = room;
  const ask = (body) => line.say("ask", body).then((done) => {
    if (!done) return;
    room.open = "";
    room.draw();
  });
  const input = h("input", {type: "text", maxlength: 600, placeholder: words.own_line, "aria-label": words.own_line});
  const form = h("form", {class: "words"}, input, h("button", {type: "submit", class: "main"}, words.ask_it));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (input.value.trim()) ask({line: input.value});
  });
  return h("div", {class: "panel"},
    header.ready.length ? h("p", {class: "hint"}, words.ready) : h("p", {class: "hint"}, words.none_ready),
    h("ul", {class: "ready"}, ...header.ready.map(({id, ask: text}) => h("li", {}, room.button(text, () => ask({ready: id}), "", id)))),
    form, h("p", {class: "hint"}, words.own_hint));
}

function running(room, vote, words) {
  const {line} = room;
  const to = (phase) => () => line.say("phase", {to: phase});
  const count = vote.answered[vote.phase === "second" || (vote.phase === "reveal" && vote.answered[1]) ? 1 : 0];
  const ways = written(vote) ? given(room, vote, words) : {
    first: [room.button(words.close_first, to("talk"), "main"), room.button(words.reveal, to("reveal"))],
    talk: [room.button(words.open_second, to("second"), "main"), room.button(words.reveal, to("reveal"))],
    second: [room.button(words.reveal, to("reveal"), "main")],
    reveal: [],
  }[vote.phase];
  return h("div", {class: "running"},
    board(vote, room.header.lang, words),
    h("div", {class: "row"},
      h("span", {class: "count-of", role: "status"}, fill(words.answered, {n: count, here: line.told.here})),
      vote.phase === "talk" ? h("span", {class: "hint"}, words[`advice_${vote.advice || "none"}`]) : null,
      ...ways, room.button(words.unask, () => line.say("unask"), "quiet")),
    vote.texts ? (collected(vote) ? looked(room, vote, words) : texts(room, vote, words)) : null);
}

// What the class prefers goes onto the page once it is revealed; what it has written, when it has been looked over.
function given(room, vote, words) {
  if (vote.kind !== "pairs") return [];
  if (vote.phase !== "reveal") return [room.button(words.reveal, () => room.line.say("phase", {to: "reveal"}), "main")];
  if (room.header.takes !== "pairs") return [];
  const sides = Array.from({length: vote.first.length / 2}, (_, n) => {
    const [left, right] = vote.first.slice(2 * n, 2 * n + 2);
    return left > right ? 1 : right > left ? 2 : 0;
  });
  return [room.button(words.take_pairs, () => room.event("taken", {kind: "pairs", sides}), "main", "take")];
}

// Folded away on the projector; what she clicks is left out, the rest goes onto the page.
function looked(room, vote, words) {
  if (room.leftOut?.number !== vote.number) room.leftOut = {number: vote.number, ids: new Set()};
  const {ids} = room.leftOut;
  const names = said(vote.options, room.header.lang) || [];
  const line = ([, [first, second]]) => (vote.kind === "labelled" ? [names[second], first] : [first, second]);
  const list = h("ul", {class: "ready"}, ...vote.texts.map((one) => {
    const button = room.button(line(one).join(vote.kind === "labelled" ? "\u2003" : " → "), () => {
      if (!ids.delete(one[0])) ids.add(one[0]);
      button.setAttribute("aria-pressed", String(!ids.has(one[0])));
    }, "", `text-${one[0]}`);
    button.setAttribute("aria-pressed", String(!ids.has(one[0])));
    button.dir = "auto";
    return h("li", {}, button);
  }));
  const take = room.button(words.take, () => {
    const lines = vote.texts.filter(([id]) => !ids.has(id)).map(line);
    if (lines.length) room.event("taken", {kind: vote.kind, lines});
  }, "main", "take");
  const can = room.header.takes === vote.kind;
  const box = h("details", {}, h("summary", {}, fill(words.collected, {n: vote.texts.length})),
    h("p", {class: "hint"}, words.collected_hint), list, can ? take : h("p", {class: "hint"}, words.taken));
  box.open = Boolean(room.texts);
  box.addEventListener("toggle", () => (room.texts = box.open));
  return box;
}

// Free answers are folded away on the projector: the teacher opens the list, reads, and puts up what she chooses.
function texts(room, vote, words) {
  const list = h("ul", {class: "ready"}, ...vote.texts.map(([id, text, up]) => {
    const button = room.button(text, () => room.line.say("show", {id}), up ? "up" : "", `text-${id}`);
    button.dir = "auto";
    return h("li", {}, button);
  }));
  const box = h("details", {}, h("summary", {}, fill(words.texts, {n: vote.texts.length})), h("p", {class: "hint"}, words.texts_hint), list);
  box.open = Boolean(room.texts);
  box.addEventListener("toggle", () => (room.texts = box.open));
  return box;
}

// The token under her pointer, told when it has rested there a moment. (Passing from one to another inside a component is
// no pointerover out here.)
function points(line) {
  if (line.points) return;
  line.points = true;
  let timer = 0;
  let last = "";
  document.addEventListener("pointermove", (event) => {
    if (!line.me?.leads || line.told?.tab !== line.tab) return;
    const path = event.composedPath();
    const chip = path.find((one) => one instanceof HTMLElement && one.matches(".chip[data-i]"));
    const root = path.find((one) => one instanceof HTMLElement && one.matches(".sesame[data-key]"));
    const both = chip instanceof HTMLElement && root instanceof HTMLElement;
    const figure = both ? root.dataset.key : "";
    const token = both ? Number(chip.dataset.i) : -1;
    const now = `${figure} ${token}`;
    if (now === last) return;
    last = now;
    clearTimeout(timer);
    timer = setTimeout(() => line.say("point", {figure, token}), 90);
  });
}

