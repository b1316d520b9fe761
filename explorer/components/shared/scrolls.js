import {h} from "./dom.js";

// A box that scrolls sideways and says so: its edge fades where there is more behind it, and screen readers hear it.

export class Scrolls {
  /** @param {Element} content */
  constructor(content) {
    this.element = h("div", {class: "scrolls", role: "region", tabindex: 0}, content);
    this.look = () => {
      const {scrollLeft, scrollWidth, clientWidth} = this.element;
      this.element.toggleAttribute("data-left", scrollLeft > 1);
      this.element.toggleAttribute("data-right", scrollLeft + clientWidth < scrollWidth - 1);
    };
    this.element.addEventListener("scroll", this.look, {passive: true});
    this.watcher = new ResizeObserver(this.look);
    this.watcher.observe(this.element);
    this.watcher.observe(content);
  }

  /** @param {string} words */
  label(words) {
    this.element.setAttribute("aria-label", words);
  }

  stop() {
    this.watcher.disconnect();
  }
}
