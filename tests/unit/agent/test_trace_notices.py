"""Whoever's money the bank was asked for hears of it, although nothing is held: what was told, and to whom."""

from typing import Final

import pytest

from tarazy.agent import trace_notices
from tarazy.agent.notices import serve_due_notices
from tarazy.agent.records import FOLLOWS, HOLDERS, SERVED_NOTICES, Follow, Holder
from tarazy.agent.trace_notices import TRACE_NOTICES, TraceNotice
from tarazy.app.asking import SHADOW_LEVEL
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.entry import AccountKind, EntryKind
from tarazy.domain.notice import NoticeKind, code_shown
from tarazy.law.ground import Pack
from tarazy.texts.catalogue import Language
from tarazy.texts.formats import NO_BREAK
from tarazy.values.ids import AccountId
from tests.story import Network, StoreFor
from tests.story_people import START
from tests.unit.agent.scripted_core import scripted
from tests.unit.agent.test_paid_in_part import NEVER_SAID, OFFICE
from tests.unit.edge.desk.bank_story import BankStory

NOTHING_HELD: Final = {
    Language.kk: "ештеңе ұсталмайды",
    Language.ru: "ничего не удерживается",
    Language.en: "Nothing is held on your account because of it",
}
SUM: Final = {Language.kk: "5 000,00 ₸", Language.ru: "5 000,00 ₸", Language.en: "KZT 5,000.00"}


def passed_on(
    store_for: StoreFor, language: Language = Language.en, kind: AccountKind = AccountKind.personal, level: str = "L2"
) -> Network:
    """Let 500,000 pass through the account of Dana, of whom nothing is left when the bank is asked."""
    network = Network(store_for, banks=("bank-a", "bank-b"), levels={"bank-b": level})
    network.open("bank-a", aigul=800_000)
    network.open("bank-b", kind=kind, dana=0)
    network.pay("t1", "aigul", "dana", 500_000)
    network.settle()
    if kind is not AccountKind.pooled:
        network.spend("dana", 500_000)
        network.settle()
        dana = Holder(
            account_id=AccountId("dana"),
            name="Dana Serik",
            language=language,
            phone="+7 701 000 00 00",
            is_demonstration=True,
        )
        network.at("bank-b", lambda tx, _: tx.put(HOLDERS, dana))
    network.report("t1")
    return network


def serve(network: Network) -> list[TraceNotice]:
    """Serve what is due; return the notices of answers so far."""
    network.at("bank-b", lambda tx, now: serve_due_notices(tx, OFFICE, EXCHANGE_ID, now))
    network.settle()
    found: list[TraceNotice] = network.rows("bank-b", TRACE_NOTICES)
    return found


def read(notice: TraceNotice) -> str:
    return "\n".join((notice.subject, *notice.paragraphs, notice.short_text)).replace(NO_BREAK, " ")


@pytest.mark.parametrize("language", Language)
def test_who_only_passed_money_on_reads_what_was_told_and_that_nothing_is_held(
    store_for: StoreFor, language: Language
) -> None:
    network = passed_on(store_for, language)
    (notice,) = serve(network)
    text = read(notice)
    assert (notice.account_id, notice.language, notice.amount_minor) == ("dana", language, 500_000)
    assert NOTHING_HELD[language] in text
    assert SUM[language] in notice.subject.replace(NO_BREAK, " ")
    assert "Dana" not in text
    assert [word for word in NEVER_SAID if word in text] == []
    assert network.rows("bank-b", SERVED_NOTICES) == []


def test_it_is_told_once(store_for: StoreFor) -> None:
    network = passed_on(store_for)
    assert len(serve(network)) == len(serve(network)) == 1
    assert [follow.notice_due for follow in network.rows("bank-b", FOLLOWS)] == [None]
    network.wait(hours=50)
    assert len(serve(network)) == 1


def test_a_firm_is_told_as_a_firm(store_for: StoreFor) -> None:
    (notice,) = serve(passed_on(store_for, kind=AccountKind.business))
    assert "This does not accuse your organisation" in read(notice)


def test_an_account_of_the_banks_own_has_nobody_to_be_told(store_for: StoreFor) -> None:
    network = passed_on(store_for, kind=AccountKind.pooled)
    assert serve(network) == []
    assert [follow.notice_due for follow in network.rows("bank-b", FOLLOWS)] == [None]


def test_in_shadow_mode_nobody_is_told(store_for: StoreFor) -> None:
    network = passed_on(store_for, level=SHADOW_LEVEL)
    assert network.rows("bank-b", FOLLOWS)
    assert serve(network) == []


def test_who_hears_of_a_hold_is_not_told_besides_that_the_bank_has_answered(store_for: StoreFor) -> None:
    network, core = scripted(store_for)
    core.books("mule", EntryKind.credit, 500_000, ref="t1")
    network.report("t1")
    assert serve(network) == []
    assert [one.notice_kind for one in network.rows("bank-b", SERVED_NOTICES)] == [NoticeKind.hold_placed]


def test_a_hold_of_which_the_core_reserved_nothing_leaves_the_answer_to_be_told(store_for: StoreFor) -> None:
    network, core = scripted(store_for)
    core.books("mule", EntryKind.credit, 500_000, ref="t1")
    core.reserves_at_most = 0
    network.report("t1")
    (notice,) = serve(network)
    assert notice.account_id == "mule"
    assert network.rows("bank-b", SERVED_NOTICES) == []
    assert serve(network) == [notice]


def test_while_a_credit_is_awaited_nobody_is_known_to_be_told(store_for: StoreFor) -> None:
    network, core = scripted(store_for)
    network.report("t1")
    assert serve(network) == []
    core.books("mule", EntryKind.credit, 500_000, ref="t1", booked_at=START)
    core.reserves_at_most = 0
    network.settle()
    assert len(serve(network)) == 1


def test_where_the_law_names_nobody_nobody_is_told(store_for: StoreFor, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(_: Follow, __: Pack) -> bool:
        return False

    monkeypatch.setattr(trace_notices, "owes_notice", nobody)
    assert serve(passed_on(store_for)) == []


def test_it_stands_in_the_persons_own_app_and_in_nobody_elses(store_for: StoreFor) -> None:
    story = BankStory(store_for).opened().fraud()
    accounts = [name for name, bank in story.network.accounts.items() if bank == "bank-c"]
    for name in accounts:
        if story.network.balance(name):
            story.network.spend(name, story.network.balance(name))
    story.reported()
    story.serve_notices()
    (notice, *_) = story.network.rows("bank-c", TRACE_NOTICES)
    link = f"/app/traces/{notice.notice_id}"
    phone = story.browser("bank-c").sign_in(notice.account_id)
    assert [link in phone.get(page).text for page in ("/app/home", "/app/notices")] == [True, True]
    assert phone.get(link).says(notice.paragraphs[-1], code_shown(notice.code))
    assert phone.get("/app/traces/nt_none").status == 404
    other = next(name for name in accounts if name != notice.account_id)
    assert story.browser("bank-c").sign_in(other).get(link).status == 404
