import pytest

from tarazy.adapters.catalogue import load_catalogue
from tarazy.texts.catalogue import Catalogue, Language, TextMissing, faults, parse_allowances, parse_po

RUSSIAN = r"""
msgid ""
msgstr ""
"Language: ru\n"
"Content-Type: text/plain; charset=utf-8\n"
"Plural-Forms: nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2);\n"

#. allows: преступник, вор — the title of a book
msgid "story.title"
msgstr "Преступник и вор"

msgid "story.days"
msgid_plural "story.days"
msgstr[0] "{n} день"
msgstr[1] "{n} дня"
msgstr[2] "{n} дней"

#, fuzzy
msgid "story.draft"
msgstr "черновик"
"""


def catalogue_of(code: str, kk: str, ru: str, en: str) -> Catalogue:
    texts = {Language.kk: kk, Language.ru: ru, Language.en: en}
    return Catalogue({language: {code: text} for language, text in texts.items() if text != "-"})


def test_all_texts_of_the_package_are_complete_and_accuse_nobody() -> None:
    assert faults(load_catalogue()) == []


def test_placeholders_are_filled_and_values_are_never_read_as_placeholders() -> None:
    catalogue = catalogue_of("a.b", "{x} {y}", "{x} {y}", "{x} and {y}")
    assert catalogue.text("a.b", Language.en, x="{y}", y=3) == "{y} and 3"


@pytest.mark.parametrize("code", ["a.missing", ""])
def test_a_missing_text_is_refused(code: str) -> None:
    with pytest.raises(TextMissing):
        catalogue_of("a.b", "т", "т", "t").text(code, Language.ru)


def test_a_missing_value_is_refused() -> None:
    with pytest.raises(TextMissing, match="amount"):
        catalogue_of("a.b", "{amount}", "{amount}", "{amount}").text("a.b", Language.kk)


def test_placeholders_may_be_called_like_arguments() -> None:
    catalogue = catalogue_of("a.b", "{code}{language}", "{code}{language}", "{code}{language}")
    assert catalogue.text("a.b", Language.en, code="K", language="kk") == "Kkk"


def test_a_wording_has_every_language_or_is_refused() -> None:
    wording = catalogue_of("a.b", "бір", "один", "one").wording("a.b")
    assert [wording.in_language(language) for language in Language] == ["бір", "один", "one"]
    with pytest.raises(TextMissing):
        catalogue_of("a.b", "бір", "-", "one").wording("a.b")


def test_plural_forms_follow_the_language() -> None:
    catalogue = Catalogue({Language.ru: parse_po(RUSSIAN)})
    shown = [catalogue.plural("story.days", Language.ru, n) for n in (0, 1, 2, 5, 11, 21, 102)]
    assert shown == ["0 дней", "1 день", "2 дня", "5 дней", "11 дней", "21 день", "102 дня"]


def test_a_fuzzy_entry_is_no_text() -> None:
    assert "story.draft" not in parse_po(RUSSIAN)


@pytest.mark.parametrize(
    "text", ['msgid "a"\nmsgstr "b"\n\nmsgid "a"\nmsgstr "c"\n', "neither one nor the other\n", 'msgid "a"\n']
)
def test_a_file_that_is_wrong_is_refused(text: str) -> None:
    with pytest.raises(Exception, match=r"twice|misformatted|missing"):
        parse_po(text)


def test_has_asks_every_language() -> None:
    assert catalogue_of("a.b", "т", "т", "t").has("a.b")
    assert not catalogue_of("a.b", "т", "-", "t").has("a.b")
    assert load_catalogue().has("notice.within.day")


@pytest.mark.parametrize(
    ("kk", "ru", "en", "fault"),
    [
        ("т", "-", "t", "ru: a.b: missing"),
        ("т", "т", " ", "en: a.b: empty"),
        ("{x}", "{x}", "{y}", "a.b: placeholders differ: en {y}; kk {x}; ru {x}"),
        ("т", "т {Имя}", "t", "ru: a.b: a brace that belongs to no placeholder"),
        ("ол — алаяқ", "т", "t", "kk: a.b: says 'алаяқ'"),
        ("күдіктінің шоты", "т", "t", "kk: a.b: says 'күдікті'"),
        ("т", "счёт Мошенника", "t", "ru: a.b: says 'мошенник'"),
        ("т", "счёт заблокирован", "t", "ru: a.b: says 'блокировать'"),
        ("т", "т", "the Suspect", "en: a.b: says 'suspect'"),
        ("т", "т", "your account is frozen", "en: a.b: says 'freeze'"),
    ],
)
def test_each_fault_is_found(kk: str, ru: str, en: str, fault: str) -> None:
    assert faults(catalogue_of("a.b", kk, ru, en)) == [fault]


@pytest.mark.parametrize(
    ("kk", "ru", "en"),
    [
        ("алаяқтық белгілері", "признаки мошенничества", "signs of fraud"),
        ("күмәнді операция", "преступление, невиновен, договор", "Criminal Procedure Code"),
        ("қылмыстық іс", "уголовное дело", "criminal case, a building"),
    ],
)
def test_a_text_may_speak_of_fraud_as_such(kk: str, ru: str, en: str) -> None:
    assert faults(catalogue_of("a.b", kk, ru, en)) == []


def test_an_exception_stands_beside_its_text() -> None:
    russian = {"story.title": parse_po(RUSSIAN)["story.title"]}
    entries = {Language.kk: {"story.title": "т"}, Language.ru: russian, Language.en: {"story.title": "t"}}
    assert len(faults(Catalogue(entries))) == 2
    assert faults(Catalogue(entries, parse_allowances(RUSSIAN))) == []


def test_a_plural_that_lacks_a_form_is_found() -> None:
    english = {"story.days[0]": "{n} day", "story.days[1]": "{n} days"}
    russian = {"story.days[0]": "{n} день", "story.days[1]": "{n} дня"}
    entries = {Language.kk: {"story.days[0]": "{n} күн", "story.days[1]": "{n} күн"}, Language.ru: russian}
    catalogue = Catalogue({**entries, Language.en: english})
    assert faults(catalogue) == ["ru: story.days: expected the plural forms one, few, many"]
