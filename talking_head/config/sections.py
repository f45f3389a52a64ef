"""What can be configured, a class a section. Whom the server lets in: ``access.py``; what presenters keep: ``presenter.py``."""

from __future__ import annotations

from typing import Annotated, Any, Literal, cast

from pydantic import Field, field_validator

from talking_head.config.access import Auth, IceServer, Limits, Server
from talking_head.config.base import Positive, Seconds, Section
from talking_head.config.presenter import Memory, Recording, Tools
from talking_head.types import LARGEST_SIDE, Manner, MoodName

SYSTEM_PROMPT = (
    "You are a helpful AI assistant named Joe who speaks with visitors. "
    "Answer briefly and kindly, in one or two plain sentences."
)


class Device(Section):
    """What the models run on. "auto" takes a GPU where there is one; ``threads`` a model on a CPU."""

    name: Annotated[str, Field(pattern=r"^(auto|cpu|cuda(:\d+)?)$")] = "auto"
    precision: Literal["auto", "float32", "float16", "bfloat16"] = "auto"
    threads: Positive = 1


class Avatar(Section):
    """Whose face. ``name``: a folder of avatars/, or the path of a photo; without ``consent`` (who is shown, and who agreed) a
    photo talks live, but is neither filmed nor recorded. ``folder``: more avatars of one's own.

    ``editable``: whether avatars can be stored and deleted over HTTP ("auto": where only this machine can come in); photos that
    visitors try are forgotten either way.
    """

    name: str = "clara"
    consent: Annotated[str, Field(max_length=2000)] = ""
    folder: str = ""
    editable: bool | Literal["auto"] = "auto"


class Reply(Section):
    """What is answered. ``history_tokens``: budget of the system prompt and the chat before the answer; the default
    backends read the chat between two turns; a question that comes at once waits for it, 1 to 2 ms a token on one core.
    """

    backend: str = "auto"
    system_prompt: str = SYSTEM_PROMPT
    history_tokens: Positive = 256
    options: dict[str, Any] = Field(default_factory=dict)

    @property
    def small(self) -> bool:
        """Whether a converted model answers on this machine, a tiny one unless somebody chose another."""
        return self.backend in ("auto", "openvino", "ctranslate2")


class Knowledge(Section):
    """What presenters know (``talking-head knowledge``). ``answers``: "verbatim" speaks the sentences of the documents that fit
    best; "model" hands them to the reply model; "auto": verbatim with the tiny default model, model with any other.
    ``embedder``: "english", or "multilingual" for questions in other languages (its index is one of its own).
    """

    answers: Literal["auto", "verbatim", "model"] = "auto"
    embedder: Literal["english", "multilingual"] = "english"


class OwnVoice(Section):
    """A voice of one's own: a speech backend with its options, under a name. ``consent``: who speaks and agreed to what, for a
    voice that was made of a person's recordings ("nobody: a synthetic voice" for one that was not); no films without it.
    """

    backend: str
    options: dict[str, Any] = Field(default_factory=dict)
    language: str = "en"
    title: str = ""
    gender: str = ""
    heavy: bool = False
    consent: str = ""


class Speech(Section):
    """The voice. ``backend`` "auto": a presenter's own (``voice`` for one that has none); any other, with its ``options`` and
    its ``language``, speaks for all presenters. ``speed``: 1 is the voice's own. ``loaded``: voices kept in memory at a time.

    ``pronunciations``: words and how they are said, respelt or in IPA between slashes. ``voices``: more of them, by name.
    ``consent``: as in ``voices``, for a ``backend`` whose options name a file.
    """

    backend: str = "auto"
    voice: str = "joe"
    language: str = "en"
    speed: Annotated[float, Field(ge=0.5, le=2)] = 1.0
    loaded: Annotated[int, Field(ge=1, le=16)] = 3
    consent: str = ""
    options: dict[str, Any] = Field(default_factory=dict)
    pronunciations: dict[str, str] = Field(default_factory=dict)
    voices: dict[str, OwnVoice] = Field(default_factory=dict)


class Listen(Section):
    """What the visitor says into a microphone. ``enabled`` False: the page has no microphone, and no sound is taken.

    ``end_of_turn``: a pause is judged by a model of how sentences end (16 MB, 0.1 s of a core a pause), or by its length alone.
    ``tone``: a visitor who sounds clearly more subdued than before is answered in sympathy; off: some places do not allow it.
    ``options`` are the recogniser's of English (or of the language that they name), ``languages.CODE`` those of another one.
    """

    enabled: bool = True
    backend: str = "whisper"
    end_of_turn: Literal["smart-turn", "silence"] = "smart-turn"
    tone: bool = False
    options: dict[str, Any] = Field(default_factory=dict)
    languages: dict[str, dict[str, Any]] = Field(default_factory=dict)


class Motion(Section):
    """Sound to face motion. ``mood``, ``expressiveness`` 0..2 and ``articulation`` 0.5..1.5: see ``types.Manner``; ``seed``
    −1: another one each session."""

    backend: str = "trained"
    mood: MoodName = "friendly"
    expressiveness: Annotated[float, Field(ge=0, le=2)] = 1.0
    articulation: Annotated[float, Field(ge=0.5, le=1.5)] = 1.0
    seed: Annotated[int, Field(ge=-1)] = -1
    options: dict[str, Any] = Field(default_factory=dict)

    def manner(self, mood: str = "") -> Manner:
        """How faces perform; ``mood``: a presenter's own, which goes before. ConfigError when there is none of that name."""
        return Manner(cast(MoodName, mood or self.mood), self.expressiveness, self.articulation)


class Animator(Section):
    """Face motion to pictures of ``size`` × ``size`` pixels. ``processes``: of their own, in which live pictures are
    drawn; 0: one for every four cores, at least one; −1: none, the server draws them itself (as it always does on a GPU).
    """

    backend: str = "gan"
    processes: Annotated[int, Field(ge=-1, le=64)] = 0
    size: Annotated[int, Field(ge=128, le=LARGEST_SIDE, multiple_of=8)] = 512
    options: dict[str, Any] = Field(default_factory=dict)


class Landmarks(Section):
    """The detector that finds the face in a portrait."""

    backend: str = "mediapipe"
    options: dict[str, Any] = Field(default_factory=dict)


class Session(Section):
    """One visitor. Times in seconds; ``barge_in``: a new sentence of the visitor cuts the answer short."""

    barge_in: bool = True
    greeting: str = ""
    idle_timeout_s: Seconds = 900.0
    turn_timeout_s: Seconds = 120.0


class Stream(Section):
    """WebRTC. ``codec`` "auto" takes H.264 and falls back to VP8; ``encoder`` "auto" has a GPU make the H.264 where it can.

    Rates in kbit/s; ``video_kbps`` is the most that is sent, a quiet picture needs a fifth of it.

    ``reserve_ms``: how long a finished picture waits for its time, so that a loop that is late by less is not seen. ``label``:
    the disclosure that pages show beside the face. ``candidates``: to which addresses of an offer packets are sent: "visitor"
    (the one that it came from, and TURN servers), "private" (any of a private network, too), "any", "none". ``processes``
    encode and send beside the server: 0 starts them where more faces fit than one process can serve, −1 never.
    """

    codec: Literal["auto", "h264", "vp8"] = "auto"
    encoder: Literal["auto", "software"] = "auto"
    video_kbps: Annotated[int, Field(ge=100, le=20000)] = 1500
    min_video_kbps: Annotated[int, Field(ge=50, le=20000)] = 250
    audio_kbps: Annotated[int, Field(ge=16, le=256)] = 64
    reserve_ms: Annotated[int, Field(ge=0, le=500)] = 20
    processes: Annotated[int, Field(ge=-1, le=64)] = 0
    label: str = "AI-generated: no real person is speaking"
    candidates: Literal["visitor", "private", "any", "none"] = "visitor"
    ice_servers: tuple[IceServer, ...] = ()


class Provenance(Section):
    """What says that films and streams are made by a machine, and where; all of it on. ``label``: words in the picture, of
    ``label_language`` (or ``label_text``), in the corner ``label_position``; in films for ``film_label_s`` seconds from the
    start (0: to the end). ``watermark``: invisible marks in picture and sound. ``manifest``: signed C2PA credentials in films.
    ``aigc``: metadata of GB 45438, with ``producer`` as its maker.

    ``certificate``, ``key``: PEM files of one's own to sign with; a local test certificate else.
    """

    label: bool = True
    label_language: Literal["en", "zh", "both"] = "en"
    label_text: str = ""
    label_position: Literal["top-left", "top-right", "bottom-left", "bottom-right"] = "top-left"
    film_label_s: Annotated[float, Field(ge=0)] = 4.0
    watermark: bool = True
    manifest: bool = True
    aigc: bool = True
    producer: str = ""
    certificate: str = ""
    key: str = ""

    @field_validator("film_label_s")
    @classmethod
    def _seen(cls, value: float) -> float:
        if 0 < value < 2:
            raise ValueError("a label is read in two seconds; 0 shows it to the end")
        return value


class Loop(Section):
    """The inference loop that all faces share. ``capacity`` 0: as measured on this machine, see `talking-head doctor`."""

    capacity: Annotated[int, Field(ge=0, le=1024)] = 0
    when_full: Literal["refuse", "degrade"] = "refuse"


class Jobs(Section):
    """Work that takes minutes, such as films. ``folder``: where it is kept (empty: beside the models). ``workers``: processes
    that do it; ``waiting``: jobs of one key or address that have not ended; ``total_bytes``: of all their
    files; ``keep_days``: how long one that has ended is kept; ``hours``: how long one may take.
    ``priority`` "idle": they get only what nobody else on the machine wants.
    """

    folder: str = ""
    priority: Literal["idle", "low", "normal"] = "idle"
    workers: Annotated[int, Field(ge=1, le=16)] = 1
    waiting: Positive = 20
    total_bytes: Positive = 20_000_000_000
    keep_days: Annotated[float, Field(gt=0)] = 30.0
    hours: Annotated[float, Field(gt=0)] = 24.0


class Films(Section):
    """Films over HTTP. ``upload_bytes``: of all files of one. A film's end is told to an address of its own (webhook) only at
    ``webhook_hosts``, over https; ``webhook_private``: also at private addresses, and over http. ``webhook_secret_env`` names
    the variable with the secret that it is signed with.
    """

    upload_bytes: Positive = 500_000_000
    webhook_hosts: tuple[str, ...] = ()
    webhook_private: bool = False
    webhook_secret_env: str = "TALKING_HEAD_WEBHOOK_SECRET"


class Config(Section):
    """All sections; ``Config()`` is what the server runs without a file."""

    server: Server = Server()
    auth: Auth = Auth()
    device: Device = Device()
    avatar: Avatar = Avatar()
    reply: Reply = Reply()
    knowledge: Knowledge = Knowledge()
    tools: Tools = Tools()
    memory: Memory = Memory()
    speech: Speech = Speech()
    listen: Listen = Listen()
    motion: Motion = Motion()
    animator: Animator = Animator()
    landmarks: Landmarks = Landmarks()
    session: Session = Session()
    stream: Stream = Stream()
    provenance: Provenance = Provenance()
    loop: Loop = Loop()
    jobs: Jobs = Jobs()
    films: Films = Films()
    recording: Recording = Recording()
    limits: Limits = Limits()

    @property
    def editable(self) -> bool:
        """Whether avatars can be stored and deleted over HTTP."""
        return self.server.loopback if self.avatar.editable == "auto" else self.avatar.editable
