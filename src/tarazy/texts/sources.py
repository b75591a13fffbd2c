"""Where a pack's value comes from, in the reader's language: a pack writes each source once, in English."""

import re
from typing import Final

from tarazy.texts.catalogue import Catalogue, Language

_BETWEEN_WORDS: Final = re.compile(r"[^a-z0-9]+")


def source_code(source: str) -> str:
    """Return the code of the text that says a source of law: its own English words."""
    return "law.source." + _BETWEEN_WORDS.sub("_", source.lower()).strip("_")


def source_said(catalogue: Catalogue, source: str, language: Language) -> str | None:
    """Return a source in a language; None where nobody has translated it, and it stands as the pack has it."""
    code = source_code(source)
    return catalogue.text(code, language) if catalogue.has(code) else None
