import {Head} from "./head.js";

// The heads of one or more positions of a text, as a page's payload brings them. Knows nothing of words or drawing.

export class Heads {
  /**
   * @param {number} size of the vocabulary
   * @param {{positions: number[], original: ([number, number, number] | null)[]}} about original: the token that the reader
   *   wrote at each position, its score and its rank; null where there is none
   * @param {Record<string, any>} arrays ids[n, k], logits[n, k], tail[n, nodes]; watched[w] tokens of which score and rank
   *   are known at every position: watched_logit[n, w], watched_rank[n, w]
   */
  constructor(size, about, arrays) {
    this.size = size;
    this.about = about;
    this.arrays = arrays;
  }

  // Where `position` stands in the arrays; −1 for one that has no head.
  row(position) {
    return this.about.positions.indexOf(position);
  }

  // The token that the reader wrote there; null where there is none.
  original(row) {
    return this.about.original[row]?.[0] ?? null;
  }

  head(row) {
    const {about, arrays, size} = this;
    const n = about.positions.length;
    const own = (array) => array.subarray((row * array.length) / n, ((row + 1) * array.length) / n);
    const [logits, ranks] = [own(arrays.watched_logit), own(arrays.watched_rank)];
    const known = Array.from(arrays.watched, (id, w) => ({id, logit: logits[w], rank: ranks[w]}));
    if (about.original[row]) {
      const [id, logit, rank] = about.original[row];
      known.push({id, logit, rank});
    }
    return new Head({ids: own(arrays.ids), logits: own(arrays.logits), tail: own(arrays.tail), size}, known);
  }
}
