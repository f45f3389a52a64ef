"""The path of a researcher, as ``docs/training.md`` draws it: twelve clips, every training killed and resumed, judged, used.

The commands are read from the page; only budgets are added here. The clips are films of the shipped presenters.
"""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import av
import pytest
from safetensors import safe_open
from typer.testing import CliRunner

from talking_head import config as configuration
from talking_head import registry
from talking_head.audio.pcm import loudness
from talking_head.cli.main import app
from talking_head.film.cast import Cast
from talking_head.film.producer import make
from talking_head.film.spec import read_spec
from talking_head.media_files.sound import read_audio
from talking_head.train.animator.state import read_state
from talking_head.types import Message
from tests.paths import ROOT
from tests.serving import serving
from tests.unit.train.reply.models import some_chats, write_chats, write_model

pytestmark = [pytest.mark.models, pytest.mark.timeout(900)]

PAGE = ROOT / "docs" / "training.md"
SECTION = "Twelve clips, from start to end"
PEOPLE = {"videos": ("clara", "david", "marcus"), "others": ("mei",)}
SENTENCES = ("Please come in.", "The bus is full.", "Maybe we are wrong.")
LONG = (
    "Good morning, and welcome to the museum. We open at nine, and the last visitors leave at five. The café is on the first "
    "floor, beside the big staircase. Please leave your bags at the door. My favourite room is the one with the old maps, "
    "and above all the map of the moon."
)
# What keeps a command short, by its first words; an option that stands on the page, too, counts as it is given here.
KILLED = ("--save-every", "0")
BUDGETS: dict[str, tuple[str, ...]] = {
    "train motion": ("--sway-steps", "3", *KILLED),
    "evaluate motion": ("--sentences", "0"),
    "train animator": ("--batch", "2", "--calibration", "32", "--start", "shipped", *KILLED),
    "prepare chats": ("--base", "base"),
    "train reply": ("--base", "base", "--epochs", "60", "--tokens", "100", "--rank", "4", "--layers", "2", *KILLED),
    "evaluate reply": ("--prompts", "prompts.toml"),
    "twin train": ("--minutes", "0.02"),
    "say": ("--size", "256"),
}
PROMPTS = '[[prompt]]\nkind = "persona"\nname = "Mia"\nask = "Who are you?"\nmust = ["Mia"]\n'


def commands() -> list[list[str]]:
    """The commands of the page's section."""
    section = PAGE.read_text("utf-8").partition(f"## {SECTION}\n")[2].partition("\n## ")[0]
    lines = "\n".join(re.findall(r"```sh\n(.*?)```", section, re.DOTALL)).splitlines()
    found = [shlex.split(line, comments=True) for line in lines]
    assert all(words[0] == "talking-head" for words in found if words)
    return [words[1:] for words in found if words]


class Walk:
    """A researcher's folder, and what each command of the page said there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.said: dict[str, str] = {}

    def command(self, *first: str, resume: bool = False) -> list[str]:
        """The one command that begins with ``first``, with its budget."""
        (words,) = (w for w in commands() if tuple(w[: len(first)]) == first and ("--resume" in w) == resume)
        return [*words, *BUDGETS.get(" ".join(words[:2]), BUDGETS.get(words[0], ()))]

    def run(self, *first: str, resume: bool = False, more: Sequence[str] = ()) -> str:
        """Run that command to its end; what it said."""
        words = [*self.command(*first, resume=resume), *more]
        done = CliRunner().invoke(app, words)
        assert done.exit_code == 0, f"{shlex.join(words)}\n{done.output}\n{done.exception!r}"
        return done.stdout

    def killed(self, *first: str, step: Callable[[Path], int], state: str) -> int:
        """Run that command until it has saved its ``state`` after some steps, and kill it there; the step saved."""
        file = self.folder / state
        with (self.folder / "killed.txt").open("w+") as out:
            words = [sys.executable, "-m", "talking_head.cli.main", *self.command(*first)]
            running = subprocess.Popen(words, cwd=self.folder, stdout=out, stderr=subprocess.STDOUT)
            try:
                while not (file.is_file() and step(file) >= 2):
                    assert running.poll() is None, (self.folder / "killed.txt").read_text("utf-8")
                    time.sleep(0.05)
            finally:
                running.kill()
                running.wait()
        return step(file)


def safetensors_step(state: Path) -> int:
    """Steps done by a run of motion or reply."""
    with safe_open(state, "np") as file:
        return int(file.metadata()["step"])


def animator_step(state: Path) -> int:
    """Steps done by a run of the animator."""
    return int(read_state(state)[0]["step"])


def toml_of(said: str) -> str:
    """The lines for a configuration that a training ends with."""
    return said.partition("with:\n\n")[2].partition("\n{")[0].strip() + "\n"


def film_of(file: Path) -> tuple[int, int]:
    """Pictures and lines of a film that is heard."""
    assert loudness(read_audio(file)) > -30
    with av.open(str(file)) as film:
        return sum(1 for _ in film.decode(video=0)), film.streams.video[0].height


@pytest.fixture(scope="module")
def walk(models: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    """Twelve clips of four people, a long one, chats and a tiny chat model, where the commands run."""
    folder, home = tmp_path_factory.mktemp("walk"), tmp_path_factory.mktemp("home")
    (home / "models").symlink_to(models / "models")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TALKING_HEAD_HOME", str(home))
        patch.setenv("PYTHONPATH", str(ROOT))
        patch.chdir(folder)
        cast = Cast(configuration.load(None))

        def film(out: Path, name: str, person: str, text: str, seed: int = 0) -> None:
            out.mkdir(parents=True, exist_ok=True)
            told: dict[str, Any] = {"text": text, "presenter": person, "lines": 256, "seed": seed, "poster": False}
            spec = read_spec(told | {"captions": {"files": False}})
            make(spec, {}, cast, folder / "scratch" / f"{person}-{name}", out, name=name)

        for top, people in PEOPLE.items():
            for person in people:
                for number, text in enumerate(SENTENCES):
                    film(folder / top / person, str(number), person, text, number)
        film(folder, "me", "mei", LONG)
        write_model(folder / "base")
        write_chats(folder / "chats.jsonl", some_chats())
        (folder / "prompts.toml").write_text(PROMPTS, encoding="utf-8")
        yield Walk(folder)


@pytest.fixture(scope="module")
def prepared(walk: Walk) -> str:
    return walk.run("prepare", "videos/", more=["--json"])


@pytest.fixture(scope="module")
def motion(walk: Walk, prepared: str) -> tuple[int, str]:
    """The step at which the training of motion was killed, and what the resumed one said."""
    at = walk.killed("train", "motion", state="motion/mouth.safetensors", step=safetensors_step)
    return at, walk.run("train", "motion", resume=True, more=["--steps", str(at + 20), "--json"])


@pytest.fixture(scope="module")
def animator(walk: Walk, prepared: str) -> tuple[int, str]:
    """As ``motion``, of the animator."""
    at = walk.killed("train", "animator", state="run/state.npz", step=animator_step)
    return at, walk.run("train", "animator", resume=True, more=["--steps", str(at + 2), "--json"])


@pytest.fixture(scope="module")
def reply(walk: Walk) -> tuple[int, str]:
    """As ``motion``, of the reply model."""
    at = walk.killed("train", "reply", state="reply/state.safetensors", step=safetensors_step)
    return at, walk.run("train", "reply", resume=True, more=["--minutes", "0.02", "--json"])


@pytest.fixture(scope="module")
def twin(walk: Walk) -> str:
    """What the training of a twin said."""
    return walk.run("twin", "train", more=["--json"])


def last_json(said: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(said.splitlines()[-1])
    return found


def test_every_command_of_the_page_is_walked() -> None:
    firsts = [" ".join(w for w in words[:2] if w.isalpha()) for words in commands()]
    walked = "prepare; prepare chats; train motion; train animator; train reply; twin train; say; serve; "
    walked += "evaluate motion; evaluate animator; evaluate reply"
    assert sorted(set(firsts)) == sorted(walked.split("; "))


def test_twelve_clips_are_prepared(walk: Walk, prepared: str) -> None:
    assert len([*walk.folder.glob("videos/*/*.mp4"), *walk.folder.glob("others/*/*.mp4")]) == 12
    figures = last_json(prepared)
    assert (figures["clips"], figures["dropped"], figures["people"]) == (9, 0, 3)
    assert len([*(walk.folder / "prepared").rglob("*.safetensors")]) == 9


def test_movement_is_trained_killed_resumed_and_judged(walk: Walk, motion: tuple[int, str]) -> None:
    at, said = motion
    assert f"move: going on from step {at}\n" in said
    assert last_json(said)["steps"] == at + 20
    uses = json.loads((walk.folder / "motion" / "split.json").read_text("utf-8"))
    assert sorted(uses.values()) == ["known", *["train"] * 8]
    assert {file.name for file in (walk.folder / "motion").iterdir()} >= {"log.csv", "split.json", "weights"}
    figures = last_json(walk.run("evaluate", "motion", more=["--json"]))
    assert figures["table"]["known"]["trained"]["clips"] == 1
    assert figures["table"]["known"]["trained"]["lmd_px"] > 0
    assert (walk.folder / "plots" / "motion.png").is_file()


def test_the_animator_is_trained_killed_resumed_and_judged(walk: Walk, animator: tuple[int, str]) -> None:
    at, said = animator
    assert f"going on from step {at}\n" in said
    assert last_json(said)["step"] == at + 2
    names = {file.name for file in (walk.folder / "run").iterdir()}
    assert names >= {"state.npz", "crops.npz", "losses.csv", "losses.png", "sheet_last.jpg", "weights"}
    figures = last_json(walk.run("evaluate", "animator", more=["--json", "--limit", "1"]))
    assert figures["unseen"]["frames"] > 0
    assert figures["unseen"]["psnr"] > 20
    assert (walk.folder / "sheets" / "animator.jpg").is_file()


def test_the_reply_model_is_trained_killed_resumed_and_judged(walk: Walk, reply: tuple[int, str]) -> None:
    assert "train: " in walk.run("prepare", "chats")
    at, said = reply
    assert f"going on from step {at}\n" in said
    assert last_json(said)["steps"] > at
    names = {file.name for file in (walk.folder / "reply").iterdir()}
    assert names >= {"log.csv", "answers.md", "adapter", "model"}
    assert "perplexity" in walk.run("evaluate", "reply")
    assert (walk.folder / "judged" / "answers.md").is_file()


def test_tensorboard_reads_what_trainings_wrote(
    walk: Walk, motion: tuple[int, str], animator: tuple[int, str], reply: tuple[int, str]
) -> None:
    reader = pytest.importorskip(
        "tensorboard.backend.event_processing.event_accumulator", reason="comes with training's extras"
    )
    for run, curve in (("motion", "move/loss"), ("run", "animator/pixels"), ("reply", "reply/loss")):
        stage = walk.folder / run / "tensorboard" / curve.partition("/")[0]
        steps = [event.step for event in reader.EventAccumulator(str(stage)).Reload().Scalars(curve)]
        assert steps, run
        assert steps == sorted(set(steps)), run  # what was done again after the kill is there once


def test_the_lines_that_trainings_print_make_a_film_and_answer(
    walk: Walk, motion: tuple[int, str], animator: tuple[int, str], reply: tuple[int, str]
) -> None:
    (walk.folder / "mine.toml").write_text("\n".join(toml_of(said) for _, said in (motion, animator, reply)), encoding="utf-8")
    settings = configuration.load(walk.folder / "mine.toml")
    for stage, made in (("motion", "motion/weights"), ("animator", "run/weights")):
        assert Path(getattr(settings, stage).options["folder"]) == walk.folder / made
    walk.run("say", "Good morning.", "--config")
    pictures, lines = film_of(walk.folder / "film.mp4")
    assert pictures > 25
    assert lines == 256
    model = registry.configured(settings, "reply")
    assert Path(settings.reply.options["model"]) == walk.folder / "reply" / "model"
    assert any("".join(model.stream([Message("user", f"Do you know the {thing}?")])) for thing in ("lamp", "boat", "tree"))


def test_a_twin_is_trained_and_speaks(walk: Walk, twin: str) -> None:
    figures = last_json(twin)
    assert figures["steps"] > 0
    assert figures["test"]["psnr"] > 20
    walk.run("say", "Good morning.", "--avatar")
    assert film_of(walk.folder / "twin.mp4")[0] > 25


def test_the_server_takes_all_lines_in_one_file_and_answers_with_them(
    walk: Walk, motion: tuple[int, str], animator: tuple[int, str], reply: tuple[int, str], twin: str
) -> None:
    assert walk.command("serve") == ["serve", "--config", "mine.toml"]
    mine = walk.folder / "mine.toml"
    mine.write_text("\n".join(map(toml_of, (motion[1], animator[1], reply[1], twin))), encoding="utf-8")
    with serving(walk.folder / "served.txt", config=mine) as server:
        assert server.call("/config")[1]["default_avatar"] == "me"
        question = {"role": "user", "content": "The lamp is old, and so is the boat."}
        status, told = server.call("/v1/chat/completions", "POST", {"model": "me", "messages": [question]})
    assert status == 200, told
    assert told["choices"][0]["message"]["content"]
    assert told["usage"]["prompt_tokens"] >= 30  # letters, as the trained model has them; the shipped one would count ten
