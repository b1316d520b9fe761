// Texts by their characters. Python counts characters, JavaScript counts halves of those beyond U+FFFF.

// Python's place in a text as JavaScript's.
export function placeOf(text, characters) {
  let at = 0;
  for (let n = 0; n < characters && at < text.length; n++) at += text.codePointAt(at) > 0xffff ? 2 : 1;
  return at;
}
