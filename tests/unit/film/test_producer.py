"""Films of a quick cast: shape, background, scenes, captions, marks; and what a kill costs."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest
from PIL import Image

from talking_head.animator.warp.animator import WarpAnimator, WarpAvatar
from talking_head.audio.pcm import write_wav
from talking_head.config import Config
from talking_head.errors import InputError, TalkingHeadError
from talking_head.film.check import check_files
from talking_head.film.picture.segments import segments
from talking_head.film.producer import Film, make
from talking_head.film.spec import read_spec
from talking_head.media_files.sound import read_audio
from talking_head.provenance.verify import verify
from talking_head.types import F32, U8
from tests.paths import ROOT
from tests.unit.film.players import FakeCast, moov_first

pytestmark = pytest.mark.usefixtures("cache")
PLAIN = {"provenance": {"label": False, "watermark": False, "manifest": False, "aigc": False}}


def shoot(tmp_path: Path, told: dict[str, Any], config: dict[str, Any] | None = None, **more: Any) -> Film:
    spec = read_spec({"lines": 128} | told)
    files = {name: tmp_path / name for name in spec.files()}
    check_files(spec, files, Config().limits)
    return make(spec, files, FakeCast(Config.model_validate(config or {})), tmp_path / "work", tmp_path, **more)


def pictures(film: Film) -> list[U8]:
    with av.open(str(film.file)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def test_a_wide_film_before_a_colour(tmp_path: Path) -> None:
    film = shoot(tmp_path, {"text": "One two three four five six.", "frame": "16:9", "background": "#3060c0", "lines": 180})
    assert (film.width, film.height, film.file.name) == (320, 180, "One-two-three-four-five-six.mp4")
    shown = pictures(film)
    assert len(shown) == film.frames == 15 + 10 + 1
    for corner in (shown[5][170, 4], shown[5][170, -4], shown[20][6, -6]):
        assert np.abs(corner.astype(int) - (0x30, 0x60, 0xC0)).max() <= 8
    assert np.abs(shown[5][90, 160].astype(int) - (0x30, 0x60, 0xC0)).max() > 40  # a face
    assert moov_first(film.file)
    assert verify(film.file).as_json()["c2pa"] == "valid"
    assert [each.suffix for each in film.files] == [".mp4", ".jpg", ".srt", ".vtt"]
    poster = film.files[1]
    with Image.open(poster) as picture:
        assert picture.size == (320, 180)
        label = np.asarray(picture.convert("L"))[2:24, 4:90]
    assert int(label.max()) - int(label.min()) > 100  # light letters on a dark patch, in the corner of the label
    assert verify(poster).credentials.state == "valid"
    with av.open(str(film.file)) as container:
        audio = container.streams.audio[0]
        assert float(audio.duration * audio.time_base) == pytest.approx(film.seconds, abs=0.04)
    assert sorted(each.name for each in tmp_path.iterdir() if each.name.startswith(".")) == []


def test_scenes_are_cut_or_faded_and_a_video_goes_on_behind(tmp_path: Path) -> None:
    blink = tmp_path / "blink.mp4"
    with av.open(str(blink), "w") as out:
        stream = out.add_stream("libx264", rate=25, options={"qp": "10"})
        stream.width = stream.height = 128
        for number in range(10):
            grey = np.full((128, 128, 3), 40 if number < 5 else 200, np.uint8)
            out.mux(stream.encode(av.VideoFrame.from_ndarray(grey, format="rgb24")))
        out.mux(stream.encode(None))
    told = {
        "scenes": [
            {"text": "One two.", "background": "blink.mp4"},
            {"text": "Three four.", "presenter": "david", "background": "#ff0000"},
            {"text": "Five six.", "background": "#0000ff", "transition": "fade"},
        ],
        "fade_s": 0.4,
        "title": "Three",
    }
    film = shoot(tmp_path, told, PLAIN)
    shown = pictures(film)
    one = 5 + 10  # frames of two words and of the silence after them
    assert film.frames == 1 + one + one + (one + 20) - 10
    corner = np.array([picture[3, 3] for picture in shown], int)
    assert corner[2].max() < 60
    assert corner[8].min() > 180  # the other half of the video
    assert corner[13].max() < 60  # and from its beginning again
    assert corner[one + 1][0] > 200
    assert corner[one + 1][2] < 60
    middle = corner[2 * one - 5]  # half faded
    assert 60 < middle[0] < 200
    assert 60 < middle[2] < 200
    assert corner[-1][2] > 200
    assert corner[-1][0] < 60
    starts = [cue.start for cue in film.cues]
    assert starts == pytest.approx([0.04, 0.04 + one / 25, 0.04 + (2 * one - 10 + 20) / 25])


@pytest.mark.parametrize(("kind", "decoder"), [("webm-alpha", "libvpx-vp9"), ("prores-alpha", "")])
def test_alpha_laid_over_any_colour_is_the_presenter_before_that_colour(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, decoder: str
) -> None:
    seen: list[tuple[WarpAvatar, F32]] = []
    own = WarpAnimator.render_rgba

    def noted(self: WarpAnimator, avatar: WarpAvatar, points: F32) -> U8:
        seen.append((avatar, points))
        return own(self, avatar, points)

    monkeypatch.setattr(WarpAnimator, "render_rgba", noted)
    film = shoot(tmp_path, {"text": "One two.", "lines": 256, "format": kind}, PLAIN)
    with av.open(str(film.file)) as container:
        codec = av.CodecContext.create(decoder, "r") if decoder else None
        frame = [f for packet in container.demux(video=0) for f in (codec.decode(packet) if codec else packet.decode())][8]
        # libswscale is not told by the first decoder that its pictures are BT.601 as well
        rgba = frame.reformat(format="rgba", src_colorspace="ITU601").to_ndarray().astype(np.float32)
    alpha = rgba[..., 3:] / 255
    assert alpha[4, 4] == 0
    assert alpha[128, 128] > 0.97
    edge = (alpha[..., 0] > 0.05) & (alpha[..., 0] < 0.95)
    avatar, points = seen[7]  # the film begins with a still frame
    for colour in ((255, 255, 255), (0, 0, 0), (0, 177, 64)):
        ground = np.full((256, 256, 3), colour, np.uint8)
        error = np.abs(rgba[..., :3] * alpha + ground * (1 - alpha) - avatar.warp_rgb(points, ground))
        assert error.mean() < 2, colour
        assert error[edge].mean() < 6, f"a halo over {colour}"
        assert np.percentile(error[edge], 95) < 20, f"a halo over {colour}"


def test_the_manifest_of_a_webm_lies_beside_it(tmp_path: Path) -> None:
    told: list[str] = []
    film = shoot(tmp_path, {"text": "One.", "format": "webm-alpha", "captions": {"files": False}}, notes=told.append)
    assert [each.name for each in film.files] == ["One.webm", "One.c2pa"]
    assert any("One.c2pa. Keep both together" in sentence for sentence in told)
    found = verify(film.file)
    assert found.credentials.state == "valid"
    assert found.credentials.facts is not None
    assert found.credentials.facts["presenter"] == "clara"
    data = bytearray(film.file.read_bytes())
    data[len(data) // 2] ^= 1
    film.file.write_bytes(data)
    assert verify(film.file).credentials.state == "tampered"
    film.files[1].write_bytes(b"nothing")
    assert verify(film.file).credentials.state == "tampered"
    film.files[1].unlink()
    assert verify(film.file).credentials.state == "absent"


def test_label_and_captions_are_drawn_also_where_nothing_is(tmp_path: Path) -> None:
    told = {"text": "Hello there.", "lines": 256, "format": "prores-alpha", "captions": {"burn": True, "style": "plain"}}
    film = shoot(tmp_path, told)
    with av.open(str(film.file)) as container:
        frame = next(iter(container.decode(video=0)))
        rgba = frame.reformat(format="rgba").to_ndarray()
    assert rgba[8:24, 10:60, 3].max() > 100  # the label, in an empty corner
    white = (rgba[..., :3].min(-1) > 200) & (rgba[..., 3] > 200)
    assert white[225:].sum() > 30  # letters
    assert verify(film.file).as_json()["c2pa"] == "valid"


def test_music_steps_back_while_somebody_speaks(tmp_path: Path) -> None:
    t = np.arange(48_000 * 2) / 48_000
    write_wav(tmp_path / "bed.wav", (0.3 * np.sin(2 * np.pi * 2000 * t)).astype(np.float32), 48_000)
    told = {
        "text": "One two three four five six seven eight nine ten. [pause 3s] End.",
        "only": "sound",
        "music": {"file": "bed.wav"},
        "title": "A",
    }
    pcm = read_audio(shoot(tmp_path, told, PLAIN).file)
    spectrum = [np.abs(np.fft.rfft(pcm[a : a + 4800] * np.hanning(4800)))[200] for a in (34_000, 120_000)]  # 2 kHz
    assert 20 * np.log10(spectrum[1] / spectrum[0]) == pytest.approx(9, abs=1.5)
    assert np.abs(pcm).max() <= 0.9


def test_subtitles_are_spoken_when_their_time_comes(tmp_path: Path) -> None:
    (tmp_path / "a.srt").write_text(
        "1\n00:00:00,400 --> 00:00:01,000\nOne two.\n\n2\n00:00:02,000 --> 00:00:03,000\n<i>Three.</i>\n"
    )
    film = shoot(tmp_path, {"subtitles": "a.srt"}, PLAIN)
    assert [cue.text for cue in film.cues] == ["One two.", "Three."]
    assert [cue.start for cue in film.cues] == pytest.approx([0.44, 2.04])
    pcm = read_audio(film.file)
    loud = np.abs(pcm[: len(pcm) // 480 * 480].reshape(-1, 480)).max(1) > 0.1
    assert np.nonzero(loud)[0][0] * 0.01 == pytest.approx(0.44, abs=0.03)
    assert not loud[100:195].any()


_KILLED = """
import sys, json, time
from pathlib import Path
from talking_head.config import Config
from talking_head.film.producer import make
from talking_head.film.spec import read_spec
from tests.unit.film.players import FakeCast
room = Path(sys.argv[1])
def tell(share, sentence):
    print(sentence, flush=True)
    time.sleep(0.02)
make(read_spec(json.loads(sys.argv[2])), {}, FakeCast(Config()), room / "work", room, tell=tell)
"""


def test_a_kill_costs_a_second_and_the_film_is_the_same(tmp_path: Path) -> None:
    told = {"text": " ".join(["word"] * 40) + ".", "lines": 128, "title": "Long", "background": "#123456"}
    (tmp_path / "a").mkdir()
    command = [sys.executable, "-c", _KILLED, str(tmp_path / "a"), json.dumps(told)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert process.stdout is not None
    done = 0
    for line in process.stdout:
        if " of " in line and "frames" in line and (done := int(line.split()[0])) >= 60:
            break
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    work = tmp_path / "a" / "work"
    kept = 25 * len(segments(work / "pictures"))
    assert done - 25 <= kept < 110
    assert not (tmp_path / "a" / "Long.mp4").exists()
    drawn: list[str] = []
    film = shoot(tmp_path / "a", told, tell=lambda _, sentence: drawn.append(sentence))
    assert drawn[0].split()[0] not in ("1", "Speaking")
    assert int(drawn[0].split()[0]) > kept - 25
    (tmp_path / "b").mkdir()
    whole = shoot(tmp_path / "b", told)
    assert film.frames == whole.frames == 100 + 10 + 1
    for a, b in list(zip(pictures(film), pictures(whole), strict=True))[::20]:
        assert cv2.PSNR(a, b) > 35  # another number in the mark, the same face
    assert np.abs(read_audio(film.file)).max() > 0.1


def test_a_film_is_stopped_from_within_and_pieces_of_another_are_not_used(tmp_path: Path) -> None:
    def stop(share: float, sentence: str) -> None:
        if share > 0.5:
            raise InputError("stopped")

    with pytest.raises(InputError, match="stopped"):
        shoot(tmp_path, {"text": "One two three four five six seven eight.", "title": "A"}, tell=stop)
    with pytest.raises(InputError, match="pieces of another film"):
        shoot(tmp_path, {"text": "Others.", "title": "A"})
    assert [each.name for each in tmp_path.glob("*.mp4")] == []


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"text": "A.", "background": "a beach.png"}, "no file a beach.png"),
        ({"text": "A.", "background": "not.png"}, "picture"),
        ({"text": "A.", "background": "not.mp4"}, "cannot be read as a video"),
        ({"text": "A.", "background": "#12"}, "is no background"),
        ({"sound": "not.wav"}, "cannot be read as sound"),
        ({"text": "A.", "music": {"file": "not.wav"}}, "cannot be read as sound"),
        ({"subtitles": "not.srt"}, "no line with a time"),
        ({"text": "A.", "logo": {"file": "not.png"}}, "PNG with transparency"),
        ({"text": "A.", "logo": {"file": "logo.png", "corner": "top-left"}}, "label stands"),
        ({"text": "A {x}.", "rows": "empty.csv"}, "no rows"),
        ({"text": "A {x}.", "rows": "rows.csv"}, "no column “x”"),
        ({"text": "A.", "rows": "rows.csv"}, "All films would be the same"),
        ({"text": "A.", "head": {"y": 0.6, "size": 2}}, "outside of the picture"),
        ({"text": "unsayable"}, "cannot be said"),
    ],
)
def test_odd_inputs_are_sentences_and_nothing_is_half_made(tmp_path: Path, told: dict[str, Any], sentence: str) -> None:
    for name in ("not.png", "not.mp4", "not.wav", "not.srt"):
        (tmp_path / name).write_bytes(b"nothing at all, in words" * 9)
    cv2.imwrite(str(tmp_path / "logo.png"), np.full((20, 20, 4), 255, np.uint8))
    (tmp_path / "empty.csv").write_text("x\n")
    (tmp_path / "rows.csv").write_text("y\n1\n")
    before = sorted(each.name for each in tmp_path.iterdir() if each.name != "cache")
    with pytest.raises(TalkingHeadError, match=sentence):
        shoot(tmp_path, told)
    assert sorted(each.name for each in tmp_path.iterdir() if each.name not in ("work", "cache")) == before


def test_progress_only_rises(tmp_path: Path) -> None:
    shares: list[float] = []
    shoot(tmp_path, {"text": "One two three."}, tell=lambda share, _: shares.append(share))
    assert shares == sorted(shares)
    assert shares[-1] > 0.9
