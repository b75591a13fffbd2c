"""The page of a tracing: whole, alone, harmless whatever an account is called, the same numbers as the tables."""

import re
import shutil
import string
import subprocess
from base64 import b64encode
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

import pytest

from tarazy.edge.cli.flow_chart import ACCOUNTS_PER_DEPTH_MAX, DEPTHS_MAX, chart_of
from tarazy.edge.cli.trace_page import page_of
from tarazy.edge.cli.trace_page_texts import TEXTS
from tarazy.index.tracing import Tracing
from tests.unit.index.files import accounts_of, trace_of, transfers_of

ODD = "</script><img src=x onerror=alert(1)>&'"


def small() -> Tracing:
    accounts = accounts_of(
        "victim,bank-1,1000,KZT,personal",
        f"{ODD},bank-1,50,KZT,personal",
        "bob,bank-2,0,KZT,business",
        "shop,bank-2,,KZT,pooled",
        "atm,bank-3,,KZT,cash_out",
    )
    rows = transfers_of(
        accounts,
        "t0,1,bob,shop,40,KZT",
        f"t1,2,victim,{ODD},500,KZT",
        f"t2,2,{ODD},bob,250,KZT",
        f"t3,3,{ODD},atm,60,KZT",
        "t4,4,bob,shop,130,KZT",
    )
    return trace_of(accounts, rows, "t1")


def wide(payees: int, depth: int) -> Tracing:
    names = [f"p{number}" for number in range(payees)] + [f"c{number}" for number in range(depth)]
    accounts = accounts_of("v,b,100000,KZT,personal", *(f"{name},b,0,KZT,personal" for name in names))
    chain = [f"c{number},c{number + 1},1000,KZT" for number in range(depth - 1)]
    fan = [f"c0,p{number},{number + 1},KZT" for number in range(payees)]
    moves = ["v,c0,9000,KZT", *chain, *fan]
    return trace_of(accounts, transfers_of(accounts, *(f"t{n},{n},{move}" for n, move in enumerate(moves))), "t0")


def test_the_page_loads_nothing_and_lets_nothing_else_run() -> None:
    page = page_of(small())
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy is not None
    script, style = page.rsplit("<script>", 1)[1].split("</script>")[0], page.split("<style>")[1].split("</style>")[0]
    for text in (script, style):
        assert b64encode(sha256(text.encode()).digest()).decode() in policy[1].replace("&#43;", "+")
    assert "default-src &#39;none&#39;" in policy[1]
    assert page.count("<script") == 2
    assert not re.search(r'\b(?:src|href|action)\s*=\s*["\']', page)
    assert not re.search(r"@import|url\(", style)
    assert not re.search(r'<[^>!]*\sstyle=|<[^>!]*\son[a-z]+="', page.split("<script")[0])


def test_a_name_in_markup_stays_a_name() -> None:
    page = page_of(small())
    assert "<img" not in page
    assert "&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;&amp;&#39;" in page
    assert "\\u003c/script>\\u003cimg" in page


def test_the_tables_say_what_the_tracing_says_without_any_script() -> None:
    page = page_of(small()).split("<script")[0]
    for row in (r"<td>bob</td><td>bank-2</td><td class=\"n\">80</td>", r"<td>atm</td>.*<td class=\"n\">60</td>"):
        assert re.search(row, page)
    assert re.search(r"<td>shop</td>.*<td class=\"n\">120</td>", page)
    assert "[50, 250)" in page
    assert '<section id="flow" hidden>' in page


def test_every_text_is_there_in_every_language_with_the_same_fields() -> None:
    for name, words in TEXTS.items():
        fields = [{field for _, field, _, _ in string.Formatter().parse(text) if field} for text in words]
        assert all(text.strip() for text in words), name
        assert fields[0] == fields[1] == fields[2], name


@pytest.mark.parametrize("tracing", [small(), wide(60, 5), wide(3, 60)], ids=["small", "wide", "deep"])
def test_the_chart_conserves_at_every_bar(tracing: Tracing) -> None:
    chart = chart_of(tracing)
    for position, node in enumerate(chart.nodes):
        arrived = sum(link.amount_minor for link in chart.links if link.target == position)
        moved_on = sum(link.amount_minor for link in chart.links if link.source == position)
        ended = node.holdable_minor + node.exited_minor + node.stopped_minor
        assert arrived == (0 if node.place.depth < 0 else node.amount_minor)
        if node.place.depth < DEPTHS_MAX - 1:
            assert moved_on + ended == node.amount_minor
        assert all(
            chart.nodes[link.target].place.depth == node.place.depth + 1
            for link in chart.links
            if link.source == position
        )
    columns = [node.place.depth for node in chart.nodes]
    assert max(columns.count(depth) for depth in set(columns)) <= ACCOUNTS_PER_DEPTH_MAX
    assert max(columns) < DEPTHS_MAX


def test_a_chart_says_when_it_does_not_show_everyone() -> None:
    assert [chart_of(tracing).is_folded for tracing in (small(), wide(60, 5), wide(3, 60))] == [False, True, True]


def test_vendored_files_are_those_that_their_readme_names() -> None:
    folder = files("tarazy.edge") / "static/vendor/d3"
    rows = re.findall(
        r"^\| (\S+\.js) \|.*\| ([0-9a-f]{64}) \|$", (folder / "README.md").read_text("utf-8"), re.MULTILINE
    )
    assert len(rows) == 4
    for name, expected in rows:
        assert sha256((folder / name).read_bytes()).hexdigest() == expected
        assert "</script" not in (folder / name).read_text("utf-8")


@pytest.mark.browser
def test_a_browser_draws_the_flow_under_the_pages_own_policy(tmp_path: Path) -> None:
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("no chromium on this machine")
    page = tmp_path / "page.html"
    page.write_text(page_of(small()), encoding="utf-8")
    switches = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
    switches += ["--disable-background-networking", "--disable-component-update", f"--user-data-dir={tmp_path / 'u'}"]
    done = subprocess.run(
        [chromium, *switches, "--dump-dom", page.as_uri()], capture_output=True, text=True, check=True, timeout=90
    )
    drawn = done.stdout.split('id="chart"')[1].split("</svg>")[0]
    assert '<section id="flow">' in done.stdout
    assert drawn.count('class="band"') == 4
    assert {"holdable", "exits", "stops", "moved_on"} <= set(re.findall(r'<rect class="(\w+)"', drawn))
    assert "&lt;/script" in drawn
