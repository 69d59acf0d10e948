"""`verify` names the first thing that has gone wrong with what is kept, and says nothing where all is well."""

import json
import random
import re
import secrets
import tracemalloc
from collections.abc import Callable
from io import StringIO
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import F
from pytest_django import Settings

from cardsharp.game import PlayerRequest
from games import accounts
from games.models import Account, Answer, Career, Hand, LoggedEvent, PlayedRound, Player, Round, Table, Transfer
from games.store import AnswerKey, Store
from games.verification import accounts as verified_accounts
from games.verification import answers, history, moments, stacks, tables, verify
from tests.games.durable import NOON, at_once, close_table, open_table, play

SECRET = bytes([2]) * 32
"""Makes shoes in which an insurance, a split and the ends of two shoes come soon."""


class Evening:
    """A table at which Ada and Bob play whatever comes, by the clock and with request ids."""

    def __init__(self, store: Store, ada: Player, bob: Player, buy_in: int = 500) -> None:
        self.store = store
        self.players = {player.public_id: player for player in (ada, bob)}
        self.table_id = open_table(store, decks=1, pause_seconds=0, bet_seconds=None, max_buy_in_cents=10_000_00)
        self.at = NOON
        self._random = random.Random(5)
        for player in (ada, bob):
            self.do(player, "join_table", buy_in=buy_in, client_seed=f"{player}'s luck")

    def do(self, player: Player, what: str, /, answer: AnswerKey | None = None, **data: Any) -> None:
        self.at += 1
        play(self.store, self.table_id, player, what, at=self.at, answer=answer, **data)

    def go_on(self, until: Callable[[], bool]) -> None:
        """Answers what the table awaits until that is so and betting is open."""
        while "BET" not in self._requests()[0].data["valid_actions"] or not until():
            self.answer()

    def answer(self) -> None:
        request = self._requests()[0]
        moves = request.data["valid_actions"]
        move = next((move for move in moves if move == "INSURANCE"), self._random.choice(moves))
        action, data = ("place_bet", {"amount": 10}) if "BET" in moves else ("player_action", {"action": move})
        player = self.players[request.player_id]
        key = AnswerKey(player.pk, request.request_id, "d" * 64)
        self.do(player, action, key, request_id=request.request_id, **data)

    def _requests(self) -> list[PlayerRequest]:
        return [each for each in self.store.load(self.table_id).snapshot.requests if not each.answered]

    def newest(self, event_type: str) -> int:
        """The seq of the newest such event; 0 for none."""
        events = LoggedEvent.objects.filter(table=self.table_id, event_type=event_type).order_by("-seq")
        return events.values_list("seq", flat=True).first() or 0

    def has(self, event_type: str, count: int = 1) -> bool:
        return LoggedEvent.objects.filter(table=self.table_id, event_type=event_type).count() >= count


@pytest.fixture
def known_shoes(monkeypatch: pytest.MonkeyPatch) -> None:
    known = SimpleNamespace(token_urlsafe=secrets.token_urlsafe, token_bytes=lambda length: SECRET)
    monkeypatch.setattr("games.store.secrets", known)


@pytest.fixture
def evening(store: Store, ada: Player, bob: Player, known_shoes: None) -> Evening:
    """Two shoes are finished, an insurance is settled, chips were added, and a bet lies in the round under way."""
    evening = Evening(store, ada, bob)
    evening.go_on(lambda: True)
    evening.do(ada, "add_chips", amount=10)
    evening.go_on(lambda: evening.has("SHOE_REVEALED", 2) and evening.has("INSURANCE_RESULT"))
    evening.answer()
    return evening


# -- what may go wrong ------------------------------------------------------------------------------------------------


def event(event_type: str, place: int = 0) -> LoggedEvent:
    return LoggedEvent.objects.filter(event_type=event_type).order_by("seq")[place]


def told(event_type: str, place: int = 0, **changes: Any) -> Callable[[], object]:
    """The event says something else."""

    def change() -> None:
        line = event(event_type, place)
        LoggedEvent.objects.filter(pk=line.pk).update(data=json.dumps(json.loads(line.data) | changes))

    return change


def a_dealers_card() -> LoggedEvent:
    return LoggedEvent.objects.filter(event_type="CARD_DEALT", data__contains='"is_dealer":true').order_by("seq")[0]


def deal_another_card() -> None:
    """Consistently: in the log and in the history, so that only the seeds tell."""
    dealt, number = a_dealers_card(), 1
    card = json.loads(dealt.data)["card"]
    other = "2♣" if card != "2♣" else "2♠"
    ended = event("ROUND_ENDED")
    LoggedEvent.objects.filter(pk=dealt.pk).update(data=dealt.data.replace(card, other))
    LoggedEvent.objects.filter(pk=ended.pk).update(data=ended.data.replace(f'["{card}"', f'["{other}"'))
    kept = Round.objects.get(number=number)
    Round.objects.filter(pk=kept.pk).update(dealer_cards=kept.dealer_cards.replace(card, other, 1))


def shift(kind: str, cents: int = 1) -> None:
    Account.objects.filter(pk=Account.objects.filter(kind=kind).order_by("pk")[0].pk).update(
        balance_cents=F("balance_cents") + cents
    )


def shift_from_stack_to_wallet() -> None:
    shift("stack", -1)
    shift("wallet", 1)


def edit_a_balance() -> None:
    shift("bank", -5)
    shift("wallet", 5)


def repost(transfer: Transfer, **changes: Any) -> None:
    """Puts the transfer otherwise, balances in step."""
    old = transfer.source_id, transfer.target_id
    for name, value in changes.items():
        setattr(transfer, name, value)
    transfer.save()
    for source, target in ((transfer.source_id, transfer.target_id), old[::-1]):
        Account.objects.filter(pk=target).update(balance_cents=F("balance_cents") + transfer.amount_cents)
        Account.objects.filter(pk=source).update(balance_cents=F("balance_cents") - transfer.amount_cents)


def of_reason(reason: str, place: int = 0) -> Transfer:
    return Transfer.objects.filter(reason=reason).order_by("pk")[place]


def post_twice() -> None:
    twice = of_reason("hand")
    Account.objects.filter(pk=twice.source_id).update(balance_cents=F("balance_cents") - twice.amount_cents)
    Account.objects.filter(pk=twice.target_id).update(balance_cents=F("balance_cents") + twice.amount_cents)
    twice.pk = None
    twice.save()


def pay_the_other_player() -> None:
    win = Transfer.objects.filter(reason="hand", target__kind="stack").order_by("pk")[0]
    repost(win, target=Account.objects.filter(kind="stack").exclude(pk=win.target_id).get())


def buy_in_from_the_house() -> None:
    repost(of_reason("buy_in"), source=Account.objects.get(kind="house"))


def grant_from_the_house() -> None:
    repost(of_reason("grant"), source=Account.objects.get(kind="house"))


def cash_out_to_the_other_player() -> None:
    """A buy-in that came out of another's wallet."""
    buy_in = of_reason("buy_in")
    repost(buy_in, source=Account.objects.filter(kind="wallet").exclude(pk=buy_in.source_id).get())


def cook_a_result() -> None:
    """A win that the house did not pay: the same in the log's round and in the history."""
    ended = event("ROUND_ENDED")
    LoggedEvent.objects.filter(pk=ended.pk).update(
        data=json.dumps(json.loads(ended.data) | {"house_net": -1_000}, ensure_ascii=False)
    )
    Round.objects.filter(number=1).update(house_net_cents=-1_000_00)


def lose_a_hand() -> None:
    Hand.objects.filter(round__number=1).order_by("pk")[0].delete()


def add_a_round() -> None:
    last = Round.objects.order_by("-number")[0]
    last.pk, last.number = None, last.number + 1
    last.save()


def another_secret() -> None:
    Table.objects.update(shoe_secret=bytes(32))


def answer_nothing() -> None:
    Answer.objects.filter(pk=Answer.objects.order_by("seq")[3].pk).update(request_id="q1-9")


def swap_an_answer() -> None:
    first = Answer.objects.order_by("seq")[0]
    other = Player.objects.exclude(pk=first.player_id)[0]
    Answer.objects.filter(pk=first.pk).update(player=other, digest="e" * 64)


def in_state(old: str, new: str) -> Callable[[], object]:
    def change() -> None:
        state = Table.objects.get().state
        assert old in state
        Table.objects.update(state=state.replace(old, new, 1))

    return change


def lose_event(place: int) -> Callable[[], object]:
    return lambda: LoggedEvent.objects.order_by("seq")[place].delete()


def rewrite(place: int, **columns: Any) -> Callable[[], object]:
    return lambda: LoggedEvent.objects.filter(seq=place).update(**columns)


def lose_the_last_event() -> None:
    LoggedEvent.objects.order_by("-seq")[0].delete()


DAMAGES: dict[str, tuple[Callable[[], object], str]] = {
    # the log
    "an event is lost": (lose_event(4), "event 5 is missing in the log, 6 comes instead"),
    "the last event is lost": (lose_the_last_event, "an answer|the log says|moved"),
    "an event is no JSON": (rewrite(5, data="{"), "event 5 is no JSON"),
    "an event is no object": (rewrite(5, data="[]"), "event 5 is no JSON object"),
    "an event is of no type": (rewrite(5, event_type="CHEATED"), "event 5, CHEATED, cannot be folded"),
    "an event lacks its data": (rewrite(5, data="{}"), "event 5, .* cannot be folded"),
    "an event is of another round": (rewrite(9, round_id="r77"), "event 9 has the round r77, the log says r1"),
    "a player has another name": (told("PLAYER_JOINED", player_name="Eve"), "the state is not the fold of the log"),
    "a bet was another": (told("PLAYER_BET", amount=11), r"events \d+ to \d+ moved 100 hundredths to the stack"),
    # the row
    "the version is ahead": (lambda: Table.objects.update(seq=F("seq") + 1), r"seq is \d+, the log says \d+"),
    "a deadline has moved": (lambda: Table.objects.update(deadline_at=1), "deadline_at is 1.0, the log says None"),
    "an open table is closed": (lambda: Table.objects.update(is_open=False), "is_open is False, the log says True"),
    "a table has another name": (lambda: Table.objects.update(name="Eve's"), "name is Eve's, the log says Corner"),
    "a house table is to close": (lambda: Table.objects.update(closes_at=1), "closes_at is 1.0, but"),
    "the state has another name": (in_state('"Ada"', '"Eve"'), "the state is not the fold of the log"),
    "the state cannot be read": (in_state("{", "["), "the state cannot be read"),
    "the game is unknown": (lambda: Table.objects.update(game="snap"), "there is no game 'snap'"),
    # the shoes
    "the secret is another": (another_secret, r"the table's secret is not the one behind the commitment to shoe s\d"),
    "a seed is not as committed": (told("SHOE_REVEALED", server_seed="0" * 64), "seeds make it|not the one that was"),
    "a commitment was changed": (told("SHUFFLE", 1, commitment="0" * 64), "Before the shuffle the commitment"),
    "a promise was changed": (told("TABLE_OPENED", next_commitment="0" * 64), "Before the shuffle the commitment"),
    "a card is not as dealt": (deal_another_card, "shoe s1, .* the seeds make it"),
    "a shoe was longer": (told("SHOE_REVEALED", cards_dealt=1), "The number of cards that left the shoe is 1"),
    "a client seed was left out": (told("SHUFFLE", 1, client_seeds=[]), r"shuffles with the client seeds \[\]"),
    "a shoe cannot be checked": (told("SHOE_REVEALED", server_seed="?"), "cannot be checked|cannot be folded"),
    # the chips
    "chips have appeared": (lambda: shift("wallet"), "The ledger sums to 1"),
    "chips have changed hands": (shift_from_stack_to_wallet, "the ledger has the stacks"),
    "a balance was edited": (edit_a_balance, "Account .* its transfers say"),
    "a transfer is lost": (lambda: of_reason("hand").delete(), r"moved -?\d+ hundredths to the stack of p\d+, the"),
    "a transfer came twice": (post_twice, r"moved -?\d+ hundredths to the stack of p\d+, the ledger says -?\d+"),
    "a transfer was later": (lambda: repost(of_reason("hand"), seq=5), r"events 2 to 5 moved .* the ledger says"),
    "a transfer has no event": (lambda: repost(of_reason("insurance"), seq=10**6), "the ledger says 0"),
    "a win went to another": (pay_the_other_player, r"moved -?\d+ hundredths to the stack of p\d+, the"),
    "the house has paid a buy-in": (buy_in_from_the_house, r"transfer \d+, buy_in, is from house"),
    "somebody paid for another": (cash_out_to_the_other_player, r"transfer \d+, buy_in, is from wallet"),
    "the house has given chips away": (grant_from_the_house, "the house has|Transfer .* is from house"),
    "a result was cooked": (cook_a_result, r"event \d+ has another house_net than the results"),
    # the history
    "a round is lost": (lambda: Round.objects.filter(number=1).delete(), "the history lacks round 1"),
    "a round is too many": (add_a_round, r"the history has round \d+, which the log does not end"),
    "a round began elsewhere": (
        lambda: Round.objects.update(first_seq=5),
        "round 2 has the first_seq 5",
    ),
    "the dealer had another card": (
        lambda: Round.objects.filter(number=2).update(dealer_cards=""),
        "has the dealer_cards",
    ),
    "a hand is lost": (lose_a_hand, "round 1 has the hands"),
    "a hand paid more": (lambda: Hand.objects.update(net_cents=1), "hand h1 of round 1 has the net_cents 1 in the"),
    "an insurance paid more": (lambda: Hand.objects.update(insurance_net_cents=7), "has the insurance_net_cents 7"),
    # the careers
    "a decision was the book's": (
        lambda: PlayedRound.objects.filter(decisions__gt=0).update(by_book=F("decisions")),
        r"round \d+ counts (\d+) of \1 decisions of player \d+, the log says \d of \1",
    ),
    "a decision was nobody's": (
        lambda: PlayedRound.objects.filter(decisions__gt=0).update(decisions=0, by_book=0),
        r"round \d+ counts 0 of 0 decisions of player \d+, the log says",
    ),
    "a player's round is lost": (
        lambda: PlayedRound.objects.filter(decisions=0)[0].delete(),
        "has a hand of player .* not among their rounds",
    ),
    "a player's round with decisions is lost": (
        lambda: PlayedRound.objects.filter(decisions__gt=0)[0].delete(),
        r"round \d+ is not among those of player \d+, who decided in it",
    ),
    "a round was won": (lambda: PlayedRound.objects.update(result="won"), "otherwise than their hands say"),
    "a round was cheaper": (lambda: PlayedRound.objects.update(wagered_cents=1), "otherwise than their hands say"),
    "a round brought more": (
        lambda: PlayedRound.objects.filter(result="won").update(net_cents=1),
        "otherwise than their hands say",
    ),
    "a total is another": (
        lambda: PlayedRound.objects.filter(nth=3).update(total_net_cents=7),
        "has the total_net_cents 7, the rounds add up to",
    ),
    "a place is left out": (
        lambda: PlayedRound.objects.filter(nth=3).update(nth=10**6),
        "has the nth 4, the rounds add up to 3",
    ),
    "a career is longer": (
        lambda: Career.objects.update(public_decisions=0),
        r"The career of player \d+ has the public_decisions 0, the rounds add up to",
    ),
    "a career is lost": (lambda: Career.objects.order_by("pk")[0].delete(), "has rounds and no career"),
    "a career is of nobody": (
        lambda: Career.objects.create(player=accounts.create_bot("Eve", chips_cents=1_00)),
        "has a career and no rounds",
    ),
    # the answers
    "an answer comes from the future": (lambda: Answer.objects.update(seq=10**6), "an answer has caused event 1000000"),
    "an answer is to nothing": (answer_nothing, "an answer of p.* to q1-9 is kept"),
    "an answer is another's": (swap_an_answer, "when that was not asked"),
}


@pytest.mark.django_db
def test_where_all_is_well_it_says_so(evening: Evening):
    assert verify() == []
    close_table(evening.store, evening.table_id, evening.at + 1)
    assert verify() == []
    said = StringIO()
    call_command("verify", stdout=said)
    assert said.getvalue().startswith("All is well: 1 tables,")


@pytest.mark.django_db
@pytest.mark.usefixtures("known_shoes")
def test_all_is_well_after_every_action_also_when_insurance_is_settled_and_its_round_goes_on(
    store: Store, ada: Player, bob: Player
):
    evening = Evening(store, ada, bob)
    while evening.newest("INSURANCE_RESULT") <= evening.newest("ROUND_ENDED"):
        evening.answer()
        assert verify() == []


@pytest.mark.django_db
def test_the_first_thing_that_does_not_fit_is_named(evening: Evening, subtests: pytest.Subtests):
    for damage, (do, complaint) in DAMAGES.items():
        with subtests.test(damage):
            point = transaction.savepoint()
            try:
                do()
                found = verify()
            finally:
                transaction.savepoint_rollback(point)
            assert found, "nothing was found"
            assert re.search(complaint, found[0]), found
    assert verify() == []


@pytest.mark.django_db
def test_the_command_fails_with_what_it_has_found(evening: Evening):
    shift("wallet")
    with pytest.raises(CommandError, match="The ledger sums to 1 hundredths, not to zero"):
        call_command("verify")


@pytest.mark.django_db
def test_a_shoe_that_was_laid_out_by_hand_is_known_by_the_setting(
    store: Store, table_id: str, ada: Player, settings: Settings
):
    play(store, table_id, ada, "join_table")
    for _ in range(2):
        play(store, table_id, ada, "place_bet", amount=10)
        play(store, table_id, ada, "player_action", action="STAND")
    close_table(store, table_id)
    assert verify() == []
    settings.CARDSHARP_STACKED_SHOE = ""
    assert ["the seeds make it" in found for found in verify()] == [True]


@pytest.mark.usefixtures("transactional_db")
def test_nobody_is_kept_from_playing_meanwhile(
    store: Store, deciding: str, ada: Player, monkeypatch: pytest.MonkeyPatch
):
    check = tables.check_table

    def while_ada_stands(row: Table) -> None:
        [stood] = at_once(lambda: play(store, deciding, ada, "player_action", action="STAND").seq)
        assert stood > row.seq
        check(row)

    monkeypatch.setattr("games.verification.check_table", while_ada_stands)
    assert verify() == []


@pytest.mark.django_db
def test_a_long_log_takes_no_more_memory_than_a_short_one(
    store: Store, ada: Player, bob: Player, monkeypatch: pytest.MonkeyPatch
):
    for module in (moments, stacks, history, answers, verified_accounts):
        monkeypatch.setattr(module, "READ_AT_ONCE", 20)
    evening = Evening(store, ada, bob, buy_in=1_000)
    peaks = []
    for shoes in (2, 12):
        evening.go_on(lambda: evening.has("SHOE_REVEALED", shoes))  # noqa: B023 - called at once
        verify()
        tracemalloc.start()
        assert verify() == []
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 2 * peaks[0], "six times the log"
