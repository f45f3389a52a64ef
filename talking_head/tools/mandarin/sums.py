"""“三加五等于几” → “三加五等于8。”: Chinese figures read as numbers, and the sum worked out by the parser of ``arithmetic``."""

from __future__ import annotations

import re

from talking_head.errors import InputError
from talking_head.text.mandarin.numbers import DIGITS
from talking_head.tools.arithmetic import evaluate, spoken_number

MAX_CHARS = 40
_UNITS = {"十": 10, "百": 100, "千": 1000}
_FIGURES = f"{DIGITS}〇两十百千万亿点"
_NUMBER = re.compile(rf"[{_FIGURES}]+")
_ASKS = re.compile(
    r"^(?:请问|请|你好|帮我|帮忙|算一下|算算|计算一下|计算|告诉我|[,，])*(?P<sum>.+?)"
    r"(?:等于(?:多少|几|什么)?|是(?:多少|几)|得(?:多少|几)|[=＝])(?:呢|啊|呀|吗|[?？。!！])*$"
)
_SIGNS = (
    (r"百分之(\d+(?:\.\d+)?)", r"\1%"),
    (r"的(?=\d+(?:\.\d+)?%)", "*"),
    (r"(\d+(?:\.\d+)?)的平方", r"\1^2"),
    ("加上?|[＋]", "+"),
    ("减去?|[－−–]", "-"),
    ("乘以|乘上?|[×xX✕·]", "*"),
    ("除以|[÷]", "/"),
    ("的一半", "/2"),
    ("的", "*"),
)


def answer(message: str) -> str:
    """The result of the sum that ``message`` asks for in Chinese, as a sentence; "" for every other message."""
    text = re.sub(r"\s+", "", message)
    asked = _ASKS.match(text) if len(text) <= MAX_CHARS and re.search(r"[\u4e00-\u9fff]", text) else None
    if asked is None:
        return ""
    formula = asked["sum"]
    if by := re.fullmatch(rf"([\d.{_FIGURES}]+)除([\d.{_FIGURES}]+)", formula):  # 三除九 is 9 ÷ 3
        formula = f"{by[2]}除以{by[1]}"
    formula = re.sub(r"百分之", "%之", formula)
    formula = _NUMBER.sub(lambda m: read(m[0]), formula).replace("%之", "百分之")
    for sign, written in _SIGNS:
        formula = re.sub(sign, written, formula)
    if not re.fullmatch(r"[\d.+\-*/^%()（）]+", formula) or not re.search(r"\d[+\-*/^%]", formula):
        return ""
    try:
        value = evaluate(re.sub(r"(\d+(?:\.\d+)?)%", r"(\1/100)", formula.replace("（", "(").replace("）", ")")))
    except InputError:
        return ""
    return f"{asked['sum']}等于{spoken_number(value)}。"


def read(figures: str) -> str:
    """“一百二十” → “120”, “三点五” → “3.5”; figures one by one (“二〇二六”) stay so. "?" for what is no number."""
    whole, point, part = figures.replace("〇", "零").replace("两", "二").partition("点")
    if point and (not part or re.search(r"[^零一二三四五六七八九]", part)):
        return "?"
    decimals = "".join(str(DIGITS.index(c)) for c in part)
    if not re.search(r"[十百千万亿]", whole):
        digits = "".join(str(DIGITS.index(c)) for c in whole)
        return f"{digits or '?'}{f'.{decimals}' if point else ''}"
    total = section = held = 0
    for c in whole:
        if c in _UNITS:
            section, held = section + (held or 1) * _UNITS[c], 0
        elif c in "万亿":
            total, section, held = (total + section + held) * (10_000 if c == "万" else 100_000_000), 0, 0
        else:
            held = DIGITS.index(c)
    return f"{total + section + held}{f'.{decimals}' if point else ''}"
