"""What programs add to the protocol: registered with a schema, served like the built-in messages, and never beyond."""

import asyncio
import logging
from decimal import Decimal
from typing import Annotated, Any

import msgspec
import pytest

from cardsharp import errors
from cardsharp.blackjack.events import RoundStarted
from cardsharp.chips import Cents
from cardsharp.events.clients import Client
from cardsharp.events.extensions import InvalidExtension
from cardsharp.events.limits import Limits
from cardsharp.events.messages import read_data
from cardsharp.events.topics import ALL
from tests.cardsharp.events.house import ADAS_TOKEN, BENS_TOKEN, NOON, House, code_of, kinds

EVES_TOKEN = "token of Eve, who may only watch"


class Line(msgspec.Struct, frozen=True):
    """A line of a chat."""

    text: Annotated[str, msgspec.Meta(min_length=1, max_length=20)]
    mood: float | None = None


class Said(msgspec.Struct, frozen=True):
    """How many have got the line."""

    heard_by: int
    price: Cents = 0


class Face(msgspec.Struct, frozen=True):
    """What a reaction looks like."""

    face: str


class Muted(errors.GameError):
    """The client may not chat now."""

    code = "muted"
    default_message = "You may not chat now."


class Extended(House):
    """A house with a chat and reactions; `answers` has what the chat does next."""

    def __init__(self) -> None:
        super().__init__(Limits(custom_seconds=0.01, refusals_before_close=1000))
        self.calls: list[tuple[Any, ...]] = []
        self.answer: Any = Said(heard_by=3, price=12_50)

        @self.handler.event("REACTION")
        class Reaction(Face, frozen=True):
            """Somebody at the table makes a face."""

            player_name: str

        self.reaction = Reaction

        @self.handler.message("chat", Line, answer=Said)
        async def chat(client: Client, line: Line) -> Any:
            """Says a line to everybody."""
            self.calls.append((client, line))
            return await self.answer() if callable(self.answer) else self.answer

        @self.handler.message("nod", Line)
        async def nod(client: Client, line: Line) -> None:
            self.calls.append((client, line))

        @self.handler.action("react", Face)
        async def react(client: Client, table_id: str, face: Face) -> Any:
            """Makes a face at a table."""
            self.calls.append((client, table_id, face))
            if callable(self.answer):
                return await self.answer()
            await self.handler.emit(Reaction(face=face.face, player_name=client.player_name or ""), table_id=table_id)
            return None

        self.handler.error(Muted)


@pytest.fixture
async def house() -> Extended:
    made = Extended()
    await made.room.open("t1")
    return made


# -- messages ---------------------------------------------------------------------------------------------------------


async def test_a_message_is_answered_by_one_of_its_own_type(house: Extended) -> None:
    client = await house.visit(ADAS_TOKEN, client_id="laptop")
    assert await client.ask("chat", {"text": "hello", "mood": None, "more": 1}, id="m-1") == {
        "type": "chat",
        "reply_to": "m-1",
        "timestamp": NOON,
        "data": {"heard_by": 3, "price": 12.5},
    }
    assert (await client.ask("nod", {"text": "hm"}))["data"] == {}
    (described, line), (_, nodded) = house.calls
    assert (described.client_id, described.player_id, line) == ("laptop", "pAda", Line("hello"))
    assert nodded == Line("hm")


async def test_numbers_arrive_as_the_struct_wants_them(house: Extended) -> None:
    client = await house.visit()
    await client.say_raw('{"type": "nod", "data": {"text": "x", "mood": 0.5}}')
    mood = house.calls[0][1].mood
    assert (mood, type(mood)) == (0.5, float)


@pytest.mark.parametrize(
    ("data", "named"),
    [
        ({}, "text"),
        ({"text": 7}, "$.text"),
        ({"text": ""}, "$.text"),
        ({"text": "x" * 21}, "$.text"),
        ({"text": "x", "mood": "good"}, "$.mood"),
        ({"text": "x", "mood": [1]}, "$.mood"),
        ({"text": "x", "mood": True}, "$.mood"),
        ({"text": "x", "mood": 10**400}, ""),
    ],
)
async def test_bad_data_is_a_bad_message_that_names_the_field(
    house: Extended, data: dict[str, Any], named: str
) -> None:
    client = await house.visit()
    answer = await client.ask("chat", data)
    assert code_of(answer) == "bad_message"
    assert named in answer["data"]["message"]
    assert house.calls == []


async def test_before_connect_it_is_not_connected(house: Extended) -> None:
    client = await house.enter()
    assert code_of(await client.ask("chat", {"text": "hello"})) == "not_connected"
    assert house.calls == []


async def test_an_unknown_type_or_action_names_those_of_the_program_too(house: Extended) -> None:
    client = await house.visit(ADAS_TOKEN, "t1")
    assert {"chat", "nod", "heartbeat"} <= {*(await client.ask("dance"))["data"]["types"]}
    assert {"react", "join_table"} <= {*(await client.act("dance"))["data"]["actions"]}


async def test_it_counts_against_the_limits_like_any_message() -> None:
    house = House(Limits(burst=1, messages_per_second=1, refusals_before_close=2))

    @house.handler.message("nod", Line)
    async def nod(client: Client, line: Line) -> None:
        raise errors.IllegalAction("Not here.")

    client = await house.visit()
    assert code_of(await client.ask("nod", {"text": "x"})) == "rate_limited"
    house.clock.now += 1
    assert code_of(await client.ask("nod", {"text": "x"})) == "illegal_action"
    house.clock.now += 1
    assert kinds(await client.say("nod", {"text": "x"})) == ["error", "disconnected"]


# -- handlers that fail -----------------------------------------------------------------------------------------------


async def fail() -> None:
    raise RuntimeError("the program's own affair")


async def hang() -> None:
    await asyncio.Event().wait()


async def hang_and_hold_on() -> None:
    while True:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            if hold_on.is_set():
                raise


hold_on = asyncio.Event()


async def give_up() -> None:
    raise asyncio.CancelledError


class Unregistered(errors.GameError):
    code = "unregistered"


async def refuse_with_a_code_that_nobody_knows() -> None:
    raise Unregistered


async def refuse_with_what_is_no_json() -> None:
    raise Muted(why=object())


async def answer_with_something_else() -> Any:
    return Line("no Said")


async def answer_with_builtins() -> Any:
    return {"heard_by": 3}


FAILURES = [
    fail,
    hang,
    hang_and_hold_on,
    give_up,
    refuse_with_a_code_that_nobody_knows,
    refuse_with_what_is_no_json,
    answer_with_something_else,
    answer_with_builtins,
]


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: failure.__name__)
@pytest.mark.parametrize(
    ("kind", "data"), [("chat", {"text": "x"}), ("action", {"action": "react", "data": {"face": ":)"}})]
)
async def test_a_handler_that_fails_is_one_internal_error_and_the_socket_stays(
    house: Extended, caplog: pytest.LogCaptureFixture, failure: Any, kind: str, data: dict[str, Any]
) -> None:
    client = await house.visit(ADAS_TOKEN, "t1")
    house.answer, good = failure, house.answer
    answer = await client.ask(kind, data, id="m-1")
    assert (code_of(answer), answer["reply_to"]) == ("internal_error", "m-1")
    assert answer["data"]["message"] == errors.InternalError.default_message
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    house.answer = good
    assert (await client.ask(kind, data))["type"] in ("chat", "event")
    hold_on.set()
    for task in list(house.handler._calls._running):
        task.cancel()
        await asyncio.wait((task,))
    hold_on.clear()


async def test_a_refusal_of_its_own_has_its_code_and_its_details(house: Extended) -> None:
    async def refuse() -> None:
        raise Muted("Not for a while.", until=7)

    client = await house.visit()
    house.answer = refuse
    answer = await client.ask("chat", {"text": "x"})
    assert answer["data"] == {"code": "muted", "message": "Not for a while.", "until": 7}


async def test_one_that_hangs_holds_up_its_own_socket_only() -> None:
    house = House()
    await house.room.open("t1")
    gate = asyncio.Event()

    @house.handler.message("nod", Line)
    async def nod(client: Client, line: Line) -> None:
        await gate.wait()

    hung, other = await house.visit(), await house.visit()
    await other.watch(ALL)
    other.news()
    asking = asyncio.create_task(hung.ask("nod", {"text": "x"}))
    await asyncio.sleep(0)
    assert (await other.ask("heartbeat"))["type"] == "heartbeat"
    await house.beat()
    assert kinds(other.news()) == ["heartbeat"]
    gate.set()
    assert (await asking)["type"] == "nod"
    house.clock.now += 1
    await house.handler.beat()
    assert kinds(hung.news()) == ["heartbeat"]
    assert kinds(other.news()) == []


async def test_a_handler_whose_client_goes_is_cancelled_with_it(house: Extended) -> None:
    started, cancelled = asyncio.Event(), asyncio.Event()

    async def wait() -> None:
        started.set()
        try:
            await hang()
        finally:
            cancelled.set()

    house = Extended()
    house.handler._calls._seconds = 60.0
    client = await house.visit()
    house.answer = wait
    asking = asyncio.create_task(client.say("chat", {"text": "x"}))
    await started.wait()
    asking.cancel()
    await cancelled.wait()


async def test_one_that_says_more_than_its_answer_still_answers_once(house: Extended) -> None:
    async def talk() -> Said:
        for face in "ab":
            await house.handler.send_to(house.reaction(face=face, player_name="Ada"), client_id="laptop")
        return Said(heard_by=1)

    client = await house.visit(client_id="laptop")
    house.answer = talk
    messages = await client.say("chat", {"text": "x"}, id="m-1")
    assert kinds(messages) == ["REACTION", "REACTION", "chat"]
    assert [message.get("reply_to") for message in messages] == [None, None, "m-1"]


# -- actions ----------------------------------------------------------------------------------------------------------


async def test_an_action_is_acknowledged_and_its_event_goes_to_the_tables_subscribers(house: Extended) -> None:
    ada = await house.visit(ADAS_TOKEN, "t1")
    all_of_it, this, other = [await house.visit() for _ in range(3)]
    await all_of_it.watch(ALL)
    await this.watch("REACTION", "CARD_DEALT")
    await other.watch("CARD_DEALT")
    for watcher in (all_of_it, this, other):
        watcher.news()
    answer = await ada.act("react", face=":)", request_id="q1-1")
    assert answer["data"]["data"] == {
        "action": "react",
        "request_id": None,
        "seq": house.room.games["t1"].seq,
        "timestamp": NOON,
    }
    await house.deliver()
    expected = {
        "event_type": "REACTION",
        "table_id": "t1",
        "round_id": None,
        "data": {"timestamp": NOON, "face": ":)", "player_name": "Ada"},
    }
    assert [[message["data"] for message in w.news()] for w in (all_of_it, this, other)] == [[expected], [expected], []]


@pytest.mark.parametrize(
    ("token", "table_id", "data", "code"),
    [
        (None, "t1", {"face": 7}, "bad_message"),
        (None, "t9", {"face": ":)"}, "unknown_table"),
        (None, "t1", {"face": ":)"}, "not_authenticated"),
        (EVES_TOKEN, "t1", {"face": ":)"}, "forbidden"),
    ],
)
async def test_an_action_is_refused_like_those_of_the_games(
    house: Extended, token: str | None, table_id: str, data: dict[str, Any], code: str
) -> None:
    client = await house.visit(token)
    assert code_of(await client.act("react", table_id, **data)) == code
    assert house.calls == []


async def test_who_listens_to_an_event_of_the_program_reads_the_log_no_more_than_others(house: Extended) -> None:
    watcher = await house.visit()
    await watcher.watch("REACTION", "PLAYER_BET")
    watcher.news()
    house.room.tells_all = True
    house.room.failing = {"log"}
    await house.room.act("t1", house.room.tokens[ADAS_TOKEN], "join_table", {})
    await house.room.act("t1", house.room.tokens[ADAS_TOKEN], "place_bet", {"amount": 10})
    await house.deliver()
    assert kinds(watcher.news()) == ["PLAYER_BET"]


# -- what programs send -----------------------------------------------------------------------------------------------


async def test_send_to_reaches_every_socket_of_the_player_and_nobody_else(house: Extended) -> None:
    adas = [await house.visit(ADAS_TOKEN) for _ in range(2)]
    impostor, ben = await house.visit(client_id="pAda"), await house.visit(BENS_TOKEN)
    await house.handler.send_to(house.reaction(face=":)", player_name="Ben"), player_id="pAda")
    await house.deliver()
    assert [kinds(client.news()) for client in (*adas, impostor, ben)] == [["REACTION"], ["REACTION"], [], []]
    await house.handler.send_to(house.reaction(face=":)", player_name="Ben"), client_id="pAda")
    assert [kinds(client.news()) for client in (*adas, impostor, ben)] == [[], [], ["REACTION"], []]
    await house.handler.send_to(house.reaction(face=":)", player_name="Ben"), client_id="nobody")
    for to in ({}, {"client_id": "a", "player_id": "b"}):
        with pytest.raises(InvalidExtension, match="one of the two"):
            await house.handler.send_to(house.reaction(face=":)", player_name="Ben"), **to)


async def test_broadcast_reaches_the_connected_clients_that_are_meant(house: Extended) -> None:
    ada, ben, spectator = [await house.visit(token) for token in (ADAS_TOKEN, BENS_TOKEN, None)]
    await house.enter()
    reaction = house.reaction(face=":)", player_name="Ben")
    assert await house.handler.broadcast(reaction, where=lambda client: client.player_id is not None) == 2
    assert [kinds(client.news()) for client in (ada, ben, spectator)] == [["REACTION"], ["REACTION"], []]
    assert await house.handler.broadcast(reaction, table_id="t1") == 3
    assert [client.news()[0]["data"]["table_id"] for client in (ada, ben, spectator)] == ["t1"] * 3
    with pytest.raises(ZeroDivisionError):
        await house.handler.broadcast(reaction, where=lambda client: 1 / 0 > 0)
    assert [kinds(client.news()) for client in (ada, ben, spectator)] == [[], [], []]


async def test_an_event_in_the_lobby_goes_to_who_is_subscribed_there(house: Extended) -> None:
    listener, other, at_the_table = [await house.visit() for _ in range(3)]
    await listener.say("subscribe", {"event_types": ["REACTION"]})
    await other.say("subscribe", {"event_types": ["TABLE_OPENED"]})
    await at_the_table.watch(ALL)
    await house.deliver()
    for client in (listener, other, at_the_table):
        client.news()
    await house.handler.emit(house.reaction(face=":)", player_name="Ben"))
    await house.deliver()
    assert [kinds(client.news()) for client in (listener, other, at_the_table)] == [["REACTION"], [], []]


async def test_what_the_server_and_its_games_send_cannot_be_forged(house: Extended) -> None:
    await house.visit(ADAS_TOKEN)
    forged = RoundStarted(timestamp=NOON, round_number=1, deadline=None)
    for send in (house.handler.emit, house.handler.broadcast):
        with pytest.raises(InvalidExtension, match="RoundStarted is no event of your own"):
            await send(forged)
    with pytest.raises(InvalidExtension, match="RoundStarted is no event of your own"):
        await house.handler.send_to(forged, player_id="pAda")


# -- registering ------------------------------------------------------------------------------------------------------


class Ruled(msgspec.Struct, array_like=True):
    x: int


class Schemaless(msgspec.Struct):
    x: complex


class Stamped(msgspec.Struct):
    timestamp: float


@pytest.mark.parametrize("name", ["connect", "heartbeat", "event", "error", "connected", "chat"])
def test_a_message_that_clashes_with_another_is_refused(house: Extended, name: str) -> None:
    before = dict(house.handler.extensions.messages)

    async def handle(client: Client, data: Line) -> None: ...

    with pytest.raises(InvalidExtension, match=f"The message {name} exists already"):
        house.handler.message(name, Line)(handle)
    assert house.handler.extensions.messages == before


@pytest.mark.parametrize("name", ["join_table", "player_action", "react"])
def test_an_action_that_clashes_with_another_is_refused(house: Extended, name: str) -> None:
    async def handle(client: Client, table_id: str, data: Line) -> None: ...

    with pytest.raises(InvalidExtension, match=f"The action {name} exists already"):
        house.handler.action(name, Line)(handle)


@pytest.mark.parametrize("name", ["CARD_DEALT", "TABLE_STATE", "LOBBY_STATE", "ACTION_RECEIVED", "REACTION"])
def test_an_event_that_clashes_with_another_is_refused(house: Extended, name: str) -> None:
    with pytest.raises(InvalidExtension, match=f"The event type {name} exists already"):
        house.handler.event(name)(Line)


@pytest.mark.parametrize("name", ["", "Chat", "*", "chat room", "chat.room", "x" * 65, "é"])
def test_a_name_that_is_none_is_refused(house: Extended, name: str) -> None:
    async def handle(client: Client, data: Line) -> None: ...

    with pytest.raises(InvalidExtension, match="no valid name"):
        house.handler.message(name, Line)(handle)
    with pytest.raises(InvalidExtension, match="no valid name"):
        house.handler.event(name)(Line)


@pytest.mark.parametrize(
    ("data", "why"),
    [(dict, "no subclass of msgspec.Struct"), (Ruled, "array_like"), (Schemaless, "no JSON Schema"), (7, "Struct")],
)
def test_data_without_a_schema_is_refused(house: Extended, data: Any, why: str) -> None:
    async def handle(client: Client, data: Any) -> None: ...

    registers: list[Any] = [
        house.handler.message("wave", data),
        house.handler.message("wave", Line, answer=data),
        house.handler.action("wave", data),
    ]
    for register in registers:
        with pytest.raises(InvalidExtension, match=why):
            register(handle)
    with pytest.raises(InvalidExtension, match=why):
        house.handler.event("WAVE")(data)


def test_what_else_cannot_be_registered(house: Extended) -> None:
    with pytest.raises(InvalidExtension, match="no async function"):
        house.handler.message("wave", Line)(lambda client, data: None)  # type: ignore[arg-type, return-value]
    with pytest.raises(InvalidExtension, match="timestamp"):
        house.handler.event("STAMPED")(Stamped)
    with pytest.raises(InvalidExtension, match="is the event REACTION already"):
        house.handler.event("ANOTHER")(house.reaction)


class Codeless(errors.GameError):
    """Forgot its code."""


@pytest.mark.parametrize("error", [Muted, Codeless, errors.TableFull, ValueError, 7])
def test_an_error_without_a_code_of_its_own_is_refused(house: Extended, error: Any) -> None:
    with pytest.raises(InvalidExtension, match=r"exists already|no subclass of GameError"):
        house.handler.error(error)


def test_the_registry_has_everything_that_a_document_needs(house: Extended) -> None:
    registry = house.handler.extensions
    chat = registry.messages["chat"]
    assert (chat.data, chat.answer, chat.description) == (Line, Said, "Says a line to everybody.")
    assert registry.messages["nod"].answer is None
    assert (registry.actions["react"].data, registry.actions["react"].description) == (Face, "Makes a face at a table.")
    assert registry.events["REACTION"] == (house.reaction, "Somebody at the table makes a face.")
    assert registry.errors["muted"] == (Muted, "The client may not chat now.")


def test_amounts_of_chips_are_numbers_of_chips_on_the_wire(house: Extended) -> None:
    class Tip(msgspec.Struct):
        amount: Cents

    assert read_data({"amount": Decimal("2.5")}, Tip) == Tip(2_50)
    with pytest.raises(errors.BadMessage, match=r"\$\.amount"):
        read_data({"amount": Decimal("0.001")}, Tip)
