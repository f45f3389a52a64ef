"""Turn taking and the ear: arrays and lists in, decisions out."""

from __future__ import annotations

import numpy as np
import pytest

from talking_head.errors import AudioError
from talking_head.listen.ear import BEFORE_S, Ear
from talking_head.listen.turns import DOUBTED, LIKELY, STEP_S, UNSURE, Sign, TurnDetector, TurnTaking, doubted
from talking_head.types import F32

RATE = 16_000


def follow(
    detector: TurnDetector, *parts: tuple[float, float], opinions: tuple[float | None, ...] = ()
) -> list[tuple[Sign, float]]:
    """Signs with their seconds for ``parts`` of (probability, seconds); ``opinions`` answer the pauses one after the other."""
    out, asked, now = [], iter(opinions), 0.0
    for probability, seconds in parts:
        for _ in range(round(seconds / STEP_S)):
            now += STEP_S
            for sign in detector.push(probability):
                out.append((sign, round(now, 2)))
                if sign is Sign.PAUSED and (opinion := next(asked, None)) is not None:
                    out += [(brought, round(now, 2)) for brought in detector.judged(opinion)]
    return out


def kinds(signs: list[tuple[Sign, float]]) -> list[Sign]:
    return [sign for sign, _ in signs]


def test_a_finished_sentence_ends_at_its_pause() -> None:
    signs = follow(TurnDetector(), (0.0, 1.0), (0.9, 2.0), (0.0, 2.0), opinions=(0.9,))
    assert kinds(signs) == [Sign.SUSPECTED, Sign.BEGAN, Sign.HUSHED, Sign.PAUSED, Sign.ENDED]
    times = dict(signs)
    assert times[Sign.BEGAN] == pytest.approx(1.2, abs=0.05)
    assert times[Sign.ENDED] == pytest.approx(3.25, abs=0.07)


@pytest.mark.parametrize(
    ("opinion", "silence", "heard"), [(0.01, 1.1, 1.8), (0.4, 0.6, 1.3), (0.6, 0.22, 1.0), (0.9, 0.22, 0.65), (None, 0.8, 0.8)]
)
def test_where_the_model_doubts_silence_decides(opinion: float | None, silence: float, heard: float) -> None:
    """The turn ends after ``silence``, and an answer may be heard after ``heard``: the speaker may go on until then."""
    detector = TurnDetector()
    signs = follow(detector, (0.9, 2.0), (0.0, 3.0), opinions=(opinion,))
    assert dict(signs)[Sign.ENDED] == pytest.approx(2.0 + silence, abs=0.07)
    assert dict(signs)[Sign.ENDED] + detector.unheard_s == pytest.approx(2.0 + heard, abs=0.07)
    assert detector.silent_s == pytest.approx(silence, abs=0.04)


@pytest.mark.parametrize(("opinion", "silence"), [(0.01, 1.5), (0.4, 1.0), (0.6, 0.22), (0.9, 0.22)])
def test_where_nobody_can_go_on_silence_alone_protects_who_hesitates(opinion: float, silence: float) -> None:
    detector = TurnDetector()
    detector.joins = False
    signs = follow(detector, (0.9, 2.0), (0.0, 3.0), opinions=(opinion,))
    assert dict(signs)[Sign.ENDED] == pytest.approx(2.0 + silence, abs=0.07)


def test_a_button_that_is_let_go_leaves_nothing_to_wait_for() -> None:
    detector = TurnDetector()
    follow(detector, (0.9, 2.0), (0.0, 3.0), opinions=(0.4,))
    assert detector.unheard_s > 0
    follow(detector, (0.9, 2.0))
    detector.end()
    assert detector.unheard_s == detector.silent_s == 0


def test_a_judgement_that_comes_late_ends_the_turn_by_itself() -> None:
    detector = TurnDetector()
    assert Sign.PAUSED in kinds(follow(detector, (0.9, 2.0), (0.0, 0.4)))
    assert detector.judged(0.4) == []  # a silence of 0.6 s is wanted then
    assert detector.judged(0.9) == [Sign.ENDED]
    assert not detector.speaking
    assert detector.judged(0.9) == []
    held = TurnDetector()
    held.held = True
    follow(held, (0.9, 2.0), (0.0, 0.4))
    assert held.judged(0.9) == []


def test_a_hesitation_does_not_end_a_turn() -> None:
    signs = follow(TurnDetector(), (0.9, 1.0), (0.0, 1.0), (0.9, 1.0), (0.0, 1.0), opinions=(0.05, 0.9))
    assert kinds(signs).count(Sign.ENDED) == 1
    assert Sign.RESUMED in kinds(signs)
    assert dict(signs)[Sign.ENDED] > 3.0


def test_an_opinion_on_an_older_pause_does_not_count() -> None:
    detector = TurnDetector()
    follow(detector, (0.9, 1.0), (0.0, 0.4), (0.9, 0.5))
    detector.judged(0.99)
    assert Sign.ENDED not in kinds(follow(detector, (0.0, 0.6)))


def test_clicks_are_suspected_at_most() -> None:
    detector = TurnDetector()
    signs = follow(detector, *[(0.9, 0.032), (0.0, 0.3)] * 20)
    assert not signs
    assert kinds(follow(detector, (0.9, 0.1), (0.0, 0.5))) == [Sign.SUSPECTED, Sign.DROPPED]


def test_more_is_needed_where_there_may_be_an_echo() -> None:
    def steps(doubtful: bool) -> int:
        detector = TurnDetector()
        return next(n for n in range(100) if Sign.BEGAN in detector.push(0.9, doubtful=doubtful))

    assert steps(True) > steps(False)


def test_a_held_button_outlasts_any_silence_and_nobody_speaks_for_ever() -> None:
    detector = TurnDetector(TurnTaking(longest_s=5.0))
    detector.held = True
    assert Sign.ENDED not in kinds(follow(detector, (0.9, 1.0), (0.0, 3.0), opinions=(0.99,)))
    assert Sign.ENDED in kinds(follow(detector, (0.9, 2.0)))


class LoudIsVoice:
    """A detector of voices for tests."""

    def probability(self, chunk: F32) -> float:
        return float(np.abs(chunk).max() > 0.05)


@pytest.mark.parametrize("size", [320, 512, 1_777])
def test_ear_keeps_the_utterance_and_a_little_before_it(size: int) -> None:
    ear = Ear(LoudIsVoice())
    sound = np.zeros(5 * RATE, np.float32)
    sound[RATE : 2 * RATE] = 0.1
    signs = [sign for start in range(0, len(sound), size) for sign in ear.push(sound[start : start + size])]
    assert signs == [Sign.SUSPECTED, Sign.BEGAN, Sign.HUSHED, Sign.PAUSED, Sign.ENDED]
    said = ear.utterance()
    first = int(np.flatnonzero(said)[0])
    assert (said != 0).sum() == RATE
    assert 0.1 * RATE < first <= BEFORE_S * RATE
    assert ear.samples == len(said) < 3 * RATE


def test_ear_refuses_what_is_no_sound_and_stays_small() -> None:
    ear = Ear(LoudIsVoice())
    for bad in (np.full(320, np.nan, np.float32), np.zeros((2, 320), np.float32), np.zeros(320, np.int16)):
        with pytest.raises(AudioError):
            ear.push(bad)
    ear.push(np.zeros(60 * RATE, np.float32))
    assert ear.samples == 0
    assert not ear.finish()
    ear.push(np.full(RATE, 0.1, np.float32))
    assert ear.finish()
    assert ear.samples > 0.9 * RATE


def test_voice_is_counted_without_its_pauses() -> None:
    detector = TurnDetector()
    for probability in [0.9] * 20 + [0.1] * 45:
        detector.push(probability)
    assert not detector.speaking
    assert detector.voiced_s == pytest.approx(20 * 0.032, abs=0.07)


def test_an_echo_asks_for_a_little_more_voice() -> None:
    steps = {}
    for doubtful in (False, True):
        detector = TurnDetector()
        steps[doubtful] = next(n for n in range(1, 30) if Sign.BEGAN in detector.push(0.9, doubtful=doubtful))
    assert steps[False] < steps[True] <= 9  # 0.29 s: the presenter is silent within 0.3 s of a voice over it


def test_words_that_no_sentence_ends_with_are_doubted() -> None:
    assert doubted(0.9, "I was thinking about.") < 0.5
    assert doubted(0.9, "What are you talking about?") == 0.9
    assert doubted(0.9, "Tell me about the sea.") == 0.9
    assert doubted(0.9, "The thing is that.") < 0.5
    assert doubted(0.9, "What I mean is that") < 0.5
    assert doubted(0.9, "What is that") == 0.9  # a recogniser may forget the question mark
    assert doubted(0.9, "Please tell me about that.") == 0.9
    assert doubted(0.9, "I bought apples, bread...") < 0.5  # as it writes what trails off
    assert doubted(0.9, "My number is five,") < 0.5
    assert doubted(0.9, "Her address is 12.") < 0.5
    assert doubted(0.9, "I have 12.") == 0.9
    assert doubted(0.9, "If I remember correctly.") < 0.5
    assert doubted(0.9, "If it rains, we stay.") == 0.9
    assert doubted(0.9, "Do you happen to know um?") == doubted(0.9, "Where is the?") == DOUBTED  # as it marks half a question
    assert doubted(0.9, "Do you happen to know, um?", lambda _: 0.9) == DOUBTED  # a reply model takes any question for whole
    assert doubted(0.9, "Is it her?") == doubted(0.9, "What is it like?") == doubted(0.9, "Coffee, or?") == 0.9
    assert doubted(0.9, "...") == 0.9
    assert doubted(0.9, "") == 0.9
    assert doubted(0.05, "Well, um") == 0.05


@pytest.mark.parametrize(
    "text",
    [
        "我昨天没有来因为",
        "我想问一下，然后",
        "我要一杯咖啡和",
        "就是那个嗯",
        "请问。",
        "如果明天下雨但是，",
        "麻烦你帮我把",
        "如果明天下雨。",
        "等你有空的时候，",
        "虽然很贵",
        "即使很远",
        "等他来了",
        "要是可以的话",
        "我想知道博物馆的。",
        "我想说的是",
        "那个就是",
        "我的电话号码是一三八",
        "密码是 12",
        "我现在在",
        "我想把它寄给",
        "我需要牛奶，",
        "我想请教一下",
        "你能不能告诉我",
        "你们这里的",
        "我最喜欢的颜色是",
        "我在北京的时候",
        "从上海到",
        "然后他就",
        "关于退货",
        "我的名字叫",
    ],
)
def test_words_that_no_chinese_sentence_ends_with_are_doubted(text: str) -> None:
    assert doubted(0.9, text) == DOUBTED


@pytest.mark.parametrize(
    "text",
    [
        "嗯",
        "嗯嗯。",
        "你叫什么名字？",
        "这是为什么",
        "如果明天下雨怎么办？",
        "这附近有没有银行。",
        "我的号码是多少",
        "谢谢你。",
        "不用了，就这些。",
        "好的，好的。",
    ],
)
def test_chinese_words_that_are_all_are_not_doubted(text: str) -> None:
    assert doubted(0.9, text) == 0.9


@pytest.mark.parametrize(
    "text",
    [
        "今天天气很暖和",
        "我要这个",
        "我不想",
        "她穿了高跟",
        "我要买一把",
        "等一下",
        "等很久了。",
        "要是能去就好了。",
        "如果下雨，我们不去。",
        "他现在不在。",
        "书还没给",
        "我有 3 只猫",
        "这是你们的",
        "我也是",
        "我们昨天就到了",
        "她在尖叫",
    ],
)
def test_other_chinese_words_may_be_all_and_could_go_on(text: str) -> None:
    assert doubted(0.9, text) == LIKELY
    assert doubted(0.9, text, lambda _: 0.9) == 0.9  # where a model knows better


def test_half_a_message_is_doubted_where_a_model_knows_it() -> None:
    asked = list[str]()

    def ends(text: str) -> float:
        asked.append(text)
        return {"Could you book a table for two.": 0.3, "The printer stopped working.": 0.12}.get(text, 0.005)

    assert doubted(0.9, "Could you book a table.", ends) == UNSURE < TurnTaking().sure
    assert doubted(0.35, "Could you book a table.", ends) == DOUBTED < TurnTaking().sure / 2
    assert doubted(0.9, "Could you book a table for two.", ends) == 0.9
    assert len(asked) == 3
    for finished, text in ((0.9, "I was thinking..."), (0.9, "If I remember."), (0.9, ""), (0.1, "Could you book a table.")):
        doubted(finished, text, ends)
    assert len(asked) == 3  # nothing that it says would change these
    assert doubted(0.9, "Could you book a table?", ends) == LIKELY  # the recogniser has heard a question
    assert doubted(0.9, "Could you book a table?", lambda _: 0.0001) == UNSURE
    assert doubted(0.9, "Could you book a table.", lambda _: 0.0001) == DOUBTED  # surely half: a pause of 1.4 s fits in
    # What could be all, and could go on, is answered a little later.
    assert TurnTaking().sure <= doubted(0.9, "The printer stopped working.", ends) == LIKELY < TurnTaking().certain
    assert doubted(0.55, "The printer stopped working.", ends) == 0.55


def test_a_last_word_that_seldom_ends_a_sentence_does_where_a_model_knows_it() -> None:
    text = "That is what I am looking for."
    assert doubted(0.9, text) == DOUBTED
    assert doubted(0.9, text, lambda _: 0.9) == LIKELY
    assert doubted(0.9, text, lambda _: 0.05) == DOUBTED
    assert doubted(0.9, "What I mean is that.", lambda _: 0.9) == DOUBTED
