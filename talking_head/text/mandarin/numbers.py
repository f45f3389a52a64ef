"""Figures in Mandarin words: numbers, dates, times, money, units, and figures read one by one."""

from __future__ import annotations

import re
from re import Match

DIGITS = "零一二三四五六七八九"
CURRENCIES = {
    "¥": "元", "￥": "元", "$": "美元", "€": "欧元", "£": "英镑", "₩": "韩元", "CNY": "元", "RMB": "元", "USD": "美元",
    "EUR": "欧元", "GBP": "英镑", "JPY": "日元", "HK$": "港元", "US$": "美元",
}  # fmt: skip
UNITS = {
    "km/h": "公里每小时", "m/s": "米每秒", "km^2": "平方公里", "m^2": "平方米", "m2": "平方米", "m^3": "立方米", "m3": "立方米",
    "cm^2": "平方厘米", "cm^3": "立方厘米", "mm^2": "平方毫米", "g/L": "克每升", "mg/L": "毫克每升", "ha": "公顷", "t": "吨",
    "µg": "微克", "mAh": "毫安时", "dB": "分贝", "kcal": "千卡", "hPa": "百帕", "kPa": "千帕", "rpm": "转每分钟",
    "km": "公里", "cm": "厘米", "mm": "毫米", "m": "米", "kg": "公斤", "mg": "毫克", "g": "克",
    "ml": "毫升", "mL": "毫升", "L": "升", "l": "升", "kWh": "千瓦时", "kW": "千瓦", "W": "瓦", "V": "伏", "GHz": "吉赫",
    "MHz": "兆赫", "kHz": "千赫", "Hz": "赫兹", "KB": "千字节", "MB": "兆", "GB": "吉字节", "TB": "太字节", "ms": "毫秒",
    "s": "秒", "min": "分钟", "h": "小时", "°C": "摄氏度", "℃": "摄氏度", "°F": "华氏度", "℉": "华氏度", "°": "度",
}  # fmt: skip
UNIT = "(?:" + "|".join(re.escape(u) for u in sorted(UNITS, key=len, reverse=True)) + r")(?![A-Za-z^]|/[A-Za-z])"
# After these words 2 is 两.
MEASURES = (
    "个只本张条件位名次天年周岁点分秒小块杯瓶碗双对间家台辆部首篇句段种样片口棵座架匹头份层遍趟场顿"
    "倍元斤米升克吨公厘百千万亿美欧英"
)


def digits(figures: str) -> str:
    """One word a digit."""
    return "".join(DIGITS[int(c)] for c in figures if c.isdigit())


def cardinal(figures: str) -> str:
    """Figures such as "1,234.50" in words; those that start with 0, and very long ones, digit by digit."""
    whole, _, part = figures.replace(",", "").partition(".")
    words = digits(whole) if (len(whole) > 1 and whole[0] == "0") or len(whole) > 16 else _whole(int(whole or 0))
    return f"{words}点{digits(part)}" if part else words


def _whole(number: int) -> str:
    if number == 0:
        return "零"
    sections = []
    while number:
        number, rest = divmod(number, 10_000)
        sections.append(rest)
    out, gap = "", False
    for place in range(len(sections) - 1, -1, -1):
        section = sections[place]
        if section == 0:
            gap = bool(out)
            continue
        if out and (gap or section < 1000):
            out += "零"
        out += _section(section, first=not out) + ("", "万", "亿", "万亿")[min(place, 3)]
        gap = False
    return out


def _section(number: int, *, first: bool) -> str:
    """1 to 9999."""
    out, gap = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // unit % 10
        if digit == 0:
            gap = bool(out)
            continue
        if gap:
            out += "零"
        out += ("" if first and not out and unit == 10 and digit == 1 else DIGITS[digit]) + name
        gap = False
    return out


def counted(m: Match[str]) -> str:
    """A number before a measure word: 2 is 两."""
    return ("两" if m[1] == "2" else cardinal(m[1])) + m[2]


def date(m: Match[str]) -> str:
    """ "2024-04-15"."""
    year, month, day = m[1], int(m[2]), int(m[3])
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return m[0]
    return f"{digits(year)}年{_whole(month)}月{_whole(day)}日"


def clock(m: Match[str]) -> str:
    """ "8:05", "14:30", "8:05:09"."""
    hour, minute = int(m[1]), int(m[2])
    words = f"{'两' if hour == 2 else _whole(hour)}点"
    if m[3] and int(m[3]):
        return f"{words}{'零' if minute < 10 else ''}{_whole(minute) if minute else ''}分{_whole(int(m[3]))}秒"
    if minute == 0:
        return words + "整"
    return words + ("半" if minute == 30 else f"{'零' if minute < 10 else ''}{_whole(minute)}分")


def score(m: Match[str]) -> str:
    """ "3:2", "比分是3-1"."""
    return f"{m['before'] or ''}{cardinal(m['ours'])}比{cardinal(m['theirs'])}"


def percent(m: Match[str]) -> str:
    """ "12.5%", "50~60%"."""
    first = f"百分之{cardinal(m['from'])}到" if m["from"] else ""
    return f"{first}百分之{cardinal(m['to'])}"


def power(m: Match[str]) -> str:
    """ "^2" behind a base."""
    named = {"2": "的平方", "3": "的立方"}.get(m[1])
    return named or f"的{'负' if m[1][0] == '-' else ''}{cardinal(m[1].lstrip('+-'))}次方"


def money(m: Match[str]) -> str:
    """ "¥12.50", "$5万"."""
    unit = CURRENCIES[(m["sign"] or m["after"]).strip()]
    figures = m["value"].replace(",", "")
    figures = figures.rstrip("0").rstrip(".") if "." in figures else figures
    minus = "负" if m["minus"] else ""
    scale = m["scale"] or ""
    amount = "两" if figures == "2" and not scale else cardinal(figures)
    return f"{minus}{amount}{scale}{unit}"


def measure(m: Match[str]) -> str:
    """ "5 km", "20°C"."""
    return ("两" if m[1] == "2" else cardinal(m[1])) + UNITS[m[2]]


def fraction(m: Match[str]) -> str:
    """ "1/2" → 二分之一, "2又1/2" → 二又二分之一."""
    whole = f"{cardinal(m['whole'])}又" if m["whole"] else ""
    return f"{whole}{cardinal(m['bottom'])}分之{cardinal(m['top'])}"
