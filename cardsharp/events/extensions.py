"""What a program adds to the protocol: messages, actions, events and error codes of its own, each with its schema.

Nothing here runs anything. The handler serves what is registered, and the protocol's document reads it.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Awaitable, Callable, Collection
from typing import Any, Final, NamedTuple, TypeVar

import msgspec

from cardsharp import errors
from cardsharp.events.clients import Client
from cardsharp.events.messages import CLIENT_MESSAGES, SERVER_TYPES
from cardsharp.events.topics import ALL, LOBBY_EVENTS, TABLE_STATE

D = TypeVar("D", bound=msgspec.Struct)
S = TypeVar("S", bound=type[msgspec.Struct])
E = TypeVar("E", bound=type[errors.GameError])
Answer = msgspec.Struct | None
MessageHandler = Callable[[Client, D], Awaitable[Answer]]
ActionHandler = Callable[[Client, str, D], Awaitable[None]]

WORD: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")
EVENT_TYPE: Final = re.compile(r"[A-Z][A-Z0-9_]{0,63}")


class InvalidExtension(errors.CardSharpError):
    """A name is taken or no name, a schema cannot be one, or something is to be sent that nobody has registered."""


class CustomMessage(NamedTuple):
    """A client message of a program's own; `answer` is None where the answer's data is empty."""

    data: type[msgspec.Struct]
    answer: type[msgspec.Struct] | None
    description: str
    handle: MessageHandler[Any]


class CustomAction(NamedTuple):
    """An action of a program's own at a table."""

    data: type[msgspec.Struct]
    description: str
    handle: ActionHandler[Any]


class CustomEvent(NamedTuple):
    """An event of a program's own. It is in no log and has no seq."""

    data: type[msgspec.Struct]
    description: str


class CustomError(NamedTuple):
    """An error code of a program's own."""

    error: type[errors.GameError]
    description: str


class Extensions:
    """Everything that is registered, by its name. Register it before the first client comes."""

    def __init__(self, *, actions: Collection[str], event_types: Collection[str]) -> None:
        """`actions` and `event_types` are those of the games, which are taken."""
        self.messages: dict[str, CustomMessage] = {}
        self.actions: dict[str, CustomAction] = {}
        self.events: dict[str, CustomEvent] = {}
        self.errors: dict[str, CustomError] = {}
        self._structs: dict[str, type[msgspec.Struct]] = {}
        self._event_types: dict[type[msgspec.Struct], str] = {}
        self._game_actions = frozenset(actions)
        self._known_events = {*event_types, *LOBBY_EVENTS, TABLE_STATE, "ACTION_RECEIVED", ALL}

    def message(
        self, name: str, data: type[D], *, answer: type[msgspec.Struct] | None = None
    ) -> Callable[[MessageHandler[D]], MessageHandler[D]]:
        """Registers a client message. The function gets the client and its data, and returns the data of the answer:
        an instance of `answer`, or None where there is no such struct. Raises InvalidExtension."""

        def register(handle: MessageHandler[D]) -> MessageHandler[D]:
            _check_name("message", name, WORD, {*CLIENT_MESSAGES, *SERVER_TYPES, *self.messages})
            _check_schema(data)
            if answer is not None:
                _check_schema(answer)
            _check_async(name, handle)
            self._structs[name] = data
            self.messages[name] = CustomMessage(data, answer, _description(handle), handle)
            return handle

        return register

    def action(self, name: str, data: type[D]) -> Callable[[ActionHandler[D]], ActionHandler[D]]:
        """Registers an action at a table. The function gets the client, the table's id and the data. It returns
        nothing, and the client gets ACTION_RECEIVED. Raises InvalidExtension."""

        def register(handle: ActionHandler[D]) -> ActionHandler[D]:
            _check_name("action", name, WORD, {*self._game_actions, *self.actions})
            _check_schema(data)
            _check_async(name, handle)
            self.actions[name] = CustomAction(data, _description(handle), handle)
            return handle

        return register

    def event(self, name: str) -> Callable[[S], S]:
        """Registers a struct as the data of an event, to which clients may subscribe. Raises InvalidExtension."""

        def register(data: S) -> S:
            _check_name("event type", name, EVENT_TYPE, {*self._known_events, *self.events})
            _check_schema(data)
            if "timestamp" in data.__struct_fields__:
                raise InvalidExtension(f"{data.__name__} has a timestamp: the server adds one to every event.")
            if data in self._event_types:
                raise InvalidExtension(f"{data.__name__} is the event {self._event_types[data]} already.")
            self._event_types[data] = name
            self.events[name] = CustomEvent(data, _description(data))
            return data

        return register

    def error(self, error: E) -> E:
        """Registers a GameError with a code of its own, so that handlers may raise it. Raises InvalidExtension."""
        if not _is_class(error, errors.GameError):
            raise InvalidExtension(f"{error!r} is no subclass of GameError.")
        _check_name("error code", error.code, WORD, {*errors.ERROR_CODES, *self.errors})
        self.errors[error.code] = CustomError(error, _description(error))
        return error

    @property
    def structs(self) -> dict[str, type[msgspec.Struct]]:
        """The data of each message."""
        return self._structs

    def event_type_of(self, event: msgspec.Struct) -> str:
        """The event type under which the struct was registered. Raises InvalidExtension for any other."""
        name = self._event_types.get(type(event))
        if name is None:
            raise InvalidExtension(
                f"{type(event).__name__} is no event of your own: register its class with @handler.event. What the "
                "server and its games send cannot be sent by programs."
            )
        return name

    def knows(self, error: errors.GameError) -> bool:
        """Whether the error's code is one that clients can look up."""
        return error.code in errors.ERROR_CODES or error.code in self.errors


def _check_name(kind: str, name: str, shape: re.Pattern[str], taken: Collection[str]) -> None:
    if not shape.fullmatch(name):
        raise InvalidExtension(f"The {kind} {name!r} has no valid name: it must match {shape.pattern}.")
    if name in taken:
        raise InvalidExtension(f"The {kind} {name} exists already: choose another name.")


def _check_schema(data: type[msgspec.Struct]) -> None:
    if not _is_class(data, msgspec.Struct):
        raise InvalidExtension(f"{data!r} is no subclass of msgspec.Struct, which says what the data may be.")
    if data.__struct_config__.array_like:
        raise InvalidExtension(f"{data.__name__} is array_like: data is always a JSON object.")
    try:
        msgspec.json.schema(data)
    except (TypeError, NameError) as error:
        raise InvalidExtension(f"{data.__name__} has no JSON Schema: {error}") from error


def _is_class(thing: object, base: type) -> bool:
    return isinstance(thing, type) and issubclass(thing, base)


def _check_async(name: str, handle: Callable[..., Any]) -> None:
    if not inspect.iscoroutinefunction(handle):
        raise InvalidExtension(f"What handles {name} is no async function.")


def _description(thing: Any) -> str:
    """Its own docstring; not one that it inherits, or that msgspec gave it."""
    return inspect.cleandoc(thing.__doc__ or "")
