"""“今天几号”, “三天后是星期几”, “下周三是几号”, “现在几点”: days and the time, asked for in Chinese."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from talking_head.text.mandarin.numbers import DIGITS
from talking_head.tools.mandarin.sums import read

MAX_CHARS = 30
_NEAR = {"大前天": -3, "前天": -2, "昨天": -1, "今天": 0, "今日": 0, "现在": 0, "明天": 1, "明日": 1, "后天": 2, "大后天": 3}
_WEEK = "一二三四五六日"
_ASKS = r"(?:又?(?:是|会是)?(?P<what>几月几[号日]|什么日期|哪一?天|几[号日]|星期几|周几|礼拜几|什么日子|日期是多少))"
_SHIFT = rf"(?P<n>[\d{DIGITS}两十百]{{1,5}})(?:个)?(?P<unit>天|日|星期|周|礼拜)(?:之|以)?(?P<side>后|前)"
_QUESTION = re.compile(
    rf"^(?:请问|请告诉我|告诉我|你知道|那么?|[,，])*(?:(?P<near>{'|'.join(sorted(_NEAR, key=len, reverse=True))})|{_SHIFT}|"
    rf"(?P<which>上上|下下|上|下|这|本)?个?(?:周|星期|礼拜)(?P<day>[一二三四五六日天]))的?{_ASKS}(?:呢|啊|呀|吗|了|[?？。])*$"
)
_TIME = re.compile(
    r"^(?:请问|告诉我|你知道|[,，])*(?:现在|此刻)(?:是)?(?:几点(?:钟|了)?|什么时间|什么时候|几时)(?:了|呢|啊|呀|吗|[?？。])*$"
)


def answer(message: str, now: datetime) -> str:
    """The day or the time that ``message`` asks for in Chinese, as a sentence; "" for every other message."""
    text = re.sub(r"\s+", "", message)
    if len(text) > MAX_CHARS:
        return ""
    if _TIME.match(text):
        return f"现在是{now.hour}点{now.minute}分。" if now.minute else f"现在是{now.hour}点整。"
    asked = _QUESTION.match(text)
    found = _day(asked, now.date()) if asked else None
    if asked is None or found is None:
        return ""
    subject = text[: asked.start("what")].removesuffix("是").removesuffix("会")
    subject = re.sub(r"^(?:请问|请告诉我|告诉我|你知道|那么?|[,，])*", "", subject).removesuffix("的")
    weekday = f"星期{_WEEK[found.weekday()]}"
    whole = f"{found.month}月{found.day}号"
    return f"{subject}是{weekday}。" if re.search(r"(?:星期|周|礼拜)几", asked["what"]) else f"{subject}是{whole}，{weekday}。"


def _day(asked: re.Match[str], today: date) -> date | None:
    if asked["near"]:
        return today + timedelta(_NEAR[asked["near"]])
    if asked["n"]:
        figures = read(asked["n"])
        steps = int(figures) if figures.isdigit() else 0
        days = steps * (1 if asked["unit"] in "天日" else 7)
        return today + timedelta(days if asked["side"] == "后" else -days) if 0 < days < 40_000 else None
    weeks = {"上上": -2, "上": -1, "下": 1, "下下": 2}.get(asked["which"] or "", 0)
    monday = today - timedelta(today.weekday())
    return monday + timedelta(7 * weeks + _WEEK.index(asked["day"].replace("天", "日")))
