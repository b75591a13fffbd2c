"""A tracing as one page that stands alone: no network, nothing to load, readable without scripts and on a telephone.

The page names in its own security policy the hash of its one script and its one style sheet, so that nothing else can
run in it whatever an account is called.
"""

import json
from base64 import b64encode
from collections.abc import Mapping
from functools import partial
from hashlib import sha256
from importlib.resources import files
from typing import Final

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from tarazy.edge.cli.flow_chart import DEPTHS_MAX, FlowChart, FlowNode, chart_of, share
from tarazy.edge.cli.trace_page_texts import LANGUAGE_NAMES, TEXTS
from tarazy.index.tracing import Tracing, total_minor

PIECES_SHOWN_MAX: Final = 500
THIN_SPACE: Final = "\u202f"
VENDOR: Final = ("d3-path", "d3-shape", "d3-array", "d3-sankey")
"""In the order in which they need each other."""


def page_of(tracing: Tracing) -> str:
    """Return the page as HTML."""
    chart = chart_of(tracing)
    script, style = _script(), _own("trace_page.css")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["grouped"] = grouped
    return environment.from_string(
        _own("trace_page.html")
    ).render(
        policy=policy_of(script, style),
        script=Markup(script),  # noqa: S704 - our own file and vendored ones with known hashes
        style=Markup(style),  # noqa: S704 - our own file
        licences=Markup(_licences()),  # noqa: S704 - our own files
        languages=LANGUAGE_NAMES._asdict(),
        words=words,
        tracing=tracing,
        sums=_sums(tracing),
        share=partial(share, whole_minor=tracing.stolen_minor),
        pieces=tracing.pieces[:PIECES_SHOWN_MAX],
        more=len(tracing.pieces) - PIECES_SHOWN_MAX,
        chart=chart,
        depths=DEPTHS_MAX,
        data=Markup(_data(tracing, chart)),  # noqa: S704 - escaped for a script element
    )


def words(name: str, **values: object) -> Markup:
    """Return a text in every language; the style sheet shows the one that the reader chose."""
    spans = (
        Markup('<span class="t {0}" lang="{0}">{1}</span>').format(language, Markup(text).format(**values))  # noqa: S704 - our own texts; the values are escaped
        for language, text in TEXTS[name]._asdict().items()
    )
    return Markup("").join(spans)


def grouped(number: int) -> str:
    """Return a whole number in groups of three digits, with narrow spaces that do not break."""
    return f"{number:,}".replace(",", THIN_SPACE)


def policy_of(script: str, style: str) -> str:
    """Return the content security policy under which only this script and this style sheet work."""
    return (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


def _sums(tracing: Tracing) -> Mapping[str, int]:
    return {
        "holdable": total_minor(tracing.holdable),
        "exits": total_minor(tracing.exits),
        "stops": total_minor(tracing.stops),
        "untraced": tracing.untraced_minor,
    }


def _data(tracing: Tracing, chart: FlowChart) -> str:
    """Return the chart as JSON that may stand inside a script element: no ``<`` can end it."""
    whole = tracing.stolen_minor
    document = {
        "nodes": [_node_data(node, whole) for node in chart.nodes],
        "links": [
            {"source": link.source, "target": link.target, "value": share(link.amount_minor, whole), "text": text}
            for link in chart.links
            for text in [grouped(link.amount_minor)]
        ],
        "parts": {name: TEXTS[name]._asdict() for name in ("holdable", "exits", "stops", "moved_on")},
    }
    return json.dumps(document).replace("<", "\\u003c")


def _node_data(node: FlowNode, whole: int) -> dict[str, object]:
    name = node.place.account_id if node.place.account_id is not None else f"+ {len(node.accounts)}"
    ended = {"holdable": node.holdable_minor, "exits": node.exited_minor, "stops": node.stopped_minor}
    moved_on = node.amount_minor - sum(ended.values())
    return {
        "name": name,
        "participant": node.participant_id,
        "text": grouped(node.amount_minor),
        "parts": [
            {"part": part, "value": share(amount, whole), "text": grouped(amount)}
            for part, amount in {"moved_on": moved_on, **ended}.items()
            if amount
        ],
    }


def _own(name: str) -> str:
    return (files("tarazy.edge.cli") / "templates" / name).read_text("utf-8")


def _script() -> str:
    vendored = [(files("tarazy.edge") / "static/vendor/d3" / f"{name}.min.js").read_text("utf-8") for name in VENDOR]
    return "\n".join([*vendored, _own("trace_page.js")])


def _licences() -> str:
    texts = [(files("tarazy.edge") / "static/vendor/d3" / f"{name}.LICENSE.txt").read_text("utf-8") for name in VENDOR]
    return "\n".join(f"{name}\n{text}" for name, text in zip(VENDOR, texts, strict=True))
