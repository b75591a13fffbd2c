"""Who may read what: a table that a lawyer can read, asked of the policies that are shipped and no others."""

import re
from importlib import resources
from itertools import product

import pytest

from tarazy.adapters.catalogue import load_catalogue
from tarazy.adapters.cedar import POLICIES_FILE, SCHEMA_FILE, CedarPolicy, PolicyFault, load_read_policy
from tarazy.app.access import ReadAction, Resource, Role, Visitor, Who
from tarazy.values.ids import AccountId, OfficerId, ParticipantId

POLICE, OTHER_POLICE = ParticipantId("police"), ParticipantId("police-2")
PROSECUTORS, COURT, OTHER_COURT = ParticipantId("prosecutors"), ParticipantId("court"), ParticipantId("court-2")
BANK, OTHER_BANK = ParticipantId("bank-a"), ParticipantId("bank-b")
CLIENT = AccountId("aigul")


def officer(role: Role, body: str, officer_id: str = "one") -> Visitor:
    return Visitor(who=Who.officer, role=role, participant_id=ParticipantId(body), officer_id=OfficerId(officer_id))


PEOPLE = {
    "investigator of the case": officer(Role.investigator, "police"),
    "investigator of another authority": officer(Role.investigator, "police-2"),
    "prosecutor before whom it is": officer(Role.prosecutor, "prosecutors"),
    "judge before whom it is": officer(Role.court, "court"),
    "judge of another court": officer(Role.court, "court-2"),
    "analyst of a bank of the case": officer(Role.analyst, "bank-a"),
    "analyst of another bank": officer(Role.analyst, "bank-b"),
    "supervisor": Visitor(who=Who.supervisor, role=Role.supervisor),
    "counsel of the holder": Visitor(who=Who.citizen, role=Role.counsel, subject_id=CLIENT),
    "counsel of somebody else": Visitor(who=Who.citizen, role=Role.counsel, subject_id=AccountId("marat")),
    "operator": Visitor(who=Who.officer, role=Role.operator, participant_id=ParticipantId("exchange")),
}


def case(**more: object) -> Resource:
    return Resource(
        kind="case",
        resource_id="cs-1",
        bodies=frozenset({POLICE, BANK}),
        before=frozenset({PROSECUTORS, COURT}),
        counsel=frozenset({CLIENT}),
        **more,  # type: ignore[arg-type] # fields by name
    )


OPEN = Resource(kind="case", resource_id="cs-2", bodies=frozenset({BANK}), is_open=True)
JUDGES_DRAFT = case(owner=OfficerId("one"), owner_body=COURT)
RESOURCES = {
    "registered case": case(),
    "case nobody registered": OPEN,
    "what came of an unlawful measure": case(is_locked=True),
    "sealed victim": case(is_sealed=True),
    "file of the defence": case(is_counsels=True),
    "draft of the judge": JUDGES_DRAFT,
}
INVESTIGATOR, OTHER_INVESTIGATOR = "investigator of the case", "investigator of another authority"
PROSECUTOR, JUDGE, OTHER_JUDGE = "prosecutor before whom it is", "judge before whom it is", "judge of another court"
ANALYST, OTHER_ANALYST = "analyst of a bank of the case", "analyst of another bank"
COUNSEL = "counsel of the holder"
ALL_WITH_LAW = frozenset(PEOPLE)

# what · which of them · who may, and nobody else
TABLE: dict[tuple[str, str], set[str]] = {
    ("read_case", "registered case"): {INVESTIGATOR, PROSECUTOR, JUDGE, "supervisor"},
    ("read_case", "case nobody registered"): {INVESTIGATOR, OTHER_INVESTIGATOR, "supervisor"},
    ("read_case", "what came of an unlawful measure"): set(),
    ("read_case", "sealed victim"): {PROSECUTOR, JUDGE},
    ("read_case", "file of the defence"): set(),
    ("read_case", "draft of the judge"): {JUDGE},
    ("read_piece", "registered case"): {INVESTIGATOR, PROSECUTOR, JUDGE, ANALYST, "supervisor"},
    ("read_statement", "registered case"): {INVESTIGATOR, PROSECUTOR, JUDGE, ANALYST, "supervisor"},
    ("read_locked", "what came of an unlawful measure"): {PROSECUTOR, JUDGE, "supervisor", COUNSEL},
    ("read_draft", "draft of the judge"): {JUDGE},
    ("read_draft", "registered case"): set(),
    ("read_appeal", "registered case"): {INVESTIGATOR, PROSECUTOR, JUDGE, ANALYST, "supervisor", COUNSEL},
    ("read_appeal_words", "registered case"): {PROSECUTOR, JUDGE, "supervisor", COUNSEL},
    ("read_appeal_words", "file of the defence"): {COUNSEL},
    ("read_appeal_words", "sealed victim"): {PROSECUTOR, JUDGE},
    ("read_bundle", "registered case"): {PROSECUTOR, JUDGE, "supervisor", COUNSEL},
    ("read_deadlines", "case nobody registered"): {INVESTIGATOR, OTHER_INVESTIGATOR, ANALYST, "supervisor"},
    ("read_deferral", "registered case"): {INVESTIGATOR, PROSECUTOR, JUDGE, "supervisor"},
    ("read_errors", "registered case"): {PROSECUTOR, JUDGE, "supervisor"},
    ("read_supervision", "registered case"): {"supervisor"},
    ("read_desk", "registered case"): {ANALYST},
    ("read_pack", "registered case"): set(ALL_WITH_LAW),
}


@pytest.mark.parametrize(("what", "which"), list(TABLE), ids=" of ".join)
def test_who_may_read_what(what: str, which: str) -> None:
    policy = load_read_policy()
    may = {name for name, one in PEOPLE.items() if policy.decide(one, ReadAction(what), RESOURCES[which]).is_allowed}
    assert may == TABLE[what, which]


def test_the_table_has_a_line_for_everything_that_can_be_read() -> None:
    assert {what for what, _ in TABLE} == {action.value for action in ReadAction}


def test_an_operator_reads_nothing_but_the_law() -> None:
    policy, operator = load_read_policy(), PEOPLE["operator"]
    read = {
        what for what, one in product(ReadAction, RESOURCES.values()) if policy.decide(operator, what, one).is_allowed
    }
    assert read == {ReadAction.read_pack}


@pytest.mark.parametrize("action", list(ReadAction))
def test_a_visitor_of_no_institution_is_no_part_of_a_case_of_none(action: ReadAction) -> None:
    """An empty name must never equal another empty name."""
    nobodys = Resource(kind="case", resource_id="cs-3", bodies=frozenset({ParticipantId("")}), is_open=True)
    lost = Visitor(who=Who.officer, role=Role.investigator)
    assert load_read_policy().decide(lost, action, nobodys).is_allowed is (action is ReadAction.read_pack)


def test_every_policy_has_a_sentence_that_says_why_in_every_language() -> None:
    catalogue = load_catalogue()
    assert [one for one in load_read_policy().policy_ids if not catalogue.has(f"sign_in.why.{one}")] == []


def test_the_answer_names_its_policies() -> None:
    decision = load_read_policy().decide(PEOPLE["supervisor"], ReadAction.read_case, case())
    assert decision == (True, ("supervisor_mandate",))
    kept = load_read_policy().decide(PEOPLE["supervisor"], ReadAction.read_case, case(is_counsels=True))
    assert kept == (False, ("no_file_of_the_defence",))


@pytest.mark.parametrize(
    ("policies", "said"),
    [
        ('@id("a") permit (principal, action, resource) when { principal.rank == 1 };', "rank"),
        ('@id("a") permit (principal, action == Action::"read_minds", resource);', "read_minds"),
        ("permit (principal, action, resource);", "an @id of its own"),
        ('@id("a") permit (principal, action, resource); @id("a") permit (principal, action, resource);', "of its own"),
        ("permit (", "unexpected"),
    ],
)
def test_policies_that_do_not_fit_the_schema_stop_the_start(policies: str, said: str) -> None:
    schema = (resources.files("tarazy.app.policies") / SCHEMA_FILE).read_text("utf-8")
    with pytest.raises(PolicyFault, match=said):
        CedarPolicy(policies, schema)


def test_the_shipped_files_are_the_ones_that_are_read() -> None:
    folder = resources.files("tarazy.app.policies")
    shipped = {one.name for one in folder.iterdir() if not one.name.startswith("__")}
    assert shipped == {POLICIES_FILE, SCHEMA_FILE}


def test_no_policy_looks_at_which_thing_it_is() -> None:
    """A list asks once about all that are alike in everything else (`readable_cases`)."""
    text = (resources.files("tarazy.app.policies") / POLICIES_FILE).read_text(encoding="utf-8")
    rules = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("//"))
    assert re.findall(r"resource\s*(==|in\b|is\b)|resource\.(?:id|case)\w*", rules) == []
