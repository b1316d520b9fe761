"""What a reader does on the pages, and what a reader sees there, in the words of the journeys.

Knows roles, names and the keys of components; asks the texts of the interface for the names, so that a journey reads
the same in both languages. It judges nothing: the journeys assert. `Reference` computes the same numbers with the
transformers library alone, past everything of ours.
"""

from __future__ import annotations

import contextlib
import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Locator, Page, TimeoutError, expect

from explorer.ui.i18n import text as words
from tests.browser.quiet import idle as idle
from tests.pace import PACE, PATIENCE

ROOT = Path(__file__).resolve().parents[2]
MODEL_FOLDER = ROOT / "assets" / "models" / "mini-mbert"
DRAWN = "[data-ready]"
T = TypeVar("T")
# What a look finds wrong where something is not there, not whole, or there twice: the old beside the new.
NOT_YET = (AssertionError, LookupError, ValueError, TypeError, StopIteration, OSError, PlaywrightError)


def eventually(page: Page, look: Callable[[], T], *, seconds: float = PATIENCE / PACE) -> T:
    """`look()` once the page has come to rest and it asserts nothing wrong; its last complaint if that never comes.

    What it says is then true of all that the page shows: a figure may be drawn anew before the one beside it, and what
    stood there before the last click may be right by chance. For what passes, and for acts: `until`.
    """
    until(page, look, seconds=seconds)
    idle(page)
    return until(page, look, seconds=seconds)


def until(page: Page, look: Callable[[], T], *, seconds: float = PATIENCE / PACE) -> T:
    """`look()` the first time it asserts nothing wrong, whatever goes on; its last complaint if that never comes.

    `seconds` are those of a quiet machine (tests/pace.py).
    """
    deadline = time.monotonic() + seconds * PACE
    while True:
        try:
            return look()
        except NOT_YET:
            if time.monotonic() > deadline:
                raise
            page.wait_for_timeout(40)  # numbers in a drawing announce no event


def plain(text: str) -> str:
    """A text of the interface as it stands on a page: without our marks for terms, weight and code."""
    return re.sub(r"\[\[([^|\]]+)(?:\|[^\]]*)?\]\]|\*\*(.+?)\*\*|`(.+?)`", lambda m: m[1] or m[2] or m[3], text)


def press(page: Page, name: str) -> None:
    """Click the first button with this name."""
    page.get_by_role("button", name=name, exact=True).first.click()


def linked(page: Page, *parts: str) -> None:
    """Wait until the address says all of `parts` (any one of several spellings: "a|b"); the page writes it last."""
    page.wait_for_url(
        lambda url: all(any(way in url for way in part.split("|")) for part in parts), wait_until="commit"
    )


def figure(page: Page, key: str) -> Locator:
    """The root of the component mounted with `key`."""
    return page.locator(f'.sesame[data-key="{key}"]{DRAWN}')


def exported(page: Page, key: str, kind: str = "csv") -> str:
    """What a figure would save of itself, as soon as it is there: its script may come after its place."""
    return eventually(
        page, lambda: str(page.evaluate("([key, kind]) => window.__sesame.figures[key][kind]()", [key, kind]))
    )


def paused(page: Page, button: Locator) -> None:
    """Stop what plays. Where it comes to its end just then, the click begins it anew: that is stopped as well."""

    def look() -> None:
        if button.inner_text() != "▶":
            button.click()
        assert button.inner_text() == "▶"

    until(page, look)


def percent(p: float) -> str:
    """As the pages write it."""
    return "0 %" if p == 0 else "< 0.1 %" if p < 0.001 else "> 99.9 %" if p > 0.9995 else f"{100 * p:.1f} %"


def numbers(text: str) -> list[float]:
    """Every number in a text, thousands separators and the true minus sign understood."""
    found = re.findall(r"[−-]?\d[\d,]*(?:\.\d+)?", text)
    return [float(one.replace(",", "").replace("−", "-")) for one in found]


class Reader:
    """Someone in front of one page, with the names that page has in `lang`."""

    def __init__(self, page: Page, chapter: str, lang: str) -> None:
        self.page, self.chapter, self.lang = page, chapter, lang

    def say(self, key: str, **values: object) -> str:
        """The text of the interface for `key`; "cover.caption" means this chapter's."""
        chapter = key.split(".")[0]
        names = "common components errors glossary home languages masking attention generation"
        known = chapter in names.split()
        found = words(key if known else f"{self.chapter}.{key}", self.lang, **values)
        return plain(found)

    @property
    def main(self) -> Locator:
        return self.page.get_by_test_id("stMain")

    def cancels(self, button: str = "common.cancel") -> None:
        """Press stop the moment it stands, and wait until it is gone: what waits for another process, or until nothing
        moves, may come when the work is done. A press that came before the button could hear it is made again.
        """
        self.page.evaluate(_PRESSES, [self.say(button), 1_000 * PACE])
        self.page.wait_for_function("() => window.__presses.done()", timeout=60_000 * PACE)

    def sees(self, text: str | re.Pattern[str]) -> None:
        """Assert that this text is somewhere on the page."""
        expect(self.main).to_contain_text(text, timeout=PATIENCE * 1000)

    def reads(self, key: str) -> list[str]:
        """What stands in the places of the text for `key`, once it is on the page."""
        template = re.split(r"\{(\w+)\}", self.say(key))
        pattern = "".join(re.escape(part) if n % 2 == 0 else "(.+?)" for n, part in enumerate(template))

        def look() -> list[str]:
            found = re.search(pattern + r"\s*$", self.main.inner_text(), re.MULTILINE)
            assert found, f"{pattern} is not on the page"
            return list(found.groups())

        return eventually(self.page, look)

    def picks(self, group: str, option: str) -> None:
        """Choose one of a few in the radio group that is called `group`."""
        # Choices whose label is long may be cut by the caller's eye but not in the markup.
        choice = self.page.get_by_role("radiogroup", name=self.say(group)).get_by_text(option, exact=True)
        until(self.page, choice.click)  # the group of before may stand beside it until a run is over

    def types(self, box: str, text: str) -> None:
        """Write into the line called `box` and press Enter."""
        line = self.page.get_by_role("textbox", name=self.say(box), exact=True)
        until(self.page, lambda: line.fill(text))  # the box of before may stand beside it until a run is over
        line.press("Enter")

    def picks_preset(self, name: str) -> None:
        figure(self.page, f"{self.chapter}-presets").locator(f'[data-card="{name}"]').click()

    def plot(self, key: str) -> list[dict[str, Any]]:
        """Name, x and y of every trace of a Plotly figure."""
        drawn = self.page.locator(f".st-key-{key} .js-plotly-plot")

        def look() -> list[dict[str, Any]]:
            traces: list[dict[str, Any]] = drawn.evaluate(
                "p => p._fullData.map(t => ({name: t.name, x: Array.from(t.x), y: Array.from(t.y), type: t.type}))"
            )
            return traces

        return until(self.page, look)  # its place is there before it is drawn

    def heat(self, key: str) -> NDArray[np.float64]:
        """The numbers of the first trace of a Plotly heat map."""
        drawn = self.page.locator(f".st-key-{key} .js-plotly-plot")
        return np.array(until(self.page, lambda: drawn.evaluate("p => p._fullData[0].z.map(row => Array.from(row))")))

    def strip_of(self, key: str) -> Strip:
        return Strip(self.page, figure(self.page, key))


class Strip:
    """A sentence as chips."""

    def __init__(self, page: Page, root: Locator) -> None:
        self.page, self.root = page, root
        self.chips = root.locator(".chip")

    def faces(self) -> list[str]:
        """What stands on each chip."""
        return self.chips.locator(".main").all_inner_texts()

    def reads(self, pieces: Sequence[str], covered: Sequence[int] = ()) -> None:
        """Wait until the chips are these tokens, with these covered."""

        eventually(self.page, lambda: self.shows(pieces, covered))

    def shows(self, pieces: Sequence[str], covered: Sequence[int]) -> None:
        """Assert that the chips are these tokens, with these covered."""
        expected = [
            "？" if n in covered else piece.removeprefix("##") if len(piece) > 2 else piece
            for n, piece in enumerate(pieces)
        ]
        assert self.faces() == expected
        assert self.covered() == sorted(covered)

    def covered(self) -> list[int]:
        return [int(n) for n in self.chips.evaluate_all(_POSITIONS, "mask random keep")]

    def treated(self, how: str) -> list[int]:
        return [int(n) for n in self.chips.evaluate_all(_POSITIONS, how)]

    def focus(self) -> list[int]:
        return [int(n) for n in self.chips.evaluate_all(_POSITIONS, "focus picked")]

    def click(self, position: int) -> None:
        self.chips.nth(position).click()

    def drag(self, start: int, end: int) -> None:
        """Press on one chip, draw over to another, let go."""
        idle(self.page)  # nothing moves under the pointer
        first, last = self.chips.nth(start), self.chips.nth(end)
        first.scroll_into_view_if_needed()
        boxes = [chip.bounding_box() for chip in (first, last)]
        assert boxes[0] and boxes[1]
        (x1, y1), (x2, y2) = [(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2) for box in boxes if box]
        self.page.mouse.move(x1, y1)
        self.page.mouse.down()
        self.page.mouse.move(x2, y2, steps=12)
        self.page.mouse.up()

    def surprisal(self) -> list[float | None]:
        """How long the blue mark of each chip is (0 … 1); None where there is none."""
        marks: list[float | None] = self.chips.evaluate_all(_LENGTHS)
        return marks

    def note(self, position: int) -> str:
        """The tooltip of a chip."""
        self.chips.nth(position).hover()
        tip = self.root.locator('[role="tooltip"]')
        expect(tip).to_be_visible()
        return tip.inner_text()


# Looks for a button by its name every so often, in the page itself; `done` once it was pressed and is no more.
_PRESSES = """([name, again]) => {
  const pressed = new Map();
  const standing = () => [document, ...[...document.querySelectorAll("*")].map((e) => e.shadowRoot).filter(Boolean)]
    .flatMap((root) => [...root.querySelectorAll("button")]).filter((one) => one.textContent.trim() === name);
  const timer = setInterval(() => {
    for (const one of standing()) {
      if (performance.now() - (pressed.get(one) ?? -again) < again) continue;
      pressed.set(one, performance.now());
      one.click();
    }
  }, 100);
  window.__presses = {done: () => {
    if (!pressed.size || standing().length) return false;
    clearInterval(timer);
    return true;
  }};
}"""
_LENGTHS = """(chips) => chips.map((c) => {
  const mark = c.querySelector("i");
  const long = mark.style.getPropertyValue("--long");
  return mark.hidden || !long ? null : Number(long);
})"""
_ROWS = """(rows) => rows.map((r) => {
  const [word, said] = [".w", ".p"].map((part) => r.querySelector(part).textContent);
  return {...r.dataset, word, said};
})"""
_POSITIONS = (
    """(chips, names) => chips.flatMap((c, i) => names.split(" ").some((n) => c.classList.contains(n)) ? [i] : [])"""
)


@dataclass(frozen=True)
class Row:
    """A bar: its kind (first, pinned, rest, joint, waiting), the word, what is written beside it, and its numbers."""

    kind: str
    word: str
    said: str
    p: float | None
    id: int | None
    rank: int | None


class Bars:
    """The distribution at one position."""

    def __init__(self, page: Page, key: str = "masking-bars") -> None:
        self.page, self.root = page, figure(page, key)
        self.verdict = self.root.locator(".verdict")
        self.box = self.root.get_by_role("textbox")

    def rows(self) -> list[Row]:
        found = self.root.locator("li.row").evaluate_all(_ROWS)
        return [
            Row(
                kind=row["kind"], word=row["word"], said=row["said"],
                p=float(row["p"]) if "p" in row else None,
                id=int(row["id"]) if "id" in row else None,
                rank=int(row["rank"]) if "rank" in row else None,
            )
            for row in found
        ]  # fmt: skip

    def row(self, word: str) -> Row:
        return next((row for row in self.rows() if row.word == word), Row("none", word, "", None, None, None))

    def dial(self, name: str) -> Locator:
        return self.root.locator(f'input[data-dial="{name}"]')

    def show(self, p: NDArray[np.float64], *, original: int | None, close: float = 2e-3) -> None:
        """Wait until the bars, the verdict and the rest are those of the distribution `p`."""

        def look() -> None:
            rows = self.rows()
            tokens = [row for row in rows if row.id is not None]
            assert tokens, "no bar is drawn"
            for row in tokens:
                assert row.id is not None and row.p is not None
                assert abs(row.p - p[row.id]) < close, (row, p[row.id])
                assert row.said.startswith(percent(row.p))
            first = [row.p for row in rows if row.kind == "first"]
            assert np.allclose(first, np.sort(p)[::-1][: len(first)], atol=close)
            (rest,) = (row for row in rows[len(tokens) :] if row.kind == "rest")
            assert rest.p is not None
            assert abs(rest.p - (1 - sum(p[row.id] for row in tokens if row.id is not None))) < 5 * close
            said = original if original is not None else int(p.argmax())
            assert abs(float(self.verdict.get_attribute("data-p") or -1) - p[said]) < close
            if original is not None:
                rank = int((p > p[original]).sum()) + 1
                shown = int(self.verdict.get_attribute("data-rank") or 0)
                assert abs(shown - rank) <= max(1, rank // 500), (shown, rank)

        eventually(self.page, look)


class Masking(Reader):
    """A reader on 填空."""

    def __init__(self, page: Page, lang: str = "zh") -> None:
        super().__init__(page, "masking", lang)
        self.sentence = self.strip_of("masking-strip")
        self.bars = Bars(page)

    def writes(self, text: str, pieces: Sequence[str] | None = None) -> None:
        """Put an own sentence on the stage; with `pieces`, wait until it stands there."""
        self.types("input", text)
        if pieces is not None:
            self.stands(pieces)

    def stands(self, pieces: Sequence[str]) -> None:
        """Wait until the chips are these tokens, whatever is covered."""
        eventually(self.page, lambda: self.sentence.shows(pieces, self.sentence.covered()))

    def uncovers(self) -> None:
        """Take away what the page has covered by itself."""
        eventually(self.page, lambda: _true(len(self.sentence.covered()) == 1))
        self.sentence.click(self.sentence.covered()[0])
        eventually(self.page, lambda: _true(self.sentence.covered() == []))
        self.answered()

    def covers(self, *positions: int) -> None:
        """Click these chips, one after the other, each answered before the next."""
        if len(positions) > 1:
            self.covers_several()
        for position in positions:
            self.looks_at(position)
        self.answered()

    def looks_at(self, position: int) -> None:
        """Click this chip until it is the one that is told of; what the page goes on with behind it may take longer."""
        if self.sentence.covered() != [position]:  # the page has covered it by itself
            self.sentence.click(position)
        until(self.page, lambda: _true(self.sentence.focus() == [position]))

    def covers_several(self) -> None:
        """Choose that a click covers one more token, and begin with none."""
        self.picks("cover_label", self.say("covers.several"))
        clear = self.page.get_by_role("button", name=self.say("clear"))

        def cleared() -> None:
            idle(self.page)
            if self.sentence.covered() and clear.count():
                with contextlib.suppress(TimeoutError):  # it goes as soon as nothing is covered
                    clear.click(timeout=3000)
            assert self.sentence.covered() == []

        until(self.page, cleared)
        self.answered()

    def answered(self) -> None:
        """Wait until the server knows and has drawn what was clicked: its word on the chips is final."""
        expect(self.sentence.root).not_to_have_attribute("data-waiting", "1")
        idle(self.page)

    def uses(self, tool: str) -> None:
        """Choose a tool and wait until it is drawn."""
        self.picks("tools", self.say(f"tool.{tool}"))
        self.opened(tool)

    def opened(self, tool: str) -> None:
        """Wait until a tool is drawn."""
        if tool == "cover":
            expect(self.page.get_by_role("heading", level=2, name=self.say("road.title"))).to_have_count(0)
        else:
            heading = self.page.get_by_role("heading", level=2, name=self.say(f"{tool}.title"), exact=True)
            expect(heading).to_be_visible(timeout=PATIENCE * 1000)
        idle(self.page)

    def code(self) -> str:
        """The lines behind "show the code"."""
        self.main.get_by_text(self.say("common.code"), exact=True).click()
        shown = self.main.get_by_test_id("stCode").locator("code")
        expect(shown).to_be_visible()
        return shown.inner_text()


class Home(Reader):
    """A reader on the front page."""

    def __init__(self, page: Page, lang: str = "zh") -> None:
        super().__init__(page, "home", lang)
        self.sentence = self.strip_of("home-strip")

    def writes(self, text: str, pieces: Sequence[str]) -> None:
        self.types("input", text)

        def look() -> None:
            covered = self.sentence.covered()
            assert covered, "a share of it is hidden at once"
            self.sentence.shows(pieces, covered)

        eventually(self.page, look)

    def split(self) -> tuple[str, str]:
        """x′ and x″ as they are written out."""
        cards = self.main.locator(".figures").first.locator(".figure b")
        return cards.nth(0).inner_text(), cards.nth(1).inner_text()

    def guesses(self) -> list[list[str]]:
        """The table of guesses: original, first guess, its probability, the original's."""
        table = self.main.locator("table.plain-table").first
        return [row.locator("td").all_inner_texts() for row in table.locator("tr").all()[1:]]


def written(place: Locator) -> str:
    """The words that the house writes where one of Streamlit's widgets speaks English; the English takes no room."""
    size, words = place.evaluate("e => [getComputedStyle(e).fontSize, getComputedStyle(e, '::after').content]")
    assert size == "0px"
    found: str = json.loads(words)
    return found


def _true(fact: bool) -> None:
    assert fact


class Reference:
    """The embedded model through the transformers library alone, in fp32, on one thread."""

    def __init__(self) -> None:
        import torch
        from transformers import AutoTokenizer, BertForMaskedLM

        self._torch = torch
        self.tokenizer = AutoTokenizer.from_pretrained(MODEL_FOLDER, local_files_only=True)
        self.net = BertForMaskedLM.from_pretrained(MODEL_FOLDER, dtype=torch.float32).eval()
        self.mask: int = self.tokenizer.mask_token_id

    def ids(self, text: str) -> list[int]:
        found: list[int] = self.tokenizer(text).input_ids
        return found

    def pieces(self, text: str) -> list[str]:
        found: list[str] = self.tokenizer.convert_ids_to_tokens(self.ids(text))
        return found

    def id(self, word: str) -> int:
        return int(self.vocabulary[word])

    @cached_property
    def vocabulary(self) -> Mapping[str, int]:
        found: Mapping[str, int] = self.tokenizer.get_vocab()
        return found

    def logits(self, ids: Sequence[int] | Sequence[Sequence[int]]) -> NDArray[np.float64]:
        """Scores [position, vocabulary] of one row of ids, or [row, position, vocabulary] of several."""
        rows = self._torch.tensor(ids)
        with self._torch.no_grad():
            scores = self.net(rows[None] if rows.ndim == 1 else rows).logits.double().numpy()
        return scores[0] if rows.ndim == 1 else scores

    def layers(self, ids: Sequence[int], position: int) -> NDArray[np.float64]:
        """The head read at every layer: [layer, vocabulary]."""
        with self._torch.no_grad():
            states = self.net.bert(self._torch.tensor([ids]), output_hidden_states=True).hidden_states
            scores = [self.net.cls.predictions(state[0, position]) for state in states]
        return self._torch.stack(scores).double().numpy()

    def p(
        self, text: str, position: int, changes: Mapping[int, int], *, temperature: float = 1.0
    ) -> NDArray[np.float64]:
        """The distribution at `position` of `text` after `changes` (position → token id)."""
        ids = self.ids(text)
        for at, token in changes.items():
            ids[at] = token
        return softmax(self.logits(ids)[position] / temperature)

    def masked(self, text: str, position: int, *others: int) -> NDArray[np.float64]:
        """The distribution at `position` when it (and `others`) are [MASK]."""
        return self.p(text, position, dict.fromkeys((position, *others), self.mask))


def softmax(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """In plain NumPy, along the last axis."""
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)
