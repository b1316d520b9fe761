// On a phone the sidebar lies over the page: after a choice of a page it makes room again, as the reader's tap meant it.

const NARROW = "(max-width: 768px)"; // where Streamlit lays the sidebar over the page

export default function () {
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
