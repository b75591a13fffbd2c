"""What a holder is told when the bank's core lets go of a part of a hold by itself."""

from typing import Final

import pytest

from tarazy.agent.records import HOLDERS, Holder, ServedNotice
from tarazy.domain.entry import EntryKind
from tarazy.domain.notice import NoticeKind
from tarazy.texts.catalogue import Language
from tarazy.texts.formats import NO_BREAK
from tarazy.values.ids import AccountId
from tests.story import Network, StoreFor
from tests.story_reading import bank_hold
from tests.unit.agent.scripted_core import ScriptedCore, scripted
from tests.unit.agent.test_paid_in_part import NEVER_SAID, STILL, read, serve

SUMS: Final = {
    Language.kk: ("1 000,00 ₸", "4 000,00 ₸"),
    Language.ru: ("1 000,00 ₸", "4 000,00 ₸"),
    Language.en: ("KZT 1,000.00", "KZT 4,000.00"),
}
FREE: Final = {Language.kk: "қайтадан қолжетімді", Language.ru: "снова доступно", Language.en: "free to use again"}


def held(store_for: StoreFor, language: Language = Language.en) -> tuple[Network, ScriptedCore]:
    """Let the mule, who reads ``language``, have been told of a hold of 500,000."""
    network, core = scripted(store_for)
    core.books("mule", EntryKind.credit, 500_000, ref="t1")
    holder = Holder(
        account_id=AccountId("mule"), name="Timur", language=language, phone="+7 701 000 00 00", is_demonstration=True
    )
    network.at("bank-b", lambda tx, _: tx.put(HOLDERS, holder))
    network.report("t1")
    assert [one.notice_kind for one in serve(network)] == [NoticeKind.hold_placed]
    return network, core


def drop(network: Network, core: ScriptedCore, amount: int) -> list[ServedNotice]:
    """Let the core drop so much unasked; return what the holder is told."""
    core.drops("mule", bank_hold(network, "mule").hold_id, amount)
    network.settle()
    return serve(network)


@pytest.mark.parametrize("language", Language)
def test_who_is_free_to_use_a_part_again_reads_how_much_and_what_is_still_held(
    store_for: StoreFor, language: Language
) -> None:
    network, core = held(store_for, language)
    (notice,) = drop(network, core, 100_000)
    assert (notice.notice_kind, notice.amount_minor) == (NoticeKind.hold_dropped_in_part, 100_000)
    free, rest = SUMS[language]
    for part in (notice.subject, notice.paragraphs[1], notice.short_text):
        plain = part.replace(NO_BREAK, " ")
        assert free in plain
        assert rest in plain
        assert STILL[language] in plain.lower()
    assert FREE[language] in notice.subject.replace(NO_BREAK, " ")
    assert [word for word in NEVER_SAID if word in read(notice)] == []
    assert bank_hold(network, "mule").held_minor == 400_000


def test_each_part_is_told_once(store_for: StoreFor) -> None:
    network, core = held(store_for)
    assert [one.amount_minor for one in drop(network, core, 100_000)] == [100_000]
    assert serve(network) == []
    (later,) = drop(network, core, 50_000)
    assert later.amount_minor == 50_000
    assert "KZT 3,500.00 is still held" in read(later)


def test_what_the_core_was_asked_to_let_go_is_not_told_as_dropped(store_for: StoreFor) -> None:
    network, _ = held(store_for)
    network.narrow("bank-b", bank_hold(network, "mule").hold_id, 300_000)
    network.settle()
    assert [one.notice_kind for one in serve(network)] == [NoticeKind.hold_narrowed]
    assert bank_hold(network, "mule").held_minor == 300_000


def test_a_part_that_is_dropped_of_a_narrowed_hold_is_told_beside_it(store_for: StoreFor) -> None:
    network, core = held(store_for)
    hold = bank_hold(network, "mule").hold_id
    network.narrow("bank-b", hold, 300_000)
    network.settle()
    told = {one.notice_kind: one for one in drop(network, core, 50_000)}
    narrowed, dropped = told[NoticeKind.hold_narrowed], told[NoticeKind.hold_dropped_in_part]
    assert "KZT 3,000.00" in narrowed.subject.replace(NO_BREAK, " ")
    assert dropped.amount_minor == 50_000
    assert "KZT 2,500.00 is still held" in read(dropped)


def test_when_all_of_it_is_dropped_the_holder_is_told_of_the_end(store_for: StoreFor) -> None:
    network, core = held(store_for)
    (notice,) = drop(network, core, 500_000)
    assert "the hold has ended" in notice.subject


def test_a_part_that_is_dropped_before_anything_was_told_is_no_news(store_for: StoreFor) -> None:
    network, core = scripted(store_for)
    core.books("mule", EntryKind.credit, 500_000, ref="t1")
    network.report("t1")
    (notice,) = drop(network, core, 100_000)
    assert (notice.notice_kind, notice.amount_minor) == (NoticeKind.hold_placed, 400_000)
    assert serve(network) == []
