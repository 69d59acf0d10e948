"""A simulation counts what the served game does, exactly and the same every time."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
from collections import Counter
from fractions import Fraction

import pytest

from benchmarks.published import read_published
from cardsharp.blackjack.rules import Rules
from cardsharp.cards import parse_card
from cardsharp.cli import main
from cardsharp.errors import InvalidRules
from cardsharp.shoe import StackedShoes
from cardsharp.simulation import CHUNK_ROUNDS, Tally, play_rounds, simulate, table_rules

FIVE_ROUNDS = """
A♠ 9♥ K♦ 7♣
10♠ 10♥ 6♠ 8♥
5♠ 6♥ 6♦ 10♦ K♣ K♥
8♠ 6♠ 8♥ 10♣ 3♠ Q♣ J♥ 5♦
10♥ A♥ 9♠ K♠
"""
"""A blackjack; 16 against a ten, surrendered; 11 doubled to 21 while the dealer busts; eights split, of which one is
doubled to 21 and ties, the other loses with 18; and 19 that loses to a blackjack, uninsured."""


def stacked(text: str) -> StackedShoes:
    return StackedShoes([parse_card(card) for card in text.split()])


def finished(placard: str, rounds: int, seed: int = 1, processes: int = 1) -> Tally:
    *_, tally = simulate(Rules.parse(placard), rounds=rounds, seed=seed, processes=processes)
    return tally


def test_five_rounds_counted_by_hand() -> None:
    tally = play_rounds(table_rules(Rules.parse("6D S17 DAS LS 3:2")), stacked(FIVE_ROUNDS), 5)
    bet = tally.bet_cents
    assert tally.nets == {3 * bet // 2: 1, -bet // 2: 1, 2 * bet: 1, -bet: 2}
    assert tally.results == {"blackjack": 1, "surrender": 1, "win": 1, "push": 1, "lose": 2}
    assert (tally.rounds, tally.hands, tally.wagered_cents) == (5, 6, 8 * bet)
    assert tally.house_edge_percent == -20
    # The nets 1.5, -0.5, 2, -1 and -1 differ from their mean of 0.2 by squares that add up to 8.3.
    assert tally.standard_deviation == pytest.approx((8.3 / 4) ** 0.5)
    assert tally.standard_error_percent == pytest.approx(100 * (8.3 / 4 / 5) ** 0.5)


def test_a_round_more_is_all_that_two_tallies_differ_in() -> None:
    rules = table_rules(Rules.parse("6D S17"))
    four, five = (play_rounds(rules, stacked(FIVE_ROUNDS), rounds) for rounds in (4, 5))
    four.add(Tally(bet_cents=four.bet_cents, nets=Counter({-four.bet_cents: 1}), results=Counter(lose=1)))
    assert (four.nets, four.results) == (five.nets, five.results)


def test_commands_and_events_are_those_of_the_table() -> None:
    tally = play_rounds(table_rules(Rules.parse("6D S17")), stacked("A♠ 9♥ K♦ 7♣"), 1)
    # The bet brings PLAYER_BET and BANKROLL_UPDATED, four CARD_DEALT, CARD_REVEALED, HAND_RESULT and BANKROLL_UPDATED,
    # ROUND_ENDED, and the next ROUND_STARTED.
    assert (tally.commands, tally.events) == (1, 11)


@pytest.mark.parametrize("pays", ["3:2", "6:5", "1:1", "7:5", "999:998", "2:1"])
def test_no_payout_falls_below_a_hundredth(pays: str) -> None:
    rules = table_rules(Rules.parse(f"6D S17 LS {pays}"))
    tally = play_rounds(rules, stacked(FIVE_ROUNDS), 2)
    nets = {Fraction(net, tally.bet_cents) for net in tally.nets}
    assert nets == {Fraction(*rules.blackjack_pays), Fraction(-1, 2)}


def test_the_stack_outlasts_the_worst_chunk() -> None:
    rules = table_rules(Rules.parse("6D S17"))
    four_doubled_hands_and_insurance = Fraction(17, 2)
    assert rules.default_buy_in_cents >= CHUNK_ROUNDS * four_doubled_hands_and_insurance * rules.max_bet_cents


def test_figures_depend_on_rules_rounds_and_seed_and_on_nothing_else() -> None:
    rounds = CHUNK_ROUNDS + 300
    once = finished("6D H17", rounds)
    assert once.rounds == rounds
    assert finished("6D H17", rounds, processes=2) == once
    assert finished("6D H17", 300, seed=2) != finished("6D H17", 300) != finished("6D S17", 300)


def test_a_run_grows_chunk_by_chunk() -> None:
    run = simulate(Rules.parse("1D S17"), rounds=CHUNK_ROUNDS + 1, seed=1)
    assert [tally.rounds for tally in run] == [CHUNK_ROUNDS, CHUNK_ROUNDS + 1]


@pytest.mark.parametrize("placard", ["1D H17 NDAS ES 6:5 OBO", "2D S17 SP2 D9-11 ENHC NI", "8D H17 RSA HSA SPR D10-11"])
def test_rules_of_every_kind_can_be_simulated(placard: str) -> None:
    tally = finished(placard, 300)
    assert tally.rounds == 300
    assert tally.hands >= 300


def test_rules_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(InvalidRules):
        next(simulate(Rules(decks=9), rounds=10, seed=1))


@pytest.mark.parametrize("placard", ["6D H17 DAS LS 3:2", "6D S17 DAS NS 3:2"])
def test_the_edge_is_near_the_published_one(placard: str) -> None:
    (published,) = (edge.percent for edge in read_published().edges if edge.rules == placard)
    tally = finished(placard, 60_000, processes=2)
    assert abs(tally.house_edge_percent - published) < 5 * tally.standard_error_percent + 0.1


# The command


def test_the_command_tells_its_figures(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", "6d h17", "--rounds", "200", "--seed", "7"]) == 0
    told = capsys.readouterr()
    tally = finished("6D H17", 200, seed=7)
    assert told.out.startswith("6D H17 DAS LS 3:2\n200 rounds with seed 7 in ")
    assert f"\nhouse edge      {tally.house_edge_percent:8.4f} % of the first bet" in told.out
    assert f"\nwin          {tally.results['win']:14,} " in told.out
    assert f"\n-1           {tally.nets[-tally.bet_cents]:14,} " in told.out
    assert told.err == ""  # no bar where nobody looks


def test_the_command_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", "6D H17 6:5", "--rounds", "400", "--seed", "7", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    tally = finished("6D H17 6:5", 400, seed=7)
    assert report["seconds"] >= 0
    assert report["rounds_per_second"] > 0
    edge, error = tally.house_edge_percent, tally.standard_error_percent
    assert {key: value for key, value in report.items() if key not in ("seconds", "rounds_per_second")} == {
        "rules": "6D H17 DAS LS 6:5",
        "rounds": 400,
        "seed": 7,
        "house_edge_percent": edge,
        "standard_error_percent": error,
        "interval_95_percent": [edge - 1.96 * error, edge + 1.96 * error],
        "standard_deviation": tally.standard_deviation,
        "hands_per_round": tally.hands / 400,
        "final_bet_per_first_bet": tally.wagered_cents / 400 / tally.bet_cents,
        "results": tally.results,
        "nets": [{"net": net / tally.bet_cents, "rounds": rounds} for net, rounds in sorted(tally.nets.items())],
    }
    assert {row["net"] for row in report["nets"]} >= {1.2, 1, -1, -0.5}


def test_without_a_seed_every_run_is_another(capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        main(["simulate", "6D", "--rounds", "2", "--json"])
    one, other = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert one["seed"] != other["seed"]


@pytest.mark.parametrize("arguments", [["--rounds", "1"], ["--rounds", "many"], ["--seed", "-1"], ["--processes", "0"]])
def test_numbers_that_make_no_sense_are_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        main(["simulate", "6D", *arguments])
    assert refused.value.code == 2
    assert f"argument {arguments[0]}: {arguments[1]} is no number from " in capsys.readouterr().err


def test_a_bad_placard_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", "6D H18"]) == 2
    assert capsys.readouterr().err == "python -m cardsharp: H18 is no rule of blackjack that this table knows\n"


@pytest.mark.parametrize("processes", ["1", "2"])
def test_ctrl_c_shows_what_there_is(processes: str) -> None:
    terminal, its_other_end = pty.openpty()
    command = (sys.executable, "-m", "cardsharp", "simulate", "6D", "--rounds", "100000000", "--json")
    run = subprocess.Popen(
        (*command, "--processes", processes), stdout=subprocess.PIPE, stderr=its_other_end, start_new_session=True
    )
    os.close(its_other_end)
    shown = b""
    while not re.search(rb" [1-9][\d,]* of 100,000,000 rounds", shown):
        shown += os.read(terminal, 1000)
    os.killpg(run.pid, signal.SIGINT)  # as a terminal does: to every process of the command
    assert run.stdout
    with run.stdout:
        report = json.loads(run.stdout.read())
    assert run.wait() == 130
    assert 0 < report["rounds"] < 100_000_000
    assert report["rounds"] % CHUNK_ROUNDS == 0
    os.close(terminal)
