"""The finished rounds: the history has each of the log's, once, with the hands and amounts that the log has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import Sum

from cardsharp.chips import to_cents
from cardsharp.game import Game, HappenedEvent
from games.models import Account, Player, Round, Table
from games.trimming import Beginning
from games.verification.moments import READ_AT_ONCE, DoesNotFit, Moment

Told = dict[str, Any]


class History:
    """Follows a table's log with its rounds."""

    def __init__(self, row: Table, game: Game, beginning: Beginning) -> None:
        self._row = row
        self._game = game
        rounds = Round.objects.filter(table=row)
        later = rounds.filter(last_seq__gt=beginning.seq).order_by("number").prefetch_related("hands")
        self._rounds: Iterator[Round] = later.iterator(chunk_size=READ_AT_ONCE // 10)
        self._started = 0
        self._is_whole = game.round_id(beginning.state) is None
        """Whether all of the round under way is known."""
        self._results: dict[str, Mapping[str, Any]] = {}
        self._insurance: Counter[int] = Counter()
        self._round_net = 0
        """What the house has won so far in the round under way; insurance is settled before its end."""
        earlier = rounds.filter(last_seq__lte=beginning.seq)
        self._house_net: int = earlier.aggregate(net=Sum("house_net_cents"))["net"] or 0

    def follow(self, moment: Moment) -> None:
        """Raises DoesNotFit where a round has ended that the history does not have, or has otherwise."""
        for event, before in zip(moment.events, moment.states, strict=False):
            match event.event_type:
                case "ROUND_STARTED":
                    self._started = event.seq
                    self._is_whole = True
                    self._results.clear()
                    self._insurance.clear()
                    self._round_net = 0
                case "INSURANCE_RESULT":
                    self._insurance[event.data["seat"]] += to_cents(event.data["net"])
                    self._house_wins(-to_cents(event.data["net"]))
                case "HAND_RESULT":
                    self._results[event.data["hand_id"]] = event.data
                    self._house_wins(-to_cents(event.data["net"]))
                case "ROUND_ENDED" if not self._is_whole:
                    self._check_rest(event)
                case "ROUND_ENDED":
                    self._check(event, before)

    def _house_wins(self, cents: int) -> None:
        self._round_net += cents
        self._house_net += cents

    def _check(self, ended: HappenedEvent, before: Any) -> None:
        view = self._game.view(before, 0)
        told, hands = self._told(ended), self._told_hands(view)
        if ended.data["dealer_cards"] != list(view["dealer"]["cards"]):
            raise DoesNotFit(f"event {ended.seq} has the dealer's cards otherwise than they were dealt")
        if told["house_net_cents"] != self._round_net:
            raise DoesNotFit(f"event {ended.seq} has another house_net than the results of the round")
        number, kept = told["number"], self._kept(ended)
        _compare(f"round {number}", {name: getattr(kept, name) for name in told}, told)
        kept_hands = {hand.hand_id: hand for hand in kept.hands.all()}
        if kept_hands.keys() != hands.keys():
            raise DoesNotFit(f"round {number} has the hands {sorted(kept_hands)}, the log says {sorted(hands)}")
        for hand_id, hand in hands.items():
            of_hand = {name: getattr(kept_hands[hand_id], name) for name in hand}
            _compare(f"hand {hand_id} of round {number}", of_hand, hand)

    def _check_rest(self, ended: HappenedEvent) -> None:
        """As `_check`, for a round whose beginning is in the log no more."""
        kept = self._kept(ended)
        told = self._told(ended)
        del told["first_seq"]
        _compare(f"round {kept.number}", {name: getattr(kept, name) for name in told}, told)
        self._house_net += told["house_net_cents"] - self._round_net

    def _kept(self, ended: HappenedEvent) -> Round:
        """The round that has ended, as the history has it."""
        number = ended.data["round_number"]
        kept = next(self._rounds, None)
        if kept is None or kept.number != number:
            raise DoesNotFit(f"the history lacks round {number}, which ended with event {ended.seq}")
        return kept

    def _told(self, ended: HappenedEvent) -> Told:
        return {
            "number": ended.data["round_number"],
            "first_seq": self._started,
            "last_seq": ended.seq,
            "dealer_cards": " ".join(ended.data["dealer_cards"]),
            "dealer_value": ended.data["dealer_value"],
            "house_net_cents": to_cents(ended.data["house_net"]),
        }

    def _told_hands(self, view: dict[str, Any]) -> dict[str, Told]:
        """The hands of the round that is about to end, insurance with the first of each seat."""
        hands: dict[str, Told] = {}
        for seat in view["seats"]:
            insurance = self._insurance[seat["seat"]]
            for hand in seat["hands"]:
                result = self._results[hand["hand_id"]]
                hands[hand["hand_id"]] = {
                    "player_id": Player.key_of(seat["player_id"]),
                    "seat": seat["seat"],
                    "cards": " ".join(hand["cards"]),
                    "value": result["value"],
                    "result": result["result"],
                    **{f"{name}_cents": to_cents(result[name]) for name in ("bet", "payout", "net")},
                    "insurance_net_cents": insurance,
                }
                insurance = 0
        return hands

    def finish(self) -> None:
        """Raises DoesNotFit where the history goes on after the log, or the house has not what the rounds gave it."""
        more = next(self._rounds, None)
        if more is not None:
            raise DoesNotFit(f"the history has round {more.number}, which the log does not end")
        if not self._is_whole:
            return  # what the round under way has settled already is not all known
        if self._row.is_practice:
            return  # the house has no part in it: what a stack wins, the table's own side has lost
        house = Account.objects.filter(kind=Account.Kind.HOUSE, table=self._row).first()
        balance = 0 if house is None else house.balance_cents
        if balance != self._house_net:
            raise DoesNotFit(f"the house has {balance} hundredths of the table, the results gave it {self._house_net}")


def _compare(what: str, kept: Told, told: Told) -> None:
    for name, value in told.items():
        if kept[name] != value:
            raise DoesNotFit(f"{what} has the {name} {kept[name]} in the history, the log says {value}")
