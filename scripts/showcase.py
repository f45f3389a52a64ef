"""The pictures of the presenters in docs/: a sheet of six poses by six mouths, and presenters that speak.

python scripts/showcase.py sheet    docs/quality/presenters.jpg: warp and net, no picture chosen or retouched
python scripts/showcase.py speak    docs/NAME.webp of every presenter: a film of the product, made smaller
python scripts/showcase.py turn     how much of a turn MediaPipe finds in the drawn picture, as a line a presenter
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import av
import cv2
import numpy as np
from PIL import Image

from talking_head import registry
from talking_head.animator.gan import GanAnimator, GanAvatar
from talking_head.animator.warp.animator import WarpAvatar
from talking_head.evaluate.portraits.poses import held, mouth_shape, seen_turn
from talking_head.face import avatars
from talking_head.models import manifest
from talking_head.motion.space import MotionSpace
from talking_head.types import F32, U8

DOCS = Path(__file__).resolve().parents[1] / "docs"
PRESENTERS = ("clara", "marcus", "mei", "david")
POSES = ((0, 0, 0), (0, 15, 0), (0, -15, 0), (10, 0, 0), (-10, 0, 0), (3, 12, 8))  # pitch, yaw, roll in degrees
TURNS = ((0, 5, 0), (0, 15, 0), (0, -15, 0), (10, 0, 0), (-10, 0, 0), (0, 0, 8))
MOUTHS = (
    (0.0, 0.0),
    (0.025, 0.0),
    (0.09, 0.0),
    (0.20, 0.01),
    (0.05, 0.05),
    (0.04, -0.07),
)
CELL, CLOSE = 160, 220  # pixels
WORDS = {
    "clara": "Hello, I am Clara. Ask me anything, and I will answer, out loud and face to face.",
    "marcus": "Good evening. My name is Marcus, and this is what I look like when I speak.",
    "mei": "Hi, I am Mei. It is lovely to meet you. What would you like to talk about?",
    "david": "Hey, I am David! Give me a sentence, and I will say it for you.",
}
SIDE, EVERY, MOST = 400, 1, 3_000_000  # pixels, frames of 40 ms a picture, bytes of a file


def sheet() -> None:
    """Draw the sheet: a block of six by six for each presenter, poses downwards, mouths to the right."""
    space = MotionSpace.load(manifest.path("motion") / "space.safetensors")
    animator = GanAnimator()
    blocks, close = [], []
    for name in PRESENTERS:
        portrait = avatars.load_avatar(name, None, size=512)
        avatar = animator.prepare(portrait)
        rows = []
        for pose in POSES:
            worn = [held(mouth_shape(space, *mouth), pose) for mouth in MOUTHS]
            drawn = [animator.render_rgb(avatar, portrait.place(motion)[0]) for motion in worn]
            rows.append(np.hstack([cv2.resize(picture, (CELL, CELL), interpolation=cv2.INTER_AREA) for picture in drawn]))
        blocks.append(np.vstack(rows))
        close.append(_closeups(animator, avatar, space))
    whole = np.vstack([np.hstack(blocks[:2]), np.hstack(blocks[2:])])
    Image.fromarray(whole).save(DOCS / "quality" / "presenters.jpg", quality=85)
    Image.fromarray(np.vstack(close)).save(DOCS / "quality" / "closeups.jpg", quality=85)


def _closeups(animator: GanAnimator, avatar: GanAvatar, space: MotionSpace) -> U8:
    """The mouths and three stages of a blink, enlarged, side by side."""
    portrait = avatar.portrait
    unit = float(portrait.pose.scale)
    out = []
    for offsets, landmarks in (
        *((mouth_shape(space, *mouth), [61, 291, 13, 14]) for mouth in MOUTHS[1:]),
        *((np.float32(shut) * space.blink, [33, 133, 159, 145]) for shut in (0.4, 0.75, 1.0)),
    ):
        picture = animator.render_rgb(avatar, portrait.place(held(offsets))[0])
        x, y = portrait.points[landmarks, :2].mean(0)
        reach = (0.5 if landmarks[0] == 61 else 0.32) * unit
        matrix = np.array([[2 * reach / CLOSE, 0, x - reach], [0, 2 * reach / CLOSE, y - reach]], np.float32)
        flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
        out.append(cv2.warpAffine(picture, matrix, (CLOSE, CLOSE), flags=flags, borderMode=cv2.BORDER_REPLICATE))
    return np.asarray(np.hstack(out), np.uint8)


def turn(name: str) -> str:
    """Share of each of :data:`TURNS` that the detector finds in ``name``'s picture (the warp alone), against its picture
    at rest.
    """
    portrait = avatars.load_avatar(name, None, size=512)
    avatar, landmarker = WarpAvatar(portrait), registry.build("landmarks", "mediapipe")

    def found(pose: tuple[int, int, int]) -> F32:
        points: F32 = landmarker.detect(avatar.warp_rgb(portrait.place(held(pose=pose))[0]))[0]
        return points

    rest, shares = found((0, 0, 0)), []
    for pose in TURNS:
        axis = int(np.abs(pose).argmax())
        shares.append(seen_turn(rest, found(pose), portrait.neutral)[axis] / pose[axis])
    return f"{name:8}" + "".join(f"{share:10.3f}" for share in shares)


def speak(name: str) -> None:
    """Have a presenter say its sentence, and keep the film as an animated WebP of at most 3 MB."""
    with tempfile.TemporaryDirectory() as folder:
        film = Path(folder) / "film.mp4"
        command = [sys.executable, "-m", "talking_head.cli.main", "say", WORDS[name], "--avatar", name, "-o", str(film)]
        subprocess.run(command, check=True)
        with av.open(str(film)) as container:
            frames: list[U8] = [np.asarray(f.to_ndarray(format="rgb24"), np.uint8) for f in container.decode(video=0)]
    small = [Image.fromarray(cv2.resize(f, (SIDE, SIDE), interpolation=cv2.INTER_AREA)) for f in frames[::EVERY]]
    target = DOCS / f"{name}.webp"
    for quality in (80, 70, 60, 50, 40):
        small[0].save(target, save_all=True, append_images=small[1:], duration=40 * EVERY, loop=0, quality=quality, method=4)
        if target.stat().st_size <= MOST:
            return
    raise SystemExit(f"{target} has more than {MOST} bytes.")


if __name__ == "__main__":
    if sys.argv[1:] == ["sheet"]:
        sheet()
    elif sys.argv[1:2] == ["speak"]:
        for each in sys.argv[2:] or PRESENTERS:
            speak(each)
    elif sys.argv[1:2] == ["turn"]:
        print("pitch, yaw, roll: ", *TURNS)
        for each in sys.argv[2:] or PRESENTERS:
            print(turn(each), flush=True)
    else:
        raise SystemExit(__doc__)
