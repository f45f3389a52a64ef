"""A twin's figures are told in sentences, and what was not measured is left out."""

from __future__ import annotations

from typing import Any

from talking_head.evaluate.animator.sentences import sentences

FEW: dict[str, Any] = {
    "psnr": 33.55,
    "interior_psnr": 28.12,
    "sharpness": 0.927,
    "motion_energy": 0.872,
    "flicker": 0.648,
    "frames": 175,
}


def test_every_figure_that_was_measured_is_told() -> None:
    take = {**FEW, "psnr": 34.43}
    warp = {**FEW, "psnr": 29.01, "interior_psnr": 20.12}
    told = " ".join(sentences({**FEW, "lmd_px": 0.57, "predicted_lmd_px": 3.52, "same_take": take, "warp_only": warp}))
    for figure in ("175 pictures", "33.5 dB", "28.1 dB", "29.0, 20.1", "34.4 dB", "93%", "87%", "65%", "0.57 pixels", "3.52"):
        assert figure in told, (figure, told)
    assert "{" not in told


def test_what_was_not_measured_is_left_out() -> None:
    told = sentences({**FEW, "predicted_lmd_px": None, "same_take": {}, "warp_only": {}})
    assert len(told) == 3
    assert "None" not in " ".join(told)


def test_a_video_whose_end_is_in_another_light_is_not_judged() -> None:
    assert "not judged" in " ".join(sentences({"predicted_lmd_px": None, "same_take": {}, "warp_only": {}}))
