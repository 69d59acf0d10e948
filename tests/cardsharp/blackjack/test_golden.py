"""Rounds of blackjack, worked out by hand in `golden/`, against what the heart makes of the same cards."""

from __future__ import annotations

import pytest

from tests.cardsharp.blackjack.golden_rounds import GoldenRound, read_all
from tests.cardsharp.blackjack.golden_sitting import Sitting

ROUNDS = {golden.name: golden for golden in read_all()}


@pytest.mark.parametrize("golden", ROUNDS.values(), ids=list(ROUNDS))
def test_round(golden: GoldenRound) -> None:
    sitting = Sitting(golden, ROUNDS)

    assert sitting.hands() == golden.hands
    assert sitting.insurance() == golden.insurance
    assert sitting.dealer() == golden.dealer
    assert sitting.nets() == golden.nets
    assert sitting.left() == golden.left
    assert golden.offered in (None, sitting.offered())
    assert golden.asked in (None, sitting.asked())
    assert golden.timeouts in (None, sitting.timeouts())
    assert sitting.events() == {name: int(count) for name, count in map(str.split, golden.events)}
    assert golden.order in ([], [event.event_type for event in sitting.log])
    assert sitting.play.table.shoe.position == len(sitting.cards)
    assert {seat.number: seat.stack for seat in sitting.play.table.seats} == sitting.stacks_expected()
    assert golden.next is None or sitting.asked_next() == golden.next
