"""Figures in words: cardinals, ordinals, years, money, times, dates, units, fractions and telephone numbers.

Each function takes what a rule of ``rules.py`` matched. num2words supplies the words.
"""

from __future__ import annotations

import re
from re import Match

from num2words import num2words

from talking_head.text.english.words import CURRENCIES, FRACTIONS, PER, UNITS

_NAMES = "January February March April May June July August September October November December"
MONTHS = _NAMES.split()
MONTH = "(?:" + "|".join([*MONTHS, *(m[:3] + r"\.?" for m in MONTHS), r"Sept\.?"]) + ")"
SCALE = r"(?P<scale>\s?(?:thousand|million|billion|trillion|bn|mn|[kKmMB])\b)?"

_SCALES = {"k": "thousand", "K": "thousand", "m": "million", "M": "million", "mn": "million", "bn": "billion", "B": "billion"}
_IRREGULAR = {
    "foot": "feet", "penny": "pence", "yen": "yen", "paisa": "paise", "times": "times", "won": "won", "yuan": "yuan",
    "baht": "baht", "dong": "dong", "naira": "naira", "krona": "kronor", "krone": "kroner", "ore": "ore",
    "grosz": "groszy", "real": "reais", "horsepower": "horsepower",
}  # fmt: skip
_BEFORE_UNIT = {"square", "cubic", "Australian", "Canadian", "U", "Hong", "New"}
_TENS = ["hundreds", "tens", "twenties", "thirties", "forties", "fifties", "sixties", "seventies", "eighties", "nineties"]


def cardinal(figures: str) -> str:
    """Figures such as "1,234.50" in words; very long ones, and those that start with 0, digit by digit."""
    whole, _, part = figures.replace(",", "").partition(".")
    spelt = (len(whole) >= 10 and not whole.endswith("000000") and "," not in figures) or len(whole) > 15
    spelt = spelt or (len(whole) > 1 and whole[0] == "0")
    words = digits(whole) if spelt else _words(num2words(int(whole or 0)))
    return f"{words} point {digits(part)}" if part else words


def digits(figures: str) -> str:
    """One word a digit."""
    return " ".join(str(num2words(int(c))) for c in figures)


def ordinal(figures: str) -> str:
    """Figures such as "1,021" as an ordinal."""
    return _words(num2words(int(figures.replace(",", "")[:15]), to="ordinal"))


def year(figures: str) -> str:
    """ "1984" → "nineteen eighty-four"; "1066" → "ten sixty-six"; "2005" → "two thousand and five"."""
    number = int(figures)
    if (number % 100 == 0 and 1000 < number < 2000) or number == 1000:
        return _words(num2words(number)) if number == 1000 else f"{_words(num2words(number // 100))} hundred"
    return _words(num2words(number)) if 2000 <= number < 2010 else _words(num2words(number, to="year"))


def decade(m: Match[str]) -> str:
    """ "1990s", "'90s"."""
    century, tens = m["century"] or "", _TENS[int(m["tens"])]
    if century == "20" and m["tens"] == "0":
        return " two thousands "
    return f" {_words(num2words(int(century)))} {tens} " if century else f" {tens} "


def money(m: Match[str]) -> str:
    """ "$1,234.50", "-$5 million", "20 EUR"."""
    sign = (
        "minus "
        if (m["minus"] or m["inner"] or "").strip() in {"-", "−"}
        else "plus "
        if (m["minus"] or "").strip() == "+"
        else ""
    )
    return f" {sign}{amount(m['value'], m['scale'] or '', (m['sign'] or m['after']).strip())} "


def money_range(m: Match[str]) -> str:
    """ "$1,000-$2,000", "€10–20", "$1-2 million", "£1.50 to £2.50"."""
    sign, scale = m["sign"].strip(), m["scale2"] or ""
    last = amount(m["second"], scale, sign)
    if "." in m["first"]:
        return f" {amount(m['first'], m['scale1'] or '', sign)} to {last} "
    first = cardinal(m["first"]) + (f" {_scale(m['scale1'])}" if m["scale1"] and m["scale1"].strip() != scale.strip() else "")
    return f" {first} to {last} "


def amount(value: str, scale: str, sign: str) -> str:
    """An amount of money in words."""
    unit, cent = CURRENCIES[sign]
    figures = value.replace(",", "")
    if scale.strip():
        return f"{cardinal(figures)} {_scale(scale)} {plural(unit)}"
    whole, _, part = figures.partition(".")
    words = f"{cardinal(value.partition('.')[0])} {unit if whole == '1' else plural(unit)}"
    if len(part) == 2 and cent and part != "00":
        coins = f"{cardinal(str(int(part)))} {cent if part == '01' else plural(cent)}"
        return coins if whole == "0" else f"{words} {coins}"
    return f"{cardinal(figures)} {plural(unit)}" if part.strip("0") else words


def cents(m: Match[str]) -> str:
    """ "50¢"."""
    return f" {cardinal(m[1])} {'cent' if m[1] == '1' else 'cents'} "


def _scale(scale: str) -> str:
    return _SCALES.get(scale.strip(), scale.strip())


def plural(unit: str) -> str:
    """Plural of a unit: "degree Celsius" → "degrees Celsius", "kilowatt hour" → "kilowatt hours"."""
    first, *rest = unit.split(" ")
    if first in _BEFORE_UNIT and "per" not in rest:
        before, _, last = unit.rpartition(" ")
        return f"{before} {_IRREGULAR.get(last, last + 's')}"
    if "per" in rest[1:]:
        counted, _, by = unit.partition(" per ")
        return f"{plural(counted)} per {by}"
    if rest and rest[0] not in {"per", "Celsius", "Fahrenheit"}:
        return f"{first} {' '.join(rest)}s"
    return " ".join([_IRREGULAR.get(first, first if first.endswith("hertz") else first + "s"), *rest])


def unit_name(sign: str) -> str:
    """ "mg" → "milligram", "mg/kg" → "milligram per kilogram", "L/100 km" → "litre per hundred kilometres"."""
    counted, _, by = sign.partition("/")
    if not by:
        return UNITS[counted]
    if by.startswith("100"):
        return f"{UNITS[counted]} per hundred {plural(UNITS[by[3:].strip()])}"
    return f"{UNITS[counted]} per {UNITS[by]}"


def measure(m: Match[str]) -> str:
    """ "5 km", "20°C", "50 mg/kg"; of "a 10-km run" the unit stays single."""
    unit = unit_name(m["unit"])
    return f" {cardinal(m['value'])} {unit if m['value'] == '1' or m['joined'] else plural(unit)} "


def per(m: Match[str]) -> str:
    """ "£20/month", "3 times/week", "4 €/kg": the stroke and what stands behind it."""
    by = PER.get(m[2]) or unit_name(m[2])
    return f"{m[1]} per {by} "


def height(m: Match[str]) -> str:
    """5'10", "6 ft 2 in"."""
    return f" {cardinal(m[1])} foot {cardinal(m[2])} "


def part_of_an_inch(m: Match[str]) -> str:
    """3/4", 2 1/2"."""
    return f"{m[1]}{m[2]} inches" if m[1] else f"{m[2]} of an inch"


def inches(m: Match[str]) -> str:
    """27" where no quotation is open that this mark would close: "27 inch" before what it describes, else "27 inches"."""
    if m[2] == '"' and len(re.findall(r'(?<!\d)"', m.string[: m.start()])) % 2:
        return m[0]
    return f" {cardinal(m[1])} {'inch' if m[1] == '1' or m[3] else 'inches'} "


def clock(m: Match[str]) -> str:
    """ "10:30", "14:05", "7 pm", "at 14:05:30"; "2:03:45" by itself is how long something took."""
    seconds = m["s"]
    if seconds and not (m["at"] or m["half"] or m["h"][:1] == "0" != m["h"] or int(m["h"]) > 12):
        return duration(m["h"], m["m"], seconds)
    said = f"{m['at'] or ''}{_time(m)}"
    return f"{said} and {cardinal(str(int(seconds)))} seconds" if seconds and int(seconds) else said


def duration(hours: str, minutes: str, seconds: str) -> str:
    """Hours, minutes and seconds, those that are none left out."""
    named = zip((hours, minutes, seconds), ("hour", "minute", "second"), strict=True)
    words = [f"{cardinal(str(int(x)))} {name if int(x) == 1 else plural(name)}" for x, name in named if int(x)]
    return " and ".join(filter(None, (" ".join(words[:-1]), *words[-1:])))


def _time(m: Match[str]) -> str:
    hour, minute = cardinal(str(int(m["h"]))), m["m"]
    tail = f" {m['half'][0].upper()} M" if m["half"] else ""
    if not minute or (minute == "00" and tail):
        return hour + tail
    if minute == "00":
        return f"{hour} o'clock" if 0 < int(m["h"]) <= 12 else f"{hour} hundred hours"
    return f"{hour} {'oh ' if minute[0] == '0' else ''}{cardinal(str(int(minute)))}{tail}"


def date(figures: str, years: str, month: str, day: str) -> str:
    """A date in figures, or ``figures`` as they were when it is none; day and month may stand the other way round."""
    first, second = int(month), int(day)
    if first > 12 >= second >= 1:
        first, second = second, first
    if not (1 <= first <= 12 and 1 <= second <= 31):
        return figures
    whole = years if len(years) == 4 else f"{'20' if int(years) < 70 else '19'}{years}"
    return f" {MONTHS[first - 1]} {ordinal(str(second))}, {year(whole)} "


def month_name(word: str) -> str:
    """ "Sept." → "September"."""
    return next(name for name in MONTHS if name.startswith(word[:3]))


def phone(m: Match[str]) -> str:
    """Digit by digit, with a pause between the groups."""
    groups = ", ".join(digits(group) for group in re.findall(r"\d+", m[0]))
    return f" {'plus ' if m[0].startswith('+') else ''}{groups} "


def grouped(m: Match[str]) -> str:
    """Any figures and letters, one by one, with a pause between the groups."""
    groups = [" ".join(digits(x) if x.isdigit() else x for x in group) for group in re.findall(r"[A-Za-z0-9]+", m[0])]
    return f" {', '.join(groups)} "


def fraction(m: Match[str]) -> str:
    """ "1/2", "3/4", "24/7", "9/11", "50/50"."""
    top, bottom = int(m[1]), int(m[2])
    if m["unit"] and 0 < top < bottom:
        return f" {parts(top, bottom)} of a {unit_name(m['unit'])} "
    if (top, bottom) in {(24, 7), (9, 11)} or (top + bottom == 100 and not top % 10):
        return f" {cardinal(m[1])} {cardinal(m[2])} "
    if 0 < top < bottom <= 10 or (top < bottom and bottom in {12, 16, 32, 100}):
        return f" {parts(top, bottom)} "
    return f" {cardinal(m[1])} {'out of' if top <= bottom else 'over'} {cardinal(m[2])} "


def parts(top: int, bottom: int) -> str:
    """A fraction below one: "three quarters"."""
    if bottom == 2:
        return "one half" if top == 1 else f"{cardinal(str(top))} halves"
    name = "quarter" if bottom == 4 else ordinal(str(bottom))
    return f"{cardinal(str(top))} {name}{'s' if top > 1 else ''}"


def mixed(m: Match[str]) -> str:
    """ "2 1/2", "1½", "¾", each perhaps with a unit."""
    top, bottom = FRACTIONS[m["sign"]] if m["sign"] else (int(m["top"]), int(m["bottom"]))
    whole = m["whole"] or ""
    if not 0 < top < bottom:
        return f" {cardinal(whole)} {cardinal(str(top))} over {cardinal(str(bottom))} " if whole else m[0]
    part = parts(top, bottom)
    unit = unit_name(m["unit"]) if m["unit"] else ""
    if not whole or not int(whole):
        return f" {part}{f' of a {unit}' if unit else ''} "
    article = f"a {part.removeprefix('one ')}" if top == 1 else part
    return f" {cardinal(whole)} and {article} {plural(unit) if unit else ''} "


def power(m: Match[str]) -> str:
    """ "^2", "^{-3}", "^n" behind a base."""
    exponent = m[1].strip("{}() ")
    if exponent in {"2", "3"}:
        return " squared " if exponent == "2" else " cubed "
    negative = exponent[:1] in "-−"
    bare = exponent.lstrip("-−+")
    words = cardinal(bare) if bare.replace(".", "").isdigit() else bare
    return f" to the power of {'minus ' if negative else ''}{words} "


def scaled(m: Match[str]) -> str:
    """ "10k", "5M"."""
    return f" {cardinal(m[1])} {_SCALES[m[2]]} "


def version(figures: str) -> str:
    """ "2.13.0" → "two point thirteen point zero"."""
    return " " + " point ".join(cardinal(part) for part in figures.split(".")) + " "


def _words(words: str) -> str:
    return words.replace(",", "")
