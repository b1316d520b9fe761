import {FONTS, measure} from "../shared/svg.js";

// Where tokens stand in the large picture, in three layouts, at any size. Knows no weights.

const LEAST = 22;
const ROOM = 12;

// across: two lines of tokens, the one that looks above; down: two columns; grid: a matrix with names at its edges.
export class Place {
  constructor(layout, looking, seen, zoom, low = false) {
    this.layout = layout;
    this.looking = looking;
    this.seen = seen;
    this.size = Math.max(7, 16 * zoom);
    const width = (mark) => Math.max(LEAST, measure(mark.text, 16) + ROOM) * zoom;
    this.widest = Math.max(...looking.map(width));
    this.step = layout === "across" ? 0 : 26 * zoom;
    if (layout === "across") {
      this.top = edges(looking, width);
      this.bottom = looking === seen ? this.top : edges(seen, width);
      this.width = Math.max(this.top.at(-1), this.bottom.at(-1)) + 24;
      this.y = [30, low ? 150 : 232]; // low: where a phone must show the rest of the stage too
      this.height = this.y[1] + 44;
    } else if (layout === "down") {
      this.width = 2 * Math.max(this.widest, ...seen.map(width)) + 300;
      this.height = Math.max(looking.length, seen.length) * this.step + 16;
    } else {
      this.names = this.widest + 12;
      this.head = 8 + Math.max(...seen.map((mark) => ([...mark.text].length > 1 ? width(mark) : 26 * zoom)));
      this.width = this.names + seen.length * this.step + 16;
      this.height = this.head + looking.length * this.step + 12;
    }
  }

  // The middle of a token's name; `side` 0 looks, 1 is looked at.
  token(side, i) {
    if (this.layout === "across") {
      const at = side ? this.bottom : this.top;
      return [12 + (at[i] + at[i + 1]) / 2, side ? this.y[1] + 18 : this.y[0] - 10];
    }
    if (this.layout === "down") return [side ? this.width - 16 : 16, 8 + (i + 0.5) * this.step];
    return side ? [this.names + (i + 0.5) * this.step, this.head - 6] : [this.names - 8, this.head + (i + 0.5) * this.step];
  }

  // The ends of the line between two tokens.
  ends(i, j) {
    if (this.layout === "across") return [this.token(0, i)[0], this.y[0] + 2, this.token(1, j)[0], this.y[1]];
    const half = (this.width - 300) / 2;
    return [half + 8, this.token(0, i)[1], this.width - half - 8, this.token(1, j)[1]];
  }

  // What lies at a point: {side, i} for a token, {i, j} for a cell, or null.
  find(x, y) {
    if (this.layout === "across") {
      const side = y < this.y[0] + 30 ? 0 : y > this.y[1] - 30 ? 1 : -1;
      const at = side ? this.bottom : this.top;
      const i = at.findIndex((edge, n) => x - 12 >= edge && x - 12 < at[n + 1]);
      return side < 0 || i < 0 ? null : {side, i};
    }
    if (this.layout === "down") {
      const i = Math.floor((y - 8) / this.step);
      const side = x < this.width / 2 - 90 ? 0 : x > this.width / 2 + 90 ? 1 : -1;
      return side < 0 || i < 0 || i >= (side ? this.seen : this.looking).length ? null : {side, i};
    }
    const [i, j] = [Math.floor((y - this.head) / this.step), Math.floor((x - this.names) / this.step)];
    const [row, column] = [i >= 0 && i < this.looking.length, j >= 0 && j < this.seen.length];
    if (row && column) return {i, j};
    if (row && j < 0) return {side: 0, i};
    return column && i < 0 ? {side: 1, i: j} : null;
  }

  font(weight = 400) {
    return `${weight} ${this.size}px ${FONTS}`;
  }
}

function edges(marks, width) {
  const out = [0];
  for (const mark of marks) out.push(out.at(-1) + width(mark));
  return out;
}
