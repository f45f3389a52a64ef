"""What was found out about a twin, in sentences for whoever has just trained it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def sentences(test: Mapping[str, Any]) -> list[str]:
    """The figures of `twin train` (``docs/QUALITY.md`` explains them) as sentences; what was not measured is left out.

    ``test``: the twin's figures, beside them ``warp_only`` and ``same_take`` (the same, or empty) and ``predicted_lmd_px``.
    """
    if "psnr" not in test:
        return ["The end of the video has no light that was trained on: the twin was not judged."]
    told = [f"Judged on {test['frames']} pictures of the end of the video, which it has never seen:"]
    warp = test.get("warp_only") or {}
    beside = f"; the photo moved without a net: {warp['psnr']:.1f}, {warp['interior_psnr']:.1f}" if "psnr" in warp else ""
    told.append(f"  likeness {test['psnr']:.1f} dB, inside the lips {test['interior_psnr']:.1f} dB{beside}")
    take = test.get("same_take") or {}
    if "psnr" in take:
        told.append(f"  from a photo of the same moment {take['psnr']:.1f} dB, inside the lips {take['interior_psnr']:.1f} dB")
    shares = [("sharpness", "sharpness"), ("movement", "motion_energy"), ("flicker", "flicker")]
    told.append("  of the video's own " + ", ".join(f"{word} {test[key]:.0%}" for word, key in shares if key in test))
    if "lmd_px" in test:
        predicted = test.get("predicted_lmd_px")
        by_sound = f"; {predicted:.2f} where the sound alone moves it" if predicted is not None else ""
        told.append(f"  lips off by {test['lmd_px']:.2f} pixels of a face crop of 160{by_sound}")
    return told
