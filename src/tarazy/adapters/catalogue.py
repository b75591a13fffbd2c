"""Reads the texts that are shipped with the package."""

from functools import cache
from importlib import resources

from tarazy.texts.catalogue import Catalogue, Language, parse_allowances, parse_po


@cache
def load_catalogue() -> Catalogue:
    """Return all texts of the package: ``texts/<area>/{kk,ru,en}.po``, whichever areas exist.

    Raises ValueError for a file that does not parse and for a code that stands in two areas.
    """
    entries: dict[Language, dict[str, str]] = {language: {} for language in Language}
    allowances: dict[str, frozenset[str]] = {}
    areas = sorted((area for area in resources.files("tarazy.texts").iterdir() if area.is_dir()), key=lambda a: a.name)
    for area in areas:
        for language in Language:
            file = area / f"{language}.po"
            if not file.is_file():
                continue
            text = file.read_text(encoding="utf-8")
            _merge(entries[language], _parsed(text, f"{area.name}/{language}.po"), area.name)
            for code, words in parse_allowances(text).items():
                allowances[code] = allowances.get(code, frozenset()) | words
    return Catalogue(entries, allowances)


def _parsed(text: str, name: str) -> dict[str, str]:
    try:
        return parse_po(text)
    except ValueError as fault:
        raise ValueError(f"texts/{name}: {fault}") from fault


def _merge(known: dict[str, str], added: dict[str, str], area: str) -> None:
    twice = sorted(known.keys() & added.keys())
    if twice:
        raise ValueError(f"texts/{area}: codes that another area has too: {', '.join(twice)}")
    known |= added
