// What is wrong with a page, as far as it can be told without eyes. Read by look.py; returns a list of sentences.
// Looks through shadow roots. A text is cut where its box hides what is wider than the box; a glyph is missing where a
// character is drawn exactly as one that no font can have. A letter in a drawing is as large as the drawing's scale makes
// it.

() => {
  const found = [];
  const all = [];
  const walk = (root) => {
    for (const e of root.querySelectorAll("*")) {
      all.push(e);
      if (e.shadowRoot) walk(e.shadowRoot);
    }
  };
  walk(document);

  const main = document.querySelector('[data-testid="stMain"]');
  for (const [name, e] of Object.entries({page: document.documentElement, main}))
    if (e && e.scrollWidth > e.clientWidth + 1) found.push(`${name} scrolls sideways: ${e.scrollWidth} in ${e.clientWidth}`);

  const hidden = (e) => e.closest(".unseen, [hidden], [aria-hidden='true'], .tip, [role='tooltip']");
  const own = (e) => [...e.childNodes].filter((n) => n.nodeType === 3).map((n) => n.data).join("").trim();
  const cut = (e) => {
    for (let x = e, n = 0; x && n < 3; x = x.parentElement, n++) {
      const hides = /hidden|clip/.test(getComputedStyle(x).overflowX);
      if (hides && x.clientWidth && x.scrollWidth > x.clientWidth + 1 && x.innerText === e.innerText) return x;
    }
    return null;
  };

  const SMALLEST = 13; // px
  const scale = (e) => {
    const matrix = e instanceof SVGGraphicsElement && e.getScreenCTM();
    return matrix ? Math.hypot(matrix.c, matrix.d) : 1;
  };
  const large = (e, style) => parseFloat(style.fontSize) * scale(e);

  const fonts = new Map(); // family → characters
  for (const e of all) {
    const said = own(e);
    if (!said || hidden(e) || ["SCRIPT", "STYLE", "TITLE", "NOSCRIPT"].includes(e.tagName)) continue;
    const rect = e.getBoundingClientRect();
    const style = getComputedStyle(e);
    if (rect.width < 2 || rect.height < 2 || style.visibility === "hidden" || style.opacity === "0") continue;
    const drawing = e.closest("svg");
    if (drawing) {
      const frame = drawing.getBoundingClientRect();
      const inside = rect.left > frame.left - 3 && rect.right < frame.right + 3 && rect.top > frame.top - 3 && rect.bottom < frame.bottom + 3;
      if (!inside) found.push(`outside its drawing: "${said.slice(0, 40)}"`);
    } else {
      const by = cut(e);
      if (by) found.push(`cut: "${said.slice(0, 40)}" (${by.scrollWidth} in ${by.clientWidth})`);
    }
    if (large(e, style) < SMALLEST - 0.1) found.push(`small: "${said.slice(0, 40)}" (${large(e, style).toFixed(1)} px)`);
    if (/\[\[|\]\]|\*\*/.test(said) && !e.closest("code, pre")) found.push(`markup is left: "${said.slice(0, 60)}"`);
    const family = style.fontFamily;
    if (!fonts.has(family)) fonts.set(family, new Set());
    for (const c of said) if (c > " ") fonts.get(family).add(c);
  }

  const canvas = Object.assign(document.createElement("canvas"), {width: 40, height: 40});
  const context = canvas.getContext("2d", {willReadFrequently: true});
  const bitmap = (c, family) => {
    context.clearRect(0, 0, 40, 40);
    context.font = `24px ${family}`;
    context.fillText(c, 4, 30);
    return context.getImageData(0, 0, 40, 40).data.join();
  };
  const checked = (window.__glyphs ??= new Map());
  for (const [family, characters] of fonts) {
    const missing = bitmap("\u{10fffe}", family);
    for (const c of characters) {
      // biome-ignore lint/suspicious/noMisleadingCharacterClass: joiners and selectors have no glyph of their own
      if (/[\u200b-\u200f\ufe0e\ufe0f\u2060]/u.test(c)) continue;
      const key = family + c;
      if (!checked.has(key)) checked.set(key, bitmap(c, family) !== missing);
      if (!checked.get(key)) found.push(`no glyph for ${c} (U+${c.codePointAt(0).toString(16)})`);
    }
  }
  return [...new Set(found)];
}
