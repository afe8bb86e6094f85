"""The arithmetic of the tables, on numbers that are known."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest

from benchmarks import figures, picture, report
from benchmarks.measure import Run
from benchmarks.tools import Bench, tools

RESULTS = {
    ("tanada", 0): [Run(0.5, 0.6, 150), Run(1.0, 0.6, 150), Run(0.5, 0.6, 150)],
    ("empty", 0): [Run(0.5, 0.5, 100), Run(1.0, 0.5, 100), Run(0.4, 0.5, 100)],
    ("stock", 0): [Run(12, 12, 1200), Run(16, 12, 600)],
    ("tanada", 1): [Run(0.4, 0.5, 140)],
    ("tanada", 10): [Run(0.5, 0.5, 140)],
    ("tanada", 100): [Run(1.4, 1.5, 150)],
    ("tanada", 1000): [Run(14.0, 15, 400)],
    ("cdktf-js", 1): [Run(0.2, 0.2, 80)],
    ("cdktf-js", 10): [Run(0.3, 0.3, 80)],
    ("cdktf-js", 100): [Run(1.0, 1.5, 90)],
    ("check", 100): [Run(0.35, 0.3, 60)],
    ("check", 1000): [Run(1.25, 1.2, 90)],
}


def test_a_ratio_is_the_median_of_those_of_each_round() -> None:
    assert figures.ratio(RESULTS, "tanada", "empty", 0) == 1.0
    assert figures.ratio(RESULTS, "stock", "tanada", 0) == pytest.approx((24 + 16) / 2)


def test_a_slope_is_milliseconds_an_environment() -> None:
    assert figures.slope(RESULTS, "tanada", 10, 100) == pytest.approx(10)
    assert figures.slope(RESULTS, "tanada", 100, 1000) == pytest.approx(14)


def test_the_spread_is_the_slowest_by_the_fastest() -> None:
    assert figures.spread(RESULTS, "tanada", 0) == pytest.approx(2)


def test_aims_say_whether_they_are_reached_and_else_by_how_much_not() -> None:
    aims = {aim.what: aim for aim in figures.aims(RESULTS)}
    assert aims["default system, Tanada ÷ an empty CDKTF app"].reached
    assert aims["default system, stock ÷ Tanada"].reached
    assert aims["time per environment, 1,000 ÷ 100"].measured == pytest.approx(1)
    slower = aims["100 environments, Tanada ÷ CDKTF JavaScript"]
    assert not slower.reached
    assert slower.missed_by == pytest.approx(1.4)
    memory = aims["default system, peak memory, stock ÷ Tanada"]
    assert memory.reached
    assert memory.measured == pytest.approx((8 + 4) / 2)
    assert "100 environments, stock ÷ Tanada" not in aims


def test_memory_that_could_not_be_measured_is_no_aim() -> None:
    unknown = {("stock", 100): [Run(12, 12, 0)], ("tanada", 100): [Run(1, 1, 0)]}
    assert [aim.what for aim in figures.aims(unknown)] == ["100 environments, stock ÷ Tanada"]


def test_of_an_aim_at_least_so_much_is_missed_what_is_lacking() -> None:
    assert figures.Aim("", 8, 10, at_least=True).missed_by == pytest.approx(1.25)


def written(tmp_path: Path, difference: str | None = None) -> str:
    cold = {("tanada", 0): [Run(5.0, 5, 100)]}
    facts = {"date": "2026-01-02", "machine": "2 cores", "load": "load 0", "versions": "Python 3"}
    resources = dict.fromkeys(("tanada", "cdktf-js"), 28)
    return report.markdown(tools(Bench(tmp_path)), RESULTS, cold, resources=resources, difference=difference, **facts)


def test_the_tables_hold_what_was_measured(tmp_path: Path) -> None:
    lines = written(tmp_path).splitlines()
    assert "| 100 environments, Tanada ÷ CDKTF JavaScript | ≤ 1.00 | 1.40 | **missed**, by 40 % |" in lines
    assert "| **Tanada** | 0.50 | 1.00 | 0.50 – 1.00 | 0.60 (1.00) | 150 (1.00) |" in lines
    [javascript] = [line for line in lines if line.startswith("| CDKTF JavaScript |")]
    cells = [cell.strip() for cell in javascript.strip("|").split("|")]
    assert cells[1:8] == ["0.20 (0.50)", "0.30 (0.60)", "1.00 (0.71)", "–", "7.78", "–", "0.36"]
    assert "| **Tanada**, default system | 5.00 | 5.00 – 5.00 | 10.0 |" in lines
    [check] = [line for line in lines if line.startswith("| `tanada check` |")]
    assert check.startswith("| `tanada check` | – | – | 0.35 (0.25) | 1.25 (0.089) | – | 1.00 | – |"), "makes nothing"


def test_a_tanada_that_makes_more_than_its_frozen_peers_is_said(tmp_path: Path) -> None:
    sentence = "Tanada makes 29 resources an environment, its peers 28: aws_made_up 1 instead of 0."
    assert f"- {sentence}" in written(tmp_path, sentence).splitlines()
    assert "its peers 28" not in written(tmp_path)


def test_noise_is_said(tmp_path: Path) -> None:
    assert "**Tanada** default (2.0 ×), an empty CDKTF app default (2.5 ×)." in written(tmp_path)


def test_the_picture_has_a_line_and_a_label_for_each_tool_and_no_label_upon_another() -> None:
    labels = {"tanada": "**Tanada**", "cdktf-js": "CDKTF <JS>", "cdktn": "cdktn", "stock": "stock"}
    alike = {("cdktn", count): RESULTS["tanada", count] for count in (1, 10, 100, 1000)}
    drawn = ElementTree.fromstring(picture.svg(labels, {**RESULTS, **alike}))
    space = "{http://www.w3.org/2000/svg}"
    assert len(drawn.findall(f"{space}polyline")) == 3
    places = {text.text: float(text.attrib["y"]) for text in drawn.findall(f"{space}text")}
    assert {"Tanada", "CDKTF <JS>"} <= set(places)
    assert "stock" not in places
    heights = sorted(places[label] for label in ("Tanada", "cdktn", "CDKTF <JS>"))
    assert all(below - above >= 15 for above, below in pairwise(heights))
