"""What the drawings show is what the pieces say: nothing lost, nothing twice, cause stands left of effect."""

import json
from collections import Counter

import pytest

from tarazy.adapters.catalogue import load_catalogue
from tarazy.app.queries.case import CaseView, case_view
from tarazy.app.queries.equation import TermKind
from tarazy.edge.console.chart import COLUMNS_MAX, chart_of
from tarazy.edge.console.flow import flow_data
from tarazy.edge.console.words import refused_answer
from tarazy.edge.pages.entered import read_local, write_local
from tarazy.edge.pages.reader import Reader
from tarazy.texts.catalogue import Language
from tests.unit.edge.console.world import World, told_world, wide_world


@pytest.fixture(scope="module", params=["told", "wide"])
def shown(request: pytest.FixtureRequest) -> tuple[World, CaseView]:
    world = told_world() if request.param == "told" else wide_world(90)
    now = world.network.now
    view = world.network.exchange.store.run(lambda tx: case_view(tx, world.cases()[0], world.context.pack, now))
    assert view is not None
    return world, view


def reader_of(world: World) -> Reader:
    return Reader(Language.en, load_catalogue(), world.context.pack.data.calendar.zone, world.network.now)


def test_every_piece_is_drawn_once_to_the_right_of_where_it_came_from(shown: tuple[World, CaseView]) -> None:
    world, view = shown
    chart = chart_of(view.pieces, {one.hold.hold_id for one in view.holds}, world.network.now)
    assert Counter(bar.piece.piece_id for bar in chart.bars) == Counter(piece.piece_id for piece in view.pieces)
    places = {bar.piece.piece_id: bar for bar in chart.bars}
    for bar in chart.bars:
        assert sum(part.height for part in bar.parts) >= bar.height
        assert bar.y + bar.height <= chart.height
        assert bar.x < chart.width
        if bar.piece.parent_id is not None:
            assert places[bar.piece.parent_id].x < bar.x
    assert len(chart.columns) <= COLUMNS_MAX
    assert len(chart.links) == sum(piece.parent_id is not None for piece in view.pieces)


def test_the_flow_conserves_at_every_bank(shown: tuple[World, CaseView]) -> None:
    world, view = shown
    document = json.loads(flow_data(view, {one.hold.hold_id for one in view.holds}, reader_of(world)))
    arrived: Counter[int] = Counter()
    left: Counter[int] = Counter()
    for link in document["links"]:
        left[link["source"]] += link["value"]
        arrived[link["target"]] += link["value"]
    for number, node in enumerate(document["nodes"]):
        if not node["kind"] and arrived[number]:
            assert abs(arrived[number] - left[number]) <= len(document["links"])


def test_the_equation_of_the_pieces_is_what_the_tracing_keeps(shown: tuple[World, CaseView]) -> None:
    _, view = shown
    assert view.equation.adds_up
    for kind, kept in view.tracings[0].sums.items():
        if kind != "moved_on":
            assert view.equation.of(TermKind(kind)) == kept


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("body.shares: units from 4000 are answered never", "Nothing is said of the units from KZT 40.00 on."),
        ("body.shares: units from 4000 are answered twice", "The units from KZT 40.00 on are named twice."),
        (
            "body.shares: the answer ends at 100, the piece at 200",
            "The answer ends at KZT 1.00, the piece at KZT 2.00.",
        ),
        ("body.shares: an empty or turned stretch [300, 100)", "An empty or turned stretch: KZT 3.00 – KZT 1.00."),
        ("body.shares[2].detail: expected a kind", "What became of a stretch is none of the known ways."),
    ],
)
def test_a_refused_answer_is_put_into_words(shown: tuple[World, CaseView], place: str, said: str) -> None:
    words = refused_answer(f"answer_does_not_add_up: {place}", "KZT", reader_of(shown[0]))
    assert words.rejection == "The answer does not add up to the piece."
    assert words.why.replace("\u00a0", " ") == said


def test_a_local_moment_comes_back_as_it_went(shown: tuple[World, CaseView]) -> None:
    zone = shown[0].context.pack.data.calendar.zone
    moment = read_local("2026-06-30T10:00", zone)
    assert moment is not None
    assert moment.text() == "2026-06-30T05:00:00.000000Z"
    assert write_local(moment, zone) == "2026-06-30T10:00"
    assert read_local("30.06.2026", zone) is None
    assert read_local("2026-06-30T10:00+05:00", zone) is None
