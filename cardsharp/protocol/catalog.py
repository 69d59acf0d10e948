"""Everything that the protocol has, as a list to make documents of: messages, errors, close codes and limits.

A server with messages, actions or events of its own adds them; a name that is taken already is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, Literal

import msgspec

from cardsharp import errors
from cardsharp.events import answers as a
from cardsharp.events import messages as m
from cardsharp.events.handler import MISSED_HEARTBEATS
from cardsharp.events.limits import Limits
from cardsharp.events.topics import ALL, LOBBY_EVENTS, TABLE_STATE
from cardsharp.game import Description
from cardsharp.games import GAMES
from cardsharp.protocol import words as w

Side = Literal["client", "server"]
RECEIPT: Final = "ACTION_RECEIVED"
DEFAULT_HEARTBEAT_SECONDS: Final = 20

_ANSWERS: Final[Mapping[str, type[msgspec.Struct]]] = {
    "connected": a.ConnectedData,
    "disconnected": a.DisconnectedData,
    "heartbeat": a.HeartbeatData,
    "error": a.ErrorData,
}


class Addition(msgspec.Struct, frozen=True):
    """What a server adds: the struct of its data, and a sentence. The struct's fields are described by `Meta`."""

    struct: type[msgspec.Struct]
    words: str


class Additions(msgspec.Struct, frozen=True, kw_only=True):
    """Messages of clients, answers to them, actions and events of tables beyond the protocol's own, and error codes."""

    messages: Mapping[str, Addition] = {}
    answers: Mapping[str, Addition] = {}
    actions: Mapping[str, Addition] = {}
    events: Mapping[str, Addition] = {}
    errors: Mapping[str, str] = {}


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of message: its `type` as `kind`, for actions and events also their `name`, and its data's structs."""

    side: Side
    kind: str
    name: str | None = None
    words: str
    data: tuple[type[msgspec.Struct], ...]
    is_answer: bool = False
    """Whether it may answer a message directly, so that `reply_to` may be there."""

    @property
    def key(self) -> str:
        """Its id in the documents, such as `client.action.place_bet` or `server.event.CARD_DEALT`."""
        return ".".join(part for part in (self.side, self.kind, self.name) if part)


class ErrorCode(msgspec.Struct, frozen=True):
    """A code, when it is sent, and the details that its `error` may carry."""

    code: str
    words: str
    details: tuple[str, ...]


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
    event_types: tuple[str, ...]
    """What can be subscribed to, `*` included."""

    def message(self, key: str) -> Message:
        """The message of that id."""
        return next(message for message in self.messages if message.key == key)


def catalog(
    additions: Additions | None = None,
    *,
    limits: Limits | None = None,
    heartbeat_seconds: float = DEFAULT_HEARTBEAT_SECONDS,
) -> Catalog:
    """The protocol as this server speaks it. Raises ValueError where an addition has the name of something else."""
    additions = additions or Additions()
    games = tuple(game.description for game in GAMES.values())
    messages = (*_client_messages(games, additions), *_server_messages(games, additions))
    taken: set[str] = set()
    for message in messages:
        if message.key in taken:
            raise ValueError(f"two messages are called {message.key}")
        taken.add(message.key)
    names = [message.name for message in messages if message.kind == "event" and message.name]
    return Catalog(
        messages=messages,
        errors=_errors(additions),
        closes=tuple(Close(reason, code, *w.CLOSES[reason]) for reason, code in m.CLOSE_CODES.items()),
        limits=_limits(limits or Limits(), heartbeat_seconds),
        games=games,
        event_types=(ALL, *(name for name in names if name != RECEIPT)),
    )


def _client_messages(games: tuple[Description, ...], additions: Additions) -> Iterator[Message]:
    for name, struct in m.CLIENT_MESSAGES.items():
        if struct is not m.Action:
            yield Message(side="client", kind=name, words=w.CLIENT_MESSAGES[name], data=(struct,))
    for game in games:
        for name, shape in game.actions.items():
            yield Message(side="client", kind="action", name=name, words=game.words[name], data=(shape,))
    for name, added in additions.messages.items():
        yield Message(side="client", kind=name, words=added.words, data=(added.struct,))
    for name, added in additions.actions.items():
        yield Message(side="client", kind="action", name=name, words=added.words, data=(added.struct,))


def _server_messages(games: tuple[Description, ...], additions: Additions) -> Iterator[Message]:
    for kind, data in _ANSWERS.items():
        yield Message(side="server", kind=kind, words=w.SERVER_MESSAGES[kind], data=(data,), is_answer=True)
    requests = tuple(game.request for game in games)
    yield Message(side="server", kind="action_request", words=w.SERVER_MESSAGES["action_request"], data=requests)
    for name, added in additions.answers.items():
        yield Message(side="server", kind=name, words=added.words, data=(added.struct,), is_answer=True)
    yield _event(RECEIPT, w.EVENTS[RECEIPT], a.ReceiptData, is_answer=True)
    yield _event("LOBBY_STATE", w.EVENTS["LOBBY_STATE"], a.LobbyStateData)
    yield _event("TABLE_CHANGED", w.EVENTS["TABLE_CHANGED"], *(game.row for game in games))
    yield _event(TABLE_STATE, w.EVENTS[TABLE_STATE], a.TableStateData)
    for game in games:
        for name, struct in game.events.items():
            yield _event(name, game.words[name], struct)
    for name, added in additions.events.items():
        yield _event(name, added.words, added.struct)


def _event(name: str, words: str, *data: type[msgspec.Struct], is_answer: bool = False) -> Message:
    return Message(side="server", kind="event", name=name, words=words, data=data, is_answer=is_answer)


def _errors(additions: Additions) -> tuple[ErrorCode, ...]:
    if both := additions.errors.keys() & errors.ERROR_CODES.keys():
        raise ValueError(f"the protocol has the error code {min(both)} already")
    own = (ErrorCode(code, w.ERRORS[code], error.detail_names) for code, error in errors.ERROR_CODES.items())
    return (*own, *(ErrorCode(code, words, ()) for code, words in additions.errors.items()))


def _limits(limits: Limits, heartbeat_seconds: float) -> tuple[Limit, ...]:
    values = {
        "MAX_FRAME_BYTES": m.MAX_FRAME_BYTES,
        "MAX_DEPTH": m.MAX_DEPTH,
        **msgspec.structs.asdict(limits),
        "CARDSHARP_HEARTBEAT_SECONDS": heartbeat_seconds,
        "MISSED_HEARTBEATS": MISSED_HEARTBEATS,
    }
    return tuple(Limit(name, value, w.LIMITS[name]) for name, value in values.items())


def seq_of(name: str) -> Literal["always", "sometimes", "never"]:
    """Whether an event of that type has a `seq`: the log's have one, the lobby hears of some of them without it."""
    if name in (RECEIPT, "LOBBY_STATE", "TABLE_CHANGED"):
        return "never"
    return "sometimes" if name in LOBBY_EVENTS else "always"
