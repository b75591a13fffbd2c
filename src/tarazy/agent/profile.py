"""What a bank says of itself: its name, where people are heard, and its officers as it knows them."""

import msgspec

from tarazy.texts.catalogue import Wording
from tarazy.values.ids import OfficerId


class OfficerProfile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An officer as their own bank knows them: name as it is written, role in three languages.

    ``signs_mandates``: the bank lets this officer sign its standing mandates.
    """

    officer_id: OfficerId
    name: str
    role: Wording
    signs_mandates: bool = False


class BankProfile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a bank says of itself in notices and on its pages."""

    name: Wording
    phone: str
    branch: Wording
    officers: tuple[OfficerProfile, ...]
    core_delay_ms: int = 0
