"""No film of a face without a record that allows it: photos, presenters without a record, records for other uses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from talking_head.config import Config
from talking_head.errors import ConfigError, PhotoError
from talking_head.face import avatars
from talking_head.film.consent import agreed
from talking_head.film.producer import make
from talking_head.film.spec import read_spec
from talking_head.provenance import consents, identity
from talking_head.provenance.consents import Consent
from tests.unit.film.players import FakeCast

pytestmark = pytest.mark.usefixtures("cache")


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    file = tmp_path / "ann.png"
    Image.new("RGB", (64, 64), (200, 150, 120)).save(file)
    return file


def test_a_photo_is_filmed_only_with_words_of_consent(photo: Path) -> None:
    with pytest.raises(ConfigError, match=r"Nobody has agreed to films of the photo ann\.png.*--consent.*avatar add"):
        agreed(str(photo), Config(), "films")
    config = Config.model_validate({"avatar": {"consent": "Ann agrees to films"}})
    digest = agreed(str(photo), config, "films")
    (record,) = (identity.folder() / "consents").glob("*.json")
    told = json.loads(record.read_text())["record"]
    assert (told["agreed"], set(told["pictures"])) == ("Ann agrees to films", {"photo"})
    assert digest == consents.sha256(record)
    assert agreed(str(photo), config, "films") == digest  # the same words for the same picture are one record
    assert not list(identity.folder().rglob("*.png"))  # the face is not kept


def test_a_film_is_refused_before_anything_is_made(photo: Path, tmp_path: Path) -> None:
    cast = FakeCast(Config.model_validate({"avatar": {"name": str(photo)}}))
    with pytest.raises(ConfigError, match="Nobody has agreed"):
        make(read_spec({"text": "One.", "lines": 128}), {}, cast, tmp_path / "work", tmp_path)
    assert not list((tmp_path / "work").glob("scene-*"))
    sound = make(read_spec({"text": "One.", "only": "sound"}), {}, cast, tmp_path / "sound", tmp_path)  # shows no face
    assert sound.file.is_file()


def test_a_presenters_record_decides(photo: Path) -> None:
    folder = avatars.user_folder() / "ann"
    folder.mkdir(parents=True)
    photo.rename(folder / "portrait.png")
    with pytest.raises(ConfigError, match="no record of consent"):
        agreed("ann", Config(), "films")
    consents.write(folder, Consent("Ann", "Ann", "films", uses=["films"]), identity.identity())
    assert agreed("ann", Config(), "films") == consents.digest(folder)
    with pytest.raises(ConfigError, match="is for films, not for training"):
        agreed("ann", Config(), "twin")
    assert agreed("clara", Config(), "films")  # depicts nobody
    with pytest.raises(PhotoError, match="neither a picture file nor an avatar"):
        agreed("/nowhere/bob.png", Config(), "films")


def own(consent: str, file: Path) -> Config:
    voice = {"backend": "piper", "options": {"voice": str(file)}, "consent": consent}
    return Config.model_validate({"avatar": {"name": "clara"}, "speech": {"voices": {"anna": voice}}})


def test_a_voice_of_ones_own_is_filmed_only_with_words_of_consent(tmp_path: Path) -> None:
    (tmp_path / "anna.onnx").write_bytes(b"weights")
    spec = read_spec({"text": "One.", "lines": 128, "voice": "anna"})
    with pytest.raises(ConfigError, match=r"Nobody has agreed to films with the voice anna\.onnx.*\[speech\.voices\.anna\]"):
        make(spec, {}, FakeCast(own("", tmp_path / "anna.onnx")), tmp_path / "work", tmp_path)
    digest = FakeCast(own("Anna agrees to films", tmp_path)).voice_agreed(spec)
    records = {consents.sha256(file): file for file in (identity.folder() / "consents").glob("*.json")}
    told = json.loads(records[digest].read_text())["record"]
    assert (told["agreed"], set(told["pictures"])) == ("Anna agrees to films", {"voice"})


def test_the_shipped_voices_need_nobodys_words(tmp_path: Path) -> None:
    assert FakeCast(own("", tmp_path / "anna.onnx")).voice_agreed(read_spec({"text": "One."})) == ""


def test_a_configured_voice_names_its_key(tmp_path: Path) -> None:
    (tmp_path / "clip.wav").write_bytes(b"sound")
    speech = {"backend": "coqui", "options": {"model": "xtts", "clone": str(tmp_path / "clip.wav")}}
    cast = FakeCast(Config.model_validate({"speech": speech}))
    with pytest.raises(ConfigError, match=r"voice clip\.wav.*in \[speech\], or"):
        cast.voice_agreed(read_spec({"text": "One."}))
