"""Sums and days that are asked for in Chinese, and working days in English."""

from __future__ import annotations

from datetime import datetime

import pytest

from talking_head.tools import rules

NOW = datetime(2026, 11, 30, 12, 5)  # a Monday


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("三加五等于几", "三加五等于8。"),
        ("12乘以7是多少？", "12乘以7等于84。"),
        ("请问一百减三十七等于多少", "一百减三十七等于63。"),
        ("八十的百分之十五是多少", "八十的百分之十五等于12。"),
        ("三点五加二等于几", "三点五加二等于5.5。"),
        ("一万二千加三百等于多少", "一万二千加三百等于12,300。"),
        ("今天星期几？", "今天是星期一。"),
        ("下周三是几号", "下周三是12月9号，星期三。"),
        ("三天后是星期几", "三天后是星期四。"),
        ("两个星期后是几号", "两个星期后是12月14号，星期一。"),
        ("现在几点了", "现在是12点5分。"),
    ],
)
def test_chinese_questions_are_worked_out(message: str, told: str) -> None:
    assert rules.answer(message, ("clock", "sums"), NOW) == told


@pytest.mark.parametrize(
    "message", ["你几岁", "我三岁", "这个多少钱", "三加五", "今天天气怎么样", "第三课是什么", "十除以零等于多少"]
)
def test_other_chinese_messages_go_on(message: str) -> None:
    assert rules.answer(message, ("clock", "sums"), NOW) == ""


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("If I start on 3 March and it takes 10 working days, when am I done?", "counting that day, is Tuesday, March 16."),
        (
            "I order on Friday and delivery takes 3 working days. What day does it arrive?",
            "from the next day, is Wednesday, December 9",
        ),
        ("It is not there after 10 working days from 3 March. What date is it?", ""),
        ("The shop is open on working days. When on Friday?", ""),
    ],
)
def test_working_days(message: str, told: str) -> None:
    found = rules.answer(message, ("clock", "sums"), NOW)
    assert told in found if told else not found
