"""Opening what people bring: a file that holds sound or moving pictures itself, and none that names others.

FFmpeg reads playlists, too (HLS, concat, DASH, SDP), and then whatever they name: any film or recording that the server's user
may read. So only containers are opened, and by no other way than as a file.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from av.container import InputContainer

MOST_PIXELS = 8192 * 4320  # of a picture of a video, also of one that grows on its way
# FFmpeg's names; with one comes what is listed with it (mov: mp4, m4a, 3gp; matroska: webm).
_CONTAINERS = (
    "mov,matroska,avi,asf,flv,mpeg,mpegts,mpegvideo,m4v,h264,hevc,nut,wav,w64,aiff,caf,au,flac,ogg,mp3,aac,ac3,amr,ape,wv,tta"
)


@contextmanager
def opened(path: Path) -> Iterator[InputContainer]:
    """The container in ``path``. Its decoders refuse pictures of more than :data:`MOST_PIXELS`.

    Raises av.error.FFmpegError and ValueError, also while it is read.
    """
    import av

    most = {"max_pixels": str(MOST_PIXELS)}
    options = {"format_whitelist": _CONTAINERS, "protocol_whitelist": "file", **most}
    with av.open(str(path), options=options) as container:
        for stream in container.streams.video:
            stream.codec_context.options = dict(most)
        yield container
