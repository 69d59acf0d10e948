"""The answers that were accepted: each is to a request that was open to its player when its event happened."""

from __future__ import annotations

from cardsharp.game import Game
from games.models import Answer, Player, Table
from games.trimming import Beginning
from games.verification.moments import READ_AT_ONCE, DoesNotFit, Moment


class Answers:
    """Follows a table's log with the answers that caused its events."""

    def __init__(self, row: Table, game: Game, beginning: Beginning) -> None:
        self._game = game
        answers = Answer.objects.filter(table=row, seq__gt=beginning.seq).order_by("seq", "pk")
        self._answers = answers.iterator(chunk_size=READ_AT_ONCE)
        self._next = next(self._answers, None)

    def follow(self, moment: Moment) -> None:
        """Raises DoesNotFit where an answer is kept to what nobody asked."""
        while self._next is not None and self._next.seq <= moment.last_seq:
            if not self._was_asked(self._next, moment):
                answer = f"an answer of p{self._next.player_id} to {self._next.request_id}"
                raise DoesNotFit(f"{answer} is kept with event {self._next.seq}, when that was not asked")
            self._next = next(self._answers, None)

    def _was_asked(self, answer: Answer, moment: Moment) -> bool:
        """Whether the request was open in the moment: before it, or after it where nothing came of the answer."""
        return any(
            request.request_id == answer.request_id and Player.key_of(request.player_id) == answer.player_id
            for state in moment.states
            for request in self._game.requests(state)
        )

    def finish(self) -> None:
        """Raises DoesNotFit where an answer has caused what the log does not have."""
        if self._next is not None:
            raise DoesNotFit(f"an answer has caused event {self._next.seq}, which there is not")
