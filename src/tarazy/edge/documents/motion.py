"""A motion, its schedule and the file for the court, as documents. What they say comes from the views alone.

Grant, narrow and strike stand beside each other with the same weight, and nothing is filled in beforehand.
"""

from collections.abc import Iterator
from datetime import tzinfo

from tarazy.edge.documents.model import (
    Block,
    Document,
    DocumentKind,
    FactRows,
    Grid,
    Heading,
    Items,
    Paragraph,
    Print,
    RemedyBox,
    Signature,
)
from tarazy.edge.documents.motion_view import (
    CourtFileView,
    EnclosureView,
    EventView,
    FactView,
    LineView,
    MotionView,
    OfficialView,
)
from tarazy.edge.documents.receipt_block import receipt_blocks
from tarazy.edge.documents.words import Words
from tarazy.texts.catalogue import Catalogue
from tarazy.values.money import Money


def motion_document(view: MotionView, catalogue: Catalogue, zone: tzinfo, size: Print = Print.ordinary) -> Document:
    """Return the motion with the lines that it asks for."""
    words = Words(view.language, catalogue, zone)
    title = words.t("motion.title", measure=words.text(f"law.measure.{view.measure}"))
    blocks = (
        Heading(title, 1),
        *_motion(view, words),
        *_lines(view, words),
        *_silence(view, words),
        *_norms(view, words),
        _remedy(view, words),
        _signature(view.author, view.signed, words),
        *receipt_blocks(view.receipt, words),
    )
    return _document(DocumentKind.motion, title, blocks, view, words, size)


def schedule_document(view: MotionView, catalogue: Catalogue, zone: tzinfo, size: Print = Print.ordinary) -> Document:
    """Return the schedule alone, for the authority to decide on paper line by line."""
    words = Words(view.language, catalogue, zone)
    title = words.t("schedule.title")
    blocks = (
        Heading(title, 1),
        FactRows(words.row_head(), _parties(view, words)),
        Paragraph(view.request),
        Paragraph(words.t("schedule.how")),
        *_lines(view, words),
        *_decisions(view, words),
        *_silence(view, words),
        _remedy(view, words),
        _signature(view.authority, None, words),
    )
    return _document(DocumentKind.schedule, title, blocks, view, words, size)


def court_file(view: CourtFileView, catalogue: Catalogue, zone: tzinfo, size: Print = Print.ordinary) -> Document:
    """Return everything that whoever decides has before them, in one document."""
    motion = view.motion
    words = Words(motion.language, catalogue, zone)
    title = words.t("file.title")
    blocks = (
        Heading(title, 1),
        Paragraph(words.t("file.contents")),
        Items(tuple(words.t(f"file.{part}") for part in ("motion", "lines", "events", "replies", "enclosures")), True),
        Heading(words.t("file.motion")),
        *_within(*_motion(motion, words), *_silence(motion, words), *_norms(motion, words)),
        Heading(words.t("file.lines")),
        *_within(*_lines(motion, words)),
        Heading(words.t("file.events")),
        _events(view.events, words),
        Heading(words.t("file.replies")),
        *_facts(view.replies, words),
        Heading(words.t("file.enclosures")),
        *_enclosures(view.enclosures, words),
        _remedy(motion, words),
        _signature(motion.author, motion.signed, words),
        *receipt_blocks(motion.receipt, words),
    )
    return _document(DocumentKind.court_file, title, blocks, motion, words, size)


def _within(*blocks: Block) -> Iterator[Block]:
    """Return the blocks of a section with their headings one level lower: no level is ever skipped."""
    for block in blocks:
        yield Heading(block.text, block.level + 1) if isinstance(block, Heading) else block


def _document(
    kind: DocumentKind, title: str, blocks: tuple[Block, ...], view: MotionView, words: Words, size: Print
) -> Document:
    return Document(
        kind=kind,
        language=view.language,
        author=view.author.body,
        title=words.t("title.numbered", title=title, number=view.motion_id),
        running=words.running(view.case_id, view.author.body, is_demonstration=view.is_demonstration),
        made_at=view.drawn_at,
        blocks=blocks,
        size=size,
    )


def _parties(view: MotionView, words: Words) -> tuple[tuple[str, str], ...]:
    return (
        (words.t("motion.number"), view.motion_id),
        (words.t("motion.case"), view.case_id),
        (words.t("motion.registration"), view.registration or words.t("motion.not_registered")),
        (words.t("motion.author"), _named(view.author)),
        (words.t("motion.authority"), _named(view.authority)),
        (words.t("motion.drawn"), words.moment(view.drawn_at)),
    )


def _named(official: OfficialView) -> str:
    return ", ".join(part for part in (official.name, official.role, official.body) if part.strip())


def _motion(view: MotionView, words: Words) -> tuple[Block, ...]:
    """What is asked, why, and what stands against it: both kinds of facts in the same place, in the same form."""
    asked = (
        (words.t("motion.measure"), words.text(f"law.measure.{view.measure}")),
        *((words.t("motion.offences"), "\n".join(view.offences)) for _ in range(bool(view.offences))),
        (words.t("motion.aim"), view.aim),
        (words.t("motion.sum"), _total(view, words)),
    )
    return (
        FactRows(words.row_head(), _parties(view, words)),
        Heading(words.t("motion.request")),
        Paragraph(view.request),
        FactRows(words.row_head(), asked),
        Heading(words.t("motion.facts")),
        *_facts(view.facts, words),
        Heading(words.t("motion.for_holder")),
        *_facts(view.for_holder, words),
        Paragraph(f"{words.t('motion.for_holder_answer')} {view.for_holder_answer}"),
        Heading(words.t("motion.suitability")),
        Paragraph(view.suitability),
        Heading(words.t("motion.impact")),
        Paragraph(view.impact),
        Heading(words.t("motion.milder")),
        *_milder(view, words),
    )


def _facts(facts: tuple[FactView, ...], words: Words) -> tuple[Block, ...]:
    if not facts:
        return (Paragraph(words.t("facts.none")),)
    head = (words.t("facts.fact"), words.t("facts.source"), words.t("facts.grade"))
    rows = tuple((fact.text, fact.source, words.t(f"grade.{fact.grade}")) for fact in facts)
    return (Grid(head, rows, (5, 3, 2)),)


def _milder(view: MotionView, words: Words) -> tuple[Block, ...]:
    if not view.milder:
        return (Paragraph(words.t("milder.none")),)
    head = (words.t("milder.measure"), words.t("milder.answer"))
    rows = tuple((words.text(f"law.measure.{one.measure}"), one.answer) for one in view.milder)
    return (Grid(head, rows, (2, 3)),)


def _lines(view: MotionView, words: Words) -> tuple[Block, ...]:
    """The schedule, and below it every test that a line does not pass, with its reason."""
    head = tuple(words.t(f"line.{part}") for part in ("number", "bank", "sum", "until", "verdict", "tests"))
    rows = tuple(
        (
            str(line.number),
            f"{line.bank}\n{line.hold}",
            words.money(line.amount.minor, line.amount.currency),
            words.brief(line.until),
            words.text(f"law.verdict.{line.verdict}"),
            _tests(line, words),
        )
        for line in view.lines
    )
    against = tuple(_against(line.number, f"{one.test}", one.why, words) for line in view.lines for one in line.failed)
    return (
        Heading(words.t("line.title")),
        Grid(head, rows, (2, 8, 5, 5, 5, 5)),
        Paragraph(words.t("line.total", sum=_total(view, words)), is_strong=True),
        *((Paragraph(words.t("line.against")), Items(against)) if against else ()),
        Paragraph(words.t("line.key", tests="; ".join(_test_names(view.lines[0], words)))),
    )


def _tests(line: LineView, words: Words) -> str:
    if not line.failed:
        return words.t("line.all_passed")
    return words.t("line.not_passed", tests=", ".join(one.test for one in line.failed))


def _against(number: int, test: str, why: str, words: Words) -> str:
    return words.t("line.reason", number=number, test=f"{test} ({words.text(f'law.test.{test}')})", why=why)


def _test_names(line: LineView, words: Words) -> list[str]:
    return [f"{one.test} – {words.text(f'law.test.{one.test}')}" for one in line.tests]


def _total(view: MotionView, words: Words) -> str:
    """Return the sum of the lines, one for each currency in the order in which they come."""
    sums: dict[str, int] = {}
    for line in view.lines:
        sums[line.amount.currency] = sums.get(line.amount.currency, 0) + line.amount.minor
    totals = [Money(minor, currency) for currency, minor in sums.items()]
    return "; ".join(words.money(total.minor, total.currency) for total in totals)


def _decisions(view: MotionView, words: Words) -> tuple[Block, ...]:
    """A row for each line with the three decisions to mark by hand, and room for a sum, an end and a reason."""
    head = tuple(words.t(f"decision.{part}") for part in ("line", "grant", "narrow", "strike", "why"))
    rows = tuple((str(line.number), *(["(   )\n"] * 3), "") for line in view.lines)
    return (Heading(words.t("decision.title")), Grid(head, rows, (2, 5, 5, 5, 6)))


def _silence(view: MotionView, words: Words) -> tuple[Block, ...]:
    head = (words.t("forecast.at"), words.t("forecast.what"), words.t("forecast.unless"))
    rows = tuple((words.moment(one.at), one.what, one.unless) for one in view.forecast)
    return (Heading(words.t("forecast.title")), Grid(head, rows, (3, 4, 4)))


def _norms(view: MotionView, words: Words) -> tuple[Block, ...]:
    head = (words.t("norm.title"), words.t("norm.version"), words.t("norm.in_force"))
    rows = tuple(
        (
            norm.title,
            norm.version,
            words.t("norm.since", since=words.date(norm.valid_from))
            if norm.valid_to is None
            else words.t("norm.from_to", since=words.date(norm.valid_from), to=words.date(norm.valid_to)),
        )
        for norm in view.norms
    )
    title = words.t("norm.heading", day=words.date(view.law_day))
    return (Heading(title), Grid(head, rows, (6, 3, 3)))


def _remedy(view: MotionView, words: Words) -> RemedyBox:
    return RemedyBox(words.t("remedy.title"), words.t("remedy.of_decision"), view.remedies)


def _signature(official: OfficialView, signed: str | None, words: Words) -> Signature:
    role = ", ".join(part for part in (official.role, official.body) if part)
    lines = ("line", "date") if official.name else ("name", "line", "date")
    return Signature(official.name, role, tuple(words.t(f"signature.{line}") for line in lines), signed)


def _events(events: tuple[EventView, ...], words: Words) -> Grid:
    head = tuple(words.t(f"event.{part}") for part in ("at", "what", "who", "receipt"))
    rows = tuple(
        (
            words.brief(event.at),
            event.what,
            event.who,
            words.t("event.no_receipt")
            if event.receipt is None
            else words.t("event.leaf", index=event.receipt.index, hash=event.receipt.leaf_hash),
        )
        for event in events
    )
    return Grid(head, rows, (3, 5, 4, 5))


def _enclosures(enclosures: tuple[EnclosureView, ...], words: Words) -> tuple[Block, ...]:
    if not enclosures:
        return (Paragraph(words.t("enclosure.none")),)
    head = tuple(words.t(f"enclosure.{part}") for part in ("title", "source", "day", "hash"))
    rows = tuple((one.title, one.source, words.date(one.day), one.sha256) for one in enclosures)
    return (Grid(head, rows, (5, 4, 3, 5)),)
