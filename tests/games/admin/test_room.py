"""What staff look at: the room at a glance, rounds step by step, and shoes with their seeds once they are known."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cardsharp.game import Pause
from cardsharp.shoe import SecretShoes, commitment
from cardsharp.wire import decode_json
from games.models import Account, LoggedEvent, Player, Round, Shoe, Table, Transfer
from games.store import Store
from tests.games.admin.room import act, clerk, url_of

pytestmark = pytest.mark.django_db
INDEX = reverse("admin:index")


def figures(client: Client) -> dict[str, str]:
    """What stands under each of the figures of the overview."""
    cards = re.findall(r"<li[^>]*><strong>(.*?)</strong>(.*?)</li>", client.get(INDEX).text, re.S)
    return {re.sub(r"<[^>]+>", "", words).strip(): number for number, words in cards}


def test_the_overview_says_how_the_room_is(client: Client, round_under_way: Table, boss: Player):
    assert figures(client) == {
        "open table": "1",
        "of them paused": "0",
        "round in the last hour": "1",
        "players connected, 0 sockets": "0",
        "sum of the ledger": "Zero",
    }
    Round.objects.update(ended_at=timezone.now() - timedelta(hours=2))
    state = Table.objects.get().state
    Table.objects.update(state=state.replace('"paused":null', '"paused":"a drill"'))
    Account.objects.filter(kind="wallet").update(balance_cents=1)
    seen = figures(client)
    assert (seen["of them paused"], seen["rounds in the last hour"]) == ("1", "0")
    assert any("must be zero" in words for words in seen)


def test_the_overview_shows_nobody_more_than_they_may_view(client: Client, round_under_way: Table):
    clerk(client, "view_round")
    assert list(figures(client)) == ["round in the last hour"]
    assert "audit" not in client.get(INDEX).text


def test_a_name_like_a_pause_pauses_no_table(client: Client, store: Store, table: Table, ada: Player, boss: Player):
    act(store, table, ada, "join_table", client_seed='"paused":"x"')
    assert figures(client)["of them paused"] == "0"


def test_a_round_is_stepped_through_as_its_seat_saw_it(
    client: Client, store: Store, round_under_way: Table, ada: Player, boss: Player
):
    played = Round.objects.get()
    url = url_of(Round, "replay", played.pk)
    kinds = list(
        LoggedEvent.objects.filter(seq__range=(played.first_seq, played.last_seq))
        .order_by("seq")
        .values_list("event_type", flat=True)
    )
    asked = kinds.index("PLAYER_DECISION_NEEDED") + 1
    text = client.get(url, {"step": asked, "seat": 1}).text
    assert "Seat 1 was asked: HIT, STAND" in text
    assert "9♥ hole card" in text
    # The card under there is the log's, but was nobody's yet: only the timeline of later events tells it.
    assert "10♦" not in text[: text.index("Timeline")]
    assert "was asked" not in client.get(url, {"step": asked}).text
    assert "Seat 1 was asked: BET, SIT_OUT" in client.get(url, {"step": 1, "seat": 1}).text
    last = client.get(url, {"step": 999, "seat": 1}).text
    assert f"Step {len(kinds)} of {len(kinds)}" in last
    assert "9♥ 10♦" in last[: last.index("Timeline")]
    assert client.get(url, {"step": "x", "seat": "-1"}).status_code == 200


def test_a_replay_says_that_its_events_are_not_kept_any_more(client: Client, round_under_way: Table, boss: Player):
    played = Round.objects.get()
    LoggedEvent.objects.filter(seq=played.first_seq).delete()
    assert "not all kept any more" in client.get(url_of(Round, "replay", played.pk)).text


def test_a_seed_is_shown_once_its_shoe_is_finished(
    client: Client, store: Store, round_under_way: Table, ada: Player, boss: Player
):
    seed = SecretShoes(bytes(round_under_way.shoe_secret)).server_seed(1)
    promised = commitment(seed)
    text = client.get(url_of(Shoe, "changelist"), {"q": promised[:10].upper()}).text
    assert promised in text
    assert "secret until the shoe is finished" in text
    assert seed.hex() not in text
    assert reverse("shoe", args=[round_under_way.pk, 1]) in text
    assert promised not in client.get(url_of(Shoe, "changelist"), {"q": "0" * 10}).text
    store.submit(round_under_way.pk, lambda game: game.close_command(reason="closed", at=timezone.now().timestamp()))
    assert seed.hex() in client.get(url_of(Shoe, "changelist"), {"q": "corner"}).text
    assert "1 shoe" in client.get(url_of(Shoe, "changelist"), {"table": round_under_way.pk}).text


@pytest.mark.parametrize("model", [Round, Transfer])
def test_a_day_is_searched_for(client: Client, round_under_way: Table, boss: Player, model: Any):
    today = timezone.localdate()
    before = today - timedelta(days=1)

    def count(query: str) -> int:
        return client.get(url_of(model, "changelist"), {"q": query}).context["cl"].result_count

    assert count(f"{today}") == model.objects.filter(table__isnull=False).count() or model is Transfer
    assert count(f"corner {today}") == model.objects.filter(table=round_under_way).count()
    assert count(f"{before}") == 0
    assert count("2026-13-45") == 0


def test_rounds_are_filtered_by_game(client: Client, round_under_way: Table, boss: Player):
    assert client.get(url_of(Round, "changelist"), {"game": "blackjack"}).context["cl"].result_count == 1
    assert client.get(url_of(Round, "changelist"), {"game": "high_card"}).context["cl"].result_count == 0


def test_a_paused_round_replays_with_its_reason(client: Client, store: Store, table: Table, ada: Player, boss: Player):

    act(store, table, ada, "join_table")
    act(store, table, ada, "place_bet", amount=10)
    store.submit(table.pk, lambda game: game.house_command(Pause("a drill"), at=timezone.now().timestamp()))
    act(store, table, ada, "player_action", action="STAND")
    assert "paused: a drill" in client.get(url_of(Round, "replay", Round.objects.get().pk), {"step": 99}).text
    assert decode_json(LoggedEvent.objects.get(event_type="TABLE_PAUSED").data)["reason"] == "a drill"
