"""What every speech backend owes: one suite over all of them, then each one's own promises."""

from __future__ import annotations

import importlib.util
import json
import struct
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from talking_head import parts
from talking_head.audio import PEAK_CEILING, loudness, read_audio, write_wav
from talking_head.errors import BackendError, ConfigError, MissingExtraError, TextError, WeightsError
from talking_head.evaluate.speech import measure_joins
from talking_head.media import TICKS_PER_SECOND, Utterance
from talking_head.speech.coqui import import_coqui
from talking_head.speech.finish import RunningGain, finish, mark_of, tail
from talking_head.stages import Synthesizer

CLAUSES = [
    "Yes.",
    "Hello there,",
    "it is nice to meet you!",
    "What would you like to know about the blue boats of Boston?",
    "Well",
]


def babble(seconds: float = 1.2, rate: int = 24_000, seed: int = 0) -> np.ndarray:
    """Something like a voice: a buzz of 120 Hz in syllables, with a little breath."""
    time_s = np.arange(round(seconds * rate)) / rate
    buzz = sum(np.sin(2 * np.pi * 120 * k * time_s) / k for k in range(1, 20))
    syllables = np.clip(np.sin(2 * np.pi * 3 * time_s), 0, None)
    breath = 0.01 * np.random.default_rng(seed).standard_normal(len(time_s))
    return (0.05 * buzz * syllables + breath * syllables).astype(np.float32)


class Endpoint(BaseHTTPRequestHandler):
    """A speech server that does what ``server.mode`` says."""

    server: Server
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.requests.append((self.path, self.headers.get("Authorization"), request))
        mode = self.server.mode if len(self.server.requests) > self.server.failures else self.server.failing
        if mode.isdigit():
            body = json.dumps({"error": {"message": "no such luck"}}).encode()
            self.send_response(int(mode))
            self.send_header("Retry-After", "0")
        elif mode == "stall":
            self.server.stalled.set()
            self.server.cut.set() if self.rfile.read(1) == b"" else None  # waits until the client hangs up
            return
        elif mode == "html":
            body = b"<html>hello</html>" * 50
            self.send_response(200)
        else:
            pcm = (babble() * 32767).astype("<i2").tobytes()
            # As servers do that stream: the lengths are not known yet when the header is sent.
            header = struct.pack(
                "<4sI4s4sIHHIIHH4sI",
                b"RIFF",
                0xFFFFFFFF,
                b"WAVE",
                b"fmt ",
                16,
                1,
                1,
                24_000,
                48_000,
                2,
                16,
                b"data",
                0xFFFFFFFF,
            )
            body = (header if request["response_format"] == "wav" else b"") + pcm
            self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if mode == "drop":
            self.wfile.write(body[: len(body) // 2])
            self.close_connection = True
            return
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Endpoint)
        self.mode, self.failing, self.failures = "speak", "500", 0
        self.requests: list[tuple[str, str | None, dict[str, Any]]] = []
        self.stalled, self.cut = threading.Event(), threading.Event()

    def handle_error(self, *_: Any) -> None:
        pass  # a client that hangs up is what some tests are about

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield running
        running.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def piper(models: Path) -> Synthesizer:
    voice: Synthesizer = parts.build("speech", "piper")
    return voice


@pytest.fixture(scope="module")
def coqui(tmp_path_factory: pytest.TempPathFactory) -> Synthesizer:
    """A small VITS with random weights, built from a config, saved, and loaded by path."""
    try:
        import_coqui()
    except MissingExtraError as error:
        pytest.skip(str(error))
    import torch
    from TTS.tts.configs.vits_config import VitsArgs, VitsConfig
    from TTS.tts.models.vits import Vits

    small = VitsArgs(
        hidden_channels=32,
        hidden_channels_ffn_text_encoder=64,
        num_heads_text_encoder=2,
        num_layers_text_encoder=2,
        num_layers_posterior_encoder=2,
        num_layers_flow=2,
        upsample_initial_channel_decoder=64,
        init_discriminator=False,
    )
    torch.manual_seed(0)
    net = Vits(VitsConfig(model_args=small, use_phonemes=False, text_cleaner="basic_cleaners"))
    with torch.no_grad():
        net.waveform_decoder.conv_post.weight *= 30  # random weights whisper
    folder = tmp_path_factory.mktemp("vits")
    torch.save({"model": net.state_dict()}, folder / "model.pth")
    net.config.save_json(str(folder / "config.json"))
    voice: Synthesizer = parts.build("speech", "coqui", model=folder / "model.pth")
    return voice


@pytest.fixture(params=["piper", "openai", "coqui"])
def voice(request: pytest.FixtureRequest) -> Synthesizer:
    if request.param == "openai":
        server = request.getfixturevalue("server")
        built: Synthesizer = parts.build("speech", "openai", base_url=server.url, model="tts-1")
        return built
    chosen: Synthesizer = request.getfixturevalue(request.param)
    return chosen


def spoken(voice: Synthesizer, text: str) -> list[Utterance]:
    return [piece for piece in voice.synthesize(text) if len(piece.pcm)]


def test_is_a_synthesizer(voice: Synthesizer) -> None:
    assert isinstance(voice, Synthesizer)


@pytest.mark.parametrize("text", CLAUSES)
def test_sound_is_sound(voice: Synthesizer, text: str) -> None:
    pieces = spoken(voice, text)
    pcm = np.concatenate([piece.pcm for piece in pieces])
    assert pcm.dtype == np.float32
    assert pcm.ndim == 1
    assert np.isfinite(pcm).all()
    assert np.abs(pcm).max() <= PEAK_CEILING + 1e-4
    assert loudness(pcm) == pytest.approx(-16, abs=1)
    assert 0.1 < len(pcm) / TICKS_PER_SECOND < 20


def test_no_click_at_joins(voice: Synthesizer) -> None:
    pieces = [piece.pcm for text in CLAUSES for piece in spoken(voice, text)]
    joins = measure_joins(pieces)
    assert joins.count >= len(CLAUSES) - 1
    assert joins.jump < 0.002
    assert joins.click_db < -6
    for pcm in pieces:  # also against silence before and after
        assert abs(pcm[0]) < 0.002
        assert abs(pcm[-1]) < 0.002


def test_phonemes_cover_the_sound(voice: Synthesizer) -> None:
    for piece in spoken(voice, "My mother bought five blue boats, didn't she?"):
        place = 0
        for phoneme in piece.phonemes:
            assert phoneme.start == place
            assert phoneme.ticks > 0
            place += phoneme.ticks
        if piece.phonemes:
            assert place == len(piece.pcm)


@pytest.mark.parametrize("text", ["", "   ", "?!", "…"])
def test_nothing_to_say_is_refused(voice: Synthesizer, text: str) -> None:
    with pytest.raises(TextError):
        spoken(voice, text)


def test_cancelled_between_steps_and_usable_afterwards(voice: Synthesizer) -> None:
    before = threading.active_count()
    stream = voice.synthesize("A first sentence of some length, then another one, and then one more. " * 5)
    next(stream)
    stream.close()  # type: ignore[attr-defined]
    with pytest.raises(StopIteration):
        next(stream)
    assert spoken(voice, "Still here.")
    until = time.monotonic() + 5
    while threading.active_count() > before + 1 and time.monotonic() < until:  # the fake server keeps a thread of its own
        time.sleep(0.01)
    assert threading.active_count() <= before + 2


# Piper


def test_piper_cuts_long_text(piper: Synthesizer) -> None:
    pieces = spoken(piper, "The boat drifted past the pier while everybody watched from the bank, " * 6)
    assert len(pieces) >= 3
    assert all(len(piece.pcm) < 15 * TICKS_PER_SECOND for piece in pieces)


def test_piper_places_phonemes_where_they_sound(piper: Synthesizer) -> None:
    (piece,) = spoken(piper, "Pass the soap.")
    symbols = [phoneme.symbol for phoneme in piece.phonemes if phoneme.symbol != " "]
    assert symbols == ["p", "ˈæ", "s", "ð", "ə", "s", "ˈoʊ", "p"]
    high = {}
    for phoneme in piece.phonemes:
        part = piece.pcm[phoneme.start : phoneme.start + phoneme.ticks]
        spectrum = np.abs(np.fft.rfft(part)) ** 2
        hertz = np.fft.rfftfreq(len(part), 1 / TICKS_PER_SECOND)
        high.setdefault(phoneme.symbol, spectrum[hertz > 3000].sum() / spectrum.sum())
    assert high["s"] > 5 * high["ˈæ"]  # hiss lies in s, not in the vowel before it
    assert high["s"] > 5 * high["ˈoʊ"]


@pytest.mark.models
def test_piper_is_understood(piper: Synthesizer) -> None:
    listener = parts.build("listen", "whisper")
    pcm = np.concatenate([p.pcm for p in piper.synthesize("The museum opens at nine and closes in the evening.")])
    heard = listener.transcribe(pcm, TICKS_PER_SECOND).lower()
    assert sum(word in heard for word in ("museum", "opens", "closes", "evening")) >= 3


def test_piper_speed_and_foreign_symbols(models: Path) -> None:
    slow, fast = (parts.build("speech", "piper", speed=speed, rhythm_noise=0.0) for speed in (0.7, 1.6))
    text = "A café in Zürich, naïve & résumé: 42 % of x!"
    assert len(spoken(slow, text)[0].pcm) > 1.3 * len(spoken(fast, text)[0].pcm)
    assert not slow.unknown
    assert list(slow._in_voice(["ɫ", "ʘ͡"])) == ["l" if "ɫ" not in slow._ids else "ɫ", "ʘ"]
    slow.unknown.clear()
    assert list(slow._in_voice(["Ж"])) == ["ə"]
    assert slow.unknown == {"Ж": 1}


def test_piper_voice_by_path(models: Path, tmp_path: Path) -> None:
    from talking_head import weights

    shipped = weights.path("piper-en-us-joe")
    for name in ("mine.onnx", "mine.onnx.json"):
        (tmp_path / name).symlink_to(shipped.with_name(name.replace("mine", shipped.stem)))
    assert spoken(parts.build("speech", "piper", voice=tmp_path), "Hello.")
    with pytest.raises(WeightsError, match="no Piper voice"):
        parts.build("speech", "piper", voice=tmp_path / "absent.onnx")
    (tmp_path / "broken.onnx").write_bytes(b"not a model")
    (tmp_path / "broken.onnx.json").symlink_to(tmp_path / "mine.onnx.json")
    with pytest.raises(WeightsError, match="cannot be loaded"):
        parts.build("speech", "piper", voice=tmp_path / "broken.onnx")
    (tmp_path / "broken.onnx.json").unlink()
    (tmp_path / "broken.onnx.json").write_text("{}")
    with pytest.raises(WeightsError, match="description"):
        parts.build("speech", "piper", voice=tmp_path / "broken.onnx")


# OpenAI-style endpoint


def test_openai_request_and_key(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_KEY", "k-123")
    voice = parts.build("speech", "openai", base_url=server.url, model="kokoro", voice="sky", key_env="MY_KEY", format="pcm")
    assert spoken(voice, "Hello there.")
    path, key, body = server.requests[0]
    assert (path, key) == ("/v1/audio/speech", "Bearer k-123")
    assert body == {"model": "kokoro", "voice": "sky", "response_format": "pcm", "speed": 1.0, "input": "Hello there."}


@pytest.mark.parametrize("failing", ["429", "500", "drop"])
def test_openai_tries_again(server: Server, failing: str) -> None:
    server.failing, server.failures = failing, 1
    assert spoken(parts.build("speech", "openai", base_url=server.url, model="m"), "Hello.")
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("mode", "says"),
    [
        ("401", "refused the key"),
        ("404", "no such luck"),
        ("429", "429"),
        ("500", "try again later"),
        ("html", "not a 16-bit WAV"),
        ("drop", "broke off"),
        ("stall", "silent for"),
    ],
)
def test_openai_failures_are_sentences(server: Server, mode: str, says: str) -> None:
    server.mode = mode
    voice = parts.build("speech", "openai", base_url=server.url, model="m", retries=0, stall_s=0.3)
    with pytest.raises(BackendError, match=says):
        spoken(voice, "Hello.")


def test_openai_nobody_there_and_bad_options() -> None:
    voice = parts.build("speech", "openai", base_url="http://127.0.0.1:9/v1", model="m", retries=0)
    with pytest.raises(BackendError, match="cannot be reached"):
        spoken(voice, "Hello.")
    for options in ({}, {"base_url": "ftp://x", "model": "m"}, {"base_url": "http://x/v1", "model": "m", "format": "mp3"}):
        with pytest.raises(ConfigError, match="speech"):
            parts.build("speech", "openai", **options)


def test_openai_closing_cuts_the_line_while_the_server_is_silent(server: Server) -> None:
    server.mode = "stall"
    stream = parts.build("speech", "openai", base_url=server.url, model="m", stall_s=60).synthesize("Hello.")
    assert len(next(stream).pcm) == 0
    assert server.stalled.wait(5)
    stream.close()
    assert server.cut.wait(5)


# Coqui


def test_coqui_explains_itself(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"needs speech\.options\.model"):
        parts.build("speech", "coqui")
    with pytest.raises(ConfigError, match="clip"):
        parts.build("speech", "coqui", model="x", clone=tmp_path / "absent.wav")
    if importlib.util.find_spec("TTS") is None:
        with pytest.raises(MissingExtraError, match=r"pip install 'talking-head\[coqui\]'"):
            parts.build("speech", "coqui", model="x")
        return
    with pytest.raises(WeightsError, match="no Coqui checkpoint"):
        parts.build("speech", "coqui", model=tmp_path / "absent.pth")
    (tmp_path / "model.pth").write_bytes(b"no checkpoint")
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(WeightsError, match="cannot load"):
        parts.build("speech", "coqui", model=tmp_path / "model.pth")


def test_coqui_streams_chunks_without_seams(coqui: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """XTTS's weights may not be shipped: its interface, with a voice of ours, proves how its chunks are joined."""
    import torch

    whole = babble(4.0, coqui._rate)
    asked: list[Any] = []

    class Net:
        def get_conditioning_latents(self, audio_path: list[str]) -> tuple[str, str]:
            asked.append(audio_path)
            return "latents", "speaker"

        def inference_stream(self, text: str, language: str, latents: str, speaker: str) -> Iterator[Any]:
            asked.append((text, language, latents, speaker))
            yield from torch.from_numpy(whole).split(7_000)

    write_wav(tmp_path / "clip.wav", babble(2.0), 24_000)
    import TTS.tts.models.xtts  # noqa: F401

    for name, value in {
        "_net": Net(),
        "_stream": True,
        "_clone": str(tmp_path / "clip.wav"),
        "_latents": None,
        "_language": "en",
    }.items():
        monkeypatch.setattr(coqui, name, value)
    pieces = [piece.pcm for piece in coqui.synthesize("Hello there.")]
    assert asked == [[str(tmp_path / "clip.wav")], ("Hello there.", "en", "latents", "speaker")]
    assert len(pieces) >= 10
    assert loudness(np.concatenate(pieces)) == pytest.approx(-16, abs=1)
    joins = measure_joins(pieces)
    assert joins.jump <= 1.5 * joins.typical
    assert joins.click_db < 1


# What all of them share


def test_running_gain_joins_chunks_smoothly() -> None:
    whole = babble(3.0, TICKS_PER_SECOND)
    gain = RunningGain()
    out = np.concatenate([gain.push(whole[i : i + 9_000]) for i in range(0, len(whole), 9_000)])
    assert loudness(out) == pytest.approx(-16, abs=1)
    step_before, step_after = (np.abs(np.diff(x)).max() / np.abs(x).max() for x in (whole, out))
    assert step_after < 1.5 * step_before


def test_finish_trims_silence_and_noise_floor() -> None:
    voice = babble(1.0, TICKS_PER_SECOND)
    padded = np.concatenate([np.zeros(20_000, np.float32), voice, np.zeros(30_000, np.float32)])
    padded += 1e-5 * np.random.default_rng(0).standard_normal(len(padded)).astype(np.float32)
    short, long = finish(padded, (), ","), finish(padded, (), ".")
    assert len(short.pcm) < len(long.pcm) < len(voice) + 22_000
    assert not finish(np.zeros(5_000, np.float32), (), ".").pcm.any()
    assert len(tail(np.zeros(0, np.float32), ".")) > 0


@pytest.mark.parametrize(
    ("text", "mark"), [("Yes.", "."), ("“Really?”", "?"), ("and then", ""), ("so,", ","), ("", ""), ("well…", ".")]
)
def test_mark(text: str, mark: str) -> None:
    assert mark_of(text) == mark


def test_read_audio_serves_cloning(tmp_path: Path) -> None:
    write_wav(tmp_path / "clip.wav", babble(1.0), 24_000)
    assert len(read_audio(tmp_path / "clip.wav", 22_050)) == pytest.approx(22_050, abs=64)
