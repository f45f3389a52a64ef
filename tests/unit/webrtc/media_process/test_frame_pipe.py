"""Media frames through pipe and shared memory: what arrives is what was sent, and nobody waits."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import numpy as np
import pytest

from talking_head.errors import BackendError
from talking_head.loop import NO_TURN, SILENCE, MediaFrame
from talking_head.types import FRAME_TICKS, U8
from talking_head.webrtc.media_process.frame_pipe import SLOTS, FrameReader, FrameWriter

ROWS, COLUMNS = 48, 32


@pytest.fixture
def writer() -> Iterator[FrameWriter]:
    made = FrameWriter()
    yield made
    made.close()


def picture(level: int) -> U8:
    return np.full((ROWS, COLUMNS), level, np.uint8)


def arrived(
    writer: FrameWriter, connections: dict[int, int], media_frames: list[tuple[int, MediaFrame]]
) -> dict[int, list[MediaFrame]]:
    """Send ``media_frames`` (connection, frame), then read them all; ``connections``: region of each."""
    rings = {connection: writer.ring(ROWS, COLUMNS) for connection in connections}
    got: dict[int, list[MediaFrame]] = {connection: [] for connection in connections}
    reader = FrameReader(*writer.ends)
    for connection, ring in rings.items():
        reader.add(connection, ring.region, ROWS, COLUMNS, got[connection].append)
    thread = threading.Thread(target=reader.run, daemon=True)
    thread.start()
    for connection, media_frame in media_frames:
        before = len(got[connection])
        assert rings[connection].write(connection, media_frame)
        while len(got[connection]) == before:  # the ring is short: one at a time
            pass
    return got


def test_sound_picture_mark_and_times_arrive(writer: FrameWriter) -> None:
    pcm = np.linspace(-1, 1, FRAME_TICKS, dtype=np.float32)
    first = MediaFrame(7, pcm, picture(3), 2, object(), due=12.5, late=True, fresh=False)
    quiet = MediaFrame(8, SILENCE, picture(200), NO_TURN, None, due=12.54)
    got = arrived(writer, {0: 0, 9: 1}, [(0, first), (9, quiet), (0, quiet)])
    one, two = got[0]
    np.testing.assert_array_equal(one.pcm, pcm)
    np.testing.assert_array_equal(one.frame, picture(3))
    assert (one.tick, one.turn, one.due, one.late, one.fresh) == (7, 2, 12.5, True, False)
    assert one.mark is not None  # that there was one; what it says stays where it is
    assert two.mark is None
    assert two.pcm is SILENCE
    np.testing.assert_array_equal(two.frame, picture(200))
    np.testing.assert_array_equal(got[9][0].frame, picture(200))


def test_what_arrived_stays_when_the_ring_goes_round(writer: FrameWriter) -> None:
    media_frames = [(0, MediaFrame(i, SILENCE, picture(i), NO_TURN, None, due=float(i))) for i in range(3 * SLOTS)]
    got = arrived(writer, {0: 0}, media_frames)[0]
    assert [int(media_frame.frame[0, 0]) for media_frame in got] == list(range(3 * SLOTS))


def test_a_picture_that_is_repeated_is_not_sent_again(writer: FrameWriter) -> None:
    same = picture(5)
    media_frames = [(0, MediaFrame(i, SILENCE, same, NO_TURN, None, due=float(i))) for i in range(2)]
    got = arrived(writer, {0: 0}, media_frames)[0]
    assert got[1].frame is got[0].frame


def test_a_full_pipe_drops_beats_and_does_not_wait(writer: FrameWriter) -> None:
    ring = writer.ring(ROWS, COLUMNS)
    media_frame = MediaFrame(0, SILENCE, picture(1), NO_TURN, None, due=0.0)
    written = sum(ring.write(0, media_frame) for _ in range(60_000))  # nobody reads
    assert 1000 < written < 60_000


def test_after_a_drop_the_picture_is_sent_in_full(writer: FrameWriter) -> None:
    ring = writer.ring(ROWS, COLUMNS)
    shown = picture(9)
    media_frame = MediaFrame(0, SILENCE, shown, NO_TURN, None, due=0.0)
    while ring.write(0, media_frame):
        pass
    got: list[MediaFrame] = []
    last: list[MediaFrame] = []
    reader = FrameReader(*writer.ends)
    reader.add(1, ring.region, ROWS, COLUMNS, last.append)
    threading.Thread(target=reader.run, daemon=True).start()  # empties the pipe: nothing is known of connection 0 yet
    while not ring.write(1, media_frame):
        pass
    while not last:  # what was written to connection 0 before has gone by
        pass
    reader.add(0, ring.region, ROWS, COLUMNS, got.append)
    ring.write(0, MediaFrame(1, SILENCE, picture(10), NO_TURN, None, due=0.0))
    while not got:
        pass
    assert int(got[0].frame[0, 0]) == 10


def test_regions_are_used_again(writer: FrameWriter) -> None:
    first, second = writer.ring(ROWS, COLUMNS), writer.ring(ROWS, COLUMNS)
    assert (first.region, second.region) == (0, 1)
    writer.free(0)
    assert writer.ring(ROWS, COLUMNS).region == 0


def test_nothing_is_written_after_the_end(writer: FrameWriter) -> None:
    ring = writer.ring(ROWS, COLUMNS)
    writer.close()
    assert not ring.write(0, MediaFrame(0, SILENCE, picture(1), NO_TURN, None, due=0.0))


def test_pictures_beyond_a_region_are_refused(writer: FrameWriter) -> None:
    with pytest.raises(BackendError, match="4096 × 4096"):
        writer.ring(4096 * 3 // 2, 4096)
