"""The pages open to everybody: the law from the packs themselves, ten minutes in plain words, receipts checked."""

import re
from collections.abc import Iterator

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tarazy.adapters.catalogue import load_catalogue
from tarazy.adapters.packs import load_pack
from tarazy.app.records import EVENTS
from tarazy.app.sequencing import receipt_of
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.edge.pages import static_routes
from tarazy.edge.pages.forms import TOKEN_COOKIE
from tarazy.edge.pages.reader import Reader
from tarazy.edge.pages.security import CONTENT_POLICY
from tarazy.edge.public import public_routes
from tarazy.edge.public.law_pages import FIELD_TEXT, Standing, fields_shown, questions_of, shown_ids, standing_of
from tarazy.edge.public.minutes_page import WAYS
from tarazy.edge.public.value_words import ValueWords
from tarazy.law.assessment import Measure
from tarazy.law.ground import fields_of
from tarazy.log.receipt import parse_receipt
from tarazy.texts.catalogue import Language
from tarazy.texts.formats import day_brief
from tarazy.values.ids import NormId
from tarazy.values.instant import Instant
from tarazy.values.replacing import replace
from tests.unit.edge.console.world import World, told_world

LANGUAGES = tuple(Language)
NOW = Instant.parse("2026-11-22T05:00:00Z")
NORM = NormId("kz-credited-pause")


@pytest.fixture(scope="module")
def told() -> World:
    return told_world()


@pytest.fixture
def browser(told: World) -> Iterator[TestClient[Litestar]]:
    with TestClient(app_of(told), base_url="http://testserver.local") as client:
        yield client


def app_of(world: World) -> Litestar:
    return Litestar([*static_routes(), *public_routes(world.context)])


def paths(world: World) -> list[str]:
    shown = ["/law", "/first-minutes", "/log"]
    for pack_id in shown_ids(world.context):
        pack = load_pack(pack_id)
        shown += [f"/law/{pack_id}", f"/law/{pack_id}/questions"]
        shown += [f"/law/{pack_id}/{measure}" for measure in Measure]
        shown += [f"/law/{pack_id}/norms/{norm_id}" for norm_id in pack.data.norms]
    return shown


def words(text: str) -> str:
    """Return what a page says, without its markup."""
    bare = re.sub(r"<[^>]*>", " ", text.replace("\u00a0", " "))
    return re.sub(r"\s+", " ", bare).replace("&#39;", "'").replace("&#34;", '"')


def check(browser: TestClient[Litestar], receipt: str) -> tuple[int, str]:
    browser.get("/log?lang=en")
    answer = browser.post("/log?lang=en", data={"form_token": browser.cookies[TOKEN_COOKIE], "receipt": receipt})
    return answer.status_code, words(answer.text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_said_in_every_language_without_signing_in(
    told: World, browser: TestClient[Litestar], language: Language
) -> None:
    for path in paths(told):
        answer = browser.get(f"{path}?lang={language}")
        assert answer.status_code == 200, path
        assert answer.headers["content-language"] == language
        assert answer.headers["content-security-policy"] == CONTENT_POLICY
        assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=\"", answer.text), path
        assert not re.search(r"\b(?:console|law|pages|public)\.[a-z_]+\.", words(answer.text)), path


def test_every_link_leads_somewhere(told: World, browser: TestClient[Litestar]) -> None:
    found = {link for path in paths(told) for link in re.findall(r'\b(?:href|src)="(/[^"]*)"', browser.get(path).text)}
    elsewhere = ("/v1/", "/portal")
    known = {link for link in found if link != "/" and not link.startswith(elsewhere)}
    assert len(known) > 60
    for link in known:
        assert browser.get(link.replace("&amp;", "&")).status_code == 200, link


@pytest.mark.parametrize("pack_id", shown_ids(told_world().context))
def test_every_field_of_every_rule_has_a_name_and_words_in_every_language(pack_id: str) -> None:
    catalogue, pack = load_catalogue(), load_pack(pack_id)
    fields = {name for rule in pack.data.rules for name in fields_of(rule)}
    assert [name for name in sorted(fields) if not catalogue.has(FIELD_TEXT + name)] == []
    for language in LANGUAGES:
        said = ValueWords(Reader(language, catalogue, pack.data.calendar.zone, NOW), pack)
        for rule in pack.data.rules:
            values = [field.value for field in fields_shown(rule, said) if field.value is not None]
            assert [text for value in values for text in value.verbatim()] == [], (rule.file, language)


def test_a_new_field_of_a_rule_is_shown_by_itself() -> None:
    """Whatever the rule has is on the page, in the rule's own order, and nothing is listed by hand."""
    pack = load_pack("kz")
    rule = next(rule for rule in pack.data.rules if rule.measure is Measure.M5)
    said = ValueWords(Reader(Language.en, load_catalogue(), pack.data.calendar.zone, NOW), pack)
    assert [field.name_code for field in fields_shown(rule, said)] == [FIELD_TEXT + name for name in fields_of(rule)]


def test_a_page_says_whose_law_it_shows(told: World, browser: TestClient[Litestar]) -> None:
    standings = {pack_id: standing_of(load_pack(pack_id), told.context) for pack_id in shown_ids(told.context)}
    assert standings.pop("kz") is Standing.here
    assert standings.pop("kz-demo") is Standing.demonstration
    assert set(standings.values()) <= {Standing.comparison}
    assert "Demonstration, not law." in words(browser.get("/law/kz-demo/M4b?lang=en").text)
    assert "Law here." in words(browser.get("/law/kz/M4b?lang=en").text)
    assert browser.get("/law/xx").status_code == 404
    assert browser.get("/law/kz/M99").status_code == 404
    assert browser.get("/law/kz/norms/none").status_code == 404


def test_a_blocked_measure_names_the_question_and_who_must_sign(browser: TestClient[Litestar]) -> None:
    page = words(browser.get("/law/kz/M4b?lang=en").text)
    catalogue, question = load_catalogue(), load_pack("kz").data.questions[1]
    assert "waits for an answer" in page
    assert catalogue.text(question.text_code, Language.en) in page
    assert catalogue.text(question.signer, Language.en) in page


def test_the_questions_say_what_they_stop() -> None:
    stopped = {(one.question.number, row.measure) for one in questions_of(load_pack("kz"), NOW) for row in one.stops}
    assert {(1, Measure.M4b), (2, Measure.M4b)} <= stopped
    shown = {row.measure for one in questions_of(load_pack("kz-demo"), NOW) for row in one.stops}
    assert not {Measure.M2t, Measure.M4b, Measure.M16} & shown


def test_a_norm_is_shown_as_it_stood_on_the_day_asked_for(browser: TestClient[Litestar]) -> None:
    norm = load_pack("kz").data.norms[NORM]
    first = min(version.valid_from for version in norm.versions)
    at_first = words(browser.get(f"/law/kz/norms/{NORM}?lang=en&on={first}").text)
    in_force = norm.on(first)
    assert in_force is not None
    assert f"In force on {day_brief(first, Language.en)}: {in_force.article}." in at_first
    before = words(browser.get(f"/law/kz/norms/{NORM}?lang=en&on=1990-01-01").text)
    assert "No version of this norm is in force on 01 Jan 1990." in before
    assert "The day could not be read" in words(browser.get(f"/law/kz/norms/{NORM}?lang=en&on=soon").text)


def test_the_ten_ways_of_fraud_are_told_with_what_to_do(browser: TestClient[Litestar]) -> None:
    page = browser.get("/first-minutes?lang=en").text
    assert len(WAYS) == 10
    assert page.count("What you hear:") == page.count("How it is known:") == page.count("What to do:") == 10
    assert page.index("Stop talking.") < page.index("Call your bank.") < page.index("Tell the police.")


def test_a_receipt_is_checked_as_the_program_for_it_does(told: World, browser: TestClient[Litestar]) -> None:
    event = told.network.rows(EXCHANGE_ID, EVENTS)[0]
    origin = told.signer.origin
    receipt = told.context.peer.store.run(lambda tx: receipt_of(tx, event.event_id, origin, with_personal=False))
    assert receipt is not None
    status, page = check(browser, receipt.text())
    assert status == 200
    assert "Proven" in page
    assert "The personal part is not in this receipt" in page
    forged = replace(parse_receipt(receipt.text()), leaf=replace(receipt.leaf, type="hold_let_go"))
    status, page = check(browser, forged.text())
    assert status == 422
    assert "Not proven" in page
    assert "it did not stand in the log like this" in page


@pytest.mark.parametrize("pasted", ["hello", "{}", "[1]", "<script>alert(1)</script>"])
def test_what_is_no_receipt_is_refused_in_words(browser: TestClient[Litestar], pasted: str) -> None:
    status, page = check(browser, pasted)
    assert status == 422
    assert "This text is no receipt, or not all of it was pasted." in page


def test_an_empty_field_proves_nothing(browser: TestClient[Litestar]) -> None:
    assert check(browser, " ")[0] == 422
    assert "Paste a receipt first." in check(browser, " ")[1]


def test_help_stands_in_the_same_place_on_every_page(told: World, browser: TestClient[Litestar]) -> None:
    for path in paths(told)[:8]:
        text = browser.get(f"{path}?lang=en").text
        assert text.index("languages") < text.index('class="help-line"') < text.index("<main"), path
