// Small DOM helpers. Texts only ever become text nodes; every run of text carries the language of its script.

export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "class") element.className = value;
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

const HAN = /\p{Script=Han}/u;
const KANA = /[\p{Script=Hiragana}\p{Script=Katakana}]/u;

// 汉字 → zh-CN, kana → ja, anything else → the interface language unless that is Chinese, then English.
export function langOf(text, interfaceLang) {
  if (KANA.test(text)) return "ja";
  if (HAN.test(text)) return "zh-CN";
  return interfaceLang === "zh-CN" ? "en" : interfaceLang;
}

// The text node is kept: were it replaced under the pointer, Chromium would miss that the pointer leaves.
export function setToken(element, text, interfaceLang) {
  if (!element.firstChild) element.append("");
  if (element.firstChild.data !== text) element.firstChild.data = text;
  element.lang = langOf(text, interfaceLang);
  element.dir = "auto";
  return element;
}

export const reducedMotion = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
