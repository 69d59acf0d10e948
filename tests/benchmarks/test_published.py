"""docs/house_edges.md says what was published and what was played, and draws the right conclusion."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from benchmarks import dealer_totals, house_edges
from benchmarks.published import PAGE, keep_result, read_published, read_results
from cardsharp.blackjack.rules import Rules

PUBLISHED = read_published()
EDGES = read_results(house_edges.RESULTS)
DEALERS = read_results(dealer_totals.RESULTS)
TEXT = PAGE.read_text()


def part(name: str) -> list[str]:
    (found,) = re.findall(rf"<!-- {name} -->\n(.*)<!-- end of {name} -->\n", TEXT, re.DOTALL)
    return found.splitlines()


def rows(name: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in part(name) if line.startswith("|")]


def test_the_page_is_made_of_the_published_figures_and_the_kept_results() -> None:
    assert part("edges") == list(house_edges.page_lines(PUBLISHED, EDGES))
    assert part("dealer") == list(dealer_totals.page_lines(PUBLISHED, DEALERS))


def test_every_published_edge_was_played_five_million_times_and_nothing_else_was() -> None:
    placards = [edge.rules for edge in PUBLISHED.edges]
    assert len(set(placards)) == len(placards) >= 14
    assert set(EDGES) == set(placards)
    assert all(result["rounds"] >= 5_000_000 for result in EDGES.values())
    assert {dealer.rules for dealer in PUBLISHED.dealers} == set(DEALERS)


def test_placards_are_written_as_the_table_writes_them() -> None:
    assert [str(Rules.parse(edge.rules)) for edge in PUBLISHED.edges] == [edge.rules for edge in PUBLISHED.edges]


def test_every_figure_names_its_source() -> None:
    named = {part.source for edge in PUBLISHED.edges for part in edge.parts} | {d.source for d in PUBLISHED.dealers}
    assert named == set(PUBLISHED.sources)


def test_what_the_page_calls_within_is_within() -> None:
    _, _, *edges, together = rows("edges")
    assert [row[0].strip("`") for row in edges] == [edge.rules for edge in PUBLISHED.edges]
    for edge, (_, published, simulated, error, difference, verdict) in zip(PUBLISHED.edges, edges, strict=True):
        assert float(published) == pytest.approx(sum(float(part.percent) for part in edge.parts), abs=0.0006)
        assert float(difference) == pytest.approx(float(simulated) - float(published), abs=0.0015)
        assert verdict == "yes"
        assert abs(float(difference)) <= 4 * float(error) + 0.03
    assert float(together[4]) == pytest.approx(sum(float(row[4]) for row in edges) / len(edges), abs=0.001)


def test_the_dealers_totals_are_within_four_standard_errors() -> None:
    for dealer in PUBLISHED.dealers:
        assert list(dealer.percents) == ["2", "3", "4", "5", "6", "7", "8", "9", "10", "A"]
        for up, percents in dealer.percents.items():
            assert sum(map(float, percents[:-1])) == pytest.approx(100, abs=0.03)
            assert dealer_totals.errors_off(dealer, DEALERS[dealer.rules], up) <= 4


@pytest.fixture
def page(tmp_path: Path) -> Path:
    return Path(shutil.copy(PAGE, tmp_path))


def test_house_edges_can_be_played_again(tmp_path: Path, page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept = tmp_path / "edges.json"
    arguments = ["--rounds", "40", "--results", str(kept), "--page", str(page)]
    house_edges.main(arguments)
    results = read_results(kept)
    assert set(results) == {edge.rules for edge in PUBLISHED.edges}
    assert "\n".join(house_edges.page_lines(PUBLISHED, results)) in page.read_text()
    told = capsys.readouterr().out
    house_edges.main([*arguments, "--resume", "--seed", "1"])
    assert (capsys.readouterr().out, read_results(kept)) == (told, results)
    house_edges.main([*arguments, "--seed", "2", PUBLISHED.edges[0].rules])
    changed = {rules for rules, result in read_results(kept).items() if result != results[rules]}
    assert changed == {PUBLISHED.edges[0].rules}


def test_an_edge_that_does_not_fit_fails_the_run(tmp_path: Path, page: Path) -> None:
    kept = tmp_path / "edges.json"
    kept.write_bytes(house_edges.RESULTS.read_bytes())
    arguments = ["--rounds", "5000000", "--resume", "--results", str(kept), "--page", str(page)]
    assert house_edges.main(arguments) == 0
    edge = PUBLISHED.edges[0]
    allowed = 4 * EDGES[edge.rules]["standard_error_percent"] + 0.03
    keep_result(kept, edge.rules, EDGES[edge.rules] | {"house_edge_percent": edge.percent + 1.01 * allowed})
    assert house_edges.main(arguments) == 1
    assert "| no |" in page.read_text()


def test_dealer_totals_can_be_dealt_again(tmp_path: Path, page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept = tmp_path / "dealers.json"
    dealer_totals.main(["--rounds", "200", "--results", str(kept), "--page", str(page)])
    told = capsys.readouterr().out
    assert told in page.read_text()
    for result in read_results(kept).values():
        assert 190 <= sum(sum(counts) for counts in result["counts"].values()) <= 200  # less two blackjacks at once


def test_a_dealer_who_is_off_is_noticed() -> None:
    dealer = PUBLISHED.dealers[0]
    result = DEALERS[dealer.rules]
    counts = list(result["counts"]["2"])
    counts[0] += 9 * int(counts[0] ** 0.5)
    assert dealer_totals.errors_off(dealer, {"counts": {"2": counts}}, "2") > 4
