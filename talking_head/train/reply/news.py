"""How good news are, learned from some hundred lines: the line through the reply model's layers that ``reply/openvino/news.py``
hears with.

``python -m talking_head.train.reply.news [FOLDER]`` reads every line of ``dialogues/news.txt`` in chats of several presenters,
as a session would, fits the line, says how well it tells lines that it did not learn from, and writes it: two minutes of a
core. FOLDER holds a model of one's own, which gets the line beside its weights; without, the shipped model's is made anew.
Needed once the model, the layers or the lines have changed.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

from talking_head.evaluate.reply.rules import Prompt
from talking_head.models import manifest
from talking_head.reply.chat import Prompts
from talking_head.reply.openvino.converted import ConvertedModel
from talking_head.reply.openvino.net import HEARD, OpenVinoNet
from talking_head.reply.openvino.news import CLASSES, LINE, OWN, fingerprint
from talking_head.types import F32

LINES = Path(__file__).parent / "dialogues" / "news.txt"
MODEL = "smollm2-135m-presenter"
DECAY = 1e-3  # of squared weights of features with spread 1/√d
FOLDS, STEPS, SURE = 8, 400, 0.65  # sure: as in a session
_PRESENTERS = (
    ("Clara", "who welcomes visitors and answers their questions"),
    ("Walter", "who advises hikers in a shop for outdoor gear"),
    ("Ida", "a tutor of English"),
)
_CHATS: tuple[tuple[tuple[str, str], ...], ...] = (
    (),
    (("Hello, who are you?", "I am here to help. What would you like to know?"),),
    (("How are you?", "I am fine, thank you."), ("What do you do here?", "I answer questions.")),
)


def lines(file: Path = LINES) -> tuple[list[str], np.ndarray[tuple[int], np.dtype[np.int64]]]:
    """The texts of ``file`` (“good: …” a line), and the class of each: its place in ``CLASSES``."""
    rows = [line.partition(": ") for line in file.read_text(encoding="utf-8").splitlines() if line]
    return [text for _, _, text in rows], np.array([CLASSES.index(label) for label, _, _ in rows])


def heard(texts: Sequence[str], folder: Path) -> F32:
    """What the model in ``folder`` hears in each of ``texts``, f32[n, d]: in chats of several presenters in turn."""
    prompts, net = Prompts(folder), OpenVinoNet(ConvertedModel(folder))
    out, known = [], dict[tuple[int, ...], list[F32]]()
    for number, text in enumerate(texts):
        name, job = _PRESENTERS[number % len(_PRESENTERS)]
        asked = Prompt(
            kind="news", name=name, job=job, chat=_CHATS[number // len(_PRESENTERS) % len(_CHATS)], ask=text
        ).messages()
        prompt, run = prompts.before_answer(asked, 2048).ids, net.run()
        begun = tuple(prompts.up_to_question(asked[:-1]).ids)
        if begun not in known:
            run.read(begun)
            known[begun] = run.states()
        if tuple(prompt[: len(begun)]) == begun:
            run.restore(begun, known[begun])
        else:
            run.clear()
        run.read(prompt[len(run.tokens) :])
        out.append(run.heard)
    return np.stack(out)


def fitted(features: F32, classes: np.ndarray[tuple[int], np.dtype[np.int64]]) -> F32:
    """The line f32[d + 1, 3] of softmax regression with :data:`DECAY`, by accelerated gradients (Nesterov 1983)."""
    mean, spread = features.mean(0), features.std(0) + 1e-6
    scale = 1 / (spread * np.sqrt(features.shape[1]))
    x = np.hstack([(features - mean) * scale, np.ones((len(features), 1))]).astype(np.float64)
    wanted, decay = np.eye(len(CLASSES))[classes], np.append(np.full(features.shape[1], DECAY), 0.0)[:, None]
    pace = 1 / (0.5 * np.linalg.norm(x.T @ x / len(x), 2) + DECAY)
    line = ahead = np.zeros((x.shape[1], len(CLASSES)))
    momentum = 1.0
    for _ in range(STEPS):
        new = ahead - pace * (x.T @ (shares(x, ahead) - wanted) / len(x) + decay * ahead)
        later = (1 + np.sqrt(1 + 4 * momentum**2)) / 2
        ahead, line, momentum = new + (momentum - 1) / later * (new - line), new, later
    weights = line[:-1] * scale[:, None]
    return np.vstack([weights, line[-1] - mean @ weights]).astype(np.float32)


def shares(x: np.ndarray, line: np.ndarray) -> np.ndarray:
    """Probabilities [n, 3] of the classes for ``x`` [n, d + 1], the last column of which is 1."""
    logits = x @ line
    made = np.exp(logits - logits.max(1, keepdims=True))
    return np.asarray(made / made.sum(1, keepdims=True))


def recipe() -> str:
    """Tells what a line was learned by: texts, the chats around them, where the model is listened to, and how it is fitted."""
    told = repr((_PRESENTERS, _CHATS, HEARD, DECAY, STEPS)).encode()
    return hashlib.sha256(LINES.read_bytes() + told).hexdigest()


def main() -> None:
    """Learn, judge by folds of lines that were left out, write."""
    texts, classes = lines()
    folder = Path(sys.argv[1]) if sys.argv[1:] else manifest.folder_of(MODEL)
    target = folder / OWN if sys.argv[1:] else LINE
    features = heard(texts, folder)
    fold = np.random.default_rng(0).permutation(len(texts)) % FOLDS
    told = np.zeros((len(texts), len(CLASSES)))
    for number in range(FOLDS):
        learned, left = np.flatnonzero(fold != number), np.flatnonzero(fold == number)
        line = fitted(features[learned], classes[learned])
        told[left] = shares(np.hstack([features[left], np.ones((len(left), 1))]), line)
    sure, bad, good = told > SURE, CLASSES.index("bad"), CLASSES.index("good")
    wrong = sure[classes == bad, good].sum(), sure[classes == good, bad].sum(), sure[classes == 1][:, [bad, good]].sum()
    print(
        f"{len(texts)} lines: {(told.argmax(1) == classes).mean():.1%} right; sure of {sure[classes == good, good].mean():.0%} "
        f"of good and {sure[classes == bad, bad].mean():.0%} of bad news, wrongly of {wrong[0]} bad and {wrong[1]} good ones, "
        f"and of {wrong[2]} that are neither"
    )
    save_file({"line": fitted(features, classes), "of": fingerprint(ConvertedModel(folder))}, target, {"by": recipe()})
    print(f"{target}")


if __name__ == "__main__":
    main()
