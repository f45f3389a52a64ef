"""Mandarin: figures in words, clauses without spaces, and letters that Kokoro reads."""

from __future__ import annotations

import pytest

from talking_head.errors import ConfigError, TextError
from talking_head.text import language
from talking_head.text.clauses import ClauseSplitter, split, split_and_unread
from talking_head.text.foreign import refusal, remark

ZH = language.get("zh-CN")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("今天是2024年4月15日", "今天是二零二四年四月十五日"),
        ("2025-01-02", "二零二五年一月二日"),
        ("价格是¥12.50，大约$5", "价格是十二点五元，大约五美元"),
        ("增长了3.5%", "增长了百分之三点五"),
        ("我有2个苹果和12本书", "我有两个苹果和十二本书"),
        ("第2名，温度-5°C，跑了10km", "第二名，温度负五摄氏度，跑了十公里"),
        ("电话13812345678，验证码是839201", "电话一三八一二三四五六七八，验证码是八三九二零一"),
        ("14:30开始，8:05结束", "十四点半开始，八点零五分结束"),
        ("5 - 3 = 2，1/2杯水，3-5个人", "五减三等于二，二分之一杯水，三到五个人"),
        ("1,234,567人，10086个，100010元", "一百二十三万四千五百六十七人，一万零八十六个，十万零一十元"),
        ("我喜欢用 Python 写代码", "我喜欢用 Python 写代码"),
        ("👋", ""),
    ],
)
def test_wording(text: str, words: str) -> None:
    assert ZH.normalise(text) == words


def test_a_first_clause_may_be_two_characters() -> None:
    assert [span.text for span in split("不是，我是数字人。", 0, ZH)] == ["不是，", "我是数字人。"]
    assert len(split("嗯，我是数字人。", 0, ZH)) == 1


@pytest.mark.parametrize("endless", ["1" * 3990, "1 " * 2000, "a" * 3990, "one two " * 500])
def test_what_has_no_marks_is_cut_before_it_is_read(endless: str) -> None:
    """The rules read a clause many times over: of 4 000 figures in one, all other visitors heard nothing for 15 s."""
    clauses = split(endless, language=ZH)
    assert max(len(clause.text) for clause in clauses) <= 250
    assert len("".join(clause.spoken for clause in clauses)) > 900  # and nothing is left out


def test_a_stretch_of_english_is_cut_between_words() -> None:
    clauses = split("one two three " * 50, language=ZH)
    assert {word for clause in clauses for word in clause.text.split()} == {"one", "two", "three"}


def test_clauses_end_at_chinese_marks_however_the_text_is_cut() -> None:
    text = "你好，世界。今天天气很好！他说：“不对。”然后走了；再见"
    whole = [span.spoken for span in split(text, 0, ZH)]
    assert whole == ["你好，世界。", "今天天气很好！", "他说：“不对。”", "然后走了；", "再见。"] or len(whole) >= 4
    splitter, parts = ClauseSplitter(0, ZH), []
    for character in text:
        parts += splitter.push(character)
    assert [span.spoken for span in parts + splitter.flush()] == whole
    assert "".join(whole).replace("。", "").replace("，", "").startswith("你好世界今天天气很好")


def test_markup_and_other_writing() -> None:
    spans, unread = split_and_unread("看[这里](https://a.com/b)。Привет\n| a | b |\n|---|---|\n**好的**。", 0, ZH)
    assert [span.spoken for span in spans] == ["看这里。", "这里是一张表格。", "好的。"]
    assert unread == ["Привет"]
    with pytest.raises(TextError, match="读不了"):
        split("Привет", 0, ZH)


def test_letters_have_tones_sandhi_and_initials() -> None:
    pytest.importorskip("jieba")
    from talking_head.speech.phonemes.letters import units
    from talking_head.speech.phonemes.mandarin import MandarinPhonemes, to_letters

    letters = MandarinPhonemes()
    assert letters("你好").text == "ni↗xau↓"  # third tone before third tone
    assert letters("不对").text.startswith("pu↗")
    assert letters("一个人").text.startswith("i↗kɤ")
    assert [to_letters(p) for p in ("zhi1", "yuan2", "xue2", "wei4", "er4", "lv4")] == [
        "ꭧɨ→", "ɥɛ↗n", "ɕɥe↗", "wei↘", "ɚ↘", "ly↘",
    ]  # fmt: skip
    assert [symbol for symbol, _, _ in units(letters("妈妈好。"))] == ["m", "a", "m", "a", "x", "a", "u", " "]
    with pytest.raises(TextError):
        letters("。。")


def test_another_language_is_told_in_that_language() -> None:
    english = language.get("en")
    assert refusal("你好，世界", english) == "这位主持人只会说英语。"
    assert refusal("Привет", english) == "Этот ведущий говорит только по-английски."
    assert refusal("Hello 你好", english) == ""
    assert remark("¿Cómo estás? Quiero hablar con usted", english).startswith("Este presentador")
    assert remark("What is the capital of France?", english) == ""
    assert remark("What is this?", ZH) == "This presenter speaks Chinese only."
    assert remark("你好", ZH) == ""


def test_an_unknown_language_is_named() -> None:
    with pytest.raises(ConfigError, match="xx"):
        language.get("xx")
