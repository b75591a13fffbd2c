"""The app says nothing of a measure whose notice is put off: its pages are those of the bank's own pause."""

import re
from datetime import timedelta
from io import BytesIO
from typing import Final

import msgspec
import pytest
from pypdf import PdfReader

from tarazy.agent.appeals import LOCAL_APPEALS
from tarazy.agent.deferring import KEPT_DEFERRALS
from tarazy.agent.desk import confirm_hold
from tarazy.agent.measures import pause_id
from tarazy.agent.records import SERVED_NOTICES
from tarazy.app.deferring import DeferNotice, Deferral, defer_notice
from tarazy.app.measure_records import Schedule
from tarazy.app.schedules import measure_id_of
from tarazy.app.store import Condition
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.rejection import Rejection
from tarazy.protocol.deferral_bodies import SignedDeferral
from tarazy.protocol.statement import Act
from tarazy.values.ids import DeferralId, ParticipantId
from tests.measuring import begin, case_of, line, registered, standing
from tests.story_people import COLLEAGUE, OFFICER
from tests.unit.edge.desk.bank_story import OWN_REASONS, BankStory, Browser

PROSECUTOR: Final = "prosecutor"
LANGUAGES: Final = ("kk", "ru", "en")
OWN: Final = Condition("account_id", "=", "olga")


def confirmed() -> BankStory:
    """Return a story in which the bank has confirmed its own pause of Olga's money, and has told her so."""
    story = BankStory().opened().fraud().reported()
    net, hold = story.network, story.hold_of("bank-c", "olga")
    at_desk = net.officer("bank-c", COLLEAGUE)
    done = net.at("bank-c", lambda tx, now: confirm_hold(tx, hold.hold_id, OWN_REASONS, at_desk, EXCHANGE_ID, now))
    assert not isinstance(done, Rejection), done
    story.serve_notices()
    registered(net, case_of(net))
    net.enrol(PROSECUTOR, "prosecutor", "prosecutor")
    return story


def under_measure(*, is_put_off: bool = True) -> BankStory:
    """Return the same story, in which an investigator has taken the hold over and the notice of it is put off."""
    story = confirmed()
    if is_put_off:
        put_off(story)
    net = story.network
    assert isinstance(begin(net, case_of(net)), Schedule)
    net.settle()
    story.serve_notices()
    return story


def put_off(story: BankStory) -> None:
    net, own = story.network, story.hold_of("bank-c", "olga")
    [hold] = [one for one in standing(net, case_of(net)) if one.hold_id == own.hold_id]
    signed = SignedDeferral(
        deferral_id=DeferralId("df-1"),
        measure_id=measure_id_of(line(net, hold), "M5"),
        measure="M5",
        hold_id=hold.hold_id,
        case_id=hold.case_id,
        ground="law.deferral.covert_measure",
        until=net.now.plus(timedelta(days=10)),
        participant_id=ParticipantId(PROSECUTOR),
        statement="",
    )
    by = net.statement(PROSECUTOR, Act.defer_notice, signed.deferral_id, signed.terms(), officer=OFFICER)
    command = DeferNotice(signed=msgspec.structs.replace(signed, statement=by))
    assert isinstance(net.at(EXCHANGE_ID, lambda tx, now: defer_notice(tx, command, now)), Deferral)
    net.settle()
    assert len(net.rows("bank-c", KEPT_DEFERRALS)) == 1


def paths(story: BankStory) -> list[str]:
    told = story.network.rows("bank-c", SERVED_NOTICES, OWN, order=("served_at",))
    own = [f"/app/notices/{one.notice_id}" for one in told]
    return ["/app/home", "/app/notices", f"/app/appeals/{story.hold_of('bank-c', 'olga').hold_id}", *own]


def pages(story: BankStory) -> dict[str, str]:
    """Return what Olga can read, in each language, without what differs at each look."""
    browser = story.browser("bank-c").sign_in("olga")
    return {
        f"{path} {language}": re.sub(
            r'name="form_token" value="\w+"|nonce="[^"]*"', "", browser.get(f"{path}?lang={language}").text
        )
        for path in paths(story)
        for language in LANGUAGES
    }


def letters(story: BankStory) -> list[str]:
    browser = story.browser("bank-c").sign_in("olga")
    own = [path for path in paths(story) if path.startswith("/app/notices/")]
    files = [browser.file(f"{path}.pdf") for path in own]
    return ["\n".join(page.extract_text() for page in PdfReader(BytesIO(one)).pages) for one in files]


def test_no_page_differs_from_those_of_the_banks_own_pause() -> None:
    quiet, without = under_measure(), confirmed()
    assert quiet.hold_of("bank-c", "olga").carried_by is not None
    assert pages(quiet) == pages(without)
    assert letters(quiet) == letters(without)


def test_a_measure_that_is_not_put_off_does_differ() -> None:
    assert pages(under_measure(is_put_off=False)) != pages(confirmed())


def test_when_the_pauses_own_end_has_come_it_is_over_and_nothing_more_is_said() -> None:
    story = under_measure()
    own = story.hold_of("bank-c", "olga")
    assert own.expires_at > own.terms.expires_at
    story.network.now = own.terms.expires_at.plus(timedelta(minutes=1))
    olga = story.browser("bank-c").sign_in("olga")
    first, home = olga.get(paths(story)[-1]), olga.get("/app/home")
    assert first.says("this is over. What you can use now stands on the first page")
    assert not home.says("is held until")
    assert home.says("You can use KZT 0.00")
    assert not any("investigator" in page for page in pages(story).values())


def test_an_appeal_meanwhile_is_against_what_was_told() -> None:
    quiet, without = under_measure(), confirmed()
    for story in (quiet, without):
        olga = story.browser("bank-c").sign_in("olga")
        olga.get(paths(story)[2])
        olga.post(paths(story)[2], grounds=["other"], words="I was paid for my work.")
        story.network.settle()
        [appeal] = story.network.rows("bank-c", LOCAL_APPEALS)
        assert appeal.measure_id == pause_id(appeal.hold_id)
    assert pages(quiet) == pages(without)


@pytest.mark.parametrize("language", LANGUAGES)
def test_once_the_notice_is_served_the_page_shows_the_measures_own_end(language: str) -> None:
    story = under_measure()
    story.network.now = story.network.now.plus(timedelta(days=10))
    story.serve_notices()
    [last] = story.network.rows("bank-c", SERVED_NOTICES, OWN, order=("served_at",))[-1:]
    olga: Browser = story.browser("bank-c", language).sign_in("olga")
    assert last.measure_id is not None
    assert olga.get(f"/app/notices/{last.notice_id}").status == 200
