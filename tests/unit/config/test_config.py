"""Configuration: the example is the default, and every mistake is named."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from talking_head.config import Config, load
from talking_head.errors import ConfigError
from tests.paths import ROOT

EXAMPLE = ROOT / "config.example.toml"


def test_example_equals_the_defaults() -> None:
    assert load(EXAMPLE) == Config()


def test_example_shows_every_key() -> None:
    import tomllib

    shown = tomllib.loads(EXAMPLE.read_text())
    for name, section in Config.model_fields.items():
        assert set(shown[name]) == set(section.annotation.model_fields), name  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[reply]\nbackned = 'x'", ["reply.backned", "Did you mean “backend”"]),
        ("[replay]\nbackend = 'x'", ["replay", "Did you mean “reply”"]),
        ("[server]\nzzz = 1", ["server.zzz", "host, port"]),
        ("[server]\nport = 99999", ["server.port", "99999"]),
        ("[server]\nport = 'many'", ["server.port", "many"]),
        ("server = 3", ["server", "section"]),
        ("[stream]\ncodec = 'av1'", ["stream.codec", "h264"]),
        ("[[stream.ice_servers]]\nurls = ['stun:x']\npassword = 'x'", ["stream.ice_servers.0.password", "credential_env"]),
        ("[server\nport = 1", ["not valid TOML"]),
        ("[animator]\nsize = 500", ["animator.size", "8"]),
        ("[avatar]\neditable = 'maybe'", ["“avatar.editable” = 'maybe'", "'auto'"]),
        ("[speech.voices.anna]\ngender = 'woman'", ["“speech.voices.anna.backend” is missing."]),
        ("[server]\norigins = 'https://a.example'", ["a list"]),
        ("[server]\norigins = ['https://a.example/']", ["server.origins.0", "without a path or a slash"]),
        ("[server]\nembed_origins = ['a.example']", ["server.embed_origins.0", "https://www.example.com"]),
        ("[tools]\ntimezone = 'Mars/Base'", ["is not allowed: there is no such time zone"]),
    ],
)
def test_mistakes_are_named(tmp_path: Path, text: str, words: list[str]) -> None:
    file = tmp_path / "bad.toml"
    file.write_text(text)
    with pytest.raises(ConfigError) as caught:
        load(file)
    for word in words:
        assert word in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not re.search(r"literal\[|value error|tuple", str(caught.value))  # words of a library


def test_two_mistakes_are_both_named(tmp_path: Path) -> None:
    file = tmp_path / "bad.toml"
    file.write_text("[server]\nport = -1\nhots = 'x'")
    with pytest.raises(ConfigError, match=r"server.port.*server.hots"):
        load(file)


def test_overrides_win_and_none_is_skipped(tmp_path: Path) -> None:
    file = tmp_path / "c.toml"
    file.write_text("[server]\nport = 1\nhost = 'a'")
    config = load(file, {"server.port": 2, "server.host": None, "avatar.name": "me.jpg"})
    assert (config.server.port, config.server.host, config.avatar.name) == (2, "a", "me.jpg")


def test_missing_file_and_binary_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no configuration file"):
        load(tmp_path / "absent.toml")
    (tmp_path / "b.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path / "b.toml")


def test_turn_credential_comes_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "c.toml"
    file.write_text("[[stream.ice_servers]]\nurls = ['turn:host']\nusername = 'u'\ncredential_env = 'TURN_KEY'")
    server = load(file).stream.ice_servers[0]
    monkeypatch.delenv("TURN_KEY", raising=False)
    with pytest.raises(ConfigError, match="TURN_KEY"):
        _ = server.credential
    monkeypatch.setenv("TURN_KEY", "s3cret")
    assert server.credential == "s3cret"


def test_a_picture_may_be_as_large_as_a_portrait() -> None:
    from talking_head.face.photo import frame_head
    from talking_head.types import LARGEST_SIDE

    image = np.zeros((3000, 3000, 3), np.uint8)
    points = np.zeros((478, 3), np.float32)
    points[:, :2] = np.random.default_rng(0).uniform(500, 2500, (478, 2))
    framed, _ = frame_head(image, points, None)
    assert framed.shape[0] == LARGEST_SIDE
    assert load(None, {"animator.size": LARGEST_SIDE}).animator.size == LARGEST_SIDE
    with pytest.raises(ConfigError, match=r"animator\.size"):
        load(None, {"animator.size": LARGEST_SIDE + 8})


def test_nobody_is_judged_by_their_voice_unasked() -> None:
    assert not Config().listen.tone
