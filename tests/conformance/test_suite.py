"""The trials of a core: the reference core keeps every promise, and each broken core is found out."""

from collections.abc import Callable

import pytest
from typer.testing import CliRunner

from tarazy.adapters.memory import MemoryStore
from tarazy.agent.conformance.suite import PROMISES, Report, promises_for, report_on
from tarazy.agent.reference_core import ReferenceCore
from tarazy.app.store import Store
from tarazy.edge.cli.main import app
from tests.conformance import benches
from tests.conformance.benches import HastyBench, ReferenceBench, core_on
from tests.story_stores import store_for, story_databases

__all__ = ["store_for", "story_databases"]


def test_the_reference_core_keeps_every_promise(store_for: Callable[[str], Store]) -> None:
    store = store_for("bank-a")
    bench = ReferenceBench(core_on(store), has_threads=not isinstance(store, MemoryStore))
    report = report_on(bench, "run-1")
    assert report.is_kept, report.text()
    assert len(report.findings) == len(promises_for(bench)) > len(PROMISES)


def test_a_core_that_does_not_say_that_it_closes_accounts_is_not_asked_to() -> None:
    report = report_on(ReferenceBench(core_on(MemoryStore(), benches.ClosesNothing)), "run-1")
    assert report.is_kept, report.text()
    assert len(report.findings) == len(PROMISES)


ALL = promises_for(benches.reference())
BROKEN = {
    benches.LendsToHolds: {"only_own_money_is_reserved", "a_reserve_of_nothing_books_nothing"},
    benches.NeverLetsGo: {
        "a_reserve_ends_by_itself",
        "a_reserve_lasts_to_its_end",
        "extend_moves_the_end",
        "extend_does_not_revive",
        "a_late_repeat_does_not_reserve_again",
        "pay_after_the_end_finds_nothing",
        "a_closure_ends_with_its_reserve",
    },
    benches.LetsGoSilently: {
        "a_reserve_ends_by_itself",
        "extend_moves_the_end",
        "extend_does_not_revive",
        "pay_after_the_end_finds_nothing",
    },
    benches.Forgetful: {
        "a_command_is_taken_once",
        "a_late_repeat_does_not_reserve_again",
        "one_command_at_once_is_done_once",
    },
    benches.Gapped: {
        "entries_are_numbered",
        "the_entry_names_its_hold",
        "unreserve_gives_back_what_is_there",
        "a_reserve_ends_by_itself",
        "extend_moves_the_end",
        "extend_does_not_revive",
        "a_command_is_taken_once",
        "pay_after_the_end_finds_nothing",
    },
    benches.PaysWhatItFinds: {"pay_is_all_or_nothing"},
    benches.PaysWithoutReserve: {
        "pay_consumes_the_reserve",
        "a_hold_is_paid_or_given_back",
        "pay_after_the_end_finds_nothing",
    },
    benches.Revives: {"extend_does_not_revive"},
    benches.DeafToExtensions: {
        "extend_moves_the_end",
        "extend_does_not_revive",
        "a_closed_account_lets_out_what_one_lives_on",
        "a_longer_closure_frees_nothing_anew",
    },
    benches.ClosesForEver: {"a_closure_ends_with_its_reserve", "extend_opens_what_it_does_not_close"},
    benches.CountsAnew: {"a_longer_closure_frees_nothing_anew"},
    benches.ClosesAltogether: {
        "a_closed_account_lets_out_what_one_lives_on",
        "a_longer_closure_frees_nothing_anew",
    },
}


@pytest.mark.parametrize("kind", BROKEN, ids=lambda kind: kind.__name__)
def test_a_broken_core_is_found_out(kind: type[ReferenceCore]) -> None:
    report = report_on(ReferenceBench(core_on(MemoryStore(), kind)), "run-1")
    assert set(report.broken_codes) == BROKEN[kind], report.text()
    assert "must not be connected" in report.text()


def test_a_core_that_looks_before_it_pays_is_found_out_by_the_race() -> None:
    report = report_on(HastyBench(core_on(MemoryStore(), benches.Hasty)), "run-1")
    assert report.broken_codes == ("reserve_and_debit_do_not_both_get_it",), report.text()


def test_a_core_that_fails_is_reported_and_does_not_stop_the_others() -> None:
    class Failing(ReferenceCore):
        def drop_expired(self, now: object) -> int:
            raise KeyError("no timer")

    report = report_on(ReferenceBench(core_on(MemoryStore(), Failing)), "run-1")
    assert "a_reserve_ends_by_itself: the core raised KeyError" in report.text()
    assert "pay_consumes_the_reserve" not in report.broken_codes


def test_a_report_says_each_promise_in_a_sentence() -> None:
    report = report_on(benches.reference(), "run-1")
    assert all(one.promise.endswith(".") and len(one.promise) > 20 for one in report.findings)
    assert report.text().endswith(f"The core keeps all {len(ALL)} promises: an agent can rely on it.")
    assert Report(()).is_kept


def run(place: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, ["conformance", place], prog_name="tarazy")
    return result.exit_code, result.stdout, result.stderr


def broken_bench() -> ReferenceBench:
    return ReferenceBench(core_on(MemoryStore(), benches.NeverLetsGo))


def test_the_command_ends_with_0_or_1() -> None:
    code, out, _ = run("tests.conformance.benches:reference")
    assert (code, out.count("kept  ")) == (0, len(ALL))
    code, out, _ = run("tests.conformance.test_suite:broken_bench")
    assert code == 1
    assert "BROKEN" in out


@pytest.mark.parametrize(
    ("place", "part"),
    [
        ("tests", "expected MODULE:FUNCTION"),
        ("no_such_module:bench", "cannot be imported"),
        ("tests.conformance.benches:nothing", "expected a function"),
        ("tests.conformance.benches:START", "expected a function"),
        ("tests.conformance.benches:ReferenceBench", "raised TypeError"),
        ("tests.conformance.benches:MemoryStore", "it has no"),
    ],
)
def test_the_command_says_what_it_needs(place: str, part: str) -> None:
    code, out, err = run(place)
    assert (code, out) == (2, "")
    assert part in err
    assert err.count("\n") == 1
