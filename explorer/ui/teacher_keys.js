// The teacher's keys: 1 to 9 take the cards of the page's presets, B blanks the screen until any key is pressed. They do
// nothing while something is being typed, or together with Ctrl, Alt or ⌘.

const WRITES = "input, textarea, select, [contenteditable]";

export default function ({ data }) {
  window.__sesameKeys?.();
  /** @type {HTMLElement | null} */
  let dark = null;
  const light = () => {
    dark?.remove();
    dark = null;
  };
  /** @param {KeyboardEvent} event */
  const pressed = (event) => {
    const at = event.composedPath()[0];
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.isComposing || event.keyCode === 229) return;
    if (at instanceof Element && at.matches(WRITES)) return;
    if (dark) {
      event.preventDefault();
      light();
    } else if (event.key.toLowerCase() === "b") {
      event.preventDefault();
      dark = blank(data);
      dark.addEventListener("click", light);
    } else if (/^[1-9]$/.test(event.key)) card(Number(event.key));
  };
  document.addEventListener("keydown", pressed);
  window.__sesameKeys = () => {
    light();
    document.removeEventListener("keydown", pressed);
  };
  return () => window.__sesameKeys?.();
}

function blank({ dark, lang }) {
  const sheet = document.createElement("div");
  sheet.dataset.sesameDark = "";
  sheet.setAttribute("role", "status");
  sheet.lang = lang;
  sheet.setAttribute("aria-label", dark);
  sheet.style.cssText = "position:fixed;inset:0;z-index:2147483000;background:black";
  document.body.append(sheet);
  return sheet;
}

function card(n) {
  for (const host of document.querySelectorAll("div")) {
    const cards = host.shadowRoot?.querySelectorAll('.sesame[data-key$="-presets"] button[data-card]');
    if (cards?.length) {
      const wanted = cards[n - 1];
      if (wanted instanceof HTMLElement) wanted.click();
      return;
    }
  }
}
