"""What is read out of a browser's offer before aiortc sees it."""

from __future__ import annotations

import re

from talking_head.errors import InputError


def complete(sdp: str) -> bool:
    """Whether an offer holds sound, picture and a data channel."""
    return {"audio", "video", "application"} <= set(re.findall(r"^m=(\w+)", sdp, re.MULTILINE))


def with_known_address(sdp: str, address: str) -> str:
    """Write the address that the offer came from in the place of mDNS names (``….local``).

    Browsers hide their address behind such names. Nobody here can resolve them, and trying holds the answer up for a second;
    without any candidate the connection would be given up before the browser's own checks arrive.
    """
    if not address:
        return sdp
    return re.sub(r"^(a=candidate:\S+ \d+ \S+ \d+ )\S+\.local ", rf"\g<1>{address} ", sdp, flags=re.MULTILINE)


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
