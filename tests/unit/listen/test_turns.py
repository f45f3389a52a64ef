"""Turn taking, drafts and barge-in: arrays and lists in, decisions out."""

from __future__ import annotations

import numpy as np
import pytest

from talking_head.errors import AudioError
from talking_head.listen.barge_in import BargeIn, Move, is_backchannel, is_hum
from talking_head.listen.draft import SLOWER, WINDOW_S, Draft
from talking_head.listen.ear import BEFORE_S, Ear
from talking_head.listen.pauses import cut_at_pauses
from talking_head.listen.plausible import plausible
from talking_head.listen.turns import DOUBTED, STEP_S, UNSURE, Sign, TurnDetector, TurnTaking, doubted
from talking_head.types import F32, Transcript

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
                    detector.judged(opinion)
    return out


def kinds(signs: list[tuple[Sign, float]]) -> list[Sign]:
    return [sign for sign, _ in signs]


def test_a_finished_sentence_ends_at_its_pause() -> None:
    signs = follow(TurnDetector(), (0.0, 1.0), (0.9, 2.0), (0.0, 2.0), opinions=(0.9,))
    assert kinds(signs) == [Sign.SUSPECTED, Sign.BEGAN, Sign.HUSHED, Sign.PAUSED, Sign.ENDED]
    times = dict(signs)
    assert times[Sign.BEGAN] == pytest.approx(1.2, abs=0.05)
    assert times[Sign.ENDED] == pytest.approx(3.25, abs=0.07)


@pytest.mark.parametrize(("opinion", "silence"), [(0.01, 1.4), (0.4, 0.8), (None, 0.8)])
def test_where_the_model_doubts_silence_decides(opinion: float | None, silence: float) -> None:
    signs = follow(TurnDetector(), (0.9, 2.0), (0.0, 3.0), opinions=(opinion,))
    assert dict(signs)[Sign.ENDED] == pytest.approx(2.0 + silence, abs=0.07)


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


def test_draft_grows_settles_and_corrects() -> None:
    draft, sound = Draft(), np.zeros(60 * RATE, np.float32)
    assert draft.due(sound[: RATE // 5]) is None
    first = draft.due(sound[:RATE])
    assert first is not None
    assert draft.heard(first, Transcript("What is the")).settled == 0
    assert draft.due(sound[: RATE + 1000]) is None
    second = draft.due(sound[: 2 * RATE])
    assert second is not None
    words = draft.heard(second, Transcript("What is a whale"))
    assert words.text[: words.settled] == "What is"
    assert draft.due(sound[: 2 * RATE + 800], now=True) is not None
    assert draft.due(sound[: 2 * RATE], now=True) is None


def test_draft_settles_what_is_long_at_a_pause() -> None:
    draft, sound = Draft(), np.ones(40 * RATE, np.float32)
    sound[12 * RATE : 12 * RATE + RATE // 2] = 0
    text, heard = [], 0
    while (hearing := draft.due(sound, now=True)) is not None:
        assert len(hearing.pcm) <= WINDOW_S * RATE
        assert hearing.upto - len(hearing.pcm) == heard
        heard = hearing.upto
        text.append(f"part{len(text)}")
        draft.heard(hearing, Transcript(text[-1]))
    assert heard == len(sound)
    assert draft.words.text == " ".join(text)
    assert len(text) >= 3


def test_yes_is_an_answer_where_something_was_asked() -> None:
    for words, asked, move in (
        ("Yes.", True, Move.CUT),
        ("okay", True, Move.CUT),
        ("Yes.", False, Move.RELEASE),
        ("mm-hm", True, Move.RELEASE),
        ("", True, Move.RELEASE),
    ):
        policy = BargeIn()
        policy.began()
        assert policy.words(words, ended=True, asked=asked) is move, words
    policy = BargeIn()
    policy.began()
    assert policy.words("yes", ended=False, asked=True) is None  # perhaps "yes, but"


def test_chinese_settles_by_characters() -> None:
    draft, sound = Draft(), np.ones(3 * RATE, np.float32)
    for seconds, text in ((1, "你好我想"), (2, "你好我像问一下")):
        hearing = draft.due(sound[: seconds * RATE], now=True)
        assert hearing is not None
        words = draft.heard(hearing, Transcript(text))
    assert words.text[: words.settled] == "你好我"


def test_slow_hearings_are_asked_for_less_often() -> None:
    draft, sound = Draft(), np.zeros(10 * RATE, np.float32)
    first = draft.due(sound[:RATE])
    assert first is not None
    draft.heard(first, Transcript("a"), took_s=0.5)
    assert draft.due(sound[: 2 * RATE]) is None
    assert draft.due(sound[: 3 * RATE]) is not None


def test_what_grows_long_is_heard_again_more_seldom() -> None:
    """Every hearing takes the whole utterance: at a fixed interval twelve seconds would be 200 s of sound to recognise."""
    draft, sound = Draft(), np.zeros(12 * RATE, np.float32)
    heard = []
    for end in range(512, len(sound), 512):
        hearing = draft.due(sound[:end])
        assert draft.wants(end) == (hearing is not None)
        if hearing is not None:
            heard.append(hearing.upto / RATE)
            draft.heard(hearing, Transcript("a"))
    assert heard[1] < 0.7  # two that agree settle words: as soon as ever
    assert sum(heard) < 70


def test_a_machine_that_is_needed_elsewhere_hears_more_seldom() -> None:
    draft, sound = Draft(), np.zeros(4 * RATE, np.float32)
    first = draft.due(sound[: RATE // 2])
    assert first is not None
    draft.heard(first, Transcript("a"))
    assert [draft.wants(RATE), draft.wants(RATE, slower=SLOWER), draft.wants(2 * RATE, slower=SLOWER)] == [True, False, True]


def test_cuts_lie_in_pauses() -> None:
    sound = np.random.default_rng(0).standard_normal(25 * RATE).astype(np.float32)
    sound[9 * RATE : 9 * RATE + RATE // 2] = 0
    pieces = cut_at_pauses(sound, 10.0)
    assert abs(len(pieces[0]) / RATE - 9.25) < 0.25
    assert np.array_equal(np.concatenate(pieces), sound)
    assert max(map(len, pieces)) <= 10 * RATE


def test_presenter_gives_way_to_words_and_goes_on_after_a_hum() -> None:
    policy = BargeIn()
    assert [policy.suspected(), policy.suspected()] == [Move.DUCK, None]
    assert policy.dropped() is Move.RELEASE
    assert policy.began() is Move.HOLD
    assert policy.words("mm", ended=False) is None
    assert policy.words("Mm-hmm.", ended=True) is Move.RELEASE
    policy.began()
    assert policy.words("Yeah, but", ended=False) is Move.CUT
    assert policy.state is Move.RELEASE
    policy.began()
    assert policy.words("Elephants", ended=False) is None
    assert policy.words("Stop!", ended=False) is Move.CUT


@pytest.mark.parametrize(
    ("text", "confidence", "seconds", "move"),
    [
        ("MMD-CHM.", -1.26, 0.5, Move.RELEASE),  # what tiny.en made of "mm-hm", "mm" and "uh-huh"
        ("Amen.", -1.46, 0.3, Move.RELEASE),
        ("The hell.", -1.45, 0.4, Move.RELEASE),
        ("Stop.", -1.03, 0.3, Move.CUT),
        ("等一下", -1.3, 0.4, Move.CUT),
        ("Hold on.", -0.55, 0.4, Move.CUT),
        ("It's high.", -0.75, 0.48, Move.RELEASE),  # of "uh-huh"
        ("Mamma, okay.", -0.79, 1.15, Move.RELEASE),  # of "mm-hmm, okay"
        ("OIC", -0.64, 0.7, Move.RELEASE),  # of "oh, I see"
        ("RIC", -0.56, 1.1, Move.RELEASE),  # of "ah, I see"
        ("That's fine.", -0.38, 0.7, Move.RELEASE),  # of "aha"
        ("I'm interesting.", -0.31, 1.1, Move.RELEASE),  # of "hm, interesting"
        ("Well...", -0.78, 0.45, Move.RELEASE),  # of "wow"; alone it asks for nothing either
        ("Hello.", -0.82, 0.45, Move.CUT),
        ("But why?", -0.67, 0.67, Move.CUT),
        ("be quiet", -1.17, 0.67, Move.CUT),
        ("Something mumbled for long", -1.4, 2.0, Move.CUT),
    ],
)
def test_doubtful_words_of_a_short_sound_are_not_believed(text: str, confidence: float, seconds: float, move: Move) -> None:
    policy = BargeIn()
    policy.began()
    assert policy.words(text, ended=True, confidence=confidence, seconds=seconds) is move


def test_two_hearings_that_agree_on_doubtful_words_do_not_make_them_sure() -> None:
    policy = BargeIn()
    policy.began()
    assert policy.words("Mamma, okay", ended=False, confidence=-0.8, seconds=1.1) is None
    assert policy.words("Tell me a", ended=False, confidence=-0.4, seconds=0.6, settled="Tell me") is Move.CUT


@pytest.mark.parametrize(
    ("text", "confidence", "seconds", "move"),
    [
        ("Could you tell", -0.3, 0.7, None),  # a second hearing has to agree
        ("Could you tell me the", -0.3, 1.1, Move.CUT),  # who speaks so long does not hum
        ("Oh, that's nice", -0.3, 1.1, None),
        ("It's all the time", -0.8, 1.1, None),  # of "uh-huh, uh-huh"
        ("Elephants", -0.3, 1.1, None),
        ("can cat see in the dark", -0.65, 1.3, Move.CUT),
        ("I'm okay, make sense", -0.54, 1.2, None),  # of "hm, okay, makes sense"
        ("Yeah, sure, of course", -0.3, 1.1, None),
    ],
)
def test_one_hearing_is_enough_of_a_long_voice(text: str, confidence: float, seconds: float, move: Move | None) -> None:
    policy = BargeIn()
    policy.began()
    assert policy.words(text, ended=False, confidence=confidence, seconds=seconds, settled="") is move


def test_words_that_no_hum_has_are_believed_where_two_hearings_agree() -> None:
    for settled, confidence, move in (
        ("who invented", -0.8, Move.CUT),
        ("who invented", -1.3, None),
        ("when that's", -0.8, None),
        ("oh really that's", -0.3, None),
    ):
        policy = BargeIn()
        policy.began()
        assert policy.words(settled, ended=False, confidence=confidence, seconds=0.6, settled=settled) is move, settled


def test_words_in_circles_are_one_word() -> None:
    policy = BargeIn()
    policy.began()
    assert policy.words("Right. Right. Right. Right", ended=False) is None
    assert policy.words("cats cats cats", ended=False) is None
    assert policy.words("我想问一下", ended=False) is Move.CUT


HUMS = """
Mm-hmm.|Yeah, right.|M-M-H-M.|Uh-huh|Okay.|Right. Right. Right. Right|嗯嗯。|好的|Makes sense.|Of course.|That's fine|I know.
|Oh really, that's interesting.|Oh, I see, okay.|Yeah, sure, of course.
"""
WORDS = "Okay, what about cats?|That's enough|I know that song|No.|Stop it|Yeah, okay, right, but why|好的，为什么"


@pytest.mark.parametrize("text", ["", *map(str.strip, HUMS.split("|"))])
def test_backchannels(text: str) -> None:
    assert is_backchannel(text)


@pytest.mark.parametrize("text", WORDS.split("|"))
def test_no_backchannels(text: str) -> None:
    assert not is_backchannel(text)


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
    assert doubted(0.9, "...") == 0.9
    assert doubted(0.9, "") == 0.9
    assert doubted(0.05, "Well, um") == 0.05


def test_half_a_message_is_doubted_where_a_model_knows_it() -> None:
    asked = list[str]()

    def ends(text: str) -> float:
        asked.append(text)
        return 0.3 if text == "Could you book a table for two." else 0.005

    assert doubted(0.9, "Could you book a table.", ends) == UNSURE < TurnTaking().sure
    assert doubted(0.35, "Could you book a table.", ends) == DOUBTED < TurnTaking().sure / 2
    assert doubted(0.9, "Could you book a table for two.", ends) == 0.9
    assert len(asked) == 3
    for finished, text in ((0.9, "I was thinking about."), (0.9, ""), (0.1, "Could you book a table.")):
        doubted(finished, text, ends)
    assert len(asked) == 3  # nothing that it says would change these
    assert doubted(0.9, "Could you book a table?", ends) == 0.9  # the recogniser has heard a question
    assert doubted(0.9, "Could you book a table?", lambda _: 0.0001) == UNSURE


def test_hums_are_no_words() -> None:
    assert is_hum("Hmm.")
    assert not is_hum("Yes.")


@pytest.mark.parametrize(
    ("heard", "seconds", "text"),
    [
        (Transcript("Hello there.", -0.2, 0.05), 1.0, "Hello there."),
        (Transcript("Thank you.", -0.2, 0.05), 1.0, "Thank you."),
        (Transcript("Thank you.", -0.7, 0.05), 1.0, ""),
        (Transcript("you", -1.6, 0.8), 2.0, ""),
        (Transcript("Perhaps a tree", -0.3, 0.7), 2.0, ""),
        (Transcript("[Music] Come in. ♪", -0.3, 0.1), 2.0, "Come in."),
        (Transcript("(coughing)", -0.3, 0.1), 2.0, ""),
        (Transcript("and then " * 40, -0.1, 0.05), 30.0, ""),
        (Transcript("A text that nobody can say in such a short time, however fast.", -0.1, 0.05), 0.5, ""),
    ],
)
def test_plausible(heard: Transcript, seconds: float, text: str) -> None:
    assert plausible(heard, seconds).text == text
