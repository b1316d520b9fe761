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
    this.heat(1);
    this.plainSum = this.sum;
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

  // The probability at temperature 1, whatever the temperature is now.
  plain(id) {
    return Math.exp(this.logits[id] - this.max) / this.plainSum;
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

  // How many words stay after top-k (0 = off), then top-p, then min-p; and the mass they hold before it is scaled to 1.
  // The survivors are always the first ones of the order, and at least one.
  cut({top_k: topK, top_p: topP, min_p: minP}) {
    const order = this.order();
    let kept = topK > 0 ? Math.min(topK, order.length) : order.length;
    let mass = 0;
    for (let i = 0; i < kept; i++) mass += this.p(order[i]);
    if (topP < 1) {
      let before = 0;
      let i = 0;
      while (i < kept && (i === 0 || before < topP * mass)) before += this.p(order[i++]);
      [kept, mass] = [i, before];
    }
    if (minP > 0) {
      const least = minP * this.p(order[0]);
      let held = 0;
      let i = 0;
      while (i < kept && (i === 0 || this.p(order[i]) >= least)) held += this.p(order[i++]);
      [kept, mass] = [i, held];
    }
    return {kept, mass};
  }
}

// The ids of the `count` highest scores, best first, ties by id.
function headOrder(logits, count) {
  if (logits.length <= count) return sorted(Uint32Array.from(logits.keys()), logits);
  const threshold = Float32Array.from(logits).sort()[logits.length - count];
  const ids = [];
  for (let i = 0; i < logits.length; i++) if (logits[i] >= threshold) ids.push(i);
  return sorted(Uint32Array.from(ids), logits).slice(0, count);
}

function sorted(ids, logits) {
  return ids.sort((a, b) => logits[b] - logits[a] || a - b);
}
