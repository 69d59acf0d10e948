"""An adapter for the web: WebSocket clients play at the engine's table, or synchronous code in another thread does."""

from __future__ import annotations

import asyncio
import concurrent.futures
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from cardsharp import errors
from cardsharp.adapters.door import Door
from cardsharp.client.messages import ActionRequest
from cardsharp.client.policy import Answer
from cardsharp.engine import TableHost, answer_for
from cardsharp.events.admission import Guests, RoomsOwn
from cardsharp.events.handler import WebSocketEventHandler
from cardsharp.events.ports import Receipt
from cardsharp.game import HappenedEvent
from cardsharp.server import LocalGroups, Visit, WebSocketServer

LOOP_SECONDS: Final = 30.0
"""How long another thread waits for the thread of the game."""


class WebAdapter:
    """Lets clients play over WebSockets, where `use_websockets`; from other threads they may play either way.

    With WebSockets it listens on `host` and `port` from `initialize` on, 0 for any port that is free: see `url`. With
    `port=None` it does not listen: carry `handler` with a transport of your own, and call its `beat` every second.
    Without WebSockets, one player of the name `player_name` sits down when the game begins and nobody has been added.
    """

    def __init__(
        self,
        use_websockets: bool = False,
        *,
        host: str = "localhost",
        port: int | None = 8765,
        origins: Sequence[str] = (),
        player_name: str = "Player",
        kept_events: int = 1_000,
    ) -> None:
        self.player_names = () if use_websockets else (player_name,)
        self.handler: WebSocketEventHandler
        """With WebSockets: what speaks to the clients, as soon as there is an engine; programs extend it."""
        self._groups = LocalGroups()
        self._use_websockets = use_websockets
        self._address = host, port
        self._origins = origins
        self._door = Door(kept_events)
        self._host: TableHost | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._server: WebSocketServer | None = None
        self._opened = asyncio.Event()

    # -- what the engine asks ---------------------------------------------------------------------------------------

    def attach(self, host: TableHost) -> None:
        """An engine has been made with this adapter."""
        self._host = host
        if self._use_websockets:
            room = host.room
            self.handler = WebSocketEventHandler(
                room=room,
                bus=room.bus,
                groups=self._groups,
                audience=room.audience,
                authenticate=Guests(RoomsOwn(room), room.guest),
            )

    async def initialize(self) -> None:
        """Gets ready in the running loop, and listens. Raises CannotListen; WrongPhase before there is an engine."""
        self._its_host()
        if self._loop is not None:
            return
        address, port = self._address
        if self._use_websockets and port is not None:
            server = WebSocketServer(self.handler, self._groups, self, host=address, port=port, origins=self._origins)
            self._server = await server.__aenter__()
        self._loop = asyncio.get_running_loop()

    async def notify(self, event: HappenedEvent) -> None:
        """Keeps the event for `get_events`; the clients' own come over the bus."""
        self._opened.set()
        self._door.put_event(event)

    async def render_state(self, state: dict[str, Any]) -> None:
        """Clients have the state from the bus, and other threads ask for it."""

    async def request_action(self, request: ActionRequest, state: dict[str, Any]) -> Answer | None:
        """Lets `get_request` have the request for as long as it is open. Answers come by the room, as from clients."""
        self._door.ask(request)
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            self._door.take_back(request)
        return None

    async def shutdown(self) -> None:
        """Tells every client, and lets nobody wait any more."""
        self._door.shut()
        if self._server is not None:
            server, self._server = self._server, None
            await server.__aexit__(None, None, None)

    # -- what the server asks ---------------------------------------------------------------------------------------

    @property
    def url(self) -> str:
        """Where clients connect to. Raises WrongPhase while it does not listen."""
        if self._server is None:
            raise errors.WrongPhase("The adapter listens to nobody.")
        return self._server.url

    async def enter(self, path: str) -> Visit:
        """Every path is the engine's table, as soon as it is open."""
        await self._opened.wait()
        return Visit(self._its_host().table_id)

    def leave(self, visit: Visit) -> None:
        """The table stays."""

    # -- what other threads ask -------------------------------------------------------------------------------------

    def get_current_state(self) -> dict[str, Any]:
        """The table as it is now: the `state` of TABLE_STATE. Raises UnknownTable before the engine is initialized."""
        room = self._its_host().room
        return room.game.view(room.table(self._its_host().table_id).state, 0)

    def get_events(self) -> list[dict[str, Any]]:
        """What has happened since the last call, oldest first: `seq`, `event_type`, `round_id` and `data` of each.

        So many as `kept_events` are kept.
        """
        return self._door.take_events()

    def get_request(self, timeout: float | None = None, player_id: str | None = None) -> ActionRequest | None:
        """What the table awaits, of that player if one is named, as soon as there is anything.

        None after so many seconds, and when the game is over. It stays the same until it is answered, or too late.
        """
        return self._door.wait_for_request(player_id, timeout)

    def submit_action(
        self,
        move: str,
        player_id: str | None = None,
        amount: int | Decimal | None = None,
        *,
        seat: int | None = None,
        request_id: str | None = None,
    ) -> Receipt:
        """Makes a move: one of a request's `valid_actions`, or LEAVE. When it returns, what came of it can be had here.

        Without `player_id` it is for who has been asked for longest. Raises what the table refuses as a GameError: a
        move that is illegal, too late, or somebody else's; InternalError where the game's loop does not answer.
        """
        host, loop = self._its_host(), self._loop
        action, data = answer_for(move, amount)
        request = self._door.open_request(player_id, seat)
        player_id = player_id or (request.player_id if request else None)
        if player_id is None:
            raise errors.NotYourTurn("The table waits for nobody now.")
        seat = seat if seat is not None or request is None or request_id is not None else request.seat
        if loop is None or not loop.is_running():
            raise errors.TableClosed("The game does not run.")
        if _runs_here(loop):
            raise errors.WrongPhase("In the game's own thread, await the engine's methods instead.")
        done = asyncio.run_coroutine_threadsafe(
            host.act(player_id, action, {**data, "seat": seat, "request_id": request_id}), loop
        )
        try:
            receipt = done.result(LOOP_SECONDS)
        except concurrent.futures.TimeoutError as error:
            raise errors.InternalError("The game's thread does not answer.") from error
        if request is not None:
            self._door.take_back(request)
        return receipt

    # -- within -----------------------------------------------------------------------------------------------------

    def _its_host(self) -> TableHost:
        if self._host is None:
            raise errors.WrongPhase("Make a BlackjackEngine with this adapter first.")
        return self._host


def _runs_here(loop: asyncio.AbstractEventLoop) -> bool:
    try:
        return asyncio.get_running_loop() is loop
    except RuntimeError:  # no loop runs in this thread, which is as it should be
        return False
