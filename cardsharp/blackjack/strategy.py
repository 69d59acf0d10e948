"""Basic strategy at a table, and with what a client sees of one.

It is asked at every decision of a simulation, so each set of rules gets a book once: the moves of every row against
every up card, best first. What is not valid gives way to what comes next.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from cardsharp.blackjack.charts import MOVES, cells, early_surrenders
from cardsharp.blackjack.hands import VALUES, total
from cardsharp.blackjack.legal import DOUBLE_TOTALS, insurance_answers
from cardsharp.blackjack.rules import Rules
from cardsharp.blackjack.table import Table, Turn
from cardsharp.cards import Card, parse_card

Moves = tuple[str, ...]

UP_VALUES: Final = (2, 3, 4, 5, 6, 7, 8, 9, 10, 1)
"""The values of the dealer's up card in the order of a chart's columns; 1 is the ace."""

_LAST_RESORT: Final = ("STAND", "HIT", "DECLINE_SURRENDER", "DOUBLE", "SPLIT", "SURRENDER")
"""What is taken where nothing of the chart is valid, as with split aces that may be split again but not hit."""

_PLACES: Final = {"hard": 0, "soft": 10, "pair": 31}


class _Book(NamedTuple):
    """Everything that is valid, best first: by row and up card's value, and of the answers to an offer."""

    moves: tuple[tuple[Moves, ...], ...]
    answers: Moves


def advise(table: Table, seat: int) -> str:
    """The valid action that basic strategy takes for what is awaited of the seat: its move, or its answer to an offer.

    Raises ValueError when the seat has no decision to make; a bet is none.
    """
    book = _book(table.rules)
    turn = table.turn
    if turn is not None and turn.seat == seat:
        return _first(book.moves[_row(_cards_of(table, turn))][_up_value(table)], turn.valid_actions)
    sitting = table.seat(seat)
    if sitting is not None and sitting.offer is not None:
        return _first(book.answers, insurance_answers(table, sitting))
    raise ValueError(f"no decision is awaited of seat {seat}")


def choose(cards: Sequence[str], up_card: str, valid_actions: Collection[str], rules: Rules) -> str:
    """The one of the valid actions that basic strategy takes, from what a client sees.

    Without DOUBLE and SPLIT among them it plays as well as it can with no more chips. Raises ValueError when none of
    them is a move of this game, and for less than two cards.

    >>> choose(("8♠", "8♥"), "10♦", ("HIT", "STAND", "DOUBLE", "SPLIT", "SURRENDER"), Rules())
    'SPLIT'
    >>> choose(("8♠", "8♥"), "10♦", ("HIT", "STAND", "DOUBLE", "SURRENDER"), Rules())
    'SURRENDER'
    >>> choose(("A♠", "3♥", "4♦"), "3♣", ("HIT", "STAND"), Rules())
    'STAND'
    >>> choose(("A♠", "K♥"), "A♣", ("INSURANCE", "DECLINE_INSURANCE", "EVEN_MONEY"), Rules())
    'DECLINE_INSURANCE'
    """
    book = _book(rules)
    if "DECLINE_INSURANCE" in valid_actions:
        return _first(book.answers, valid_actions)
    if len(cards) < 2:
        raise ValueError("a hand to decide about has at least two cards")
    row = _row([parse_card(card) for card in cards])
    return _first(book.moves[row][VALUES[parse_card(up_card)]], valid_actions)


def takes_even_money(rules: Rules) -> bool:
    """Whether a natural is better paid evenly at once than played on against an ace.

    Played on, it is a push against the dealer's blackjack and is paid by the rules otherwise. A ten comes with a
    probability p of about 4/13: 1 > (1 - p) * pays / to where a blackjack pays less than 13 to 9. So even money is
    taken at 6:5 and 1:1, and never at 3:2.

    >>> takes_even_money(Rules()), takes_even_money(Rules(blackjack_pays=(6, 5)))
    (False, True)
    """
    pays, to = rules.blackjack_pays
    tens, cards = 16 * rules.decks - 1, 52 * rules.decks - 3  # without the natural's two cards and the dealer's ace
    return cards * to > (cards - tens) * pays


def preferences(rules: Rules) -> dict[tuple[str, int], tuple[Moves, ...]]:
    """For each row of the chart and each of UP_VALUES the moves, best first, without those that the rules never allow.

    Where surrender is early, a hand against a 10 or an ace says first whether it is surrendered: there it is asked
    before the peek, or at a table without a hole card with its first decision, and not again.
    """
    codes, early = cells(rules), early_surrenders(rules)
    impossible = {"SURRENDER"} if rules.surrender == "none" else set()

    def moves(kind: str, value: int, column: int) -> Iterator[str]:
        hand = kind, value
        if kind == "pair":
            hand = ("soft", 12) if value == 1 else ("hard", 2 * value)
        may_split = kind == "pair" and rules.max_hands > 1
        if rules.surrender == "early" and UP_VALUES[column] in (1, 10):
            surrendered = (*((kind, value) if may_split else hand), UP_VALUES[column]) in early
            yield "SURRENDER" if surrendered else "DECLINE_SURRENDER"
        if may_split:
            code = codes[kind, value][column]
            yield from MOVES[code] if code != "Pd" or rules.double_after_split else ()
        may_double = hand[1] in DOUBLE_TOTALS[rules.double_on]
        yield from (move for move in MOVES[codes[hand][column]] if move != "DOUBLE" or may_double)

    return {
        row: tuple(
            tuple(move for move in dict.fromkeys(moves(*row, column)) if move not in impossible) for column in range(10)
        )
        for row in codes
    }


def _first(moves: Moves, valid_actions: Collection[str]) -> str:
    for move in moves:
        if move in valid_actions:
            return move
    raise ValueError(f"none of {', '.join(valid_actions)} is a move of blackjack")


def _cards_of(table: Table, turn: Turn) -> tuple[Card, ...]:
    for seat in table.seats:
        if seat.number == turn.seat:
            for hand in seat.hands:
                if hand.hand_id == turn.hand_id:
                    return hand.cards
    raise AssertionError("a turn is always that of a hand on the table")


def _up_value(table: Table) -> int:
    up_card = table.dealer[0]
    assert up_card is not None  # it is the hole card that lies face down
    return VALUES[up_card]


def _row(cards: Sequence[Card]) -> int:
    """Where a hand stands in a book: hard totals by themselves, then soft ones, then pairs."""
    if len(cards) == 2:
        first = VALUES[cards[0]]
        if first == VALUES[cards[1]]:
            return _PLACES["pair"] + first
    value, soft = total(cards)
    return _PLACES["soft"] + value if soft else value if value < 21 else 21


@lru_cache(maxsize=256)
def _book(rules: Rules) -> _Book:
    rows: list[tuple[Moves, ...]] = [()] * 42
    for (kind, value), moves in preferences(rules).items():
        rows[_PLACES[kind] + value] = ((), *moves[9:], *moves[:9])
    return _Book(
        moves=tuple(tuple(tuple(dict.fromkeys(moves + _LAST_RESORT)) for moves in row) for row in rows),
        answers=("EVEN_MONEY", "DECLINE_INSURANCE") if takes_even_money(rules) else ("DECLINE_INSURANCE",),
    )
