"""What each stage promises. ``session/`` and ``loop/`` see only these protocols, never a backend.

Models are synchronous and can be tested with arrays alone. A stage that streams is a generator: the caller closes it to cancel,
so one step must stay short. Methods are called from one worker thread at a time.

A backend needs no base class, but may take its protocol as one: it then inherits what has a default here. ``registry.build``
refuses a backend that lacks a member. A constructor that takes ``device``, ``precision`` or ``threads`` is given
``[device]``'s.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Generator, Sequence
from functools import partial
from typing import Any, ClassVar, Protocol, TypeVar, runtime_checkable

from talking_head.face.portrait import Portrait
from talking_head.types import (
    F32,
    PLAIN,
    U8,
    Aligned,
    Briefing,
    Cue,
    Delivery,
    Manner,
    Message,
    Motion,
    News,
    Phoneme,
    ToolCall,
    Transcript,
    Utterance,
)

_R = TypeVar("_R")


@runtime_checkable
class ReplyGenerator(Protocol):
    """Chat messages in, pieces of text out."""

    def stream(self, messages: Sequence[Message]) -> Generator[str, None, None]:
        """Yield the reply piece by piece (each usually a token). Closing the generator cancels it.

        An empty piece means "nothing yet": a step stays short even when a server or a long prompt takes its time.
        """
        ...

    def count_tokens(self, text: str) -> int:
        """How much of the history's token budget ``text`` uses."""
        ...


@runtime_checkable
class CallsTools(ReplyGenerator, Protocol):
    """A reply generator whose model can ask for tools; it never calls one itself."""

    def stream_with_tools(
        self, messages: Sequence[Message], tools: Sequence[dict[str, Any]]
    ) -> Generator[str | ToolCall, None, None]:
        """As :meth:`stream`, with ``tools`` (JSON schemas of functions) on offer; whole calls stand among the pieces."""
        ...


@runtime_checkable
class Brief(Protocol):
    """A visitor's message in, what persona and knowledge say to it out.

    ``before``: what the visitor said before, oldest first.
    """

    def __call__(self, message: str, before: Sequence[str] = ()) -> Briefing:
        """Some ten milliseconds. Raises nothing for a message that nothing fits: an empty briefing."""
        ...


@runtime_checkable
class ReadsAhead(Protocol):
    """What a reply generator may offer beside its answers: to know a chat before its next question comes."""

    def prepare(self, messages: Sequence[Message]) -> None:
        """Have the chat so far read in the background, so that an answer that begins with it waits for its question only.

        Returns at once and never fails for lack of memory or time: then the answer reads everything itself.
        """
        ...


@runtime_checkable
class KnowsEnds(Protocol):
    """What a reply generator may offer beside its answers: to tell a whole message from the first half of one."""

    def ends(self, text: str) -> float:
        """Probability 0–1 that a person's message ends after the words ``text``, as far as the model knows people's messages.

        As long as reading a message takes (ten to thirty milliseconds). Raises BackendError.
        """
        ...


@runtime_checkable
class KnowsDoubt(Protocol):
    """What a reply generator may offer beside its answers: to stop before it says what it is not sure of."""

    def assured(self, messages: Sequence[Message], least: float) -> Generator[str, None, None]:
        """As :meth:`ReplyGenerator.stream`, a sentence a piece, up to the first that the model is less sure of than ``least``:
        the geometric mean 0–1 of the probabilities of its tokens."""
        ...


@runtime_checkable
class HearsNews(Protocol):
    """What a reply generator may offer beside its answers: to hear, while it reads a message, how good the news in it are."""

    def hearing(self, messages: Sequence[Message]) -> Generator[News | str, None, None]:
        """As :meth:`ReplyGenerator.stream`, and before the first word how good the news in the last of ``messages`` are:
        neither good nor bad where the model cannot tell. That takes no time of its own."""
        ...


@runtime_checkable
class Synthesizer(Protocol):
    """Speakable text in, sound out."""

    def synthesize(self, text: str, delivery: Delivery = PLAIN) -> Generator[Utterance, None, None]:
        """Yield one or more pieces of 48 kHz sound for one clause, −16 LUFS ± 1, without clicks at the joins.

        ``delivery`` is followed as far as the voice can; its loudness is relative to −16 LUFS. Raises TextError when
        nothing in ``text`` can be spoken.
        """
        ...


@runtime_checkable
class Recognizer(Protocol):
    """Sound in, text out."""

    def transcribe(self, pcm: F32, sample_rate: int) -> str:
        """What is said in mono ``pcm`` f32[n] in −1..1; "" where nothing is."""
        ...

    def recognize(self, pcm: F32, sample_rate: int) -> Transcript:
        """The same with how sure it is. Noise, music and coughs give no text. Raises AudioError, BackendError."""
        ...


@runtime_checkable
class VoiceDetector(Protocol):
    """Tells speech from other sounds; one stream each."""

    def probability(self, chunk: F32) -> float:
        """Advance by f32[512] at 16 kHz; probability 0–1 that it holds speech."""
        ...


@runtime_checkable
class EndOfTurn(Protocol):
    """Tells a speaker who has finished from one who pauses."""

    def finished(self, pcm: F32) -> float:
        """Probability 0–1 that whoever speaks in mono ``pcm`` f32[n] at 16 kHz, up to a pause, has finished."""
        ...


@runtime_checkable
class MotionModel(Protocol):
    """Sound in, face motion out; one frame of 1 920 samples a step.

    ``lookahead``: frames by which the output trails the input: the motion returned by a step belongs to the sound given
    ``lookahead`` steps earlier. Silence gives idle motion (breathing, blinks, small head sway), so that speech and
    idle are one stream without a seam.
    """

    lookahead: int

    def open(self, *, seed: int, manner: Manner | None = None) -> Any:
        """Start a stream and return its state, to be given to :meth:`step`. ``manner`` until a cue gives another; None:
        friendly, lively."""
        ...

    def step(self, states: Sequence[Any], pcm: F32, cues: Sequence[Cue | None] | None = None) -> Motion:
        """Advance B streams by one frame: ``pcm`` f32[B, 1920] at 48 kHz → motion with T = B (one frame a stream).

        ``cues``: what is known of each stream's frame beside its sound (phonemes, clause, mood); None: nothing. It belongs to
        the sound of the same step; a model may ignore it.
        """
        ...


@runtime_checkable
class Aligns(Protocol):
    """What a :class:`MotionModel` may offer beside: to find when the known sounds of a recording are made."""

    def align(self, pcm: F32, sounds: Sequence[Phoneme]) -> Aligned | None:
        """``sounds`` at the times at which they are made in ``pcm`` f32[n] at 48 kHz, in ticks from its first sample.

        Of the times that they come with only how long each lasts counts; pauses are found, not given. None where the sound is
        too short for them. Raises AudioError.
        """
        ...


@runtime_checkable
class Animator(Protocol):
    """Landmarks in, pictures out.

    ``draws_on_cpu``: whether live pictures are best drawn in processes of their own, see ``[animator] processes``.
    ``max_batch``: most pictures in one call of :meth:`render`. For people: ``runtime`` (what draws), ``tier`` (size of the
    net, "" without one), ``problems`` (why a better runtime did not start). ``core_seconds``: processor time of all pictures
    where it is spent in other processes, else None.
    """

    draws_on_cpu: ClassVar[bool] = True
    max_batch: int = 64
    runtime: str = "numpy and OpenCV"
    tier: str = ""
    problems: Sequence[str] = ()
    core_seconds: float | None = None

    def wait(self) -> None:
        """Return when the animator is ready; raises what loading it raised. One that loads in its constructor is ready."""
        return

    def prepare(self, portrait: Portrait) -> Any:
        """Precompute everything that depends on the portrait alone; may take a second."""
        ...

    def render(self, avatars: Sequence[Any], points: F32) -> list[U8]:
        """``points`` f32[B, 478, 3] in portrait pixels → B pictures, planar I420 u8[H * 3 // 2, W].

        A backend that draws a tongue takes ``tongue: F32 | None = None`` beside: f32[B, 2], see
        :class:`~talking_head.types.Motion`; None: it lies.
        """
        ...

    def close(self) -> None:
        """Give up processes and memory; twice is fine."""
        return


@runtime_checkable
class LayeredAnimator(Protocol):
    """What an :class:`Animator` may offer beside: the person apart from the background. For portraits with a matte."""

    def set_ground(self, avatar: Any, ground: U8) -> None:
        """From the next picture on, ``ground`` u8[H, W, 3] RGB is behind ``avatar``."""
        ...

    def render_rgba(self, avatar: Any, points: F32) -> U8:
        """``points`` f32[478, 3] → one picture u8[H, W, 4] RGB and straight alpha of the person alone; with ``tongue`` f32[2]
        as in :meth:`Animator.render`."""
        ...


def with_tongue(draw: Callable[..., _R], tongue: F32 | None) -> Callable[..., _R]:
    """``draw``, a method of an animator, with its ``tongue`` set; as it is where it takes none."""
    return partial(draw, tongue=tongue) if "tongue" in inspect.signature(draw).parameters else draw


@runtime_checkable
class Landmarker(Protocol):
    """Picture in, faces out."""

    def detect(self, image: U8) -> list[F32]:
        """``image`` u8[H, W, 3] RGB → one f32[478, 3] in pixels (z in the scale of x) a face found, largest first."""
        ...


@runtime_checkable
class TracksFaces(Landmarker, Protocol):
    """A landmarker that follows a face from picture to picture of a clip."""

    def reset(self) -> None:
        """Forget the face: the next picture is of another clip, or behind a cut."""
        ...
