"""Which video codecs an offer holds, and which of them is taken."""

from __future__ import annotations

import re

from talking_head.errors import InputError


def offered_video_codecs(sdp: str) -> set[str]:
    """Names of the video codecs in an offer that can be used; H.264 only as baseline in packetisation mode 1."""
    names = {number: name.upper() for number, name in re.findall(r"^a=rtpmap:(\d+) (\w+)/90000", sdp, re.MULTILINE)}
    formats = dict(re.findall(r"^a=fmtp:(\d+) (.*)$", sdp, re.MULTILINE))
    baseline = {number for number, rest in formats.items() if "packetization-mode=1" in rest and "profile-level-id=42" in rest}
    return {name for number, name in names.items() if name != "H264" or number in baseline}


def choose_codec(wish: str, offered: set[str]) -> str:
    """H.264 where the browser has it, else VP8. Raises InputError when it has neither."""
    order = {"auto": ("H264", "VP8"), "h264": ("H264",), "vp8": ("VP8",)}[wish]
    for name in order:
        if name in offered:
            return name
    raise InputError(f"The offer holds none of these video codecs: {', '.join(order)}.")
