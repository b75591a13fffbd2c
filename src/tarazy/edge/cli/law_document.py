"""How ``tarazy law`` writes its answers for programs: one JSON object. Amounts are minor units, spans are seconds."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from tarazy.edge.cli.law_text import Voice
from tarazy.law.assessment import Assessment, NoticePlan, TestOutcome
from tarazy.law.readiness import Readiness

Document = None | bool | int | str | Sequence["Document"] | Mapping[str, "Document"]


def assessment_document(answer: Assessment, currency: str, voice: Voice) -> Document:
    """Return the whole answer; every code comes with its text."""
    return {
        "pack_id": answer.pack_id,
        "pack_version": answer.pack_version,
        "is_demonstration": answer.is_demonstration,
        "measure": answer.measure,
        "lane": answer.lane,
        "at": answer.at.text(),
        "verdict": answer.verdict,
        "tests": [_test(outcome, voice) for outcome in answer.tests],
        "norm_ids": list(answer.norm_ids),
        "norm_versions": list(answer.norm_versions),
        "currency": currency,
        "cap_minor": answer.cap_minor,
        "max_duration_seconds": _seconds(answer.max_duration),
        "expires_at": None if answer.expires_at is None else answer.expires_at.text(),
        "confirm_within_seconds": _seconds(answer.confirm_within),
        "authorisation_by": answer.authorisation_by,
        "authorisation_within_seconds": _seconds(answer.authorisation_within),
        "notice": _notice(answer.notice),
        "remedies": [
            {
                "forum": remedy.forum,
                "text": voice.say(remedy.forum),
                "file_within_seconds": _seconds(remedy.file_within),
                "decide_within_seconds": _seconds(remedy.decide_within),
                "norm_id": remedy.norm_id,
            }
            for remedy in answer.remedies
        ],
        "lawful_instead": [
            {
                "code": step.code,
                "text": voice.say(step.code, step.params),
                "amount_minor": step.amount_minor,
                "measure": step.measure,
            }
            for step in answer.lawful_instead
        ],
        "duties": [
            {"who": duty.who, "code": duty.code, "text": voice.say(duty.code), "within_seconds": _seconds(duty.within)}
            for duty in answer.duties
        ],
        "open_questions": list(answer.open_questions),
        "caveats": list(answer.caveats),
        "tracing_method": answer.tracing_method,
    }


def readiness_document(rows: Iterable[Readiness], voice: Voice) -> Document:
    """Return one object for each measure."""
    return [
        {
            "measure": row.measure,
            "lane": row.lane,
            "state": row.state.name,
            "questions": [
                {"number": number, "text": voice.say(code)}
                for number, code in zip(row.questions, row.question_codes, strict=True)
            ],
            "signers": [voice.say(code) for code in row.signers],
            "blocked_at": list(row.blocked_at),
            "not_in_force": list(row.not_in_force),
            "confirmed_by": list(row.confirmed_by),
            "caveats": list(row.caveats),
        }
        for row in rows
    ]


def _test(outcome: TestOutcome, voice: Voice) -> Document:
    return {
        "test": outcome.test,
        "passed": outcome.passed,
        "code": outcome.code,
        "text": voice.say(outcome.code, outcome.params),
        "more": [{"code": reason.code, "text": voice.say(reason.code, reason.params)} for reason in outcome.more],
        "norms": [
            {"id": norm.version_id, "title": voice.say(norm.title_code), "mark": norm.mark} for norm in outcome.norms
        ],
    }


def _notice(plan: NoticePlan | None) -> Document:
    if plan is None:
        return None
    return {
        "to": plan.to,
        "within_seconds": _seconds(plan.within),
        "deferral_grounds": list(plan.deferral_grounds),
        "deferral_by": plan.deferral_by,
        "deferral_max_seconds": _seconds(plan.deferral_max),
    }


def _seconds(span: timedelta | None) -> int | None:
    return None if span is None else span // timedelta(seconds=1)
