"""A notice names who has decided on what it tells, and nobody else; and the law of the day on which it was decided."""

from datetime import date
from typing import Final

import pytest
from msgspec import structs

from tarazy.adapters.catalogue import load_catalogue
from tarazy.adapters.packs import load_pack
from tarazy.agent import desk
from tarazy.agent.notice_law import legal_basis, remedies_of
from tarazy.agent.notice_office import author_of
from tarazy.agent.notices import NoticeOffice, serve_due_notices
from tarazy.agent.profile import BankProfile, OfficerProfile
from tarazy.agent.records import HOLDERS, SERVED_NOTICES, AgentHold, Holder, ServedNotice
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.hold import HoldEnd, HoldStatus
from tarazy.domain.notice import NoticeKind
from tarazy.domain.rejection import Rejection
from tarazy.protocol.bodies import ReleaseOrder
from tarazy.texts.catalogue import Language, Wording
from tarazy.texts.formats import NO_BREAK
from tarazy.values.ids import AccountId, NormId, OfficerId
from tarazy.values.instant import Instant
from tarazy.values.replacing import replace
from tests.story import REASONS, Network, StoreFor, robbed
from tests.story_people import COLLEAGUE, OFFICER
from tests.story_reading import bank_hold
from tests.unit.agent.test_kinds_to_tell import hold_with
from tests.unit.agent.test_paid_in_part import BANK, read

NAMES: Final = {"officer-0": "Uma Ninvolved", OFFICER: "Aida Signs", COLLEAGUE: "Berik Decides"}
OFFICE: Final = NoticeOffice(
    BankProfile(
        name=BANK,
        phone="+7 727 000 00 00",
        branch=BANK,
        officers=tuple(
            OfficerProfile(
                officer_id=OfficerId(officer), name=name, role=Wording(kk="талдаушы", ru="аналитик", en="analyst")
            )
            for officer, name in NAMES.items()
        ),
    ),
    load_catalogue(),
    b"story",
)
A, B = NAMES[OFFICER], NAMES[COLLEAGUE]
WORDS: Final = "The driver has shown the record of the ride that this money paid for."
DECIDED: Final = "Who decided: "


def serve(network: Network, office: NoticeOffice = OFFICE) -> list[ServedNotice]:
    before = network.rows("bank-b", SERVED_NOTICES)
    network.at("bank-b", lambda tx, now: serve_due_notices(tx, office, EXCHANGE_ID, now))
    network.settle()
    return [one for one in network.rows("bank-b", SERVED_NOTICES) if one not in before]


@pytest.fixture
def network(store_for: StoreFor) -> Network:
    """Return a network in which the mule, who reads English, was told of a hold under the mandate that A has signed."""
    network = robbed(store_for)
    holder = Holder(
        account_id=AccountId("mule"),
        name="Timur",
        language=Language.en,
        phone="+7 701 000 00 00",
        is_demonstration=True,
    )
    network.at("bank-b", lambda tx, _: tx.put(HOLDERS, holder))
    network.report("t1")
    (placed,) = serve(network)
    assert f"{DECIDED}Balkhash Bank, analyst {A}. Time of the decision: 22 Nov 2026 10:00 (UTC+5)." in read(placed)
    return network


def released_by_colleague(network: Network) -> None:
    hold_id, officer = bank_hold(network, "mule").hold_id, network.officer("bank-b", COLLEAGUE)
    no = network.at("bank-b", lambda tx, now: desk.release_hold(tx, hold_id, WORDS, officer, EXCHANGE_ID, now))
    assert no is None


def named(notice: ServedNotice) -> set[str]:
    return {name for name in NAMES.values() if name in read(notice)}


def test_who_releases_is_named_with_their_own_words_and_the_moment_of_the_decision(network: Network) -> None:
    network.confirm("bank-b", bank_hold(network, "mule").hold_id)
    network.settle()
    (confirmed,) = serve(network)
    assert named(confirmed) == {A}
    network.wait(minutes=20)
    released_by_colleague(network)
    network.wait(minutes=30)
    (notice,) = serve(network)
    assert named(notice) == {B}
    assert f"{DECIDED}Balkhash Bank, analyst {B}. Time of the decision: 22 Nov 2026 10:20 (UTC+5)." in read(notice)
    assert "The hold ended: 22 Nov 2026 10:20 (UTC+5)." in read(notice)
    assert WORDS in read(notice)
    assert REASONS not in read(notice)


def test_who_narrows_is_named_with_the_moment_and_a_payment_or_end_does_not_borrow_the_words(network: Network) -> None:
    hold_id, officer = bank_hold(network, "mule").hold_id, network.officer("bank-b", COLLEAGUE)
    network.at("bank-b", lambda tx, now: desk.narrow_hold_to(tx, hold_id, 200_000, WORDS, officer, EXCHANGE_ID, now))
    network.settle()
    (narrowed,) = serve(network)
    assert named(narrowed) == {B}
    assert WORDS in read(narrowed)
    network.wait(hours=3)
    (over,) = serve(network)
    assert WORDS not in read(over)
    assert DECIDED not in read(over)


def test_a_lapse_for_want_of_confirmation_is_nobodys_decision(network: Network) -> None:
    network.wait(hours=3)
    (notice,) = serve(network)
    assert notice.notice_kind == NoticeKind.hold_released
    assert DECIDED not in read(notice)
    assert "Nobody decided on the end" in read(notice)
    assert "Decided by" not in notice.short_text
    assert f"Who had decided on the hold: Balkhash Bank, analyst {A}." in read(notice)
    assert named(notice) == {A}


def test_an_end_whose_time_ran_out_is_nobodys_decision(network: Network) -> None:
    network.confirm("bank-b", bank_hold(network, "mule").hold_id)
    network.settle()
    serve(network)
    network.wait(hours=30)
    (notice,) = serve(network)
    assert notice.notice_kind == NoticeKind.hold_expired
    assert "ended by itself because its time ran out" in read(notice)
    assert DECIDED not in read(notice)
    assert REASONS not in read(notice)


def test_a_withdrawn_report_is_the_reporting_banks_doing(network: Network) -> None:
    hold = bank_hold(network, "mule")
    network.withdraw("bank-a", hold.terms.report_id)
    network.settle()
    (notice,) = serve(network)
    assert "the bank that had reported the deception withdrew its report" in read(notice)
    assert "The bank that had reported withdrew its report." in notice.short_text
    assert DECIDED not in read(notice)
    after = bank_hold(network, "mule")
    assert (after.decided_by, after.decided_at) == (None, network.now)


def test_an_officer_whom_the_bank_does_not_know_is_shown_by_number_and_never_as_another(network: Network) -> None:
    known = tuple(one for one in OFFICE.bank.officers if one.officer_id != COLLEAGUE)
    forgetful = replace(OFFICE, bank=structs.replace(OFFICE.bank, officers=known))
    released_by_colleague(network)
    (notice,) = serve(network, forgetful)
    assert named(notice) == set()
    assert f"{DECIDED}Balkhash Bank, officer with the number {COLLEAGUE}." in read(notice)


@pytest.mark.parametrize("officer", ["", " ", "see bank.kz"])
def test_a_number_that_cannot_be_shown_does_not_stop_the_notice(officer: str) -> None:
    author = author_of(OfficerId(officer), OFFICE)
    assert author.name.strip()
    assert "bank.kz" not in author.name


def test_a_final_notice_names_what_was_held_last_and_that_it_had_been_narrowed(network: Network) -> None:
    hold_id = bank_hold(network, "mule").hold_id
    assert network.narrow("bank-b", hold_id, 200_000) is None
    network.settle()
    serve(network)
    released_by_colleague(network)
    network.settle()
    (notice,) = serve(network)
    assert notice.amount_minor == 200_000
    assert "KZT 2,000.00 is free to use again" in notice.subject.replace(NO_BREAK, " ")
    assert "until then KZT 5,000.00 was held" in read(notice)


def test_a_second_narrowing_tells_the_sum_that_the_first_has_left(network: Network) -> None:
    hold_id = bank_hold(network, "mule").hold_id
    network.narrow("bank-b", hold_id, 300_000)
    network.settle()
    serve(network)
    network.narrow("bank-b", hold_id, 100_000)
    network.settle()
    (notice,) = serve(network)
    assert "It was KZT 3,000.00. It is now KZT 1,000.00." in read(notice)
    network.wait(hours=3)
    (over,) = serve(network)
    assert over.amount_minor == 100_000
    assert "until then KZT 3,000.00 was held" in read(over)


@pytest.mark.parametrize("why", [HoldEnd.by_officer, HoldEnd.refunded, HoldEnd.time_ran_out, "nobody knows"])
def test_the_exchange_cannot_order_an_end_in_the_name_of_this_banks_officer(network: Network, why: str) -> None:
    hold = bank_hold(network, "mule")
    body = ReleaseOrder(order_id=hold.order_id, hold_id=hold.hold_id, why=why, keep_minor=0)
    network.say(EXCHANGE_ID, body, "rl-1", to="bank-b")
    network.settle()
    assert [one.refusal for one in network.turned_down] == [Rejection.order_unknown]
    assert bank_hold(network, "mule").status is HoldStatus.placed


PACK: Final = load_pack("kz-demo")
LAST_DAY: Final = date(2026, 6, 30)
"""The old Constitution is in force for the last time."""


def held_over_midnight(day: date, *norms: str) -> AgentHold:
    """Return a hold that was decided on ``day`` and came to the bank in the first minute of July."""
    hold = hold_with(HoldStatus.placed, None, held=100)
    terms = structs.replace(hold.terms, law_day=day, norms=tuple(NormId(norm) for norm in norms))
    return replace(hold, terms=terms, received_at=Instant.parse("2026-07-01T00:00:05+05:00"))


def basis(hold: AgentHold) -> list[str]:
    return [title.en for title in legal_basis(hold, PACK, load_catalogue())]


def test_an_order_of_the_last_minute_of_june_cites_the_constitution_of_june() -> None:
    norms = ("kz-credited-pause", "kz-const-property", "kz-const-equality")
    june, july = (basis(held_over_midnight(day, *norms)) for day in (LAST_DAY, date(2026, 7, 1)))
    assert len(june) == len(july) == 2
    assert "26" in june[1]
    assert "29" in july[1]


def test_a_norm_that_the_bank_does_not_know_is_named_by_its_id_and_by_no_other() -> None:
    assert basis(held_over_midnight(LAST_DAY, "xx-other-law")) == ["xx-other-law"]


def test_there_is_always_somebody_to_complain_to() -> None:
    before_the_rule = date(1999, 1, 1)
    assert [one.forum for one in remedies_of(held_over_midnight(before_the_rule, "xx"), PACK)] == [
        "law.forum.participant"
    ]
