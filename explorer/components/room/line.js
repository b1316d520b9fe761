// The line to a room: who this browser is in it, what it was told last, and what it says. One a page, whatever is drawn.
// The secret lies in this browser's own storage and travels in a header: no other page and no other site can send it.

const PLACE = "sesame-room";
const SILENT_MS = 40_000; // the server says something every 15 s
const LEADS = ".lead";
const FREE = ".free";

const random = () => [...crypto.getRandomValues(new Uint8Array(12))].map((n) => n.toString(16).padStart(2, "0")).join("");

function kept(storage, name, make) {
  try {
    const found = storage.getItem(name) ?? make();
    if (found) storage.setItem(name, found);
    return found;
  } catch {
    return make(); // a browser that keeps nothing: the room lasts as long as the page
  }
}

class Line {
  constructor() {
    this.tab = kept(sessionStorage, "sesame-tab", random); // which tab leads, who has typed wrong codes; gone with it
    this.me = JSON.parse(kept(localStorage, PLACE, () => "") || "null");
    this.lang = "zh";
    this.told = null; // what the server says of the room
    this.state = "out"; // out · joining · in · lost · gone
    this.problem = ""; // what was refused, in the reader's language
    this.arrived = -1; // the teacher's move that this page shows
    this.listeners = new Set();
    this.tries = 0;
    this.hurry = () => {};
    window.addEventListener("online", () => this.hurry());
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) return;
      this.hurry();
      this.changed();
    });
  }

  listen(listener) {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  changed() {
    for (const listener of [...this.listeners]) listener();
  }

  async open() {
    return this.enter("open", {});
  }

  async join(code) {
    const known = this.me?.code === code ? this.me.secret : "";
    return this.enter(`${encodeURIComponent(code)}/join`, {secret: known});
  }

  async enter(where, body) {
    this.state = "joining";
    this.problem = "";
    this.changed();
    const answer = await this.post(where, body);
    if (!answer) {
      this.state = this.unreachable ? "lost" : "out";
      this.changed();
      return false;
    }
    this.me = {code: answer.code, secret: answer.secret, leads: where === "open" || answer.leads};
    this.keep();
    this.state = "in";
    this.told = null;
    this.arrived = -1;
    this.hears();
    this.changed();
    return true;
  }

  keep() {
    const path = new URL("./", document.baseURI).pathname;
    const role = this.me?.leads ? LEADS : this.told && !this.told.follows ? FREE : "";
    const value = this.me ? `${this.me.code}${role}; max-age=10800` : "; max-age=0";
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is for HTTPS only, a class's server speaks HTTP
    document.cookie = `sesame_room=${value}; path=${path}; samesite=strict`;
    try {
      if (this.me) localStorage.setItem(PLACE, JSON.stringify(this.me));
      else localStorage.removeItem(PLACE);
    } catch {
      // a browser that keeps nothing
    }
  }

  headers() {
    const own = {"sesame-tab": this.tab, "sesame-browser": this.tab, "sesame-lang": this.lang};
    return this.me ? {...own, "sesame-secret": this.me.secret} : own;
  }

  address(where) {
    return new URL(`room/${where}`, document.baseURI);
  }

  // The answer, {} for one without words, null where it was refused (`problem` says why) or nobody answered.
  async post(where, body) {
    this.unreachable = false;
    let answer;
    try {
      answer = await fetch(this.address(where), {method: "POST", headers: this.headers(), body: JSON.stringify(body)});
    } catch {
      this.unreachable = true;
      return null;
    }
    if (answer.status === 204) return {};
    const said = await answer.json().catch(() => ({}));
    if (answer.ok) return said;
    this.problem = said.text ?? "";
    this.refused = said.error ?? "";
    return null;
  }

  async say(verb, body = {}) {
    if (!this.me) return null;
    this.problem = "";
    const answer = await this.post(`${this.me.code}/${verb}`, body);
    if (!answer) this.changed();
    return answer;
  }

  async follow(follows) {
    if (this.told) this.told.follows = follows;
    if (follows) this.arrived = -1;
    this.keep();
    this.changed();
    await this.say("follow", {follows});
  }

  // Out of the room: by one's own choice, or because it is gone.
  async leave(gone = false) {
    const verb = this.me?.leads ? "close" : "leave";
    if (!gone && this.me && !(await this.say(verb)) && this.unreachable) return;
    this.stop?.();
    this.me = null;
    this.told = null;
    this.state = gone ? "gone" : "out";
    this.keep();
    this.changed();
  }

  // Listens until the room is left; begins again, later each time, when the line breaks.
  async hears() {
    this.stop?.();
    const ends = new AbortController();
    let over = false;
    this.stop = () => {
      over = true;
      ends.abort();
    };
    while (!over) {
      const ended = await this.hear(ends.signal).catch(() => "");
      if (over) return;
      if (ended === "gone") return this.leave(true);
      this.state = "lost";
      this.changed();
      const pause = Math.min(400 * 2 ** this.tries++, 8000) * (0.5 + Math.random());
      await new Promise((go) => {
        this.hurry = () => go(undefined);
        setTimeout(go, pause);
      });
    }
  }

  async hear(signal) {
    const silence = new AbortController();
    let timer = 0;
    const awake = () => {
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), SILENT_MS);
    };
    awake();
    try {
      const any = AbortSignal.any ? AbortSignal.any([signal, silence.signal]) : signal;
      const answer = await fetch(this.address(`${this.me.code}/events`), {headers: this.headers(), cache: "no-store", signal: any});
      if (!answer.ok) {
        const said = await answer.json().catch(() => ({}));
        this.problem = said.text ?? "";
        return ["room_unknown", "room_not_member"].includes(said.error) ? "gone" : "";
      }
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      let rest = "";
      for (;;) {
        const {value, done} = await reader.read();
        if (done) return "";
        awake();
        const parts = (rest + value.replaceAll("\r", "")).split("\n\n");
        rest = parts.pop() ?? "";
        for (const part of parts) if (this.heard(part) === "gone") return "gone";
      }
    } finally {
      clearTimeout(timer);
    }
  }

  heard(part) {
    const lines = part.split("\n");
    if (lines.some((line) => line === "event: gone")) return "gone";
    const data = lines.filter((line) => line.startsWith("data: ")).map((line) => line.slice(6)).join("\n");
    if (!data) return "";
    this.tries = 0;
    this.state = "in";
    this.told = JSON.parse(data);
    this.changed();
    return "";
  }
}

export function line() {
  window.__sesameRoom ??= new Line();
  return window.__sesameRoom;
}
