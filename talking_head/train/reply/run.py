"""A whole run: chats are checked and split, LoRA is trained, and a model comes out that one line of configuration uses."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from talking_head.errors import InputError, WeightsError
from talking_head.models import manifest
from talking_head.train.reply import chats as chat_file
from talking_head.train.reply.chats import Chat
from talking_head.train.reply.network import Lora, LoraNetwork
from talking_head.train.reply.preparation import BASE
from talking_head.train.reply.split import lacking, split
from talking_head.train.reply.tokens import ChatTokens
from talking_head.train.reply.trainer import STATE, ReplyTrainer, TrainConfig, check_state


@dataclass(frozen=True, slots=True)
class Plan:
    """A run on ``base`` (a name of the manifest, or a folder in Hugging Face's layout)."""

    base: str = BASE
    lora: Lora = field(default_factory=Lora)
    train: TrainConfig = field(default_factory=TrainConfig)
    longest: int = 512
    device: str = "cpu"
    emails: bool = False


def train(
    data: Path,
    out: Path,
    plan: Plan,
    *,
    resume: bool = False,
    report: Callable[[str, int, dict[str, float]], None] = lambda stage, step, figures: None,
    say: Callable[[str], None] = lambda _: None,
) -> dict[str, Any]:
    """Train on the chats in ``data``; ``out`` gets the state, the log, ``adapter/`` and the converted ``model/``.

    The last figures come back. Raises InputError for unfit data, a used folder, or a state of another run: before anything
    heavy is loaded.
    """
    train_chats, test_chats = split(chat_file.read(data, emails=plan.emails))
    lack = lacking(train_chats, test_chats)
    if not train_chats:
        raise InputError(f"{data}: {lack}")
    folder = manifest.folder_of(plan.base)
    label = {
        "base": plan.base,
        "chats": manifest.sha256(data),
        "lora": asdict(plan.lora),
        "options": {k: v for k, v in asdict(plan.train).items() if k in ("tokens", "seed", "epochs", "rate")},
        "longest": plan.longest,
    }
    begun = (out / "log.csv").is_file()
    goes_on = resume and ((out / STATE).is_file() or not begun)  # what was killed before it saved anything begins anew
    if goes_on:
        check_state(out, label)
    elif begun and not resume:
        raise InputError(f"{out} holds a run already; go on with --resume or choose another folder.")

    if lack:
        say(lack)

    import torch

    from talking_head.train.runlog import RunLog

    tokens = ChatTokens(folder)
    samples, tests = tokens.samples(train_chats, plan.longest), tokens.samples(test_chats, plan.longest)
    if not samples:
        raise InputError(f"No chat of {data} fits into {plan.longest} tokens; allow more with --longest.")
    out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(plan.train.seed)
    network = LoraNetwork(folder, plan.lora, device=plan.device)
    trainer = ReplyTrainer(network, plan.train, samples, tests, out, label)
    if goes_on:
        trainer.resume()
        say(f"going on from step {trainer.step}")
    with RunLog(out) as log:

        def both(step: int, figures: dict[str, float]) -> None:
            log.add("reply", step, figures)
            report("reply", step, figures)

        figures = trainer.run(both, lambda epoch: sample_sheet(network, tokens, test_chats, out / "answers.md", epoch))
    facts = {"base": plan.base, "chats": len(samples), "turns": sum(c.turns for c in train_chats), **figures}
    facts |= {"lora": asdict(plan.lora), "options": asdict(plan.train), "tokens": sum(len(s.ids) for s in samples)}
    network.save_adapter(out / "adapter", facts)
    convert_model(folder, out / "adapter", out / "model")
    return {**figures, "chats": len(samples), "tested": len(tests)}


def convert_model(base: Path, adapter: Path, target: Path) -> None:
    """Merge ``adapter`` into the model in ``base`` and write CTranslate2 int8 to ``target``, in a process of its own, so that
    the memory it needs is gone afterwards. Raises WeightsError."""
    command = [sys.executable, "-m", "talking_head.models.convert", "safetensors-to-ctranslate2"]
    result = subprocess.run([*command, str(base), str(target), str(adapter)], capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise WeightsError(f"The trained model could not be converted:\n{result.stderr[-2000:]}")


def sample_sheet(network: LoraNetwork, tokens: ChatTokens, chats: list[Chat], file: Path, epoch: int, count: int = 8) -> None:
    """Append to ``file`` what the model answers after ``epoch`` to the last questions of ``count`` chats, beside the chats'."""
    import torch

    chosen = random.Random(0).sample(chats, min(count, len(chats)))
    lines = [f"\n## After epoch {epoch + 1}\n", "| asked | answered | in the chat |", "| --- | --- | --- |"]
    network.peft.eval()
    for chat in chosen:
        text = tokens.template.render(chat.messages[:-1])
        ids = tokens.tokenizer.encode(text, add_special_tokens=False).ids
        with torch.no_grad():
            made = network.network.generate(
                torch.tensor([ids], device=network.network.device),
                max_new_tokens=40,
                do_sample=False,
                repetition_penalty=1.08,
                pad_token_id=0,
            )
        answer = tokens.tokenizer.decode(made[0, len(ids) :].tolist())
        cells = (chat.messages[-2].content, answer, chat.messages[-1].content)
        lines.append("| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in cells) + " |")
    with file.open("a", encoding="utf-8") as sheet:
        sheet.write("\n".join(lines) + "\n")
