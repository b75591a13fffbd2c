"""Whatever the exchange records of a case is said on the case's page in words, in every language."""

import re
from pathlib import Path

import pytest

import tarazy.app
from tarazy.adapters.catalogue import load_catalogue
from tarazy.texts.catalogue import Language

RECORDED = re.compile(r'\b_?record\w*\(\s*tx,\s*setting,\s*"([a-z_]+)"')


def recorded_kinds() -> set[str]:
    sources = Path(tarazy.app.__file__).parent.rglob("*.py")
    return {kind for path in sources for kind in RECORDED.findall(path.read_text(encoding="utf-8"))}


def test_there_are_many() -> None:
    assert {"measure_begun", "target_ordered"} < recorded_kinds()
    assert len(recorded_kinds()) > 50


@pytest.mark.parametrize("language", Language)
def test_every_kind_of_event_has_its_words(language: Language) -> None:
    catalogue = load_catalogue()
    missing = [kind for kind in sorted(recorded_kinds()) if not catalogue.text(f"console.event.kind.{kind}", language)]
    assert missing == []
