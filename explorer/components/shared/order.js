// The order of scores: best first, ties by id. Knows nothing of what is scored.

/**
 * The ids of the `count` highest scores.
 * @param {Float32Array | Float64Array} scores
 * @param {number} count
 */
export function headOrder(scores, count) {
  if (scores.length <= count) return sorted(Uint32Array.from(scores.keys()), scores);
  const threshold = scores.slice().sort()[scores.length - count];
  const ids = [];
  for (let i = 0; i < scores.length; i++) if (scores[i] >= threshold) ids.push(i);
  return sorted(Uint32Array.from(ids), scores).slice(0, count);
}

/**
 * @param {Uint32Array} ids sorted in place
 * @param {Float32Array | Float64Array} scores
 */
export function sorted(ids, scores) {
  return ids.sort((a, b) => scores[b] - scores[a] || a - b);
}
