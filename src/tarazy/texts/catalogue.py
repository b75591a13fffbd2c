"""The catalogue of texts: a stable dotted code and a language give a sentence, or a loud refusal.

No untranslated string reaches a person. What a program shows is looked up here by code; a code that is missing, or a
placeholder without a value, raises `TextMissing` and is never papered over with the code itself.

A .po file holds one area in one language: ``msgid`` is the code, ``msgstr`` the sentence with ``{named}`` placeholders.
Plural forms are stored under ``code[0]``, ``code[1]``, … in the order of `PLURAL_FORMS`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from io import StringIO
from typing import Final

from babel import Locale
from babel.messages.catalog import Message
from babel.messages.pofile import read_po

from tarazy.texts.banned_words import BANNED_WORDS


class Language(StrEnum):
    """The languages in which Tarazy speaks to people."""

    kk = "kk"
    ru = "ru"
    en = "en"


class TextMissing(LookupError):
    """A text, or the value of one of its placeholders, is missing. A bug: the program does not go on without it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """One text in every language: for words that come with the facts (a body's name, the title of a norm)."""

    kk: str
    ru: str
    en: str

    def in_language(self, language: Language) -> str:
        """Return the text in ``language``."""
        match language:
            case Language.kk:
                return self.kk
            case Language.ru:
                return self.ru
            case Language.en:
                return self.en


PLURAL_FORMS: Final[Mapping[Language, tuple[str, ...]]] = {
    Language.kk: ("one", "other"),
    Language.ru: ("one", "few", "many"),
    Language.en: ("one", "other"),
}
"""The CLDR categories of a whole number, in the order of ``msgstr[0]``, ``msgstr[1]``, …"""

_PLACEHOLDER: Final = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_FORM: Final = re.compile(r"\[\d\]$")
_MSGID: Final = re.compile(r'^msgid "(.+)"$', re.MULTILINE)
_ALLOWS: Final = "allows:"
_REASON: Final = re.compile(r"\s[—–-]\s")
_BANNED: Final = {
    Language(language): {word: re.compile(rf"(?<!\w)(?:{pattern})", re.IGNORECASE) for word, pattern in words.items()}
    for language, words in BANNED_WORDS.items()
}


@dataclass(frozen=True)
class Catalogue:
    """All texts, by language and code. ``allowances`` names the banned words that the text of a code may still say."""

    entries: Mapping[Language, Mapping[str, str]]
    allowances: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def text(self, code: str, language: Language, /, **params: str | int) -> str:
        """Return the sentence ``code`` in ``language`` with its placeholders filled.

        A value is put in as it stands and never read for placeholders itself. Raises `TextMissing` where the code or a
        value is missing; a value that the sentence does not use is passed over.
        """
        sentence = self.entries.get(language, {}).get(code, "")
        if not sentence:
            raise TextMissing(f"no text for {code!r} in {language}")

        def value(match: re.Match[str]) -> str:
            name = match[1]
            if name not in params:
                raise TextMissing(f"no value for {{{name}}} of {code!r} in {language}")
            return str(params[name])

        return _PLACEHOLDER.sub(value, sentence)

    def plural(self, code: str, language: Language, n: int, /, **params: str | int) -> str:
        """Return the form of ``code`` that goes with the whole number ``n``, which fills ``{n}``."""
        category = Locale.parse(language.value).plural_form(abs(n))
        forms = PLURAL_FORMS[language]
        return self.text(f"{code}[{forms.index(category)}]", language, n=n, **params)

    def wording(self, code: str, /, **params: str | int) -> Wording:
        """Return the sentence ``code`` in every language."""
        return Wording(**{language.value: self.text(code, language, **params) for language in Language})

    def has(self, code: str) -> bool:
        """Say whether every language has a text (or plural forms) for ``code``."""
        return all(
            bool(self.entries.get(language, {}).get(code) or self.entries.get(language, {}).get(f"{code}[0]"))
            for language in Language
        )


def parse_po(text: str) -> dict[str, str]:
    """Return the sentences of a .po file by code. A fuzzy entry is left out: a draft is not a text.

    Raises ValueError for a file that does not parse and for a code that stands in it twice.
    """
    sentences: dict[str, str] = {}
    for message in _messages(text):
        if message.fuzzy:
            continue
        if isinstance(message.id, str):
            sentences[message.id] = str(message.string)
        else:
            forms = (message.string,) if isinstance(message.string, str) else message.string or ()
            sentences |= {f"{message.id[0]}[{i}]": form for i, form in enumerate(forms)}
    return sentences


def parse_allowances(text: str) -> dict[str, frozenset[str]]:
    """Return the banned words that the entries of a .po file may say, by code, from their ``#. allows:`` comments."""
    allowed: dict[str, frozenset[str]] = {}
    for message in _messages(text):
        lines = [line.strip() for line in message.auto_comments if line.strip().startswith(_ALLOWS)]
        words = [word.strip() for line in lines for word in _REASON.split(line.removeprefix(_ALLOWS))[0].split(",")]
        if words:
            allowed[_code(message)] = frozenset(words)
    return allowed


def faults(catalogue: Catalogue) -> list[str]:
    """Return what is wrong with the texts, one sentence each, sorted; empty when all is well.

    Looked for: a code that a language lacks, an empty text, placeholders that differ between languages, stray braces,
    plural forms of the wrong number, and banned words.
    """
    found: list[str] = []
    for code in sorted({_base(key) for texts in catalogue.entries.values() for key in texts}):
        forms = {language: _forms(catalogue, language, code) for language in Language}
        found += [f"{language}: {code}: missing" for language in Language if not forms[language]]
        found += _plural_faults(code, forms)
        found += _placeholder_faults(code, forms)
        for language in Language:
            found += _wording_faults(code, language, forms[language].values(), catalogue.allowances)
    return sorted(found)


def _messages(text: str) -> Iterator[Message]:
    codes = _MSGID.findall(text)
    twice = sorted({code for code in codes if codes.count(code) > 1})
    if twice:
        raise ValueError(f"codes that stand twice: {', '.join(twice)}")
    return (message for message in read_po(StringIO(text), abort_invalid=True) if message.id)


def _code(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _base(key: str) -> str:
    return _FORM.sub("", key)


def _forms(catalogue: Catalogue, language: Language, code: str) -> dict[str, str]:
    texts = catalogue.entries.get(language, {})
    plural = {f"{code}[{i}]" for i in range(len(PLURAL_FORMS[language]))}
    return {key: texts[key] for key in sorted({code} | plural) if key in texts}


def _plural_faults(code: str, forms: Mapping[Language, Mapping[str, str]]) -> list[str]:
    """A code is a plural in every language or in none, and has a form for each category of its language."""
    if not any(_FORM.search(key) for texts in forms.values() for key in texts):
        return []
    expected = {language: {f"{code}[{i}]" for i in range(len(PLURAL_FORMS[language]))} for language in Language}
    return [
        f"{language}: {code}: expected the plural forms {', '.join(PLURAL_FORMS[language])}"
        for language in Language
        if forms[language] and set(forms[language]) != expected[language]
    ]


def _placeholder_faults(code: str, forms: Mapping[Language, Mapping[str, str]]) -> list[str]:
    names = {
        language: frozenset(name for text in texts.values() for name in _PLACEHOLDER.findall(text))
        for language, texts in forms.items()
        if texts
    }
    if len(set(names.values())) <= 1:
        return []
    told = "; ".join(f"{language} {{{', '.join(sorted(names[language]))}}}" for language in sorted(names))
    return [f"{code}: placeholders differ: {told}"]


def _wording_faults(
    code: str, language: Language, texts: Iterable[str], allowances: Mapping[str, frozenset[str]]
) -> list[str]:
    found: list[str] = []
    allowed = allowances.get(code, frozenset())
    for text in texts:
        if not text.strip():
            found.append(f"{language}: {code}: empty")
        if re.search(r"[{}]", _PLACEHOLDER.sub("", text)):
            found.append(f"{language}: {code}: a brace that belongs to no placeholder")
        found += [
            f"{language}: {code}: says {word!r}"
            for word, pattern in _BANNED[language].items()
            if word not in allowed and pattern.search(text)
        ]
    return found
