"""Which use case takes which kind of message at the exchange."""

from tarazy.app.answers import answer_reads, order_was_refused, take_answers
from tarazy.app.appeals import take_appeals_lodged
from tarazy.app.citizen_requests import citizen_request_was_refused, take_request_states
from tarazy.app.claims import take_claims_lodged
from tarazy.app.codes import take_codes_answered
from tarazy.app.completing import take_appeals_completed
from tarazy.app.consent import payment_was_refused, take_returns_taken_back
from tarazy.app.deferring import deferral_was_refused
from tarazy.app.filing import report_reads, take_reports
from tarazy.app.hearing import take_hearings_answered, take_hearings_told
from tarazy.app.holding import (
    notice_reads,
    take_confirmations,
    take_let_go,
    take_notices_served,
    take_returns_offered,
)
from tarazy.app.joining import take_joins_decided
from tarazy.app.mandates import take_mandates
from tarazy.app.measures import measure_was_refused, take_measures_told
from tarazy.app.messages import Handler, ReadsFor, WhenRefused
from tarazy.app.paper import take_papers_told
from tarazy.app.reviewing import take_appeals_decided
from tarazy.app.warning_victims import take_victims_warned
from tarazy.app.withdrawing import take_withdrawals

EXCHANGE_READS: dict[str, ReadsFor] = {
    "report_filed": report_reads,
    "answer": answer_reads,
    "notice_served": notice_reads,
}
EXCHANGE_REFUSED: dict[str, WhenRefused] = {
    "follow_order": order_was_refused,
    "pay_order": payment_was_refused,
    "measure_order": measure_was_refused,
    "defer_order": deferral_was_refused,
    "citizen_request": citizen_request_was_refused,
}
EXCHANGE_HANDLERS: dict[str, Handler] = {
    "report_filed": take_reports,
    "answer": take_answers,
    "hold_confirmed": take_confirmations,
    "hold_let_go": take_let_go,
    "notice_served": take_notices_served,
    "return_offered": take_returns_offered,
    "return_taken_back": take_returns_taken_back,
    "mandate_signed": take_mandates,
    "report_withdrawn": take_withdrawals,
    "join_decided": take_joins_decided,
    "measure_told": take_measures_told,
    "appeal_lodged": take_appeals_lodged,
    "appeal_completed": take_appeals_completed,
    "appeal_decided": take_appeals_decided,
    "claim_lodged": take_claims_lodged,
    "code_answered": take_codes_answered,
    "request_state": take_request_states,
    "victim_warned": take_victims_warned,
    "hearing_told": take_hearings_told,
    "hearing_answered": take_hearings_answered,
    "paper_told": take_papers_told,
}
