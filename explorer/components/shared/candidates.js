import {headOrder, sorted} from "./order.js";

// What an offer of next tokens becomes: repetition penalty, temperature, top-k, top-p, min-p, and where chance falls.
// The same arithmetic as explorer/lab/sampling.py, in float64. Knows nothing of words or drawing.

const HEAD = 256; // most offers end within so many tokens; sorting the rest is put off until one does not
const ROUNDING = 4 * 2 ** -23; // of float32 scores: a share that is missed by no more is reached

/**
 * What is known of the scores: all of them, or the best and some others (explorer/components/generator/known.py).
 * @typedef {object} Known
 * @property {Int32Array} ids
 * @property {Float32Array} scores
 * @property {Int32Array} ranks of those that are not among the best
 * @property {number} best how many are: they stand first
 * @property {number} size of the vocabulary
 * @property {[number, number | null][]} sums by temperature, log Σ exp((z − z_best) / T) of what is not known
 */

export class Candidates {
  /**
   * After a setting or a question that the known scores do not answer, `short` is true: what was said is no answer.
   * @param {Float32Array | null} logits all scores, or null
   * @param {Known | null} known used where there are no logits
   * @param {Int32Array} seen
   */
  constructor(logits, known, seen) {
    this.logits = logits ?? known.scores;
    this.ids = logits ? null : known.ids;
    this.size = logits ? logits.length : known.size;
    this.known = logits ? null : known;
    this.short = false;
    this.places = new Map();
    if (this.ids) this.ids.forEach((id, k) => this.places.set(id, k));
    this.sums = new Map(known?.sums);
    const whole = this.ids === null || this.ids.length >= this.size;
    this.ceiling = whole ? -Infinity : known.scores[known.best - 1]; // nothing unknown is above
    this.seen = [...new Set(seen)].map((id) => this.place(id));
    let max = -Infinity;
    for (let k = 0; k < this.logits.length; k++) if (this.logits[k] > max) max = this.logits[k];
    this.plainMax = max;
    let sum = this.others(1, max);
    for (let k = 0; k < this.logits.length; k++) sum += Math.exp(this.logits[k] - max);
    this.plainSum = sum;
    this.repetition = null;
    this.kept = 0;
    this.mass = 0;
    this.set({temperature: 1, top_k: 0, top_p: 1, min_p: 0, repetition: 1});
  }

  // Where the score of a token stands among those that are here.
  place(id) {
    return this.ids ? this.places.get(id) : id;
  }

  // Σ exp((z − max) / T) of what is not here.
  others(temperature, max) {
    if (this.ceiling === -Infinity) return 0;
    if (!this.sums.has(temperature)) this.short = true;
    const log = this.sums.get(temperature) ?? -Infinity;
    return Math.exp(log + (this.plainMax - max) / temperature);
  }

  // One pass over the scores; the order is found again only where the penalty has changed it.
  set(settings) {
    const {temperature, repetition} = settings;
    this.short = false;
    if (repetition !== this.repetition) this.penalise(repetition);
    const {scores, max} = this;
    this.temperature = temperature;
    this.sum = 0;
    if (temperature > 0) {
      this.sum = this.others(temperature, max);
      for (let k = 0; k < scores.length; k++) this.sum += Math.exp((scores[k] - max) / temperature);
    }
    const [kept, mass] = this.cut(settings);
    this.kept = kept;
    this.mass = mass;
    this.stays = new Set();
    for (let i = 0; i < Math.min(this.kept, HEAD, this.reach); i++) this.stays.add(this.at(i));
  }

  penalise(repetition) {
    this.repetition = repetition;
    this.scores = Float64Array.from(this.logits);
    for (const k of this.seen) this.scores[k] = this.scores[k] > 0 ? this.scores[k] / repetition : this.scores[k] * repetition;
    this.max = -Infinity;
    for (let k = 0; k < this.scores.length; k++) if (this.scores[k] > this.max) this.max = this.scores[k];
    this.all = null;
    if (!this.ids) {
      this.head = headOrder(this.scores, HEAD);
      this.reach = this.size;
      return;
    }
    const {ids, scores} = this;
    this.head = Uint32Array.from(scores.keys()).sort((a, b) => scores[b] - scores[a] || ids[a] - ids[b]);
    const end = this.head.findIndex((k) => scores[k] < this.ceiling || (scores[k] === this.ceiling && k >= this.known.best));
    this.reach = end < 0 ? this.head.length : end;
  }

  // The id in place i, best first, ties by id.
  at(i) {
    if (this.ids) {
      if (i >= this.reach) this.short = true;
      return this.ids[this.head[Math.min(i, this.head.length - 1)]];
    }
    if (i < this.head.length) return this.head[i];
    this.all ??= sorted(Uint32Array.from(this.scores.keys()), this.scores);
    return this.all[i];
  }

  weight(id) {
    return Math.exp((this.scores[this.place(id)] - this.max) / this.temperature);
  }

  // How many of the first stay, and the weight they hold together.
  cut({temperature, top_k: topK, top_p: topP, min_p: minP}) {
    if (temperature <= 0) return [1, 1];
    const {size} = this;
    let kept = topK > 0 ? Math.min(topK, size) : size;
    let mass = this.sum;
    if (kept < size) {
      mass = 0;
      for (let i = 0; i < kept; i++) mass += this.weight(this.at(i));
    }
    if (topP < 1) {
      let before = 0;
      let i = 0;
      while (i < kept && !this.short && (i === 0 || before < (topP - ROUNDING) * mass)) before += this.weight(this.at(i++));
      [kept, mass] = [i, before];
    }
    if (minP > 0) {
      const least = minP * this.weight(this.at(0));
      let held = 0;
      let i = 0;
      while (i < kept && !this.short && (i === 0 || this.weight(this.at(i)) >= least)) held += this.weight(this.at(i++));
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
    return Math.exp(this.logits[this.place(id)] - this.plainMax) / this.plainSum;
  }

  isKept(id) {
    if (this.kept >= this.size || this.stays.has(id)) return true;
    if (this.kept <= HEAD) return false;
    for (let i = HEAD; i < this.kept; i++) if (this.at(i) === id) return true;
    return false;
  }

  // 1 = first, in the model's own order. Words with the same score share the better rank.
  rank(id) {
    const place = this.place(id);
    if (this.known && place >= this.known.best) return this.known.ranks[place - this.known.best];
    const own = this.logits[place];
    let above = 0;
    for (let k = 0; k < this.logits.length; k++) if (this.logits[k] > own) above += 1;
    return above + 1;
  }

  // The id on which `chance` (0 … 1) falls when the offer is laid out best first.
  draw(chance) {
    if (this.temperature <= 0) return this.at(0);
    let held = 0;
    for (let i = 0; i < this.kept - 1 && !this.short; i++) {
      held += this.weight(this.at(i)) / this.mass;
      if (chance < held) return this.at(i);
    }
    return this.at(this.kept - 1);
  }
}
