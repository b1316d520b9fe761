// Numbers and templates as readers see them. Knows no DOM.

export function percent(p) {
  if (p === 0) return "0 %";
  if (p < 0.001) return "< 0.1 %";
  if (p > 0.9995 && p < 1) return "> 99.9 %";
  return (100 * p).toFixed(1) + " %";
}

export function grouped(n) {
  return String(n).replace(/\B(?=(\d{3})+$)/g, ",");
}

// A number with a true minus sign; what is rounded to nought has none.
export function signed(x, digits = 2) {
  const written = Math.abs(x).toFixed(digits);
  return (x < 0 && Number(written) > 0 ? "−" : "") + written;
}

// "{word}: {p}" with values; unknown names stay as they are.
export function fill(template, values) {
  return template.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

// The same, cut into pieces {text} and {name, text}, for places where a value gets its own element.
export function pieces(template, values) {
  return template.split(/(\{\w+\})/).filter(Boolean).map((part) => {
    const name = /^\{(\w+)\}$/.exec(part)?.[1];
    return name && name in values ? {name, text: String(values[name])} : {text: part};
  });
}

// A token of a vocabulary as bars and lists name it (explorer/views/vocabulary.py): a blank that belongs to it is seen.
export function label(token) {
  return /^[Ġ▁]./u.test(token) ? `␣${token.slice(1)}` : token;
}

// A token as it can be seen: blanks and control characters get a picture.
export function visible(text) {
  if (text === "") return "∅";
  if (/^\s+$/.test(text)) return [...text].map((c) => ({"\n": "⏎", "\t": "⇥"})[c] ?? "␣").join("");
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, "▯");
}
