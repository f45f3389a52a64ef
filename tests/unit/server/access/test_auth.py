"""Keys, scopes and tokens: who gets in, and what no credential can do."""

from __future__ import annotations

import stat
import time
from pathlib import Path

import jwt
import pytest

from talking_head.errors import ConfigError
from talking_head.server.access import auth
from talking_head.server.access.auth import ANYBODY, NOBODY, Auth, AuthError, Keys, Tokens, required
from talking_head.server.access.routes import client_of

SECRET = "s" * 40


def keys(tmp_path: Path, **scopes: list[str]) -> tuple[Keys, dict[str, str]]:
    made = {name: auth.new_key() for name in scopes}
    auth.write(tmp_path / "keys.toml", {name: {"sha256": auth.digest(made[name]), "scopes": scopes[name]} for name in scopes})
    return Keys(tmp_path / "keys.toml"), made


def test_keys_are_kept_as_hashes_that_only_their_owner_reads(tmp_path: Path) -> None:
    _, made = keys(tmp_path, site=["talk"])
    file = tmp_path / "keys.toml"
    assert made["site"] not in file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(made["site"]) >= 46  # 256 bits and the prefix


def test_a_key_brings_its_scopes_and_what_they_entail(tmp_path: Path) -> None:
    found, made = keys(tmp_path, site=["talk"], owner=["admin"])
    access = Auth(found, Tokens(SECRET))
    site = access.visitor(f"Bearer {made['site']}", "")
    assert (site.name, site.scopes, site.by_key) == ("site", {"talk", "view"}, True)
    required(site, "view")
    with pytest.raises(AuthError, match="make") as refused:
        required(site, "make")
    assert refused.value.status == 403
    required(access.visitor(f"bearer {made['owner']}", ""), "make")


def test_nobody_is_told_to_say_who_they_are(tmp_path: Path) -> None:
    found, _ = keys(tmp_path, site=["talk"])
    visitor = Auth(found, Tokens(SECRET)).visitor("", "")
    assert visitor is NOBODY
    with pytest.raises(AuthError) as refused:
        required(visitor, "view")
    assert refused.value.status == 401
    assert Auth(None, Tokens()).visitor("", "") is ANYBODY


@pytest.mark.parametrize("credential", ["nonsense", "th_", "a.b.c", "é" * 10, "[" * 5000, jwt.encode({}, SECRET)])
def test_what_is_no_credential_is_refused(tmp_path: Path, credential: str) -> None:
    found, _ = keys(tmp_path, site=["talk"])
    access = Auth(found, Tokens(SECRET))
    for header, cookie in ((f"Bearer {credential}", ""), ("", credential), ("Basic eDp5", ""), ("Bearer", "")):
        with pytest.raises(AuthError) as refused:
            access.visitor(header, cookie)
        assert refused.value.status == 401


def test_a_token_carries_scopes_for_a_while() -> None:
    tokens = Tokens(SECRET)
    visitor = tokens.read(tokens.mint({"talk"}, 60, "visitor 7"))
    assert (visitor.name, visitor.scopes, visitor.by_key) == ("visitor 7", {"talk", "view"}, False)
    assert visitor.expires is not None
    assert visitor.expires > time.time()


def forged(**claims: object) -> str:
    now = int(time.time())
    good = {"aud": auth.AUDIENCE, "iat": now, "exp": now + 60, "scope": "talk"}
    return jwt.encode({key: value for key, value in {**good, **claims}.items() if value is not None}, SECRET, "HS256")


@pytest.mark.parametrize(
    "token",
    [
        forged(exp=int(time.time()) - 60),
        forged(exp=None),
        forged(iat=None),
        forged(aud="another"),
        forged(exp=int(time.time()) + 100 * 86_400),
        forged(scope=["talk"]),
        forged(sub=7),
        forged(exp=str(int(time.time()) + 60)),
        forged(exp=float("nan")),
        jwt.encode({"aud": auth.AUDIENCE, "iat": 0, "exp": 2**40, "scope": "admin"}, "x" * 40, "HS256"),
        jwt.encode({"aud": auth.AUDIENCE, "iat": 0, "exp": 2**40, "scope": "admin"}, "", "none"),
    ],
    ids=[
        "over",
        "no end",
        "no start",
        "foreign",
        "for months",
        "scope no text",
        "visitor no text",
        "end a text",
        "end no figure",
        "other secret",
        "unsigned",
    ],
)
def test_tokens_that_are_not_ours(token: str) -> None:
    with pytest.raises(AuthError) as refused:
        Tokens(SECRET).read(token)
    assert refused.value.status == 401


def test_a_visitor_who_is_called_like_a_key_is_not_that_key() -> None:
    tokens = Tokens(SECRET)
    key = auth.Visitor("website", frozenset({"make"}), by_key=True)
    namesake = tokens.read(tokens.mint({"make"}, 60, "website"))
    cookie = tokens.read(tokens.mint({"make"}, 60, "website", of_key=True))
    assert client_of(namesake, "127.0.0.1") != client_of(key, "127.0.0.1") == client_of(cookie, "127.0.0.1")
    assert not cookie.by_key  # it makes no tokens
    assert client_of(auth.NOBODY, "127.0.0.1") == "127.0.0.1"


def test_no_token_is_an_admin() -> None:
    assert Tokens(SECRET).read(forged(scope="admin talk unknown")).scopes == {"talk", "view"}
    with pytest.raises(AuthError, match="admin"):
        Tokens(SECRET).mint({"admin"}, 60)


def test_keys_of_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    key = auth.new_key()
    monkeypatch.setenv("SOME_KEYS", f"site:view+talk:{key}")
    found = Keys(tmp_path / "none.toml", "SOME_KEYS").find(key)
    assert found is not None
    assert found.name == "site"
    for wrong in (f"site:dance:{key}", "site:talk:short", key):
        monkeypatch.setenv("SOME_KEYS", wrong)
        with pytest.raises(ConfigError):
            Keys(tmp_path / "none.toml", "SOME_KEYS")


def test_weak_secrets_and_broken_files_are_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="32"):
        Tokens("short")
    file = tmp_path / "keys.toml"
    file.write_text("[site]\nscopes = 3\n")
    with pytest.raises(ConfigError, match="sha256"):
        Keys(file)
