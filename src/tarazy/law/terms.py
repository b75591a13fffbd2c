"""The closed lists of words in which a measure is asked for and answered."""

from enum import StrEnum


class Measure(StrEnum):
    """Anything that limits a person's property, data or access, in order of intrusiveness (M16 stands apart)."""

    M1 = "M1"
    """Report."""
    M2 = "M2"
    """Exchange of an identifier without a person."""
    M2t = "M2t"
    """Minimised trace answer."""
    M3 = "M3"
    """Listing of a person."""
    M4a = "M4a"
    """Pause of an unexecuted payment."""
    M4b = "M4b"
    """A bank's own pause of money already credited."""
    M5 = "M5"
    """An investigator's hold on the traced amount."""
    M6 = "M6"
    """Preservation of data."""
    M7 = "M7"
    """Request for data."""
    M8 = "M8"
    """Restriction of a whole account."""
    M9 = "M9"
    """Attachment by a judge's order."""
    M10 = "M10"
    """Restriction of a site or number."""
    M11 = "M11"
    """Personal data across a border."""
    M12 = "M12"
    """Search for digital evidence."""
    M13 = "M13"
    """Network activity."""
    M14 = "M14"
    """Takeover of an account."""
    M15 = "M15"
    """Disruption of data."""
    M16 = "M16"
    """Refund to the victim."""


class Lane(StrEnum):
    """The ways in which held money may return to the victim (M16)."""

    consent = "consent"
    """The holder agrees in writing, informed."""
    court = "court"
    """A court decides."""
    investigator = "investigator"
    """The investigator resolves, a prosecutor authorises, the receiver is heard."""
    own_bank = "own_bank"
    """A bank makes its customer's loss good out of its own money; nothing that is held is touched."""


class ActorRole(StrEnum):
    """In which capacity somebody acts."""

    citizen = "citizen"
    bank = "bank"
    payment_organisation = "payment_organisation"
    investigator = "investigator"
    prosecutor = "prosecutor"
    investigating_judge = "investigating_judge"
    court = "court"
    exchange = "exchange"
    regional_court = "regional_court"
    """The court above the one that decided."""
    supervisor = "supervisor"
    """Who supervises financial organisations."""
    communications_body = "communications_body"
    """The state body for networks and mass media."""
    operator = "operator"
    """A telecom operator."""
    platform = "platform"
    """Who keeps a site or a service."""
    data_protection = "data_protection"
    """The data-protection authority."""
    other = "other"
    """A participant or officer that no rule names. A pack cannot name it as the author of anything."""


class Verdict(StrEnum):
    """The gate's answer. *Needs authorisation* means: lawful in everything else, but not yet."""

    permitted = "permitted"
    needs_authorisation = "needs_authorisation"
    refused = "refused"


class TestId(StrEnum):
    """The nine questions that every measure must answer."""

    __test__ = False  # the name begins as pytest's own classes do

    T1 = "T1"
    """Legality: is there a norm in force that day that names this measure for this body?"""
    T2 = "T2"
    """Quality of law: is every value that the measure rests on verified or confirmed?"""
    T3 = "T3"
    """Aim: is it one for which rights may be limited, and within the purpose of the exchange?"""
    T4 = "T4"
    """Factual basis: are there facts, and not only scores or list hits?"""
    T5 = "T5"
    """Suitability: is it said how the measure reaches its aim?"""
    T6 = "T6"
    """Necessity: is it said of every milder measure why it is not enough?"""
    T7 = "T7"
    """Proportionality: sum, time, protected money, impact."""
    T8 = "T8"
    """Safeguards: author, authorisation, notice, remedy, end."""
    T9 = "T9"
    """Equality: does it rest on a feature that may not be used?"""


class Branch(StrEnum):
    """The branch of law by which a span of time is counted."""

    criminal = "criminal"
    administrative = "administrative"
    private = "private"
    """Mandates, contracts and notices between private parties."""
    judicial = "judicial"
    """Proceedings before a court outside the criminal branch."""


class AssertionKind(StrEnum):
    """What an assertion is. Kinds are never merged: a score does not become a fact by being passed on."""

    fact = "fact"
    allegation = "allegation"
    assessment = "assessment"
    score = "score"
    list_hit = "list_hit"
    finding = "finding"
    """A court's finding."""


class Mark(StrEnum):
    """How far a value of a pack can be trusted."""

    verified = "verified"
    """Read in the named source."""
    background = "background"
    """Known, but not checked against a source."""
    unsure = "unsure"
    """Contested, possibly amended or half seen: nothing intrusive may rest on it until a named person confirms it."""
    default = "default"
    """Not law: this project's own rule, at least as strict as the law that was seen."""
