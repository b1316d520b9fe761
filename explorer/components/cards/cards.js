import {h, setToken} from "../shared/dom.js";
import {mount} from "../shared/mount.js";

// Cards to pick from. Each is one button; a pick is sent at once.

class Cards {
  constructor(root, send) {
    this.send = send;
    this.n = 0;
    this.list = h("ul", {class: "cards"});
    root.append(this.list);
  }

  update(header) {
    this.n = Math.max(this.n, header.n);
    this.list.setAttribute("aria-label", header.label);
    this.list.replaceChildren(...header.cards.map((card) => {
      const button = h("button", {type: "button", "data-card": card.id},
        setToken(h("b"), card.title, header.lang), setToken(h("span"), card.text, header.lang));
      button.addEventListener("click", () => this.send("pick", {id: card.id, n: ++this.n}));
      return h("li", {}, button);
    }));
  }

  destroy() {}
}

export default function (component) {
  return mount(component, (root, send) => new Cards(root, send));
}
