"""“只用一个词”, “用一句话”, “是还是不是”, “简短回答”: the length that a Chinese message asks for."""

from __future__ import annotations

import re

from talking_head.types import Length

SHORT = Length(sentences=1, characters=40)
FACT_CHARACTERS = 8  # a name or a number with its unit
WORD_CHARACTERS = 4  # of a Chinese word, at most
_DIGITS = {"一": 1, "两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_N = r"([一两二三四五六七八九十百]{1,4}|\d{1,3}) ?"
_ASK = r"(?:请|麻烦|你|您|能不能|能否|可以|可不可以|帮我)*"
_LEAD = rf"{_ASK}(?:就|只|只能|仅|在|用|以|最多|至多|不超过|不要超过|别超过|少于|不到|回答我|回答|回复|说|要)+"
_TAIL = r"(?:来)?(?:回答我|回答|回复|就行了|就行|就好|就够了|即可|以内|之内|以下|吧|好吗|可以吗)*"
_UNITS = (("words", r"个?(?:词语|单词|词)"), ("sentences", r"句(?:话)?"), ("characters", r"个?(?:汉)?字"))
_OPEN, _CLOSE = r"(?:^|(?<=[，。：:,!！；;？?\s]))", r"(?=$|[，。：:,!！；;？?\s])"
_COUNTED = (
    *((unit, re.compile(rf"{_LEAD}{_N}{sign}{_TAIL}|{_OPEN}{_N}{sign}{_TAIL}{_CLOSE}")) for unit, sign in _UNITS),
    ("sentences", re.compile(rf"{_OPEN}{_N}句话(?=说明|概括|解释|介绍|总结|讲讲|告诉)")),
    ("characters", re.compile(rf"{_N}个?(?:汉)?字(?:以内|之内|以下){_TAIL}")),
)
_CHOICE = re.compile(
    rf"{_ASK}(?:就|只|仅|只能|只要|只需要?|用)*(?:回答|说|答)+[是对](?:和|或者|或|还是|、|/)?(?:不是|不对|否|不){_TAIL}|"
    r"(?:^|(?<=[，。：:,；;？?\s]))[是对](?:或者|或|还是|/)(?:不是|不对|否|不)(?=$|[，。：:,；;？?\s])"
)
_BRIEF = re.compile(
    rf"{_ASK}(?:简短|简单|简要|简洁)(?:地|的|扼要)?(?:一点儿?|一些|点儿?|些)?(?:回答|说说|说明|说|讲讲|回复|介绍|解释)?{_TAIL}(?=.)|"
    rf"长话短说|(?:别|不要|少)(?:啰嗦|罗嗦|废话|绕弯子)|用最(?:少|短|简短)的(?:字|话|句子){_TAIL}|"
    rf"少说(?:几句|点儿?|两句)|(?:只|请)?说重点|{_ASK}(?:回答|说)(?:得)?(?:简短|简洁|短)(?:一?[点些])?|{_ASK}尽量(?:简短|短)(?:一?[点些])?"
)  # fmt: skip
_OPENS_BRIEF = re.compile(
    r"(?:^(?:请|麻烦|你|您|能不能|可以|可不可以)*|[，。,；;？?\s](?:请|麻烦)?)(?:简|长话短说|尽量|回答|别|不要|少|用最|只?说重点)"
)
_FACT = re.compile(
    rf"{_ASK}(?:只需要?|只|就|仅|直接)(?:要|说|给|写|告诉我|回答)+(?:一个)?(?:名字|数字|结果|年份|时间|价格|日期|地点|人名|姓)"
    rf"(?:{_TAIL}|就够了|而已)"
)


def wished(message: str) -> tuple[Length, str] | None:
    """The length that ``message`` asks for, and the message without that; None where it asks for none."""
    if re.search(r"[\u4e00-\u9fff]", message) is None:
        return None
    if match := _CHOICE.search(message):
        return Length(words=1, sentences=1, choice=True), _without(message, match)
    if match := _FACT.search(message):
        return Length(sentences=1, characters=FACT_CHARACTERS, fact=True), _without(message, match)
    for unit, pattern in _COUNTED:
        if match := pattern.search(message):
            count = _number(next(group for group in match.groups() if group))
            if re.search("少于|不到", match[0]):
                count = max(1, count - 1)
            if unit == "words":
                length = Length(sentences=1, characters=WORD_CHARACTERS * count, fact=count == 1)
            else:
                length = Length(sentences=count) if unit == "sentences" else Length(characters=count)
            return length, _without(message, match)
    if (match := _BRIEF.search(message)) and _OPENS_BRIEF.search(message):
        return SHORT, _without(message, match)
    return None


def _number(written: str) -> int:
    if written.isdigit():
        return max(1, int(written))
    tens, ten, ones = written.partition("十")
    if not ten:
        return _DIGITS.get(written[0], 1) * (100 if "百" in written else 1)
    return max(1, 10 * _DIGITS.get(tens, 1) + _DIGITS.get(ones, 0))


def _without(message: str, match: re.Match[str]) -> str:
    left = (message[: match.start()] + message[match.end() :]).strip(" ，,：:。；;、")
    left = re.sub(r"([？?])[？?]+", r"\1", left)
    return re.sub(r"([？?！!。])[，,：:。；;]+", r"\1", re.sub(r"[：:]?[“”\"]{2}", "", left))
