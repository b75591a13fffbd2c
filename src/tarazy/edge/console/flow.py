"""The flow of a case as plain data for the Sankey drawing: banks by depth, and what their money ended as."""

import json
from collections import Counter
from collections.abc import Collection
from typing import Final, NamedTuple

from tarazy.app.queries.case import CaseView
from tarazy.app.queries.equation import terms_of
from tarazy.edge.console.words import term_name
from tarazy.edge.pages.reader import Reader
from tarazy.values.ids import HoldId

MILLIONTHS: Final = 1_000_000
"""Amounts are drawn as whole millionths of what was stolen: a script never computes with money."""


class Place(NamedTuple):
    """A node: a bank at a depth, or (with a ``kind``) a state in which money ended."""

    depth: int
    name: str
    kind: str


def flow_data(view: CaseView, standing: Collection[HoldId], reader: Reader) -> str:
    """Return the drawing's nodes and links as JSON; amounts are texts beside a share to be drawn."""
    links: Counter[tuple[Place, Place]] = Counter()
    by_id = {piece.piece_id: piece for piece in view.pieces}
    victims = {report.tracing_id: view.people.name(report.participant_id) for report in view.reports}
    for piece in view.pieces:
        own = Place(piece.depth, view.people.name(piece.participant_id), "")
        parent = by_id.get(piece.parent_id) if piece.parent_id is not None else None
        source = (
            Place(parent.depth, view.people.name(parent.participant_id), "")
            if parent is not None
            else Place(-1, victims.get(piece.tracing_id, ""), "")
        )
        links[source, own] += piece.amount_minor
        for term in terms_of(piece, standing):
            end = Place(0, term_name(term, reader), term.kind)
            links[own, end] += term.amount_minor
    return _document(links, view.equation.stolen_minor, view.case.currency, reader)


def _document(links: Counter[tuple[Place, Place]], stolen_minor: int, currency: str, reader: Reader) -> str:
    places = list(dict.fromkeys(place for pair in links for place in pair))
    number = {place: position for position, place in enumerate(places)}
    arrived: Counter[Place] = Counter()
    left: Counter[Place] = Counter()
    for (source, target), amount in links.items():
        left[source] += amount
        arrived[target] += amount
    nodes = [
        {"name": place.name, "kind": place.kind, "text": reader.money(max(arrived[place], left[place]), currency)}
        for place in places
    ]
    drawn = [
        {
            "source": number[source],
            "target": number[target],
            "value": max(1, amount * MILLIONTHS // max(1, stolen_minor)),
            "text": reader.money(amount, currency),
            "kind": target.kind,
        }
        for (source, target), amount in links.items()
    ]
    return json.dumps({"nodes": nodes, "links": drawn}, ensure_ascii=False)
