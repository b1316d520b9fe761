"""A reader on 接龙, and the embedded GPT through the transformers library to hold the page's numbers against."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
from cachetools import LRUCache
from numpy.typing import NDArray
from playwright.sync_api import Locator, Page, expect

from tests.browser.journey import Reader, eventually, figure, idle
from tests.pace import PATIENCE

_ROWS = """(rows) => rows.map((r) => ({id: Number(r.dataset.id), p: Number(r.dataset.p), plain: Number(r.dataset.plain),
  cut: r.dataset.cut === "1", drawn: r.classList.contains("drawn"), taken: r.classList.contains("taken"),
  word: r.querySelector(".force").textContent, said: r.querySelector(".p").textContent}))"""
_IDS = "(tokens) => tokens.map((t) => Number(t.dataset.id))"


class Growing:
    """One text with its player, bars and dials."""

    def __init__(self, page: Page, branch: str = "a") -> None:
        self.page, self.root = page, figure(page, f"generation-{branch}")
        self.ruler = self.root.locator(".ruler")
        self.verdict = self.root.locator(".verdict")

    def rows(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.root.locator("li.row[data-id]").evaluate_all(_ROWS)
        return found

    def ids(self) -> list[int]:
        """The whole text, what lies behind the place looked at included."""
        found: list[int] = self.root.locator(".tok[data-id]").evaluate_all(_IDS)
        return found

    def at(self) -> int:
        return int(self.root.get_attribute("data-at") or -1)

    def drawn(self) -> int:
        return int(self.root.get_attribute("data-drawn") or -1)

    def chance(self) -> float:
        return float(self.ruler.get_attribute("data-chance") or -1)

    def does(self, what: str) -> None:
        self.root.locator(f'[data-do="{what}"]').click()

    def dial(self, name: str) -> Locator:
        return self.root.locator(f'input[data-dial="{name}"]')

    def turns(self, name: str, value: float) -> None:
        """Move a dial; the bars follow in the browser."""
        self.dial(name).evaluate(
            "(d, v) => { d.value = v; d.dispatchEvent(new Event('input', {bubbles: true}));"
            " d.dispatchEvent(new Event('change', {bubbles: true})); }",
            value,
        )

    def stands_at(self, place: int, length: int | None = None) -> None:
        """Wait until this place is looked at and answered."""

        def look() -> None:
            assert self.at() == place, (self.at(), place)
            assert length is None or len(self.ids()) == length

        eventually(self.page, look)


class Generation(Reader):
    """A reader on the page."""

    def __init__(self, page: Page, lang: str = "zh") -> None:
        super().__init__(page, "generation", lang)
        self.text = Growing(page)
        self.branch = Growing(page, "b")

    def writes(self, text: str, tokens: int | None = None) -> None:
        """Put an own beginning on the stage; with `tokens`, wait until it stands there."""
        self.types("input", text)
        if tokens is not None:
            self.text.stands_at(tokens, tokens)
        idle(self.page)

    def uses(self, tool: str) -> None:
        self.picks("tools", self.say(f"tool.{tool}"))
        if tool != "step":
            heading = self.page.get_by_role("heading", level=2, name=self.say(f"{tool}.title"), exact=True)
            expect(heading).to_be_visible(timeout=PATIENCE * 1000)
        idle(self.page)

    def table(self, number: int = 0) -> list[list[str]]:
        """The cells of a plain table, without its head."""
        rows = self.main.locator("table.plain-table").nth(number).locator("tr").all()[1:]
        return [row.locator("td").all_inner_texts() for row in rows]


class Gpt:
    """The embedded causal network, called as the library calls it, without a cache and without anything of ours."""

    def __init__(self, model: Any) -> None:
        import torch

        self._torch, self.net = torch, model._net
        self.tokenizer = model.tokenizer
        self._kept: LRUCache[tuple[int, ...], NDArray[np.float64]] = LRUCache(8)  # each some 10 MB

    def ids(self, text: str) -> list[int]:
        return list(self.tokenizer.encode(text).ids)

    @cached_property
    def words(self) -> tuple[str, ...]:
        found: tuple[str, ...] = self.tokenizer.vocabulary()
        return found

    def logits(self, ids: Sequence[int]) -> NDArray[np.float64]:
        """[token, V]; what was found of the same ids before, as a journey looks again until the page is right."""
        key = tuple(ids)
        if key not in self._kept:
            with self._torch.no_grad():
                found = self.net(self._torch.tensor([key]), use_cache=False).logits[0].double().numpy()
            self._kept[key] = found
        return self._kept[key]

    def offer(
        self,
        ids: Sequence[int],
        *,
        temperature: float = 1,
        top_k: int = 0,
        top_p: float = 1,
        min_p: float = 0,
        penalty: float = 1,
    ) -> NDArray[np.float64]:
        """The distribution after the library's own processors, in its order."""  # fmt: skip
        from transformers import generation as g

        steps: list[Any] = []
        if penalty != 1:
            steps.append(g.RepetitionPenaltyLogitsProcessor(penalty))
        if temperature != 1:
            steps.append(g.TemperatureLogitsWarper(float(temperature)))
        if top_k:
            steps.append(g.TopKLogitsWarper(top_k))
        if top_p < 1:
            steps.append(g.TopPLogitsWarper(top_p))
        if min_p:
            steps.append(g.MinPLogitsWarper(min_p))
        row, scores = self._torch.tensor([list(ids)]), self._torch.tensor(self.logits(ids)[-1:])
        for step in steps:
            scores = step(row, scores)
        found: NDArray[np.float64] = scores.double().softmax(-1)[0].numpy()
        return found

    def draws(self, ids: Sequence[int], chance: float, **settings: Any) -> int:
        """Where `chance` falls on the offer laid out best first."""
        p = self.offer(ids, **settings)
        order = np.argsort(-p, kind="stable")
        return int(order[int((np.cumsum(p[order]) <= chance).sum())])
