"""The invisible marks: what is written is read after an encoder, at half the size, cut out; nothing where nothing is."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from talking_head.animator.i420 import to_i420
from talking_head.face import avatars
from talking_head.provenance import codeword, picture_mark, sound_mark
from talking_head.provenance.codeword import Origin
from talking_head.provenance.picture_mark import PictureMark
from talking_head.provenance.sound_mark import SoundMark
from tests.unit.faces import presenter
from tests.unit.provenance.clips import encoded, frames, speech, through_aac

HERE = Origin(0x4F2A, 0x00C3D1)
GREEN = (0, 177, 64)


@pytest.mark.parametrize("origin", [Origin(0, 0), Origin(0xFFFF, 0xFFFFFF), HERE])
def test_a_codeword_survives_noise(origin: Origin) -> None:
    chance = np.random.default_rng(1)
    for _ in range(10):
        noisy = codeword.encode(origin) + chance.normal(0, 0.9, codeword.SIGNS)
        assert codeword.decode(noisy.astype(np.float32)) == origin


def test_noise_is_no_codeword() -> None:
    chance = np.random.default_rng(2)
    assert [codeword.decode(chance.standard_normal(codeword.SIGNS).astype(np.float32)) for _ in range(50)] == [None] * 50


def test_numbers_beyond_their_bits_are_refused() -> None:
    with pytest.raises(ValueError, match="bits"):
        Origin(1 << 16, 0)


@pytest.mark.parametrize("name", avatars.names()[:4])
@pytest.mark.parametrize("size", [None, 256])
def test_the_mark_of_a_second_is_read_after_an_encoder(name: str, size: int | None) -> None:
    mark = PictureMark(HERE, 512, 512)
    found = picture_mark.read(encoded([mark(frame) for frame in frames(name)], 28, size))
    assert found is not None
    assert found.origin == HERE


def test_a_wide_picture_carries_it_too() -> None:
    square = frames(size=720)
    wide = [np.hstack([frame[:720], frame[:720, ::-1]]) for frame in square]
    mark = PictureMark(HERE, 1440, 720)
    chroma = np.full((360, 1440), 128, np.uint8)
    marked = [mark(np.vstack([luma, chroma])) for luma in wide]
    found = picture_mark.read(encoded(marked, 28))
    assert found is not None
    assert found.origin == HERE


def test_the_mark_is_not_seen() -> None:
    before = frames()[0][:512].astype(float)
    after = PictureMark(HERE, 512, 512)(frames()[0])[:512].astype(float)
    psnr = 10 * np.log10(255**2 / np.mean((after - before) ** 2))
    assert psnr >= 45
    assert np.abs(after - before).max() <= 6


@pytest.mark.parametrize("size", [512, 720, 130])
@pytest.mark.parametrize("colour", [(20, 20, 20), (0, 177, 64), (255, 255, 255)])
def test_a_picture_of_one_colour_changes_by_one_level_at_most(colour: tuple[int, int, int], size: int) -> None:
    before = to_i420(np.full((size, size + 6, 3), colour, np.uint8))
    after = PictureMark(HERE, size + 6, size)(before)
    assert np.abs(after.astype(int) - before).max() == 1


@pytest.mark.parametrize("name", avatars.names()[:4])
@pytest.mark.parametrize("size", [None, 256])
def test_before_one_colour_the_mark_is_faint_and_read_all_the_same(name: str, size: int | None) -> None:
    portrait, side = presenter(name), 512
    alpha = cv2.resize(portrait.matte, (side, side))[..., None] / np.float32(255)  # type: ignore[arg-type]
    image = cv2.resize(portrait.image, (side, side)) * alpha
    films = []
    for number in range(25):
        turn = cv2.getRotationMatrix2D((side / 2, side), 0.4 * np.sin(number / 5), 1.0)
        face, seen = (cv2.warpAffine(each, turn, (side, side)) for each in (image, alpha))
        films.append(to_i420(np.rint(face + np.array(GREEN) * (1 - seen[..., None])).astype(np.uint8)))
    mark = PictureMark(HERE, side, side)
    marked = [mark(frame) for frame in films]
    far = cv2.erode((seen == 0).astype(np.uint8), np.ones((49, 49))) > 0  # from the presenter
    assert far.mean() > 0.1
    assert np.abs(marked[-1][:side].astype(int) - films[-1][:side])[far].max() == 1
    found = picture_mark.read(encoded(marked, 28, size))
    assert found is not None
    assert found.origin == HERE


@pytest.mark.parametrize("name", avatars.names()[:4])
def test_nothing_is_read_where_nothing_is(name: str) -> None:
    assert picture_mark.read(encoded(list(frames(name)), 28)) is None
    assert picture_mark.read([frames(name)[0][:512]]) is None


@pytest.mark.parametrize("picture", [np.zeros((128, 128), np.uint8), np.full((64, 80), 255, np.uint8)])
def test_a_blank_picture_has_no_mark(picture: np.ndarray) -> None:
    assert picture_mark.read([picture]) is None
    assert picture_mark.read([]) is None


@pytest.mark.parametrize(("start", "seconds"), [(0, 4.0), (31_234, 3.0)])
def test_the_mark_of_a_voice_is_read_after_an_encoder_wherever_it_was_cut(start: int, seconds: float) -> None:
    heard = through_aac(SoundMark(HERE)(speech()))[start : start + round(seconds * 48_000)]
    found = sound_mark.read(heard)
    assert found is not None
    assert found.origin == HERE


def test_a_stream_marked_piece_by_piece_is_marked_as_a_whole() -> None:
    pcm = speech(1.0)
    whole, pieces = SoundMark(HERE)(pcm), SoundMark(HERE)
    parts = [pieces(pcm[start : start + 960]) for start in range(0, len(pcm), 960)]
    np.testing.assert_array_equal(np.concatenate(parts), whole)


def test_the_mark_of_a_voice_stays_below_it_and_silence_stays_silent() -> None:
    pcm = np.concatenate([speech(2.0), np.zeros(48_000, np.float32)])
    added = SoundMark(HERE)(pcm) - pcm
    assert 10 * np.log10(np.square(pcm[:96_000]).sum() / np.square(added[:96_000]).sum()) > 19
    assert np.abs(added[-24_000:]).max() < 1e-4


@pytest.mark.parametrize(("low", "high", "least"), [(80, 1_400, 25.0), (3_600, 7_500, 12.0)])
def test_the_mark_lies_deep_below_the_tones_of_a_voice_and_less_so_below_its_hiss(low: int, high: int, least: float) -> None:
    pcm = speech(2.0)
    band = slice(low * 2, high * 2)  # half a hertz a place
    voice, added = (np.square(np.abs(np.fft.rfft(each[:96_000])))[band].sum() for each in (pcm, SoundMark(HERE)(pcm) - pcm))
    assert least < 10 * np.log10(voice / added) < least + 10


def test_no_voice_has_a_mark_by_itself() -> None:
    assert sound_mark.read(speech()) is None
    assert sound_mark.read(np.zeros(48_000, np.float32)) is None
    assert sound_mark.read(np.zeros(0, np.float32)) is None


def test_a_second_of_sound_is_told_by_the_numbers_that_were_given_out() -> None:
    """It has too little for forty bits; whether it is one of some numbers can be told. None of them: nothing."""
    pcm = speech()
    given = [Origin(0x4F2A, session) for session in range(7, 900, 40)]
    marked = SoundMark(given[5])(pcm)
    for start in (12_345, 30_000, 51_111):
        cut = marked[start : start + 48_000]
        found = sound_mark.read(cut, 0x4F2A, given)
        assert found is not None
        assert found.origin == given[5]
        assert sound_mark.read(pcm[start : start + 48_000], 0x4F2A, given) is None
