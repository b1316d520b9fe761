import {h} from "./dom.js";

// A named range input. Speaks on every movement (live) and once when let go (done); a double click sets it back.
// scale: {low, high, step, read(position) → value, place(value) → position}.

export class Dial {
  constructor({name, scale, home, label, reset, live, done}) {
    this.scale = scale;
    this.home = home;
    this.label = label;
    this.live = live;
    this.done = done;
    this.name = h("span", {id: `dial-${name}`});
    this.back = h("button", {type: "button", "aria-label": reset, title: reset}, "↺");
    this.input = h("input", {type: "range", min: scale.low, max: scale.high, step: scale.step, "data-dial": name, "aria-labelledby": `dial-${name}`});
    this.element = h("div", {class: "dial"}, h("span", {class: "name"}, this.name, this.back), this.input);
    this.input.addEventListener("input", () => this.moved(scale.read(Number(this.input.value))));
    this.input.addEventListener("change", () => this.done());
    for (const [target, event] of [[this.input, "dblclick"], [this.back, "click"]]) {
      target.addEventListener(event, () => {
        this.set(this.home);
        this.live(this.home);
        this.done();
        this.input.focus({focusVisible: false});
      });
    }
  }

  moved(value) {
    this.value = value;
    this.tell();
    this.live(value);
  }

  set(value) {
    this.value = value;
    this.input.value = String(this.scale.place(value));
    this.tell();
  }

  tell() {
    this.name.textContent = this.label(this.value);
    this.input.setAttribute("aria-valuetext", this.label(this.value));
    this.back.hidden = this.value === this.home;
  }
}

// Steps of equal ratio on either side of 1, with 1 exactly on the grid.
export function ratioScale(least, most) {
  const below = 68;
  const above = 32;
  return {
    low: 0, high: below + above, step: 0.5,
    read: (at) => Number((at <= below ? least ** (1 - at / below) : most ** ((at - below) / above)).toFixed(2)),
    place: (value) => (value <= 1 ? below * (1 - Math.log(value) / Math.log(least)) : below + (above * Math.log(value)) / Math.log(most)),
  };
}

export function plainScale(low, high, step) {
  const digits = Math.max(0, -Math.floor(Math.log10(step)));
  return {low, high, step, read: (at) => Number(at.toFixed(digits)), place: (value) => value};
}
