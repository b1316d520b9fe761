// What stood there before the last change: each bar's earlier length, kept until the next change.
// Knows how to find a probability in an answer, and nothing of what the answer is about.

/** @typedef {(id: number) => number | null} Read the probability of a token in an answer; null where it is not known */

export class Before {
  constructor() {
    /** @type {Read | null} */
    this.now = null;
    /** @type {Read | null} */
    this.earlier = null;
  }

  // Something else is about to be drawn: what was seen last is what stood there before.
  change() {
    this.earlier = this.now;
  }

  /**
   * What has been drawn; null where it was kept secret, and so may not shine through later.
   * @param {Read | null} read
   */
  saw(read) {
    this.now = read;
  }

  p(id) {
    return this.earlier?.(id) ?? null;
  }
}

// Sets the outline `element` to where a bar ended before; hides it where that is not known.
export function outline(element, p) {
  element.hidden = p === null || p === undefined;
  if (!element.hidden) element.style.width = `${100 * p}%`;
}
