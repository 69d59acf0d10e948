"""A finished round as its log tells it, event by event; or, where the log is gone, as the history has it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any, Final

import msgspec

from cardsharp.chips import to_number
from cardsharp.game import HappenedEvent, ReviewedDecision
from cardsharp.games import GAMES
from games.careers import events_of
from games.models import Checkpoint, Hand, Player, Round, Table

_PARTS: Final = ("phase", "dealer", "turn", "round_id", "deadline")
"""What of a table's view changes in a round, the seats apart."""


class Frame(msgspec.Struct, frozen=True, kw_only=True):
    """An event, what it changed of the table, and the decision that it was."""

    event: HappenedEvent
    changes: dict[str, Any]
    decision: ReviewedDecision | None

    def as_data(self) -> dict[str, Any]:
        """Builtins for the page's script."""
        decision = self.decision and {
            "action": self.decision.action,
            "advised": self.decision.advised,
            "valid_actions": list(self.decision.valid_actions),
        }
        event = {"event_type": self.event.event_type, "seq": self.event.seq, "data": self.event.data}
        return {"event": event, "changes": self.changes, "decision": decision}


class Decided(msgspec.Struct, frozen=True, kw_only=True):
    """A decision as a table of the page lists it."""

    player_name: str
    seat: int
    cards: str
    up_card: str
    action: str
    advised: str

    @property
    def is_by_the_book(self) -> bool:
        """Whether it is what the book advises."""
        return self.action == self.advised


class Replay(msgspec.Struct, frozen=True, kw_only=True):
    """A round: the state that the page begins with, and the frames; none where the log is gone."""

    state: dict[str, Any]
    frames: Sequence[Frame]
    decisions: Sequence[Decided]
    hands: Sequence[tuple[str, Hand]]
    """Every hand, with its player's name."""


def replay_of(table: Table, played: Round) -> Replay:
    """The round, with the names that its players have today."""
    game = GAMES[table.game]
    state = game.load(table.state)
    hands = list(Hand.objects.filter(round=played).select_related("player").order_by("seat", "pk"))
    begun = Checkpoint.objects.filter(table=table).values_list("seq", flat=True).first() or 0
    if played.first_seq <= begun:
        shown = _kept_state(game.view(state, 0), played, hands)
        return Replay(state=shown, frames=(), decisions=(), hands=_named(hands))
    logged = events_of(played)
    names = _names(logged)
    events = [_renamed(event, names) for event in logged if event.round_id == f"r{played.number}"]
    views = game.replay(state, events)
    decisions = {decision.place: decision for decision in game.review(state, events)}
    return Replay(
        state=views[0],
        frames=_frames(events, views, decisions),
        decisions=[_decided(decision, names) for decision in decisions.values()],
        hands=_named(hands),
    )


def _frames(
    events: Sequence[HappenedEvent], views: Sequence[dict[str, Any]], decisions: Mapping[int, ReviewedDecision]
) -> list[Frame]:
    frames = [Frame(event=events[0], changes={}, decision=None)]
    for place in range(1, len(events)):
        changes = _changes(views[place - 1], views[place])
        frames.append(Frame(event=events[place], changes=changes, decision=decisions.get(place)))
    return frames


def _changes(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """The parts that are others now; of the seats each that has changed, null for one that was left."""
    changes = {name: after[name] for name in _PARTS if after[name] != before[name]}
    old, new = ({seat["seat"]: seat for seat in view["seats"]} for view in (before, after))
    seats = {str(number): new.get(number) for number in {*old, *new} if old.get(number) != new.get(number)}
    return changes | ({"seats": seats} if seats else {})


def _names(events: Iterable[HappenedEvent]) -> dict[str, str]:
    """The names of today of everybody who appears in the events."""
    ids = {event.data["player_id"] for event in events if "player_id" in event.data}
    keys = {Player.key_of(player_id): player_id for player_id in ids}
    return {keys[pk]: name for pk, name in Player.objects.filter(pk__in=keys).values_list("pk", "username")}


def _renamed(event: HappenedEvent, names: Mapping[str, str]) -> HappenedEvent:
    data = {**event.data, **_name(event.data, names)}
    if "results" in data:
        data["results"] = [{**result, **_name(result, names)} for result in data["results"]]
    return msgspec.structs.replace(event, data=data)


def _name(data: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, str]:
    return {"player_name": names.get(data["player_id"], data["player_name"])} if "player_name" in data else {}


def _decided(decision: ReviewedDecision, names: Mapping[str, str]) -> Decided:
    return Decided(
        player_name=names.get(decision.player_id, ""),
        seat=decision.seat,
        cards=" ".join(decision.cards),
        up_card=decision.up_card,
        action=decision.action,
        advised=decision.advised,
    )


def _named(hands: Sequence[Hand]) -> list[tuple[str, Hand]]:
    return [(hand.player.username, hand) for hand in hands]


def _kept_state(view: dict[str, Any], played: Round, hands: Sequence[Hand]) -> dict[str, Any]:
    """The round's end, made of the history: hands, dealer and results, and nobody's stack."""
    seats = []
    for number, own in groupby(hands, key=lambda hand: hand.seat):
        rows = list(own)
        player = rows[0].player
        seats.append(
            {
                "player_id": player.public_id,
                "player_name": player.username,
                "seat": number,
                "stack": 0,
                "status": "active",
                "bet": 0,
                "insurance": 0,
                "hands": [_kept_hand(hand) for hand in rows],
            }
        )
    dealer = {"cards": played.dealer_cards.split(), "value": played.dealer_value, "is_soft": False}
    return {**view, "phase": "settled", "round_number": played.number, "seats": seats, "dealer": dealer, "turn": None}


def _kept_hand(hand: Hand) -> dict[str, Any]:
    return {
        "hand_id": hand.hand_id,
        "cards": hand.cards.split(),
        "value": hand.value,
        "is_soft": False,
        "bet": to_number(hand.bet_cents),
        "status": "stood",
        "result": hand.result,
    }
