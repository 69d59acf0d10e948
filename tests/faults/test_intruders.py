"""Nobody is in who does not belong: forged and ended credentials, stolen sessions, other people's requests and tables.

Origins are in tests/wire/test_session.py, forms without their token in tests/games/test_csrf.py.
"""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tests.faults.conftest import Figure
from tests.games.typed import typed_in
from tests.servers import UNTIMED, Account, Server, serving
from tests.visitor import Visitor
from tests.wire_client import WireClient, connected, opened

PASSWORD = "a long evening 9"
HOUSE: dict[str, Any] = {
    "CARDSHARP_STACKED_SHOE": "8♠ 6♦ 8♥ 10♦ 2♠ 2♥ 3♠ 3♥ 4♠ 4♥",
    "CARDSHARP_ARRIVALS_PER_HOUR": '{"guest": 1000}',
}
REFUSED = ("Not Found", "Too Many", "Forbidden", "Bad Request")
"""What pages that are refused leave in the log."""


@dataclass
class Room:
    """A server, and tables and players of it that nobody has used."""

    server: Server
    _tables: Iterator[str]
    _players: Iterator[Account]

    def table(self) -> str:
        return next(self._tables)

    def player(self) -> Account:
        return next(self._players)

    def visitor(self, account: Account | None = None) -> Visitor:
        return Visitor(self.server, account)

    @property
    def url(self) -> str:
        return self.server.url

    def write(self, statement: str, *values: object) -> None:
        """Changes a row beside the server, which is told nothing."""
        with sqlite3.connect(self.server.directory / "cardsharp.sqlite3", timeout=20) as database:
            assert database.execute(statement, values).rowcount == 1
        database.close()

    def end_token(self, secret: str, column: str) -> None:
        digest = sha256(secret.encode()).hexdigest()
        self.write(f"UPDATE games_token SET {column} = ? WHERE digest = ?", "2020-01-01 00:00:00", digest)


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    tables = [(f"Table {number}", UNTIMED) for number in range(4)]
    directory = tmp_path_factory.mktemp("intruders")
    with serving(directory, tables, players=40, expected_complaints=REFUSED, **HOUSE) as server:
        yield Room(server, iter(server.tables), iter(server.players))


def private_table(host: Visitor) -> tuple[str, str]:
    """Makes a private table; its id, and the path of the link to it."""
    page = host.post("/tables/new/", **typed_in(host.get("/tables/new/?rules=UNTIMED").text), is_private="on")
    found = re.fullmatch(r"/tables/(\w+)/(#invitations)?", page.path)
    assert found, page
    link = re.search(r"/invitations/[^/]+/", page.text)
    assert link, page.text
    return found[1], link[0]


@asynccontextmanager
async def page_socket(visitor: Visitor, server: Server | None = None) -> AsyncIterator[WireClient]:
    """The socket of one of the visitor's pages, at another process if one is named; it has said nothing yet."""
    url, origin = (server or visitor.server).url, f"http://{(server or visitor.server).address}"
    async with opened(url, additional_headers=visitor.headers, origin=origin) as client:
        yield client


async def is_nobody(client: WireClient, **data: Any) -> None:
    """Connecting is answered with the one sentence for every bad credential, and the socket is closed."""
    answer = await client.ask("connect", data)
    assert (answer["type"], answer["data"]) == ("disconnected", {"reason": "bad_token"})
    assert await client.closed() == 4401


# -- tokens -----------------------------------------------------------------------------------------------------------


def altered(secret: str) -> str:
    return secret[:-1] + ("A" if secret[-1] != "A" else "B")


async def test_forged_expired_and_revoked_tokens_let_nobody_in(room: Room):
    ada, bert, cleo = room.player(), room.player(), room.player()
    room.end_token(bert.token, "revoked_at")
    room.end_token(cleo.token, "expires_at")
    forged = ["cs_" + "x" * 43, altered(ada.token), ada.token.upper(), ada.token[3:], ada.token + "=", ada.id]
    for secret in (*forged, bert.token, cleo.token):
        async with opened(room.url) as client:
            await is_nobody(client, token=secret)
        async with opened(room.url, additional_headers={"Authorization": f"Bearer {secret}"}) as client:
            await is_nobody(client)
    async with connected(room.url, ada) as client:
        assert (await client.ask("heartbeat"))["type"] == "heartbeat"


async def test_a_token_that_expires_closes_what_it_let_in(room: Room):
    ada = room.player()
    async with connected(room.url, ada) as client:
        room.end_token(ada.token, "expires_at")
        assert await client.closed() == 4401
        assert client.messages[-1]["data"] == {"reason": "signed_out"}


async def test_a_token_for_watching_changes_nothing_whatever_it_tries(room: Room):
    ada, table = room.player(), room.table()
    async with opened(room.url) as client:
        assert (await client.ask("connect", {"token": ada.watcher}))["data"]["player"]["id"] == ada.id
        await client.ask("subscribe", {"event_types": "*", "table_id": table})
        before = (await client.event("TABLE_STATE"))["seq"]
        for action, data in ACTIONS.items():
            assert await client.refused(action, table, **data) == "forbidden"
        assert (await client.ask("heartbeat"))["data"]["seqs"] == {table: before}


ACTIONS: dict[str, dict[str, Any]] = {
    "join_table": {"buy_in": 200},
    "leave_table": {},
    "add_chips": {"amount": 5},
    "place_bet": {"amount": 10},
    "player_action": {"action": "HIT"},
    "sit_out": {},
    "sit_in": {},
    "set_client_seed": {"client_seed": "x"},
    "no_such_action": {},
}


# -- other players ----------------------------------------------------------------------------------------------------


async def test_another_players_request_is_stale_for_everybody_else(room: Room):
    ada, bert, spectator = room.player(), room.player(), room.player()
    table = room.table()
    async with (
        connected(room.url, ada, subscribe=table) as hers,
        connected(room.url, bert, subscribe=table) as his,
        connected(room.url, spectator, subscribe=table) as other,
    ):
        await hers.accepted("join_table", table)
        asked = (await hers.request())["request_id"]
        await his.accepted("join_table", table)
        own = (await his.request())["request_id"]
        for client, expected in ((his, "stale_request"), (other, "not_seated")):
            for data in ({"amount": 10}, {"amount": 10, "seat": 1}):
                code = "not_seated" if "seat" in data else expected
                assert await client.refused("place_bet", table, request_id=asked, **data) == code
        assert not [text for text in his.frames + other.frames if asked in text]
        await his.accepted("place_bet", table, request_id=own, amount=10)
        await hers.accepted("place_bet", table, request_id=asked, amount=20)
        await hers.settle()
        bets = [event["data"] for event in hers.events if event["event_type"] == "PLAYER_BET"]
        assert [(bet["player_id"], bet["amount"]) for bet in bets] == [(bert.id, 10), (ada.id, 20)]


async def test_a_tampered_client_id_takes_nothing_from_its_owner(room: Room):
    ada, bert, table = room.player(), room.player(), room.table()
    async with connected(room.url, ada, client_id="laptop", subscribe=table) as hers:
        for wanted in ("laptop", ada.id, "*", "lobby", "../laptop", "laptop\u0000", "p1;session:"):
            for token in (bert.token, None):
                async with opened(room.url) as client:
                    credentials = {} if token is None else {"token": token}
                    answer = (await client.ask("connect", {"client_id": wanted, **credentials}))["data"]
                    assert answer["client_id"] != "laptop"
                    assert answer["subscriptions"] == {}
                    assert (answer["player"] or {"id": None})["id"] == (bert.id if token else None)
        assert (await hers.ask("heartbeat"))["type"] == "heartbeat"
        for wrong in ("", "x" * 65, 7, ["laptop"], {"id": "laptop"}, True):
            async with opened(room.url) as client:
                assert (await client.ask("connect", {"client_id": wrong}))["data"]["code"] == "bad_message"


# -- sessions ---------------------------------------------------------------------------------------------------------


def signed_up(server: Server, name: str) -> Visitor:
    visitor = Visitor(server)
    page = visitor.post("/account/sign-up/", name=name, password1=PASSWORD, password2=PASSWORD)
    assert page.path == "/", page
    return visitor


async def test_a_session_that_was_fixed_beforehand_is_worth_nothing(room: Room):
    """The attacker chooses the victim's session key, or had it while the victim was a guest."""
    signed_up(room.server, "Fixed")
    for deed in ("log in", "upgrade"):
        attacker, victim = room.visitor(), room.visitor()
        attacker.post("/account/guest/")
        key = attacker.cookie("sessionid")
        assert key is not None
        victim.set_cookie(f"sessionid={key}")
        if deed == "log in":
            victim.post("/account/log-in/", username="Fixed", password=PASSWORD)
        else:
            new = {"name": "Upgraded", "password1": PASSWORD, "password2": PASSWORD}
            victim.post("/account/upgrade/", form_on="/account/upgrade/", **new)
        assert victim.get("/account/").path == "/account/"
        assert victim.cookie("sessionid") != key
        async with page_socket(attacker) as client:
            await is_nobody(client)
        assert attacker.get("/account/").path.startswith("/account/log-in/")


async def test_a_key_that_the_server_did_not_give_out_is_not_taken_up(room: Room):
    visitor = room.visitor()
    visitor.set_cookie(f"sessionid={'a' * 32}")
    async with page_socket(visitor) as client:
        await is_nobody(client)
    visitor.post("/account/guest/")
    assert visitor.cookie("sessionid") != "a" * 32


async def test_a_socket_from_before_the_logout_is_nobodys_after_it(room: Room):
    """The handshake brings the cookie, and `connect` reads the session: what was true in between does not count."""
    visitor = signed_up(room.server, "Patient")
    async with page_socket(visitor) as waiting, page_socket(visitor) as known:
        assert (await known.ask("connect"))["data"]["player"]["name"] == "Patient"
        visitor.post("/account/log-out/")
        assert await known.closed() == 4401
        await is_nobody(waiting)


# -- shown out, everywhere --------------------------------------------------------------------------------------------


@asynccontextmanager
async def two_processes(directory: Path, **settings: str) -> AsyncIterator[tuple[Server, Server]]:
    """Two processes on one database."""
    shared: dict[str, Any] = {"CARDSHARP_DATA_DIR": str(directory), **HOUSE, **settings}
    (directory / "second").mkdir()
    with serving(directory, [], players=6, expected_complaints=REFUSED, **shared) as one:
        other = Server(directory / "second", shared, one.tables, one.players)
        other.start()
        try:
            yield one, other
        finally:
            assert other.stop() == 0


def as_staff(server: Server) -> Visitor:
    server.shell(f"from games.models import Player; Player.objects.create_superuser('Boss', password='{PASSWORD}')")
    boss = Visitor(server)
    assert boss.post("/account/log-in/", username="Boss", password=PASSWORD, next="/admin/").path == "/admin/"
    return boss


async def shown_out_everywhere(here: Server, there: Server) -> None:
    """Whatever ends at one process, ends at the other one, and nobody else's sockets do."""
    boss = as_staff(here)
    ada, cleo, dora, eve = (Visitor(here, player) for player in here.players[2:6])
    bert = signed_up(here, "Bert")
    people = {"Ada": ada, "Bert": bert, "Cleo": cleo, "Dora": dora, "Eve": eve}
    page = dora.post("/account/tokens/", form_on="/account/", name="bot", scope="play", lasts="1")
    secret, revoke = re.search(r"cs_[\w-]{43}", page.text), re.search(r"/account/tokens/\d+/revoke/", page.text)
    assert secret
    assert revoke
    async with AsyncExitStack() as stack:
        sockets = {name: await stack.enter_async_context(page_socket(person, there)) for name, person in people.items()}
        sockets["bot"] = await stack.enter_async_context(opened(there.url))
        ids = {name: await player_of(socket) for name, socket in sockets.items() if name != "bot"}
        assert await player_of(sockets["bot"], token=secret[0]) == ids["Dora"]
        ban = f"/admin/games/player/{ids['Cleo'][1:]}/ban/"
        new = {"old_password": PASSWORD, "new_password1": "quite another 5", "new_password2": "quite another 5"}
        for answer in (
            await asyncio.to_thread(ada.post, "/account/log-out/", "/account/"),
            await asyncio.to_thread(bert.post, "/account/password/", "/account/password/", **new),
            await asyncio.to_thread(boss.post, ban, ban, reason="test"),
            await asyncio.to_thread(dora.post, revoke[0], "/account/"),
        ):
            assert answer.status == 200, answer
        for name in ("Ada", "Bert", "Cleo", "bot"):
            assert await sockets[name].closed() == 4401
            assert sockets[name].messages[-1]["data"] == {"reason": "signed_out"}
        for name in ("Dora", "Eve"):
            assert (await sockets[name].ask("heartbeat"))["type"] == "heartbeat"
    assert bert.get("/account/").path == "/account/", "the session that changed the password goes on"
    assert cleo.get("/account/").path.startswith("/account/log-in/")


async def player_of(client: WireClient, **data: Any) -> str:
    player: dict[str, Any] = (await client.ask("connect", data))["data"]["player"]
    return str(player["id"])


async def removed_everywhere(here: Server, there: Server) -> None:
    """A member who is removed at one process hears nothing more of the table at the other, and has the chips back."""
    host, guest = (Visitor(here, here.players[number]) for number in (0, 1))
    table, link = private_table(host)
    guest.post(link, form_on=link)
    async with connected(there.url, here.players[1], subscribe=table) as client, connected(there.url) as bystander:
        await client.accepted("join_table", table, buy_in=200)
        page = host.get(f"/tables/{table}/")
        remove = re.search(rf"/tables/{table}/members/\d+/remove/", page.text)
        assert remove
        assert (await asyncio.to_thread(host.post, remove[0], f"/tables/{table}/")).status == 200
        told = await client.until(lambda message: message["type"] == "connected")
        assert told["data"]["subscriptions"] == {}
        assert told["data"]["player"]["balance"] == 10_000
        assert (await client.ask("subscribe", {"event_types": "*", "table_id": table}))["data"][
            "code"
        ] == "unknown_table"
        assert await client.refused("join_table", table) == "unknown_table"
        await client.settle()
        before = len(client.frames)
        await host_plays(here, table)
        assert [m["type"] for m in client.messages[before:] if m["type"] == "event"] == []
        await client.settle()
        assert [text for text in client.frames[before:] if table in text] == []
        assert (await bystander.ask("heartbeat"))["type"] == "heartbeat"
    # The link that was made before does not let them back in.
    assert guest.post(link, form_on="/account/").status == 404
    assert guest.get(f"/tables/{table}/").status == 404


async def host_plays(server: Server, table: str) -> None:
    async with connected(server.url, server.players[0], subscribe=table) as host:
        await host.accepted("join_table", table)
        await host.accepted("place_bet", table, amount=10)


@pytest.mark.slow
async def test_what_ends_at_one_process_ends_at_the_other(
    tmp_path: Path, postgres_url: str, redis_url: str, figure: Figure
):
    async with two_processes(tmp_path, DATABASE_URL=postgres_url, REDIS_URL=redis_url) as (here, there):
        await shown_out_everywhere(here, there)
        await removed_everywhere(here, there)
    figure("Logout, password change, ban, token revocation, removal; socket at another process", "all shown out")


@pytest.mark.slow
async def test_it_ends_there_even_where_no_news_go_from_one_to_the_other(tmp_path: Path, figure: Figure):
    """Without Redis each process hears of itself only: the doorkeeper of the other one finds what has ended."""
    async with two_processes(tmp_path) as (here, there):
        await shown_out_everywhere(here, there)
        await removed_everywhere(here, there)
    figure("The same without a channel layer between the processes", "all shown out")


# -- private tables ---------------------------------------------------------------------------------------------------

MESSAGES: list[tuple[str, dict[str, Any]]] = [
    ("subscribe", {"event_types": "*"}),
    ("subscribe", {"event_types": ["CARD_DEALT"], "since": 0}),
    ("subscribe", {"event_types": ["NO_SUCH_TYPE"]}),
    ("subscribe", {"event_types": []}),
    ("unsubscribe", {"event_types": "*"}),
    ("unsubscribe", {"event_types": ["NO_SUCH_TYPE"]}),
    *(("action", {"action": action, "data": data}) for action, data in ACTIONS.items()),
    *(("action", {"action": a, "data": {**d, "request_id": "q3-1", "seat": 1}}) for a, d in ACTIONS.items()),
    ("action", {"action": "join_table", "data": {"buy_in": "x"}}),
    ("heartbeat", {"seqs": {"TABLE": 2}}),
    ("connect", {}),
]


async def heard_of(url: str, table: str, player: dict[str, str], by_path: bool) -> list[Any]:
    """Everything that the server says to a stranger who tries every message on a table, but for moments and names."""
    async with opened(f"{url}tables/{table}/" if by_path else url) as client:
        await client.ask("connect", {**player, "client_id": f"s-{table}-{by_path}"})
        for kind, data in MESSAGES:
            named = {} if by_path or kind in ("heartbeat", "connect") else {"table_id": table}
            seqs = {"seqs": {table: 2}} if kind == "heartbeat" else {}
            await client.ask(kind, {**data, **named, **seqs})
        await client.settle()
        return [without_moments(message, table) for message in client.messages]


def without_moments(value: Any, table: str) -> Any:
    match value:
        case dict():
            moments = ("timestamp", "server_time")
            return {key: without_moments(item, table) for key, item in value.items() if key not in moments}
        case list():
            return [without_moments(item, table) for item in value]
        case str():
            return value.replace(table, "TABLE")
    return value


async def test_a_private_table_is_an_unknown_one_to_every_message_of_a_stranger(room: Room, figure: Figure):
    owner, stranger = room.player(), room.player()
    table, _ = private_table(room.visitor(owner))
    async with connected(room.url, owner, subscribe=table) as host:
        await host.accepted("join_table", table)
        for player in ({}, {"token": stranger.token}, {"token": stranger.watcher}):
            for by_path in (False, True):
                # Known to the process, as the one that is played at, and one that is not there.
                seen = await heard_of(room.url, table, player, by_path)
                assert seen == await heard_of(room.url, "nowhere1", player, by_path)
        state = await host.ask("subscribe", {"event_types": "*", "table_id": table})
        assert state["type"] == "connected"
        assert (await host.event("TABLE_STATE"))["data"]["state"]["spectators"] == 0
    figure(
        "Messages of a stranger to a private table, beside the same to an unknown id", f"{len(MESSAGES)} kinds alike"
    )


async def test_every_page_of_a_private_table_is_an_unknown_one_to_a_stranger(room: Room):
    owner, stranger = room.player(), room.player()
    host = room.visitor(owner)
    table, _ = private_table(host)
    async with connected(room.url, owner, subscribe=table) as client:
        await client.accepted("join_table", table)
        await client.accepted("place_bet", table, amount=10)
        await client.accepted("player_action", table, action="STAND")
    pages = ["/tables/{}/", "/shoes/{}/", "/shoes/{}/1/", "/shoes/{}/1.json"]
    posts = ["close/", "invite/", "invitations/1/revoke/", "members/1/remove/"]
    for path in pages:
        assert host.get(path.format(table)).status == 200
    for visitor in (room.visitor(), room.visitor(stranger)):
        for path in pages:
            real, none = (visitor.get(path.format(name)) for name in (table, "nowhere1"))
            assert (real.status, real.text.replace(table, "nowhere1")) == (404, none.text)
        for path in posts:
            real, none = (visitor.post(f"/tables/{name}/{path}") for name in (table, "nowhere1"))
            assert real.status == none.status
            assert real.path.replace(table, "nowhere1") == none.path
            assert without_tokens(real.text.replace(table, "nowhere1")) == without_tokens(none.text)
        for path in ("/", "/history/", "/account/", "/protocol/console/"):
            assert table not in visitor.get(path).text
    assert table in host.get("/").text


def without_tokens(text: str) -> str:
    return re.sub(r'csrfmiddlewaretoken" value="\w+"', "", text)


async def test_the_lobby_hears_nothing_of_a_private_table(room: Room):
    owner, guest = room.player(), room.player()
    async with connected(room.url) as lobby, connected(room.url, owner) as own_lobby:
        for client in (lobby, own_lobby):
            await client.ask("subscribe", {"event_types": "*"})
            await client.settle()
        host = room.visitor(owner)
        table, link = private_table(host)
        room.visitor(guest).post(link, form_on=link)
        async with (
            connected(room.url, owner, subscribe=table) as first,
            connected(room.url, guest, subscribe=table) as second,
        ):
            await first.accepted("join_table", table)
            await first.accepted("place_bet", table, amount=10)
            await first.accepted("player_action", table, action="STAND")
            await first.accepted("leave_table", table)
            await second.settle()
            assert {"PLAYER_JOINED", "HAND_RESULT", "PLAYER_LEFT"} <= {event["event_type"] for event in second.events}
        async with connected(room.url) as late, connected(room.url, owner) as own_late:
            for client in (late, own_late):
                await client.ask("subscribe", {"event_types": "*"})
            host.post(f"/tables/{table}/close/", form_on=f"/tables/{table}/")
            for client in (lobby, own_lobby, late, own_late):
                await client.settle()
                assert [text for text in client.frames if table in text] == []


async def test_a_link_lets_in_guests_accounts_and_the_bots_of_both(room: Room):
    owner, account = room.player(), room.player()
    table, link = private_table(room.visitor(owner))
    member, guest = room.visitor(account), room.visitor()
    assert guest.get(link).status == 200
    assert guest.get(f"/tables/{table}/").status == 404, "looking at a link changes nothing"
    for visitor in (member, guest):
        assert visitor.post(link, form_on=link).path == f"/tables/{table}/"
        assert table in visitor.get("/").text
    async with connected(room.url, account, subscribe=table) as bot:
        await bot.accepted("join_table", table)
    async with page_socket(guest) as page:
        await page.ask("connect")
        await page.ask("subscribe", {"event_types": "*", "table_id": table})
        state = (await page.event("TABLE_STATE"))["data"]["state"]
        assert [seat["player_id"] for seat in state["seats"]] == [account.id]
        await page.accepted("join_table", table)


@pytest.mark.parametrize("change", ["altered", "another's", "revoked", "used up", "expired", "closed"])
def test_a_link_that_does_not_hold_lets_nobody_in(room: Room, change: str):
    host = room.visitor(room.player())
    table, link = private_table(host)
    number = link.split("/")[2].split(".")[0]
    match change:
        case "altered":
            link = f"{altered(link[:-1])}/"
        case "another's":
            link = link.replace(f"/{number}.", f"/{int(number) - 1}.")
        case "revoked":
            host.post(f"/tables/{table}/invitations/{number}/revoke/", form_on=f"/tables/{table}/")
        case "used up":
            room.write("UPDATE games_invitation SET most_uses = uses WHERE id = ?", number)
        case "expired":
            room.write("UPDATE games_invitation SET expires_at = '2020-01-01 00:00:00' WHERE id = ?", number)
        case "closed":
            host.post(f"/tables/{table}/close/", form_on=f"/tables/{table}/")
    stranger = room.visitor(room.player())
    refused = stranger.get(link)
    assert refused.status == 404
    assert "does not exist, or not any more" in refused.text
    assert stranger.post(link, form_on="/account/").status == 404
    assert stranger.get(f"/tables/{table}/").status == 404
