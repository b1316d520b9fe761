import {h} from "../shared/dom.js";
import {fill} from "../shared/format.js";

// A question as phones answer it and as the room sees what came of it. Knows what the server told, and whom to tell.

// A text that is said in several languages, or in the one it was written in.
export const said = (texts, lang) => texts?.[lang.slice(0, 2)] ?? texts?.[""] ?? Object.values(texts ?? {})[0] ?? "";

const options = (vote, lang) => said(vote.options, lang) || [];
export const collected = (vote) => ["labelled", "example"].includes(vote.kind);
const open = (vote) => vote.phase === "first" || vote.phase === "second";

// On a phone: the question, what was answered, and what may be answered now. `answer(value)` sends one.
export function ballot(vote, lang, words, answer) {
  const at = vote.phase === "second" ? 1 : 0;
  const mine = vote.mine[vote.phase === "first" ? 0 : 1] ?? (open(vote) ? null : vote.mine[0]);
  const parts = [h("p", {class: "ask"}, said(vote.ask, lang))];
  if (vote.phase === "reveal" && !collected(vote)) return box(vote, ...parts, outcome(vote, lang, words, vote.mine));
  if (written(vote)) {
    parts.push(h("p", {class: "hint"}, words[vote.kind === "pairs" ? "compare_phone" : "collect_phone"]));
    if (open(vote)) parts.push({labelled, example, pairs}[vote.kind](vote, lang, words, mine, answer));
    if (mine !== null) parts.push(h("p", {class: "hint", role: "status"}, words.counted));
    return box(vote, ...parts);
  }
  if (vote.phase === "talk") parts.push(h("p", {class: "hint"}, words.talk_phone));
  else parts.push(h("p", {class: "hint"}, at ? words.second_phone : words.first_phone));
  if (vote.kind === "choice") parts.push(choice(vote, lang, mine, answer));
  else if (open(vote)) parts.push(vote.kind === "scale" ? scale(vote, words, mine, answer) : line(words, mine, answer));
  else if (mine !== null) parts.push(h("p", {class: "hint"}, fill(words.yours, {answer: `${mine}${vote.unit ?? ""}`})));
  if (open(vote) && mine !== null) parts.push(h("p", {class: "hint", role: "status"}, words.counted));
  return box(vote, ...parts, shown(vote, words));
}

// On the teacher's screen: the question and what came of it, hidden until the reveal.
export function board(vote, lang, words) {
  const parts = [h("p", {class: "ask"}, said(vote.ask, lang))];
  if (vote.phase === "reveal" && !collected(vote)) return box(vote, ...parts, outcome(vote, lang, words, [null, null]));
  if (["choice", "labelled"].includes(vote.kind)) {
    parts.push(h("ol", {class: "plain"}, ...options(vote, lang).map((one) => h("li", {}, one))));
  }
  return box(vote, ...parts, shown(vote, words));
}

// What a page then works on: it is given once, there is nothing to talk over before a second vote.
export const written = (vote) => ["labelled", "example", "pairs"].includes(vote.kind);

// A sentence with its label.
function labelled(vote, lang, words, mine, answer) {
  const names = options(vote, lang);
  const kept = draft(vote, mine ?? ["", -1]);
  const input = typed(words.words, kept, 0);
  const marks = names.map((name, n) => {
    const button = h("button", {type: "button", "aria-pressed": String(kept[1] === n), "data-option": n}, name);
    button.addEventListener("click", () => {
      kept[1] = n;
      for (const [m, other] of marks.entries()) other.setAttribute("aria-pressed", String(m === n));
      send.disabled = false;
    });
    return button;
  });
  const send = h("button", {type: "submit", class: "main", disabled: kept[1] < 0}, words[mine ? "send_again" : "send"]);
  return sent([input, h("div", {class: "options short", role: "group", "aria-label": words.label}, ...marks), send], kept, answer);
}

// A question with its answer.
function example(vote, _lang, words, mine, answer) {
  const kept = draft(vote, mine ?? ["", ""]);
  const send = h("button", {type: "submit", class: "main"}, words[mine ? "send_again" : "send"]);
  return sent([typed(words.question, kept, 0), typed(words.answer, kept, 1), send], kept, answer);
}

// Which of two, pair after pair; every tap is told.
function pairs(vote, lang, _words, mine, answer) {
  const texts = options(vote, lang);
  const kept = draft(vote, mine ?? Array.from({length: texts.length / 2}, () => 0));
  return h("ol", {class: "pairs"}, ...kept.map((_, pair) => {
    const sides = [1, 2].map((side) => {
      const button = h("button", {type: "button", "aria-pressed": String(kept[pair] === side), "data-option": side}, texts[2 * pair + side - 1]);
      button.addEventListener("click", () => {
        kept[pair] = kept[pair] === side ? 0 : side;
        for (const [n, other] of sides.entries()) other.setAttribute("aria-pressed", String(kept[pair] === n + 1));
        if (kept.some(Boolean)) answer([...kept]);
      });
      return button;
    });
    return h("li", {}, h("div", {class: "options", role: "group"}, ...sides));
  }));
}

// What is being written stays while the room is drawn again.
let drafts = {number: -1, kept: []};
function draft(vote, mine) {
  if (drafts.number !== vote.number) drafts = {number: vote.number, kept: [...mine]};
  return drafts.kept;
}

function typed(name, kept, at) {
  const input = h("input", {type: "text", maxlength: 120, value: kept[at], placeholder: name, "aria-label": name, dir: "auto"});
  input.addEventListener("input", () => (kept[at] = input.value));
  return input;
}

function sent(parts, kept, answer) {
  const form = h("form", {class: "words"}, ...parts);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (kept.every((part) => typeof part === "number" || part.trim())) answer([...kept]);
  });
  return form;
}

function box(vote, ...parts) {
  return h("section", {class: "vote", "data-phase": vote.phase, "data-number": vote.number}, ...parts);
}

// Free answers that the teacher has put up. They are text nodes, each with its own direction.
function shown(vote, words) {
  if (!vote.shown?.length) return null;
  return h("ul", {class: "shown", "aria-label": words.shown}, ...vote.shown.map((text) => h("li", {dir: "auto"}, text)));
}

function choice(vote, lang, mine, answer) {
  const short = options(vote, lang).every((one) => one.length <= 8);
  return h("div", {class: short ? "options short" : "options", role: "group"}, ...options(vote, lang).map((one, n) => {
    const button = h("button", {type: "button", "aria-pressed": String(mine === n), disabled: !open(vote), "data-option": n}, one);
    button.addEventListener("click", () => answer(n));
    return button;
  }));
}

function scale(vote, words, mine, answer) {
  const middle = (vote.low + vote.high) / 2;
  const step = vote.high - vote.low > 10 ? 1 : (vote.high - vote.low) / 100;
  const range = h("input", {type: "range", min: vote.low, max: vote.high, step, value: mine ?? middle, "aria-label": words.scale});
  const number = h("output", {}, `${range.value}${vote.unit}`);
  const send = h("button", {type: "button", class: "main"}, mine === null ? words.send : words.send_again);
  range.addEventListener("input", () => (number.textContent = `${range.value}${vote.unit}`));
  send.addEventListener("click", () => answer(Number(range.value)));
  return h("div", {class: "scale"}, range, number, send);
}

function line(words, mine, answer) {
  const input = h("input", {type: "text", maxlength: 120, value: mine ?? "", placeholder: words.words, "aria-label": words.words, dir: "auto"});
  const send = h("button", {type: "submit", class: "main"}, mine === null ? words.send : words.send_again);
  const form = h("form", {class: "words"}, input, send);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (input.value.trim()) answer(input.value);
  });
  return form;
}

// Both rounds as bars, one above the other, the right answer marked in words and by its frame.
function outcome(vote, lang, words, mine) {
  if (vote.kind === "pairs") return compared(vote, lang);
  const names = vote.kind === "choice" ? options(vote, lang) : bins(vote);
  const two = vote.second.some(Boolean);
  const most = Math.max(1, ...vote.first, ...vote.second);
  const bar = (count, kind, round) => h("div", {class: `count ${kind}`, title: round},
    h("u", {style: `width: ${Math.round((100 * count) / most)}%`}), h("span", {}, count));
  const rows = names.map((name, n) => {
    const right = vote.kind === "choice" ? vote.right === n : vote.right !== null && n === binOf(vote, vote.right);
    const own = vote.kind === "choice" ? (mine[1] ?? mine[0]) === n : false;
    return h("li", {class: right ? "right" : null},
      h("span", {class: "name"}, name, right ? h("b", {}, words.right) : null, own ? h("i", {}, words.own) : null),
      bar(vote.first[n], "one", words.round1), two ? bar(vote.second[n], "two", words.round2) : null);
  });
  const why = said(vote.why, lang);
  return h("div", {class: "outcome"},
    vote.kind === "text" ? null : h("ul", {class: "bars"}, ...rows),
    two && vote.kind !== "text" ? h("p", {class: "hint key"}, h("i", {class: "one"}), words.round1, h("i", {class: "two"}), words.round2) : null,
    vote.kind === "scale" && vote.right !== null ? h("p", {}, h("b", {}, fill(words.right_number, {n: `${vote.right}${vote.unit}`}))) : null,
    vote.moved[1] ? h("p", {class: "hint"}, fill(words.moved, {n: vote.moved[0], of: vote.moved[1]})) : null,
    why ? h("p", {class: "why"}, why) : null,
    shown(vote, words));
}

// How many of the class preferred which side of each pair.
function compared(vote, lang) {
  const texts = options(vote, lang);
  const most = Math.max(1, ...vote.first);
  return h("ol", {class: "pairs outcome"}, ...Array.from({length: texts.length / 2}, (_, pair) => h("li", {},
    h("ul", {class: "bars"}, ...[0, 1].map((side) => h("li", {}, h("span", {class: "name"}, texts[2 * pair + side]),
      h("div", {class: "count one"}, h("u", {style: `width: ${Math.round((100 * vote.first[2 * pair + side]) / most)}%`}), h("span", {}, vote.first[2 * pair + side]))))))));
}

const BINS = 10;
const binOf = (vote, value) => Math.min(Math.floor(((value - vote.low) / (vote.high - vote.low)) * BINS), BINS - 1);
function bins(vote) {
  const edge = (n) => Number((vote.low + ((vote.high - vote.low) * n) / BINS).toFixed(2));
  return Array.from({length: BINS}, (_, n) => `${edge(n)}–${edge(n + 1)}${vote.unit}`);
}
