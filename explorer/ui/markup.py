"""Markup to HTML for our own prose: paragraphs, **bold**, `code`, [[glossary terms]], and `lang` on every run of text.

Everything that comes in is escaped first, so a reader's word inside a sentence stays a word (`verbatim` shields it
from the markup as well). The markup is ours and small on purpose; Streamlit's Markdown would fetch images and read
$…$ as a formula.
"""

from __future__ import annotations

import html
import re

from explorer.ui import i18n

_HAN = "\u3400-\u9fff\uf900-\ufaff"
_KANA = "\u3040-\u30ff"
_FOREIGN = {
    "en": re.compile(f"[{_HAN}{_KANA}][{_HAN}{_KANA}\u3000-\u303f\uff00-\uffef]*"),
    "zh": re.compile(
        r"[A-Za-z\u00c0-\u024f][A-Za-z\u00c0-\u024f'’\-.]*(?: [A-Za-z\u00c0-\u024f][A-Za-z\u00c0-\u024f'’\-.]*)*"
    ),
}
_TAG = re.compile(r"(<[^>]*>)")
# Four code points that Unicode promises never to use stand in for the signs of our markup.
_SHIELD = str.maketrans("*`[]", "\ufdd0\ufdd1\ufdd2\ufdd3")
_UNSHIELD = str.maketrans("\ufdd0\ufdd1\ufdd2\ufdd3", "*`[]")


def render(text: str, lang: str | None = None) -> str:
    """`text` as HTML paragraphs in `lang` (the reader's language by default)."""
    lang = lang or i18n.language()
    paragraphs = "".join(f"<p>{inline(part, lang)}</p>" for part in text.strip().split("\n\n"))
    return f'<div class="prose" lang="{i18n.HTML_LANG[lang]}">{paragraphs}</div>'


def inline(text: str, lang: str | None = None) -> str:
    """One run of `text` as HTML without a paragraph round it."""
    lang = lang or i18n.language()
    out = html.escape(text)
    out = re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", out)
    out = re.sub(r"`(.+?)`", r"<code>\1</code>", out)
    out = re.sub(r"\[\[(.+?)\]\]", lambda match: _term(match[1], lang), out)
    out = "".join(part if part.startswith("<") else _mark_language(part, lang) for part in _TAG.split(out))
    return out.translate(_UNSHIELD)


def plain(text: str) -> str:
    """One run of `text` as a reader sees it, without markup."""
    return bare(inline(text))


def bare(piece: str) -> str:
    """What a reader sees of a piece of HTML."""
    return html.unescape(_TAG.sub("", piece))


def verbatim(text: str) -> str:
    """A reader's words, to be put into a text of ours: `inline` will show their *, ` and [ ] as they are."""
    return text.translate(_SHIELD)


def literal(text: str) -> str:
    """Any text for a label that Streamlit reads as Markdown: shown as it is."""
    return re.sub(r"([\\`*_\[\]:$~<>#!])", r"\\\1", text)


def _term(name: str, lang: str) -> str:
    """A glossary word: `[[word]]` or `[[shown|word]]`; its meaning opens on hover, focus and touch."""
    shown, _, key = name.partition("|")
    meaning = html.escape(i18n.text(f"glossary.{key or shown}", lang))
    says = f'role="note" aria-label="{shown}: {meaning}"'
    return f'<span class="term" tabindex="0" {says} data-tip="{meaning}">{shown}</span>'


def _mark_language(text: str, lang: str) -> str:
    other = "zh-CN" if lang == "en" else "en"
    parts = re.split(r"(&[a-z0-9#]+;)", text)
    return "".join(
        part
        if part.startswith("&")
        else _FOREIGN[lang].sub(lambda m: f'<span lang="{_script(m[0], other)}">{m[0]}</span>', part)
        for part in parts
    )


def _script(run: str, other: str) -> str:
    return "ja" if other == "zh-CN" and re.search(f"[{_KANA}]", run) else other
