"""Frames that no client should send: recorded ones with tokens, characters or bytes changed, from a seed."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence

from cardsharp.blackjack.actions import ACTIONS
from cardsharp.blackjack.description import DESCRIPTION
from cardsharp.events.messages import CLIENT_MESSAGES
from cardsharp.protocol.examples import examples
from cardsharp.wire import encode_json

Span = tuple[int, int]

TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[-+.\w]+|\S')
# fmt: off
NUMBERS = (
    "0", "-0", "1", "-1", "2", "5", "10", "10.5", "10.001", "500", "1.0", "0.1", "1e2", "1e999", "-1e999", "1e-999",
    "1e1000000000000000000", "9007199254740991", "9007199254740992", "-9007199254740993", "18446744073709551616",
)
FIELDS = (
    "type", "id", "data", "timestamp", "client_id", "token", "batch", "event_types", "table_id", "since", "seqs",
    "action", "request_id", "seat", "amount", "buy_in", "client_seed", "__proto__",
)
# fmt: on
WORDS = [
    *CLIENT_MESSAGES,
    *ACTIONS,
    *DESCRIPTION.moves,
    *DESCRIPTION.events,
    *[
        "type",
        "id",
        "data",
        "timestamp",
        "client_id",
        "token",
        "batch",
        "event_types",
        "table_id",
        "since",
        "seqs",
        "action",
    ],
    *["request_id", "seat", "amount", "buy_in", "client_seed", "LOBBY_STATE", "TABLE_STATE", "*", "lobby", "__proto__"],
]
STRINGS = ["", " ", "x" * 64, "x" * 65, "é" * 64, "\\u0000", "\\ud83d\\ude00", "\\n", "♠", "\U0001f0a1", "y" * 5_000]
VALUES = [
    *NUMBERS,
    *(f'"{word}"' for word in (*WORDS, *STRINGS)),
    *["true", "false", "null", "{}", "[]", "[[]]", "[null]", "[1]", '["*"]', '["*","*"]', '{"type":"heartbeat"}'],
    "9" * 400,
    "0." + "1" * 400,
    *("[" * depth + "]" * depth for depth in (29, 30, 31, 32, 33, 500)),
    '{"a":' * 40 + "1" + "}" * 40,
]
"""JSON that is good as such."""
SCRAPS = [
    *["01", "+1", ".5", "1.", "0x10", "NaN", "Infinity", "-Infinity", "True", "None", "{null:1}", ",,", "}{", "\\"],
    '"\\ud800"',
    '"\\x"',
    "[" * 200,
]
"""Text that is no JSON."""
LETTERS = '{}[]",:\\ud80 \n\t0123456789.eE+-truefalsn*"ABCDé♠\u2028\x00\x7f'


def recorded(**changed: str) -> list[str]:
    """The client's frames of the recorded session and of the examples; `changed` replaces strings by others."""
    said = [line.frame for line in examples().session if line.sender == "client"]
    said += [message for key, message in examples().messages.items() if key.startswith("client.")]
    texts = dict.fromkeys(encode_json(message).decode() for message in said)
    return [_replaced(text, changed) for text in texts]


def _replaced(text: str, changed: dict[str, str]) -> str:
    for field, value in changed.items():
        text = re.sub(rf'"{field}":"[^"]*"', f'"{field}":"{value}"', text)
    return text


class Mutator:
    """An endless source of frames; the same seed gives the same ones."""

    def __init__(self, seed: int, frames: Sequence[str]) -> None:
        self._random = random.Random(seed)
        self._frames = [_Recorded(frame) for frame in frames]
        self._kinds: list[Callable[[], str | bytes]] = [
            *[self._with_other_values] * 10,
            *[self._with_other_fields] * 4,
            *[self._with_other_tokens] * 2,
            *[self._with_other_characters] * 2,
            self._with_other_bytes,
            self._of_two,
            self._of_letters,
            self._unchanged,
        ]

    def frame(self) -> str | bytes:
        """A text, or the bytes of one that may be no UTF-8 any more."""
        return self._random.choice(self._kinds)()

    def _unchanged(self) -> str:
        return self._random.choice(self._frames).text

    def _with_other_values(self) -> str:
        """Values of other types and sizes."""
        recorded = self._random.choice(self._frames)
        return self._replaced(recorded.text, recorded.values, lambda token: self._value())

    def _with_other_fields(self) -> str:
        """A field more, twice, or of another name."""
        recorded = self._random.choice(self._frames)
        return self._replaced(recorded.text, recorded.keys, self._field)

    def _field(self, key: str) -> str:
        name = f'"{self._random.choice(WORDS)}"'
        return self._random.choice((name, f"{name}:{self._value()},{key}", f"{key}:{self._value()},{key}"))

    def _with_other_tokens(self) -> str:
        """Tokens left out, doubled, or replaced by anything."""
        recorded = self._random.choice(self._frames)
        return self._replaced(
            recorded.text,
            recorded.tokens,
            lambda token: self._random.choice(("", f"{token},{token}", token * 2, self._value(), self._unchanged())),
        )

    def _value(self) -> str:
        return self._random.choice(SCRAPS) if self._random.random() < 0.02 else self._random.choice(VALUES)

    def _replaced(self, text: str, spans: Sequence[Span], change: Callable[[str], str]) -> str:
        count = min(len(spans), self._random.choice((1, 1, 1, 2, 3)))
        # From the end, so that the places before it stay where they are.
        for start, end in sorted(self._random.sample(spans, count), reverse=True):
            text = text[:start] + change(text[start:end]) + text[end:]
        return text

    def _with_other_characters(self) -> str:
        pick, text = self._random, self._unchanged()
        for _ in range(pick.choice((1, 1, 2, 5))):
            at = pick.randrange(len(text) + 1)
            until = pick.randrange(at, len(text) + 1)
            letter = pick.choice(LETTERS)
            damaged = (
                text[:at] + letter + text[at:],
                text[:at] + text[at + 1 :],
                text[:at] + letter + text[at + 1 :],
                text[:at],
                text[at:],
                text[:until] + text[at:],
            )
            text = pick.choice(damaged)
        return text

    def _with_other_bytes(self) -> bytes:
        pick, data = self._random, bytearray(self._unchanged().encode())
        for _ in range(pick.choice((1, 1, 2, 8))):
            data[pick.randrange(len(data))] = pick.randrange(256)
        return bytes(data)

    def _of_two(self) -> str:
        """Parts of two frames, each cut at a token."""
        first, second = self._random.choices(self._frames, k=2)
        _, end = self._random.choice(first.tokens)
        start, _ = self._random.choice(second.tokens)
        return first.text[:end] + self._random.choice(("", ",", ":")) + second.text[start:]

    def _of_letters(self) -> str:
        pick = self._random
        scraps = (self._value() + "".join(pick.choices(LETTERS, k=pick.randrange(20))) for _ in range(3))
        return "".join(scraps)


class _Recorded:
    """A frame, and where its tokens, its simple values and its fields' names are."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = [match.span() for match in TOKEN.finditer(text)]
        self.keys = [span for span in self.tokens if text[span[1] : span[1] + 1] == ":"]
        self.values = [span for span in self.tokens if span not in self.keys and text[span[0]] not in "{}[],:"]
