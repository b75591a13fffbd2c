"""A small world with an investigator's measure that is appealed against, and officials with keys. All invented."""

from datetime import timedelta

from tarazy.adapters.catalogue import load_catalogue
from tarazy.adapters.memory import MemoryStore
from tarazy.adapters.packs import load_pack
from tarazy.agent.appeals import LodgeAppeal, lodge_appeal
from tarazy.app.appeal_records import APPEALS, RECORDED_ERRORS, Appeal, RecordedError
from tarazy.app.records import PARTICIPANTS
from tarazy.app.sequencing import LogSigner
from tarazy.app.store import Store
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.appeal import AppealRoad, Appellant
from tarazy.domain.error import ErrorCause, ErrorKind, ErrorStatus, FoundBy
from tarazy.domain.rejection import Rejection
from tarazy.edge.context import ExchangeContext
from tarazy.values.ids import CaseId, ErrorId, HoldId, MeasureId, ParticipantId
from tarazy.values.instant import Instant
from tests.measuring import begin, case_of, registered
from tests.story import Network, robbed
from tests.story_people import COLLEAGUE, THIRD, keyring
from tests.story_reading import bank_hold
from tests.unit.edge.console.world import StoryClock, World

PROSECUTOR = "prosecutor"
WORDS = "It is my <salary>, and my daughter's school fees."


def in_memory(_: str) -> Store:
    return MemoryStore()


def appealed_world(appellant: Appellant = Appellant.holder) -> World:
    """Return a world in which the holder at bank B, or somebody else, appeals against an investigator's measure."""
    network = robbed(in_memory)
    network.report("t1")
    registered(network, case_of(network))
    begin(network, case_of(network))
    network.settle()
    network.enrol(PROSECUTOR, "prosecutor", "prosecutor")
    network.enrol("court", "court", "judge", COLLEAGUE)
    network.enrol("court", "court", "regional_judge", THIRD)
    network.enrol("regulator", "supervisor", "supervisor")
    appeal_on(network, appellant=appellant)
    return World(network, _context(network), _signer())


def appeal_on(network: Network, words: str = WORDS, appellant: Appellant = Appellant.holder) -> None:
    """The holder appeals in the app; anybody else at the branch, two hours before the assistant writes it down."""
    hold, is_own = bank_hold(network, "mule"), appellant is Appellant.holder
    command = LodgeAppeal(
        hold_id=hold.hold_id,
        appellant=appellant,
        road=AppealRoad.app if is_own else AppealRoad.branch,
        is_identified=True,
        grounds=("protected_money", "good_faith"),
        words=words,
        was_read_back=True,
    )
    by = None if is_own else network.officer("bank-b")
    filed_at = network.now if is_own else network.now.plus(-timedelta(hours=2))
    lodged = network.at("bank-b", lambda tx, now: lodge_appeal(tx, command, EXCHANGE_ID, now, by=by, filed_at=filed_at))
    assert not isinstance(lodged, Rejection)
    network.settle()


def the_appeal(world: World) -> Appeal:
    found: list[Appeal] = world.network.rows(EXCHANGE_ID, APPEALS, order=("forum_no",))
    return found[0]


def an_error(
    number: int,
    at: Instant,
    *,
    kind: ErrorKind | None = None,
    cause: ErrorCause = ErrorCause.late_answer,
    status: ErrorStatus | None = None,
    currency: str = "KZT",
    held: int = 1_000_00,
) -> RecordedError:
    """Return an error as the register keeps it; one with a kind is disclosed."""
    return RecordedError(
        error_id=ErrorId(f"er_{number}"),
        case_id=CaseId("cs_secret"),
        measure_id=MeasureId(f"hd_{number}"),
        hold_id=HoldId(f"hd_{number}"),
        participant_id=ParticipantId("bank-b"),
        found_by=FoundBy.deadline,
        cause=cause,
        kind=kind,
        status=status or (ErrorStatus.noted if kind is None else ErrorStatus.disclosed),
        currency=currency,
        held_minor=held,
        held_s=3600,
        noted_at=at,
        classified_at=None,
        classified_participant_id=None,
        classified_by=None,
        statement=None,
        claim_minor=0,
        disclosed_at=None,
        closed_at=None,
    )


def with_errors(world: World, *errors: RecordedError) -> None:
    world.network.at(EXCHANGE_ID, lambda tx, _: [tx.add(RECORDED_ERRORS, one) for one in errors])


def _signer() -> LogSigner:
    signing = keyring(EXCHANGE_ID).signing
    return LogSigner("log.tarazy.test", signing.signer(), signing.public)


def _context(network: Network) -> ExchangeContext:
    participants = network.rows(EXCHANGE_ID, PARTICIPANTS)
    return ExchangeContext(
        peer=network.exchange,
        clock=StoryClock(network),
        pack=load_pack("kz-demo"),
        catalogue=load_catalogue(),
        participants={one.participant_id: one for one in participants},
        officers={ParticipantId(name): keyring(name) for name in ("police", PROSECUTOR, "court", "regulator")},
        log_signer=_signer(),
        is_demonstration=True,
        base_path="",
    )
