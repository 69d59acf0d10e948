"""Tables that are there for some players only: for everybody else they do not exist."""

from typing import Any

import pytest

from tests.cardsharp.events.house import ADAS_TOKEN, BENS_TOKEN, House, code_of, kinds

MESSAGES: list[tuple[str, dict[str, Any]]] = [
    ("subscribe", {"event_types": "*"}),
    ("unsubscribe", {"event_types": "*"}),
    ("action", {"action": "join_table"}),
    ("action", {"action": "no_such_action"}),
]


@pytest.fixture
async def private(house: House) -> str:
    """A table of Ada's."""
    house.room.members["own"] = {"pAda"}
    await house.room.open("own")
    house.groups.mail.clear()
    return "own"


@pytest.mark.parametrize("token", [BENS_TOKEN, None])
@pytest.mark.parametrize(("kind", "data"), MESSAGES)
async def test_it_is_unknown_to_who_is_no_member(
    house: House, private: str, kind: str, data: dict[str, Any], token: str | None
) -> None:
    for default, named in ((None, {"table_id": private}), (private, {})):
        stranger = await house.visit(token, default)
        assert code_of(await stranger.ask(kind, {**data, **named})) == "unknown_table"
    assert not [group for group, sockets in house.groups.members.items() if private in group and sockets]


async def test_the_lobby_hears_nothing_of_it_not_even_its_member(house: House, private: str) -> None:
    lobbies = [await house.visit(token) for token in (ADAS_TOKEN, None)]
    for lobby in lobbies:
        _, state = await lobby.say("subscribe", {"event_types": "*"})
        assert [row["table_id"] for row in state["data"]["data"]["tables"]] == ["t1"]
    ada = await house.visit(ADAS_TOKEN, private)
    await ada.say("subscribe", {"event_types": "*"})
    await ada.act("join_table")
    await house.room.close(private)
    told = [message["kind"] for member, message in house.groups.mail if member in lobbies]
    assert "request" in told
    assert "lobby" not in told


async def test_who_is_shut_out_is_told_and_hears_no_more_of_it(house: House, private: str) -> None:
    ada, other = await house.visit(ADAS_TOKEN), await house.visit(ADAS_TOKEN)
    for client in (ada, other):
        await client.say("subscribe", {"event_types": "*", "table_id": private})
    await ada.say("subscribe", {"event_types": "*", "table_id": "t1"})
    house.room.members[private] = set()
    await house.handler.uninvite("pAda", private)
    await house.deliver()
    for client, left in ((ada, {"t1": ["*"]}), (other, {})):
        (told,) = client.news()
        assert (told["type"], told["data"]["subscriptions"]) == ("connected", left)
        assert "reply_to" not in told
    await house.room.go_on(private)
    await house.deliver()
    await house.beat()
    assert kinds(ada.news()) == kinds(other.news()) == ["heartbeat"]
    assert house.audience.spectators(private, ()) == 0


async def test_who_is_invited_again_meanwhile_stays(house: House, private: str) -> None:
    ada = await house.visit(ADAS_TOKEN, private)
    await ada.say("subscribe", {"event_types": "*"})
    await house.handler.uninvite("pAda", private)
    await house.deliver()
    assert ada.news() == []
    assert (await ada.act("join_table"))["type"] == "event"


async def test_what_is_watched_without_a_right_is_taken_away_here(house: House, private: str) -> None:
    ada, ben = await house.visit(ADAS_TOKEN, private), await house.visit(BENS_TOKEN, "t1")
    for client in (ada, ben):
        await client.say("subscribe", {"event_types": "*"})
    assert house.handler.watching() == {(private, "pAda"), ("t1", "pBen")}
    house.room.members[private] = set()
    await house.handler.take_away({(private, "pAda")})
    assert [message["data"]["subscriptions"] for message in ada.news()] == [{}]
    assert house.handler.watching() == {("t1", "pBen")}


async def test_whose_credential_has_ended_is_shown_out_here(house: House) -> None:
    ada, ben = await house.visit(ADAS_TOKEN), await house.visit(BENS_TOKEN)
    assert house.handler.admitted() == {("pAda", "token:1;"), ("pBen", "token:2;")}
    await house.handler.show_out({"token:1;"})
    assert (ada.closed_with, ben.closed_with) == ([4401], [])
    assert ada.news()[-1]["data"] == {"reason": "signed_out"}
