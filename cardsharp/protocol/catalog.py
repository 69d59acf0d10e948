"""Everything that the protocol has, as a list to make documents of: messages, errors, close codes and limits.

The games add their actions and events, and a server whatever programs have registered with its handler.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, Literal

import msgspec

from cardsharp import errors
from cardsharp.events import answers as a
from cardsharp.events import messages as m
from cardsharp.events.extensions import Extensions
from cardsharp.events.handler import MISSED_HEARTBEATS
from cardsharp.events.limits import Limits
from cardsharp.events.topics import ALL, LOBBY_EVENTS, TABLE_STATE
from cardsharp.game import Description, Game
from cardsharp.games import GAMES
from cardsharp.protocol import words as w

Side = Literal["client", "server"]
Structs = tuple[type[msgspec.Struct], ...]
RECEIPT: Final = "ACTION_RECEIVED"
DEFAULT_HEARTBEAT_SECONDS: Final = 20

_ANSWERS: Final[Mapping[str, type[msgspec.Struct]]] = {
    "connected": a.ConnectedData,
    "disconnected": a.DisconnectedData,
    "heartbeat": a.HeartbeatData,
    "error": a.ErrorData,
}


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of message: its `type` as `kind`, for actions and events also their `name`, and its data's structs."""

    side: Side
    kind: str
    name: str | None = None
    words: str
    data: Structs
    """One for each game that has the message; none where nothing is known of its data."""
    is_open: bool = False
    """Whether a game that describes itself no further has the message, too."""
    is_answer: bool = False
    """Whether it may answer a message directly, so that `reply_to` may be there."""
    is_own: bool = True
    """Whether it is the protocol's or a game's own, and not one that a program has registered."""
    seq: Literal["always", "sometimes", "never"] = "never"
    """Whether an event has a `seq`: the log's have one, and the lobby hears of some of them without it."""

    @property
    def key(self) -> str:
        """Its id in the documents, such as `client.action.place_bet` or `server.event.CARD_DEALT`."""
        return ".".join(part for part in (self.side, self.kind, self.name) if part)


class ErrorCode(msgspec.Struct, frozen=True):
    """A code, when it is sent, and the details that its `error` may carry."""

    code: str
    words: str
    details: tuple[str, ...]
    is_own: bool = True
    """Whether it is the protocol's own, and not one that a program has registered."""


class Close(msgspec.Struct, frozen=True):
    """A reason of `disconnected`, its close code, when it is sent, and what to do about it."""

    reason: str
    code: int
    words: str
    what_to_do: str


class Limit(msgspec.Struct, frozen=True):
    """A limit of one connection."""

    name: str
    value: float
    words: str


class Catalog(msgspec.Struct, frozen=True, kw_only=True):
    """The whole protocol."""

    messages: tuple[Message, ...]
    errors: tuple[ErrorCode, ...]
    closes: tuple[Close, ...]
    limits: tuple[Limit, ...]
    games: tuple[Description, ...]
    """The games that describe themselves."""
    has_other_games: bool
    event_types: tuple[str, ...]
    """What can be subscribed to, `*` included."""

    def message(self, key: str) -> Message:
        """The message of that id."""
        return next(message for message in self.messages if message.key == key)


def catalog(
    extensions: Extensions | None = None,
    *,
    limits: Limits | None = None,
    heartbeat_seconds: float = DEFAULT_HEARTBEAT_SECONDS,
) -> Catalog:
    """The protocol as a server speaks it that has these games and extensions now."""
    extensions = extensions or Extensions(actions=(), event_types=())
    games = tuple(GAMES.values())
    described = tuple(description for game in games if (description := game.description) is not None)
    messages = (
        *_client_messages(games),
        *_own_client_messages(extensions),
        *_server_messages(games, described),
        *_own_server_messages(extensions),
    )
    names = [message.name for message in messages if message.kind == "event" and message.name]
    return Catalog(
        messages=messages,
        errors=tuple(_errors(extensions)),
        closes=tuple(Close(reason, code, *w.CLOSES[reason]) for reason, code in m.CLOSE_CODES.items()),
        limits=_limits(limits or Limits(), heartbeat_seconds),
        games=described,
        has_other_games=len(described) < len(games),
        event_types=(ALL, *(name for name in names if name != RECEIPT)),
    )


def answers_to(kind: str) -> tuple[str, ...]:
    """What may answer a client's message of that type: keys of the server's messages, without the side."""
    return w.ANSWERS.get(kind, (kind, "error"))


def _client_messages(games: Sequence[Game]) -> Iterator[Message]:
    for name, struct in m.CLIENT_MESSAGES.items():
        if struct is not m.Action:
            yield Message(side="client", kind=name, words=w.CLIENT_MESSAGES[name], data=(struct,))
    for name in dict.fromkeys(name for game in games for name in game.actions):
        structs = tuple(game.actions[name] for game in games if name in game.actions)
        yield Message(side="client", kind="action", name=name, words=_words(name, games), data=structs)


def _server_messages(games: Sequence[Game], described: Sequence[Description]) -> Iterator[Message]:
    others = len(described) < len(games)
    for kind, data in _ANSWERS.items():
        yield Message(side="server", kind=kind, words=w.SERVER_MESSAGES[kind], data=(data,), is_answer=True)
    request = w.SERVER_MESSAGES["action_request"]
    requests = tuple(game.request for game in described)
    yield Message(side="server", kind="action_request", words=request, data=requests, is_open=others)
    yield _event(RECEIPT, w.EVENTS[RECEIPT], (a.ReceiptData,), is_answer=True)
    yield _event("LOBBY_STATE", w.EVENTS["LOBBY_STATE"], (a.LobbyStateData,))
    rows = tuple(game.row for game in described)
    yield _event("TABLE_CHANGED", w.EVENTS["TABLE_CHANGED"], rows, is_open=others)
    yield _event(TABLE_STATE, w.EVENTS[TABLE_STATE], (a.TableStateData,), seq="always")
    in_order = [name for game in described for name in game.events]
    for name in dict.fromkeys([*in_order, *(name for game in games for name in sorted(game.event_types))]):
        structs = tuple(game.events[name] for game in described if name in game.events)
        is_open = any(game.description is None and name in game.event_types for game in games)
        seq: Literal["sometimes", "always"] = "sometimes" if name in LOBBY_EVENTS else "always"
        yield _event(name, _words(name, games), structs, is_open=is_open, seq=seq)


def _words(name: str, games: Sequence[Game]) -> str:
    """What the first game that describes it says of an action or event."""
    descriptions = (game.description for game in games)
    said = (description.words[name] for description in descriptions if description and name in description.words)
    owner = next(game.name for game in games if name in game.actions or name in game.event_types)
    return next(said, f"Of the game {owner}.")


def _own_client_messages(extensions: Extensions) -> Iterator[Message]:
    for name, message in extensions.messages.items():
        words = message.description or w.OWN_MESSAGE
        yield Message(side="client", kind=name, words=words, data=(message.data,), is_own=False)
    for name, action in extensions.actions.items():
        words = action.description or w.OWN_ACTION
        yield Message(side="client", kind="action", name=name, words=words, data=(action.data,), is_own=False)


def _own_server_messages(extensions: Extensions) -> Iterator[Message]:
    for name, message in extensions.messages.items():
        data = () if message.answer is None else (message.answer,)
        words = f"The answer to `{name}`."
        yield Message(side="server", kind=name, words=words, data=data, is_answer=True, is_own=False)
    for name, event in extensions.events.items():
        words = event.description or w.OWN_EVENT
        yield Message(side="server", kind="event", name=name, words=words, data=(event.data,), is_own=False)


def _event(
    name: str,
    words: str,
    data: Structs,
    *,
    is_open: bool = False,
    is_answer: bool = False,
    seq: Literal["always", "sometimes", "never"] = "never",
) -> Message:
    return Message(
        side="server",
        kind="event",
        name=name,
        words=words,
        data=data,
        is_open=is_open,
        is_answer=is_answer,
        seq=seq,
    )


def _errors(extensions: Extensions) -> Iterator[ErrorCode]:
    for code, error in errors.ERROR_CODES.items():
        yield ErrorCode(code, w.ERRORS[code], error.detail_names)
    for code, custom in extensions.errors.items():
        yield ErrorCode(code, custom.description or custom.error.default_message, custom.error.detail_names, False)


def _limits(limits: Limits, heartbeat_seconds: float) -> tuple[Limit, ...]:
    values = {
        "MAX_FRAME_BYTES": m.MAX_FRAME_BYTES,
        "MAX_DEPTH": m.MAX_DEPTH,
        **msgspec.structs.asdict(limits),
        "CARDSHARP_HEARTBEAT_SECONDS": heartbeat_seconds,
        "MISSED_HEARTBEATS": MISSED_HEARTBEATS,
    }
    return tuple(Limit(name, value, w.LIMITS[name]) for name, value in values.items())
