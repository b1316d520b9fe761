import {signed} from "../shared/format.js";

// Shapes of the senses and numbers in cells, as the screen and the saved picture have them.

export const SHAPES = ["circle", "square", "triangle", "diamond"];
export const NUMBERED = 16; // points up to which a cell holds its number

export function short(value) {
  return signed(value).replace(/^(−?)0\./, "$1.");
}

export function shape(context, kind, x, y, r) {
  context.beginPath();
  if (kind === "circle") context.arc(x, y, r, 0, 2 * Math.PI);
  else if (kind === "square") context.rect(x - r * 0.9, y - r * 0.9, r * 1.8, r * 1.8);
  else {
    const corners = kind === "triangle" ? 3 : 4;
    for (let k = 0; k < corners; k++) {
      const angle = -Math.PI / 2 + (2 * Math.PI * k) / corners;
      context.lineTo(x + 1.2 * r * Math.cos(angle), y + 1.2 * r * Math.sin(angle));
    }
    context.closePath();
  }
  context.fill();
}
