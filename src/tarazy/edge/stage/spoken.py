"""What the story's people say and write: in Kazakh, as officers and courts there do. Pages show it as it stands."""

from typing import Final

CALLED_BACK: Final = (
    "Банктегі нөміріне кері қоңырау шалынды; клиент банктің қауіпсіздік қызметі атынан қоңырау түскенін айтып берді."
)
"""Called back at the number on file; she describes a call in the name of the bank's safety department."""
SAME_CALLER: Final = (
    "Қоңыраулар тізімімен бөлімшеге келді; қоңырау шалған нөмір де, ақша түскен шот та бірінші хабардағыдай."
)
"""Came to the branch with the call log; the same caller, the same account as in the first report."""
ONE_FRAUD: Final = "Екеуіне де бір нөмірден қоңырау шалынған, екеуі де бір сағат ішінде бір шотқа ақша аударған."
"""Both were called from the same number and paid the same account within the hour."""
READ_WITH_MOVEMENTS: Final = "Осы алдаудың {number}-бөлігі, {amount}: шоттың қозғалыстарымен салыстырылды."
"""The piece of this number of this fraud: read with the account's movements."""
BROKER: Final = "Ойдан шығарылған брокердің хабарламаларын және ақша аударуды талап еткен шотты көрсетті."
"""He shows the messages of an invented broker and the account that he was told to pay."""

REGISTERED: Final = "Іс екі жәбірленушінің арызы және олардың банкі қол қойған хабарлар бойынша тіркелді."
"""The case was registered on the statements of both victims and the signed reports of their bank."""
PAUSES_END: Final = (
    "Банктердің кідіртуі бір тәулік ішінде аяқталады, сонда екі жәбірленушінің ақшасы әрі қарай кетер еді."
)
"""The pauses of the banks end within a day, and the two victims' money would move on."""
WEEKS: Final = "Тергеу бірнеше аптаға созылады; ақша соны күте ме, оны сот шешеді."
"""The investigation will take weeks; a court is to say whether the money waits for it."""
WHERE_IT_IS: Final = "Әр сома жолы анықталған жерде ғана сұралады, одан артық ештеңе сұралмайды."
"""What is asked is each sum where the tracing has found it, and nothing besides."""
IMPACT: Final = "Тек жолы анықталған сомалар пайдаланылмайды; жалақы, зейнетақы және қалғанының бәрі қолжетімді."
"""Only the traced sums are out of use; wages, pensions and everything else stay usable."""
MOVES_ON: Final = "Ұрланған ақша бірнеше минут ішінде бірнеше банктен өтіп кетті; бұл жерден де әрі қарай кетеді."
"""Within minutes of the theft the money had moved through several banks; it will move on from here."""
ENOUGH: Final = "Бұдан жеңіл шара шешім қабылданғанша жолы анықталған соманы орнында сақтай алмайды."
"""Nothing milder would keep the traced sum where it is until somebody can decide on it."""
TO_THE_UNIT: Final = "Әр соманың жолы тиынына дейін көрсетілген; одан азы жеткіліксіз, одан көбі сұралмаған."
"""The path of each sum is shown to the unit; less would not keep it, more is not asked."""

RIDE: Final = "Бұл адамдарды әуежайға апардым; тапсырыс, жүрген жол және чек телефонымда бар."
"""I drove these people to the airport; the order, the route and the receipt are in my phone."""
GOOD_FAITH: Final = "Сапардың тапсырысы, жолы және чегі бар: ақша істелген жұмыс үшін адал алынған."
"""The order, the route and the receipt of the ride are there: paid in good faith for work done."""
GIVES_BACK: Final = "Я не знал, чьи это деньги. Возвращаю их."
"""I did not know whose money it was. I give it back. (Arman reads and writes Russian.)"""
IDENTIFIED: Final = (
    "Бейнебайланыс арқылы анықталды; ештеңеге міндетті емес екені және төленгенге дейін қайтып ала алатыны айтылды."
)
"""Identified by video; told that nothing obliges him, that he may take it back until paid."""
THEIR_OWN: Final = "Ұсталған ақша жәбірленушілердің өз ақшасы екені тиынына дейін анықталды."
"""It is established to the last tiyn that the held money is the victims' own."""
ORDERED_BACK: Final = "Ойдан шығарылған соттың шешімі бойынша ұсталған ақша екі жәбірленушіге қайтарылады."
"""The invented court's decision orders the held money back to both victims."""
