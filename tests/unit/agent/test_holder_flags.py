"""Flags change how somebody is told, and never whether: a child in plain words, no short message where it is unsafe."""

import pytest

from tarazy.agent.holder_flags import HOLDER_FLAGS, HolderFlags
from tarazy.agent.records import HOLDER, HOLDERS, REPRESENTATIVE, SERVED_NOTICES, Holder, ServedNotice
from tarazy.app.records import NOTICES_TOLD
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.notice import NoticeKind, code_hash, code_shown
from tarazy.domain.notice_child import render_for_child
from tarazy.texts.catalogue import Language
from tarazy.texts.links import links_in
from tarazy.values.ids import AccountId
from tests.measuring import begin, case_of, registered
from tests.story import REASONS, Network, StoreFor, robbed
from tests.story_reading import bank_hold
from tests.unit.agent.test_measure_notices import serve
from tests.unit.agent.test_paid_in_part import OFFICE
from tests.unit.texts.notice_stories import ALMATY, STORIES, TAXI_DRIVER

HELD, FREE = STORIES["measure_begun"], STORIES["hold_released_on_appeal"]
MULE = AccountId("mule")


def told(store_for: StoreFor, flags: HolderFlags | None, language: Language = Language.en) -> Network:
    """Return a network in which the mule's bank knows this of them, and holds money."""
    network = robbed(store_for)
    holder = Holder(
        account_id=MULE, name="Alua (invented)", language=language, phone="+7 701 000 00 00", is_demonstration=True
    )
    network.at("bank-b", lambda tx, _: tx.put(HOLDERS, holder))
    if flags is not None:
        network.at("bank-b", lambda tx, _: tx.put(HOLDER_FLAGS, flags))
    network.report("t1")
    return network


def of(notices: list[ServedNotice], recipient: str) -> ServedNotice:
    (found,) = [one for one in notices if one.recipient == recipient]
    return found


@pytest.mark.parametrize(("is_involved", "channel"), [(False, "post"), (True, "guardianship")])
def test_a_child_reads_plain_words_and_whoever_represents_it_without_a_part_in_it_the_whole(
    store_for: StoreFor, channel: str, *, is_involved: bool
) -> None:
    flags = HolderFlags(
        account_id=MULE, under_16=True, representative_channel="post", representative_involved=is_involved
    )
    network = told(store_for, flags)
    notices = serve(network)
    child, whole = of(notices, HOLDER), of(notices, REPRESENTATIVE)
    assert "has to wait for now" in "\n".join(child.paragraphs)
    assert "Legal basis" not in "\n".join(child.paragraphs)
    assert "Legal basis" in "\n".join(whole.paragraphs)
    assert (child.channel, whole.channel) == ("app", channel)
    assert (child.short_text, whole.short_text) == ("", "")
    assert child.code != whole.code
    known = {one.code_hash for one in network.rows(EXCHANGE_ID, NOTICES_TOLD)}
    assert known == {code_hash(one.code, OFFICE.secret) for one in notices}


def test_a_childs_hold_is_told_once_and_its_measure_once(store_for: StoreFor) -> None:
    network = told(store_for, HolderFlags(account_id=MULE, under_16=True))
    serve(network)
    registered(network, case_of(network))
    begin(network, case_of(network))
    network.settle()
    kinds = [(one.notice_kind, one.recipient) for one in serve(network)]
    assert sorted(kinds) == [(NoticeKind.measure_begun, HOLDER), (NoticeKind.measure_begun, REPRESENTATIVE)]
    assert serve(network) == []


def test_where_it_is_unsafe_nothing_is_sent_as_a_short_message_and_the_notice_is_there(store_for: StoreFor) -> None:
    (notice,) = serve(told(store_for, HolderFlags(account_id=MULE, safety=True)))
    assert notice.short_text == ""
    assert "Legal basis" in "\n".join(notice.paragraphs)
    (usual,) = serve(told(store_for, None))
    assert usual.short_text != ""


@pytest.mark.parametrize(
    ("flags", "is_quoted"), [(HolderFlags(account_id=MULE, tipping_off=True), False), (None, True)]
)
def test_an_officers_own_words_are_not_quoted_where_they_may_tip_off(
    store_for: StoreFor, flags: HolderFlags | None, *, is_quoted: bool
) -> None:
    network = told(store_for, flags)
    serve(network)
    assert network.let_go("bank-b", bank_hold(network, "mule").hold_id) is None
    (ended,) = serve(network)
    assert (REASONS in "\n".join(ended.paragraphs)) is is_quoted


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("story", ["measure_begun", "hold_released_on_appeal", "refund_paid", "measure_over"])
def test_a_childs_text_says_what_until_when_and_how_it_is_heard(story: str, language: Language) -> None:
    facts = STORIES[story]
    said = render_for_child(facts, OFFICE.catalogue, language, ALMATY)
    text = said.text()
    assert code_shown(facts.code) in text
    assert facts.contact.phone in text
    assert facts.author is not None
    assert facts.author.name not in text
    assert OFFICE.catalogue.text("notice.forum.prosecutor", language) in text
    assert links_in(text) == []


def test_a_demonstration_for_a_child_says_so() -> None:
    said = render_for_child(TAXI_DRIVER, OFFICE.catalogue, Language.en, ALMATY)
    assert said.subject.startswith("[Demonstration]")
    assert said.body[0].startswith("Demonstration, not law")


def test_every_child_is_told(store_for: StoreFor) -> None:
    network = told(store_for, HolderFlags(account_id=MULE, under_16=True, safety=True, tipping_off=True))
    serve(network)
    assert len(network.rows("bank-b", SERVED_NOTICES)) == 2
