import {LANGUAGES, OTHER} from "./palette.js";

// One fixed colour and one fixed shape a kind of token or language, the same in every figure of the chapter.
// The order is that of lab/types/languages.py: han, kana, en, fr, de, es, other.

const {zh, ja, en, fr, de, es} = LANGUAGES;
const COLOURS = [zh, ja, en, fr, de, es, OTHER];
const SHAPES = ["circle", "triangle", "square", "diamond", "cross", "down", "circle"];
const KIND_OF = {zh: 0, ja: 1, en: 2, fr: 3, de: 4, es: 5};

export function colourOf(kind) {
  return COLOURS[kind] ?? COLOURS[6];
}

export function kindOf(lang) {
  return KIND_OF[lang] ?? 6;
}

// The outline of a kind's mark around (x, y), as an SVG path; r is half its width.
export function markOf(kind, x, y, r) {
  const at = (dx, dy) => `${(x + dx * r).toFixed(2)} ${(y + dy * r).toFixed(2)}`;
  const closed = (...points) => `M${points.map(([dx, dy]) => at(dx, dy)).join("L")}Z`;
  switch (SHAPES[kind]) {
    case "square": return closed([-0.85, -0.85], [0.85, -0.85], [0.85, 0.85], [-0.85, 0.85]);
    case "triangle": return closed([0, -1.1], [1, 0.8], [-1, 0.8]);
    case "down": return closed([0, 1.1], [1, -0.8], [-1, -0.8]);
    case "diamond": return closed([0, -1.2], [1.2, 0], [0, 1.2], [-1.2, 0]);
    case "cross": return closed([-0.4, -1], [0.4, -1], [0.4, -0.4], [1, -0.4], [1, 0.4], [0.4, 0.4], [0.4, 1], [-0.4, 1], [-0.4, 0.4], [-1, 0.4], [-1, -0.4], [-0.4, -0.4]);
    default: return `M${at(-1, 0)}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0Z`;
  }
}
