// Builds SVG and CSV as text, from data. Knows XML and RFC 4180; escapes everything it is given.

export const FONTS = "'PingFang SC','Microsoft YaHei','Noto Sans CJK SC','Source Han Sans SC',system-ui,sans-serif";

// Characters XML 1.0 has no place for: controls, lone surrogates, two non-characters.
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu;

export function xml(text) {
  return String(text).replace(FORBIDDEN, "\ufffd").replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

export function tag(name, attributes, content = "") {
  const list = Object.entries(attributes).filter(([, value]) => value !== null && value !== undefined && value !== false);
  const text = list.map(([key, value]) => ` ${key}="${xml(typeof value === "number" ? Math.round(value * 100) / 100 : value)}"`);
  return content === "" ? `<${name}${text.join("")}/>` : `<${name}${text.join("")}>${content}</${name}>`;
}

export function text(x, y, content, attributes = {}) {
  return tag("text", {x, y, ...attributes}, xml(content));
}

// A whole document on the page's paper. `parts` are strings; the caption stands under the drawing.
export function picture(width, height, colours, title, caption, parts) {
  const lines = wrap(caption ?? "", width - 32, 13);
  const total = height + (lines.length ? 12 + 19 * lines.length : 0);
  const foot = lines.map((line, i) => text(16, height + 18 + 19 * i, line, {"font-size": 13, fill: colours.soft}));
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${Math.ceil(width)}" height="${Math.ceil(total)}" ` +
    `viewBox="0 0 ${Math.ceil(width)} ${Math.ceil(total)}" font-family="${FONTS}" font-size="16" fill="${xml(colours.ink)}">` +
    tag("title", {}, xml(title)) + tag("rect", {width: "100%", height: "100%", fill: colours.paper}) +
    parts.join("") + foot.join("") + "</svg>";
}

// A drawing for the page: its parts are strings made by the functions above, which escape what they are given.
export function drawing(width, height, parts) {
  const markup = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" aria-hidden="true">${parts.join("")}</svg>`;
  return document.importNode(new DOMParser().parseFromString(markup, "image/svg+xml").documentElement, true);
}

/** @type {CanvasRenderingContext2D | null} */
let ruler = null;

export function measure(content, size, weight = 400) {
  ruler ??= document.createElement("canvas").getContext("2d");
  ruler.font = `${weight} ${size}px ${FONTS}`;
  return ruler.measureText(content).width;
}

// Shortens to fit, with an ellipsis.
export function fitted(content, size, width) {
  if (measure(content, size) <= width) return content;
  const characters = [...content];
  while (characters.length > 1 && measure(characters.join("") + "…", size) > width) characters.pop();
  return characters.join("") + "…";
}

// Breaks at spaces and between 汉字.
export function wrap(content, width, size) {
  const lines = [];
  let line = "";
  for (const word of content.match(/\p{Script=Han}|[^\s\p{Script=Han}]+\s*|\s+/gu) ?? []) {
    if (line && measure(line + word.trimEnd(), size) > width) {
      lines.push(line.trimEnd());
      line = "";
    }
    line += word;
  }
  return line.trim() ? [...lines, line.trimEnd()] : lines;
}

// Rows of cells. A text that a spreadsheet would run as a formula gets an apostrophe; numbers stay numbers.
export function csvText(rows) {
  return rows.map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";
}

function cell(value) {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return String(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? "'" + value : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
