"""Films from a recorded voice, in the framings that the browser test leaves out; with the default models."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest

from talking_head.audio.pcm import write_wav
from talking_head.config import Config
from talking_head.film.service import FilmService
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


@pytest.mark.parametrize(("framing", "shape"), [("1:1", 1.0), ("16:9", 16 / 9)])
def test_a_recording_becomes_a_film(films: FilmService, recording: Path, tmp_path: Path, framing: str, shape: float) -> None:
    told: list[float] = []
    spoken = films.listen(recording, SENTENCE, subtitled=True)
    film, cues = films.film(
        spoken,
        "marcus",
        tmp_path / "film.mp4",
        framing=framing,
        subtitled=True,
        tell=lambda share, _: told.append(share),
    )
    assert " ".join(cue.text.replace("\n", " ") for cue in cues) == SENTENCE
    assert told == sorted(told)
    assert 0.9 < told[-1] <= 1
    with av.open(str(tmp_path / "film.mp4")) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        assert video.width / video.height == pytest.approx(shape, rel=0.01)
        assert float(video.duration * video.time_base) == pytest.approx(float(audio.duration * audio.time_base), abs=0.04)
    assert film.frames * 1920 >= len(spoken.pcm)


def test_words_of_a_recording_are_recognised_where_none_are_given(films: FilmService, recording: Path) -> None:
    ((_, end, words),) = films.listen(recording, "", subtitled=True).clauses
    assert end > 1
    assert {"visitors", "museum", "five"} <= {word.strip(".,").lower().replace("5", "five") for word in words.split()}


def test_a_background_is_a_colour_or_a_picture_or_a_sentence(tmp_path: Path) -> None:
    from PIL import Image

    from talking_head.errors import PhotoError
    from talking_head.face import avatars
    from talking_head.film.producer import before

    portrait = avatars.load_avatar("clara", None, size=256)
    assert before(portrait, "") is portrait
    green = before(portrait, "green").ground
    assert green is not None
    assert (green[0, 0] == (0, 177, 64)).all()
    Image.new("RGB", (300, 200), (10, 20, 200)).save(tmp_path / "wall.png")
    wall = before(portrait, str(tmp_path / "wall.png")).ground
    assert wall is not None
    assert np.abs(wall[0, 0].astype(int) - (10, 20, 200)).max() <= 2
    with pytest.raises(PhotoError, match="is no background"):
        before(portrait, "a beach")
