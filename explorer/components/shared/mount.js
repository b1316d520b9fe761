import {bring, here, Lost} from "./far.js";
import {Outbox} from "./outbox.js";
import {unpack} from "./packing.js";
import {learn, recall} from "./said.js";
import {oneStepAPage} from "./steps.js";
import {applyTheme} from "./theme.js";

// Ties a view (an object with update(header, arrays) and destroy()) to Streamlit's life cycle.
// Streamlit imports the module anew for every payload and calls it with the same parentElement. Imports of a module that
// is still being fetched come back in any order (in Chromium): the call for an older payload may come last, and its
// clean-up follows at once, before any timer. So a call draws only when it still stands after that; what it has to tell
// is kept at once, since later payloads name it only.

const VIEWS = new WeakMap();

// Once a page: tells the server that the page stands on the screen, so that it may begin to load a model. The page
// stands when nothing has been drawn for a while: its strip often comes before its bars.
const STANDS_MS = 1000;
const MOST_PATIENCE_MS = 8000;

function tellPainted() {
  if (window.__sesamePainted === true) return;
  clearTimeout(window.__sesamePainted);
  window.__sesamePainted = setTimeout(() => {
    window.__sesamePainted = true;
    navigator.sendBeacon(new URL("painted", document.baseURI));
  }, STANDS_MS);
}

// Draws what a run has sent. Arrays that lie at an address are awaited, the figure standing as it was meanwhile; those
// for later come when the figure asks for them. When one is lost there (the server was started anew, or had no more
// room), the page is asked to run again: what waits for a later one then waits for the next update.
function draw({header, arrays}, entry, turn) {
  const lost = (error) => {
    if (!(error instanceof Lost)) throw error;
    if (entry.turn !== turn) return;
    setTimeout(() => {
      if (entry.turn !== turn) return;
      entry.outbox.say(entry.send, "lost", {});
      lost(error); // until an answer comes
    }, entry.patience);
    entry.patience = Math.min(2 * entry.patience + 250, MOST_PATIENCE_MS);
  };
  if (!recall(header, arrays)) return lost(new Lost("said"));
  entry.outbox.heard(header.n ?? 0);
  const far = header.far ?? [];
  const now = far.filter(({later}) => !later);
  const later = (name) => new Promise((resolve) => {
    const at = far.find((one) => one.name === name);
    if (!at) resolve(arrays[name]);
    else bring(at).then((array) => entry.turn === turn && resolve(array)).catch(lost);
  });
  const fill = (found) => {
    if (entry.turn !== turn) return;
    now.forEach(({name}, i) => (arrays[name] = found[i]));
    entry.view ??= entry.create(entry.root, (event, value) => entry.outbox.say(entry.send, event, value));
    entry.root.lang = header.lang;
    entry.root.dataset.key = header.key;
    entry.root.removeAttribute("aria-busy");
    applyTheme(entry.root);
    entry.view.update(header, arrays, later);
    entry.root.dataset.ready = String(turn);
    tellPainted();
  };
  const found = now.map(here);
  if (found.every(Boolean)) return fill(found);
  entry.root.setAttribute("aria-busy", "true");
  Promise.all(now.map(bring)).then(fill).catch(lost);
}

// Draws a call that stands; gives what takes the view away, unless a newer call has drawn since.
function show(component, told, create) {
  const host = component.parentElement;
  let entry = VIEWS.get(host);
  if (!entry) {
    for (const child of [...host.children]) if (child.classList.contains("sesame")) child.remove();
    const root = document.createElement("div");
    root.className = "sesame";
    host.append(root);
    entry = {root, create, view: null, turn: 0, send: null, outbox: new Outbox(), patience: 0};
    VIEWS.set(host, entry);
  }
  const turn = ++entry.turn;
  entry.send = component.setTriggerValue;
  draw(told, entry, turn);
  return () => {
    if (entry.turn !== turn) return;
    entry.turn = -1;
    entry.view?.destroy();
    entry.root.remove();
    VIEWS.delete(host);
  };
}

export function mount(component, create) {
  oneStepAPage();
  const told = unpack(component.data);
  learn(told.header, told.arrays);
  let leave = () => {};
  const stands = setTimeout(() => (leave = show(component, told, create)));
  return () => {
    clearTimeout(stands);
    leave();
  };
}
