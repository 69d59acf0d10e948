"""The shoes: each was shuffled with the seeds that its players gave, dealt as committed, and revealed as it was.

What is told of one says nothing about cards that are still to come.
"""

from __future__ import annotations

from django.conf import settings

from cardsharp.dealt_shoe import check
from cardsharp.errors import InvalidShoe
from cardsharp.game import Game, HappenedEvent
from cardsharp.shoe import SecretShoes, commitment
from cardsharp.shoe_file import EVENT_TYPES, TableEvent, read_events
from cardsharp.wire import decode_json
from games.models import Table
from games.trimming import Beginning
from games.verification.moments import DoesNotFit, Moment


class Shoes:
    """Follows a table's log, with what was dealt from one shoe in memory."""

    def __init__(self, row: Table, game: Game, beginning: Beginning) -> None:
        self._row = row
        self._promise: list[TableEvent] = []
        """The event that published the commitment of the shoe in use."""
        self._dealt: list[TableEvent] = []
        """What has happened to the shoe in use, from its shuffle on."""
        self._number = 0
        self._is_whole = True
        """Whether all that has happened to the shoe in use is known."""
        self._knows_seeds = not beginning.seq
        if beginning.promise:
            self._promise = [TableEvent("TABLE_OPENED", decode_json(beginning.promise))]
            shoe_id = game.view(beginning.state, 0)["shoe"]["shoe_id"]
            self._number = int((shoe_id or "s0").removeprefix("s"))
            self._is_whole = not self._number
        self._seeds: dict[int, tuple[str, str]] = {}
        """Player and client seed of each seat that has given one."""

    def follow(self, moment: Moment) -> None:
        """Raises DoesNotFit where a shoe was shuffled, dealt or revealed otherwise than it should."""
        for event in moment.events:
            self._follow_seeds(event)
            if event.event_type in EVENT_TYPES:
                self._follow_shoe(event)

    def _follow_seeds(self, event: HappenedEvent) -> None:
        data = event.data
        match event.event_type:
            case "CLIENT_SEED_SET":
                self._seeds[data["seat"]] = data["player_id"], data["client_seed"]
            case "PLAYER_LEFT":
                self._seeds.pop(data["seat"], None)
            case "SHUFFLE":
                given = [seeds for _, seeds in sorted(self._seeds.items())]
                used = [(entry["player_id"], entry["seed"]) for entry in data["client_seeds"]]
                if not self._knows_seeds:  # of some players
                    given = [seeds for seeds in used if seeds in given or seeds[0] not in dict(given)]
                if used != given:
                    raise DoesNotFit(f"event {event.seq} shuffles with the client seeds {used}, given were {given}")

    def _follow_shoe(self, event: HappenedEvent) -> None:
        told = TableEvent(event.event_type, event.data, event.round_id)
        match event.event_type:
            case "TABLE_OPENED":
                self._promise = [told]
            case "SHUFFLE":
                self._promise = self._dealt[:1] or self._promise
                self._dealt = [told]
                self._number += 1
                self._is_whole = True
            case _ if not self._is_whole:
                return
            case "SHOE_REVEALED":
                self._dealt.append(told)
                self._check_dealt(event)
            case _:
                self._dealt.append(told)

    def _check_dealt(self, revealed: HappenedEvent) -> None:
        """Raises DoesNotFit unless the shoe that has been revealed was dealt as committed."""
        try:
            shoe = read_events([*self._promise, *self._dealt], table_id=self._row.pk)[-1]
            verdict = check(shoe)
        except InvalidShoe as error:
            raise DoesNotFit(f"the shoe that event {revealed.seq} reveals cannot be checked: {error}") from error
        # Cards that were laid out by hand are in no order that seeds make; only the setting that lays them out knows.
        laid_out = verdict.misfit.fault if verdict.misfit and settings.CARDSHARP_STACKED_SHOE else None
        faults = [fault for fault in verdict.faults if fault != laid_out]
        if faults:
            raise DoesNotFit(f"shoe {shoe.shoe_id}, which event {revealed.seq} reveals: {faults[0]}")

    def finish(self) -> None:
        """Raises DoesNotFit where the table's secret does not make the seeds that are committed to."""
        if not self._promise:
            return
        secret = SecretShoes(bytes(self._row.shoe_secret))
        newest = (self._dealt or self._promise)[0].data
        for number, name in ((self._number, "commitment"), (self._number + 1, "next_commitment")):
            if name in newest and commitment(secret.server_seed(number)) != newest[name]:
                raise DoesNotFit(f"the table's secret is not the one behind the commitment to shoe s{number}")
