"""The refining net: shapes, independence of batch mates, weight files, runtimes that agree."""

from __future__ import annotations

import builtins
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from talking_head.animator.refiner import runtimes
from talking_head.animator.refiner.config import CPU, DRAWING_CHANNELS, REFERENCE_INPUTS, TIERS
from talking_head.animator.refiner.export import TorchRuntime
from talking_head.animator.refiner.model import Refiner
from talking_head.animator.refiner.packing import rim, to_pixels, to_residual
from talking_head.animator.refiner.reference import ReferenceEncoder
from talking_head.animator.refiner.runtimes import OnnxRuntime, OpenVinoRuntime, choose, cpu_flags
from talking_head.animator.refiner.weights import FILE, load_refiner, save_refiner
from talking_head.errors import MissingModelError, WeightsError
from talking_head.train.animator.export import TOLERANCE, differences, quantise


def lively(seed: int = 0) -> Refiner:
    """A net whose output is not nearly zero, as a fresh one's is."""
    torch.manual_seed(seed)
    net = Refiner(CPU)
    with torch.no_grad():
        for block in net.modules():
            if isinstance(block, torch.nn.Conv2d) and not bool(block.weight.any()):
                block.weight.normal_(0, 0.02)
        net.head.weight.mul_(8)
    return net.eval().requires_grad_(False)


def inputs(batch: int = 2, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    g = torch.Generator().manual_seed(seed)
    s = CPU.size
    return (
        torch.rand(batch, 3, s, s, generator=g),
        torch.rand(batch, DRAWING_CHANNELS, s, s, generator=g),
        torch.rand(batch, REFERENCE_INPUTS, s, s, generator=g),
    )


@pytest.fixture(scope="module")
def net() -> Refiner:
    return lively()


def test_shapes_and_sizes(net: Refiner) -> None:
    warped, drawing, photo = inputs()
    features = net.encode(photo)
    assert features.shape == (2, CPU.reference, CPU.size // 8, CPU.size // 8)
    assert net(warped, drawing, features).shape == warped.shape
    assert 0.5e6 < sum(p.numel() for p in Refiner(CPU).parameters()) < 2.0e6


def test_a_face_does_not_depend_on_its_batch_mates(net: Refiner) -> None:
    warped, drawing, photo = inputs(4)
    together = net(warped, drawing, net.encode(photo))
    alone = net(warped[2:3], drawing[2:3], net.encode(photo[2:3]))
    assert float(together.abs().max()) > 0.01
    torch.testing.assert_close(together[2:3], alone, atol=1e-5, rtol=1e-4)


def test_the_photo_and_the_drawing_are_looked_at(net: Refiner) -> None:
    warped, drawing, photo = inputs()
    base = net(warped, drawing, net.encode(photo))
    assert float((net(warped, drawing, net.encode(photo.flip(3))) - base).abs().max()) > 1e-4
    assert float((net(warped, drawing.flip(2), net.encode(photo)) - base).abs().max()) > 1e-4


def test_the_photo_is_encoded_without_torch_as_with_it() -> None:
    for tier in TIERS.values():
        torch.manual_seed(1)
        net = Refiner(tier).eval().requires_grad_(False)
        for name, value in net.named_parameters():
            if "reference" in name and not value.any():  # blocks start at zero: an encoder that skips them would agree
                value.normal_(std=0.1)
        photo = torch.rand(1, REFERENCE_INPUTS, tier.size, tier.size)
        expected = net.encode(photo)
        assert float(expected.std()) > 0.01
        encoder = ReferenceEncoder({name: value.numpy() for name, value in net.state_dict().items()}, tier)
        np.testing.assert_allclose(encoder(photo[0].numpy()), expected.numpy(), atol=1e-4)
    with pytest.raises(WeightsError, match="another version"):
        ReferenceEncoder({}, CPU)


def test_the_residual_ends_at_the_rim() -> None:
    fade = rim(160)
    edge = np.concatenate([fade[0], fade[-1], fade[:, 0], fade[:, -1]])
    assert float(edge.max()) < 0.01
    assert float(fade[40:120, 40:120].min()) == 1.0


def _examples(net: Refiner, count: int = 3) -> list[tuple[Any, Any, Any]]:
    rng = np.random.default_rng(0)
    out = []
    for _ in range(count):
        coarse = torch.from_numpy(rng.uniform(0, 255, (1, 3, 20, 20)).astype(np.float32))
        warped = torch.nn.functional.interpolate(coarse, size=(160, 160), mode="bilinear")[0].permute(1, 2, 0).numpy()
        drawing = np.zeros((4, 160, 160), np.uint8)
        drawing[:3, 60:90, 50:110] = 255
        photo = np.concatenate([warped.transpose(2, 0, 1), drawing[:3]]).astype(np.float32)[None] / 255
        out.append((warped.astype(np.uint8), drawing, net.encode(torch.from_numpy(photo)).numpy()))
    return out


def test_opencv_shuffles_like_the_net(net: Refiner) -> None:
    warped, drawing, features = _examples(net, 1)[0]
    whole = net(
        torch.from_numpy(warped)[None].permute(0, 3, 1, 2) / 255,
        torch.from_numpy(drawing)[None] / 255,
        torch.from_numpy(features),
    )
    expected = whole[0].permute(1, 2, 0).numpy() * 255 * rim(CPU.size)[..., None]
    pixels = to_pixels(warped, drawing)
    assert pixels.shape == (28, CPU.size // 2, CPU.size // 2)
    made = to_residual(TorchRuntime(net).run(pixels, features), drawing)
    assert np.abs(expected).mean() > 1
    np.testing.assert_allclose(made, expected, atol=0.5)  # masks are bytes around the net, floats inside it


def test_runtimes_agree_with_torch(net: Refiner, tmp_path: Path) -> None:
    examples = _examples(net)
    quantise(net, examples, tmp_path)
    runtimes: list[Any] = [OpenVinoRuntime(net, "f32"), OnnxRuntime(net), OpenVinoRuntime(net, "int8", tmp_path)]
    if "avx512_bf16" in cpu_flags():
        runtimes.append(OpenVinoRuntime(net, "bf16"))
    size = float(np.abs(TorchRuntime(net).refine(*examples[0])).mean())
    assert size > 1.0  # a net that changes nothing would agree with anything
    for each in runtimes:
        mean, tail = differences(net, each, examples)
        limits = TOLERANCE[each.name]
        # The tolerances are for trained nets, whose residual is about one grey level in the mean; this one's is larger.
        assert mean <= limits[0] * max(1.0, size), each.name
        assert tail <= limits[1] * max(1.0, size), each.name


def test_faces_on_two_threads_keep_their_own_mouths(net: Refiner) -> None:
    """A face is prepared on one thread while another one speaks on the next."""
    runtime = OpenVinoRuntime(net, "f32")
    faces = _examples(net, 2)
    wanted = [runtime.refine(*face) for face in faces]
    assert np.abs(wanted[0] - wanted[1]).max() > 1

    def drawn(which: int) -> float:
        return max(float(np.abs(runtime.refine(*faces[which]) - wanted[which]).max()) for _ in range(60))

    with ThreadPoolExecutor(2) as threads:
        assert max(threads.map(drawn, range(2))) == 0


def test_int8_does_not_cut_off_a_rare_strong_residual(net: Refiner, tmp_path: Path) -> None:
    """One odd crop among many plain ones: the mean of their extremes, NNCF's default range, would clip it."""
    warped, drawing, features = _examples(net, 1)[0]
    plain = [(np.full_like(warped, 120 + i), drawing, 0.05 * features) for i in range(15)]
    odd = (warped, drawing, features)
    quantise(net, [*plain, odd], tmp_path)
    wanted = TorchRuntime(net).refine(*odd)
    served = OpenVinoRuntime(net, "int8", tmp_path).refine(*odd)
    assert np.abs(served - wanted).max() < 0.15 * np.abs(wanted).max()


def test_the_next_runtime_is_taken_and_the_reason_kept(net: Refiner, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name.partition(".")[0] == "openvino":
            raise ModuleNotFoundError("No module named 'openvino'", name="openvino")
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    chosen, problems = choose(net.config, lambda: net, None)
    assert chosen.name == "onnxruntime f32"
    assert problems
    assert all("openvino" in p for p in problems)
    with pytest.raises(WeightsError, match="does not start"):
        choose(net.config, lambda: net, None, "openvino f32")


def test_an_unknown_runtime_names_the_known_ones(net: Refiner) -> None:
    with pytest.raises(WeightsError, match="openvino int8"):
        choose(net.config, lambda: net, None, "tensorrt")
    assert "torch f32" in runtimes.candidates(None)


def test_weights_come_back(net: Refiner, tmp_path: Path) -> None:
    save_refiner(net, tmp_path)
    loaded = load_refiner(tmp_path)
    warped, drawing, photo = inputs(1)
    a, b = net(warped, drawing, net.encode(photo)), loaded(warped, drawing, loaded.encode(photo))
    assert float((a - b).abs().max()) < 0.02  # half precision on disk
    assert not any(p.requires_grad for p in loaded.parameters())


def test_bad_weight_files_are_named(net: Refiner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(TIERS, "large", CPU)
    with pytest.raises(MissingModelError, match="train animator"):
        load_refiner(tmp_path / "nowhere")
    path = save_refiner(net, tmp_path)
    with pytest.raises(WeightsError, match="trained for the tier “cpu”"):
        load_refiner(tmp_path, "large")
    with pytest.raises(WeightsError, match="no animator tier"):
        load_refiner(tmp_path, "tpu")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(WeightsError, match="damaged"):
        load_refiner(tmp_path)
    path.write_bytes(whole)
    tensors = load_file(path)
    meta = {"format": "talking-head animator 1", "tier": "cpu"}
    save_file(tensors, path, metadata={"format": "something else"})
    with pytest.raises(WeightsError, match="another model"):
        load_refiner(tmp_path)
    save_file(dict(list(tensors.items())[1:]), path, metadata=meta)
    with pytest.raises(WeightsError, match="another version"):
        load_refiner(tmp_path)
    name = next(iter(tensors))
    save_file(tensors | {name: tensors[name] * float("nan")}, path, metadata=meta)
    with pytest.raises(WeightsError, match="not finite"):
        load_refiner(tmp_path)
    assert path.name == FILE
