"""Folder of talking videos → folder of prepared clips (``clipfile.py``), an index with hashes, and a count of what was wrong.

Each picture is brought to 25 fps by its time stamp, each sample of sound to 48 kHz by its own, so that a late or early track
stays late or early by exactly as much as a player would show. The face is found in every picture by itself: a tracker
would smooth, and smoothing is lag.
"""

from __future__ import annotations

import itertools
import json
import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from talking_head.audio.mel import log_mel
from talking_head.errors import InputError, TalkingHeadError
from talking_head.face import upright
from talking_head.face.photo import lying
from talking_head.face.space import fit_pose, template, to_face, vector_from_rotation
from talking_head.media_files.sound import levelled, read_sound
from talking_head.media_files.video import VIDEO_ENDINGS, At, read_pictures, untold
from talking_head.motion.measures import eye_gap, lip_gap
from talking_head.protocols import Landmarker
from talking_head.train.corpus import clipfile
from talking_head.train.corpus.clipfile import PreparedClip
from talking_head.train.corpus.tracks import TRACK, even, person_of, read_track, sound_beside
from talking_head.types import F32, FPS, FRAME_TICKS, LANDMARKS, U8

MIN_FRAMES = 25  # a second of good pictures, else there is nothing to learn from
_GAP_FRAMES = 3  # a face lost for this long is interpolated; longer is a hole
_JUMP = 0.25  # a face that moves by more of its eye distance from one frame to the next did not move: it is another
_CUT = 0.5  # histogram distance (Bhattacharyya) of two pictures in a row that no face movement makes
_SILENT = 10 ** (-60 / 20)
_MIN_EYES_PX = 30.0  # outer eye corners closer than this: the lips are a few pixels, nothing can be measured


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one video: ``problems`` counts frames (or 1 a clip) by reason; ``kept`` says whether a file was
    written."""

    name: str
    kept: bool
    frames: int
    valid: int
    sha256: str
    person: str
    problems: dict[str, int]


def videos(folder: Path, *, tracks: bool = False) -> list[Path]:
    """Every video under ``folder``, sorted, behind links too; ``tracks``: and every landmark track that has no video beside it
    (see ``tracks.py``). Raises InputError when there is none."""
    if not folder.is_dir():
        raise InputError(f"There is no folder {folder}.")
    found: list[Path] = []
    seen: set[str] = set()
    for path, folders, files in os.walk(folder, followlinks=True):
        if (real := os.path.realpath(path)) in seen:  # a link that leads back up
            folders.clear()
            continue
        seen.add(real)
        here = [p for p in map(Path(path).joinpath, files) if p.suffix.lower() in VIDEO_ENDINGS and p.is_file()]
        if tracks:
            shown = {p.stem for p in here}
            here += [p for p in map(Path(path).joinpath, files) if p.suffix == TRACK and p.stem not in shown]
        found += here
    found.sort()
    if not found:
        raise InputError(f"{folder} holds no video ({', '.join(sorted(VIDEO_ENDINGS))}).")
    return found


def track_faces(pictures: Iterator[U8], landmarker: Landmarker) -> tuple[F32, NDArray[np.bool_], Counter[str], tuple[int, int]]:
    """Landmarks of the one face: f32[T, 478, 3], bool[T] where they can be trusted, why not, and (height, width).

    Raises InputError if the face lies on its side or stands on its head: a mesh fits it then, too, and would teach nonsense.
    """
    found: list[F32 | None] = []
    problems: Counter[str] = Counter()
    histogram: NDArray[Any] | None = None
    cuts: list[int] = []
    size = (0, 0)
    for index, picture in enumerate(pictures):
        size = picture.shape[:2]
        small = cv2.resize(picture, (64, 64), interpolation=cv2.INTER_AREA)
        now = cv2.calcHist([small], [0, 1, 2], None, [6, 6, 6], [0, 256] * 3)
        if histogram is not None and cv2.compareHist(histogram, now, cv2.HISTCMP_BHATTACHARYYA) > _CUT:
            cuts.append(index)
        histogram = now
        faces = landmarker.detect(picture)
        if len(faces) > 1 and _width(faces[1]) > 0.5 * _width(faces[0]):  # a small one behind is a picture on the wall
            problems["two faces"] += 1
            found.append(None)
        elif not faces:
            problems["no face"] += 1
            found.append(None)
        elif _width(faces[0]) < _MIN_EYES_PX:
            problems["face too small"] += 1
            found.append(None)
        else:
            first = not any(face is not None for face in found)
            if first and upright.score(picture, faces[0]) < -0.5 and lying(picture, landmarker):
                raise InputError("The face lies on its side or is upside down in this video. Turn the video, then retry.")
            found.append(faces[0])
    points, valid = fill_gaps(found)
    for index in cuts:
        problems["cut"] += 1
        valid[max(0, index - 1) : index + 1] = False
    seen = np.flatnonzero(valid)
    for before, after in itertools.pairwise(seen):
        step = np.linalg.norm(points[after, [33, 263], :2] - points[before, [33, 263], :2], axis=1).mean()
        if after == before + 1 and step > _JUMP * _width(points[before]):
            problems["jump"] += 1
            valid[before : after + 1] = False
    return points, valid, problems, size


def _tracked(path: Path) -> tuple[F32, NDArray[np.bool_], Counter[str], tuple[int, int]]:
    """As :func:`track_faces`, of a track that was measured elsewhere."""
    track = read_track(path)
    found = [None if np.isnan(face).any() else face for face in even(track.points, track.fps)]
    problems = Counter({"no face": missed} if (missed := sum(face is None for face in found)) else {})
    points, valid = fill_gaps(found)
    return points, valid, problems, (track.size[1], track.size[0])


def fill_gaps(found: list[F32 | None]) -> tuple[F32, NDArray[np.bool_]]:
    """Interpolate holes of up to three frames; longer ones repeat the last face and are marked False."""
    points = np.zeros((len(found), LANDMARKS, 3), np.float32)
    valid = np.array([face is not None for face in found], bool)
    seen = np.flatnonzero(valid)
    if len(seen) == 0:
        return points, valid
    for i in range(len(found)):
        face = found[i]
        if face is not None:
            points[i] = face
            continue
        left, right = seen[seen < i], seen[seen > i]
        if len(left) and len(right):
            a, b = int(left[-1]), int(right[0])
            w = (i - a) / (b - a)
            points[i] = (1 - w) * np.asarray(found[a]) + w * np.asarray(found[b])
            valid[i] = b - a - 1 <= _GAP_FRAMES
        else:
            points[i] = found[int(left[-1] if len(left) else right[0])]
    return points, valid


def normalise(points: F32, valid: NDArray[np.bool_]) -> tuple[F32, F32]:
    """Pose of every frame f32[T, 7] and the person's neutral face f32[478, 3].

    Two rounds: poses against the template give a first neutral; poses against that neutral fit the person's own bones, so that
    less of the identity leaks into the motion. Neutral: median of the frames in which the mouth is most closed and the
    eyes are open.
    """
    reference = template()
    for _ in range(2):
        faces = np.stack([to_face(p, fit_pose(p, reference)) for p in points])
        neutral = neutral_of(faces[valid])
        reference = neutral
    poses = [fit_pose(p, reference) for p in points]
    pose = np.stack([[*vector_from_rotation(p.rotation), *p.translation, p.scale] for p in poses]).astype(np.float32)
    return pose, neutral


def neutral_of(faces: F32) -> F32:
    """The closed-mouth, open-eyed face f32[478, 3] of ``faces`` f32[T, 478, 3] (already in face space)."""
    eyes = eye_gap(faces)
    awake = faces[eyes >= 0.8 * np.median(eyes)]
    gap = lip_gap(awake)
    # Some people rest with parted lips, so "most frames" says nothing: only the smallest gaps of the clip are a closed mouth.
    closed = awake[gap <= max(gap.min() + 0.006, np.sort(gap)[min(4, len(gap) - 1)])]
    neutral: F32 = np.median(closed, axis=0).astype(np.float32)
    return neutral


def read_words(path: Path) -> tuple[tuple[float, float, str], ...]:
    """Word timings of GRID (`start end word`, 1/25 000 s) → (start frame, end frame, word)."""
    words = []
    for line in path.read_text().splitlines():
        start, end, word = line.split()
        words.append((int(start) / 1000, int(end) / 1000, word))
    return tuple(words)


def prepare_clip(
    video: Path,
    name: str,
    person: str,
    landmarker: Landmarker,
    align: Path | None,
    *,
    silent: bool = False,
    at: At = untold,
) -> tuple[PreparedClip | None, Counter[str]]:
    """One video or track → its prepared clip (None when it is useless) and what was wrong with it.

    ``silent``: a video without sound is of use too; its clip has silence. ``at`` hears how far it was read.
    """
    sound: Path | None = video
    if video.suffix == TRACK:
        points, valid, problems, (height, width) = _tracked(video)
        sound = sound_beside(video)
    else:
        points, valid, problems, (height, width) = track_faces(read_pictures(video, at=at), landmarker)
    if valid.sum() < MIN_FRAMES:
        problems["clip dropped: under 1 s of one steady face"] = 1
        return None, problems
    pcm = None if sound is None else read_sound(sound, len(points) * FRAME_TICKS)
    if pcm is None or not heard(pcm):
        if not silent:
            problems["clip dropped: no sound"] = 1
            return None, problems
        pcm = np.zeros(len(points) * FRAME_TICKS, np.float32)
    else:
        pcm = levelled(pcm)  # as loud as everything that is heard when serving
    pose, neutral = normalise(points, valid)
    words: tuple[tuple[float, float, str], ...] = ()
    if align is not None and align.is_file():
        words = read_words(align)
    clip = PreparedClip(name, person, width, height, points, valid, pose, neutral, log_mel(pcm), pcm, words)
    return clip, problems


def heard(pcm: F32) -> bool:
    """Whether there is sound at all in ``pcm`` f32[n]."""
    return float(np.sqrt(np.mean(np.square(pcm)))) >= _SILENT


def clip_name(video: Path, root: Path) -> str:
    """ "folder/name" of a video, whichever level of folders ``root`` is."""
    # Absolute, but where it was found: a link to a video elsewhere belongs to the folder that holds the link.
    return Path(os.path.abspath(video)).relative_to(Path(os.path.abspath(root)).parent).with_suffix("").as_posix()


def clip_path(out: Path, name: str) -> Path:
    """Where the dataset ``out`` keeps the clip ``name``: the folder that all clips share is left out."""
    return out / f"{name.partition('/')[2]}.safetensors"


def prepare_one(video: Path, root: Path, out: Path, landmarker: Landmarker, people: str = "folder") -> Outcome:
    """Prepare ``video`` of the folder ``root`` into ``out``; a broken video is an outcome, not an exception."""
    name = clip_name(video, root)
    folder = name.rpartition("/")[0]
    person = {"clip": name, "name": f"{folder}/{person_of(video)}"}.get(people, folder)
    try:
        clip, problems = prepare_clip(video, name, person, landmarker, _align_file(video))
    except TalkingHeadError as error:
        return Outcome(name, False, 0, 0, "", person, {f"clip dropped: unreadable ({error})": 1})
    if clip is None:
        return Outcome(name, False, 0, 0, "", person, dict(problems))
    digest = clipfile.save(clip, clip_path(out, name))
    return Outcome(name, True, len(clip.points), int(clip.valid.sum()), digest, person, dict(problems))


def _align_file(video: Path) -> Path | None:
    """GRID keeps word timings in ../align/FOLDER/NAME.align; beside the video works too."""
    for path in (video.with_suffix(".align"), video.parent.parent / "align" / video.parent.name / f"{video.stem}.align"):
        if path.is_file():
            return path
    return None


def _width(points: F32) -> float:
    """Distance of the outer eye corners in pixels."""
    return float(np.linalg.norm(points[263, :2] - points[33, :2]))


class Index:
    """``index.json`` of a dataset: one entry a video, written after every clip, so that a killed run goes on where it was."""

    def __init__(self, out: Path) -> None:
        self.path = out / "index.json"
        self.entries: dict[str, dict[str, Any]] = {}
        if self.path.is_file():
            self.entries = json.loads(self.path.read_text())["clips"]

    def done(self, video: Path, root: Path) -> bool:
        """Whether ``video`` is prepared already, from a file of the same size and time."""
        entry = self.entries.get(clip_name(video, root))
        return entry is not None and entry["source"] == _stamp(video)

    def add(self, outcome: Outcome, video: Path) -> None:
        """Note an outcome and write the index."""
        entry = {"kept": outcome.kept, "frames": outcome.frames, "valid": outcome.valid, "sha256": outcome.sha256}
        self.entries[outcome.name] = {**entry, "person": outcome.person, "problems": outcome.problems, "source": _stamp(video)}
        self.write()

    def write(self) -> None:
        """Write the file, whole or not at all."""
        part = self.path.with_suffix(".part")
        part.write_text(
            json.dumps({"format": clipfile.FORMAT, "fps": FPS, "clips": dict(sorted(self.entries.items()))}, indent=1)
        )
        part.replace(self.path)


def _stamp(video: Path) -> list[int]:
    stat = video.stat()
    return [stat.st_size, stat.st_mtime_ns]


def prepare_folder(
    root: Path,
    out: Path,
    *,
    jobs: int,
    make_landmarker: Callable[[], Landmarker],
    tick: Callable[[int, int], None],
    people: str = "folder",
    tracks: bool = False,
    wanted: Callable[[Path], bool] = lambda _: True,
) -> Index:
    """Prepare every video (``tracks``: and landmark track) under ``root`` that ``out`` does not hold yet, with ``jobs``
    processes; ``tick(done, of)`` after each.

    ``people`` "folder": all clips of a folder show one person; "clip": each shows somebody else; "name": those whose names
    differ by the number at their end show one. ``wanted`` leaves out videos.
    """
    from concurrent.futures import ProcessPoolExecutor, as_completed
    from multiprocessing import get_context

    found = [video for video in videos(root, tracks=tracks) if wanted(video)]
    if not found:
        raise InputError(f"{root} holds no video that is wanted here: all of them are on the training list.")
    out.mkdir(parents=True, exist_ok=True)
    index = Index(out)
    todo = [video for video in found if not index.done(video, root)]
    done = len(found) - len(todo)
    tick(done, len(found))
    if jobs <= 1:
        landmarker = make_landmarker() if todo else None
        for video in todo:
            assert landmarker is not None
            index.add(prepare_one(video, root, out, landmarker, people), video)
            done += 1
            tick(done, len(found))
        return index
    with ProcessPoolExecutor(
        jobs, mp_context=get_context("spawn"), initializer=_start_worker, initargs=(make_landmarker,)
    ) as pool:
        futures = {pool.submit(_work, video, root, out, people): video for video in todo}
        for future in as_completed(futures):
            index.add(future.result(), futures[future])
            done += 1
            tick(done, len(found))
    return index


_landmarker: Landmarker | None = None


def _start_worker(make_landmarker: Callable[[], Landmarker]) -> None:
    global _landmarker
    cv2.setNumThreads(1)
    _landmarker = make_landmarker()


def _work(video: Path, root: Path, out: Path, people: str) -> Outcome:
    assert _landmarker is not None
    return prepare_one(video, root, out, _landmarker, people)
