"""Saying a code with the values that came with it, when values are themselves codes, or amounts.

The law gate gives ``(name, value)`` pairs. A value ``law.…`` is the code of another text (several: comma-separated);
a name ``…_minor`` is an amount in minor units, of the pair named ``currency``. Everything else is put in as it is.
"""

from collections.abc import Iterable

from tarazy.texts.catalogue import Catalogue, Language
from tarazy.texts.formats import money

CODE_PREFIX = "law."


def said(catalogue: Catalogue, code: str, params: Iterable[tuple[str, str]], language: Language) -> str:
    """Return the sentence ``code`` with its values put into words. Raises `TextMissing` for a code without a text."""
    pairs = dict(params)
    currency = pairs.get("currency", "")
    values = {name: _in_words(catalogue, name, value, currency, language) for name, value in pairs.items()}
    return catalogue.text(code, language, **values)


def _in_words(catalogue: Catalogue, name: str, value: str, currency: str, language: Language) -> str:
    if name.endswith("_minor"):
        return money(int(value), currency, language)
    if not value.startswith(CODE_PREFIX):
        return value
    return ", ".join(catalogue.text(code, language) for code in value.split(","))
