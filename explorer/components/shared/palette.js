// Made from assets/palette.toml by `python -m explorer.palette`.

export const SENSES = ["#009e73", "#cc79a7", "#e69f00", "#0072b2", "#d55e00", "#56b4e9"];
export const MEANINGS = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#d55e00", "#56b4e9", "#7a6ff0", "#8a8f99"];
export const OTHER = "#8a8f99";
export const LANGUAGES = {zh: "#c4573b", ja: "#8f63c4", en: "#2f78c4", fr: "#2f9467", de: "#a08419", es: "#c45a97"};
