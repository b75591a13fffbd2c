"""How many decimals each currency has (ISO 4217, list one), and so how many minor units one unit of it is.

The table is ISO's own. Tables made for display (CLDR among them) round some currencies to fewer decimals than their
banks settle in, and one digit wrong is an amount ten times wrong.
"""

from collections.abc import Mapping
from typing import Final

_BY_DIGITS: Final = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    2: (
        "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE "
        "CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL "
        "HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR "
        "MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK "
        "SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD "
        "XCD XCG YER ZAR ZMW ZWG"
    ),
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
DIGITS_OF: Final[Mapping[str, int]] = {code: digits for digits, codes in _BY_DIGITS.items() for code in codes.split()}
DIGITS_OF_MOST: Final = 2


def unit_minor(currency: str) -> int:
    """Return how many minor units one unit of a currency is; one that ISO does not list counts as most do."""
    return int(10 ** DIGITS_OF.get(currency, DIGITS_OF_MOST))
