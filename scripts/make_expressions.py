"""Makes talking_head/motion/performance/expressions.safetensors: FOLDER of photographs, FOLDER of tracks (.npz: landmarks,
blendshapes, names, as MediaPipe gives them). The shipped file rests on 838 photographs (official portraits of the US
Government Printing Office, public domain; synthetic faces of SFHQ, MIT) and on tracks of ten speakers in official addresses,
public domain."""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import mediapipe as mp
import numpy as np
from mediapipe.tasks.python import BaseOptions, vision
from safetensors.numpy import save_file

from talking_head.models import manifest
from talking_head.train.motion.expressions import both_sides, directions, expressions, faces

OUT = Path(__file__).resolve().parents[1] / "talking_head/motion/performance/expressions.safetensors"


def photographs(folder: Path) -> dict[str, np.ndarray]:
    """Directions across the faces of all pictures in ``folder``."""
    model = next(Path(manifest.path("face-landmarker")).rglob("*.task"))
    options = vision.FaceLandmarkerOptions(base_options=BaseOptions(model_asset_path=str(model)), output_face_blendshapes=True)
    points, scores, names = [], [], []
    with vision.FaceLandmarker.create_from_options(options) as landmarker:
        for path in sorted(folder.rglob("*")):
            picture = cv2.imread(str(path)) if path.suffix.lower() in (".jpg", ".jpeg", ".png") else None
            if picture is None:
                continue
            rgb = np.ascontiguousarray(picture[..., ::-1])
            found = landmarker.detect(mp.Image(image_format=mp.ImageFormat.SRGB, data=rgb))
            if found.face_landmarks:
                height, width = rgb.shape[:2]
                points.append([[p.x * width, p.y * height, p.z * width] for p in found.face_landmarks[0]])
                scores.append([unit.score for unit in found.face_blendshapes[0]])
                names = [unit.category_name for unit in found.face_blendshapes[0]]
    print(f"{len(points)} faces")
    return directions(faces(np.array(points, np.float32)), both_sides(np.array(scores, np.float32), names))


def tracks(folder: Path) -> dict[str, np.ndarray]:
    """Directions within each speaker of the tracks in ``folder``."""
    moved, scores = [], []
    for path in sorted(folder.glob("*.npz")):
        box = np.load(path)
        seen = ~np.isnan(box["landmarks"][:, 0, 0])
        if seen.sum() < 60:
            continue
        moved.append(faces(box["landmarks"][seen].astype(np.float32)))
        units = both_sides(box["blendshapes"][seen].astype(np.float32), [str(name) for name in box["names"]])
        scores.append({name: column - column.mean() for name, column in units.items()})
    return directions(np.concatenate(moved), {name: np.concatenate([s[name] for s in scores]) for name in scores[0]})


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("python scripts/make_expressions.py PHOTOGRAPHS TRACKS")
    save_file(expressions(photographs(Path(sys.argv[1])), tracks(Path(sys.argv[2]))), OUT)
    print(OUT)
