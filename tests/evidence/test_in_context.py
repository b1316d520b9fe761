"""Evidence of 语境学习: the arithmetic of its intervals and of accuracy over orders, and the rows that ship."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.content import examples
from explorer.evidence import in_context
from explorer.lab.types.in_context import OrdersResult

SHIPPED = (
    "few_over_one_over_zero", "checksum_same", "order_sd", "calibration_gain", "flipped_flat", "random_flat",
    "induction_best", "induction_knockout",
)  # fmt: skip


def test_an_interval_comes_from_the_means_of_blocks_that_share_examples() -> None:
    rng = np.random.default_rng(0)
    zero = np.zeros(100)
    one = np.repeat(rng.normal(2, 1, 20), 5) + rng.normal(0, 0.1, 100)
    mean, half = in_context.differs(zero, one, 5)
    blocks = one.reshape(20, 5).mean(axis=1)
    assert mean == pytest.approx(one.mean())
    assert half == pytest.approx(2.093 * blocks.std(ddof=1) / np.sqrt(20))
    single = 1.96 * one.std(ddof=1) / 10
    assert half > 1.5 * single, "items of a block are alike: counted one by one they would promise too much"


def test_accuracy_under_each_order_as_it_is_and_divided_by_what_n_a_gets() -> None:
    def found(log_p: list[list[float]], free: list[list[float]]) -> OrdersResult:
        lengths = np.ones(2, np.float32)
        return OrdersResult(((0, 1), (1, 0)), np.array(log_p, np.float32), np.array(free, np.float32), lengths, True)

    leaning = [[-1.0, -3.0], [-1.0, -3.0]]  # the first answer is likelier whatever is asked
    some = [found([[-1.0, -2.0], [-1.0, -2.0]], leaning), found([[-1.0, -4.0], [-4.0, -1.0]], leaning)]
    assert in_context.accuracy(some, [1, 0], fair=False).tolist() == [0.5, 0.0]
    assert in_context.accuracy(some, [1, 0], fair=True).tolist() == [1.0, 0.5]


@pytest.mark.parametrize("name", SHIPPED)
def test_every_claim_of_the_chapter_ships_with_what_was_measured(name: str) -> None:
    row = examples.shipped(f"in_context.{name}")
    assert row is not None
    assert row["source"] and row["n"] > 0 and row["data"]
    assert row["claim_zh"] != row["claim_en"]
