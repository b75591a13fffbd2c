"""Which use case takes which kind of message at an agent."""

from tarazy.agent.appeals import take_appeal_states
from tarazy.agent.authority import with_authority
from tarazy.agent.citizen_requests import take_citizen_requests
from tarazy.agent.claims import take_claim_states, take_claims_by_code, take_errors_told
from tarazy.agent.consent import with_consent
from tarazy.agent.deferring import take_defer_orders, take_lifts
from tarazy.agent.ending import take_pay_orders, take_release_orders
from tarazy.agent.following import follow_reads, take_follow_orders
from tarazy.agent.hearing import take_hearings_asked, with_hearing
from tarazy.agent.joining import take_join_updates
from tarazy.agent.measures import take_lift_orders, take_measure_orders
from tarazy.agent.presented_codes import take_codes_presented
from tarazy.agent.report_news import take_report_updates
from tarazy.app.messages import Handler, ReadsFor

AGENT_READS: dict[str, ReadsFor] = {"follow_order": follow_reads}
AGENT_HANDLERS: dict[str, Handler] = {
    "follow_order": take_follow_orders,
    "release_order": take_release_orders,
    "pay_order": with_consent(with_authority(with_hearing(take_pay_orders))),
    "report_update": take_report_updates,
    "join_update": take_join_updates,
    "measure_order": take_measure_orders,
    "lift_order": take_lift_orders,
    "defer_order": take_defer_orders,
    "lift_deferral": take_lifts,
    "appeal_state": take_appeal_states,
    "code_presented": take_codes_presented,
    "error_told": take_errors_told,
    "claim_state": take_claim_states,
    "claim_by_code": take_claims_by_code,
    "citizen_request": take_citizen_requests,
    "hearing_asked": take_hearings_asked,
}
