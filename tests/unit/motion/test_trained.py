"""The net that moves faces: the same when it streams, deaf to the future, and each stream hears only itself."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch

from talking_head.audio.mel import log_mel
from talking_head.errors import AudioError
from talking_head.face.space import template
from talking_head.models import manifest
from talking_head.motion.articulation import Articulator, near, shaping
from talking_head.motion.measures import lip_gap, lip_width
from talking_head.motion.net import MotionNet
from talking_head.motion.netconfig import NetConfig
from talking_head.motion.recogniser import Recogniser
from talking_head.motion.space import MotionSpace, fit_space
from talking_head.motion.trained import TrainedMotion
from talking_head.types import FRAME_TICKS, Cue, Manner, MoodName, Motion, Phoneme
from tests.unit.train.motion.test_run import TINY


def weights_of(net: MotionNet) -> dict[str, np.ndarray]:
    tensors = {name: value.numpy() for name, value in net.state_dict().items()}
    for kind in ("weight", "bias"):
        last = tensors.pop(f"mouth3.{kind}")
        tensors |= {f"heard.{kind}": last, f"known.{kind}": last}
    return tensors


def shaken(config: NetConfig, seed: int) -> MotionNet:
    """A net whose norms have learned something."""
    torch.manual_seed(seed)
    net = MotionNet(config).eval()
    with torch.no_grad():
        for name, value in net.named_parameters():
            if "norm" in name:
                value += 0.3 * torch.randn_like(value)
    return net


def test_streaming_equals_the_whole_clip() -> None:
    config = dataclasses.replace(TINY, layers=3)
    net = shaken(config, 0)
    mel = np.random.default_rng(0).normal(0, 0.3, (2, 40, 4, 80)).astype(np.float32)
    with torch.inference_mode():
        heard = torch.softmax(net.hear(torch.from_numpy(mel)), dim=-1)
        windows = net.windows(heard)
        mouth, awake = (out.numpy() for out in net.mouth(windows))
    space = MotionSpace(np.zeros((16, 478, 3), np.float32), np.zeros((1, 478, 3), np.float32), np.zeros((478, 3), np.float32))
    space.mouth[0, 14, 1] = 1
    mouth += awake[..., None] * (np.einsum("w,btwv->btv", near(config), windows.numpy()) @ shaping(space))
    recogniser, articulate = Recogniser(config, weights_of(net)), Articulator(config, weights_of(net), space)
    articulate.meet = lambda mouth, *_: mouth  # type: ignore[method-assign]  # only the nets are compared
    states, line = [recogniser.start(), recogniser.start()], np.stack([articulate.start()] * 2)
    for t in range(40):
        shares = recogniser.step(states, mel[:, t])
        np.testing.assert_allclose(shares, heard[:, t].numpy(), atol=1e-4)
        line[:, :-1] = line[:, 1:]
        line[:, -1 - config.lookahead :] = shares
        if t >= config.lookahead:
            np.testing.assert_allclose(articulate(line, np.zeros(2, bool), np.ones(2, np.float32)), mouth[:, t], atol=1e-3)


def test_no_token_hears_the_future() -> None:
    torch.manual_seed(0)
    net = MotionNet(TINY).eval()
    mel = torch.randn(1, 30, 4, 80)
    changed = mel.clone()
    changed[:, 20:] += 1
    with torch.inference_mode():
        a, b = net.hear(mel), net.hear(changed)
    assert torch.equal(a[:, :20], b[:, :20])
    assert not torch.allclose(a[:, 20], b[:, 20])


def test_streams_that_come_and_go_hear_only_themselves() -> None:
    net = shaken(TINY, 2)
    mel = torch.randn(5, 80, 4, 80) * 0.3  # longer than a memory that goes round
    with torch.inference_mode():
        whole = torch.softmax(net.hear(mel), dim=-1).numpy()
    stream = Recogniser(TINY, weights_of(net))
    states, ages = [stream.start() for _ in range(5)], [0] * 5
    for tick in range(130):
        here = [row for row in range(5) if 9 * row <= tick and (tick // (20 + 7 * row)) % 3 != 1 and ages[row] < 80]
        if not here:
            continue
        shares = stream.step([states[row] for row in here], torch.stack([mel[row, ages[row]] for row in here]).numpy())
        for at, row in enumerate(here):
            np.testing.assert_allclose(shares[at], whole[row, ages[row]], atol=1e-4)
            ages[row] += 1
    assert max(ages) == 80


def test_a_saved_motion_space_is_the_same_space(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    few = rng.normal(0, 0.01, (40, 6)) @ rng.normal(size=(6, 478 * 3))
    many = np.repeat(few, 40, axis=0) + rng.normal(0, 1e-4, (1_600, 478 * 3))  # more frames than numbers a face: the other way
    for offsets in (few, many):
        face = offsets.reshape(-1, 478, 3).astype(np.float32)
        space = fit_space(face, np.ones(len(face)), np.zeros((478, 3), np.float32), mouth=4, upper=2)
        space.save(tmp_path / "space.safetensors")
        again = MotionSpace.load(tmp_path / "space.safetensors")
        np.testing.assert_array_equal(again.mouth, space.mouth)
        np.testing.assert_array_equal(again.upper, space.upper)


def spoken(mood: MoodName = "happy") -> np.ndarray:
    """Offsets f32[T, 478, 3] of a sentence whose phonemes are known, the head and the rest of the face at rest."""
    return said(mood).offsets


def said(mood: MoodName, after: int = 0) -> Motion:
    """The same with everything else, and ``after`` frames of silence."""
    letters = [*"hɛləʊwɜldaɪmɡlædtəsijuðɪsmɔnɪŋwihævlɒtstətɔk"]
    model = TrainedMotion()
    state = model.open(seed=1, manner=Manner(mood, expressiveness=0))
    frames = []
    for symbol in [*letters, *[" "] * (model.lookahead + after // 2)]:
        for _ in range(2):
            cue = Cue((Phoneme(symbol, 0, FRAME_TICKS),), activity="speaking")
            frames.append(model.step([state], np.zeros((1, FRAME_TICKS), np.float32), [cue]))
    parts = ("offsets", "pose", "tongue", "talking")
    return Motion(*(np.concatenate([getattr(frame, part) for frame in frames])[2 * model.lookahead :] for part in parts))


def test_lips_let_go_of_a_photos_smile_while_they_talk_and_come_back_to_it_without_a_jump() -> None:
    whole = said("neutral", after=60).talking
    assert whole[12:-70].min() > 0.75  # through the closures of a sentence
    assert whole[-1] < 0.05
    # Corners that come down by 0.06 eye distances, in pixels of a face with 150 of them between the eyes.
    assert np.abs(np.diff(whole)).max() * 0.06 * 150 < 1.5


def test_who_smiles_keeps_more_of_a_photos_smile_and_who_is_sorry_is_not_pulled_down_twice() -> None:
    moods: tuple[MoodName, ...] = ("neutral", "friendly", "excited", "happy")
    neutral, friendly, excited, happy = (float(said(mood).talking.max()) for mood in moods)
    assert neutral > friendly > excited > happy > 0.2
    assert friendly > 0.85
    serious, sympathetic = (float(said(mood).talking.max()) for mood in ("serious", "sympathetic"))
    assert neutral > serious > sympathetic > 0.5


def test_the_upper_lip_takes_its_share_of_an_opening() -> None:
    # Seen, its inner edge takes a quarter in lively speakers (0.16 to 0.38); ours took 0.1 to 0.2, and 0.15 here.
    offsets = spoken("neutral")
    rises = offsets[:, 2, 1] - offsets[:, 0, 1]
    assert 0.18 < np.polyfit(lip_gap(offsets), rises, 1)[0] < 0.3


def test_corners_of_the_mouth_sink_while_it_opens() -> None:
    # As in lively speakers (0.13 of the opening, median of ten); before, they rose, and every opening was the same broad smile.
    offsets = spoken()
    gap, corners = lip_gap(offsets), offsets[:, [61, 291], 1].mean(axis=1) - offsets[:, 2, 1]
    assert gap.std() > 0.03
    assert 0.03 < np.polyfit(gap, corners, 1)[0] < 0.2


@pytest.mark.parametrize(("mood", "most"), [("friendly", 0.01), ("happy", 0.016)])
def test_a_mood_keeps_little_of_its_smile_on_talking_lips_and_all_of_it_at_rest(mood: MoodName, most: float) -> None:
    # Lively people's mouths are 0.009 eye distances wider in speech than shut; moods made ours wider by 0.03 and 0.07.
    offsets, neutral = spoken(mood), spoken("neutral")
    said = slice(10, -10)
    worn = (lip_width(template() + offsets) - lip_width(template() + neutral))[said]
    assert 0 < worn.mean() < most
    rest = TrainedMotion().open(seed=1, manner=Manner(mood, expressiveness=0))
    still = TrainedMotion().step([rest], np.zeros((1, FRAME_TICKS), np.float32)).offsets[0]
    assert lip_width(template() + still) - lip_width(template()) > 2 * worn.mean()
    # Cheeks go on smiling.
    cheeks = (offsets - neutral)[said][:, [50, 280], 1].mean()
    assert cheeks < 0.8 * still[[50, 280], 1].mean() < 0


@pytest.mark.parametrize("mood", ["serious", "sympathetic"])
def test_who_is_serious_or_sorry_does_not_smile_not_even_while_talking(mood: MoodName) -> None:
    # Lips take a mood's smile off while they talk; what a mood holds down they took off, too, and a sorry face smiled.
    offsets, neutral = spoken(mood), spoken("neutral")
    corners, plain = (faces[:, [61, 291], 1].mean(axis=1) - faces[:, [0, 17], 1].mean(axis=1) for faces in (offsets, neutral))
    assert (corners - plain)[10:-10].min() > 0.008
    np.testing.assert_allclose(lip_gap(offsets), lip_gap(neutral), atol=0.004)


def test_the_chin_drops_with_a_wide_opening_and_hardly_with_a_narrow_one() -> None:
    # In lively speakers it moves by 0.67 of what the lips do (median of ten), and a picture shows three quarters of what is
    # commanded; before, it was commanded 0.69 here, and lips parted without a jaw.
    offsets = spoken("neutral")
    gap, chin = lip_gap(offsets), offsets[:, 152, 1]
    assert 0.8 < chin.std() / gap.std() < 0.95
    wide = gap > np.median(gap)
    assert np.polyfit(gap[wide], chin[wide], 1)[0] > 1.5 * np.polyfit(gap[~wide], chin[~wide], 1)[0]


def test_lowering_the_chin_leaves_the_lips_as_they_are() -> None:
    space = MotionSpace.load(manifest.path("motion") / "space.safetensors")
    jaw = space.jaw
    corners = jaw[[61, 291], 1]
    np.testing.assert_allclose(jaw[152, 1], 1, atol=1e-3)
    np.testing.assert_allclose([lip_gap(jaw), jaw[0, 1], corners.mean()], 0, atol=1e-3)


def test_wrong_rate_nan_and_empty_sound_are_refused() -> None:
    for pcm, rate in (
        (np.zeros(4_800, np.float32), 16_000),
        (np.full(4_800, np.nan, np.float32), 48_000),
        (np.zeros(0), 48_000),
    ):
        with pytest.raises(AudioError):
            log_mel(pcm.astype(np.float32), rate)


def test_lips_that_never_part_in_a_pause_do_the_same_in_speech() -> None:
    rng = np.random.default_rng(3)
    loud = (np.arange(100 * FRAME_TICKS) % (50 * FRAME_TICKS) < 25 * FRAME_TICKS) * 0.1
    pcm = (loud * rng.standard_normal(len(loud))).astype(np.float32).reshape(100, 1, FRAME_TICKS)
    vowel, quiet = Cue((Phoneme("ˈɑː", 0, FRAME_TICKS),), activity="speaking"), Cue((), activity="speaking")
    gaps = []
    for pauses in (True, False):
        model = TrainedMotion(pauses=pauses)
        state = model.open(seed=0)
        steps = [model.step([state], frame, [vowel if t % 50 < 25 else quiet]).offsets[0] for t, frame in enumerate(pcm)]
        gaps.append(lip_gap(np.stack(steps)))
    parts, shut = gaps
    assert parts[36:48].max() > 0.03
    assert np.abs(shut[36:48]).max() < 0.015
    np.testing.assert_allclose(parts[8:22], shut[8:22], atol=1e-3)
