"""From a photo to a presenter that is kept: crop, consent, what is told of it, and that nothing is left of what was refused."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from talking_head.errors import ConfigError, InputError, PhotoError
from talking_head.face import avatars
from talking_head.provenance import consents
from talking_head.provenance.consents import NOBODY, Consent
from talking_head.provenance.identity import identity
from talking_head.studio.profile import Profile
from talking_head.types import F32, U8
from tests.unit.faces import presenter
from tests.unit.studio.makers import AGREED, kept, png, studio


@pytest.fixture(autouse=True)
def cut_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever stands in the middle is the person: the net that cuts them out is not asked."""

    def middle(image: U8, points: F32) -> U8:
        matte = np.zeros(image.shape[:2], np.uint8)
        matte[:, image.shape[1] // 4 : -image.shape[1] // 4] = 255
        return matte

    monkeypatch.setattr("talking_head.face.build.find_matte", middle)


def left(cache: Path) -> list[str]:
    """What lies in the folder of presenters."""
    place = cache / "avatars"
    return sorted(each.name for each in place.iterdir()) if place.is_dir() else []


def test_a_photo_becomes_a_presenter_with_a_signed_record(cache: Path) -> None:
    made = studio()
    draft = made.from_photo(png(), "ann.png")
    recording = ("statement.webm", b"\x1a\x45\xdf\xa3 spoken words")
    profile = Profile("ann", "The guide", language="en", mood="happy", background="#1d2a3a")
    avatar = made.keep(draft, profile, AGREED, recording)
    assert (avatar.title, avatar.mood, avatar.background, avatar.source) == ("The guide", "happy", "#1d2a3a", "ann.png")
    record = consents.read(avatar.folder, identity(), use="films")
    assert record is not None
    assert record.recording == consents.hashlib.sha256(recording[1]).hexdigest()
    assert consents.recording_in(avatar.folder) is not None
    with pytest.raises(ConfigError, match="not for training"):
        consents.read(avatar.folder, identity(), use="twin")
    portrait = avatars.load_avatar("ann", None)
    assert portrait.ground is not None
    assert portrait.ground[5, 5].tolist() == [0x1D, 0x2A, 0x3A]
    avatars.remove("ann")
    assert left(cache) == []


def test_what_one_sentence_says_of_consent_is_told_once(cache: Path) -> None:
    made, said = studio(), "Ann agrees to films"
    agreed = Consent(said, said, "films", "", said, ["films"])
    assert made.keep(made.from_photo(png()), Profile("ann"), agreed).consent == said


def test_another_recording_or_an_edited_record_is_found(cache: Path) -> None:
    made = studio()
    avatar = made.keep(made.from_photo(png()), Profile("ann"), AGREED, ("a.webm", b"\x1a\x45\xdf\xa3 first"))
    spoken = consents.recording_in(avatar.folder)
    assert spoken is not None
    honest = spoken.read_bytes()
    spoken.write_bytes(b"other words")
    with pytest.raises(ConfigError, match="recording of the consent"):
        consents.read(avatar.folder, identity())
    spoken.write_bytes(honest)
    file = avatar.folder / consents.FILE
    told = json.loads(file.read_text())
    told["record"]["uses"] = ["films", "live", "twin"]
    file.write_text(json.dumps(told))
    with pytest.raises(ConfigError, match="was changed"):
        consents.read(avatar.folder, identity())


def test_the_crop_moves_and_keeps_the_face_inside(cache: Path) -> None:
    scene = np.full((900, 1200, 3), 90, np.uint8)
    scene[200:712, 300:812] = presenter().image
    points = presenter().points + np.array([300, 200, 0], np.float32)

    class Knows:
        def detect(self, image: U8) -> list[F32]:
            return [points] if image.shape[:2] == (900, 1200) else []

    made = studio(Knows)
    draft = made.from_photo(scene)
    before, (left_edge, top, side) = draft.portrait, draft.square
    made.crop(draft, (left_edge + 20, top, side))
    assert np.abs(draft.portrait.points - before.points)[:, 0].mean() > 10
    for square, told in (
        ((left_edge + side / 2, top, side), "cuts the face off"),
        ((left_edge, top, 200.0), "too narrow"),
        ((left_edge - 900, top - 900, 2400.0), "too wide"),
        ((float("nan"), top, side), "in pixels"),
    ):
        with pytest.raises(PhotoError, match=told):
            made.crop(draft, square)
    assert draft.square == (left_edge + 20, top, side)


@pytest.mark.parametrize(
    ("profile", "consent", "told"),
    [
        (Profile("../ann"), AGREED, "cannot name"),
        (Profile(""), AGREED, "cannot name"),
        (Profile("ann", mood="bored"), AGREED, "no mood"),
        (Profile("ann", voice="nobody's"), AGREED, "no voice"),
        (Profile("ann", voice="joe", language="zh"), AGREED, "does not speak"),
        (Profile("ann", language="xx"), AGREED, "No voice speaks"),
        (Profile("ann", background="beach"), AGREED, "is no background"),
        (Profile("ann", background="picture", picture=b"none"), AGREED, "not a picture"),
        (Profile("ann", title="a\nb"), AGREED, "lines of at most"),
        (Profile("ann"), replace(AGREED, shown=" "), "who is shown"),
        (Profile("ann"), replace(AGREED, agreed=""), "who agreed"),
        (Profile("ann"), replace(AGREED, scope=""), "to what"),
        (Profile("ann"), replace(AGREED, statement=""), "statement, typed or read aloud"),
        (Profile("ann"), replace(AGREED, until="2020-01-01"), "would have ended"),
        (Profile("ann"), replace(AGREED, until="soon"), "2027-12-31"),
        (Profile("ann"), replace(AGREED, uses=["everything"]), "one or more of"),
        (Profile("ann"), replace(AGREED, shown="x" * 2001), "2000 characters"),
    ],
)
def test_what_cannot_be_kept_leaves_nothing(cache: Path, profile: Profile, consent: Consent, told: str) -> None:
    made = studio()
    draft = made.from_photo(png())
    with pytest.raises(InputError, match=told):
        made.keep(draft, profile, consent)
    assert left(cache) == []


@pytest.mark.parametrize("recording", [("x.exe", b"MZ"), ("a.webm", b"not a webm"), ("a.wav", b""), ("", b"RIFF")])
def test_a_recording_that_is_none_is_refused(cache: Path, recording: tuple[str, bytes]) -> None:
    made = studio()
    with pytest.raises(InputError, match="recording of the statement"):
        made.keep(made.from_photo(png()), Profile("ann"), AGREED, recording)
    assert left(cache) == []


def test_a_made_up_face_needs_no_statement(cache: Path) -> None:
    avatar = kept(consent=Consent(NOBODY, "nobody had to: a drawing", "any use"))
    record = consents.read(avatar.folder, identity(), use="twin")
    assert record is not None
    assert record.shown == NOBODY
    assert "nobody" in avatar.consent


def test_what_is_told_can_change_and_the_face_and_consent_stay(cache: Path) -> None:
    avatar = kept(title="One", mood="happy")
    made = studio()
    changed = made.change("ann", replace(made.profile_of(avatar), title="Two", mood="", background="blur"))
    assert (changed.title, changed.mood, changed.background, changed.added) == ("Two", "", "blur", avatar.added)
    assert avatars.find("ann") == changed
    assert consents.read(changed.folder, identity()) is not None
    with pytest.raises(InputError, match="Send the picture"):
        made.change("ann", replace(made.profile_of(changed), background="picture"))
    with pytest.raises(ConfigError, match="not one of your own"):
        made.change("clara", Profile("clara"))


def test_drafts_are_few_and_forgotten(cache: Path) -> None:
    made = studio()
    drafts = [made.from_photo(png()) for _ in range(9)]
    with pytest.raises(InputError, match="gone"):
        made.drafts.get(drafts[0].id)
    assert made.drafts.get(drafts[-1].id) is drafts[-1]
    made.drafts.drop(drafts[-1].id)
    with pytest.raises(InputError, match="gone"):
        made.drafts.get(drafts[-1].id)
