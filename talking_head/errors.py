"""Every error a user can meet. The message is a sentence that says what to do.

TalkingHeadError
├── ConfigError            a key or value of the configuration (names the key)
├── InputError             something the user gave: HTTP 400/422, CLI exit 2
│   ├── TextError          text that cannot be spoken
│   ├── AudioError         wrong sample rate, NaN, empty
│   └── PhotoError         no face, two faces, too small, unreadable
├── WeightsError           a model file is absent, corrupt or foreign
│   └── MissingModelError  says the command that fetches it
├── UnknownPartError       no backend of that name (lists the known ones)
├── MissingExtraError      a backend's package is not installed (names the extra)
├── BackendError           a backend failed while running; the session goes on
├── DiskError              the disk is full: HTTP 507
└── CapacityError          the server is full: HTTP 503 with Retry-After
    └── LimitError         this visitor asks too often: HTTP 429 with Retry-After
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

# What forms of the studio, and videos, can be refused for; pages have a sentence for each (``error.CODE`` in
# web/texts/server).
InputCode = Literal[
    "presenter_name",
    "presenter_taken",
    "presenter_file",
    "presenter_voice",
    "consent_shown",
    "consent_agreed",
    "consent_scope",
    "consent_statement",
    "consent_ended",
    "consent_foreign",
    "draft_gone",
    "film_silent",
    "video_blind",
    "video_large",
    "video_still",
    "video_long",
    "video_unreadable",
    "video_ending",
]

# Why a job failed, where nothing that its owner gave was wrong.
JobCode = Literal["job_restarted", "job_killed", "job_hours", "job_bytes", "job_memory", "job_broken", "disk"]

# What a photo can be refused for; pages have a sentence for each of these, too. "photo": anything else.
PhotoCode = Literal[
    "photo",
    "photo_no_face",
    "photo_faces",
    "photo_turned",
    "photo_tilted",
    "photo_far",
    "photo_eyes",
    "photo_unreadable",
    "photo_damaged",
    "photo_heic",
    "photo_video",
    "photo_empty",
    "photo_large",
    "photo_small",
    "photo_narrow",
    "photo_wide",
    "photo_cut",
    "photo_teeth",
    "photo_uncut",
]


class TalkingHeadError(Exception):
    """Base of all errors whose message is meant for a person; ``code`` says in a word what is wrong, where pages have words."""

    code: str = ""


class ConfigError(TalkingHeadError):
    """A configuration key or value is wrong; the message names the key."""


class InputError(TalkingHeadError):
    """The user's input cannot be used; the message says what would work, and where pages have words of their own for it,
    ``code`` in a word what is wrong.
    """

    def __init__(self, message: str, code: InputCode | PhotoCode | Literal[""] = "") -> None:
        super().__init__(message)
        self.code = code


class TextError(InputError):
    """Text that is empty, too long or holds nothing speakable."""


class AudioError(InputError):
    """Audio with a wrong sample rate, NaN, or no samples."""


class PhotoError(InputError):
    """A picture that is unreadable or holds no single usable face; ``code`` says in a word what is wrong with it."""

    def __init__(self, message: str, code: PhotoCode = "photo") -> None:
        super().__init__(message, code)


class WeightsError(TalkingHeadError):
    """A model file is corrupt, foreign or of the wrong tier."""


class MissingModelError(WeightsError):
    """A model that the manifest names is not on this machine."""


class UnknownPartError(ConfigError):
    """No backend is registered under that name."""


class MissingExtraError(TalkingHeadError):
    """A backend needs a package that is not installed."""


class BackendError(TalkingHeadError):
    """A stage failed while running. The turn ends with an error event; the session lives on."""


class DiskError(TalkingHeadError):
    """The disk is full; what was to be kept is not, and nothing of it is left."""

    code = "disk"


class CapacityError(TalkingHeadError):
    """No room for another session."""

    def __init__(self, message: str, retry_after_s: int = 5) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class LimitError(CapacityError):
    """One visitor asks for more than their share."""


_PATH = re.compile(r"(?<![\w:/.])(?:/[^\s/“”\"'<>|:;,()]+){2,}/?|(?<![\w/])[A-Za-z]:\\[^\s“”\"'<>|:;,()]+")


def reason(error: BaseException) -> str:
    """What ``error`` says, as the end of a sentence: of the system's own errors without their number and the path, which the
    sentence has already.
    """
    told = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return told[:1].lower() + told[1:].rstrip(".")


def for_visitors(sentence: str) -> str:
    """``sentence`` for a visitor: of a path on this machine only its last part is left.

    The sentences of our errors are written for whoever runs the program, and some name a file of theirs.
    """

    def name(match: re.Match[str]) -> str:
        path = match[0]
        if path.startswith("/") and not Path("/", path.split("/")[1]).exists():
            return path  # an address of ours, such as /avatars/name
        return re.split(r"[/\\]", path.rstrip("/\\."))[-1] + ("." if path.endswith(".") else "")

    return _PATH.sub(name, sentence)


def visitors_sentence(error: BaseException) -> str:
    """The sentence of ``error`` as a visitor is told it: :func:`for_visitors`, and without the words of a library that it
    quotes for the log, which are those of its causes (``raise BackendError(f"The voice failed: {error}") from error``).
    """
    sentence, cause = str(error), error.__cause__
    while cause is not None:
        if not isinstance(cause, TalkingHeadError):
            words = str(cause).strip()
            for quoted in (words, " ".join(words.split()), words.split("\n")[0], reason(cause)):
                for around in (f" ({quoted})", f": {quoted}", f" {quoted}"):
                    if quoted and around in sentence:
                        sentence = sentence.replace(around, "").rstrip(" .;:,") + "."
                        break
        cause = cause.__cause__
    return for_visitors(sentence)


def named(name: str, message: str) -> TalkingHeadError:
    """The error whose class is called ``name``, as another process of ours told it; a BackendError where there is none."""
    kinds, waiting = {}, [TalkingHeadError]
    while waiting:
        kind = waiting.pop()
        kinds[kind.__name__] = kind
        waiting += kind.__subclasses__()
    return kinds.get(name, BackendError)(message)
