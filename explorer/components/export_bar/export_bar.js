import {fill} from "../shared/format.js";
import {h} from "../shared/dom.js";
import {palette} from "../shared/theme.js";
import {figures} from "../shared/registry.js";
import {mount} from "../shared/mount.js";
import {csvText, FONTS, tag, text, wrap} from "../shared/svg.js";

// Saves what is on the screen. Every figure draws itself as SVG from its data; the picture is made from that SVG.

const SCALE = 2;
const LONGEST_SIDE = 16000; // browsers refuse larger canvases
const GAP = 24;

class ExportBar {
  constructor(root) {
    this.root = root;
    this.buttons = ["png", "svg", "csv", "link"].map((kind) => {
      const button = h("button", {type: "button", "data-export": kind});
      button.addEventListener("click", () => this.run(kind));
      return button;
    });
    this.status = h("span", {role: "status"});
    this.address = h("input", {class: "address", type: "text", readonly: true, hidden: true});
    root.append(h("div", {class: "tools"}, ...this.buttons, this.status), this.address);
  }

  update({name, labels}) {
    this.name = name;
    this.labels = labels;
    for (const button of this.buttons) button.textContent = labels[button.dataset.export];
    this.address.setAttribute("aria-label", labels.link);
  }

  destroy() {}

  async run(kind) {
    this.address.hidden = true;
    this.status.textContent = "";
    try {
      this.status.textContent = kind === "link" ? await this.copyLink() : await this.save(kind);
    } catch (error) {
      this.status.textContent = fill(this.labels.failed, {reason: error.message});
    }
  }

  async save(kind) {
    const found = onScreen(this.labels);
    if (found.length === 0) return this.labels.nothing;
    const file = `open-sesame-${this.name}.${kind}`;
    if (kind === "csv") {
      download(file, new Blob(["\ufeff" + await tables(found)], {type: "text/csv;charset=utf-8"}));
    } else {
      const drawing = sheet(found, palette(this.root));
      download(file, kind === "svg" ? new Blob([drawing.svg], {type: "image/svg+xml"}) : await raster(drawing));
    }
    return fill(this.labels.saved, {name: file});
  }

  // On plain http the clipboard API is missing: try the old way, and if that fails, show the address to be copied.
  async copyLink() {
    const url = location.href;
    if (navigator.clipboard && window.isSecureContext) {
      try {
        await navigator.clipboard.writeText(url);
        return this.labels.copied;
      } catch { /* not allowed here: the old way may still be */ }
    }
    this.address.value = url;
    this.address.hidden = false;
    this.address.focus();
    this.address.select();
    if (!document.execCommand("copy")) return this.labels.copy_failed;
    this.address.hidden = true;
    return this.labels.copied;
  }
}

// [{title, svg(), csv()}] of all figures that can be seen, in the order of the page.
function onScreen(labels) {
  const ours = Object.values(figures()).map((figure) => ({...figure, place: figure.element.getRootNode().host ?? figure.element}));
  /** @type {any[]} */
  const charts = [...document.querySelectorAll(".js-plotly-plot")];
  const plots = charts.map((plot) => ({
    element: plot, place: plot, title: plot.layout?.meta?.name ?? "", svg: () => plotSvg(plot), csv: () => plotCsv(plot, labels),
  }));
  const seen = ({element}) => element.isConnected && element.getClientRects().length > 0;
  return [...ours, ...plots].filter(seen)
    .sort((a, b) => (a.place.compareDocumentPosition(b.place) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1));
}

// All drawings below each other on one sheet, each under its title.
function sheet(found, colours) {
  let y = GAP;
  let width = 0;
  const parts = found.map(({title, svg}) => {
    const drawing = new DOMParser().parseFromString(svg(), "image/svg+xml").documentElement;
    if (drawing.localName !== "svg") throw new Error("SVG");
    const lines = wrap(title, Math.max(Number(drawing.getAttribute("width")) - 32, 320), 15);
    const heading = lines.map((line, n) => text(16, y + 14 + 22 * n, line, {"font-size": 15, "font-weight": 600, fill: colours.ink})).join("");
    y += title ? 8 + 22 * lines.length : 0;
    drawing.setAttribute("x", "0");
    drawing.setAttribute("y", String(y));
    y += Number(drawing.getAttribute("height")) + GAP;
    width = Math.max(width, Number(drawing.getAttribute("width")));
    return heading + new XMLSerializer().serializeToString(drawing);
  });
  const [w, height] = [Math.ceil(width), Math.ceil(y)];
  const open = `<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${height}" viewBox="0 0 ${w} ${height}" font-family="${FONTS}">`;
  return {svg: open + tag("rect", {width: "100%", height: "100%", fill: colours.paper}) + parts.join("") + "</svg>", width: w, height};
}

async function raster({svg, width, height}) {
  const image = new Image();
  image.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(svg);
  await image.decode();
  const scale = Math.min(SCALE, LONGEST_SIDE / Math.max(width, height));
  const canvas = h("canvas", {width: Math.round(width * scale), height: Math.round(height * scale)});
  const context = canvas.getContext("2d");
  context.scale(scale, scale);
  context.drawImage(image, 0, 0, width, height);
  return new Promise((done, fail) => canvas.toBlob((blob) => (blob ? done(blob) : fail(new Error("PNG"))), "image/png"));
}

async function tables(found) {
  const all = await Promise.all(found.map(({csv}) => csv()));
  return all.length === 1 ? all[0] : all.map((table, i) => csvText([[found[i].title]]) + table).join("\r\n");
}

function download(file, blob) {
  const url = URL.createObjectURL(blob);
  h("a", {href: url, download: file}).click();
  setTimeout(() => URL.revokeObjectURL(url), 30_000);
}

// Plotly draws one chart as several SVG layers of the same size.
function plotSvg(plot) {
  const layers = [...plot.querySelectorAll(".main-svg")].map((layer) => {
    const copy = layer.cloneNode(true);
    for (const hover of copy.querySelectorAll(".hoverlayer")) hover.remove();
    return new XMLSerializer().serializeToString(copy);
  });
  const {width, height} = plot.getBoundingClientRect();
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${Math.ceil(width)}" height="${Math.ceil(height)}">${layers.join("")}</svg>`;
}

// One row a point: its series, then whatever of x, y, z and text that has. Matrices give one row a cell.
function plotCsv(plot, labels) {
  const [series, x, y, value, label] = labels.csv_columns.split(",");
  const axis = (name) => plot.layout?.[name]?.title?.text;
  const rows = [[series, axis("xaxis") || x, axis("yaxis") || y, value, label]];
  for (const trace of plot._fullData ?? []) {
    const at = (values, i) => values?.[i] ?? null;
    const name = trace._input?.name ?? "";
    if (trace.z && trace.z[0]?.length !== undefined) {
      Array.from(trace.z).forEach((line, r) => Array.from(line).forEach((value, c) => rows.push([name, at(trace.x, c), at(trace.y, r), value, at(trace.text?.[r], c)])));
    } else {
      const n = Math.max(trace.x?.length ?? 0, trace.y?.length ?? 0);
      for (let i = 0; i < n; i++) rows.push([name, at(trace.x, i), at(trace.y, i), at(trace.z, i), Array.isArray(trace.text) ? at(trace.text, i) : null]);
    }
  }
  return csvText(rows);
}

export default function (component) {
  return mount(component, (root) => new ExportBar(root));
}
