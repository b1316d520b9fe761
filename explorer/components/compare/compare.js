import {grouped, percent, pieces, visible} from "../shared/format.js";
import {h, setToken} from "../shared/dom.js";
import {palette} from "../shared/theme.js";
import {registerFigure} from "../shared/registry.js";
import {mount} from "../shared/mount.js";
import {csvText, fitted, picture, tag, text} from "../shared/svg.js";

// Several distributions, a column each. Bars keep their element from run to run, so that they move to new values.
// A column without a rest is no distribution: its rows are separate answers.

class Compare {
  constructor(root) {
    this.root = root;
    this.grid = h("div", {class: "columns"});
    this.caption = h("figcaption");
    this.figure = h("figure", {role: "group"}, this.grid, this.caption);
    root.append(this.figure);
    this.columns = [];
  }

  update(header) {
    this.header = header;
    const {labels} = header;
    this.figure.setAttribute("aria-label", header.alt || header.title || labels.series);
    this.caption.textContent = header.caption;
    while (this.columns.length < header.columns.length) this.columns.push(this.newColumn());
    while (this.columns.length > header.columns.length) this.columns.pop().element.remove();
    header.columns.forEach((column, i) => this.draw(this.columns[i], column));
    this.unregister?.();
    this.unregister = registerFigure(header.key, {
      title: header.title || labels.series, element: this.root, svg: () => this.svg(), csv: () => this.csv(),
    });
  }

  destroy() {
    this.unregister?.();
  }

  newColumn() {
    const [heading, headline, list, note] = [h("h3"), h("p", {class: "headline"}), h("ol", {role: "list"}), h("p", {class: "note"})];
    const element = h("section", {}, heading, headline, list, note);
    this.grid.append(element);
    return {element, heading, headline, list, note, items: []};
  }

  draw(view, column) {
    const {lang} = this.header;
    view.element.className = `column ${column.tone}`;
    view.heading.textContent = column.title;
    view.note.textContent = column.note;
    view.note.hidden = !column.note;
    view.headline.hidden = column.rest === undefined;
    view.headline.replaceChildren(...this.headline(column).map((part) => (part.name === "word" ? setToken(h("em"), part.text, lang) : part.text)));
    const rows = this.rows(column);
    while (view.items.length < rows.length) {
      const [word, bar, amount] = [h("span"), h("u"), h("span", {class: "p"})];
      const item = h("li", {}, h("span", {class: "w"}, word), h("span", {class: "bar", "aria-hidden": "true"}, bar), amount);
      view.list.append(item);
      view.items.push({item, word, bar, amount});
    }
    while (view.items.length > rows.length) view.items.pop().item.remove();
    rows.forEach((row, i) => {
      const {item, word, bar, amount} = view.items[i];
      item.className = row.rest ? "rest" : row.original ? "true" : typeof row.right === "boolean" ? (row.right ? "right" : "wrong") : "";
      if (row.p === null) delete item.dataset.p;
      else item.dataset.p = String(row.p);
      setToken(word, row.rest ? row.word : visible(row.word), lang);
      bar.parentNode.style.visibility = row.p === null ? "hidden" : "";
      bar.style.width = `${100 * (row.p ?? 0)}%`;
      amount.replaceChildren(row.p === null ? "" : percent(row.p), ...(row.said ? [h("small", {}, verdict(row))] : []));
    });
  }

  rows(column) {
    if (column.rest === undefined) return column.rows;
    return [...column.rows, {rest: true, word: this.header.labels.rest, p: column.rest}];
  }

  headline(column) {
    const original = column.rows.find((row) => row.original);
    if (!original) return [];
    return pieces(this.header.labels.headline, {word: visible(original.word), p: percent(original.p), rank: grouped(original.rank)});
  }

  svg() {
    const colours = palette(this.root);
    const {columns, labels, title, caption} = this.header;
    const width = columns.some((column) => column.rest === undefined) ? 400 : 300;
    const tallest = Math.max(...columns.map((column) => this.rows(column).length));
    const parts = columns.flatMap((column, c) => {
      const x = 16 + c * width;
      const rows = this.rows(column);
      return [
        text(x, 26, fitted(column.title, 15, width - 24), {"font-size": 15, "font-weight": 600}),
        text(x, 50, fitted(this.headline(column).map((part) => part.text).join(""), 15, width - 24), {"font-size": 15}),
        ...rows.flatMap((row, i) => {
          const y = 66 + 28 * i;
          const length = 130 * row.p;
          return [
            text(x + 78, y + 17, fitted(visible(row.word), 15, 76), {"font-size": 15, "text-anchor": "end", fill: row.rest ? colours.soft : colours.ink}),
            row.original ? tag("rect", {x: x + 60, y: y + 22, width: 18, height: 3, fill: colours.truth}) : "",
            row.p === null ? "" : tag("rect", {x: x + 88, y: y + 5, width: 130, height: 14, rx: 4, fill: colours.track}),
            row.p === null ? "" : tag("rect", {x: x + 88, y: y + 5, width: length, height: 14, rx: Math.min(4, length / 2), fill: row.rest ? colours.soft : column.tone === "b" ? colours.second : colours.model, opacity: row.rest ? 0.5 : null}),
            text(x + (row.p === null ? 88 : 226), y + 17, [row.p === null ? "" : percent(row.p), verdict(row)].join(" "), {"font-size": 13.5, fill: row.rest ? colours.soft : colours.ink}),
          ];
        }),
      ];
    });
    return picture(32 + width * columns.length, 76 + 28 * tallest, colours, title || labels.series, caption, parts);
  }

  csv() {
    const {columns, labels} = this.header;
    const answers = columns.every(({rest}) => rest === undefined);
    const names = (answers ? labels.csv_answers : labels.csv_columns).split(",").map((name) => name.trim());
    const row = (title, {word, id, p, rank, right, said}) => (answers ? [title, word, p, verdict({right, said})] : [title, word, id, p, rank]);
    return csvText([names, ...columns.flatMap(({title, rows}) => rows.map((one) => row(title, one)))]);
  }
}

// Right or wrong in words and with a sign, so that colour is never the only difference.
function verdict({right, said}) {
  return [right === true ? "✓" : right === false ? "✗" : "", said ?? ""].filter(Boolean).join(" ");
}

export default function (component) {
  return mount(component, (root) => new Compare(root));
}
