"""How many decimals each currency has (ISO 4217, list one), and how decimal text becomes whole minor units exactly.

The table is ISO's own. Tables made for display (CLDR among them) round some currencies to fewer decimals than their
banks settle in, and one digit wrong is an amount ten times wrong.
"""

import re
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

WHOLE_DIGITS_MAX: Final = 18
"""ISO 20022 gives an amount 18 digits in all; the limit also keeps the conversion of a hostile text cheap."""
_DECIMAL = re.compile(r"([0-9]{1,18})(?:\.([0-9]{1,18}))?")


def scaled(text: str, digits: int) -> int | None:
    """Return the decimal ``text`` times ``10 ** digits``, exactly, or None if it is no such decimal.

    A sign, an exponent, a comma and more decimals than ``digits`` (zeros too) are all "no such decimal".
    """
    match = _DECIMAL.fullmatch(text)
    if match is None:
        return None
    whole, fraction = match[1], match[2] or ""
    if len(fraction) > digits:
        return None
    return int(whole + fraction.ljust(digits, "0"))
