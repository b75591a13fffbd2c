"""``tarazy law``: ask the law gate, see what a pack can carry, check and show a pack. No server, no network."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from tarazy.adapters.catalogue import load_catalogue
from tarazy.adapters.clock import SystemClock
from tarazy.adapters.packs import pack_ids
from tarazy.edge.cli.law_clock import clock
from tarazy.edge.cli.law_diff import diff
from tarazy.edge.cli.law_document import assessment_document, readiness_document
from tarazy.edge.cli.law_offences import offences
from tarazy.edge.cli.law_pack import FormatOption, LanguageOption, LawFormat, PackOption, print_document, read_pack
from tarazy.edge.cli.law_show import item_lines, summary_lines
from tarazy.edge.cli.law_text import Voice, assessment_lines, readiness_lines, standing_lines
from tarazy.edge.cli.refusal import refuse
from tarazy.law.assessment import Request, Verdict
from tarazy.law.gate import assess
from tarazy.law.node import Node, PackFault, load
from tarazy.law.readiness import readiness
from tarazy.law.request_file import parse_request
from tarazy.law.vocabulary import codes_of
from tarazy.texts.catalogue import Language
from tarazy.values.instant import Instant

NOT_PERMITTED = 1
REQUEST_CHARACTERS_MAX = 200_000

app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True, help=__doc__)
app.command("clock")(clock)
app.command("diff")(diff)
app.command("offences")(offences)

AtOption = Annotated[
    str | None, typer.Option("--at", metavar="TIME", help="The moment of the act, ISO 8601 with offset. Default: now.")
]


@app.command("assess")
def assess_command(
    request: Annotated[
        str | None, typer.Argument(metavar="[REQUEST.yaml]", help="The request as YAML or JSON; - reads stdin.")
    ] = None,
    *,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="FIELD=VALUE", help="A field of the request, as YAML. May be given repeatedly."),
    ] = None,
    pack: PackOption = "kz",
    at: AtOption = None,
    language: LanguageOption = Language.en,
    output: FormatOption = LawFormat.table,
) -> None:
    """Ask whether a measure would be lawful: nine tests, what follows, and what would be lawful instead.

    Exit status: 0 permitted; 1 needs authorisation or refused; 2 the request or the pack cannot be read.
    """
    chosen, moment = read_pack(pack), _moment(at)
    asked = _request(request, settings or [])
    answer = assess(asked, chosen, moment)
    voice = Voice(load_catalogue(), language)
    if output is LawFormat.json:
        print_document(assessment_document(answer, asked.currency, voice))
    else:
        typer.echo("\n".join(assessment_lines(answer, chosen, asked.currency, voice)))
    if answer.verdict is not Verdict.permitted:
        raise typer.Exit(NOT_PERMITTED)


@app.command("readiness")
def readiness_command(
    pack: PackOption = "kz",
    at: AtOption = None,
    language: LanguageOption = Language.en,
    output: FormatOption = LawFormat.table,
) -> None:
    """Show for each measure whether it works, which open question stops it, and who must sign."""
    chosen = read_pack(pack)
    rows = readiness(chosen, _moment(at))
    voice = Voice(load_catalogue(), language)
    if output is LawFormat.json:
        print_document(readiness_document(rows, voice))
    else:
        typer.echo("\n".join(readiness_lines(rows, chosen, voice)))


@app.command("check")
def check_command(
    pack: Annotated[
        list[str] | None, typer.Argument(metavar="[PACK]...", help="Ids or folders. Default: every pack shipped.")
    ] = None,
) -> None:
    """Check that packs can be read, agree with themselves, and have a text for everything they can say."""
    for name in pack or pack_ids():
        chosen = read_pack(name)
        missing = [code for code in sorted(codes_of(chosen.data)) if not load_catalogue().has(code)]
        if missing:
            refuse(f"{name}: expected a text in every language for {', '.join(missing)}")
        data = chosen.data
        versions = sum(len(norm.versions) for norm in data.norms.values())
        typer.echo(
            f"ok: {data.pack_id} {data.version}: {len(data.norms)} norms in {versions} versions, "
            f"{len(data.rules)} rules, {len(data.offences)} offences, {len(data.questions)} open questions, "
            f"to be reviewed by {data.review_by}"
        )


@app.command("show")
def show_command(
    item: Annotated[
        str | None, typer.Argument(metavar="[ITEM]", help="A norm, a version of it, or a measure. Default: all.")
    ] = None,
    pack: PackOption = "kz",
    language: LanguageOption = Language.en,
) -> None:
    """Show a pack: its rules and norms, or one of them with every value, its mark, and its source."""
    chosen, voice = read_pack(pack), Voice(load_catalogue(), language)
    lines = summary_lines(chosen, voice) if item is None else item_lines(chosen, item, voice)
    if not lines:
        refuse(f"{pack}: no norm and no measure {item!r} (tarazy law show --pack {pack})")
    typer.echo("\n".join([*standing_lines(chosen, voice), "", *lines]))


def _moment(text: str | None) -> Instant:
    if text is None:
        return SystemClock().now()
    try:
        return Instant.parse(text)
    except (ValueError, OverflowError):
        refuse(f"--at: expected a moment with an offset such as 2026-11-22T10:00:00+05:00, found {text!r}")


def _request(source: str | None, settings: list[str]) -> Request:
    if source is None and not settings:
        refuse("expected a request: a file, - for stdin, or --set FIELD=VALUE")
    name = "stdin" if source == "-" else source or "the request"
    try:
        plain = load(name, _text(source)).value if source is not None else {}
        if not isinstance(plain, dict):
            raise PackFault(f"{name}: expected a mapping of fields")  # noqa: TRY301 -- one place that refuses
        merged = {**plain, **dict(_setting(setting) for setting in settings)}
        return parse_request(Node(name, "", merged))
    except PackFault as fault:
        refuse(str(fault))


def _setting(setting: str) -> tuple[str, object]:
    name, mark, value = setting.partition("=")
    if not mark or not name:
        raise PackFault(f"--set: expected FIELD=VALUE, found {setting!r}")
    return name, load("--set", value).value


def _text(source: str) -> str:
    try:
        text = sys.stdin.read(REQUEST_CHARACTERS_MAX + 1) if source == "-" else Path(source).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise PackFault(f"{source}: expected a file in UTF-8 ({_why(fault)})") from fault
    if len(text) > REQUEST_CHARACTERS_MAX:
        raise PackFault(f"{source}: expected at most {REQUEST_CHARACTERS_MAX} characters")
    return text


def _why(fault: OSError | UnicodeDecodeError) -> str:
    return str(fault.strerror) if isinstance(fault, OSError) else "it is not text"
