"""A film says where it came from: manifest, metadata, marks, label; and says so when it was changed."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import av
import numpy as np
import pytest

from talking_head.config import Provenance
from talking_head.errors import ConfigError, InputError
from talking_head.film.picture.segments import CODECS, SegmentWriter, join
from talking_head.provenance import aigc, consents
from talking_head.provenance.codeword import Origin
from talking_head.provenance.consents import Consent
from talking_head.provenance.content_credentials import Credentials, Facts, sign
from talking_head.provenance.identity import Made, identity, recall, remember
from talking_head.provenance.label import WORDS, Label
from talking_head.provenance.marker import Marker
from talking_head.provenance.verify import Report, verify
from tests.unit.provenance.clips import frames, speech

HERE = Origin(0x4F2A, 0x00C3D1)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TALKING_HEAD_PROVENANCE", str(tmp_path / "home" / "provenance"))
    return tmp_path / "home"


def film(file: Path, settings: Provenance) -> Path:
    """Three seconds of a presenter with a voice, as the producer makes them."""
    signer = identity()
    pcm = speech(3.0).reshape(-1, 1920)

    marker = Marker(settings, HERE, 512, 512, label_s=settings.film_label_s)
    with SegmentWriter(file.with_suffix(".pictures"), 512, 512, CODECS["mp4"]) as writer:
        for index in range(len(pcm)):
            writer.write(marker.picture(frames()[index % 25], index / 25))
    marked = np.concatenate([marker.sound(block) for block in pcm])
    told = {"AIGC": aigc.metadata(HERE, signer) if settings.aigc else ""}
    join(file.with_suffix(".pictures"), marked, file, CODECS["mp4"], told)
    if settings.manifest:
        sign(file, Facts(HERE.text, "clara", ["motion: trained"], "ab" * 32, "film"), signer)
    return file


@pytest.fixture
def made(home: Path, tmp_path: Path) -> Path:
    return film(tmp_path / "film.mp4", Provenance())


def test_a_film_says_where_it_came_from(made: Path) -> None:
    remember(Made(HERE.text, "film", "clara"))
    found = verify(made)
    told = found.as_json()
    assert told["c2pa"] == "valid"
    assert (told["watermark"], told["server"], told["session"]) == ("4f2a-00c3d1", "4f2a", "00c3d1")
    assert told["watermark_in"] == ["picture", "sound"]
    assert told["label"] == "aigc"
    assert told["manifest"]["presenter"] == "clara"
    assert told["manifest"]["consent_sha256"] == "ab" * 32
    assert found.made is not None
    name, code, signature = (told["aigc"][key] for key in ("ContentProducer", "ProduceID", "ReservedCode1"))
    assert identity().signed(f"{name}\n{code}".encode(), base64.b64decode(signature, validate=True))
    assert not identity().signed(f"{name}\n{code}0".encode(), base64.b64decode(signature, validate=True))
    assert all(sentence.endswith(".") for sentence in found.sentences())
    json.dumps(told)


def test_a_flipped_byte_is_found(made: Path) -> None:
    data = bytearray(made.read_bytes())
    for place in (len(data) // 3, len(data) // 2, len(data) * 4 // 5):
        changed = bytearray(data)
        changed[place] ^= 1
        file = made.with_name("changed.mp4")
        file.write_bytes(changed)
        assert verify(file).credentials.state == "tampered"


def test_copied_into_another_container_the_marks_stay(made: Path, tmp_path: Path) -> None:
    """What ``ffmpeg -c copy`` does: the manifest is gone, the marks are not."""
    copied = tmp_path / "copied.mp4"
    with av.open(str(made)) as source, av.open(str(copied), "w") as out:
        streams = {stream.index: out.add_stream_from_template(stream) for stream in source.streams}
        for packet in source.demux():
            if packet.dts is not None:
                packet.stream = streams[packet.stream.index]
                out.mux(packet)
    told = verify(copied).as_json()
    assert told["c2pa"] == "absent"
    assert told["watermark"] == HERE.text


def test_a_film_with_everything_off_says_nothing(home: Path, tmp_path: Path) -> None:
    off = Provenance(label=False, watermark=False, manifest=False, aigc=False)
    told = verify(film(tmp_path / "bare.mp4", off)).as_json()
    assert (told["c2pa"], told["watermark"], told["label"], told["made_here"]) == ("absent", None, None, None)


def test_what_is_no_film_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(b"nothing" * 100)
    (tmp_path / "a.png").write_bytes(b"nothing" * 100)
    for name in ("a.mp4", "a.png", "absent.mp4"):
        with pytest.raises(InputError) as refused:
            verify(tmp_path / name)
        assert str(tmp_path) not in str(refused.value)


def test_the_local_key_is_made_once_and_is_nobody_elses(home: Path) -> None:
    first = identity()
    assert identity() == first
    assert (home / "provenance" / "key.pem").stat().st_mode & 0o077 == 0
    assert first.signed(b"words", first.sign(b"words"))
    assert not first.signed(b"word", first.sign(b"words"))
    with pytest.raises(ConfigError, match="belong together"):
        identity("only.pem", "")
    with pytest.raises(ConfigError, match="PEM"):
        identity(str(home / "absent.pem"), str(home / "absent.key"))


def test_where_nothing_can_be_kept_it_signs_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("TALKING_HEAD_PROVENANCE", str(tmp_path / "file"))
    signer = identity()
    assert signer.local
    assert identity() == signer
    remember(Made(HERE.text, "live", "clara"))


def test_a_certificate_of_ones_own_signs(home: Path, tmp_path: Path) -> None:
    local = identity()
    (tmp_path / "chain.pem").write_text(local.chain)
    (tmp_path / "key.pem").write_bytes(local.key)
    own = identity(str(tmp_path / "chain.pem"), str(tmp_path / "key.pem"))
    assert (own.local, own.server) == (False, local.server)


def test_the_record_knows_only_what_was_made_here(home: Path) -> None:
    assert recall(HERE) is None
    remember(Made(HERE.text, "live", "clara"))
    found = recall(HERE)
    assert found is not None
    assert (found.kind, found.presenter) == ("live", "clara")
    assert recall(Origin(1, 1)) is None


@pytest.mark.parametrize("words", [*WORDS.values(), "Made by a machine"])
@pytest.mark.parametrize("size", [(512, 512), (720, 1280), (128, 128)])
def test_the_label_is_drawn_large_enough(words: str, size: tuple[int, int]) -> None:
    """GB 45438: letters of at least a twentieth of the shorter side, where the words fit at that size."""
    width, height = size
    picture = np.full((height * 3 // 2, width), 128, np.uint8)
    Label(words, "top-left", width, height).onto(picture)
    rows, columns = np.nonzero(picture[:height] > 200)
    assert len(rows) > 20
    assert columns.max() < width
    assert rows.max() < height / 2
    if columns.max() < 0.9 * width:
        assert 0.05 * min(size) - 1 <= np.ptp(rows) + 1 <= 0.066 * min(size) + 1  # their outermost pixels are half grey


def test_the_shipped_words_take_a_third_of_the_width() -> None:
    picture = np.full((768, 512), 128, np.uint8)
    Label(WORDS["en"], "top-left", 512, 512).onto(picture)
    assert np.ptp(np.flatnonzero((picture[:512] != 128).any(0))) < 512 * 0.34


def test_signs_that_cannot_be_drawn_are_refused() -> None:
    with pytest.raises(ConfigError, match="label_text"):
        Label("Сделано машиной", "top-left", 512, 512)


def test_a_films_label_goes_after_its_time_and_is_there_from_the_start() -> None:
    marker = Marker(Provenance(watermark=False), HERE, 512, 512, label_s=2.0)
    plain = frames()[0]
    assert (marker.picture(plain, 0.0) != plain).any()
    assert (marker.picture(plain, 1.96) != plain).any()
    assert marker.picture(plain, 2.0) is plain


def test_a_forged_consent_is_found(home: Path, tmp_path: Path) -> None:
    (tmp_path / "portrait.png").write_bytes(b"a picture")
    signer = identity()
    assert consents.read(tmp_path, signer) is None
    consents.write(tmp_path, Consent("Ann", "Ann herself", "films of the museum", "2099-12-31", "Yes, I agree."), signer)
    kept = consents.read(tmp_path, signer)
    assert kept is not None
    assert kept.shown == "Ann"
    assert len(consents.digest(tmp_path)) == 64
    file = tmp_path / consents.FILE
    honest = file.read_text()
    file.write_text(honest.replace("museum", "casino"))
    with pytest.raises(ConfigError, match="was changed"):
        consents.read(tmp_path, signer)
    file.write_text(honest)
    (tmp_path / "portrait.png").write_bytes(b"another picture")
    with pytest.raises(ConfigError, match="other pictures"):
        consents.read(tmp_path, signer)
    (tmp_path / "portrait.png").write_bytes(b"a picture")
    consents.write(tmp_path, Consent("Ann", "Ann herself", "a day", "2020-01-01"), signer)
    with pytest.raises(ConfigError, match="ended on 2020-01-01"):
        consents.read(tmp_path, signer)
    with pytest.raises(InputError, match="who agreed"):
        consents.write(tmp_path, Consent("Ann", " ", "films"), signer)
    with pytest.raises(InputError, match="2027-12-31"):
        consents.write(tmp_path, Consent("Ann", "Ann", "films", "next year"), signer)


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (Made("0001-000002", "film", "clara"), "a film of “clara” on"),
        (Made("0001-000002", "live", ""), "a live session on"),
        (Made("0001-000002", "recording", "mei"), "a recorded live session of “mei” on"),
    ],
)
def test_what_this_machine_made_is_a_sentence(made: Made, words: str) -> None:
    report = Report(Credentials("absent"), None, None, None, "", made)
    assert any(words in sentence for sentence in report.sentences())
