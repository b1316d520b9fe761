// Numbers the gestures of one component.
// While a gesture is on its way, payloads that answer an older one must not undo what the reader sees; if no answer comes
// in time, the last payload is applied after all.

const PATIENCE_MS = 4000;

export class Echo {
  /** @param {(() => void) | null} apply what to do when no answer has come in time; null: wait as long as it takes */
  constructor(apply) {
    this.apply = apply;
    this.n = 0;
    this.open = false;
    /** @type {number | undefined} */
    this.timer = undefined;
  }

  next() {
    this.n += 1;
    this.open = true;
    clearTimeout(this.timer);
    if (this.apply) {
      this.timer = setTimeout(() => {
        this.open = false;
        this.apply();
      }, PATIENCE_MS);
    }
    return this.n;
  }

  /**
   * True when the payload that carries `seen` knows every gesture made here.
   * @param {number} seen
   */
  settles(seen) {
    if (this.open && seen < this.n) return false;
    this.forget();
    this.n = Math.max(this.n, seen);
    return true;
  }

  // No answer is waited for any more: the next payload counts, whatever it knows.
  forget() {
    this.stop();
    this.open = false;
  }

  stop() {
    clearTimeout(this.timer);
  }
}
