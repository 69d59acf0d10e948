"""The door between an event loop and other threads: what happened and what is asked go out, and may be waited for."""

from __future__ import annotations

import threading
from collections import deque
from typing import Any

from cardsharp.client.messages import ActionRequest
from cardsharp.game import HappenedEvent


class Door:
    """Every method may be called from any thread."""

    def __init__(self, kept_events: int) -> None:
        self._changed = threading.Condition()
        self._requests: dict[int, ActionRequest] = {}
        self._events: deque[dict[str, Any]] = deque(maxlen=kept_events)
        self._shut = False

    def put_event(self, event: HappenedEvent) -> None:
        """An event, for `take_events`."""
        line = {"seq": event.seq, "event_type": event.event_type, "round_id": event.round_id, "data": event.data}
        with self._changed:
            self._events.append(line)

    def take_events(self) -> list[dict[str, Any]]:
        """What has happened since the last call, as far as it is kept."""
        with self._changed:
            events = list(self._events)
            self._events.clear()
            return events

    def ask(self, request: ActionRequest) -> None:
        """The request is open."""
        with self._changed:
            self._requests[request.seat] = request
            self._changed.notify_all()

    def take_back(self, request: ActionRequest) -> None:
        """The request is over; one that has come for the same seat meanwhile is not."""
        with self._changed:
            if self._requests.get(request.seat) == request:
                del self._requests[request.seat]

    def open_request(self, player_id: str | None, seat: int | None = None) -> ActionRequest | None:
        """The request that has been open for longest: of that player and seat, if one is named."""
        with self._changed:
            return self._find(player_id, seat)

    def wait_for_request(self, player_id: str | None, timeout: float | None) -> ActionRequest | None:
        """The same, as soon as there is one; None after so many seconds, and when the game is over."""
        with self._changed:
            self._changed.wait_for(lambda: self._shut or self._find(player_id, None) is not None, timeout)
            return self._find(player_id, None)

    def shut(self) -> None:
        """The game is over: nobody waits any more."""
        with self._changed:
            self._shut = True
            self._requests.clear()
            self._changed.notify_all()

    def _find(self, player_id: str | None, seat: int | None) -> ActionRequest | None:
        for request in self._requests.values():
            if player_id in (None, request.player_id) and seat in (None, request.seat):
                return request
        return None
