// One step of the browser's history for a page that is opened. Streamlit makes two of it: the page's bare address, and
// the address with its state; going back to the bare one leads nowhere, because the page writes its state again. Or, if
// the state comes before the page has been turned: the page before with the state of the new one, then the new one.
// An address is bare as well where no page of ours has written it (those name their version): a link to a tool, say, or
// what belongs to no page's state (explorer/ui/state.py).

const TURNS_MS = 1000;
export const BESIDE = ["lang", "teacher", "tour", "room", "plan"];

export function oneStepAPage() {
  if (window.__sesameSteps) return;
  window.__sesameSteps = true;
  const push = history.pushState.bind(history);
  const own = (search) => [...new URLSearchParams(search).keys()].some((name) => !BESIDE.includes(name));
  const written = (search) => new URLSearchParams(search).has("v");
  // the last state written to a standing page; over a bare address, and which?
  let early = {search: "", at: -Infinity, over: false, was: ""};
  history.pushState = (state, unused, address) => {
    const here = document.location;
    const to = new URL(address ?? "", here.href);
    const same = to.pathname === here.pathname;
    const bare = same && !written(here.search) && (own(to.search) || (!here.search && to.search !== ""));
    const turned = !same && to.search !== "" && to.search === early.search && performance.now() - early.at < TURNS_MS;
    if (same) early = {search: to.search, at: performance.now(), over: bare, was: here.search};
    if (turned && early.over) history.replaceState(state, unused, here.pathname + early.was); // it was another page's
    if (bare || (turned && !early.over)) history.replaceState(state, unused, address);
    else push(state, unused, address);
  };
}
