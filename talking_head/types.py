"""The types that flow: reply → speech → motion → animator → stream.

Time is an ``int`` of ticks of 1/48 000 s, counted from the start of a session. One video frame at 25 fps is
1 920 ticks and two 20 ms audio frames. Arrays are never copied on the way and must not be written to after
they were handed on.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from talking_head.errors import ConfigError

TICKS_PER_SECOND = 48_000
FPS = 25
FRAME_TICKS = TICKS_PER_SECOND // FPS  # 1 920 samples of sound belong to one picture
AUDIO_TICKS = TICKS_PER_SECOND // 50  # 960 samples: one 20 ms packet
VOICE_RATE = 16_000  # samples a second of what is heard: microphones, voice detectors and recognisers
LARGEST_SIDE = 1080  # pixels of a portrait and its pictures
LANDMARKS = 478  # MediaPipe face mesh with irises
STRESS = "ˈˌ"  # marks of stress in phonemes

F32 = NDArray[np.float32]
U8 = NDArray[np.uint8]


MoodName = Literal["neutral", "friendly", "happy", "serious", "sympathetic", "excited"]
MoodOrUnset = MoodName | Literal[""]


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A language model wants the tool ``name`` called with ``arguments``, JSON as it wrote it; ``id``: to tell calls apart."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Message:
    """One line of a chat. ``role`` is "system", "user", "assistant", or "tool" for what a tool said to the call ``call_id``.
    ``calls``: what an assistant asked of tools instead of speaking.
    """

    role: str
    content: str
    calls: tuple[ToolCall, ...] = ()
    call_id: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """Where an answer comes from: a ``document`` and the ``heading`` in it; ``score`` −1..1 says how near it is."""

    document: str
    heading: str
    score: float


@dataclass(frozen=True, slots=True)
class Fact:
    """What a visitor says of themselves. ``kind``: "name", "likes", "dislikes", "prefers"; ``value``: in their words."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class Length:
    """How long an answer may be, as its asker said: at most so many ``words``, ``sentences``, ``characters`` (0: as many as
    it likes). ``choice``: yes or no is wanted; ``fact``: a number, a name and its like, alone."""

    words: int = 0
    sentences: int = 0
    characters: int = 0
    choice: bool = False
    fact: bool = False


@dataclass(frozen=True, slots=True)
class News:
    """How likely, 0–1 each, what a visitor tells is ``good`` news, or ``bad``; the rest is neither."""

    good: float = 0.0
    bad: float = 0.0


@dataclass(frozen=True, slots=True)
class Tidings:
    """What is said to ``good`` news ("": nobody may be glad of them), to ``bad``, and (``either``) where nobody
    can tell which they are; ``unheard``: by a model that hears nothing of the kind ("": it says what it has); ``noted``: to
    what is neither ("": what the model says)."""

    good: str
    bad: str
    either: str
    unheard: str = ""
    noted: str = ""


@dataclass(frozen=True, slots=True)
class Briefing:
    """What a presenter's persona and knowledge say to a message before a language model sees it.

    ``text``: the answer itself, spoken as it is; else ``context``, a system message that goes before the question ("": none).
    ``visitor``: what the system prompt says of the visitor ("": nothing). ``noticed``: what could be kept of the
    visitor, who is asked first. ``length``: what the message asks of a language model's answer; ``question``: the message
    without that, which a small model reads instead ("": as it stands). ``doubted``: said in place of an answer
    that a language model is not sure of, where it can tell ("": it says what it has). ``tidings``: what is said to news instead
    of a language model's words, where it hears how good they are (None: nothing is).
    """

    text: str = ""
    context: str = ""
    sources: tuple[Source, ...] = ()
    visitor: str = ""
    noticed: tuple[Fact, ...] = ()
    length: Length | None = None
    question: str = ""
    doubted: str = ""
    tidings: Tidings | None = None


@dataclass(frozen=True, slots=True)
class WordMark:
    """What the author asks of the characters ``start``..``end`` of a clause's spoken text.

    ``emphasis``: 0 none, 1 moderate, 2 strong. ``phonemes``: how it is pronounced, in IPA; "" as the voice would.
    """

    start: int
    end: int
    emphasis: float = 0.0
    phonemes: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """How a clause is to be spoken: ``rate`` and ``pitch`` as factors of the voice's own, ``gain_db`` on its loudness.

    ``runs_on``: it was cut inside a sentence where nobody pauses, although a comma stands at its end for the intonation.
    """

    rate: float = 1.0
    pitch: float = 1.0
    gain_db: float = 0.0
    words: tuple[WordMark, ...] = ()
    runs_on: bool = False


PLAIN = Delivery()


@dataclass(frozen=True, slots=True)
class TextSpan:
    """A speakable clause: clause number ``index`` of turn ``turn``.

    ``text`` is what captions show; ``spoken`` is the normalised text that the synthesiser reads, as ``delivery`` asks, with
    ``pause`` seconds of silence behind it. ``spoken`` is "" where there is only a pause. ``mood``: how the face is to say it,
    "" as configured.
    """

    turn: int
    index: int
    text: str
    spoken: str
    mood: MoodOrUnset = ""
    delivery: Delivery = PLAIN
    pause: float = 0.0


@dataclass(frozen=True, slots=True)
class Phoneme:
    """A ``symbol`` (IPA or misaki, its stress mark in front, " " for silence) with its place in the speech it belongs to, in
    ticks from that speech's first sample. ``emphasis``: of the word it belongs to, as in :class:`WordMark`.
    """

    symbol: str
    start: int
    ticks: int
    emphasis: float = 0.0


@dataclass(frozen=True, slots=True)
class Aligned:
    """When known sounds are made in a recording. ``sounds``: as they were given, at their times there; ``fits`` f32[n]: how
    well each fits what is heard, 0 to 1; ``unread``: (start, end) in ticks where something is said that is none of them."""

    sounds: tuple[Phoneme, ...]
    fits: F32
    unread: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Utterance:
    """What a synthesiser returns: mono ``pcm`` f32[n] in −1..1 at 48 kHz and, where known, its phonemes."""

    pcm: F32
    phonemes: tuple[Phoneme, ...] = ()


@dataclass(frozen=True, slots=True)
class Transcript:
    """What a recogniser heard. ``text`` is "" where nothing was said; ``confidence``: mean log-probability of a token
    (0: certain, or not known); ``no_speech``: probability 0–1 that nobody spoke. ``language``: code of the language that it
    sounds like, with the probability ``sure`` 0–1; "" from a recogniser that knows one language only."""

    text: str
    confidence: float = 0.0
    no_speech: float = 0.0
    language: str = ""
    sure: float = 0.0


@dataclass(frozen=True, slots=True)
class Speech:
    """A clause with its sound. ``pcm`` as in :class:`Utterance`."""

    span: TextSpan
    pcm: F32
    phonemes: tuple[Phoneme, ...] = ()


Activity = Literal["idle", "listening", "thinking", "speaking"]  # what the session does
CUE_AHEAD = 5  # frames beyond its own whose phonemes a cue holds, as far as they are known


@dataclass(frozen=True, slots=True)
class ClauseCue:
    """The clause that is heard in a frame.

    ``at``: ticks since it began; ``ticks``: its length as far as it is synthesised; ``last``: the turn ends with it, as far as
    is known.
    """

    index: int
    text: str
    at: int
    ticks: int
    last: bool = False

    @property
    def question(self) -> bool:
        """Whether it asks."""
        return self.text.rstrip(" \"'”’)]*_»").endswith(("?", "？"))

    @property
    def ends_in(self) -> int:
        """Ticks until its end, as far as it is synthesised."""
        return max(0, self.ticks - self.at)


@dataclass(frozen=True, slots=True)
class Manner:
    """How a face performs. ``mood``: one of :data:`MoodName`; ``expressiveness`` 0 (still) … 0.5 (a newsreader) … 1 (lively) …
    2 (theatre): head, gaze, brows and smile; ``articulation`` 0.5 … 1 (as lively people speak) … 1.5: how widely the mouth
    moves.

    ConfigError for anything else.
    """

    mood: MoodName = "friendly"
    expressiveness: float = 1.0
    articulation: float = 1.0

    def __post_init__(self) -> None:
        if self.mood not in get_args(MoodName):
            raise ConfigError(f"There is no mood “{self.mood}”; there are {', '.join(get_args(MoodName))}.")
        if not 0 <= self.expressiveness <= 2:
            raise ConfigError(f"expressiveness must lie between 0 and 2, not {self.expressiveness}.")
        if not 0.5 <= self.articulation <= 1.5:
            raise ConfigError(f"articulation must lie between 0.5 and 1.5, not {self.articulation}.")


@dataclass(frozen=True, slots=True)
class Cue:
    """What is known about one frame of 40 ms beside its sound.

    ``phonemes``: those that sound in this frame and up to ``CUE_AHEAD`` frames later; ``start`` counts from this frame's first
    sample and may be negative. None: nobody knows what is said (only sound); (): nothing is said. ``mood``: of what is
    said now, "" as in the stream's manner. ``manner``: from now on; None: as before. ``paused``, ``asked``: who is listened to
    has just paused, has just asked something.
    """

    phonemes: tuple[Phoneme, ...] | None = None
    clause: ClauseCue | None = None
    mood: MoodOrUnset = ""
    activity: Activity = "idle"
    manner: Manner | None = None
    paused: bool = False
    asked: bool = False


@dataclass(frozen=True, slots=True)
class Motion:
    """Face motion in face space (see ``face/space.py``), free of identity.

    ``offsets`` f32[T, 478, 3]: displacement from the neutral, closed-mouth face; unit: distance of the outer eye corners.
    ``pose`` f32[T, 6]: rotation vector (radians: pitch, yaw, roll axes x, y, z) and translation (same unit),
    both relative to the portrait's own pose. ``tongue`` f32[T, 2], which has no landmarks: how far its tip is raised to the
    ridge behind the upper teeth, and how far it comes between the teeth, 0..1 each; left out: it lies in every frame.
    ``talking`` f32[T]: how much the lips have let go of the smile that the photo wears at rest, 0..1; left out: nothing.
    """

    offsets: F32
    pose: F32
    tongue: F32 = field(default_factory=lambda: np.zeros((0, 2), np.float32))
    talking: F32 = field(default_factory=lambda: np.zeros(0, np.float32))

    def __post_init__(self) -> None:
        if self.offsets.shape[1:] != (LANDMARKS, 3) or self.pose.shape != (len(self.offsets), 6):
            raise ValueError(f"motion has offsets {self.offsets.shape} and pose {self.pose.shape}")
        if not len(self.tongue):
            object.__setattr__(self, "tongue", np.zeros((len(self.offsets), 2), np.float32))
        if self.tongue.shape != (len(self.offsets), 2):
            raise ValueError(f"motion has offsets {self.offsets.shape} and tongue {self.tongue.shape}")
        if not len(self.talking):
            object.__setattr__(self, "talking", np.zeros(len(self.offsets), np.float32))
        if self.talking.shape != (len(self.offsets),):
            raise ValueError(f"motion has offsets {self.offsets.shape} and talking {self.talking.shape}")

    def __getitem__(self, frames: slice) -> Motion:
        """Those ``frames`` alone."""
        return Motion(self.offsets[frames], self.pose[frames], self.tongue[frames], self.talking[frames])
