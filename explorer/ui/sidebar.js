// What the sidebar does for the whole page.
// On a phone it makes room again after a choice of a page, as the reader's tap meant it; and it gives the framework's own
// names for screen readers in the page's language.

const NARROW = "(max-width: 768px)"; // where Streamlit lays the sidebar over the page
const HELP_FOR = "Help for ";

export default function ({ data }) {
  closeAfterAChoice();
  const listens = window.__sesameNames !== undefined;
  window.__sesameNames = { ...data, said: JSON.parse(data.said) };
  speak();
  if (listens) return;
  let waiting = 0;
  new MutationObserver(() => {
    if (waiting) return;
    waiting = window.setTimeout(() => {
      waiting = 0;
      speak();
    }, 200);
  }).observe(document.body, { childList: true, subtree: true });
}

function closeAfterAChoice() {
  const sidebar = document.querySelector('[data-testid="stSidebar"]');
  if (!(sidebar instanceof HTMLElement) || sidebar.dataset.sesameCloses) return;
  sidebar.dataset.sesameCloses = "true";
  sidebar.addEventListener("click", (event) => {
    if (!(event.target instanceof Element) || !event.target.closest("a[href]")) return;
    if (!window.matchMedia(NARROW).matches) return;
    const close = sidebar.querySelector('[data-testid="stSidebarCollapseButton"] button');
    if (close instanceof HTMLElement) close.click();
  });
}

// The framework speaks English; what it said first is kept, for a reader who changes the language.
function speak() {
  const names = window.__sesameNames;
  if (!names) return;
  const skip = document.querySelector('[data-testid="stSkipToContent"]');
  if (skip && skip.textContent !== names.skip) skip.textContent = names.skip;
  name(document.querySelector('[data-testid="stSidebar"]'), names.sidebar);
  for (const help of document.querySelectorAll(`[aria-label^="${HELP_FOR}"], [data-sesame-help]`)) {
    const said = help.getAttribute("aria-label") ?? "";
    if (said.startsWith(HELP_FOR)) help.setAttribute("data-sesame-help", said.slice(HELP_FOR.length));
    name(help, names.help.replace("{name}", help.getAttribute("data-sesame-help") ?? ""));
  }
  for (const attribute of ["aria-label", "placeholder", "title"]) translate(attribute, names.said);
  for (const place of document.querySelectorAll('[data-testid="stTooltipContent"], [role="dialog"]')) {
    const texts = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const words = names.said[texts.currentNode.nodeValue?.trim() ?? ""];
      if (words && words !== texts.currentNode.nodeValue) texts.currentNode.nodeValue = words;
    }
  }
}

// What an attribute said in English is kept beside it, and counts as long as it holds the words put there.
function translate(attribute, said) {
  for (const element of document.querySelectorAll(`[${attribute}]`)) {
    const now = element.getAttribute(attribute) ?? "";
    const kept = `data-sesame-${attribute}`;
    const [english, put] = (element.getAttribute(kept) ?? "|").split("|");
    const source = put && put === now ? english : now;
    const words = said[source];
    if (words === undefined || (words === now && source === now)) continue;
    element.setAttribute(kept, `${source}|${words}`);
    if (words !== now) element.setAttribute(attribute, words);
  }
}

function name(element, words) {
  if (element && element.getAttribute("aria-label") !== words) element.setAttribute("aria-label", words);
}
