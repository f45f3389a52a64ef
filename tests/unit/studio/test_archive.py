"""A presenter as one file: it comes back as it was, and what is no presenter's file is refused in a sentence."""

from __future__ import annotations

import hashlib
import io
import json
import os
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import IO

import pytest

from talking_head.errors import ConfigError, InputError
from talking_head.face import avatars
from talking_head.provenance import consents
from talking_head.provenance.identity import identity
from talking_head.studio import archive
from talking_head.studio.service import ForeignConsentError
from tests.unit.studio.makers import kept, studio

Members = dict[str, bytes]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A presenter's file; the presenter itself is gone."""
    place = tmp_path_factory.mktemp("written")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TALKING_HEAD_HOME", str(place))
        patch.setenv("TALKING_HEAD_PROVENANCE", str(place / "provenance"))
        return _written(place)


@pytest.fixture
def exported(written: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same, beside an empty folder of presenters; the server's key is the one that signed it."""
    monkeypatch.setenv("TALKING_HEAD_PROVENANCE", str(written.parent / "provenance"))
    (cache / "avatars").mkdir(parents=True)
    return written


def _written(place: Path) -> Path:
    folder = kept(title="The guide").folder
    (folder / "knowledge").mkdir()
    (folder / "knowledge" / "house.md").write_text("# House\n\nOpen at nine.\n")
    (folder / "something.else").write_text("not a part of a presenter")
    out = studio().carry_out("ann", place / "ann.presenter.zip")
    avatars.remove("ann")
    return out


def members(file: Path | IO[bytes]) -> Members:
    with zipfile.ZipFile(file) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def packed(parts: Members, *, honest: bool = True) -> io.BytesIO:
    """A zip of ``parts``, with the hashes of what is in it now."""
    if honest and archive.INDEX in parts:
        index = json.loads(parts[archive.INDEX])
        index["files"] = {name: hashlib.sha256(data).hexdigest() for name, data in parts.items() if name != archive.INDEX}
        parts = parts | {archive.INDEX: json.dumps(index).encode()}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in parts.items():
            made.writestr(name, data)
    out.seek(0)
    return out


def test_it_comes_back_as_it_was(exported: Path, cache: Path) -> None:
    assert "something.else" not in members(exported)
    brought = studio().bring_in(exported)
    assert (brought.avatar.name, brought.avatar.title, brought.foreign) == ("ann", "The guide", "")
    assert (brought.avatar.folder / "knowledge" / "house.md").is_file()
    assert avatars.load_avatar("ann", None).image.shape == (512, 512, 3)
    assert consents.read(brought.avatar.folder, identity()) is not None
    with pytest.raises(InputError, match="already"):
        studio().bring_in(exported)
    assert studio().bring_in(exported, "anna").avatar.name == "anna"
    with pytest.raises(InputError, match="cannot name"):
        studio().bring_in(exported, "../up")
    with pytest.raises(InputError, match="already"):
        studio().bring_in(exported, "clara")
    assert sorted(os.listdir(cache / "avatars")) == ["ann", "anna"]


def test_under_another_name_it_is_called_so_unless_it_has_a_title(exported: Path, cache: Path, tmp_path: Path) -> None:
    assert studio().bring_in(exported, "anna").avatar.title == "The guide"
    assert studio().bring_in(exported).avatar.name == "ann"
    avatars.remove("ann")
    kept()
    untitled = studio().carry_out("ann", tmp_path / "untitled.zip")
    assert studio().bring_in(untitled, "annabel").avatar.title == "annabel"
    assert avatars.find("annabel").title == "annabel"


def test_a_consent_signed_elsewhere_is_said_plainly(
    exported: Path, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = f"{identity().server:04X}"
    monkeypatch.setenv("TALKING_HEAD_PROVENANCE", str(tmp_path / "another"))
    with pytest.raises(ForeignConsentError, match=f"signed by another server, number {number}"):
        studio().bring_in(exported)
    assert os.listdir(cache / "avatars") == []
    brought = studio().bring_in(exported, trust=True)
    record = consents.read(brought.avatar.folder, identity())
    assert record is not None
    assert (record.imported, record.statement, brought.foreign) == (number, "I agree.", number)


def _renamed(old: str, new: str) -> Callable[[Members], Members]:
    return lambda parts: {new if name == old else name: data for name, data in parts.items()}


def _record(**changes: object) -> Callable[[Members], Members]:
    def change(parts: Members) -> Members:
        told = json.loads(parts[consents.FILE])
        told["record"] |= changes
        return parts | {consents.FILE: json.dumps(told).encode()}

    return change


ODD: dict[str, tuple[Callable[[Members], Members], str]] = {
    "up": (lambda parts: parts | {"../evil.md": b"x"}, "no presenter has"),
    "up inside": (lambda parts: parts | {"knowledge/../../evil.md": b"x"}, "no presenter has"),
    "root": (lambda parts: parts | {"/etc/evil.md": b"x"}, "no presenter has"),
    "drive": (lambda parts: parts | {"C:\\evil.md": b"x"}, "no presenter has"),
    "program": (lambda parts: parts | {"run.py": b"print()"}, "no presenter has"),
    "pickle": (lambda parts: parts | {"twin/model.pkl": b"x"}, "no presenter has"),
    "folder": (lambda parts: parts | {"knowledge/": b""}, "no presenter has"),
    "many": (lambda parts: parts | {f"knowledge/{n}.md": b"x" for n in range(250)}, "at most 200"),
    "bomb": (lambda parts: parts | {"knowledge/big.md": bytes(39_000_000)}, "times its size"),
    "large": (lambda parts: parts | {"avatar.toml": os.urandom(300_000)}, "too large"),
    "no picture": (_renamed("portrait.png", "matte.png"), "holds no “portrait.png”"),
    "no consent": (_renamed(consents.FILE, "persona.md"), "holds no “consent.json”"),
    "no index": (_renamed(archive.INDEX, "knowledge/index.md"), "holds no “presenter.json”"),
    "another kind": (lambda parts: parts | {archive.INDEX: b'{"format": "x", "name": "a", "files": {}}'}, "another kind"),
    "index is a list": (lambda parts: parts | {archive.INDEX: b"[" * 5000}, "another kind"),
    "not a picture": (lambda parts: parts | {"portrait.png": b"GIF89a nothing"}, "cannot be taken"),
    "not teeth": (lambda parts: parts | {"teeth.safetensors": b"x" * 99}, "cannot be taken"),
    "not a net": (lambda parts: parts | {"twin/refine.safetensors": b"x" * 99}, "cannot be taken"),
    "not TOML": (lambda parts: parts | {"avatar.toml": b"= ="}, "cannot be taken"),
    "another background": (lambda parts: parts | {"background.png": b"x"}, "cannot be taken"),
    "forged scope": (_record(scope="everything"), "forged"),
    "forged pictures": (_record(pictures={}), "forged"),
    "no record": (lambda parts: parts | {consents.FILE: b"{}"}, "cannot be read"),
    "other types": (lambda parts: parts | {consents.FILE: b'{"record": [], "signature": ""}'}, "cannot be read"),
}


@pytest.mark.parametrize("odd", ODD)
def test_what_is_no_presenter_is_refused_and_leaves_nothing(exported: Path, cache: Path, tmp_path: Path, odd: str) -> None:
    change, told = ODD[odd]
    before = sorted(tmp_path.rglob("*"))
    own_index = odd in ("another kind", "index is a list")
    with pytest.raises(InputError, match=told):
        studio().bring_in(packed(change(members(exported)), honest=not own_index))
    assert sorted(tmp_path.rglob("*")) == before, "nothing half-made is left"


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR], ids=["link", "pipe", "device"])
def test_a_member_that_is_no_file_is_refused(exported: Path, cache: Path, kind: int) -> None:
    linked, to = "knowledge/house.md", b"/etc/passwd"
    parts = members(packed(members(exported) | {linked: to}))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, data in parts.items():
            info = zipfile.ZipInfo(name)
            info.external_attr = ((kind if name == linked else stat.S_IFREG) | 0o644) << 16
            made.writestr(info, data)
    with pytest.raises(InputError, match=f"“{linked}”, which no presenter has"):
        studio().bring_in(out)
    assert os.listdir(cache / "avatars") == []


def test_another_picture_under_the_same_consent_is_found(exported: Path, cache: Path) -> None:
    parts = members(exported)
    other = (avatars.SHIPPED / "mei" / "portrait.png").read_bytes()
    with pytest.raises(InputError, match="belongs to other pictures"):
        studio().bring_in(packed(parts | {"portrait.png": other}))


def test_a_changed_member_is_named(exported: Path, cache: Path) -> None:
    parts = members(exported)
    with pytest.raises(InputError, match=r"“avatar.toml” was changed"):
        studio().bring_in(packed(parts | {"avatar.toml": b'title = "Other"\n'}, honest=False))


def test_a_size_that_lies_is_counted(exported: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    listed = zipfile.ZipFile.infolist

    def lying(self: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
        found = listed(self)
        for info in found:
            if info.filename == "knowledge/big.md":
                info.file_size = 10
        return found

    monkeypatch.setattr(zipfile.ZipFile, "infolist", lying)
    monkeypatch.setattr(archive, "MOST_BYTES", 2_000_000)
    with pytest.raises(InputError):
        studio().bring_in(packed(members(exported) | {"knowledge/big.md": os.urandom(3_000_000)}))
    assert os.listdir(cache / "avatars") == []


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 nothing", b"\x89PNG\r\n", os.urandom(4096)])
def test_what_is_no_zip_is_refused(cache: Path, data: bytes) -> None:
    with pytest.raises(InputError, match="not a presenter's file"):
        studio().bring_in(io.BytesIO(data))


@pytest.mark.parametrize("pointer", [b"", b"PK\6\7" + bytes(16)], ids=["honest", "a larger list elsewhere"])
def test_a_list_of_many_members_is_not_even_read(cache: Path, monkeypatch: pytest.MonkeyPatch, pointer: bytes) -> None:
    made: list[str] = []

    class Counted(zipfile.ZipInfo):
        def __init__(self, filename: str) -> None:
            super().__init__(filename)
            made.append(filename)

    whole = packed({f"knowledge/{number:0100}.md": b"" for number in range(2_000)}).getvalue()
    monkeypatch.setattr(zipfile, "ZipInfo", Counted)
    with pytest.raises(InputError, match="more members"):
        studio().bring_in(io.BytesIO(whole[:-22] + pointer + whole[-22:]))
    assert not made


def test_a_cut_file_is_refused(exported: Path, cache: Path) -> None:
    whole = exported.read_bytes()
    for share in (0.3, 0.9):
        with pytest.raises(InputError):
            studio().bring_in(io.BytesIO(whole[: int(share * len(whole))]))
    assert os.listdir(cache / "avatars") == []


def test_who_came_with_the_program_is_not_exported(cache: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="came with the program"):
        studio().carry_out("clara", tmp_path / "clara.zip")
    assert not (tmp_path / "clara.zip").exists()


def test_a_forged_consent_is_not_handed_on(cache: Path, tmp_path: Path) -> None:
    folder = kept().folder
    file = folder / consents.FILE
    file.write_text(file.read_text().replace("museum", "casino"))
    with pytest.raises(ConfigError, match="was changed"):
        studio().carry_out("ann", tmp_path / "ann.zip")
