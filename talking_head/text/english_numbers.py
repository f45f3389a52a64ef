"""Figures in words: cardinals, ordinals, years, money, times, dates, units, fractions and telephone numbers.

Each function takes what a rule of ``english.py`` matched. num2words supplies the words.
"""

from __future__ import annotations

import re
from re import Match

from num2words import num2words

NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?)"
_NAMES = "January February March April May June July August September October November December"
MONTHS = _NAMES.split()
MONTH = "(?:" + "|".join([*MONTHS, *(m[:3] + r"\.?" for m in MONTHS), r"Sept\.?"]) + ")"
SCALE = r"(?P<scale>\s?(?:thousand|million|billion|trillion|bn|mn|[kKmMB])\b)?"

_CURRENCY = {
    "$": ("dollar", "cent"),
    "€": ("euro", "cent"),
    "£": ("pound", "penny"),
    "¥": ("yen", ""),
    "₹": ("rupee", "paisa"),
    "USD": ("dollar", "cent"),
    "EUR": ("euro", "cent"),
    "GBP": ("pound", "penny"),
    "CHF": ("franc", "centime"),
}
_SCALES = {"k": "thousand", "K": "thousand", "m": "million", "M": "million", "mn": "million", "bn": "billion", "B": "billion"}
_UNIT_WORDS = """
km/h:kilometre per hour mph:mile per hour m/s:metre per second km:kilometre cm:centimetre mm:millimetre m:metre
ft:foot kg:kilogram g:gram mg:milligram lbs:pound lb:pound oz:ounce l:litre ml:millilitre ms:millisecond s:second
min:minute h:hour hrs:hour kHz:kilohertz Hz:hertz MHz:megahertz GHz:gigahertz KB:kilobyte kB:kilobyte MB:megabyte
GB:gigabyte TB:terabyte px:pixel fps:frame per second kWh:kilowatt hour kW:kilowatt W:watt V:volt °C:degree Celsius
°F:degree Fahrenheit °:degree x:times
"""
UNITS = {k: v.strip() for k, v in re.findall(r"(\S+?):(.+?)(?=\s+\S+:|\s*$)", " ".join(_UNIT_WORDS.split()))}
UNIT = "(?:" + "|".join(re.escape(u) for u in sorted(UNITS, key=len, reverse=True)) + r")(?![\w/])"
_IRREGULAR = {"foot": "feet", "penny": "pence", "yen": "yen", "paisa": "paise", "times": "times"}
_TENS = ["hundreds", "tens", "twenties", "thirties", "forties", "fifties", "sixties", "seventies", "eighties", "nineties"]


def cardinal(figures: str) -> str:
    """Figures such as "1,234.50" in words; very long ones, and those that start with 0, digit by digit."""
    whole, _, part = figures.replace(",", "").partition(".")
    spelt = len(whole) > 15 or (len(whole) > 1 and whole[0] == "0")
    words = digits(whole) if spelt else _words(num2words(int(whole or 0)))
    return f"{words} point {digits(part)}" if part else words


def digits(figures: str) -> str:
    """One word a digit."""
    return " ".join(str(num2words(int(c))) for c in figures)


def ordinal(figures: str) -> str:
    """Figures such as "1,021" as an ordinal."""
    return _words(num2words(int(figures.replace(",", "")[:15]), to="ordinal"))


def year(figures: str) -> str:
    """ "1984" → "nineteen eighty-four"; "2005" → "two thousand and five"."""
    number = int(figures)
    return _words(num2words(number)) if 2000 <= number < 2010 else _words(num2words(number, to="year"))


def decade(m: Match[str]) -> str:
    """ "1990s", "'90s"."""
    century, tens = m["century"] or "", _TENS[int(m["tens"])]
    if century == "20" and m["tens"] == "0":
        return " two thousands "
    return f" {_words(num2words(int(century)))} {tens} " if century else f" {tens} "


def money(m: Match[str]) -> str:
    """ "$1,234.50", "$5 million", "20 EUR"."""
    unit, cent = _CURRENCY[(m["sign"] or m["after"]).strip()]
    figures = m["value"].replace(",", "")
    scale = (m["scale"] or "").strip()
    if scale:
        return f" {cardinal(figures)} {_SCALES.get(scale, scale)} {plural(unit)} "
    whole, _, part = figures.partition(".")
    words = f"{cardinal(whole)} {unit if whole == '1' else plural(unit)}"
    if len(part) == 2 and cent and part != "00":
        coins = f"{cardinal(str(int(part)))} {cent if part == '01' else plural(cent)}"
        return f" {coins} " if whole == "0" else f" {words} {coins} "
    return f" {cardinal(figures)} {plural(unit)} " if part.strip("0") else f" {words} "


def plural(unit: str) -> str:
    """Plural of a unit: "degree Celsius" → "degrees Celsius", "kilowatt hour" → "kilowatt hours"."""
    first, *rest = unit.split(" ")
    if rest and rest[0] not in {"per", "Celsius", "Fahrenheit"}:
        return f"{first} {' '.join(rest)}s"
    return " ".join([_IRREGULAR.get(first, first if first.endswith("hertz") else first + "s"), *rest])


def measure(m: Match[str]) -> str:
    """ "5 km", "20°C"."""
    unit = UNITS[m[2]]
    return f" {cardinal(m[1])} {unit if m[1] == '1' else plural(unit)} "


def clock(m: Match[str]) -> str:
    """ "10:30", "14:05", "7 pm"."""
    hour, minute = cardinal(str(int(m["h"]))), m["m"]
    tail = f" {m['half'][0].upper()} M" if m["half"] else ""
    if not minute or (minute == "00" and tail):
        return hour + tail
    if minute == "00":
        return f"{hour} o'clock" if 0 < int(m["h"]) <= 12 else f"{hour} hundred hours"
    return f"{hour} {'oh ' if minute[0] == '0' else ''}{cardinal(str(int(minute)))}{tail}"


def date(figures: str, years: str, month: str, day: str) -> str:
    """A date in figures, or ``figures`` as they were when it is none."""
    if not (1 <= int(month) <= 12 and 1 <= int(day) <= 31):
        return figures
    return f" {MONTHS[int(month) - 1]} {ordinal(day)}, {year(years)} "


def month_name(word: str) -> str:
    """ "Sept." → "September"."""
    return next(name for name in MONTHS if name.startswith(word[:3]))


def phone(m: Match[str]) -> str:
    """Digit by digit, with a pause between the groups."""
    groups = ", ".join(digits(group) for group in re.findall(r"\d+", m[0]))
    return f" {'plus ' if m[0].startswith('+') else ''}{groups} "


def fraction(m: Match[str]) -> str:
    """ "1/2", "3/4", "24/7", "9/11"."""
    top, bottom = int(m[1]), int(m[2])
    if (top, bottom) == (24, 7):
        return " twenty-four seven "
    if (top, bottom) == (1, 2):
        return " one half "
    if 0 < top < bottom <= 10:
        return f" {cardinal(m[1])} {'quarter' if bottom == 4 else ordinal(m[2])}{'s' if top > 1 else ''} "
    return f" {cardinal(m[1])} {'out of' if top <= bottom else 'over'} {cardinal(m[2])} "


def scaled(m: Match[str]) -> str:
    """ "10k", "5M"."""
    return f" {cardinal(m[1])} {_SCALES[m[2]]} "


def version(figures: str) -> str:
    """ "2.13.0" → "two point thirteen point zero"."""
    return " " + " point ".join(cardinal(part) for part in figures.split(".")) + " "


def _words(words: str) -> str:
    return words.replace(",", "")
