"""Written Mandarin → words that a voice can read, and all else that Mandarin is to the program (:data:`MANDARIN`).

Figures become words (2024年 is read digit by digit, 2 before a measure word is 两), English words stay. Simplified and
traditional characters are read alike.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from re import Match

from talking_head.text import controls
from talking_head.text.english.normaliser import plain
from talking_head.text.english.words import FRACTIONS, SUPERSCRIPTS
from talking_head.text.figures import NUMBER
from talking_head.text.language import Language, Sentences
from talking_head.text.mandarin import numbers as n
from talking_head.text.mandarin.numbers import CURRENCIES, MEASURES, UNIT, UNITS

# Characters after which a comma may end the first clause, the second, and all later ones. Two characters take
# Kokoro 0.9 CPU seconds, fifteen 2.1: the voice starts that much earlier.
STEPS = (2, 8, 24)
LONGEST = 60

_ENDS = "。！？!?；;…"
_CLOSERS = "”’』」）)》】\"'"
_COMMAS = "，、：,:"
_CODES = "|".join(sorted((re.escape(name) for name in CURRENCIES), key=len, reverse=True))
_SIGNS = {
    "&": "和", "%": "百分号", "+": "加", "=": "等于", "×": "乘以", "÷": "除以", "≈": "约等于", "~": "到", "≤": "小于等于",
    "≥": "大于等于", "<": "小于", ">": "大于", "±": "正负", "→": "到", "°": "度", "#": "井号", "@": "at", "§": "第", "π": "派",
    "∞": "无穷大", "√": "根号", "≠": "不等于",
}  # fmt: skip
_NAMES = """
热线 QQ号? 传真 座机 学号 工号 单号 账户 护照 号码 密码 验证码 电话 手机
编号 账号 卡号 代码 邮编 拨打 拨 房间号 订单号 身份证
"""
_NAMED = "|".join(_NAMES.split())
_OPERATORS = {"-": "减", "−": "减", "+": "加", "*": "乘以", "×": "乘以", "÷": "除以", "/": "除以", "=": "等于"}
_POWERS = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻"
_END = "\u200b"  # of an exponent, so that no figure behind it joins it
_KEPT = "，。！？；：、…“”‘’（）《》 '-,.!?;:()"
_Replace = Callable[[Match[str]], str] | str
_SOURCES: list[tuple[str, _Replace]] = [
    (r"\b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+", lambda m: m[0].replace("@", " at ").replace(".", "点")),
    (r"(?:https?://)?(?:www\.)?((?:[A-Za-z0-9-]{1,63}\.){1,4}[A-Za-z]{2,20})(?:/[^\s，。！？]*)?",
     lambda m: m[1].replace(".", "点")),
    (r"(?<!\d)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)", n.date),
    (r"(?<!\d)(\d{4})\s?[-–—~～至到]\s?(?=\d{2,4}年)", lambda m: n.digits(m[1]) + "到"),
    (r"(?<!\d)(\d{4}|[0789]\d)(?=年(?!级|纪|龄|前|后|来|间|内|代))", lambda m: n.digits(m[1])),
    (r"(?<!\d)([06-9][05])(?=后(?!来|面|的))", lambda m: n.digits(m[1])),
    (r"(?<!\d)(\d{3,4})(?=号?(?:室|房间|房(?!间)))", lambda m: n.digits(m[1])),
    (r"(?i:(?<![a-z])no\.\s?(?=\d))", "第"),
    (r"(?P<before>(?:比分|比数)[^\d，。]{0,4})(?P<ours>\d{1,3})\s?[-–:：]\s?(?P<theirs>\d{1,3})(?!\d)", n.score),
    (r"(?P<before>以\s?)(?P<ours>\d{1,3})\s?[-–:：]\s?(?P<theirs>\d{1,3})(?!\d)(?=[^，。]{0,3}(?:胜|击败|领先|落后|告负|结束))",
     n.score),
    (r"(?<=[:：]\d\d)\s?[-–—~～至]\s?(?=\d{1,2}[:：]\d\d)", "到"),
    (r"(\d{2,4})(?=年代)", lambda m: n.digits(m[1]) if len(m[1]) == 4 else n.cardinal(m[1])),
    (r"(?<![\d:：])([01]?\d|2[0-3])[:：]([0-5]\d)(?:[:：]([0-5]\d))?(?!\d)", n.clock),
    (r"(?<![\d:：.])(?P<before>)(?P<ours>\d{1,5})[:：](?P<theirs>\d{1,5})(?![\d:：])", n.score),
    (r"(\+?\d{1,3}[ -])?(?<!\d)1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)|(?<![\d.])[(（]?0\d{2,3}[)）]?[ -]?\d{3,4}[ -]?\d{4}(?!\d)",
     lambda m: n.digits(m[0])),
    (rf"((?:{_NAMED})[^\d，。]{{0,4}})(\d[\d -]+\d(?:(?:或者?|和|、)\d[\d -]+\d)*)(?![\d.]|[年月个元%])",
     lambda m: m[1] + re.sub(r"[\d -]+", lambda figures: n.digits(figures[0]), m[2])),
    (r"(?<!\d)\d{4}(?:[ -]\d{4}){2,4}(?!\d)", lambda m: "，".join(map(n.digits, re.findall(r"\d+", m[0])))),
    (r"(\d\.\d)0(?=\s?[万亿]?[元块])", r"\1"),
    (rf"(?P<minus>-)?(?P<sign>{_CODES})\s?(?P<value>{NUMBER})(?P<scale>[万亿千百]*)(?P<after>)", n.money),
    (rf"(?P<minus>(?<!\d)-)?(?P<sign>)(?P<value>{NUMBER})(?P<scale>[万亿千百]*)\s?(?P<after>{_CODES})", n.money),
    (rf"({NUMBER})\s?(?:[*×÷+/−-])\s?({NUMBER})(?:\s?[*×÷+/−-]\s?{NUMBER})*\s?=\s?({NUMBER}|\?|？)?",
     lambda m: re.sub(r"\s?([-−+*×÷/=])\s?", lambda s: _OPERATORS[s[1]], m[0])),
    (rf"(?:(?P<from>{NUMBER})\s?%?\s?[-–—~～至到]\s?)?(?P<to>{NUMBER})\s?%", n.percent),
    (rf"({NUMBER})‰", lambda m: f"千分之{n.cardinal(m[1])}"),
    (r"(?<![\d/])(?:(?P<whole>\d{1,3})又)?(?P<top>\d{1,3})/(?P<bottom>\d{1,3})(?![\d/])", n.fraction),
    (r"(?<=[\w%°)])/(?=(?:天|日|周|月|年|人|次|小时|分钟|秒|晚|个|件|斤|公斤)(?![\u3400-\u9fff]*/))", "每"),
    (r"\^([-+]?\d{1,4})(?!\d)(?<!m\^[23])", n.power),
    (rf"(?<=[\d%])\s?[-–—~～至]\s?(?={NUMBER})", "到"),
    (rf"(?<![A-Za-z0-9.])[-−](?={NUMBER})", "负"),
    (rf"({NUMBER})\s?({UNIT})", n.measure),
    (rf"(?<=每)({UNIT})", lambda m: UNITS[m[1]]),
    (r"(?<=[A-Za-z])-(?=\d)", " "),
    (rf"(?<![\d.第])(2)(?!年级)([{MEASURES}])", n.counted),
    (r"v?(\d+(?:\.\d+){2,})", lambda m: "点".join(map(n.cardinal, m[1].split(".")))),
    (r"(?<![\d.])\d{11,}(?!\d)", lambda m: n.digits(m[0])),
    (NUMBER, lambda m: n.cardinal(m[0])),
]  # fmt: skip
_RULES = [(re.compile(pattern), replace) for pattern, replace in _SOURCES]
_TIDY = [
    (re.compile(pattern), replace)
    for pattern, replace in [
        (_END, ""),
        (r"\s+", " "),
        (r" ?([，。！？；：、…]) ?", r"\1"),
        (r"([，。！？；：、…])[，、；：]+", r"\1"),
        (r"([。！？])[。！？，]+", r"\1"),
        (r"^[\s，。！？；：、…,.;:!?]+|\s+$", ""),
    ]
]


def normalise(raw: str) -> str:
    """Words for everything in ``raw`` that can be said; "" when there is nothing."""
    text = unicodedata.normalize("NFKC", _kept_marks(_raised(plain(raw)))).translate(_BACK)
    for pattern, replace in _RULES:
        text = pattern.sub(replace, text)
    text = "".join(map(_sign, text))
    for pattern, replace in _TIDY:
        text = pattern.sub(replace, text)
    return text if any(c.isalpha() for c in controls.without(text)) else ""


def _raised(text: str) -> str:
    """What NFKC would join to the figure before it: "10²" → "10^2", "2½" → "2又1/2", "Ⅲ" → "3"."""
    text = re.sub(f"[{_POWERS}]+", lambda m: "^" + m[0].translate(SUPERSCRIPTS) + _END, re.sub("[㎡㎥㎢]", _squares, text))
    text = re.sub(rf"(?:(\d+)\s?)?([{''.join(FRACTIONS)}])", _mixed, text)
    return re.sub("[\u2160-\u216b]", lambda m: str(ord(m[0]) - 0x215F), text)


def _squares(m: Match[str]) -> str:
    return {"㎡": "m²", "㎥": "m³", "㎢": "km²"}[m[0]]


def _mixed(m: Match[str]) -> str:
    top, bottom = FRACTIONS[m[2]]
    return f"{m[1]}又{top}/{bottom}" if m[1] else f"{top}/{bottom}"


def reads(character: str) -> bool:
    """Whether a letter is a Chinese character or one of Latin writing."""
    name = unicodedata.name(character, "")
    return name.startswith(("CJK", "LATIN", "FULLWIDTH LATIN", "IDEOGRAPHIC")) or character in _SIGNS


def boundary(text: str, index: int) -> int | None:
    """Where ``text``, the beginning of clause ``index``, may be cut now that its last character is known; None: not yet."""
    last, place = text[-1], len(text) - 1
    head = text[:place].rstrip()
    if not head.strip():
        return None
    if last.isspace() and last != "\n":
        return None
    if "\n" in text[len(head) : place] or last == "\n":
        return place if last != "\n" else None
    bare = head.rstrip(_CLOSERS)
    if last in _CLOSERS or last in _ENDS:
        return None
    if bare and bare[-1] in _ENDS:
        return place
    if bare and bare[-1] == "." and text[len(head) : place]:
        return place
    if bare and bare[-1] in _COMMAS and not last.isdigit() and len(head.strip()) > STEPS[min(index, len(STEPS) - 1)]:
        return place
    if len(text) >= 4 * LONGEST:  # figures or foreign letters without an end: what reads them reads a clause more than once
        return len(text)
    begins = text[len(head) : place] and last.isalpha()  # a foreign word
    return place if len(head) >= LONGEST and (begins or not (last.isascii() and last.isalnum())) else None


def ended(spoken: str, cut_short: bool) -> str:
    """``spoken`` with a mark at its end."""
    last = spoken.rstrip(_CLOSERS)[-1:]
    if last in "。！？…：.!?":
        return spoken
    if last in "，、；,;" and spoken[-1] == last:
        return spoken[:-1] + "，"
    return spoken + ("，" if cut_short else "。")


def say_as(kind: str, form: str, content: str) -> str:
    """SSML's say-as."""
    figures = re.sub(r"\D", "", content)
    if kind in {"characters", "spell-out", "verbatim", "digits", "telephone"}:
        return "，".join(n.digits(c) if c.isdigit() else c.upper() for c in content if c.isalnum())
    if kind in {"cardinal", "number"} and figures:
        return ("负" if content.strip()[:1] == "-" else "") + n.cardinal(re.sub(r"[^\d.,]", "", content).strip(".,"))
    if kind == "ordinal" and figures:
        return f"第{n.cardinal(figures)}"
    return content


def _sign(character: str) -> str:
    if character in _SIGNS:
        return _SIGNS[character]
    if character.isalpha():
        return character if reads(character) else " "
    if character in "–—":
        return "，"
    return character if character in _KEPT or character == _END or controls.is_control(character) else " "


# NFKC would turn the full-width marks into half-width ones: they are set aside.
_AWAY = {mark: chr(0xF700 + place) for place, mark in enumerate("，。！？；：、（）…")}
_BACK = {ord(away): mark for mark, away in _AWAY.items()}
_AWAY_TABLE = str.maketrans(_AWAY)


def _kept_marks(text: str) -> str:
    return text.translate(_AWAY_TABLE)


MANDARIN = Language(
    code="zh",
    name="Chinese (Mandarin)",
    native="中文",
    sentences=Sentences(
        code="这里是一段代码。",
        table="这里是一张表格。",
        inline_code="一段代码",
        formula="一个公式",
        cannot_read="这个声音只读中文，读不了“{}”。",
        other_voice="请选一个会说 {} 的声音。",
        nothing="这段文字里没有可以朗读的内容。",
        sample="你好！这就是我跟你说话的声音。",
    ),
    caption=plain,
    normalise=normalise,
    reads=reads,
    boundary=boundary,
    ended=ended,
    say_as=say_as,
    formula=lambda tex: "一个公式",
    models=("kokoro-82m", "kokoro-voices", "hibari-en-us", "whisper-base", "noto-sans-hans"),
    recognizer="whisper-base",
    recognizer_prompt="以下是普通话的句子。",  # without it Whisper often writes traditional characters
)
