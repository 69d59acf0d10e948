"""A shoe's file and a client's log become the same value, and what is neither is refused in a sentence."""

from __future__ import annotations

import json
import random
from contextlib import suppress
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from cardsharp.blackjack import events as e
from cardsharp.dealt_shoe import check
from cardsharp.errors import InvalidShoe
from cardsharp.events.messages import encode_event
from cardsharp.shoe_file import MAX_BYTES, encode_shoe, read_shoes
from tests.cardsharp.dealt_shoes import frames_of, played, shoes_of
from tests.cardsharp.test_dealt_shoe import dealt_shoes


@given(dealt_shoes())
def test_a_file_reads_back_as_the_shoe_it_was_written_from(shoe: Any) -> None:
    assert read_shoes(encode_shoe(shoe)) == [shoe]


def test_a_log_holds_what_was_published_and_when() -> None:
    log = played()
    first, second, third = shoes_of(log)
    (opened,) = (event for event in log if isinstance(event, e.TableOpened))
    shuffles = [event for event in log if isinstance(event, e.Shuffle)]
    revealed = [event for event in log if isinstance(event, e.ShoeRevealed)]
    assert (first.promised, first.published_at) == (opened.next_commitment, opened.timestamp)
    assert (second.promised, second.published_at) == (shuffles[0].next_commitment, shuffles[0].timestamp)
    assert [shoe.shoe_id for shoe in (first, second, third)] == ["s1", "s2", "s3"]
    assert [shoe.server_seed for shoe in (first, second, third)] == [event.server_seed for event in revealed]
    assert [shoe.revealed_at for shoe in (first, second, third)] == [event.timestamp for event in revealed]
    assert [entry.player_id for entry in second.client_seeds] == ["ben", "fay"]
    rounds = [event.round_number for event in log if isinstance(event, e.RoundEnded) and event.dealer_cards]
    assert [played.round_id for shoe in (first, second, third) for played in shoe.rounds] == [f"r{n}" for n in rounds]
    assert all(shoe.table_id == "t1" for shoe in (first, second, third))


def test_a_log_may_come_in_batches_twice_and_out_of_order_and_hold_other_messages() -> None:
    frames = frames_of(played())
    messy = [*frames, *frames[10:40], '{"type":"heartbeat","data":{"seqs":{}}}', f"[{','.join(frames[5:9])}]"]
    messy += ['{"type":"event","data":{"event_type":"TABLE_STATE","table_id":"t1","seq":3,"data":{}}}']
    messy += ['{"type":"event","data":{"event_type":"SHUFFLE","table_id":"t1","data":{}}}', ""]
    random.Random(1).shuffle(messy)
    assert read_shoes("\r\n".join(messy).encode("utf-8-sig")) == shoes_of(played())


def test_tables_of_one_log_are_kept_apart() -> None:
    frames = frames_of(played())
    others = [frame.replace('"table_id":"t1"', '"table_id":"t2"') for frame in frames]
    both = [frame for pair in zip(frames, others, strict=True) for frame in pair]
    shoes = read_shoes("\n".join(both).encode())
    assert [(shoe.table_id, shoe.shoe_id) for shoe in shoes] == [(t, f"s{n}") for t in ("t1", "t2") for n in (1, 2, 3)]
    assert all(not check(shoe).faults for shoe in shoes)


def test_of_a_shoe_that_began_before_the_log_nothing_is_said() -> None:
    log = played()
    second = [place for place, event in enumerate(log) if isinstance(event, e.Shuffle)][1]
    kept = shoes_of(log[second - 30 :])
    assert [shoe.shoe_id for shoe in kept] == ["s2", "s3"]
    assert [shoe.promised is None for shoe in kept] == [True, False]
    assert not [fault for shoe in kept for fault in check(shoe).faults]


def test_the_state_that_a_late_client_is_sent_first_holds_the_promise() -> None:
    log = frames_of(played())
    second = next(place for place, frame in enumerate(log) if '"shoe_id":"s2"' in frame)
    promised = shoes_of(played())[1].commitment
    data = {"timestamp": 1.5, "state": {"shoe": {"next_commitment": promised}}}
    state = encode_event("TABLE_STATE", data, at=1.5, table_id="t1", seq=second)
    for shown, expected in ((state, promised), (state.replace(promised, "0" * 64), "0" * 64)):
        shoe = read_shoes("\n".join([shown, *log[second - 5 :]]).encode())[0]
        assert (shoe.shoe_id, shoe.promised, shoe.published_at) == ("s2", expected, 1.5)


def test_the_end_of_a_shoe_whose_beginning_is_missing_is_not_taken_for_anothers() -> None:
    log = [event for event in played() if not (isinstance(event, e.Shuffle) and event.shoe_id == "s2")]
    first, third = shoes_of(log)
    assert (first.shoe_id, check(first).faults) == ("s1", ())
    assert third.shoe_id == "s3"


def test_a_shoe_under_way_has_neither_seed_nor_hole_card() -> None:
    log = played()
    hole = next(place for place, event in enumerate(log) if isinstance(event, e.CardDealt) and event.is_hole_card)
    (shoe,) = shoes_of(log[: hole + 1])
    assert (shoe.server_seed, shoe.cards_dealt, shoe.revealed_at) == (None, None, None)
    assert shoe.rounds[0].cards[-1] is None
    with pytest.raises(InvalidShoe, match="s1 is not finished"):
        check(shoe)


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"client_seeds": ()}, "client_seeds"),
        ({"commitment": "0" * 64}, "commitment"),
        ({"algorithm": "cardsharp-shoe-0"}, "algorithm"),
    ],
)
def test_a_reveal_that_repeats_the_shuffle_otherwise_is_a_contradiction(change: dict[str, Any], name: str) -> None:
    log = list(played())
    place = [place for place, event in enumerate(log) if isinstance(event, e.ShoeRevealed)][1]
    log[place] = replace(log[place], **change)
    shoe = shoes_of(log)[1]
    assert shoe.contradictions == (name,)
    assert read_shoes(encode_shoe(shoe)) == [shoe]
    assert check(shoe).faults == (f"SHOE_REVEALED repeats {name} otherwise than SHUFFLE said it.",)


FILE: dict[str, Any] = json.loads(encode_shoe(shoes_of(played())[0]))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"decks": 0}, "decks"),
        ({"decks": 10**9}, "decks"),
        ({"decks": True}, "decks"),
        ({"server_seed": "00"}, "server_seed"),
        ({"server_seed": "0" * 63 + "G"}, "server_seed"),
        ({"server_seed": "0" * 64 + "\n"}, "server_seed"),
        ({"commitment": None}, "commitment"),
        ({"client_seeds": [["p1", "x"]]}, "client_seeds"),
        ({"client_seeds": [{"player_id": 1, "seed": "x"}]}, "client_seeds"),
        ({"cards_dealt": -1}, "cards_dealt"),
        ({"cards_dealt": 10**400}, "cards_dealt"),
        ({"rounds": [{"round_id": "r1", "cards": ["1♠"]}]}, r"'1\\u2660' names no card"),
        ({"rounds": [{"round_id": "r1", "cards": ["\x1b[2J"]}]}, r"'\\x1b\[2J' names no card"),
        ({"rounds": [{"round_id": "\x1b[2J", "cards": []}]}, "round_id"),
        ({"rounds": {}}, "rounds"),
        ({"shoe_id": ""}, "shoe_id"),
        ({"format": "cardsharp-shoe-file-2"}, "another format"),
        ({"format": []}, "another format"),
    ],
)
def test_an_absurd_file_is_refused_with_what_is_wrong(change: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidShoe, match=said):
        read_shoes(json.dumps(FILE | change).encode())


@pytest.mark.parametrize("missing", ["algorithm", "shoe_id", "decks", "commitment", "server_seed", "rounds"])
def test_a_file_without_a_field_that_matters_is_refused(missing: str) -> None:
    with pytest.raises(InvalidShoe, match=f"missing required field `{missing}`"):
        read_shoes(json.dumps({name: value for name, value in FILE.items() if name != missing}).encode())


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "no shoe begins"),
        (b"\n\n", "no shoe begins"),
        (b"\xff\xfe", "UTF-8"),
        (b"null", "line 1 is neither"),
        (b"[1]", "line 1 is neither"),
        (b"{}", "line 1 is neither"),
        (b'{"type":"event","data":[]}', "line 1 is neither"),
        (b'{"type":"event","data":{"event_type":["SHUFFLE"],"seq":1}}', "line 1 is neither"),
        (b'{"type":"heartbeat","data":{}}\nshuffle', "line 2 is neither"),
        (b"[" * 100_000, "line 1 is neither"),
        (b'"\\ud800"', "line 1 is neither"),
        (b'{"type":"event","data":{"event_type":"SHUFFLE","table_id":"t","seq":1,"data":{}}}', "no dealt shoe"),
        (b" " * (MAX_BYTES + 1), "larger than 64 MiB"),
    ],
)
def test_what_is_no_shoe_is_refused(raw: bytes, said: str) -> None:
    with pytest.raises(InvalidShoe, match=said):
        read_shoes(raw)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(("round_id", "seed")), inner),
    max_leaves=8,
)


@given(st.sampled_from(sorted(FILE)), json_values)
def test_whatever_stands_in_a_field_is_a_shoe_or_one_refusal(name: str, value: Any) -> None:
    with suppress(InvalidShoe):  # anything else that it raises fails
        (shoe,) = read_shoes(json.dumps(FILE | {name: value}).encode())
        assert check(shoe).cards == sum(len(played.cards) for played in shoe.rounds)


@given(json_values | st.binary(max_size=40))
def test_whatever_is_read_is_a_shoe_or_one_refusal(value: Any) -> None:
    frame = {"type": "event", "data": {"event_type": "SHUFFLE", "table_id": "t", "seq": 1, "data": value}}
    for raw in (value,) if isinstance(value, bytes) else (msgspec.json.encode(value), msgspec.json.encode(frame)):
        with pytest.raises(InvalidShoe):
            read_shoes(raw)
