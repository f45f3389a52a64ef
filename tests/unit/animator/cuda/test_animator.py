"""The batched device path draws what the CPU path draws, alone and in any company. Here on a CPU; tests/gpu has the rest."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from talking_head.animator.cuda import ops, pack, tensor_store
from talking_head.animator.cuda.animator import DeviceAnimator
from talking_head.animator.cuda.arrays import FaceArrays, built, flat
from talking_head.animator.cuda.gan import DeviceGanAnimator
from talking_head.animator.cuda.graphs import BUCKETS, bucket_of
from talking_head.animator.gan import GanAnimator
from talking_head.animator.i420 import to_i420
from talking_head.animator.refiner.config import CPU
from talking_head.animator.refiner.export import TorchRuntime
from talking_head.animator.refiner.model import Refiner
from talking_head.animator.refiner.reference import ReferenceEncoder
from talking_head.animator.refiner.runtimes import Runtime
from talking_head.animator.warp.animator import WarpAnimator, WarpAvatar
from talking_head.bench.gpu import made_up
from talking_head.errors import BackendError
from talking_head.face.portrait import Portrait
from talking_head.face.space import Pose, rotation_from_vector, template, to_image
from talking_head.types import F32, Motion

SIZE = 192


@cache
def portrait(seed: int) -> Portrait:
    """A made-up face: the template before smooth noise, turned and scaled a little differently for each ``seed``."""
    rng = np.random.default_rng(seed)
    noise = rng.integers(0, 256, (SIZE // 8, SIZE // 8, 3)).astype(np.uint8)
    image = cv2.GaussianBlur(cv2.resize(noise, (SIZE, SIZE), interpolation=cv2.INTER_CUBIC), (0, 0), 2)
    rotation = rotation_from_vector(0.06 * rng.standard_normal(3))
    pose = Pose(rotation, SIZE * (0.32 + 0.02 * seed), np.array([SIZE / 2, SIZE * 0.4, 0.0]))
    neutral = template()
    return Portrait(f"face{seed}", image, to_image(neutral, pose), pose, neutral)


@cache
def talking(seed: int, frames: int = 4) -> list[F32]:
    """Landmarks of a few frames: a mouth that opens, lids that fall, a head that turns."""
    face, rng = portrait(seed), np.random.default_rng(100 + seed)
    out = []
    for frame in range(frames):
        offsets = np.zeros((1, 478, 3), np.float32)
        opening = 0.16 * frame / max(frames - 1, 1)
        for row, share in (
            (14, 1.0),
            (87, 0.9),
            (317, 0.9),
            (178, 0.7),
            (402, 0.7),
            (17, 0.9),
            (152, 0.8),
            (200, 0.8),
            (175, 0.8),
        ):
            offsets[0, row, 1] = opening * share
        for upper, lower in ((159, 145), (158, 153), (160, 144), (386, 374), (385, 380), (387, 373)):
            gap = template()[lower, 1] - template()[upper, 1]
            offsets[0, upper, 1] = gap * frame / max(frames - 1, 1)
        offsets[0, 468:, 0] = 0.01 * frame
        pose = np.concatenate([0.05 * rng.standard_normal(3), 0.03 * rng.standard_normal(3)])[None].astype(np.float32)
        out.append(face.place(Motion(offsets, pose))[0])
    return out


@pytest.fixture(scope="module")
def animator() -> DeviceAnimator:
    torch.set_num_threads(1)
    return DeviceAnimator(device="cpu")


def test_equals_the_cpu_path(animator: DeviceAnimator) -> None:
    cpu = WarpAnimator()
    for seed in (0, 1):
        here, there = animator.prepare(portrait(seed)), cpu.prepare(portrait(seed))
        for points in talking(seed):
            mine = animator.render([here], points[None])[0].astype(int)
            theirs = cpu.render([there], points[None])[0].astype(int)
            difference = np.abs(mine - theirs)
            assert mine.shape == (SIZE * 3 // 2, SIZE)
            assert difference.mean() < 0.1
            assert np.percentile(difference, 99.9) <= 3


def test_draws_the_tongue_of_the_cpu_path(animator: DeviceAnimator) -> None:
    here, there = animator.prepare(portrait(0)), WarpAnimator().prepare(portrait(0))
    points = np.stack([talking(0)[-1]] * 3)
    tongue = np.array([[0, 0], [1, 0], [0.6, 0.9]], np.float32)
    mine = np.stack(animator.render([here] * 3, points, tongue)).astype(int)
    theirs = np.stack(WarpAnimator().render([there] * 3, points, tongue)).astype(int)
    for i in (1, 2):
        shown = np.abs(theirs[i] - theirs[0])
        assert shown.max() > 10
        assert np.abs(mine[i] - theirs[i])[shown > 3].max() <= 3


def made_up_gan() -> tuple[GanAnimator, Runtime, Refiner]:
    """The product's animator around a small net of random weights that changes the picture a lot, its runtime, and that net."""
    torch.manual_seed(0)
    net = Refiner(replace(CPU, channels=(8, 12, 16), blocks=(1, 1, 1)))
    with torch.no_grad():
        net.head.weight.mul_(40)
    net.eval().requires_grad_(False)
    encoder = ReferenceEncoder({name: value.numpy() for name, value in net.state_dict().items()}, net.config)

    runtime = TorchRuntime(net)

    class MadeUp(GanAnimator):
        """Takes this net instead of the weights of a folder."""

        def load(self, folder: Path) -> tuple[ReferenceEncoder, Runtime, list[str]]:
            return encoder, runtime, []

    return MadeUp(folder=Path("nowhere")), runtime, net


def test_a_mouth_at_rest_costs_no_net_and_looks_as_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    animator, runtime, _ = made_up_gan()
    face = portrait(1)
    avatar = animator.prepare(face)
    calls = []
    refine = runtime.refine
    monkeypatch.setattr(runtime, "refine", lambda *inputs: calls.append(1) or refine(*inputs))

    def drawn(gap: float) -> np.ndarray:
        offsets = np.zeros((1, 478, 3), np.float32)
        offsets[0, 14, 1] = gap
        return animator.render([avatar], face.place(Motion(offsets, np.zeros((1, 6), np.float32))))[0].astype(int)

    resting = drawn(0.0)
    assert not calls
    assert np.abs(drawn(0.0031) - resting).mean() < 0.1  # just beyond rest nothing jumps
    assert calls == [1]
    assert np.abs(drawn(0.1) - resting).max() > 20
    avatar.resting = None
    assert np.abs(drawn(0.0) - resting).mean() < 0.1


@pytest.mark.models
def test_a_gpu_draws_the_net_that_a_cpu_draws() -> None:
    made = DeviceGanAnimator(device="cpu")
    assert (made.tier, made.runtime) == (GanAnimator().tier, "torch float32 on cpu")


def test_the_refining_net_draws_what_it_draws_on_the_cpu() -> None:
    """With a made-up net that changes a lot, so that a crop in the wrong place or a wrong drawing would show."""
    cpu, _, net = made_up_gan()
    there = cpu.prepare(portrait(1))
    plain = WarpAnimator().render([there.warp], talking(1)[2][None])[0].astype(int)
    reference = [cpu.render([there], points[None])[0].astype(int) for points in talking(1)[1:]]
    device = DeviceGanAnimator(net=net, device="cpu")
    here = device.prepare(portrait(1))
    assert np.abs(reference[1] - plain).mean() > 1  # the net does something
    for points, theirs in zip(talking(1)[1:], reference, strict=True):
        difference = np.abs(device.render([here], points[None])[0].astype(int) - theirs)
        assert difference.mean() < 0.4
        assert np.percentile(difference, 99) <= 6


def test_the_mouth_really_opens(animator: DeviceAnimator) -> None:
    avatar = animator.prepare(portrait(0))
    shut, *_, wide = (animator.render([avatar], points[None])[0][:SIZE].astype(int) for points in talking(0))
    assert np.abs(shut - wide).max() > 40


def test_a_frame_does_not_depend_on_its_company(animator: DeviceAnimator) -> None:
    avatars = [animator.prepare(portrait(seed)) for seed in range(3)]
    points = [talking(seed)[2] for seed in range(3)]
    alone = animator.render([avatars[1]], points[1][None])[0].astype(int)
    for order in ((1, 0, 2), (0, 1, 2), (2, 0, 1), (0, 0, 0, 2, 1)):
        frames = animator.render([avatars[i] for i in order], np.stack([points[i] for i in order]))
        assert np.abs(frames[order.index(1)].astype(int) - alone).max() <= 1


def test_avatars_come_and_go_while_others_stay(animator: DeviceAnimator) -> None:
    stays = animator.prepare(portrait(0))
    points = talking(0)[3]
    before = animator.render([stays], points[None])[0]
    slots = set()
    for seed in range(1, 9):  # more than the bank's first size
        guest = animator.prepare(portrait(seed % 3))
        slots.add(guest.slot)
        animator.render([guest, stays], np.stack([talking(seed % 3)[1], points]))
        del guest
    assert np.array_equal(animator.render([stays], points[None])[0], before)
    assert len(slots) < 8  # slots of those who left were used again
    many = [animator.prepare(portrait(seed % 3)) for seed in range(6)]
    assert len({avatar.slot for avatar in many} | {stays.slot}) == 7
    assert np.array_equal(animator.render([stays], points[None])[0], before)


def test_frames_are_not_overwritten_by_the_next_batch(animator: DeviceAnimator) -> None:
    avatar = animator.prepare(portrait(0))
    first = animator.render([avatar], talking(0)[0][None])[0]
    kept = first.copy()
    animator.render([avatar], talking(0)[3][None])
    assert np.array_equal(first, kept)


def test_refuses_what_is_not_a_face(animator: DeviceAnimator) -> None:
    avatar = animator.prepare(portrait(0))
    points = talking(0)[0][None].copy()
    with pytest.raises(BackendError):
        animator.render([avatar, avatar], points)
    points[0, 5, 1] = np.nan
    with pytest.raises(BackendError):
        animator.render([avatar], points)
    with pytest.raises(BackendError):
        animator.render([DeviceAnimator(device="cpu").prepare(portrait(0))], talking(0)[0][None])


def test_an_avatar_survives_a_file(animator: DeviceAnimator, tmp_path: Path) -> None:
    file = tmp_path / "face.npz"
    pack.save(file, WarpAvatar(portrait(1)))
    loaded = animator.upload(*tensor_store.load(file))
    points = talking(1)[2][None]
    assert np.array_equal(animator.render([loaded], points)[0], animator.render([animator.prepare(portrait(1))], points)[0])


def test_every_array_of_a_face_is_there_by_its_name() -> None:
    face = pack.pack(WarpAvatar(portrait(1)))
    named = {name: array for name, _, array in flat(face)}
    assert {"left.ball", "mouth.upper_basis", "points"} <= set(named)
    assert len(named) == 63
    again = built(FaceArrays, named)
    assert again.refiner is None
    assert again.right.iris is face.right.iris
    del named["left.ball"]
    with pytest.raises(KeyError):
        built(FaceArrays, named)


def test_the_bench_makes_up_faces_of_the_same_form() -> None:
    constants, face, _ = made_up(SIZE)
    avatar = WarpAvatar(portrait(1))
    for mine, theirs in ((constants, pack.constants(avatar)), (replace(face, refiner=None), pack.pack(avatar))):
        mine_named, theirs_named = ({name: array for name, _, array in flat(arrays)} for arrays in (mine, theirs))
        assert mine_named.keys() == theirs_named.keys()
        for name, array in mine_named.items():
            assert (array.ndim, array.dtype) == (theirs_named[name].ndim, theirs_named[name].dtype), name


def test_buckets() -> None:
    assert [bucket_of(n) for n in (1, 2, 3, 5, 33, 64)] == [1, 2, 4, 8, 64, 64]
    with pytest.raises(ValueError, match="65"):
        bucket_of(BUCKETS[-1] + 1)


def test_colours_equal_opencv() -> None:
    rgb = np.random.default_rng(0).integers(0, 256, (64, 48, 3)).astype(np.uint8)
    mine = ops.to_i420(torch.from_numpy(rgb).permute(2, 0, 1)[None].float())[0].numpy()
    assert np.abs(mine.astype(int) - to_i420(rgb)).max() <= 1


def test_rendering_needs_torch_numpy_and_opencv_alone() -> None:
    code = (
        "import sys; import talking_head.animator.cuda.animator, talking_head.animator.cuda.tensor_store;"
        "foreign = {'scipy', 'safetensors', 'av', 'aiortc', 'mediapipe', 'openvino', 'transformers', 'pydantic', 'fastapi'};"
        "print(sorted(foreign & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
