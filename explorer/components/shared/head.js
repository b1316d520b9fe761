// A distribution over a vocabulary from its head (explorer/lab/types/head.py).
// The best scores as they are, and of all others log Σ exp((z − z_best) / T) at some temperatures. Knows nothing of words
// or drawing.

const [COOLEST, HOTTEST] = [0.1, 3];

/** @typedef {{id: number, logit: number, rank: number}} Known a token's score and rank, wherever it stands */

export class Head {
  /**
   * @param {{ids: Int32Array | Uint16Array, logits: Float32Array, tail: Float64Array, size: number}} arrays
   * @param {Known[]} known
   */
  constructor({ids, logits, tail, size}, known) {
    this.ids = ids;
    this.logits = logits;
    this.tail = tail;
    this.size = size;
    this.known = known;
    /** @type {Map<number, Known>} */
    this.places = new Map();
    for (const one of known) this.places.set(one.id, one);
    let rank = 1;
    for (let i = 0; i < ids.length; i++) {
      if (i > 0 && logits[i] < logits[i - 1]) rank = i + 1; // the same score shares the better rank
      this.places.set(ids[i], {id: ids[i], logit: logits[i], rank});
    }
  }

  has(id) {
    return this.places.has(id);
  }

  // 1 = first, at every temperature.
  rank(id) {
    return this.places.get(id).rank;
  }

  /**
   * What gives a token's probability at a temperature; null for a token that is not known here.
   * @param {number} temperature
   * @returns {(id: number) => number | null}
   */
  at(temperature) {
    const best = this.logits[0];
    let sum = this.ids.length < this.size ? Math.exp(interpolated(this.tail, Math.log(temperature))) : 0;
    for (const logit of this.logits) sum += Math.exp((logit - best) / temperature);
    return (id) => {
      const place = this.places.get(id);
      return place ? Math.exp((place.logit - best) / temperature) / sum : null;
    };
  }

  same(other) {
    return other.size === this.size && equal(other.ids, this.ids) && equal(other.logits, this.logits) && equal(other.tail, this.tail);
  }
}

// The polynomial through `values` at the Chebyshev points of ln T, by the barycentric formula (Berrut and Trefethen 2004).
function interpolated(values, x) {
  const [middle, half] = [Math.log(COOLEST * HOTTEST) / 2, Math.log(HOTTEST / COOLEST) / 2];
  const last = values.length - 1;
  let [above, below] = [0, 0];
  for (let k = 0; k <= last; k++) {
    const gap = x - middle - half * Math.cos((Math.PI * k) / last);
    if (Math.abs(gap) < 1e-14) return values[k];
    const weight = ((k % 2 ? -1 : 1) * (k === 0 || k === last ? 0.5 : 1)) / gap;
    above += weight * values[k];
    below += weight;
  }
  return above / below;
}

function equal(a, b) {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}
