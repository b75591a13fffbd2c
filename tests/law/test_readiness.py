"""Which measures work under a pack, and what stops the others."""

import pytest

from tarazy.adapters.packs import load_pack, pack_to_act_under
from tarazy.law.assessment import Lane, Measure
from tarazy.law.codes import ReadinessCode
from tarazy.law.node import PackFault
from tarazy.law.readiness import Readiness, readiness
from tests.law.requests import NOW

STATES = tuple[Measure, Lane | None]


def states(pack_id: str) -> dict[STATES, Readiness]:
    return {(row.measure, row.lane): row for row in readiness(load_pack(pack_id), NOW)}


def test_bare_kz_says_what_works_and_what_waits_for_whom() -> None:
    rows = states("kz")
    works = {key[0] for key, row in rows.items() if row.state is ReadinessCode.works}
    assert works == {Measure.M1, Measure.M2, Measure.M4a, Measure.M5, Measure.M9, Measure.M12}
    blocked = {key: row.questions for key, row in rows.items() if row.state is ReadinessCode.blocked}
    assert blocked == {
        (Measure.M2t, None): (4, 9, 18),
        (Measure.M3, None): (1, 18),
        (Measure.M4b, None): (1, 2),
        (Measure.M6, None): (8,),
        (Measure.M7, None): (4,),
        (Measure.M10, None): (7,),
        (Measure.M11, None): (10,),
        (Measure.M13, None): (8,),
        (Measure.M16, Lane.consent): (3,),
        (Measure.M16, Lane.court): (3,),
        (Measure.M16, Lane.investigator): (3,),
    }
    pause = rows[Measure.M4b, None]
    assert pause.signers == ("law.signer.operator", "law.signer.bank")
    assert "measures/M4b.yaml:duration" in pause.blocked_at
    assert "norms.yaml:kz-credited-pause-2024" in pause.blocked_at
    assert rows[Measure.M5, None].caveats == (8, 11, 12, 13, 15, 16, 17, 21)


def test_takeover_and_disruption_have_no_norm() -> None:
    for pack_id in ("kz", "kz-demo", "xx"):
        for measure in (Measure.M14, Measure.M15):
            assert states(pack_id)[measure, None].state is ReadinessCode.absent
    for pack_id in ("kz", "kz-demo"):
        assert states(pack_id)[Measure.M8, None].state is ReadinessCode.absent


def test_the_demonstration_works_and_says_who_is_invented() -> None:
    rows = states("kz-demo")
    assert {key[0] for key, row in rows.items() if row.state is ReadinessCode.works} == {
        Measure.M1, Measure.M2, Measure.M2t, Measure.M4a, Measure.M4b, Measure.M5, Measure.M9, Measure.M10, Measure.M11,
        Measure.M12, Measure.M16,
    }  # fmt: skip
    for row in rows.values():
        assert all(name.startswith("Fictional") for name in row.confirmed_by)
    assert rows[Measure.M4b, None].confirmed_by == ("Fictional legal officer B. Demo",)
    assert rows[Measure.M5, None].confirmed_by == ()


@pytest.mark.parametrize("pack_id", ["uk", "br", "xx"])
def test_no_program_acts_under_a_pack_for_comparison_or_tests(pack_id: str) -> None:
    with pytest.raises(PackFault, match="no measure can be taken under it"):
        pack_to_act_under(pack_id)


@pytest.mark.parametrize("pack_id", ["kz", "kz-demo"])
def test_a_program_acts_under_law_and_its_demonstration(pack_id: str) -> None:
    assert pack_to_act_under(pack_id) is load_pack(pack_id)
