"""Golden notices. After a change run ``python -m tests.unit.texts.write_goldens`` and read what a person reads."""

from dataclasses import fields
from datetime import timedelta

import pytest

from tarazy.adapters.catalogue import load_catalogue
from tarazy.domain.hold import HoldEnd
from tarazy.domain.notice import (
    ENDED_KINDS,
    KIND_RULES,
    NAME_MAX,
    PART_KINDS,
    PHONE_MAX,
    AtEnd,
    Audience,
    Contact,
    FilingUnit,
    FilingWindow,
    NoticeAuthor,
    NoticeFacts,
    NoticeKind,
    NoticeReason,
    NoticeRefused,
    Remedy,
    code_hash,
    code_shown,
    is_code,
)
from tarazy.domain.notice_text import SHORT_TEXT_MAX, render
from tarazy.texts.catalogue import Language, Wording
from tarazy.texts.formats import NO_BREAK, moment, money
from tarazy.texts.links import links_in
from tarazy.values.money import Money
from tarazy.values.replacing import replace
from tests.unit.texts.notice_stories import ALMATY, BANK_ANALYST, STORIES, TAXI_DRIVER
from tests.unit.texts.write_goldens import as_printed, golden_file


def every_facts() -> list[NoticeFacts]:
    """Every kind to every audience for every reason."""
    return [
        replace(
            TAXI_DRIVER,
            kind=kind,
            audience=audience,
            reason=reason,
            confirm_by=TAXI_DRIVER.confirm_by if kind is NoticeKind.hold_placed else None,
            out_of=Money(90_000_00, "KZT") if kind in PART_KINDS else None,
            usable=None if audience is Audience.victim else TAXI_DRIVER.usable,
            author=None if kind is NoticeKind.trace_answered else TAXI_DRIVER.author,
            at_end=AtEnd.payment_refused if kind is NoticeKind.payment_paused else AtEnd.money_free,
        )
        for kind, (audiences, reasons) in KIND_RULES.items()
        for audience in sorted(audiences)
        for reason in sorted(reasons)
    ]


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("story", STORIES)
def test_the_notice_reads_as_the_golden_one(story: str, language: Language) -> None:
    assert as_printed(STORIES[story], language) == golden_file(story, language).read_text(encoding="utf-8")


def test_every_kind_has_a_golden_notice() -> None:
    assert {facts.kind for facts in STORIES.values()} == set(NoticeKind)


@pytest.mark.parametrize("language", Language)
def test_every_notice_names_amount_author_basis_end_remedy_and_has_no_link(language: Language) -> None:
    for facts in every_facts():
        notice = render(facts, load_catalogue(), language, ALMATY)
        text = "\n".join(notice.body)
        assert links_in(notice.text()) == []
        assert money(facts.amount.minor, "KZT", language) in text
        assert facts.participant_name.in_language(language) in text
        if facts.author is not None:
            assert facts.author.name in text
            assert facts.author.body.in_language(language) in text
        assert facts.legal_basis[0].in_language(language) in text
        assert load_catalogue().text("notice.forum.bank", language) in text
        assert facts.contact.phone in text
        assert code_shown(facts.code) in text
        assert code_shown(facts.code) in notice.short_text
        is_over = facts.kind in ENDED_KINDS or facts.reason is NoticeReason.victim_hold_ended
        assert (moment(facts.expires_at, language, ALMATY) in text) != is_over


def test_a_demonstration_says_so_first() -> None:
    openings = {Language.kk: "Демонстрация, заң емес", Language.ru: "Демонстрация, не закон"}
    for language in Language:
        notice = render(TAXI_DRIVER, load_catalogue(), language, ALMATY)
        opening = openings.get(language, "Demonstration, not law")
        assert notice.body[0].startswith(opening)
        assert notice.short_text.startswith(opening)
        real = render(replace(TAXI_DRIVER, is_demonstration=False), load_catalogue(), language, ALMATY)
        assert opening not in real.text()


def test_every_reason_window_and_forum_has_a_text() -> None:
    catalogue = load_catalogue()
    told = {reason for _, reasons in KIND_RULES.values() for reason in reasons}
    assert set(NoticeReason) <= told
    assert all(catalogue.has(f"notice.reason.{reason}") for reason in told)
    assert all(catalogue.has(f"notice.within.{unit}") for unit in FilingUnit)
    window = FilingWindow(21, FilingUnit.working_day)
    facts = replace(TAXI_DRIVER, remedies=(Remedy(forum="court", file_within=window),))
    assert "в суд, в течение 21 рабочего дня" in "\n".join(render(facts, catalogue, Language.ru, ALMATY).body)


def test_every_forum_of_a_pack_can_be_named_in_a_notice() -> None:
    catalogue = load_catalogue()
    forums = {code for code in catalogue.entries[Language.ru] if code.startswith("law.forum.")}
    for_other_offences = {"law.forum.medical", "law.forum.ordinary_procedure"}
    assert all(catalogue.has("notice." + code.removeprefix("law.")) for code in forums - for_other_offences)
    facts = replace(TAXI_DRIVER, remedies=(Remedy(forum="law.forum.court", file_within=None),))
    assert "to the court, at any time" in "\n".join(render(facts, catalogue, Language.en, ALMATY).body)


@pytest.mark.parametrize(
    ("hours", "window"),
    [
        (24, FilingWindow(24, FilingUnit.hour)),
        (48, FilingWindow(48, FilingUnit.hour)),
        (72, FilingWindow(3, FilingUnit.day)),
        (15 * 24 + 23, FilingWindow(15, FilingUnit.day)),
    ],
)
def test_a_time_for_filing_is_never_told_longer_than_it_is(hours: int, window: FilingWindow) -> None:
    assert FilingWindow.lasting(timedelta(hours=hours)) == window


def test_a_short_text_fits_with_the_longest_names() -> None:
    longest = Wording(kk="Қ" * NAME_MAX, ru="Ж" * NAME_MAX, en="W" * NAME_MAX)
    contact = Contact(phone="7" * PHONE_MAX, branch=longest)
    author = NoticeAuthor(body=longest, role=longest, name="Ж")
    for facts in every_facts():
        named = None if facts.author is None else author
        long = replace(facts, participant_name=longest, author=named, contact=contact)
        for language in Language:
            assert len(render(long, load_catalogue(), language, ALMATY).short_text) <= SHORT_TEXT_MAX


def test_no_field_of_the_facts_has_a_default() -> None:
    with pytest.raises(TypeError, match=f"missing {len(fields(NoticeFacts))} required"):
        NoticeFacts()  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({"amount": Money(0, "KZT")}, "no amount"),
        ({"legal_basis": ()}, "no legal basis"),
        ({"remedies": ()}, "no remedy"),
        ({"expires_at": TAXI_DRIVER.placed_at}, "no end"),
        ({"usable": None}, "usable"),
        ({"usable": Money(1, "USD")}, "currencies"),
        ({"author": replace(BANK_ANALYST, name=" ")}, "author without a name"),
        ({"author": None}, "no officer decides"),
        ({"narrowed_from": Money(50_000_00, "KZT")}, "before it was narrowed"),
        ({"confirm_by": TAXI_DRIVER.placed_at}, "confirmation"),
        ({"audience": Audience.victim}, "not told to victim"),
        ({"reason": HoldEnd.by_court}, "no reason for hold_placed"),
        ({"at_end": AtEnd.payment_made}, "pause only"),
        ({"out_of": Money(50_000_00, "KZT")}, "part of"),
        ({"code": "K7QW2"}, "code"),
        ({"stated_reasons": "see bank.kz"}, "link"),
        ({"contact": replace(TAXI_DRIVER.contact, phone="1" * 31)}, "too long"),
    ],
)
def test_facts_that_leave_a_question_open_are_refused(change: dict[str, object], refused: str) -> None:
    with pytest.raises(NoticeRefused, match=refused):
        replace(TAXI_DRIVER, **change)  # type: ignore[arg-type]


def test_a_payment_of_all_that_was_held_is_not_told_as_one_of_a_part() -> None:
    part = STORIES["refund_paid_in_part"]
    with pytest.raises(NoticeRefused, match="nothing is left"):
        replace(part, out_of=part.amount)


@pytest.mark.parametrize("language", Language)
def test_a_payment_of_a_part_says_what_is_still_held_and_until_when(language: Language) -> None:
    part = STORIES["refund_paid_in_part"]
    notice = render(part, load_catalogue(), language, ALMATY)
    rest = money(25_000_00, "KZT", language)
    assert rest in notice.subject
    assert rest in notice.body[0]
    assert rest.replace(NO_BREAK, " ") in notice.short_text
    assert moment(part.expires_at, language, ALMATY) in "\n".join(notice.body)


def test_a_code_is_the_same_however_it_is_written() -> None:
    assert code_shown("k7qw2 9m4xt") == "K7QW2-9M4XT"
    written = ["K7QW2-9M01T", "k7qw29m01t", "K7QW2 9MOLT", "k7qw2-9moit"]
    assert len({code_hash(code, b"bank") for code in written}) == 1
    assert code_hash("K7QW29M4XT", b"bank") != code_hash("K7QW29M4XV", b"bank")
    assert code_hash("K7QW29M4XT", b"bank") != code_hash("K7QW29M4XT", b"another")
    assert len(code_hash("K7QW29M4XT", b"bank")) == 64


@pytest.mark.parametrize("code", ["", "K7QW2", "K7QW29M4XU", "K7QW2-9M4XT-1", "Ж7QW29M4XT"])
def test_what_is_no_code_is_refused(code: str) -> None:
    assert not is_code(code)
    with pytest.raises(ValueError, match="not a notice code"):
        code_hash(code, b"bank")
