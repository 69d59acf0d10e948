"""Who is let in: a program's own authenticator decides, and one that fails lets nobody in."""

import asyncio
import logging
from typing import Any

import pytest

from cardsharp import errors
from cardsharp.events.admission import BadCredential, Guests, RoomsOwn
from cardsharp.events.limits import Limits
from cardsharp.events.messages import Connect
from cardsharp.events.ports import Credentials, PlayerInfo
from tests.cardsharp.events.house import ADAS_TOKEN, House, code_of
from tests.cardsharp.events.room import ADA


async def test_a_programs_own_authenticator_gets_all_that_the_client_brings(house: House) -> None:
    brought: list[Any] = []

    async def authenticate(credentials: Credentials, connect: Connect) -> PlayerInfo | None:
        brought.append((credentials.bearer, connect.token, connect.client_id))
        return ADA

    house.handler.authenticate = authenticate
    client = await house.enter(bearer="a key")
    answer = await client.ask("connect", {"token": "another", "client_id": "laptop"})
    assert answer["data"]["player"]["name"] == "Ada"
    assert brought == [("a key", "another", "laptop")]
    assert (await client.act("join_table", "t1"))["type"] == "event"


async def test_a_bad_credential_is_a_bad_token(house: House) -> None:
    async def authenticate(credentials: Credentials, connect: Connect) -> PlayerInfo | None:
        raise BadCredential

    house.handler.authenticate = authenticate
    client = await house.enter()
    assert (await client.ask("connect"))["data"]["reason"] == "bad_token"
    assert client.closed_with == [4401]


async def fail(*_: Any) -> Any:
    raise RuntimeError("the authenticator's own affair")


async def hang(*_: Any) -> Any:
    await asyncio.Event().wait()


async def say_yes(*_: Any) -> Any:
    return True


async def say_nothing_that_is_true(*_: Any) -> Any:
    return {}


def forget_to_be_async(*_: Any) -> Any:
    return ADA


@pytest.mark.parametrize("authenticate", [fail, hang, say_yes, say_nothing_that_is_true, forget_to_be_async])
async def test_an_authenticator_that_fails_lets_nobody_in_and_is_asked_again(
    caplog: pytest.LogCaptureFixture, authenticate: Any
) -> None:
    house = House(Limits(custom_seconds=0.01))
    house.handler.authenticate = authenticate
    client = await house.enter()
    assert code_of(await client.ask("connect", {"token": ADAS_TOKEN})) == "internal_error"
    assert code_of(await client.ask("heartbeat")) == "not_connected"
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    assert [described.player_id for described in house.handler.clients()] == [None]
    house.handler.authenticate = RoomsOwn(house.room)
    assert (await client.ask("connect", {"token": ADAS_TOKEN}))["type"] == "connected"


async def test_an_authenticator_may_refuse_with_a_code(house: House) -> None:
    async def authenticate(credentials: Credentials, connect: Connect) -> PlayerInfo | None:
        raise errors.Forbidden("Come back tomorrow.")

    house.handler.authenticate = authenticate
    client = await house.enter()
    assert code_of(await client.ask("connect")) == "forbidden"
    assert client.closed_with == []


async def test_who_brings_nothing_becomes_a_guest(house: House) -> None:
    async def new_guest(connect: Connect) -> PlayerInfo:
        name = connect.client_id or "Guest"
        return PlayerInfo(player_id=f"g{len(house.room.tokens)}", name=name, balance_cents=100_00)

    house.handler.authenticate = Guests(house.handler.authenticate, new_guest)
    guest, ada, wrong = [await house.enter() for _ in range(3)]
    hello = await guest.ask("connect", {"client_id": "Robo"})
    assert hello["data"]["player"] == {"id": "g3", "name": "Robo", "balance": 100}
    assert (await ada.ask("connect", {"token": ADAS_TOKEN}))["data"]["player"]["name"] == "Ada"
    assert (await wrong.ask("connect", {"token": "wrong"}))["data"]["reason"] == "bad_token"
