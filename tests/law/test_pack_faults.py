"""A pack at fault is refused, and the fault says which file, where in it, and what was expected."""

import pytest
import yaml

from tarazy.adapters.packs import load_pack, pack_files, pack_ids
from tarazy.law.node import PackFault
from tarazy.law.parse import parse_pack
from tarazy.simulation.closing_law import closing_files

CHANGES = {
    "a field that nobody knows": (
        "measures/M5.yaml",
        "valid_from: 2023-11-16",
        "valid_from: 2023-11-16\nvalid_until: 2024-01-01",
        "measures/M5.yaml: unknown field 'valid_until'",
    ),
    "a field twice": (
        "measures/M5.yaml",
        "measure: M5",
        "measure: M5\nmeasure: M4b",
        "measures/M5.yaml: expected YAML: the key 'measure' stands twice",
    ),
    "no YAML at all": ("norms.yaml", "norms:", "norms: [", "norms.yaml: expected YAML"),
    "a measure that does not exist": ("measures/M5.yaml", "measure: M5", "measure: M99", "measure: expected one of M1"),
    "a span in words": (
        "measures/M5.yaml",
        "file_within: {span: 48 h,",
        "file_within: {span: two days,",
        "measures/M5.yaml: authorisation.value.file_within.span: expected a span such as '48 h'",
    ),
    "a notice whose time needs a calendar": (
        "measures/M4b.yaml",
        "to: law.person.holder, within: 0 h",
        "to: law.person.holder, within: 2 working days",
        "measures/M4b.yaml: notice.value.within: expected a span in hours",
    ),
    "a deferral of no notice": (
        "measures/M5.yaml",
        "notice: {value: {to: law.person.holder, within: 24 h, from: taken}, mark: verified",
        "notice: {value: none, mark: verified",
        "measures/M5.yaml: deferral: expected a notice that could be put off",
    ),
    "papers that leave one out": (
        "measures/M5.yaml",
        "hiding_risk: yes, ",
        "",
        "measures/M5.yaml: basis.value: expected the field 'hiding_risk'",
    ),
    "a value without a mark": (
        "measures/M5.yaml",
        "confirmation: {value: none, mark: default}",
        "confirmation: {value: none}",
        "measures/M5.yaml: confirmation: expected the field 'mark'",
    ),
    "certainty without a source": (
        "measures/M5.yaml",
        "confirmation: {value: none, mark: default}",
        "confirmation: {value: none, mark: verified}",
        "expected a norm or a source behind a value marked verified",
    ),
    "doubt without a question": (
        "measures/M5.yaml",
        "confirmation: {value: none, mark: default}",
        "confirmation: {value: none, mark: unsure}",
        "expected the number of the open question",
    ),
    "a question that is not asked": (
        "measures/M5.yaml",
        "caveats: [8, 15, 16, 21]",
        "caveats: [88]",
        "measures/M5.yaml: caveats: expected a question of questions.yaml, found 88",
    ),
    "a norm that is not there": (
        "measures/M5.yaml",
        "norms: [kz-cpc-161-9, kz-const-property]",
        "norms: [kz-cpc-161-99, kz-const-property]",
        "measures/M5.yaml: expected a norm of norms.yaml, found 'kz-cpc-161-99'",
    ),
    "versions that overlap": (
        "norms.yaml",
        'id: kz-const-2026-12, article: "12", valid_from: 2026-07-01',
        'id: kz-const-2026-12, article: "12", valid_from: 2026-06-30',
        "norms.yaml: kz-const-remedy: versions kz-const-1995-13 and kz-const-2026-12 overlap",
    ),
    "a gap between versions": (
        "norms.yaml",
        'id: kz-const-2026-12, article: "12", valid_from: 2026-07-01',
        'id: kz-const-2026-12, article: "12", valid_from: 2026-07-02',
        "norms.yaml: kz-const-remedy: a gap between versions kz-const-1995-13 and kz-const-2026-12",
    ),
    "a date that is a text": (
        "norms.yaml",
        'id: kz-const-2026-12, article: "12", valid_from: 2026-07-01',
        'id: kz-const-2026-12, article: "12", valid_from: "1 July 2026"',
        "valid_from: expected a date such as 2026-07-01, found '1 July 2026'",
    ),
    "two floors on one day": (
        "general.yaml",
        "valid_to: 2025-12-31, days: 30",
        "valid_to: 2026-01-01, days: 30",
        "general.yaml: protected_floor: two values for one day",
    ),
    "a negative sum": (
        "general.yaml",
        "living_minimum_minor: 5085100",
        "living_minimum_minor: -1",
        "living_minimum_minor: expected a whole number from 1, found -1",
    ),
    "an offence outside the purpose without a forum": (
        "offences.yaml",
        "within_purpose: no, forum: law.forum.medical",
        "within_purpose: no",
        "forum: expected a text, found nothing",
    ),
    "a zone that nobody knows": (
        "pack.yaml",
        "Asia/Almaty",
        "Asia/Nowhere",
        "timezone: expected the name of a time zone",
    ),
    "an extension without its number": (
        "measures/M5.yaml",
        "extension: 10 x 24 h, extensions: 1,",
        "extension: 10 x 24 h,",
        "duration.value: expected both `extension` and `extensions`",
    ),
    "a remedy whose norm the field does not rest on": (
        "measures/M5.yaml",
        "norms: [kz-cpc-105-2, kz-cpc-106, kz-const-remedy]",
        "norms: [kz-cpc-105-2, kz-const-remedy]",
        "measures/M5.yaml: remedies: expected 'kz-cpc-106' among the field's norms",
    ),
    "steps of deferral that exceed their total": (
        "measures/M5.yaml",
        "each: 30 x 24 h, times: 5",
        "each: 30 x 24 h, times: 6",
        "measures/M5.yaml: deferral: expected steps of 6 months at most, found 190 days in all",
    ),
    "a judge who comes before the prosecutor": (
        "measures/M5.yaml",
        "- {by: prosecutor, each: 10 x 24 h, times: 1}\n      - {by: investigating_judge, each: 30 x 24 h, times: 5}",
        "- {by: investigating_judge, each: 30 x 24 h, times: 1}\n      - {by: prosecutor, each: 10 x 24 h, times: 1}",
        "measures/M5.yaml: deferral: expected a judge's step after that of prosecutor, found it before",
    ),
    "a deferral without a step": (
        "measures/M7.yaml",
        "steps: [{by: investigating_judge, each: 30 x 24 h, times: 5}]",
        "steps: []",
        "measures/M7.yaml: deferral.value.steps: expected at least one step",
    ),
    "an urgent window longer than the measure": (
        "measures/M5.yaml",
        "longest: 10 x 24 h",
        "longest: 11 x 24 h",
        "measures/M5.yaml: urgent: expected longest within the duration's total of 10 x 24 h",
    ),
    "an urgent beginning without an end": (
        "measures/M5.yaml",
        "    longest: 10 x 24 h\n",
        "",
        "measures/M5.yaml: urgent.value: expected `longest` where an urgent beginning is allowed",
    ),
    "an urgent window in months": (
        "measures/M5.yaml",
        "longest: 10 x 24 h",
        "longest: 1 months",
        "measures/M5.yaml: urgent.value.longest: expected a span in hours or times 24 hours",
    ),
    "a forum after one that was never there": (
        "measures/M9.yaml",
        "      final: yes\n",
        "      again_from: [refused]\n",
        "measures/M9.yaml: remedies: law.forum.regional_court: expected an earlier forum",
    ),
    "silence that leads nowhere": (
        "measures/M9.yaml",
        "      final: yes\n",
        "      silence: next_forum\n",
        "measures/M9.yaml: remedies: law.forum.regional_court: expected a forum after it",
    ),
    "silence that releases against an authority": (
        "measures/M9.yaml",
        "      final: yes\n",
        "      silence: releases\n",
        "measures/M9.yaml: remedies: law.forum.regional_court: expected silence to release in the private branch only",
    ),
    "a forum that nobody is": (
        "measures/M9.yaml",
        "forum_kind: regional_court",
        "forum_kind: citizen",
        "measures/M9.yaml: remedies: law.forum.regional_court: expected a body that decides, found citizen",
    ),
    "a complaint that suspends a measure of criminal procedure without a norm": (
        "measures/M9.yaml",
        "      final: yes\n      norm: kz-cpc-107\n",
        "      suspensive: yes\n",
        "measures/M9.yaml: remedies: law.forum.regional_court: expected a norm by which a complaint suspends",
    ),
    "an intrusive measure of which nobody is told": (
        "measures/M9.yaml",
        "  value: {to: law.person.holder, within: 0 h, from: decided}",
        "  value: none",
        "measures/M9.yaml: notice: expected somebody who is told of M9, found none",
    ),
    "a whole account with nothing free": (
        "measures/M9.yaml",
        "measure: M9\n",
        "measure: M8\n",
        "measures/M9.yaml: exclusions: expected what stays free of a whole account, found nothing",
    ),
    "an effect that no norm gives": (
        "measures/M3.yaml",
        "mark: background, norms: [kz-payments-25-1], source",
        "mark: background, source",
        "measures/M3.yaml: statutory_effect: expected the norm that gives the measure its effect",
    ),
    "a norm that is only told and not there": (
        "measures/M3.yaml",
        "mark: background, norms: [kz-payments-25-1], source",
        "mark: background, norms: [kz-payments-99], source",
        "measures/M3.yaml: statutory_effect: expected a norm of norms.yaml, found 'kz-payments-99'",
    ),
    "an invented name in real law": (
        "pack.yaml",
        "signed_by: null",
        'signed_by: "Fictional lawyer"',
        "pack.yaml: signed_by: expected a real name in a pack of kind law, found 'Fictional lawyer'",
    ),
    "a demonstration that calls itself law": (
        "pack.yaml",
        "is_demonstration: no",
        "is_demonstration: yes",
        "pack.yaml: kind: expected is_demonstration: no beside kind law, found yes",
    ),
    "a kind that there is not": ("pack.yaml", "kind: law", "kind: trial", "pack.yaml: kind: expected one of law"),
    "a retention that ends nowhere": (
        "measures/M5.yaml",
        "for: until_case_ends",
        "for: until_doomsday",
        "measures/M5.yaml: retention.value.for: expected one of until_case_ends",
    ),
}


@pytest.mark.parametrize(("file", "before", "after", "told"), CHANGES.values(), ids=CHANGES.keys())
def test_a_fault_is_named(file: str, before: str, after: str, told: str) -> None:
    files = pack_files("kz")
    assert before in files[file], "the change must hit something"
    with pytest.raises(PackFault) as fault:
        parse_pack({**files, file: files[file].replace(before, after, 1)})
    assert told in str(fault.value)
    assert str(fault.value).startswith(file)
    assert "\n" not in str(fault.value)


def test_a_missing_file_is_named() -> None:
    files = {name: text for name, text in pack_files("kz").items() if name != "norms.yaml"}
    with pytest.raises(PackFault, match=r"norms.yaml: expected this file in the pack"):
        parse_pack(files)


def test_an_unknown_file_is_named() -> None:
    with pytest.raises(PackFault, match=r"notes.yaml: unknown file"):
        parse_pack({**pack_files("kz"), "notes.yaml": "a: 1"})


def test_two_rules_that_overlap_may_agree_but_not_disagree() -> None:
    files = pack_files("kz")
    again = files["measures/M5.yaml"].replace("valid_from: 2023-11-16", "valid_from: 2026-01-01")
    assert parse_pack({**files, "measures/M5-again.yaml": again})
    other = again.replace("first: 10 x 24 h", "first: 9 x 24 h")
    with pytest.raises(PackFault, match=r"M5-again.yaml and measures/M5.yaml: rules for M5 overlap and disagree"):
        parse_pack({**files, "measures/M5-again.yaml": other})


def test_a_rule_can_follow_another() -> None:
    files = pack_files("kz")
    first = files["measures/M5.yaml"].replace("valid_from: 2023-11-16", "valid_from: 2023-11-16\nvalid_to: 2026-12-31")
    second = files["measures/M5.yaml"].replace("valid_from: 2023-11-16", "valid_from: 2027-01-01")
    second = second.replace("10 x 24 h, new_fact", "5 x 24 h, new_fact").replace("first: 10 x", "first: 5 x")
    second = second.replace("longest: 10 x", "longest: 5 x")
    assert parse_pack({**files, "measures/M5.yaml": first, "measures/M5-2027.yaml": second})


OVERLAYS = {
    "what the base pack says with certainty": (
        'field: authorisation, confirmed_by: "Fictional legal officer B',
        'field: cap, confirmed_by: "Fictional legal officer B',
        "expected a value that the base pack marks as unsure, found one marked default",
    ),
    "a threshold that was read": (
        "file: measures/M4b.yaml, field: authorisation",
        "file: measures/M9.yaml, field: cap",
        "expected a value that the base pack marks as unsure, found one marked verified",
    ),
    "a real name in a demonstration": (
        "Fictional legal officer A. Demo",
        "Legal officer A.",
        "confirmed_by: expected a name that begins with 'Fictional'",
    ),
    "a version that is not there": ("version: kz-banks-2026", "version: kz-banks-2036", "expected a version of a norm"),
    "a file that is not there": (
        "file: measures/M4b.yaml",
        "file: measures/M4c.yaml",
        "expected a file of the base pack",
    ),
    "another base": ("base: kz", "base: xx", "expected the id of the base pack, 'kz'"),
    "an invented name outside a demonstration": (
        "is_demonstration: yes",
        "is_demonstration: no",
        "expected a name that begins with 'Fictional' in a demonstration, and only there",
    ),
}


@pytest.mark.parametrize(("before", "after", "told"), OVERLAYS.values(), ids=OVERLAYS.keys())
def test_an_overlay_cannot_do_this(before: str, after: str, told: str) -> None:
    files = pack_files("kz-demo")
    assert before in files["overlay.yaml"]
    with pytest.raises(PackFault) as fault:
        parse_pack({**files, "overlay.yaml": files["overlay.yaml"].replace(before, after, 1)})
    assert told in str(fault.value)
    assert "overlay.yaml" in str(fault.value)


def test_an_overlay_can_fill_a_missing_field() -> None:
    files = pack_files("kz-demo")
    line = "confirmation: {value: 2 h, mark: default}\n"
    bare = files["measures/M4b.yaml"].replace(line, "")
    filled = files["overlay.yaml"] + (
        "  - {file: measures/M4b.yaml, field: confirmation, value: 1 h, question: 1, "
        'confirmed_by: "Fictional legal officer B. Demo", confirmed_on: 2026-11-22}\n'
    )
    pack = parse_pack({**files, "measures/M4b.yaml": bare, "overlay.yaml": filled})
    rule = next(rule for rule in pack.data.rules if rule.measure == "M4b")
    assert rule.confirmation is not None
    assert rule.confirmation.value is not None
    assert rule.confirmation.value.text() == "1 h"


def test_every_pack_that_is_shipped_can_be_read() -> None:
    packs = {pack_id: load_pack(pack_id) for pack_id in pack_ids()}
    assert {"au", "br", "in", "kz", "kz-demo", "xx"} <= packs.keys()
    for pack_id, pack in packs.items():
        assert pack.pack_id == pack_id
    assert {pack_id for pack_id, pack in packs.items() if pack.is_demonstration} == {"kz-demo", "xx"}


def test_an_unknown_pack_is_refused() -> None:
    with pytest.raises(PackFault, match="unknown pack 'zz'"):
        load_pack("zz")


URGENT_ENDS = (
    "urgent_ends: {value: {if_not_filed: lapses, if_not_decided: lapses, if_refused: released_at_once}, mark: default}"
)
WHOLE_ACCOUNTS = {
    "asked of a prosecutor": ("by: investigating_judge, prior: yes", "by: prosecutor, prior: yes", "authorisation"),
    "allowed afterwards": (
        "by: investigating_judge, prior: yes",
        "by: investigating_judge, prior: no",
        "authorisation",
    ),
    "begun at once": (
        "urgent: {value: none,",
        f"{URGENT_ENDS}\nurgent: {{value: {{allowed: yes, longest: 24 h}},",
        "urgent",
    ),
}


@pytest.mark.parametrize(("before", "after", "place"), WHOLE_ACCOUNTS.values(), ids=WHOLE_ACCOUNTS)
def test_a_whole_account_is_closed_by_a_judge_beforehand_or_not_at_all(before: str, after: str, place: str) -> None:
    files = closing_files()
    parse_pack(files)
    rule = files["measures/M8.yaml"]
    assert before in rule
    with pytest.raises(PackFault, match=rf"measures/M8.yaml: {place}: expected"):
        parse_pack({**files, "measures/M8.yaml": rule.replace(before, after, 1)})


def test_a_whole_account_is_not_closed_where_nobody_knows_how_much_is_for_living() -> None:
    files = {**pack_files("xx")}
    floors = yaml.safe_load(files["general.yaml"])
    floors["protected_floor"]["value"] = []
    with pytest.raises(PackFault, match=r"measures/M8.yaml: exclusions: expected a `protected_floor`"):
        parse_pack({**files, "general.yaml": yaml.safe_dump(floors, allow_unicode=True)})
