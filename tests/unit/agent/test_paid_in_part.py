"""What a holder is told when a part of what is held was paid: how much, what is still held, and until when."""

from typing import Final

import pytest

from tarazy.adapters.catalogue import load_catalogue
from tarazy.agent.core_loop import as_asked, commands_waiting
from tarazy.agent.notices import NoticeOffice, serve_due_notices
from tarazy.agent.profile import BankProfile, OfficerProfile
from tarazy.agent.records import HOLDERS, SERVED_NOTICES, Holder, ServedNotice
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.notice import NoticeKind
from tarazy.law.assessment import Lane
from tarazy.protocol.bodies import PayOrder
from tarazy.texts.catalogue import Language, Wording
from tarazy.texts.formats import NO_BREAK
from tarazy.values.ids import AccountId, ParticipantId, RefundId
from tests.deciding import FORUM, NUMBER, decision, given
from tests.story import REASONS, Network, StoreFor, robbed
from tests.story_people import OFFICER
from tests.story_reading import bank_hold
from tests.unit.app.test_refunding import given_back, refunded

BANK: Final = Wording(kk="Балқаш Банк", ru="Балхаш Банк", en="Balkhash Bank")
OFFICE: Final = NoticeOffice(
    BankProfile(
        name=BANK,
        phone="+7 727 000 00 00",
        branch=Wording(kk="Алматы", ru="Алматы", en="Almaty"),
        officers=(
            OfficerProfile(
                officer_id=OFFICER,
                name="Ержан Қасымов",
                role=Wording(kk="талдаушы", ru="аналитик", en="analyst"),
            ),
        ),
    ),
    load_catalogue(),
    b"story",
)
IS_OVER: Final = {Language.kk: "аяқталды", Language.ru: "удержание закончено", Language.en: "the hold is over"}
STILL: Final = {Language.kk: "әлі ұсталып тұр", Language.ru: "по-прежнему удерживается", Language.en: "is still held"}
SUMS: Final = {
    Language.kk: ("1 800,00 ₸", "3 200,00 ₸"),
    Language.ru: ("1 800,00 ₸", "3 200,00 ₸"),
    Language.en: ("KZT 1,800.00", "KZT 3,200.00"),
}
NEVER_SAID: Final = ("aigul", "Айгүл", "suspect", "fraudster", "подозреваем", "мошенник", "күдікті", "алаяққа")


def held(store_for: StoreFor, language: Language = Language.en) -> Network:
    """Let the mule, who reads ``language``, have been told of a hold of 500,000."""
    network = robbed(store_for)
    holder = Holder(
        account_id=AccountId("mule"), name="Timur", language=language, phone="+7 701 000 00 00", is_demonstration=True
    )
    network.at("bank-b", lambda tx, _: tx.put(HOLDERS, holder))
    network.report("t1")
    serve(network)
    return network


def serve(network: Network) -> list[ServedNotice]:
    """Serve what is due now; return it."""
    before = network.rows("bank-b", SERVED_NOTICES)
    network.at("bank-b", lambda tx, now: serve_due_notices(tx, OFFICE, EXCHANGE_ID, now))
    network.settle()
    return [one for one in network.rows("bank-b", SERVED_NOTICES) if one not in before]


def order(network: Network, amount: int | None = None) -> None:
    """Let a court order so much to be paid, as the agent hears of it; of all that is held without a sum."""
    hold = bank_hold(network, "mule")
    body = PayOrder(
        hold_id=hold.hold_id,
        refund_id=RefundId("rf-court"),
        report_id=hold.terms.report_id,
        to_participant_id=ParticipantId("bank-a"),
        amount_minor=hold.held_minor if amount is None else amount,
        lane=Lane.court,
        authorisation=given(network, decision(network, hold.case_id)),
    )
    network.say(EXCHANGE_ID, body, "rf-court", to="bank-b")
    network.settle()


def give(network: Network, amount: int, refund: str = "rf-1") -> None:
    """Let the mule give back so much, a minute later, and let it be paid."""
    network.wait(minutes=1)
    hold = bank_hold(network, "mule")
    given_back(network, hold.hold_id, amount)
    assert refunded(network, hold.terms.report_id, refund=refund, lane=Lane.consent).rejection is None
    network.settle()


WHY: Final[dict[Lane, dict[Language, tuple[str, ...]]]] = {
    Lane.consent: {
        Language.kk: ("өзіңіз ерікті түрде келістіңіз", "Төлем туралы шешім қабылдаған: өзіңіз"),
        Language.ru: ("вы добровольно согласились", "Кто решил о выплате: вы сами"),
        Language.en: ("you agreed voluntarily", "Who decided on the payment: you yourself"),
    },
    Lane.court: {
        Language.kk: (
            "Себебі: сот бұл соманы",
            f"Төлем туралы шешім қабылдаған: {FORUM}, 20.11.2026 күнгі № {NUMBER} шешім.",
        ),
        Language.ru: ("Почему: суд решил", f"Кто решил о выплате: {FORUM}, решение № {NUMBER} от 20.11.2026."),
        Language.en: (
            "Why: a court decided",
            f"Who decided on the payment: {FORUM}, decision No. {NUMBER} of 20.11.2026.",
        ),
    },
}


@pytest.mark.parametrize("language", Language)
def test_a_payment_says_truly_why_it_was_made_and_who_decided(store_for: StoreFor, language: Language) -> None:
    network = held(store_for, language)
    network.confirm("bank-b", bank_hold(network, "mule").hold_id)
    network.settle()
    serve(network)
    give(network, 180_000)
    (agreed,) = serve(network)
    order(network)
    (decided,) = serve(network)
    assert (agreed.lane, decided.lane) == (Lane.consent, Lane.court)
    for notice, lane, other in ((agreed, Lane.consent, Lane.court), (decided, Lane.court, Lane.consent)):
        text = read(notice)
        assert [part for part in WHY[lane][language] if part not in text] == []
        assert [part for part in WHY[other][language] if part in text] == []
        assert "Ержан Қасымов" in text
        assert REASONS not in text
    assert notice_forum("court", language) in read(agreed)
    assert notice_forum("regional_court", language) in read(decided)
    paid, rest = SUMS[language]
    assert rest in decided.subject.replace(NO_BREAK, " ")
    assert paid in decided.paragraphs[2].replace(NO_BREAK, " ")
    assert paid not in decided.subject.replace(NO_BREAK, " ")


def notice_forum(forum: str, language: Language) -> str:
    return load_catalogue().text(f"notice.forum.{forum}", language)


def test_a_payment_in_another_lane_does_not_change_what_is_still_held(store_for: StoreFor) -> None:
    network = held(store_for)
    give(network, 180_000)
    order(network, 20_000)
    told = {one.lane: one for one in serve(network)}
    assert {lane: one.amount_minor for lane, one in told.items()} == {Lane.consent: 180_000, Lane.court: 20_000}
    assert all("KZT 3,000.00 is still held" in read(one) for one in told.values())
    assert serve(network) == []


def test_a_payment_of_which_the_core_has_not_said_yet_which_it_is_waits_for_its_word(store_for: StoreFor) -> None:
    network = held(store_for)
    hold = bank_hold(network, "mule").hold_id
    given_back(network, hold, 180_000)
    network.banks["bank-b"].is_asleep = True
    assert refunded(network, bank_hold(network, "mule").terms.report_id, lane=Lane.consent).rejection is None
    network.carry(EXCHANGE_ID, "bank-b")
    bank = network.banks["bank-b"].agent
    bank.core.ask(as_asked(bank.peer.store.run(commands_waiting)), network.now)
    bank.read_feed(network.now)
    assert bank_hold(network, "mule").paid_minor == 180_000
    assert serve(network) == []
    network.banks["bank-b"].is_asleep = False
    network.settle()
    (notice,) = serve(network)
    assert (notice.lane, notice.amount_minor) == (Lane.consent, 180_000)


def test_an_order_to_pay_in_a_lane_that_nobody_knows_is_refused(store_for: StoreFor) -> None:
    network = held(store_for)
    hold = bank_hold(network, "mule")
    body = PayOrder(
        hold_id=hold.hold_id,
        refund_id=RefundId("rf-x"),
        report_id=hold.terms.report_id,
        to_participant_id=ParticipantId("bank-a"),
        amount_minor=1,
        lane="whim",
        authorisation=None,
    )
    network.say(EXCHANGE_ID, body, "rf-x", to="bank-b")
    network.settle()
    assert [(one.refusal, one.place) for one in network.turned_down] == [("lane_unknown", "body.lane")]
    assert bank_hold(network, "mule").paid_minor == 0


def read(notice: ServedNotice) -> str:
    return "\n".join((notice.subject, *notice.paragraphs, notice.short_text)).replace(NO_BREAK, " ")


@pytest.mark.parametrize("language", Language)
def test_who_was_paid_from_in_part_reads_what_is_still_held(store_for: StoreFor, language: Language) -> None:
    network = held(store_for, language)
    give(network, 180_000)
    (notice,) = serve(network)
    assert (notice.notice_kind, notice.amount_minor) == (NoticeKind.refund_paid, 180_000)
    text = read(notice)
    paid, rest = SUMS[language]
    for part in (notice.subject, notice.paragraphs[1], notice.short_text):
        plain = part.replace(NO_BREAK, " ")
        assert paid in plain
        assert rest in plain
        assert STILL[language] in plain.lower()
    assert IS_OVER[language] not in text
    assert load_catalogue().text("notice.forum.bank", language) in text
    assert [word for word in NEVER_SAID if word in text] == []


def test_a_later_part_is_told_with_all_that_was_paid_by_then(store_for: StoreFor) -> None:
    network = held(store_for)
    give(network, 100_000)
    serve(network)
    give(network, 80_000, "rf-2")
    (notice,) = serve(network)
    assert [sum_ in read(notice) for sum_ in SUMS[Language.en]] == [True, True]


def test_what_is_being_let_go_is_not_told_as_still_held(store_for: StoreFor) -> None:
    network = held(store_for)
    given_back(network, bank_hold(network, "mule").hold_id, 180_000)
    network.banks["bank-b"].is_asleep = True
    assert refunded(network, bank_hold(network, "mule").terms.report_id, lane=Lane.consent).rejection is None
    network.carry(EXCHANGE_ID, "bank-b")
    bank = network.banks["bank-b"].agent
    bank.ask_core(network.now)
    network.narrow("bank-b", bank_hold(network, "mule").hold_id, 300_000)
    bank.read_feed(network.now)
    assert bank_hold(network, "mule").held_minor == 320_000
    network.at("bank-b", lambda tx, now: serve_due_notices(tx, OFFICE, EXCHANGE_ID, now))
    subjects = [one.subject.replace(NO_BREAK, " ") for one in network.rows("bank-b", SERVED_NOTICES)]
    assert [one for one in subjects if "KZT 1,800.00" in one and "KZT 1,200.00 is still held" in one] != []


def test_the_last_payment_says_that_the_hold_is_over(store_for: StoreFor) -> None:
    network = held(store_for)
    give(network, 180_000)
    serve(network)
    give(network, 320_000, "rf-2")
    (notice,) = serve(network)
    assert IS_OVER[Language.en] in notice.subject
    assert "is still held" not in read(notice)


def test_a_part_that_was_paid_before_the_hold_was_released_says_that_it_is_over(store_for: StoreFor) -> None:
    network = held(store_for)
    give(network, 180_000)
    network.let_go("bank-b", bank_hold(network, "mule").hold_id)
    network.settle()
    told = {one.notice_kind: read(one) for one in serve(network)}
    assert set(told) == {NoticeKind.refund_paid, NoticeKind.hold_released}
    assert IS_OVER[Language.en] in told[NoticeKind.refund_paid]
    assert "KZT 3,200.00 on your account is fully yours" in told[NoticeKind.hold_released]


def test_a_hold_that_nobody_has_confirmed_yet_says_so_after_a_payment_too(store_for: StoreFor) -> None:
    network = held(store_for)
    give(network, 180_000)
    (notice,) = serve(network)
    assert "It may end earlier" in read(notice)
    network.confirm("bank-b", bank_hold(network, "mule").hold_id)
    network.settle()
    serve(network)
    give(network, 20_000, "rf-2")
    (later,) = serve(network)
    assert "It may end earlier" not in read(later)
    assert "At the latest until" in read(later)
