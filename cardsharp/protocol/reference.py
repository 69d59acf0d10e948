"""The protocol as a page shows it: for each message its sentence, its fields as a table, and an example."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from cardsharp.protocol.catalog import Catalog, Message, answers_to
from cardsharp.protocol.examples import Examples, pretty
from cardsharp.protocol.schema import definitions_of
from cardsharp.protocol.shapes import CARD, CHIPS, Schema

_KINDS = {"string": "text", "integer": "integer", "number": "number", "boolean": "true or false", "null": "null"}


class Field(msgspec.Struct, frozen=True):
    """A field: what kind of value it has, the `Part` that describes it further, and the values where they are few."""

    name: str
    kind: str
    part: str | None
    is_required: bool
    words: str
    values: tuple[str, ...]


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A message: `title` is its type, action or event type; `answers` are the titles of what may answer it."""

    key: str
    title: str
    words: str
    fields: tuple[Field, ...]
    answers: tuple[str, ...] = ()
    note: str = ""
    examples: tuple[tuple[str, str], ...]
    """Each with its title, which is empty where there is one."""


class Part(msgspec.Struct, frozen=True):
    """An object that is part of messages."""

    name: str
    words: str
    fields: tuple[Field, ...]


class Reference(msgspec.Struct, frozen=True, kw_only=True):
    """Everything on the page that comes out of the structs."""

    client: tuple[Entry, ...]
    actions: tuple[Entry, ...]
    server: tuple[Entry, ...]
    events: tuple[Entry, ...]
    parts: tuple[Part, ...]
    session: tuple[tuple[str, str], ...]


def reference(protocol: Catalog, recorded: Examples) -> Reference:
    """The page's content. What programs have registered has no example."""
    definitions = definitions_of(protocol)

    def entries(side: str, *, actions: bool = False, events: bool = False) -> Iterator[Entry]:
        for message in protocol.messages:
            if message.side == side and (message.kind == "action") == actions and (message.kind == "event") == events:
                yield _entry(message, definitions, recorded)

    return Reference(
        client=tuple(entries("client")),
        actions=tuple(entries("client", actions=True)),
        server=tuple(entries("server")),
        events=tuple(entries("server", events=True)),
        parts=tuple(_parts(definitions)),
        session=tuple((line.sender, pretty(line.frame)) for line in recorded.session),
    )


def _entry(message: Message, definitions: dict[str, Schema], recorded: Examples) -> Entry:
    return Entry(
        key=message.key,
        title=message.name or message.kind,
        words=message.words,
        fields=_fields(own_data(message, definitions), definitions),
        answers=answers_to(message.kind) if message.side == "client" else (),
        note=_note(message),
        examples=tuple((title, pretty(frame)) for title, frame in recorded.of(message.key)),
    )


def _note(message: Message) -> str:
    if message.kind != "event":
        return ""
    return {"always": "", "sometimes": "Without a `seq` in the lobby.", "never": "It has no `seq`."}[message.seq]


def own_data(message: Message, definitions: dict[str, Schema]) -> Schema:
    """The schema of what the message itself says: of an action or event what is in the inner `data`."""
    data = _resolved(definitions[message.key]["properties"]["data"], definitions)
    if message.kind in ("action", "event"):
        data = _resolved(data["properties"]["data"], definitions)
    return data


def _resolved(schema: Schema, definitions: dict[str, Schema]) -> Schema:
    """The schema of the object behind references and beside null."""
    if "anyOf" in schema:
        return _resolved(schema["anyOf"][0], definitions)
    return definitions[_name_of(schema["$ref"])] if "$ref" in schema else schema


def _fields(schema: Schema, definitions: dict[str, Schema]) -> tuple[Field, ...]:
    required = schema.get("required", ())
    return tuple(
        Field(
            name=name,
            kind=_kind(field) if name in required else _kind(field).removesuffix(" or null"),
            part=_part_of(field),
            is_required=name in required,
            words=field.get("description", ""),
            values=tuple(_values(field)),
        )
        for name, field in schema["properties"].items()
    )


def _parts(definitions: dict[str, Schema]) -> Iterator[Part]:
    used = {part for schema in definitions.values() for part in _part_names(schema)}
    for name in sorted(used):
        yield Part(name, definitions[name].get("description", ""), _fields(definitions[name], definitions))


def _part_names(schema: Schema) -> Iterator[str]:
    """The objects that fields of the object refer to, however deep inside the schema."""
    for name, field in schema.get("properties", {}).items():
        if name == "data":
            yield from _part_names(field)
        elif part := _part_of(field):
            yield part
        else:
            yield from _part_names(field)


def _part_of(field: Schema) -> str | None:
    for schema in (field, *field.get("anyOf", ()), field.get("items", {}), field.get("additionalProperties", {})):
        if isinstance(schema, dict) and (name := _name_of(schema.get("$ref", ""))) not in ("", CHIPS, CARD):
            return name
    return None


def _name_of(reference: str) -> str:
    return reference.removeprefix("#/$defs/")


def _kind(schema: Schema) -> str:
    if "anyOf" in schema:
        return " or ".join(_kind(part) for part in schema["anyOf"])
    if "$ref" in schema:
        name = _name_of(schema["$ref"])
        return name.lower() if name in (CHIPS, CARD) else name
    if "title" in schema:
        return str(schema["title"])
    if "const" in schema:
        return f'"{schema["const"]}"'
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return " or ".join(_kind_of(kind, schema) for kind in kinds)


def _kind_of(kind: str, schema: Schema) -> str:
    if kind == "array":
        length = f"{schema['minItems']} " if schema.get("minItems", 0) == schema.get("maxItems") else ""
        return f"list of {length}{_plural(_kind(schema['items']))}"
    if kind == "object":
        inner = schema.get("additionalProperties")
        return f"object, each value {_kind(inner)}" if inner else "object"
    return _KINDS[kind]


def _plural(kind: str) -> str:
    return {"text": "texts", "integer": "integers", "card": "cards"}.get(kind, kind)


def _values(schema: Schema) -> Iterator[str]:
    yield from (value for value in schema.get("enum", ()) if value is not None)
    yield from _values(schema.get("items", {})) if isinstance(schema.get("items"), dict) else ()
