import {h} from "./dom.js";

const STEPS = {ArrowRight: 1, ArrowLeft: -1, ArrowDown: 1, ArrowUp: -1};

// A segmented control: a row of buttons of which one is chosen, by a click or with the arrow keys. Its owner says which.
export class Segments {
  /**
   * @param {string} name
   * @param {string[]} options
   * @param {(value: string) => void} pick called with every option the reader goes to
   */
  constructor(name, options, pick) {
    this.buttons = options.map((value) => h("button", {type: "button", role: "radio", "data-value": value}));
    this.element = h("div", {class: "seg", role: "radiogroup", "data-group": name}, ...this.buttons);
    for (const button of this.buttons) button.addEventListener("click", () => pick(button.dataset.value));
    this.element.addEventListener("keydown", (event) => {
      const step = STEPS[event.key];
      if (!step) return;
      event.preventDefault();
      const next = this.buttons.at((this.buttons.indexOf(event.target) + step) % this.buttons.length);
      next.focus();
      pick(next.dataset.value);
    });
  }

  /**
   * @param {string | undefined} name of the whole, for screen readers
   * @param {Record<string, string>} labels by option
   */
  label(name, labels) {
    if (name) this.element.setAttribute("aria-label", name);
    for (const button of this.buttons) button.textContent = labels[button.dataset.value];
  }

  /** @param {string} chosen */
  show(chosen) {
    for (const button of this.buttons) {
      const on = button.dataset.value === chosen;
      button.setAttribute("aria-checked", String(on));
      button.tabIndex = on ? 0 : -1;
    }
  }
}
