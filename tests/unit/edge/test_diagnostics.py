"""A program's diagnostics name kinds and places, and nothing that a person could be known by."""

import json

import pytest
import structlog

from tarazy.edge.diagnostics import FRAMES_MAX, write_diagnostics

NAME = "Aigul Invented"


def fail(depth: int) -> None:
    """Fail ``depth`` calls down, with a name in the words and in what the functions hold."""
    held = NAME
    if depth:
        fail(depth - 1)
    raise KeyError(f"Key (name)=({held}) is there already")


def told(depth: int, capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    write_diagnostics()
    try:
        fail(depth)
    except KeyError as fault:
        structlog.get_logger("tests").error("round_failed", exc_info=fault)
    structlog.reset_defaults()
    line = capsys.readouterr().err
    assert NAME not in line
    answer = json.loads(line)
    assert isinstance(answer, dict)
    return answer


def test_a_failure_is_told_by_its_kind_and_its_places(capsys: pytest.CaptureFixture[str]) -> None:
    line = told(1, capsys)
    assert line["fault"] == "KeyError"
    places = line["places"]
    assert isinstance(places, list)
    assert [place.rsplit(" ", 1)[1] for place in places] == ["told", "fail", "fail"]
    assert "test_diagnostics.py:" in places[-1]


def test_only_the_innermost_places_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    places = told(5 * FRAMES_MAX, capsys)["places"]
    assert isinstance(places, list)
    assert len(places) == FRAMES_MAX
