"""A twin from beginning to end: a short silent video of a presenter, drawn by the warp, and a few steps of training."""

from __future__ import annotations

from pathlib import Path

import av
import pytest
from typer.testing import CliRunner

from talking_head.animator.refiner.model import Refiner
from talking_head.cli.main import app
from talking_head.errors import ConfigError, InputError
from talking_head.train import twin as twins
from talking_head.train.twin import awake, figures_of, train_twin
from talking_head.types import F32, U8
from tests.unit.faces import motion, offsets, presenter
from tests.unit.train.films import film

__all__ = ["film"]


class Knows:
    """A landmarker that has seen the film: the n-th picture shows the n-th points, every later one the last."""

    def __init__(self, points: F32) -> None:
        self.points, self.count = points, 0

    def detect(self, image: U8) -> list[F32]:
        self.count += 1
        return [self.points[min(self.count, len(self.points)) - 1]]


class _Stop(Exception):
    """The server goes down."""


def test_a_silent_video_makes_a_twin_and_an_ended_run_goes_on(
    film: tuple[Path, F32], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, points = film
    said: list[str] = []
    monkeypatch.setattr(twins, "SAVED_S", 0.0)

    def stop(share: float, sentence: str) -> None:
        if sentence.startswith("Training: step 2"):
            raise _Stop

    with pytest.raises(_Stop):
        train_twin(path, tmp_path / "run", Refiner(), Knows(points), minutes=1, say=said.append, tell=stop)
    twin = train_twin(path, tmp_path / "run", Refiner(), Knows(points), minutes=0.1, say=said.append)
    assert "going on from step 2" in said
    assert twin.steps > 2
    assert (twin.folder / "refine.safetensors").is_file()
    assert twin.photo.shape == (256, 256, 3)
    assert twin.predicted_lmd_px is None  # there is no sound to predict from
    figures = figures_of(twin.same_take)
    assert figures["frames"] > 20
    # The video was drawn by the same warp: a net of a few steps must not spoil what is right already.
    assert figures["psnr"] > 28
    assert figures_of(twin.test)["warp_only"]["psnr"] > 28


def test_a_short_video_is_refused_with_what_is_needed(film: tuple[Path, F32], tmp_path: Path) -> None:
    path, points = film
    short = tmp_path / "short.mp4"
    with av.open(str(path)) as source, av.open(str(short), "w") as container:
        stream = container.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.dts is not None and packet.pts < 100 * (packet.time_base.denominator // 25):
                packet.stream = stream
                container.mux(packet)
    with pytest.raises(InputError, match="at least 16 s"):
        train_twin(short, tmp_path / "run", Refiner(), Knows(points), minutes=0.02, say=lambda _: None)


def test_a_run_goes_on_with_its_own_video_only(film: tuple[Path, F32], tmp_path: Path) -> None:
    path, points = film
    shares: list[float] = []

    def stop(share: float, sentence: str) -> None:
        if sentence.startswith("Cutting"):
            raise _Stop
        shares.append(share)

    with pytest.raises(_Stop):
        train_twin(path, tmp_path / "run", Refiner(), Knows(points), minutes=1, tell=stop)
    assert shares == sorted(shares)
    assert len({share for share in shares if 0 < share < 0.1}) > 100  # every picture is told of while faces are looked for
    other = tmp_path / "other.mp4"
    other.write_bytes(path.read_bytes() + b"\0")
    with pytest.raises(InputError, match="begun with other video"):
        train_twin(other, tmp_path / "run", Refiner(), Knows(points), minutes=1, tell=stop)


def test_a_face_in_a_blink_is_no_portrait() -> None:
    """The frame with the calmest mouth was one in a blink, and an hour of training ended with “the eyes are shut”."""
    faces = presenter().place(motion(*(offsets(blink=blink) for blink in (0.0, 0.05, 1.0, 0.0, 0.6, 0.1))))
    assert awake(list(faces)) == [True, True, False, True, False, True]
    assert awake([]) == []


@pytest.mark.parametrize(
    ("options", "says"), [((), "already an avatar “me”"), (("--replace", "--voice", "joey"), "no voice “joey”")]
)
def test_what_cannot_be_kept_is_refused_before_the_training_not_after_it(
    film: tuple[Path, F32], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...], says: str
) -> None:
    monkeypatch.setenv("TALKING_HEAD_HOME", str(tmp_path))
    (tmp_path / "avatars" / "me").mkdir(parents=True)
    begun: list[object] = []
    monkeypatch.setattr(twins, "train_twin", lambda *args, **more: begun.append(args))
    done = CliRunner().invoke(app, ["twin", "train", str(film[0]), "-o", "me", "--consent", "I agree", *options])
    assert isinstance(done.exception, ConfigError)
    assert says in str(done.exception)
    assert not begun
