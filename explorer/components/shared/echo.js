// Numbers the gestures of one component. While a gesture is on its way, payloads that answer an older one must not undo
// what the reader sees; if no answer comes in time, the last payload is applied after all.

const PATIENCE_MS = 4000;

export class Echo {
  constructor(apply) {
    this.apply = apply;
    this.n = 0;
    this.waiting = null;
  }

  next() {
    this.n += 1;
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => {
      this.waiting = null;
      this.apply();
    }, PATIENCE_MS);
    return this.n;
  }

  // True when the payload that carries `seen` knows every gesture made here.
  settles(seen) {
    if (this.waiting !== null && seen < this.n) return false;
    clearTimeout(this.waiting);
    this.waiting = null;
    this.n = Math.max(this.n, seen);
    return true;
  }

  stop() {
    clearTimeout(this.waiting);
  }
}
