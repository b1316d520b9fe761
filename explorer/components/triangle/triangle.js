import {fill, grouped, percent} from "../shared/format.js";
import {h, setToken} from "../shared/dom.js";
import {Scrolls} from "../shared/scrolls.js";
import {palette} from "../shared/theme.js";
import {registerFigure} from "../shared/registry.js";
import {mount} from "../shared/mount.js";
import {csvText, fitted, picture, tag, text} from "../shared/svg.js";
import {shown} from "../generator/path.js";

// Every prefix predicts the next token at once. Hover or focus a row to read what it sees and says.

class Triangle {
  constructor(root) {
    this.root = root;
    this.grid = h("table", {class: "triangle"});
    this.note = h("p", {class: "said", role: "status"});
    this.caption = h("figcaption");
    this.scrolls = new Scrolls(this.grid);
    this.figure = h("figure", {role: "group"}, this.note, this.scrolls.element, this.caption);
    root.append(this.figure);
    for (const name of ["pointerover", "focusin"]) {
      this.grid.addEventListener(name, (event) => {
        const row = event.target.closest?.("tr[data-row]");
        if (row) this.say(Number(row.dataset.row));
      });
    }
  }

  update(header) {
    this.header = header;
    const {labels, lang, tokens, rows, sees} = header;
    this.figure.setAttribute("aria-label", header.title || labels.triangle);
    this.caption.textContent = header.caption;
    this.note.textContent = labels.hint;
    this.scrolls.label(labels.scrolls);
    const names = labels.head.split("|").map((name) => name.trim());
    const head = h("tr", {}, ...names.map((name, n) => h("th", {class: n ? null : "truth"}, name)), ...tokens.map((_, i) => h("th", {class: "place"}, String(i))));
    this.grid.replaceChildren(head, ...rows.map((row, r) => {
      const cells = tokens.map((token, i) => {
        const target = i === row.target;
        const seen = this.seen(row, i);
        const cell = h("td", {class: target ? "target" : seen ? "seen" : "shut", "data-seen": seen ? 1 : 0});
        if (target) setToken(cell, sees === "around" ? "？" : "→", lang);
        else if (seen) setToken(cell, shown(token), lang);
        else cell.setAttribute("aria-label", labels.may_not);
        cell.title = seen ? shown(token) : "";
        return cell;
      });
      const numbers = [percent(row.p), grouped(row.rank), row.nats.toFixed(2)].map((value) => h("td", {class: "n"}, value));
      return h("tr", {"data-row": r, tabindex: 0, "data-p": row.p, "data-nats": row.nats, "data-rank": row.rank},
        setToken(h("td", {class: "truth"}), shown(tokens[row.target]), lang), ...numbers, ...cells);
    }));
    this.unregister?.();
    this.unregister = registerFigure(header.key, {
      title: header.title || labels.triangle, element: this.root, svg: () => this.svg(), csv: () => this.csv(),
    });
  }

  destroy() {
    this.scrolls.stop();
    this.unregister?.();
  }

  seen(row, i) {
    return this.header.sees === "left" ? i < row.target : i !== row.target;
  }

  say(r) {
    const {labels, tokens, rows, sees} = this.header;
    const row = rows[r];
    this.grid.querySelectorAll("tr[data-row]").forEach((line, i) => line.classList.toggle("on", i === r));
    this.note.textContent = fill(labels[sees === "left" ? "row_left" : "row_around"], {
      seen: tokens.filter((_, i) => this.seen(row, i)).map(shown).join(" "), target: shown(tokens[row.target]), p: percent(row.p),
      rank: grouped(row.rank), s: row.nats.toFixed(2), top: row.top.map(([word, p]) => `${shown(word)} ${percent(p)}`).join("　"),
    });
  }

  svg() {
    const colours = palette(this.root);
    const {header} = this;
    const {tokens, rows, labels} = header;
    const [size, top, left] = [40, 44, 300];
    const names = labels.head.split("|").map((name) => name.trim());
    const columns = [16, 176, 226, 284]; // the word begins at the first, the numbers end at the others
    const heads = [...names.map((name, n) => text(columns[n], 28, name, {"font-size": 13, fill: colours.soft, "text-anchor": n ? "end" : null})),
      ...tokens.map((_, i) => text(left + size * i + size / 2 - 2, 28, i, {"font-size": 13, fill: colours.soft, "text-anchor": "middle"}))];
    const middle = {"text-anchor": "middle", "dominant-baseline": "central"};
    const parts = rows.flatMap((row, r) => tokens.map((token, i) => {
      const [x, y] = [left + size * i, top + size * r];
      const target = i === row.target;
      const seen = this.seen(row, i);
      return tag("rect", {x, y, width: size - 4, height: size - 4, rx: 6, fill: target ? colours.card : seen ? colours.model_soft : colours.track, stroke: target ? colours.truth : null, "stroke-width": 2}) +
        (target || seen ? text(x + size / 2 - 2, y + size / 2 - 2, target ? (header.sees === "around" ? "？" : "→") : fitted(shown(token), 14, size - 8), {...middle, "font-size": 14}) : "");
    }).concat([fitted(shown(tokens[row.target]), 14, 80), percent(row.p), grouped(row.rank), row.nats.toFixed(2)].map((value, n) =>
      text(columns[n], top + size * r + size / 2 - 2, value, {"dominant-baseline": "central", "font-size": 14, "text-anchor": n ? "end" : null}))));
    parts.unshift(...heads);
    return picture(left + 16 + size * tokens.length, top + size * rows.length + 8, colours, header.title || labels.triangle, header.caption, parts);
  }

  csv() {
    const names = this.header.labels.csv_columns.split(",").map((name) => name.trim());
    return csvText([names, ...this.header.rows.map(({target, p, rank, nats, top}) => [target, this.header.tokens[target], p, rank, nats, top[0]?.[0] ?? ""])]);
  }
}

export default function (component) {
  return mount(component, (root) => new Triangle(root));
}
