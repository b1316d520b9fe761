import {h} from "./dom.js";

// One small note beside an element, kept inside the window. Shown and hidden by its owner.

const GAP = 8;

export class Tooltip {
  constructor(root) {
    this.element = h("div", {class: "tip", role: "tooltip", id: "tip", popover: "manual"});
    root.append(this.element);
  }

  // rect: where the thing is, in window coordinates; lines: nodes.
  show(rect, lines) {
    this.element.replaceChildren(...lines);
    if (!this.element.matches(":popover-open")) this.element.showPopover();
    const own = this.element.getBoundingClientRect();
    const width = document.documentElement.clientWidth;
    const left = Math.min(Math.max(GAP, rect.left + rect.width / 2 - own.width / 2), width - own.width - GAP);
    const above = rect.top - own.height - GAP;
    this.element.style.left = `${Math.max(GAP, left)}px`;
    this.element.style.top = `${above >= GAP ? above : rect.bottom + GAP}px`;
  }

  hide() {
    if (this.element.matches(":popover-open")) this.element.hidePopover();
  }
}
