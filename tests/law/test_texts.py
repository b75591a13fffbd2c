"""Everything the gate can say has a text in Kazakh, Russian and English, and every value finds its place in it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass

import pytest
from hypothesis import given, settings

from tarazy.adapters.catalogue import load_catalogue
from tarazy.adapters.packs import load_pack, pack_ids
from tarazy.domain.deadline import Duty
from tarazy.law.assessment import Request
from tarazy.law.gate import assess
from tarazy.law.vocabulary import codes_of
from tarazy.texts.catalogue import Language, faults
from tarazy.texts.said import said
from tarazy.texts.sources import source_code
from tarazy.values.instant import Instant
from tests.law.test_properties import MOMENTS, REQUESTS, nearly_lawful


@pytest.mark.parametrize("pack_id", pack_ids())
def test_every_code_of_a_pack_has_a_text_in_three_languages(pack_id: str) -> None:
    assert [code for code in sorted(codes_of(load_pack(pack_id).data)) if not load_catalogue().has(code)] == []


def sources_of(value: object) -> Iterator[str]:
    """Go through a pack's data, however deep, for every source that it names."""
    if isinstance(value, Mapping):
        value = tuple(value.values())
    if isinstance(value, tuple | list | frozenset):
        for one in value:
            yield from sources_of(one)
    elif is_dataclass(value):
        for field in fields(value):
            own = getattr(value, field.name)
            if field.name == "source" and isinstance(own, str):
                yield own
            else:
                yield from sources_of(own)


def test_every_source_of_the_kazakh_pack_is_told_in_three_languages() -> None:
    named = {one for pack_id in ("kz", "kz-demo") for one in sources_of(load_pack(pack_id).data) if one}
    assert len(named) > 20
    assert {one for one in named if not load_catalogue().has(source_code(one))} == set()


def test_no_text_of_the_law_lies_about_without_use() -> None:
    known = frozenset().union(*(codes_of(load_pack(pack_id).data) for pack_id in pack_ids()))
    known |= {f"law.duty.{duty}" for duty in Duty}  # the exchange has duties of its own beside those of a pack
    known |= {source_code(one) for one in sources_of(load_pack("kz").data)}
    texts = {code for code in load_catalogue().entries[Language.en] if code.startswith("law.")}
    assert {code for code in texts - known if not code.startswith(("law.heading.", "law.pack."))} == set()


def test_the_texts_of_the_law_have_no_fault() -> None:
    assert [fault for fault in faults(load_catalogue()) if "law." in fault] == []


@given(REQUESTS | nearly_lawful(), MOMENTS)
@settings(max_examples=150, deadline=None)
def test_whatever_the_gate_answers_can_be_said(request: Request, at: Instant) -> None:
    for pack_id in pack_ids():
        answer = assess(request, load_pack(pack_id), at)
        for language in Language:
            for outcome in answer.tests:
                for code, params in ((outcome.code, outcome.params), *outcome.more):
                    assert "{" not in said(load_catalogue(), code, params, language)
            for step in answer.lawful_instead:
                assert not re.search(r"law\.\w|[{}]", said(load_catalogue(), step.code, step.params, language))


def test_sums_and_names_are_put_into_words() -> None:
    params = (("amount_minor", "20000000"), ("currency", "KZT"))
    text = said(load_catalogue(), "law.instead.allowed_sum", params, Language.ru)
    assert text.replace("\N{NO-BREAK SPACE}", " ") == "Запросить только допустимую сумму: 200 000,00 ₸."
    params = (("role", "law.role.bank"), ("allowed", "law.role.investigator,law.role.prosecutor"))
    text = said(load_catalogue(), "law.T1.role_not_allowed", params, Language.kk)
    assert text == "Бұл шараны банк қабылдай алмайды. Оны қабылдай алатындар: тергеуші, прокурор."
