// One head's weights (or the mean of several) as a matrix, filtered, and what stays of each row. Knows no drawing.

const MOST_LINES = 1500;

// layers × heads matrices in bytes; `held` is the layer the bytes are of, −1 where they hold all.
export class Weights {
  constructor({shape, held, looking, seen}, {weights, exact, thumbs}) {
    this.layers = shape[0];
    this.heads = shape[1];
    this.rows = looking.length;
    this.columns = seen.length;
    this.held = held;
    this.bytes = weights;
    this.exact = exact;
    this.thumbs = thumbs;
    this.thumbShape = thumbs ? shape.slice(2) : [this.rows, this.columns];
  }

  has(layer) {
    return this.held < 0 || this.held === layer;
  }

  at(layer, head) {
    const size = this.rows * this.columns;
    const start = ((this.held < 0 ? layer : 0) * this.heads + head) * size;
    return this.bytes.subarray(start, start + size);
  }

  thumb(layer, head) {
    const [rows, columns] = this.thumbShape;
    const start = (layer * this.heads + head) * rows * columns;
    return (this.thumbs ?? this.bytes).subarray(start, start + rows * columns);
  }

  mean(chosen) {
    const there = chosen.filter(([layer]) => this.has(layer));
    const out = new Float32Array(this.rows * this.columns);
    for (const [layer, head] of there) {
      const one = this.at(layer, head);
      for (let i = 0; i < out.length; i++) out[i] += one[i];
    }
    for (let i = 0; i < out.length; i++) out[i] /= 255 * (there.length || 1);
    return out;
  }
}

// A copy without what is hidden: special tokens, the diagonal, other sentence blocks.
export function hiding(matrix, {looking, seen, special, diagonal, block}) {
  const out = Float32Array.from(matrix);
  const columns = seen.length;
  for (let i = 0; i < looking.length; i++) {
    for (let j = 0; j < columns; j++) {
      const apart = special && (looking[i].special || seen[j].special);
      const own = diagonal && i === j;
      const elsewhere = block !== "all" && ("ab"[looking[i].side] !== block[0] || "ab"[seen[j].side] !== block[1]);
      if (apart || own || elsewhere) out[i * columns + j] = 0;
    }
  }
  return out;
}

// Per row the largest weights that together hold `mass` of what is left in it; the others become 0.
export function strongest(matrix, rows, columns, mass) {
  if (mass >= 1) return matrix;
  const out = new Float32Array(matrix.length);
  for (let i = 0; i < rows; i++) {
    const row = matrix.subarray(i * columns, (i + 1) * columns);
    const order = Uint32Array.from(row.keys()).sort((a, b) => row[b] - row[a]);
    const total = row.reduce((a, b) => a + b, 0);
    let held = 0;
    for (const j of order) {
      if (held >= mass * total || row[j] === 0) break;
      out[i * columns + j] = row[j];
      held += row[j];
    }
  }
  return out;
}

// The strongest weights as lines [row, column, weight], weakest first, and how many there are in all.
export function lines(matrix, columns) {
  const at = [];
  for (let i = 0; i < matrix.length; i++) if (matrix[i] > 0.004) at.push(i);
  const all = at.length;
  at.sort((a, b) => matrix[b] - matrix[a]);
  const kept = at.slice(0, MOST_LINES).reverse();
  return {all, most: MOST_LINES, list: kept.map((i) => [Math.floor(i / columns), i % columns, matrix[i]])};
}

const STOPS = ["00224e", "123570", "3b496c", "575d6d", "707173", "8a8678", "a59c74", "c3b369", "e1cc55", "fee838"]
  .map((hex) => [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16)));

// 256 colours of an even scale from dark blue to yellow; the square root of a weight picks one, so that small ones show.
export const SCALE = Array.from({length: 256}, (_, n) => {
  const place = Math.sqrt(n / 255) * (STOPS.length - 1);
  const low = Math.min(STOPS.length - 2, Math.floor(place));
  return STOPS[low].map((from, c) => Math.round(from + (STOPS[low + 1][c] - from) * (place - low)));
});

export const colourOf = (weight) => `rgb(${SCALE[Math.round(255 * Math.min(1, Math.max(0, weight)))].join(" ")})`;

// A matrix of 0…255 as a picture of as many pixels.
export function bitmap(values, rows, columns) {
  const canvas = Object.assign(document.createElement("canvas"), {width: columns, height: rows});
  const image = new ImageData(columns, rows);
  for (let i = 0; i < values.length; i++) {
    const [r, g, b] = SCALE[values[i]];
    image.data.set([r, g, b, 255], 4 * i);
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
  return canvas;
}
