import {unpack} from "./packing.js";
import {applyTheme} from "./theme.js";

// Ties a view (an object with update(header, arrays) and destroy()) to Streamlit's life cycle.
// Streamlit calls the module again for every new payload with the same parentElement, and may call the clean-up of an
// overtaken call after a newer one has drawn: only the clean-up of the newest call may take the view away.

const VIEWS = new WeakMap();

// Once a page: tells the server that the page stands on the screen, so that it may begin to load a model. The page
// stands when nothing has been drawn for a while: its strip often comes before its bars.
const STANDS_MS = 1000;

function tellPainted() {
  if (window.__sesamePainted === true) return;
  clearTimeout(window.__sesamePainted);
  window.__sesamePainted = setTimeout(() => {
    window.__sesamePainted = true;
    navigator.sendBeacon(new URL("painted", document.baseURI));
  }, STANDS_MS);
}

export function mount(component, create) {
  const host = component.parentElement;
  let entry = VIEWS.get(host);
  if (!entry) {
    for (const child of [...host.children]) if (child.classList.contains("sesame")) child.remove();
    const root = document.createElement("div");
    root.className = "sesame";
    host.append(root);
    entry = {root, turn: 0, send: null};
    entry.view = create(root, (event, value) => entry.send(event, value));
    VIEWS.set(host, entry);
  }
  const turn = ++entry.turn;
  entry.send = component.setTriggerValue;
  const {header, arrays} = unpack(component.data);
  entry.root.lang = header.lang;
  entry.root.dataset.key = header.key;
  applyTheme(entry.root);
  entry.view.update(header, arrays);
  entry.root.dataset.ready = String(turn);
  tellPainted();
  return () => {
    if (entry.turn !== turn) return;
    entry.view.destroy();
    entry.root.remove();
    VIEWS.delete(host);
  };
}
