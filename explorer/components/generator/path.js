import {fill, grouped, percent, visible} from "../shared/format.js";
import {h, setToken} from "../shared/dom.js";
import {Tooltip} from "../shared/tooltip.js";

// The text so far, token by token, with a strip of entropies below it. Bytes stand under the character they spell.

// How a token looks: the marks that vocabularies put for a blank and a line feed become these again.
export function shown(piece) {
  const plain = piece.replace(/[▁Ġ]/g, " ").replace(/Ċ/g, "\n");
  if (plain === "") return "∅";
  if (/^\s+$/.test(plain)) return visible(plain);
  return visible(plain.replace(/^ +/, (blanks) => "␣".repeat(blanks.length)).trimEnd().replace(/\s/g, " "));
}

export class PathView {
  constructor(root, go) {
    this.go = go;
    this.text = h("div", {class: "path", role: "group"});
    this.strip = h("div", {class: "entropies", "aria-hidden": "true"});
    this.note = h("p", {class: "num"});
    this.element = h("div", {class: "text"}, this.text, this.strip, this.note);
    this.tip = new Tooltip(root);
    this.text.addEventListener("click", (event) => {
      const i = Number(event.target.closest?.("[data-i]")?.dataset.i ?? -1);
      if (i >= this.header.first) this.go(i);
    });
    for (const name of ["pointerover", "focusin"]) this.element.addEventListener(name, (event) => this.look(event));
    for (const name of ["pointerleave", "focusout"]) this.element.addEventListener(name, () => this.tip.hide());
  }

  update(header) {
    this.header = header;
    const {labels, lang, path} = header;
    this.text.setAttribute("aria-label", labels.path);
    const nodes = [];
    const size = new Map();
    for (const {group} of path) size.set(group, (size.get(group) ?? 0) + 1);
    for (let i = 0; i < path.length; i++) {
      if (size.get(path[i].group) === 1) {
        nodes.push(this.token(i, lang));
        continue;
      }
      const bytes = h("span", {class: "bytes"});
      let whole = "";
      const group = path[i].group;
      for (; path[i]?.group === group; i++) {
        bytes.append(this.token(i, lang));
        whole = path[i].whole || whole;
      }
      i -= 1;
      nodes.push(h("span", {class: "spelled"}, bytes, setToken(h("span", {class: "whole"}), whole || "…", lang)));
    }
    const held = this.text.contains(this.text.getRootNode().activeElement) ? this.text.getRootNode().activeElement.dataset.i : null;
    this.text.replaceChildren(...nodes);
    if (held !== null) (this.text.querySelector(`button[data-i="${held}"]`) ?? this.element.closest("figure"))?.focus();
    const own = path.map((token, i) => ({...token, i})).filter(({entropy}) => entropy !== null);
    const most = Math.max(6, ...own.map(({entropy, nats}) => Math.max(entropy, nats)));
    this.strip.replaceChildren(...own.map(({i, entropy, nats}) => h("i", {"data-i": i, "data-entropy": entropy, "data-nats": nats},
      h("u", {style: `height:${(100 * entropy) / most}%`}), h("b", {style: `bottom:${(100 * nats) / most}%`}))));
    this.strip.hidden = this.note.hidden = own.length === 0;
    this.note.textContent = labels.strip;
    if (this.text.scrollHeight > this.text.clientHeight + 1) this.text.tabIndex = 0;
    else this.text.removeAttribute("tabindex");
    this.reveal(this.text.querySelector(".now") ?? this.text.querySelector(".last"));
  }

  // A long text scrolls inside its own box; the page stays where it is.
  reveal(token) {
    if (!token) return;
    const {scrollTop, clientHeight} = this.text;
    const top = token.offsetTop - this.text.offsetTop;
    if (top < scrollTop || top > scrollTop + clientHeight - 40) this.text.scrollTop = Math.max(0, top - clientHeight / 2);
  }

  token(i, lang) {
    const {path, at, first} = this.header;
    const token = path[i];
    const can = i >= first;
    const piece = token.text.replace(/[▁Ġ]/g, " ").replace(/Ċ/g, "⏎");
    const name = ["tok", token.kind, i === at && "now", i > at && "later", i === at - 1 && at === path.length && token.kind === "new" && "last"].filter(Boolean).join(" ");
    const element = h(can ? "button" : "span", {class: name, "data-i": i, "data-id": token.id, type: can ? "button" : null, tabindex: can ? 0 : null});
    setToken(element, piece.trim() === "" ? visible(piece) : piece, lang);
    if (token.nats !== null) element.style.setProperty("--deep", Math.min(1, 0.12 + token.nats / 8).toFixed(2));
    return element;
  }

  // The token that was taken, before the answer is there.
  ahead(word) {
    this.text.querySelectorAll(".later, .now").forEach((element) => element.classList.add("later"));
    this.text.append(h("span", {class: "tok new ahead"}, word.replace(/^␣/, " ")));
  }

  look(event) {
    const at = event.target.closest?.("[data-i]");
    if (!at) return this.tip.hide();
    const {path, labels, lang} = this.header;
    const token = path[Number(at.dataset.i)];
    const spelled = path.find(({group, whole}) => group === token.group && whole)?.whole;
    const lines = [setToken(h("b"), `${shown(token.text)} · ${token.id}`, lang)];
    if (token.kind !== "new" || token.p === null) lines.push(h("p", {}, labels.tip_prompt));
    else {
      lines.push(h("p", {}, fill(labels.tip, {p: percent(token.p), rank: grouped(token.rank), s: token.nats.toFixed(2), h: token.entropy.toFixed(2)})));
    }
    if (spelled && path.filter(({group}) => group === token.group).length > 1) lines.push(h("p", {}, fill(labels.bytes, {char: spelled})));
    this.tip.show(at.getBoundingClientRect(), lines);
  }

  destroy() {
    this.tip.hide();
  }
}
