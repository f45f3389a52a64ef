"""Which registry npm's packages come from: read from npm's own settings, as npm reads them."""

from __future__ import annotations

from pathlib import Path

import pytest

from talking_head.models import npm_registry


@pytest.fixture(autouse=True)
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Path]:
    """Nothing of this machine's own settings: a user's and a global npmrc of the test's own."""
    import os

    for key in os.environ:
        if key.lower().startswith("npm_config_"):
            monkeypatch.delenv(key)
    files = {"user": tmp_path / "user.npmrc", "global": tmp_path / "global.npmrc"}
    monkeypatch.setenv("NPM_CONFIG_USERCONFIG", str(files["user"]))
    monkeypatch.setenv("npm_config_globalconfig", str(files["global"]))
    return files


def test_without_settings_it_is_the_public_one() -> None:
    assert npm_registry.tarball_url("kokoro-js", "1.2.1") == "https://registry.npmjs.org/kokoro-js/-/kokoro-js-1.2.1.tgz"
    assert npm_registry.tarball_url("@media/pipe", "0.1.2") == "https://registry.npmjs.org/@media/pipe/-/pipe-0.1.2.tgz"


def test_the_stronger_setting_wins(settings: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    settings["global"].write_text("registry=https://global.example/npm/\n")
    assert npm_registry.registry() == "https://global.example/npm"
    settings["user"].write_text('; mine\n# registry=https://no.example\nregistry = "https://user.example/"\nfund=false\n')
    assert npm_registry.registry() == "https://user.example"
    monkeypatch.setenv("NPM_CONFIG_REGISTRY", "https://environment.example/")
    assert npm_registry.registry() == "https://environment.example"


def test_a_scope_may_have_its_own(settings: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIRROR", "mirror.example")
    settings["user"].write_text("@scope:registry=https://${MIRROR}/scoped/\n")
    assert npm_registry.tarball_url("@scope/m", "1.0.0") == "https://mirror.example/scoped/@scope/m/-/m-1.0.0.tgz"
    assert npm_registry.registry("@other") == npm_registry.PUBLIC
