"""Reading the fields of a rule that guard a measure: threshold, urgency, authority, notice, remedies, lapse, review."""

from datetime import timedelta

from tarazy.law.calendar import Window
from tarazy.law.node import NONE, Node
from tarazy.law.safeguards import (
    AuthorisationRule,
    Burden,
    CompensationRule,
    Consent,
    CountFrom,
    DeferralRule,
    DeferralStep,
    IfMissed,
    IfRefused,
    Kept,
    KeptUntil,
    LapseRule,
    NoticeRule,
    OffenceClass,
    Remedy,
    RemedyFrom,
    ReportLimits,
    Retention,
    ReviewerNot,
    ReviewRule,
    Silence,
    Suspicion,
    Threshold,
    Told,
    UrgentEnds,
    UrgentRule,
    at_least,
)
from tarazy.law.terms import ActorRole
from tarazy.values.ids import NormId

LATE_ACCEPTED = "accepted"


def read_threshold(node: Node) -> Threshold:
    """Read how grave an offence must be."""
    node.fields(["classes", "penalty_years_min", "suspicion"])
    years, suspicion = node.get("penalty_years_min"), node.get("suspicion")
    return Threshold(
        classes=frozenset()
        if node.get("classes").value == NONE
        else frozenset(node.get("classes").members(OffenceClass)),
        penalty_years_min=None if years.value == NONE else years.integer(1),
        suspicion=None if suspicion.value == NONE else suspicion.member(Suspicion),
    )


def read_urgent(node: Node) -> UrgentRule:
    """Read whether a measure may begin before it is authorised. One that may names the longest time; no other does."""
    node.fields(["allowed"], ["consent", "tell", "longest"])
    allowed = node.get("allowed").yes()
    if allowed is not node.has("longest"):
        raise node.fault("`longest` where an urgent beginning is allowed, and only there")
    return UrgentRule(
        allowed=allowed,
        consent=_consent(node.get("consent")),
        tell=tuple(_told(item) for item in node.get("tell").items()) if node.has("tell") else (),
        longest=_span(node.get("longest")) if allowed else timedelta(0),
    )


def _consent(node: Node) -> Consent | None:
    if node.value is None or node.value == NONE:
        return None
    node.fields(["by", "prior"])
    return Consent(by=node.get("by").member(ActorRole), prior=node.get("prior").yes())


def _told(node: Node) -> Told:
    node.fields(["who", "within"])
    return Told(who=node.get("who").member(ActorRole), within=_span(node.get("within")))


def read_urgent_ends(node: Node) -> UrgentEnds:
    """Read what becomes of a measure begun urgently."""
    node.fields(["if_not_filed", "if_not_decided", "if_refused"])
    return UrgentEnds(
        if_not_filed=node.get("if_not_filed").member(IfMissed),
        if_not_decided=node.get("if_not_decided").member(IfMissed),
        if_refused=node.get("if_refused").member(IfRefused),
    )


def read_authorisation(node: Node) -> AuthorisationRule:
    """Read who authorises. A time may say from when it runs: ``{span: 48 h, from: begun}``."""
    node.fields(["by", "prior"], ["file_within", "decide_within"])
    file_within, file_from = _counted(node.get("file_within"), CountFrom.begun)
    decide_within, decide_from = _counted(node.get("decide_within"), CountFrom.filed)
    return AuthorisationRule(
        by=node.get("by").member(ActorRole),
        prior=node.get("prior").yes(),
        file_within=file_within,
        decide_within=decide_within,
        file_from=file_from,
        decide_from=decide_from,
    )


def _counted(node: Node, usual: CountFrom) -> tuple[Window | None, CountFrom]:
    if not isinstance(node.value, dict):
        return node.window_or_none(), usual
    node.fields(["span", "from"])
    return node.get("span").window(), node.get("from").member(CountFrom)


def read_notice(node: Node) -> NoticeRule:
    """Read who is told, within what time, and from when it runs: from the beginning, where the rule does not say."""
    node.fields(["to", "within"], ["from"])
    since = node.get("from").member(CountFrom) if node.has("from") else CountFrom.begun
    return NoticeRule(to=node.get("to").text(), within=_span(node.get("within")), since=since)


def read_deferral(node: Node) -> DeferralRule:
    """Read how a notice may be put off: in steps, or by one authority for one time (``by`` and ``max``)."""
    if node.has("steps"):
        node.fields(["steps", "total"], ["grounds"])
        steps = tuple(_step(item) for item in node.get("steps").items())
        if not steps:
            raise node.get("steps").fault("at least one step")
        return DeferralRule(grounds=node.get("grounds").texts(), steps=steps, total=node.get("total").window())
    node.fields(["by", "max"], ["grounds"])
    longest = node.get("max").window()
    step = DeferralStep(by=node.get("by").member(ActorRole), each=longest, times=1)
    return DeferralRule(grounds=node.get("grounds").texts(), steps=(step,), total=longest)


def _step(node: Node) -> DeferralStep:
    node.fields(["by", "each", "times"])
    return DeferralStep(
        by=node.get("by").member(ActorRole), each=node.get("each").window(), times=node.get("times").integer(1)
    )


def read_remedy(node: Node) -> Remedy:
    """Read a forum and its times."""
    node.fields(
        ["forum"],
        [
            "forum_kind", "file_within", "decide_within", "norm", "from", "again_from", "with_hearing",
            "officials_answer", "burden", "silence", "suspensive", "untold", "late", "final", "reviewer_not",
            "sums_up_to",
        ],
    )  # fmt: skip
    filing, deciding = node.get("file_within").window_or_none(), node.get("decide_within").window_or_none()
    norm, late = node.get("norm").text_or_none(), node.get("late").text_or_none()
    if late is not None and late != LATE_ACCEPTED:
        raise node.get("late").fault(LATE_ACCEPTED)
    return Remedy(
        forum=node.get("forum").text(),
        file_within=None if filing is None else at_least(filing),
        decide_within=None if deciding is None else at_least(deciding),
        norm_id=None if norm is None else NormId(norm),
        forum_kind=node.get("forum_kind").member(ActorRole) if node.has("forum_kind") else None,
        filing=filing,
        deciding=deciding,
        since=node.get("from").member(RemedyFrom) if node.has("from") else RemedyFrom.learned,
        again_from=node.get("again_from").members(RemedyFrom) if node.has("again_from") else (),
        with_hearing=node.get("with_hearing").window_or_none(),
        officials_answer=node.get("officials_answer").window_or_none(),
        burden=node.get("burden").member(Burden) if node.has("burden") else None,
        silence=node.get("silence").member(Silence) if node.has("silence") else None,
        is_suspensive=_is_yes(node, "suspensive"),
        untold=_untold(node.get("untold")),
        accepts_late=late is not None,
        is_final=_is_yes(node, "final"),
        reviewer_not=node.get("reviewer_not").member(ReviewerNot) if node.has("reviewer_not") else None,
        sums_up_to=node.get("sums_up_to").integer_or_none(),
    )


def _untold(node: Node) -> Window | None:
    """Read ``6 months`` or ``{span: 6 months}``."""
    if not isinstance(node.value, dict):
        return node.window_or_none()
    node.fields(["span"])
    return node.get("span").window()


def _is_yes(node: Node, key: str) -> bool:
    return node.get(key).yes() if node.has(key) else False


def read_lapse(node: Node) -> LapseRule:
    """Read who ends a measure when its time is over."""
    node.fields(["by"], ["tell"])
    tell = node.get("tell").members(ActorRole) if node.has("tell") else ()
    return LapseRule(by=node.get("by").member(ActorRole), tell=tell)


def read_review(node: Node) -> ReviewRule:
    """Read how often somebody must look again."""
    node.fields(["every", "by", "if_missed"])
    return ReviewRule(
        every=node.get("every").window(),
        by=node.get("by").member(ActorRole),
        if_missed=node.get("if_missed").member(IfMissed),
    )


def read_compensation(node: Node) -> CompensationRule:
    """Read where harm from a wrongful measure is claimed."""
    node.fields(["forum"], ["answer_within"])
    return CompensationRule(
        forum=node.get("forum").text(),
        answer_within=node.get("answer_within").window() if node.has("answer_within") else None,
    )


def read_retention(node: Node) -> Retention:
    """Read what is kept and for how long: a span, or an event such as ``until_case_ends``."""
    node.fields(["what", "for"])
    lasting = node.get("for")
    is_event = isinstance(lasting.value, str) and lasting.value.startswith("until_")
    return Retention(
        what=node.get("what").member(Kept),
        lasting=None if is_event else lasting.window(),
        until=lasting.member(KeptUntil) if is_event else None,
    )


def read_release_within(node: Node) -> timedelta:
    """Read ``1 min``, or a span in hours."""
    minutes = node.text().removesuffix(" min")
    if minutes.isdecimal() and node.text().endswith(" min") and int(minutes) > 0:
        return timedelta(minutes=int(minutes))
    return _span(node)


def read_report_limits(node: Node) -> ReportLimits:
    """Read where a report carries nothing automatic any more."""
    node.fields(["least_sum_minor", "currency", "per_payer_days", "per_payer_max", "per_pair_max"])
    return ReportLimits(
        least_sum_minor=node.get("least_sum_minor").integer(1),
        currency=node.get("currency").text(),
        per_payer_days=node.get("per_payer_days").integer(1),
        per_payer_max=node.get("per_payer_max").integer(1),
        per_pair_max=node.get("per_pair_max").integer(1),
    )


def _span(node: Node) -> timedelta:
    window = node.fixed_window_or_none()
    if window is None or window.fixed is None:
        raise node.fault("a span in hours or times 24 hours")
    return window.fixed
