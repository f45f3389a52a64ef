"""Films from a recorded voice, in the framings that the browser test leaves out; with the default models."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import av
import pytest

from talking_head.audio.pcm import write_wav
from talking_head.config import Config
from talking_head.film.spec import Scene, read_spec
from talking_head.gradio_ui.films import FilmService
from talking_head.media_files.sound import read_audio
from talking_head.server.container import AppContainer
from talking_head.types import TICKS_PER_SECOND

pytestmark = pytest.mark.models

SENTENCE = "The last visitors leave the museum at five."


@pytest.fixture(scope="module")
def films(models: object) -> Iterator[FilmService]:
    container = AppContainer(Config.model_validate({"loop": {"capacity": 1}}))
    made = FilmService(container)
    yield made
    container.close()


@pytest.fixture(scope="module")
def recording(films: FilmService, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("sound") / "voice.wav"
    write_wav(file, films.speak(SENTENCE).pcm, TICKS_PER_SECOND)
    return file


@pytest.mark.parametrize(("frame", "shape"), [("1:1", 1.0), ("16:9", 16 / 9)])
def test_a_recording_becomes_a_film(films: FilmService, recording: Path, tmp_path: Path, frame: str, shape: float) -> None:
    told: list[float] = []
    wanted = {"sound": "voice.wav", "text": SENTENCE, "presenter": "marcus", "frame": frame, "lines": 256}
    spec = read_spec(wanted | {"captions": {"burn": True}})
    film = films.film(spec, {"voice.wav": recording}, tmp_path, tell=lambda share, _: told.append(share))
    assert " ".join(cue.text for cue in film.cues) == SENTENCE
    assert told == sorted(told)
    assert 0.9 < told[-1] <= 1
    assert sorted(each.suffix for each in tmp_path.iterdir()) == [".jpg", ".mp4", ".srt", ".vtt"]
    with av.open(str(film.file)) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        assert video.width / video.height == pytest.approx(shape, rel=0.01)
        assert float(video.duration * video.time_base) == pytest.approx(float(audio.duration * audio.time_base), abs=0.04)
    assert film.frames * 1920 >= len(read_audio(recording))


def test_lips_know_the_words_of_a_recording(films: FilmService, recording: Path) -> None:
    spoken = films.speak(SENTENCE)
    for text in (SENTENCE, ""):
        told = films.cast.narrate(Scene(sound="voice.wav", text=text), recording, None, words=False, tell=print)
        assert " ".join(text for _, _, text in told.clauses).lower().replace(".", "").startswith("the last visitors")
        said = {number: cue.phonemes for number, cue in enumerate(told.cues) if cue.phonemes}
        lips = [each for each in spoken.phonemes if each.symbol.strip("ˈˌ") in ("v", "z", "m")]
        assert len(lips) >= 4
        for sound in lips:
            at = (sound.start + sound.ticks // 2) // 1920
            near = [each for number in range(at - 1, at + 2) for each in said.get(number, ()) if -1920 < each.start < 1920]
            assert sound.symbol.strip("ˈˌ") in {each.symbol.strip("ˈˌ") for each in near}


def test_words_that_are_not_those_of_a_recording_move_no_lips(films: FilmService, recording: Path) -> None:
    other = "Nobody would pay a penny for a bowl of porridge in July."
    told = films.cast.narrate(Scene(sound="voice.wav", text=other), recording, None, words=False, tell=print)
    assert told.cues == ()
    assert [text for _, _, text in told.clauses] == [other]


def test_words_of_a_recording_are_recognised_where_none_are_given(films: FilmService, recording: Path) -> None:
    scene = Scene(sound="voice.wav")
    clauses = films.cast.narrate(scene, recording, None, words=True, tell=print).clauses
    assert clauses[-1][1] > 1
    words = " ".join(text for _, _, text in clauses)
    assert {"visitors", "museum", "five"} <= {word.strip(".,").lower().replace("5", "five") for word in words.split()}
