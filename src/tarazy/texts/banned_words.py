"""Words that no text of Tarazy says of a person or a measure, as data.

Nobody is guilty before a court has said so, and a hold is not a penalty: a text may speak of *fraud*, never of a
*fraudster*. A pattern is matched at the start of a word, in any case of letters. Where a text must say such a word (it
quotes the title of a law), the entry of the .po file says so itself, with the reason: ``#. allows: sanction — title``.
"""

from collections.abc import Mapping
from typing import Final

BANNED_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "kk": {
        "күдікті": r"күдікті",
        "алаяқ": r"алаяқ(?!тық|тығ)",
        "қылмыскер": r"қылмыскер",
        "айыпкер": r"айыпкер",
        "кінәлі": r"кінәлі",
        "ұры": r"ұры(?!\w)",
        "санкция": r"санкци",
        "қара тізім": r"қара\s+тізім",
        "бұғаттау": r"бұғатта",
        "мұздату": r"мұздат",
        "дроппер": r"дроп",
    },
    "ru": {
        "подозреваемый": r"подозрева",
        "мошенник": r"мошенни(?!ч)",
        "преступник": r"преступни",
        "виновный": r"винов(?!ни)",
        "виновник": r"виновни",
        "злоумышленник": r"злоумышленни",
        "вор": r"вор(?:а|ы|ов|у|ом|ам|ами)?(?!\w)",
        "санкция": r"санкци",
        "чёрный список": r"ч[её]рн\w+\s+спис",
        "блокировать": r"(?:за|раз)?блокир",
        "замораживать": r"(?:за|раз)мор[ао][жз]",
        "дроппер": r"дроп",
    },
    "en": {
        "suspect": r"suspect",
        "fraudster": r"fraudster",
        "scammer": r"scammer",
        "thief": r"thie(?:f|ves)",
        "criminals": r"criminals?(?!\w|\s+(?:procedure|code|case|law|matter|proceeding|offence))",
        "offender": r"offender",
        "perpetrator": r"perpetrator",
        "culprit": r"culprit",
        "guilty": r"guilty",
        "mule": r"mules?(?!\w)",
        "sanction": r"sanction",
        "blacklist": r"black\s?list",
        "block": r"(?:un)?block(?:s|ed|ing)?(?!\w)",
        "freeze": r"(?:un)?(?:freez|froze)",
    },
}
"""Language, then the word as an exception names it, then the pattern that finds it."""
