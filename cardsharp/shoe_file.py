"""Shoes out of bytes: a shoe's file, or the messages that a client has kept, one frame a line.

Both become the same `DealtShoe`. `read_events` folds the events of one table; the site makes its files with it, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final, TypeVar

import msgspec
from msgspec.structs import replace

from cardsharp.cards import Card
from cardsharp.dealt_shoe import FORMAT, ClientSeed, Count, DealtRound, DealtShoe, Decks, Hash, Name
from cardsharp.errors import InvalidShoe

MAX_BYTES: Final = 64 * 2**20
"""More than this is not read: the log of a long evening has a few megabytes."""

T = TypeVar("T")


class TableEvent(msgspec.Struct, frozen=True):
    """An event of a table's log, as much of it as shoes need; `data` are builtins."""

    event_type: str
    data: dict[str, Any]
    round_id: str | None = None


class _Promise(msgspec.Struct, frozen=True):
    next_commitment: Hash
    timestamp: float


class _ShoeInState(msgspec.Struct, frozen=True):
    next_commitment: Hash


class _State(msgspec.Struct, frozen=True):
    shoe: _ShoeInState


class _TableState(msgspec.Struct, frozen=True):
    state: _State
    timestamp: float


class _Shuffle(_Promise, frozen=True):
    shoe_id: Name
    algorithm: str
    commitment: Hash
    client_seeds: tuple[ClientSeed, ...]
    decks: Decks


class _Card(msgspec.Struct, frozen=True):
    card: Card | None


class _Revealed(msgspec.Struct, frozen=True):
    shoe_id: str
    algorithm: str
    commitment: str
    server_seed: Hash
    client_seeds: tuple[ClientSeed, ...]
    cards_dealt: Count
    timestamp: float


EVENT_TYPES: Final = frozenset({"TABLE_OPENED", "SHUFFLE", "CARD_DEALT", "CARD_REVEALED", "SHOE_REVEALED"})
"""The events of a log that a shoe is read from."""

_TOLD: Final = EVENT_TYPES | {"TABLE_STATE"}

_REPEATED: Final = ("algorithm", "commitment", "client_seeds")


def encode_shoe(shoe: DealtShoe) -> bytes:
    """The shoe's file."""
    return msgspec.json.format(msgspec.json.encode(shoe), indent=2) + b"\n"


def read_shoes(raw: bytes) -> list[DealtShoe]:
    """The shoes in a shoe's file or in a client's log, oldest first. Raises InvalidShoe where they hold none."""
    if len(raw) > MAX_BYTES:
        raise InvalidShoe(f"this is larger than {MAX_BYTES // 2**20} MiB")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidShoe("this is no text in UTF-8") from error
    try:
        whole = _json(text)
    except ValueError:
        whole = None
    if isinstance(whole, dict) and "format" in whole:
        if whole["format"] != FORMAT:
            raise InvalidShoe(f"this is a file of another format; only {FORMAT} is known here")
        return [_convert(whole, DealtShoe)]
    shoes = [shoe for table_id, events in _by_table(text) for shoe in read_events(events, table_id=table_id)]
    if not shoes:
        raise InvalidShoe("no shoe begins in these messages")
    return shoes


def read_events(events: Iterable[TableEvent], *, table_id: str, table_name: str = "") -> list[DealtShoe]:
    """The shoes whose SHUFFLE is among the events of one table, in their order. Raises InvalidShoe."""
    reading = _Reading(table_id, table_name)
    for event in events:
        reading.hear(event)
    return reading.shoes


class _Reading:
    """The fold of a table's events into its shoes, the last of which may be unfinished."""

    def __init__(self, table_id: str, table_name: str) -> None:
        self.shoes: list[DealtShoe] = []
        self._table_id = table_id
        self._table_name = table_name
        self._promise: _Promise | None = None
        self._is_open = False

    def hear(self, event: TableEvent) -> None:
        match event.event_type:
            case "TABLE_OPENED":
                self._promise = _convert(event.data, _Promise)
            case "TABLE_STATE" if self._promise is None:  # what a client is sent first that came in late
                state = _convert(event.data, _TableState)
                self._promise = _Promise(state.state.shoe.next_commitment, state.timestamp)
            case "SHUFFLE":
                self._begin(_convert(event.data, _Shuffle))
            case "CARD_DEALT" if self._is_open:
                card = _convert(event.data, _Card).card
                self.shoes[-1] = replace(self.shoes[-1], rounds=_with_card(self.shoes[-1].rounds, event.round_id, card))
            case "CARD_REVEALED" if self._is_open:
                card = _convert(event.data, _Card).card
                self.shoes[-1] = replace(self.shoes[-1], rounds=_with_turned(self.shoes[-1].rounds, card))
            case "SHOE_REVEALED" if self._is_open:
                self._end(_convert(event.data, _Revealed))

    def _begin(self, shuffle: _Shuffle) -> None:
        shoe = DealtShoe(
            format=FORMAT,
            algorithm=shuffle.algorithm,
            table_id=self._table_id,
            table_name=self._table_name,
            shoe_id=shuffle.shoe_id,
            decks=shuffle.decks,
            published_at=None if self._promise is None else self._promise.timestamp,
            promised=None if self._promise is None else self._promise.next_commitment,
            shuffled_at=shuffle.timestamp,
            commitment=shuffle.commitment,
            client_seeds=shuffle.client_seeds,
            server_seed=None,
            cards_dealt=None,
            rounds=(),
        )
        self.shoes.append(shoe)
        self._promise = shuffle
        self._is_open = True

    def _end(self, revealed: _Revealed) -> None:
        shoe = self.shoes[-1]
        self._is_open = False
        if revealed.shoe_id != shoe.shoe_id:
            return  # the shuffle of this shoe is missing, and the end of the one before
        self.shoes[-1] = replace(
            shoe,
            revealed_at=revealed.timestamp,
            server_seed=revealed.server_seed,
            cards_dealt=revealed.cards_dealt,
            contradictions=tuple(name for name in _REPEATED if getattr(revealed, name) != getattr(shoe, name)),
        )


def _with_card(rounds: tuple[DealtRound, ...], round_id: str | None, card: Card | None) -> tuple[DealtRound, ...]:
    if rounds and rounds[-1].round_id == round_id:
        return (*rounds[:-1], DealtRound(rounds[-1].round_id, (*rounds[-1].cards, card)))
    return (*rounds, _convert({"round_id": round_id, "cards": [card]}, DealtRound))


def _with_turned(rounds: tuple[DealtRound, ...], card: Card | None) -> tuple[DealtRound, ...]:
    """The rounds with the hole card turned up; the other cards of a round are never face down."""
    if not rounds or None not in rounds[-1].cards:
        return rounds
    cards = list(rounds[-1].cards)
    cards[cards.index(None)] = card
    return (*rounds[:-1], DealtRound(rounds[-1].round_id, tuple(cards)))


# -- a client's log ---------------------------------------------------------------------------------------------------


class _Logged(msgspec.Struct, frozen=True):
    event_type: str
    table_id: str
    seq: int
    data: dict[str, Any]
    round_id: str | None = None


def _by_table(text: str) -> Iterator[tuple[str, list[TableEvent]]]:
    """The events of each table that the lines tell of, in the order of their seq, each once."""
    tables: dict[str, dict[tuple[int, bool], TableEvent]] = {}
    for event in _logged(text):
        found = tables.setdefault(event.table_id, {})
        place = (event.seq, event.event_type == "TABLE_STATE")  # a state has the seq of the last event that it includes
        found.setdefault(place, TableEvent(event.event_type, event.data, event.round_id))
    for table_id, found in tables.items():
        yield table_id, [found[place] for place in sorted(found)]


def _logged(text: str) -> Iterator[_Logged]:
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            frame = _json(line)
            for message in frame if isinstance(frame, list) else [frame]:
                data = message["data"]
                if message["type"] == "event" and data["event_type"] in _TOLD and "seq" in data:
                    yield msgspec.convert(data, _Logged)
        except (ValueError, KeyError, TypeError) as error:
            raise InvalidShoe(f"line {number} is neither a shoe's file nor a message of the server") from error


def _json(text: str) -> Any:
    """Raises ValueError for what is no JSON text, as msgspec's own errors are."""
    try:
        return msgspec.json.decode(text)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _convert(value: Any, into: type[T]) -> T:
    try:
        return msgspec.convert(value, into)
    except msgspec.ValidationError as error:
        raise InvalidShoe(f"this is no dealt shoe: {error}") from error
