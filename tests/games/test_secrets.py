"""The seed of a shoe that is not finished: nobody finds it, wherever they look."""

import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from cardsharp.errors import GameError
from cardsharp.shoe import SecretShoes
from cardsharp.wire import encode_json
from games.models import LoggedEvent, Player, Table
from games.store import Store
from tests.games.admin.room import pages, url_of
from tests.games.admin.test_pages import spellings
from tests.games.durable import new_store, open_table, play
from tests.games.test_shoes import play_on

pytestmark = pytest.mark.django_db


@pytest.fixture
def second_shoe(store: Store, ada: Player) -> Table:
    """A table whose first shoe is finished; in its second Ada decides and a hole card lies there."""
    table_id = open_table(store, decks=1, penetration_percent=30, pause_seconds=0)
    play(store, table_id, ada, "join_table", client_seed="of Ada", buy_in=500)
    play_on(store, table_id, ada, lambda state: state.shoe.number == 2 and state.phase == "playing")
    return Table.objects.get(pk=table_id)


@pytest.fixture
def boss(client: Client) -> Player:
    boss = Player.objects.create_superuser("Boss", password="a long evening 9")
    client.force_login(boss)
    return boss


def hidden_of(table: Table) -> list[str]:
    """Every spelling of what nobody may see at a table that deals from its second shoe."""
    secret = bytes(table.shoe_secret)
    shoes = SecretShoes(secret)
    raws = (secret, bytes(shoes.server_seed(2)), bytes(shoes.server_seed(3)))
    return [text for raw in raws for text in (*spellings(raw), str(list(raw))[1:-1], ascii(raw)[2:-1])]


def rest_of_the_shoe(table: Table, store: Store) -> list[str]:
    """The cards to come, as they would stand in a list, in a tuple or on a page."""
    shoe = store.load(table.pk).state.shoe
    cards = SecretShoes(bytes(table.shoe_secret)).order(shoe.number, shoe.client_seeds, 1)[shoe.position :][:5]
    return [" ".join(cards), repr(cards)[1:-1], "".join(cards)]


def public_addresses(table: Table) -> Iterator[str]:
    yield from (reverse("lobby"), reverse("history"), reverse("profile"))
    yield from (reverse("table", args=[table.pk]), reverse("shoes", args=[table.pk]))
    for number in (1, 2):
        yield reverse("shoe", args=[table.pk, number])
        yield reverse("shoe_file", args=[table.pk, number])


def test_no_page_has_it_not_even_for_a_superuser(client: Client, store: Store, second_shoe: Table, boss: Player):
    hidden = hidden_of(second_shoe) + rest_of_the_shoe(second_shoe, store)
    finished = SecretShoes(bytes(second_shoe.shoe_secret)).server_seed(1).hex()
    seen = {url: client.get(url) for url in (*public_addresses(second_shoe), *pages())}
    for url, response in seen.items():
        assert response.status_code == 200, url
        assert not [text for text in hidden if text in response.text], url
    # The search finds what there is to find: the seed of the shoe that is finished.
    assert finished in seen[reverse("shoe", args=[second_shoe.pk, 1])].text
    assert finished in seen[reverse("shoe_file", args=[second_shoe.pk, 1])].text


def test_deleting_a_table_is_refused_without_a_word_about_it(client: Client, second_shoe: Table, boss: Player):
    hidden = hidden_of(second_shoe)
    url = url_of(Table, "delete", second_shoe.pk)
    for response in (client.get(url), client.post(url, {"post": "yes"})):
        assert response.status_code == 403
        assert not [text for text in hidden if text in response.text]
    assert Table.objects.filter(pk=second_shoe.pk).exists()


def test_what_is_stored_published_and_asked_has_it_not(store: Store, second_shoe: Table, ada: Player):
    loaded = store.load(second_shoe.pk)
    log = "".join(LoggedEvent.objects.filter(table=second_shoe).values_list("data", flat=True))
    stored = play(store, second_shoe.pk, ada, "player_action", action="HIT")
    assert stored.commit is not None
    snapshot = stored.commit.after
    said = [
        log,
        second_shoe.state,
        repr(loaded),
        repr(stored),
        *(encode_json(event.data).decode() for event in stored.commit.events),
        *(encode_json(part).decode() for part in (snapshot.view, snapshot.row)),
        *(encode_json(request.data).decode() for request in snapshot.requests),
    ]
    hidden = hidden_of(second_shoe)
    for text in said:
        assert not [spelling for spelling in hidden if spelling in text]
    assert SecretShoes(bytes(second_shoe.shoe_secret)).server_seed(1).hex() in log


def test_a_row_does_not_show_it_by_accident(second_shoe: Table):
    said = [repr(vars(second_shoe)), repr(Table.objects.values_list()), f"{second_shoe.shoe_secret}", str(second_shoe)]
    said += [repr(SecretShoes(second_shoe.shoe_secret)), repr(SecretShoes(second_shoe.shoe_secret).server_seed(2))]
    hidden = hidden_of(second_shoe)
    for text in said:
        assert not [spelling for spelling in hidden if spelling in text]


def test_a_dump_leaves_it_out_and_cannot_be_played_on(second_shoe: Table, tmp_path: Path):
    for kind in ("json", "jsonl", "xml"):
        dump = io.StringIO()
        call_command("dumpdata", format=kind, stdout=dump)
        assert second_shoe.pk in dump.getvalue()
        assert not [text for text in hidden_of(second_shoe) if text in dump.getvalue()], kind
    path = tmp_path / "dump.json"
    call_command("dumpdata", "games.table", output=str(path), verbosity=0)
    assert "shoe_secret" not in json.loads(path.read_text())[0]["fields"]
    with pytest.raises(ValueError, match="cannot be kept without its shoe's secret"):
        call_command("loaddata", str(path), verbosity=0)


def test_logs_have_it_not_however_much_they_tell(
    store: Store, ada: Player, settings: Settings, caplog: pytest.LogCaptureFixture
):
    """With DEBUG on and every log at DEBUG: a table that is opened and played at, and commands that are refused."""
    settings.DEBUG = True
    caplog.set_level(logging.DEBUG)
    table_id = open_table(store, decks=1, penetration_percent=30, pause_seconds=0)
    play(store, table_id, ada, "join_table", client_seed="of Ada", buy_in=500)
    play_on(store, table_id, ada, lambda state: state.shoe.number == 2 and state.phase == "playing")
    for _ in range(2):
        with pytest.raises(GameError):
            play(new_store(), table_id, ada, "player_action", action="INSURANCE")
    logging.getLogger("tests").debug("%r %s", store.load(table_id), Table.objects.get(pk=table_id).__dict__)
    assert "Secret(…)" in caplog.text
    table = Table.objects.get(pk=table_id)
    said = caplog.text + "".join(repr(record.args) for record in caplog.records)
    assert not [text for text in hidden_of(table) if text in said]


@pytest.mark.django_db(transaction=True)
def test_reports_of_a_failing_command_have_neither_it_nor_the_cards_to_come(
    client: Client,
    store: Store,
    second_shoe: Table,
    boss: Player,
    settings: Settings,
    caplog: pytest.LogCaptureFixture,
    database_threads: None,
):
    """Staff close the table and the host fails at the hole card, in the depth of the shoe: the page says so."""
    settings.DEBUG = True
    settings.CARDSHARP_STACKED_SHOE = "A♠ A♠"  # one deck has but one, so asking this shoe for a card is an error
    client.raise_request_exception = False
    close = f"{reverse('admin:games_table_close')}?table={second_shoe.pk}"
    response = client.post(close, {"reason": "x", "cards": "play_out"})
    assert response.status_code == 500
    assert "list.remove(x): x not in list" in response.text
    assert "reveal_hole_card" in response.text
    hidden = hidden_of(second_shoe) + rest_of_the_shoe(second_shoe, store)
    cards = SecretShoes(bytes(second_shoe.shoe_secret)).order(2, store.load(second_shoe.pk).state.shoe.client_seeds, 1)
    for said in (response.text, caplog.text):
        assert not [text for text in hidden if text in said]
        assert sum(card in said for card in cards) < 10
    assert "Traceback" in caplog.text
    assert Table.objects.get(pk=second_shoe.pk).is_open
