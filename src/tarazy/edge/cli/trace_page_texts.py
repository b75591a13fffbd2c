"""The words of the page of a tracing, in the three languages. All stand in the page; its reader chooses."""

from typing import Final, NamedTuple


class Words(NamedTuple):
    """One text in each language, with the same fields in braces."""

    en: str
    ru: str
    kk: str


LANGUAGE_NAMES: Final = Words("English", "Русский", "Қазақша")

TEXTS: Final = {
    "title": Words("Tracing of transfer {start}", "Прослеживание перевода {start}", "{start} аударымының ізі"),
    "asked": Words(
        "{payer} paid {amount} minor units of {currency} to {payee}, booked at {time}. Of them {stolen} are followed, "
        "from the first unit on.",
        "Со счёта {payer} на счёт {payee} перечислено {amount} минимальных единиц {currency}, проведено: {time}. Из "
        "них прослеживаются {stolen}, начиная с первой.",
        "{payer} шотынан {payee} шотына {currency} валютасының {amount} ең кіші бірлігі аударылды, жүргізілген уақыты: "
        "{time}. Оның біріншісінен бастап {stolen} бірлігінің ізі қаралды.",
    ),
    "unit": Words("{currency} minor units", "мин. единиц {currency}", "{currency} ең кіші бірлігі"),
    "method": Words(
        "Method {method}: on every account the oldest money goes first. State of the file at {as_of}, "
        "that time included.",
        "Метод {method}: с каждого счёта первыми уходят самые старые деньги. Состояние файла на {as_of} включительно.",
        "Әдіс {method}: әр шоттан алдымен ең ескі ақша кетеді. Файлдың {as_of} уақытындағы (осы уақытты қоса) күйі.",
    ),
    "minor": Words(
        "All amounts are whole minor units of {currency}, exact to the unit.",
        "Все суммы — целые минимальные единицы валюты {currency}, с точностью до единицы.",
        "Барлық сома — {currency} валютасының ең кіші бүтін бірліктері, бірлікке дейін дәл.",
    ),
    "no_measure": Words(
        "This page says where money is in a file. It is not a measure and not a statement about any person; whether "
        "anything may be held is decided by law and by authorised people.",
        "Эта страница показывает, где находятся деньги по данным файла. Это не мера и не утверждение о ком-либо; можно "
        "ли что-либо удержать, решают закон и уполномоченные люди.",
        "Бұл бет файл бойынша ақшаның қайда екенін көрсетеді. Бұл — шара да, біреу туралы тұжырым да емес; бірдеңені "
        "ұстап тұруға бола ма, оны заң мен уәкілетті адамдар шешеді.",
    ),
    "followed": Words("Followed", "Прослежено", "Ізі қаралды"),
    "holdable": Words("Holdable now", "Можно удержать сейчас", "Қазір ұстап тұруға болады"),
    "exits": Words("Exits", "Ушло за пределы", "Шығып кетті"),
    "stops": Words("Stops", "Остановки", "Тоқтаған жерлер"),
    "untraced": Words("Untraced", "Не прослежено", "Ізі табылмады"),
    "moved_on": Words("Moved on", "Ушло дальше", "Әрі кетті"),
    "holdable_note": Words(
        "Units of the start that lie free on these accounts.",
        "Единицы исходного перевода, которые свободно лежат на этих счетах.",
        "Бастапқы аударымның осы шоттарда бос жатқан бірліктері.",
    ),
    "exits_note": Words(
        "Units that left what the file can follow, or that repaid an overdraft.",
        "Единицы, которые вышли за пределы файла или погасили овердрафт.",
        "Файлдан тыс кеткен немесе овердрафтты өтеген бірліктер.",
    ),
    "stops_note": Words(
        "Units that reached a pooled account: whose they are inside cannot be told.",
        "Единицы, поступившие на общий счёт: чьи они внутри него, сказать нельзя.",
        "Ортақ шотқа түскен бірліктер: оның ішінде кімдікі екенін айту мүмкін емес.",
    ),
    "nothing": Words("None.", "Нет.", "Жоқ."),
    "flow": Words("The flow", "Движение денег", "Ақша қозғалысы"),
    "flow_note": Words(
        "Each column is one transfer further from the start. Touch or point at a bar or a band to read it; the tables "
        "below say the same.",
        "Каждый столбец — на один перевод дальше от начала. Коснитесь полосы или столбика, чтобы прочитать; таблицы "
        "ниже говорят то же.",
        "Әр баған — бастапқыдан бір аударым әрі. Оқу үшін жолақты түртіңіз; төмендегі кестелерде де сол айтылған.",
    ),
    "flow_folded": Words(
        "Small accounts of a column are drawn together, and at most {depths} columns are drawn.",
        "Мелкие счета столбца нарисованы вместе; столбцов нарисовано не больше {depths}.",
        "Бағандағы шағын шоттар бірге салынған; ең көбі {depths} баған салынған.",
    ),
    "way": Words("The way", "Путь", "Жолы"),
    "way_note": Words(
        "Every piece that moved: its depth, and which units of its transfer it is.",
        "Каждая часть, которая двигалась: её глубина и какие это единицы перевода.",
        "Қозғалған әр бөлік: тереңдігі және аударымның қай бірліктері екені.",
    ),
    "way_more": Words(
        "{more} more pieces are not shown; the JSON format has all of them.",
        "Ещё {more} частей не показано; в формате JSON есть все.",
        "Тағы {more} бөлік көрсетілмеген; JSON пішімінде бәрі бар.",
    ),
    "account": Words("Account", "Счёт", "Шот"),
    "participant": Words("Participant", "Участник", "Қатысушы"),
    "kind": Words("Kind", "Вид", "Түрі"),
    "amount": Words("Amount", "Сумма", "Сома"),
    "depth": Words("Depth", "Глубина", "Тереңдік"),
    "transfer": Words("Transfer", "Перевод", "Аударым"),
    "time": Words("Booked at", "Проведён", "Жүргізілген уақыты"),
    "payer": Words("From", "От", "Кімнен"),
    "payee": Words("To", "Кому", "Кімге"),
    "units": Words("Units", "Единицы", "Бірліктер"),
    "cash_out": Words("cash", "наличные", "қолма-қол ақша"),
    "external": Words("outside the file's network", "вне сети файла", "файл желісінен тыс"),
    "overdraft_repaid": Words("overdraft repaid", "погашен овердрафт", "овердрафт өтелді"),
    "pooled": Words("pooled account", "общий счёт", "ортақ шот"),
    "made": Words(
        "Made by tarazy trace. The page loads nothing and sends nothing.",
        "Создано командой tarazy trace. Страница ничего не загружает и не отправляет.",
        "tarazy trace командасы жасады. Бет ештеңе жүктемейді және жібермейді.",
    ),
}
"""What the page says, by the name under which the template asks for it."""
