"""An accepted answer counts once: its repetition gets the same seq, on any socket and after any restart."""

from typing import Any

import pytest

from cardsharp import errors
from games.models import Answer, Player
from games.store import AnswerKey, Store
from tests.games.admin.room import written
from tests.games.durable import asked, close_table, new_store, open_table, play

pytestmark = pytest.mark.django_db


@pytest.fixture
def stand(store: Store, deciding: str, ada: Player) -> tuple[AnswerKey, int]:
    """An accepted answer and its seq; the table has gone on since."""
    answer = AnswerKey(ada.pk, asked(store, deciding), "stand")
    stored = play(store, deciding, ada, "player_action", action="STAND", answer=answer, request_id=answer.request_id)
    play(store, deciding, ada, "place_bet", amount=20)
    return answer, stored.seq


def repeat(store: Store, table_id: str, player: Player, answer: AnswerKey, move: str = "STAND") -> Any:
    return play(store, table_id, player, "player_action", action=move, answer=answer, request_id=answer.request_id)


def test_the_same_answer_again_gets_the_same_seq_and_changes_nothing(
    store: Store, deciding: str, ada: Player, stand: tuple[AnswerKey, int]
):
    answer, seq = stand
    before = written()
    for each in (store, new_store()):
        stored = repeat(each, deciding, ada, answer)
        assert (stored.commit, stored.seq) == (None, seq)
    assert written() == before


def test_the_same_answer_again_is_known_after_the_table_is_closed(
    store: Store, deciding: str, ada: Player, stand: tuple[AnswerKey, int]
):
    answer, seq = stand
    close_table(store, deciding)
    assert repeat(store, deciding, ada, answer).seq == seq


def test_other_data_to_the_same_request_are_refused(
    store: Store, deciding: str, ada: Player, stand: tuple[AnswerKey, int]
):
    before = written()
    with pytest.raises(errors.StaleRequest):
        repeat(store, deciding, ada, AnswerKey(ada.pk, stand[0].request_id, "hit"), "HIT")
    assert written() == before


def test_another_player_repeats_nothing_of_it(store: Store, deciding: str, bob: Player, stand: tuple[AnswerKey, int]):
    with pytest.raises(errors.NotSeated):
        repeat(store, deciding, bob, AnswerKey(bob.pk, stand[0].request_id, stand[0].digest))


def test_another_table_knows_nothing_of_it(store: Store, ada: Player, stand: tuple[AnswerKey, int]):
    other = open_table(store, "Other")
    with pytest.raises(errors.NotSeated):
        repeat(store, other, ada, stand[0])


def test_a_refused_answer_is_decided_anew(store: Store, deciding: str, ada: Player):
    answer = AnswerKey(ada.pk, asked(store, deciding), "digest")
    with pytest.raises(errors.IllegalAction):
        repeat(store, deciding, ada, answer, "SPLIT!")
    assert not Answer.objects.exists()
    assert repeat(store, deciding, ada, answer, "DOUBLE").commit is not None
