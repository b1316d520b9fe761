// Light or dark, read from the page's own background; colours as numbers for what is drawn and exported.

export function applyTheme(root) {
  const background = getComputedStyle(root).getPropertyValue("--st-background-color").trim() || "white";
  root.dataset.theme = luminance(background) < 0.4 ? "dark" : "light";
}

/** @type {CanvasRenderingContext2D | null} */
let pixel = null;

// Drawing one pixel understands every colour syntax the browser does.
export function rgb(colour) {
  pixel ??= Object.assign(document.createElement("canvas"), {width: 1, height: 1}).getContext("2d", {willReadFrequently: true});
  pixel.clearRect(0, 0, 1, 1);
  pixel.fillStyle = colour;
  pixel.fillRect(0, 0, 1, 1);
  return [...pixel.getImageData(0, 0, 1, 1).data.slice(0, 3)];
}

function luminance(colour) {
  const [r, g, b] = rgb(colour).map((c) => c / 255);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

// The colours of LOOK as they are now, by name without the dashes.
export function palette(root) {
  const style = getComputedStyle(root);
  const names = ["paper", "card", "ink", "soft", "line", "mask", "mask-soft", "on-mask", "model", "model-soft", "truth",
    "second", "track", "removed"];
  return Object.fromEntries(names.map((name) => [name.replace("-", "_"), style.getPropertyValue("--" + name).trim()]));
}
