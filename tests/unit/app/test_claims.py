"""Claims for compensation: from whoever was wrongly held, by every road, answered by other hands, and never lost."""

from datetime import timedelta

import pytest

from tarazy.agent.claim_records import LOCAL_CLAIMS, LOCAL_ERRORS, LocalClaim, LocalError
from tarazy.agent.claims import LodgeClaim, errors_told, lodge_claim
from tarazy.agent.notices import serve_due_notices
from tarazy.agent.records import SERVED_NOTICES
from tarazy.app.appeal_records import CLAIMS, RECORDED_ERRORS, Appeal, Claim, RecordedError
from tarazy.app.claims import AnswerClaim, ClaimWithCode, answer_claim, claim_with_code, open_claim_words
from tarazy.app.errors import ClassifyError, classify_error
from tarazy.app.measure_records import DEADLINES
from tarazy.app.records import EVENTS
from tarazy.app.store import Condition
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.appeal import AppealOutcome, AppealRoad, Appellant
from tarazy.domain.claim import ClaimStatus
from tarazy.domain.deadline import Duty
from tarazy.domain.error import ErrorKind, ErrorStatus
from tarazy.domain.hands import Hand
from tarazy.domain.rejection import Rejection
from tarazy.law.calendar import Window, WindowUnit
from tarazy.law.ground import index
from tarazy.law.pack import Evidence, Field
from tarazy.law.safeguards import CompensationRule
from tarazy.law.terms import Mark
from tarazy.protocol.bodies import ClaimLodged
from tarazy.protocol.statement import Act
from tarazy.texts.catalogue import Language
from tarazy.texts.links import links_in
from tarazy.values.ids import AccountId, OfficerId, ParticipantId
from tarazy.values.replacing import replace
from tests.story import Network, StoreFor, robbed
from tests.story_people import COLLEAGUE, OFFICER
from tests.unit.agent.test_measure_notices import speaks
from tests.unit.agent.test_paid_in_part import OFFICE
from tests.unit.app.test_appeals import appealed, decided_here, reviewed, under_investigation

WORDS = "My card was refused at the pharmacy."
OVERTURNED = AppealOutcome.measure_overturned


@pytest.fixture
def network(store_for: StoreFor) -> Network:
    """A network in which the bank has overturned its own pause: an error stands in the register."""
    network = robbed(store_for)
    speaks(network, Language.en)
    network.report("t1")
    serve(network)
    decided_here(network, appealed(network), OVERTURNED)
    network.enrol("supervisor", "supervisor", "supervisor")
    return network


def serve(network: Network) -> None:
    network.at("bank-b", lambda tx, now: serve_due_notices(tx, OFFICE, EXCHANGE_ID, now))
    network.settle()


def the_error(network: Network) -> RecordedError:
    [error] = network.rows(EXCHANGE_ID, RECORDED_ERRORS)
    assert isinstance(error, RecordedError)
    return error


def claims(network: Network) -> list[Claim]:
    return network.rows(EXCHANGE_ID, CLAIMS, order=("amount_minor",))


def locally(network: Network) -> list[LocalClaim]:
    return network.rows("bank-b", LOCAL_CLAIMS, order=("amount_minor",))


def claimed(
    network: Network, sum_minor: int = 25_000, *, as_whom: Appellant = Appellant.holder, words: str = WORDS
) -> Claim:
    command = LodgeClaim(
        error_id=the_error(network).error_id,
        claimant=as_whom,
        road=AppealRoad.app,
        is_identified=True,
        heads=("money_out_of_use", "suffering", "not a head"),
        words=words,
        amount_minor=sum_minor,
        currency="KZT",
    )
    lodged = network.at("bank-b", lambda tx, now: lodge_claim(tx, command, EXCHANGE_ID, now))
    assert isinstance(lodged, LocalClaim), lodged
    network.settle()
    [claim] = network.rows(EXCHANGE_ID, CLAIMS, Condition("claim_id", "=", lodged.claim_id))
    assert isinstance(claim, Claim)
    return claim


def answered(
    network: Network,
    claim: Claim,
    status: ClaimStatus,
    minor: int = 0,
    *,
    by: str = "supervisor",
    officer: OfficerId = OFFICER,
) -> Claim | Rejection:
    command = AnswerClaim(
        claim_id=claim.claim_id,
        status=status,
        accepted_minor=minor,
        participant_id=ParticipantId(by),
        statement="",
    )
    signed = network.statement(by, Act.answer_claim, claim.claim_id, command.terms(), officer=officer)
    done = network.at(EXCHANGE_ID, lambda tx, now: answer_claim(tx, replace(command, statement=signed), now))
    network.settle()
    return done


def classified(network: Network, kind: ErrorKind | None) -> None:
    error = the_error(network)
    terms = (("kind", kind or ""), ("cause", error.cause.value))
    command = ClassifyError(
        error_id=error.error_id,
        kind=kind,
        participant_id=ParticipantId("supervisor"),
        statement=network.statement("supervisor", Act.classify_error, error.error_id, terms),
    )
    done = network.at(EXCHANGE_ID, lambda tx, now: classify_error(tx, command, now))
    assert isinstance(done, RecordedError), done
    network.settle()


def the_letter(network: Network) -> LocalError:
    serve(network)
    [letter] = network.at("bank-b", lambda tx, _: errors_told(tx, AccountId("mule")))
    return letter


def test_a_claim_is_kept_with_its_heads_and_nobodys_words_lie_open(network: Network) -> None:
    claim = claimed(network)
    assert (claim.status, claim.amount_minor, claim.currency) == (ClaimStatus.filed, 25_000, "KZT")
    assert claim.heads == ("money_out_of_use", "suffering")
    assert "pharmacy" not in repr(network.rows(EXCHANGE_ID, CLAIMS)) + repr(network.rows(EXCHANGE_ID, EVENTS))
    assert the_error(network).claim_minor == 25_000
    [local] = locally(network)
    assert (local.state, local.words) == ("filed", WORDS)


def test_the_same_claim_again_is_the_same_and_is_counted_once(network: Network) -> None:
    assert claimed(network).claim_id == claimed(network, 99_000).claim_id
    assert the_error(network).claim_minor == 25_000
    claimed(network, 5_000, as_whom=Appellant.other_affected, words="I was to be paid from it.")
    claimed(network, 7_000, as_whom=Appellant.other_affected, words="So was I.")
    assert [one.amount_minor for one in claims(network)] == [5_000, 7_000, 25_000]
    assert the_error(network).claim_minor == 37_000


def test_a_claim_in_another_currency_is_kept_and_not_added_up_with_this_one(network: Network) -> None:
    body = lodged_by(network, "USD")
    network.say("bank-b", body, body.claim_id)
    network.settle()
    assert [(one.amount_minor, one.currency) for one in claims(network)] == [(300, "USD")]
    assert the_error(network).claim_minor == 0


def lodged_by(network: Network, currency: str = "KZT") -> ClaimLodged:
    return ClaimLodged(
        claim_id="cl_1",
        error_id=the_error(network).error_id,
        claimant="holder",
        road="app",
        is_identified=True,
        heads=("other",),
        sealed_words=None,
        amount_minor=300,
        currency=currency,
        filed_at=network.now,
    )


def test_another_bank_claims_nothing_for_a_hold_that_is_not_its_own(network: Network) -> None:
    body = lodged_by(network)
    network.say("bank-a", body, body.claim_id)
    network.settle()
    assert [one.refusal for one in network.turned_down] == [Rejection.hold_not_of_sender]
    assert claims(network) == []
    network.turned_down.clear()


def test_what_is_accepted_is_owed_and_then_paid_and_the_error_is_closed(network: Network) -> None:
    classified(network, ErrorKind.negligence)
    claim = claimed(network)
    done = answered(network, claim, ClaimStatus.accepted, 20_000)
    assert isinstance(done, Claim), done
    assert (done.accepted_minor, done.forum, done.answered_by) == (20_000, "law.forum.court", OFFICER)
    assert the_error(network).status is ErrorStatus.disclosed
    answered(network, claim, ClaimStatus.settled, 20_000)
    assert the_error(network).status is ErrorStatus.closed
    [local] = locally(network)
    assert (local.state, local.accepted_minor, local.forum) == ("settled", 20_000, "law.forum.court")
    assert local.reasons


def test_a_refusal_names_the_court_and_is_the_last_word_here(network: Network) -> None:
    claim = claimed(network)
    answered(network, claim, ClaimStatus.refused)
    [local] = locally(network)
    assert (local.state, local.forum) == ("refused", "law.forum.court")
    assert answered(network, claim, ClaimStatus.accepted, 1) is Rejection.claim_has_ended


def test_what_is_accepted_in_full_is_sent_to_no_court(network: Network) -> None:
    done = answered(network, claimed(network), ClaimStatus.accepted, 25_000)
    assert isinstance(done, Claim)
    assert done.forum is None


@pytest.mark.parametrize(("status", "minor"), [("accepted", 25_001), ("accepted", 0), ("refused", 1)])
def test_a_sum_that_does_not_fit_the_answer_is_not_signed_away(network: Network, status: str, minor: int) -> None:
    claim = claimed(network)
    assert answered(network, claim, ClaimStatus(status), minor) is Rejection.claim_sum_not_accepted


def test_no_bank_answers_a_claim_or_opens_its_words(network: Network) -> None:
    claim = claimed(network)
    assert answered(network, claim, ClaimStatus.refused, by="bank-b") is Rejection.officer_not_entitled
    of_bank = Hand(ParticipantId("bank-a"), COLLEAGUE)
    assert network.at(EXCHANGE_ID, lambda tx, now: open_claim_words(tx, claim.claim_id, of_bank, now)) is None


def test_who_had_a_hand_in_the_measure_answers_no_claim_and_opens_no_words(store_for: StoreFor) -> None:
    """The prosecutor has overturned the measure: that is a hand in it too."""
    network = robbed(store_for)
    network.report("t1")
    assert isinstance(reviewed(network, under_investigation(network), OVERTURNED), Appeal)
    claim, reviewer = claimed(network), Hand(ParticipantId("prosecutor"), OFFICER)
    assert answered(network, claim, ClaimStatus.refused, by="prosecutor") is Rejection.same_hands
    assert network.at(EXCHANGE_ID, lambda tx, now: open_claim_words(tx, claim.claim_id, reviewer, now)) is None


def test_words_are_opened_by_whoever_answers_and_that_is_recorded(network: Network) -> None:
    claim = claimed(network)
    reader = Hand(ParticipantId("supervisor"), OFFICER)
    assert network.at(EXCHANGE_ID, lambda tx, now: open_claim_words(tx, claim.claim_id, reader, now)) == WORDS
    assert [one.kind for one in network.rows(EXCHANGE_ID, EVENTS) if one.kind == "claim_words_read"]


def test_without_a_time_in_the_law_no_clock_runs(network: Network) -> None:
    assert claimed(network).due_at is None
    assert [row for row in network.rows(EXCHANGE_ID, DEADLINES) if row.duty == Duty.answer_claim] == []


def test_where_the_law_names_a_time_a_clock_runs_and_the_answer_meets_it(network: Network) -> None:
    before = network.exchange.setting_at
    data = network.setting(EXCHANGE_ID).pack.data
    ours = Evidence(mark=Mark.default, norms=(), source=None, question=None, confirmed_by=None)
    rule = CompensationRule(forum="law.forum.regional_court", answer_within=Window(10, WindowUnit.days24))
    pack = index(replace(data, general=replace(data.general, compensation=Field(value=rule, evidence=ours))))
    network.exchange = replace(network.exchange, setting_at=lambda now: replace(before(now), pack=pack))
    claim = claimed(network)
    assert claim.due_at == network.now.plus(timedelta(days=10))
    [local] = locally(network)
    assert local.due_at == claim.due_at
    done = answered(network, claim, ClaimStatus.refused)
    assert isinstance(done, Claim)
    assert done.forum == "law.forum.regional_court"
    [duty] = [row for row in network.rows(EXCHANGE_ID, DEADLINES) if row.duty == Duty.answer_claim]
    assert duty.status == "met"


def test_the_holder_reads_of_the_error_and_of_their_right_in_a_letter(network: Network) -> None:
    letter = the_letter(network)
    said = "\n".join((letter.subject or "", *letter.paragraphs))
    assert "An error was recorded about your money" in said
    assert "Overturned on appeal" in said
    assert "you can claim compensation" in said
    assert "Constitution of Kazakhstan of 2026, article 15(6)" in said
    assert "names no time for the answer" in said
    assert letter.code
    assert links_in(said) == []
    classified(network, None)
    assert [(one.state, one.subject) for one in network.rows("bank-b", LOCAL_ERRORS)] == [("dismissed", letter.subject)]


@pytest.mark.parametrize("of_letter", [True, False])
def test_a_claim_by_code_of_the_letter_or_of_the_notice(network: Network, of_letter: bool) -> None:
    code = the_letter(network).code if of_letter else network.rows("bank-b", SERVED_NOTICES)[0].code
    network.banks["bank-b"].is_away = True
    by_code(network, code or "")
    shown = network.now
    network.wait(hours=1)
    network.banks["bank-b"].is_away = False
    network.settle()
    [claim] = claims(network)
    assert (claim.filed_at, claim.road, claim.is_identified) == (shown, AppealRoad.code, False)
    assert (claim.amount_minor, claim.heads) == (4_000, ("income_lost",))
    assert claim.sealed_words is not None
    assert network.setting(EXCHANGE_ID).unseal(claim.sealed_words) == WORDS


def by_code(network: Network, code: str) -> None:
    command = ClaimWithCode(
        participant_id=ParticipantId("bank-b"),
        code=f" {code.lower()} ",
        heads=("income_lost",),
        words=WORDS,
        amount_minor=4_000,
        currency="KZT",
    )
    assert network.at(EXCHANGE_ID, lambda tx, now: claim_with_code(tx, command, now)) is None


def test_a_wrong_code_claims_nothing(network: Network) -> None:
    by_code(network, "0000000000")
    network.settle()
    assert claims(network) == []
    assert network.turned_down == []
