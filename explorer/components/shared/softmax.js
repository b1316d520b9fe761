import {headOrder, sorted} from "./order.js";

// A distribution over a vocabulary, from its scores. Knows nothing of words or drawing.
// The order of the scores never changes with temperature, so it is found once.

const HEAD = 200;

export class Distribution {
  constructor(logits) {
    this.logits = logits;
    this.max = -Infinity;
    for (let i = 0; i < logits.length; i++) if (logits[i] > this.max) this.max = logits[i];
    this.head = headOrder(logits, HEAD);
    this.ranks = new Map();
    /** @type {Uint32Array | null} */
    this.all = null;
    this.heat(1);
  }

  // Sets the temperature: one pass over the vocabulary.
  heat(temperature) {
    this.temperature = temperature;
    const {logits, max} = this;
    let sum = 0;
    for (let i = 0; i < logits.length; i++) sum += Math.exp((logits[i] - max) / temperature);
    this.sum = sum;
  }

  p(id) {
    return Math.exp((this.logits[id] - this.max) / this.temperature) / this.sum;
  }

  // 1 = first, at every temperature. Words with the same score share the better rank.
  rank(id) {
    if (!this.ranks.has(id)) {
      const {logits} = this;
      const own = logits[id];
      let above = 0;
      for (let i = 0; i < logits.length; i++) if (logits[i] > own) above += 1;
      this.ranks.set(id, above + 1);
    }
    return this.ranks.get(id);
  }

  // All ids, best first; sorted when first asked for.
  order() {
    return (this.all ??= sorted(Uint32Array.from(this.logits.keys()), this.logits));
  }
}
