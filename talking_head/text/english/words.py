"""Words of English that stand behind abbreviations, signs, units and currencies."""

from __future__ import annotations

import re

_ABBREVIATIONS = """
mr:mister mrs:missus ms:miz dr:doctor prof:professor st:saint jr:junior sr:senior vs:versus etc:et cetera e.g:for example
i.e:that is approx:approximately dept:department est:established fig:figure gen:general gov:governor inc:incorporated
ltd:limited co:company corp:corporation capt:captain col:colonel sgt:sergeant lt:lieutenant rev:reverend hon:honourable
max:maximum min:minimum no:number nos:numbers vol:volume pp:pages ave:avenue blvd:boulevard rd:road mt:mount cf:compare
ca:circa viz:namely incl:including excl:excluding misc:miscellaneous esp:especially resp:respectively rs:rupees
a.m:A M p.m:P M u.s:U S
u.k:U K u.s.a:U S A ph.d:P H D b.c:B C a.d:A D e.u:E U jan:January feb:February mar:March apr:April jun:June jul:July
aug:August sep:September sept:September oct:October nov:November dec:December apt:apartment ste:suite bldg:building rm:room
ext:extension tel:telephone fl:floor p:page ch:chapter sec:section ed:edition eq:equation ref:reference acct:account
"""
# Abbreviation without its last full stop → how it is read.
ABBREVIATIONS = {k: v.strip() for k, v in re.findall(r"(\S+):(.+?)(?=\s+\S+:|\s*$)", " ".join(_ABBREVIATIONS.split()))}
# Those that are words as well ("No.", "the max.") are read so only before a figure.
_WORDS_TOO = "no nos max min fig mar jun est gen sep dec oct vol pp apr ste rm fl p ch sec ed eq ref ext tel apt bldg rs"
ONLY_BEFORE_FIGURES = frozenset(_WORDS_TOO.split())

SIGNS = {
    "&": "and", "@": "at", "%": "percent", "+": "plus", "=": "equals", "×": "times", "÷": "divided by", "≈": "about",
    "~": "about", "≤": "at most", "≥": "at least", "<": "less than", ">": "greater than", "±": "plus or minus", "→": "to",
    "√": "root", "π": "pi", "°": "degrees", "§": "section", "#": "number", "©": "copyright", "€": "euros", "£": "pounds",
    "$": "dollars", "µ": "micro", "∞": "infinity", "|": ",", "‰": "per mille", "≠": "is not equal to", "¢": "cents",
    "^": "to the", "¥": "yen", "₹": "rupees",
}  # fmt: skip

# Sign or code → (unit, its hundredth part).
CURRENCIES = {
    "$": ("dollar", "cent"), "US$": ("U S dollar", "cent"), "A$": ("Australian dollar", "cent"),
    "C$": ("Canadian dollar", "cent"), "HK$": ("Hong Kong dollar", "cent"), "NZ$": ("New Zealand dollar", "cent"),
    "R$": ("real", "centavo"),
    "€": ("euro", "cent"), "£": ("pound", "penny"), "¥": ("yen", ""), "CN¥": ("yuan", ""), "₹": ("rupee", "paisa"),
    "₩": ("won", ""), "₽": ("rouble", "kopeck"), "₺": ("lira", "kurus"), "₫": ("dong", ""), "₴": ("hryvnia", "kopiyka"),
    "₦": ("naira", "kobo"), "฿": ("baht", "satang"), "₱": ("peso", "centavo"), "₪": ("shekel", "agora"),
    "USD": ("dollar", "cent"), "EUR": ("euro", "cent"), "GBP": ("pound", "penny"), "CHF": ("franc", "centime"),
    "JPY": ("yen", ""), "CNY": ("yuan", ""), "RMB": ("yuan", ""), "INR": ("rupee", "paisa"),
    "AUD": ("Australian dollar", "cent"), "CAD": ("Canadian dollar", "cent"), "NZD": ("New Zealand dollar", "cent"),
    "SEK": ("krona", "ore"), "NOK": ("krone", "ore"),
    "DKK": ("krone", "ore"), "PLN": ("zloty", "grosz"), "KRW": ("won", ""), "BRL": ("real", "centavo"),
    "MXN": ("peso", "centavo"),
}  # fmt: skip
_CODES = [name for name in CURRENCIES if name.isalpha()]
_MARKS = sorted((name for name in CURRENCIES if not name.isalpha()), key=len, reverse=True)
CURRENCY_SIGN = "|".join(map(re.escape, _MARKS))
CURRENCY = rf"(?:{CURRENCY_SIGN}|(?<![A-Za-z])(?:{'|'.join(_CODES)})(?![A-Za-z]))"

_UNIT_WORDS = """
kph:kilometre per hour mph:mile per hour km²:square kilometre m²:square metre mi²:square mile cm²:square centimetre
mm²:square millimetre ft²:square foot m³:cubic metre km³:cubic kilometre cm³:cubic centimetre ft³:cubic foot sqm:square metre
km:kilometre cm:centimetre mm:millimetre nm:nanometre µm:micrometre m:metre mi:mile yd:yard ft:foot kg:kilogram g:gram
mg:milligram µg:microgram mcg:microgram lbs:pound lb:pound oz:ounce l:litre L:litre ml:millilitre mL:millilitre cl:centilitre
cL:centilitre dl:decilitre dL:decilitre µl:microlitre µL:microlitre gal:gallon tbsp:tablespoon tsp:teaspoon ms:millisecond
µs:microsecond ns:nanosecond s:second sec:second secs:second min:minute mins:minute h:hour hr:hour hrs:hour wk:week wks:week
yr:year yrs:year kHz:kilohertz Hz:hertz MHz:megahertz GHz:gigahertz KB:kilobyte kB:kilobyte MB:megabyte GB:gigabyte
TB:terabyte PB:petabyte kbit:kilobit Mbit:megabit Gbit:gigabit Mbps:megabit per second Gbps:gigabit per second kbps:kilobit
per second px:pixel MP:megapixel dpi:dot per inch fps:frame per second kn:knot rpm:revolution per minute bpm:beat per minute
Wh:watt hour kWh:kilowatt hour MWh:megawatt hour GWh:gigawatt hour kW:kilowatt MW:megawatt GW:gigawatt W:watt V:volt
kV:kilovolt mV:millivolt mA:milliampere mAh:milliampere hour Ω:ohm kΩ:kilohm dB:decibel dBm:decibel milliwatt
kcal:kilocalorie cal:calorie kJ:kilojoule Nm:newton metre hp:horsepower Pa:pascal hPa:hectopascal kPa:kilopascal psi:pound
per square inch mol:mole mmol:millimole ppm:part per million ppb:part per billion ha:hectare °C:degree Celsius °F:degree
Fahrenheit °:degree x:times
"""
UNITS: dict[str, str] = {k: v.strip() for k, v in re.findall(r"(\S+?):(.+?)(?=\s+\S+:|\s*$)", " ".join(_UNIT_WORDS.split()))}
_ONE_UNIT = (
    "(?:" + "|".join(re.escape(u) for u in sorted(UNITS, key=len, reverse=True)) + r")(?<!x(?=\s?[-+=*^<>≤≥]))"
)  # "2x + 1"
UNIT = rf"(?:{_ONE_UNIT}(?:/(?:100\s?)?{_ONE_UNIT})?)(?![\w²³]|/[A-Za-zµ°])"
# What something is counted by behind a stroke ("£20/month"), beside units.
_COUNTED_BY = """
second minute hour day night week month quarter year person head guest room piece item unit page call user seat serving mile
acre
"""
PER = {word: word for word in _COUNTED_BY.split()}
PER |= {"d": "day", "wk": "week", "mo": "month", "mth": "month", "yr": "year", "pp": "person", "pers": "person"}

FRACTIONS = {
    "½": (1, 2), "⅓": (1, 3), "⅔": (2, 3), "¼": (1, 4), "¾": (3, 4), "⅕": (1, 5), "⅖": (2, 5), "⅗": (3, 5), "⅘": (4, 5),
    "⅙": (1, 6), "⅚": (5, 6), "⅐": (1, 7), "⅛": (1, 8), "⅜": (3, 8), "⅝": (5, 8), "⅞": (7, 8), "⅑": (1, 9), "⅒": (1, 10),
}  # fmt: skip
_LETTERS = """
alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon phi chi psi omega
"""
GREEK = dict(zip("αβγδεζηθικλμνξοπρστυφχψω", _LETTERS.split(), strict=True))
SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿⁱ", "0123456789+-ni")
SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉₊₋", "0123456789+-")

# Endings of dotted names that are read as words; others without a vowel, or of two letters, are spelt.
_READ = """
com org net info dev app gov mil biz shop blog cloud online site store tech name museum travel agency me co is in at to be
"""
_SPELT = "exe edu avi iso ics odt ods aac"
READ_ENDINGS, SPELT_ENDINGS = frozenset(_READ.split()), frozenset(_SPELT.split())

# After these a figure is a name for something, and is read digit by digit.
_IDENTIFIED = """
pin otp passcode password zip zip\\s?code postcode postal\\s+code code serial tracking confirmation reference account acct phone
fax tel telephone mobile cell extension ext call dial text whatsapp hotline id iban ssn isbn imei passport licence license
policy member membership
"""
_NUMBERED = "order invoice ticket case booking reservation customer card model part patent number no nr"
_SEATED = """
apt apartment room rm suite ste flat unit seat gate row building bldg platform class grade section hall house stand table bus
exit pier dock floor form type block
"""
IDENTIFIED, NUMBERED, SEATED = ("|".join(words.split()) for words in (_IDENTIFIED, _NUMBERED, _SEATED))
_COUNTED = """
people dollars euros times years days hours minutes units words points pages items users steps or\\smore bytes pixels metres
meters miles kilometres kilometers percent men women children students copies votes tons tonnes pounds calories guests seats
soldiers ships islands members games questions characters tokens lines files rows
"""
COUNTED = "|".join(_COUNTED.split())
