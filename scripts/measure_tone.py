"""How often a voice is said to sound subdued: ordinary voices near, quiet, far and in noise, and the same made subdued.

``FOLDER`` holds sound files and ``index.jsonl``, a line each: ``file``, ``voice``, ``text``, ``seconds``. Four turns of a voice
are made of it; the last two are judged, with none, one, two or three others before. ``--half 1`` takes the voices that nothing
was tuned on. Ends with one JSON object: said to sound subdued, of how many.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections import Counter
from pathlib import Path

import numpy as np

from talking_head.evaluate.listening import sounds
from talking_head.evaluate.listening.subdued import lively, subdued
from talking_head.listen.ear import Ear
from talking_head.listen.tone.prosody import Prosody
from talking_head.listen.tone.subdued import Habits, letters
from talking_head.listen.vad import SileroVad
from talking_head.media_files.sound import read_audio
from talking_head.types import F32, VOICE_RATE

TURNS = 4
LEVEL = 0.12  # RMS of a turn, about which it varies by 1.5 dB


def placed(pcm: F32, place: str, seed: int) -> F32:
    """``pcm`` f32[n] at 16 kHz as a microphone takes it."""
    line = np.concatenate([np.zeros(VOICE_RATE // 2, np.float32), pcm, np.zeros(VOICE_RATE // 3, np.float32)])
    wet = sounds.room(line, 3.0, seed) * 0.4 if place == "far" else line * 0.06 if place == "quiet" else line
    hiss = {"near": 5e-4, "quiet": 4e-4, "far": 0.002, "noise": 0.02}[place]
    return np.clip(wet + sounds.noise(len(line) / VOICE_RATE + 0.1, hiss, seed)[: len(line)], -1, 1).astype(np.float32)


def prosody(pcm: F32, vad: SileroVad) -> Prosody | None:
    """Of ``pcm`` f32[n] as one utterance."""
    vad.reset()
    ear = Ear(vad)
    ear.turns.held = True
    ear.push(pcm)
    ear.finish()
    return ear.prosody


def turns(folder: Path, rows: list[dict[str, str]]) -> list[tuple[int, F32]]:
    """Letters and sound of four turns of one voice, each of one sentence of 3 s or two shorter ones."""
    rng, out, waiting = np.random.default_rng(1), list[tuple[int, F32]](), list(rows)
    while waiting and len(out) < TURNS:
        said = [waiting.pop(0)]
        if float(said[0]["seconds"]) <= 3 and waiting:
            said.append(waiting.pop(0))
        pcm = np.concatenate([read_audio(folder / row["file"], VOICE_RATE) for row in said])
        loud = LEVEL / float(np.sqrt(np.square(pcm).mean())) * 10 ** (rng.normal(0, 1.5) / 20)
        out.append((sum(letters(row["text"]) for row in said), (pcm * loud).astype(np.float32)))
    return out


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--half", type=int, choices=(0, 1), help="Voices by the hash of their names: 0 was tuned on, 1 not.")
    asked = parser.parse_args()
    rows = [json.loads(line) for line in (asked.folder / "index.jsonl").read_text(encoding="utf-8").splitlines()]
    told, of, vad, heard = Counter[str](), Counter[str](), SileroVad(), 0
    for voice in sorted({row["voice"] for row in rows}):
        if asked.half is not None and int(hashlib.sha256(voice.encode()).hexdigest(), 16) % 2 != asked.half:
            continue
        said = turns(asked.folder, [row for row in rows if row["voice"] == voice])
        if len(said) < TURNS:
            continue
        heard += 1
        near = [(prosody(placed(pcm, "near", seed), vad), count) for seed, (count, pcm) in enumerate(said)]
        for seed in (TURNS - 2, TURNS - 1):
            count, pcm = said[seed]
            made = [("as it is", place, pcm) for place in ("near", "far", "quiet", "noise")]
            if seed == TURNS - 1:
                low = subdued(pcm, seed=seed)
                made += [("subdued", "near", low), ("subdued", "far", low), ("half subdued", "near", subdued(pcm, 0.5, seed))]
                made += [("lively", "near", lively(pcm))]
            for kind, place, line in made:
                found = prosody(placed(line, place, seed), vad)
                for before in range(TURNS):
                    habits = Habits()
                    for other in [turn for at, turn in enumerate(near) if at != seed][:before]:
                        habits.heard(*other)
                    name = f"{kind}, {place}, {before} before"
                    of[name] += 1
                    told[name] += habits.heard(found, count)
        print(voice, flush=True)
    print(json.dumps({"voices": heard} | {name: [told[name], of[name]] for name in of}, indent=1))


if __name__ == "__main__":
    main()
