"""What the bots at one table have seen, held against each other, and when the last of them saw it."""

from __future__ import annotations

from zlib import crc32

from cardsharp.loadtest.figures import Figures

KEPT_LINES = 2_000
"""So many lines are kept that all have seen and that no acknowledgement has named yet."""


class TableWatch:
    """Every member's events by their seq: the same for all, without a hole, each once."""

    def __init__(self, table_id: str, members: int, figures: Figures) -> None:
        self.table_id = table_id
        self.newest = 0
        """The newest seq that anybody has seen."""
        self._members = members
        self._figures = figures
        self._begins_after = 0
        self._open: dict[int, tuple[int, int]] = {}
        """Of each line that some have seen: the checksum, and how many have."""
        self._complete: dict[int, float] = {}
        """When the last member has seen a line."""
        self._sent_at: dict[int, float] = {}
        """When the action was sent that a line is the last event of."""

    def joined_at(self, seq: int) -> None:
        """A member has begun to listen after that seq: earlier lines cannot be compared any more."""
        self._begins_after = max(self._begins_after, seq)
        self._open = {seq: line for seq, line in self._open.items() if seq > self._begins_after}

    def saw(self, seq: int, text: bytes, at: float) -> None:
        """A member has seen an event."""
        self.newest = max(self.newest, seq)
        if seq <= self._begins_after:
            return
        checksum = crc32(text)
        first, count = self._open.get(seq, (checksum, 0))
        if first != checksum:
            self._figures.differ(f"table {self.table_id}: event {seq} is not the same for all")
        if count + 1 < self._members:
            self._open[seq] = first, count + 1
            return
        self._open.pop(seq, None)
        if seq in self._sent_at:
            self._figures.told.append(at - self._sent_at.pop(seq))
            return
        self._complete[seq] = at
        if len(self._complete) > KEPT_LINES:
            del self._complete[next(iter(self._complete))]

    def acknowledged(self, seq: int, sent_at: float) -> None:
        """An action was acknowledged whose last event has that seq."""
        if (at := self._complete.pop(seq, None)) is not None:
            self._figures.told.append(at - sent_at)
        elif seq > self._begins_after:
            self._sent_at[seq] = sent_at
