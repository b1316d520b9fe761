import {headOrder, sorted} from "./order.js";

// What an offer of next tokens becomes: repetition penalty, temperature, top-k, top-p, min-p, and where chance falls.
// The same arithmetic as explorer/lab/sampling.py, in float64. Knows nothing of words or drawing.

const HEAD = 256; // most offers end within so many tokens; sorting the rest is put off until one does not

export class Candidates {
  constructor(logits, seen) {
    this.logits = logits;
    this.seen = [...new Set(seen)];
    let max = -Infinity;
    for (let i = 0; i < logits.length; i++) if (logits[i] > max) max = logits[i];
    let sum = 0;
    for (let i = 0; i < logits.length; i++) sum += Math.exp(logits[i] - max);
    this.plainMax = max;
    this.plainSum = sum;
    this.repetition = null;
    this.kept = 0;
    this.mass = 0;
    this.set({temperature: 1, top_k: 0, top_p: 1, min_p: 0, repetition: 1});
  }

  // One pass over the vocabulary; the order is found again only where the penalty has changed it.
  set(settings) {
    const {temperature, repetition} = settings;
    if (repetition !== this.repetition) this.penalise(repetition);
    const {scores, max} = this;
    this.temperature = temperature;
    this.sum = 0;
    if (temperature > 0) for (let i = 0; i < scores.length; i++) this.sum += Math.exp((scores[i] - max) / temperature);
    const [kept, mass] = this.cut(settings);
    this.kept = kept;
    this.mass = mass;
    this.stays = new Set();
    for (let i = 0; i < Math.min(this.kept, HEAD); i++) this.stays.add(this.at(i));
  }

  penalise(repetition) {
    this.repetition = repetition;
    this.scores = Float64Array.from(this.logits);
    for (const id of this.seen) this.scores[id] = this.scores[id] > 0 ? this.scores[id] / repetition : this.scores[id] * repetition;
    this.max = -Infinity;
    for (let i = 0; i < this.scores.length; i++) if (this.scores[i] > this.max) this.max = this.scores[i];
    this.head = headOrder(this.scores, HEAD);
    this.all = null;
  }

  // The id in place i, best first, ties by id.
  at(i) {
    if (i < this.head.length) return this.head[i];
    this.all ??= sorted(Uint32Array.from(this.scores.keys()), this.scores);
    return this.all[i];
  }

  weight(id) {
    return Math.exp((this.scores[id] - this.max) / this.temperature);
  }

  // How many of the first stay, and the weight they hold together.
  cut({temperature, top_k: topK, top_p: topP, min_p: minP}) {
    if (temperature <= 0) return [1, 1];
    const size = this.scores.length;
    let kept = topK > 0 ? Math.min(topK, size) : size;
    let mass = this.sum;
    if (kept < size) {
      mass = 0;
      for (let i = 0; i < kept; i++) mass += this.weight(this.at(i));
    }
    if (topP < 1) {
      let before = 0;
      let i = 0;
      while (i < kept && (i === 0 || before < topP * mass)) before += this.weight(this.at(i++));
      [kept, mass] = [i, before];
    }
    if (minP > 0) {
      const least = minP * this.weight(this.at(0));
      let held = 0;
      let i = 0;
      while (i < kept && (i === 0 || this.weight(this.at(i)) >= least)) held += this.weight(this.at(i++));
      [kept, mass] = [i, held];
    }
    return [kept, mass];
  }

  // Probability in the offer as the settings leave it; 0 for what was cut.
  p(id) {
    if (this.temperature <= 0) return id === this.at(0) ? 1 : 0;
    return this.isKept(id) ? this.weight(id) / this.mass : 0;
  }

  // The model's own probability, whatever the settings.
  plain(id) {
    return Math.exp(this.logits[id] - this.plainMax) / this.plainSum;
  }

  isKept(id) {
    if (this.kept >= this.scores.length || this.stays.has(id)) return true;
    if (this.kept <= HEAD) return false;
    for (let i = HEAD; i < this.kept; i++) if (this.at(i) === id) return true;
    return false;
  }

  // 1 = first, in the model's own order.
  rank(id) {
    const own = this.logits[id];
    let above = 0;
    for (let i = 0; i < this.logits.length; i++) if (this.logits[i] > own) above += 1;
    return above + 1;
  }

  // The id on which `chance` (0 … 1) falls when the offer is laid out best first.
  draw(chance) {
    if (this.temperature <= 0) return this.at(0);
    let held = 0;
    for (let i = 0; i < this.kept - 1; i++) {
      held += this.weight(this.at(i)) / this.mass;
      if (chance < held) return this.at(i);
    }
    return this.at(this.kept - 1);
  }
}
