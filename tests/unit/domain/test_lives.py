"""The lives of reports, cases and requests are tables that the program follows; every lawful 'no' is said somewhere."""

import re
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

import pytest

import tarazy
from tarazy.domain.case import (
    CASE_TRANSITIONS,
    JOIN_TRANSITIONS,
    REPORT_TRANSITIONS,
    CaseStatus,
    JoinStatus,
    ReportStatus,
    moved,
)
from tarazy.domain.rejection import Rejection

PACKAGE = Path(tarazy.__file__).parent
LIVES: tuple[tuple[type[StrEnum], Mapping[StrEnum, frozenset[StrEnum]]], ...] = (
    (ReportStatus, REPORT_TRANSITIONS),  # type: ignore[arg-type]  # a mapping does not vary with its keys
    (CaseStatus, CASE_TRANSITIONS),  # type: ignore[arg-type]  # as above
    (JoinStatus, JOIN_TRANSITIONS),  # type: ignore[arg-type]  # as above
)


def test_a_report_ends_once() -> None:
    assert moved(ReportStatus.filed, ReportStatus.withdrawn, REPORT_TRANSITIONS) is ReportStatus.withdrawn
    with pytest.raises(AssertionError):
        moved(ReportStatus.withdrawn, ReportStatus.refuted, REPORT_TRANSITIONS)
    with pytest.raises(AssertionError):
        moved(ReportStatus.refuted, ReportStatus.refuted, REPORT_TRANSITIONS)


def test_every_state_has_its_row_and_no_row_leads_back() -> None:
    for states, life in LIVES:
        assert set(life) == set(states)
        for state, following in life.items():
            assert all(state not in life[after] for after in following)


def test_every_rejection_is_given_somewhere() -> None:
    sources = [path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py")]
    said = {name for text in sources for name in re.findall(r"Rejection\.(\w+)", text)}
    assert set(Rejection.__members__) <= said
