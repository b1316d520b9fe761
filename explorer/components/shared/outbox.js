// What a figure has told the server, until an answer shows that it was heard.
// While the server is busy Streamlit keeps one message a figure for it: a newer one takes the older one's place. So each
// message brings the unheard ones along, and the server passes over what it knows (explorer/components/events.py).

const MOST = 40; // unheard events; a reader who does more while nothing answers has lost the oldest

export class Outbox {
  constructor() {
    /** @type {{event: string, value: {n: number, [name: string]: any}}[]} */
    this.unheard = [];
  }

  /**
   * Says `event` with `trigger(event, value)`, and again what may not have been heard; the newest kind last.
   * @param {(event: string, value: object) => void} trigger
   * @param {string} event
   * @param {{n?: number, [name: string]: any}} value
   */
  say(trigger, event, value) {
    if (value.n === undefined) {
      this.again(trigger);
      trigger(event, value);
      return;
    }
    this.unheard = [...this.unheard, {event, value: {...value, n: value.n}}].slice(-MOST);
    this.again(trigger);
  }

  /** @param {(event: string, value: object) => void} trigger */
  again(trigger) {
    /** @type {Map<string, object[]>} */
    const kinds = new Map();
    for (const {event, value} of this.unheard) {
      const values = kinds.get(event) ?? [];
      kinds.delete(event);
      kinds.set(event, [...values, value]);
    }
    for (const [event, values] of kinds) {
      const earlier = values.slice(0, -1);
      trigger(event, {...values.at(-1), ...(earlier.length ? {earlier} : {})});
    }
  }

  /**
   * An answer that knows every event up to `n` has come.
   * @param {number} n
   */
  heard(n) {
    this.unheard = this.unheard.filter(({value}) => value.n > n);
  }
}
