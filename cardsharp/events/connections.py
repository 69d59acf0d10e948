"""Every session of one process: how many there are, of whom and from where, and what each player may still send."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from cardsharp.events.counts import Counts
from cardsharp.events.limits import Bucket, Limits
from cardsharp.events.session import Session


class Connections(Mapping[str, Session]):
    """The sessions by their keys. It holds what the limits bound by address and by player."""

    def __init__(self, limits: Limits, counts: Counts) -> None:
        self._limits = limits
        self._counts = counts
        self._sessions: dict[str, Session] = {}
        self._of_address: Counter[str] = Counter()
        self._of_player: Counter[str] = Counter()
        self._buckets: dict[str, Bucket] = {}
        """What each player may send over all sockets; kept until it is full again, so that none is had by leaving."""

    def __getitem__(self, key: str) -> Session:
        return self._sessions[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._sessions)

    def __len__(self) -> int:
        return len(self._sessions)

    def add(self, session: Session) -> bool:
        """The session is one of them; False where that is beyond a limit, and it is to be closed."""
        self._sessions[session.key] = session
        self._of_address[session.network] += 1
        if len(self._sessions) > self._limits.connections:
            return self._refuse("connections")
        if session.network and self._of_address[session.network] > self._limits.connections_per_address:
            return self._refuse("connections_per_address")
        return True

    def add_player(self, session: Session, player_id: str, now: float) -> bool:
        """The session is the player's; False where that is beyond the limit, and it is to be closed."""
        if self._of_player[player_id] >= self._limits.connections_per_player:
            return self._refuse("connections_per_player")
        session.counted_for = player_id
        self._of_player[player_id] += 1
        if player_id not in self._buckets:
            self._buckets[player_id] = Bucket(self._limits.player_messages_per_second, self._limits.player_burst, now)
        return True

    def remove_player(self, session: Session) -> None:
        """The session is about to be closed: it keeps no other one of the player's out."""
        if session.counted_for is not None:
            _subtract(self._of_player, session.counted_for)
            session.counted_for = None

    def remove(self, session: Session) -> bool:
        """It is gone; False where it was already."""
        if self._sessions.pop(session.key, None) is None:
            return False
        _subtract(self._of_address, session.network)
        self.remove_player(session)
        return True

    def take_token(self, session: Session, now: float) -> float:
        """0 where the session may send a message now, else the seconds to wait."""
        if wait := session.bucket.take(now):
            self._counts.limits["messages_per_second"] += 1
        elif session.counted_for is not None and (wait := self._buckets[session.counted_for].take(now)):
            self._counts.limits["player_messages_per_second"] += 1
        return wait

    def forget_absent(self, now: float) -> None:
        """Forgets the buckets of players who are gone and would get the same if they came back."""
        absent = [player_id for player_id in self._buckets if player_id not in self._of_player]
        for player_id in absent:
            if self._buckets[player_id].is_full(now):
                del self._buckets[player_id]

    def _refuse(self, limit: str) -> bool:
        self._counts.limits[limit] += 1
        return False


def _subtract(counter: Counter[str], key: str) -> None:
    counter[key] -= 1
    if not counter[key]:
        del counter[key]
