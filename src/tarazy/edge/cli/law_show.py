"""What ``tarazy law show`` prints of a pack: its norms through time, and the rules of a measure field by field."""

from collections.abc import Iterable
from dataclasses import fields as fields_of_class
from dataclasses import is_dataclass
from datetime import timedelta

from tarazy.edge.cli.law_text import Voice
from tarazy.law.assessment import NormVersion
from tarazy.law.calendar import Window
from tarazy.law.ground import Pack, fields_of
from tarazy.law.pack import Evidence, MeasureRule


def summary_lines(pack: Pack, voice: Voice) -> list[str]:
    """Return the rules of a pack, and its norms with every version."""
    lines = [f"{voice.heading('measure')}:"]
    lines += [f"  {_name(rule)}  {_period(rule.valid_from, rule.valid_to)}  {rule.file}" for rule in pack.data.rules]
    lines.append(f"{voice.heading('norms')}:")
    for norm in pack.data.norms.values():
        lines += [f"  {norm.norm_id}"]
        lines += [f"    {line}" for version in norm.versions for line in _version_lines(version, voice)[:1]]
    return lines


def item_lines(pack: Pack, item: str, voice: Voice) -> list[str]:
    """Return everything of one norm, one version or one measure; nothing where the pack has no such item."""
    versions = [
        version
        for norm in pack.data.norms.values()
        for version in norm.versions
        if item in {norm.norm_id, version.version_id}
    ]
    if versions:
        return [line for version in versions for line in _version_lines(version, voice)]
    rules = [rule for rule in pack.data.rules if item in {rule.measure.value, _name(rule)}]
    return [line for rule in rules for line in _rule_lines(rule, voice)]


def _version_lines(version: NormVersion, voice: Voice) -> list[str]:
    mark, title = voice.say(f"law.mark.{version.mark}"), voice.say(version.title_code)
    lines = [
        f"{version.version_id}  {_period(version.valid_from, version.valid_to)}  [{mark}]  {title}",
        f"    {voice.heading('source')}: {voice.source(version.source)}",
    ]
    if version.question is not None:
        lines.append(f"    {voice.heading('questions')}: № {version.question}")
    if version.confirmed_by is not None:
        lines.append(f"    {voice.heading('confirmed_by')}: {version.confirmed_by}")
    return lines


def _rule_lines(rule: MeasureRule, voice: Voice) -> list[str]:
    lines = [
        f"{_name(rule)}  {_period(rule.valid_from, rule.valid_to)}  {rule.file}",
        f"  norms: {', '.join(rule.norms)}",
    ]
    for name, field in fields_of(rule).items():
        if field is None:
            lines.append(f"  {name}: {voice.heading('none')}!")
        else:
            lines += [f"  {name}: {value_text(field.value)}", f"      {_evidence(field.evidence, voice)}"]
    return lines


def _evidence(evidence: Evidence, voice: Voice) -> str:
    parts = [f"[{voice.say(f'law.mark.{evidence.mark}')}]", ", ".join(evidence.norms)]
    if evidence.question is not None:
        parts.append(f"{voice.heading('questions')}: № {evidence.question}")
    if evidence.confirmed_by is not None:
        parts.append(f"{voice.heading('confirmed_by')}: {evidence.confirmed_by}")
    return "  ".join(part for part in parts if part)


def value_text(value: object) -> str:
    """Return a value of a rule in one line."""
    match value:
        case None:
            return "none"
        case bool():
            return "yes" if value else "no"
        case Window():
            return value.text()
        case timedelta():
            return f"{value // timedelta(hours=1)} h"
        case frozenset():
            return _joined(sorted(value_text(item) for item in value))
        case tuple():
            return _joined(value_text(item) for item in value)
        case _ if is_dataclass(value):
            named = {field.name: getattr(value, field.name) for field in fields_of_class(value)}
            return ", ".join(f"{name} {value_text(item)}" for name, item in named.items() if item not in (None, ()))
        case _:
            return str(value)


def _joined(items: Iterable[str]) -> str:
    return " | ".join(items) or "none"


def _name(rule: MeasureRule) -> str:
    return rule.measure.value if rule.lane is None else f"{rule.measure}-{rule.lane}"


def _period(first: object, last: object) -> str:
    return f"{first} … {last or ''}".rstrip()
