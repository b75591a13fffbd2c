"""Every code that the gate itself can say. Each has a text in Kazakh, Russian and English (texts/law)."""

from enum import StrEnum


class Code(StrEnum):
    """Outcomes of the nine tests; the member's value is the code of its text."""

    T1_passed = "law.T1.passed"
    no_rule = "law.T1.no_rule"
    lane_not_named = "law.T1.lane_not_named"
    no_norm_in_force = "law.T1.no_norm_in_force"
    role_not_allowed = "law.T1.role_not_allowed"
    no_mandate = "law.T1.no_mandate"

    T2_passed = "law.T2.passed"
    value_unsure = "law.T2.value_unsure"
    value_missing = "law.T2.value_missing"

    T3_passed = "law.T3.passed"
    no_aim = "law.T3.no_aim"
    aim_not_listed = "law.T3.aim_not_listed"
    outside_purpose = "law.T3.outside_purpose"

    T4_passed = "law.T4.passed"
    no_facts = "law.T4.no_facts"
    only_scores = "law.T4.only_scores"
    no_counting_fact = "law.T4.no_counting_fact"
    report_unsigned = "law.T4.report_unsigned"
    no_offence = "law.T4.no_offence"
    offence_unknown = "law.T4.offence_unknown"
    offence_not_in_force = "law.T4.offence_not_in_force"
    no_registration = "law.T4.no_registration"
    no_hiding_risk = "law.T4.no_hiding_risk"

    T5_passed = "law.T5.passed"
    suitability_missing = "law.T5.suitability_missing"

    T6_passed = "law.T6.passed"
    milder_unanswered = "law.T6.milder_unanswered"

    T7_passed = "law.T7.passed"
    no_amount = "law.T7.no_amount"
    no_traced_sum = "law.T7.no_traced_sum"
    no_claim = "law.T7.no_claim"
    no_ceiling = "law.T7.no_ceiling"
    whole_account = "law.T7.whole_account"
    above_traced = "law.T7.above_traced"
    above_claim = "law.T7.above_claim"
    above_ceiling = "law.T7.above_ceiling"
    protected_money = "law.T7.protected_money"
    no_duration = "law.T7.no_duration"
    above_duration = "law.T7.above_duration"
    above_total = "law.T7.above_total"
    no_more_extensions = "law.T7.no_more_extensions"
    no_new_fact = "law.T7.no_new_fact"
    calendar_ends = "law.T7.calendar_ends"
    impact_missing = "law.T7.impact_missing"

    T8_passed = "law.T8.passed"
    no_named_officer = "law.T8.no_named_officer"
    no_notice_rule = "law.T8.no_notice_rule"
    no_remedy_rule = "law.T8.no_remedy_rule"
    awaits_authorisation = "law.T8.awaits_authorisation"
    authorisation_of_another = "law.T8.authorisation_of_another"
    authorisation_has_ended = "law.T8.authorisation_has_ended"
    authorisation_too_small = "law.T8.authorisation_too_small"
    consent_missing = "law.T8.consent_missing"
    receiver_not_heard = "law.T8.receiver_not_heard"
    receiver_objects = "law.T8.receiver_objects"
    paid_without_hearing = "law.T8.paid_without_hearing"

    T9_passed = "law.T9.passed"
    denied_feature = "law.T9.denied_feature"

    not_examined = "law.not_examined"


class Instead(StrEnum):
    """Steps that would be lawful instead."""

    allowed_sum = "law.instead.allowed_sum"
    shorter = "law.instead.shorter"
    motion_to_judge = "law.instead.motion_to_judge"
    register_case = "law.instead.register_case"
    name_risk = "law.instead.name_risk"
    pause_unexecuted = "law.instead.pause_unexecuted"
    data_request = "law.instead.data_request"
    keep_until_decision = "law.instead.keep_until_decision"
    confirm_value = "law.instead.confirm_value"
    complete_pack = "law.instead.complete_pack"
    right_role = "law.instead.right_role"
    sign_mandate = "law.instead.sign_mandate"
    sign_report = "law.instead.sign_report"
    add_fact = "law.instead.add_fact"
    other_forum = "law.instead.other_forum"
    name_offence = "law.instead.name_offence"
    name_aim = "law.instead.name_aim"
    give_reasons = "law.instead.give_reasons"
    answer_milder = "law.instead.answer_milder"
    name_sum_and_period = "law.instead.name_sum_and_period"
    name_officer = "law.instead.name_officer"
    ask_authorisation = "law.instead.ask_authorisation"
    ask_consent = "law.instead.ask_consent"
    hear_receiver = "law.instead.hear_receiver"
    refund_by_court = "law.instead.refund_by_court"
    drop_feature = "law.instead.drop_feature"


class ReadinessCode(StrEnum):
    """Whether a measure can be taken under a pack today."""

    works = "law.readiness.works"
    blocked = "law.readiness.blocked"
    absent = "law.readiness.absent"
