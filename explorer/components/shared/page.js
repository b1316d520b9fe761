// What the figures of one page share lies on its window: each figure's script is a bundle of its own.

/** @returns {NonNullable<Window["__sesame"]>} */
export function shared() {
  return (window.__sesame ??= {figures: {}, vocabularies: new Map()});
}
