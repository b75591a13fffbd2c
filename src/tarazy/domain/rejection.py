"""Every lawful 'no', in one closed list. Each has a text in three languages and a place in the HTTP table."""

from enum import StrEnum


class Rejection(StrEnum):
    """Why a command was not carried out. Nothing was changed by it."""

    # messages
    kind_not_taken_here = "kind_not_taken_here"
    reference_not_for_us = "reference_not_for_us"
    piece_is_empty = "piece_is_empty"
    order_unknown = "order_unknown"
    answer_does_not_add_up = "answer_does_not_add_up"
    answer_out_of_piece = "answer_out_of_piece"
    answer_not_from_asked = "answer_not_from_asked"
    answer_takes_back_money_that_left = "answer_takes_back_money_that_left"
    # reports
    statement_does_not_stand = "statement_does_not_stand"
    claim_above_transfer = "claim_above_transfer"
    payee_participant_unknown = "payee_participant_unknown"
    currency_of_case_differs = "currency_of_case_differs"
    report_known_with_other_facts = "report_known_with_other_facts"
    report_unknown = "report_unknown"
    report_has_ended = "report_has_ended"
    report_not_of_sender = "report_not_of_sender"
    transfer_not_outgoing = "transfer_not_outgoing"
    booked_in_future = "booked_in_future"
    offence_unknown = "offence_unknown"
    fact_unknown = "fact_unknown"
    # mandates and measures
    mandate_unknown = "mandate_unknown"
    mandate_not_in_force = "mandate_not_in_force"
    mandate_known_with_other_terms = "mandate_known_with_other_terms"
    measure_refused_by_law = "measure_refused_by_law"
    # holds
    hold_unknown = "hold_unknown"
    hold_not_of_sender = "hold_not_of_sender"
    hold_has_ended = "hold_has_ended"
    hold_is_confirmed = "hold_is_confirmed"
    hold_not_placed = "hold_not_placed"
    end_beyond_terms = "end_beyond_terms"
    amount_above_hold = "amount_above_hold"
    reasons_missing = "reasons_missing"
    reasons_not_individual = "reasons_not_individual"
    # cases
    case_unknown = "case_unknown"
    incident_unknown = "incident_unknown"
    join_unknown = "join_unknown"
    join_is_decided = "join_is_decided"
    registration_malformed = "registration_malformed"
    registered_in_future = "registered_in_future"
    # authorisations
    authorisation_unknown = "authorisation_unknown"
    authorisation_malformed = "authorisation_malformed"
    authorisation_known_under_another_id = "authorisation_known_under_another_id"
    authorisation_is_confirmed = "authorisation_is_confirmed"
    authorisation_needs_another_officer = "authorisation_needs_another_officer"
    authorisation_has_ended = "authorisation_has_ended"
    authorisation_does_not_stand = "authorisation_does_not_stand"
    authorisation_does_not_cover = "authorisation_does_not_cover"
    # returns and refunds
    checks_missing = "checks_missing"
    lane_unknown = "lane_unknown"
    refund_terms_differ = "refund_terms_differ"
    return_revoked = "return_revoked"
    nothing_held = "nothing_held"
    # entries
    entry_malformed = "entry_malformed"
    account_unknown = "account_unknown"
    account_known_with_other_facts = "account_known_with_other_facts"
    currency_of_account_differs = "currency_of_account_differs"
    transfer_credited_twice = "transfer_credited_twice"
    line_has_too_many_gaps = "line_has_too_many_gaps"
    batch_known_with_other_content = "batch_known_with_other_content"
    # people
    officer_not_entitled = "officer_not_entitled"
