"""`talking-head train reply`: chats → a reply model of one's own, LoRA on a small one, ready for one line of configuration."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from talking_head.train.saving import SAVE_EVERY_S


def train_reply(
    data: Annotated[
        Path, typer.Option(help="Chats, one JSON object a line (docs/training.md); check them with `prepare chats`.")
    ],
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder of the run: log, state, adapter, model.")],
    base: Annotated[
        str, typer.Option(help="Model to begin with: of the manifest, or a folder (config.json, safetensors, tokenizer.json).")
    ] = "smollm2-135m-instruct-bf16",
    resume: Annotated[bool, typer.Option(help="Go on from the state in the folder.")] = False,
    epochs: Annotated[int, typer.Option(min=1, help="How often every chat is seen.")] = 3,
    minutes: Annotated[float, typer.Option(min=0.01, help="Minutes at most.")] = 240.0,
    save_every: Annotated[float, typer.Option(min=0, help="Seconds between two saved states.")] = SAVE_EVERY_S,
    rank: Annotated[int, typer.Option(min=1, max=256, help="Rank of the matrices that are added.")] = 16,
    layers: Annotated[int, typer.Option(min=0, help="How many layers learn, from the top (0: all).")] = 16,
    rate: Annotated[float, typer.Option(min=1e-6, max=0.1, help="Learning rate at its height.")] = 8e-4,
    tokens: Annotated[int, typer.Option(min=16, help="Tokens of a step.")] = 800,
    longest: Annotated[int, typer.Option(min=16, help="Longer chats (in tokens) are left out.")] = 512,
    seed: Annotated[int, typer.Option(help="Seed of matrices and order.")] = 0,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or cuda:1.")] = "auto",
    allow_emails: Annotated[bool, typer.Option(help="E-mail addresses in the chats are meant to be learned.")] = False,
    json_line: Annotated[bool, typer.Option("--json", help="End with one JSON object.")] = False,
) -> None:
    """Teach the reply model how your presenter answers; the model ends up in OUT/model, the LoRA in OUT/adapter.

    About a fourteenth of the chats is kept for testing. Ctrl-C saves the state first.
    """
    from talking_head.extras import need

    need("torch", "transformers", "peft")
    import json

    from talking_head import device as devices
    from talking_head.train.reply.network import Lora
    from talking_head.train.reply.run import Plan, train
    from talking_head.train.reply.trainer import TrainConfig

    plan = Plan(
        base,
        Lora(rank=rank, alpha=2 * rank, layers=layers),
        TrainConfig(epochs=epochs, minutes=minutes, tokens=tokens, rate=rate, seed=seed, save_every=save_every),
        longest,
        devices.resolve(device),
        allow_emails,
    )

    def report(stage: str, step: int, figures: dict[str, float]) -> None:
        typer.echo(f"{stage} {step:5d}  " + "  ".join(f"{name} {value:.4g}" for name, value in figures.items()))

    figures = train(data, out, plan, resume=resume, report=report, say=typer.echo)
    typer.echo(f"It hears good and bad news, too, after: python -m talking_head.train.reply.news {out / 'model'}")
    model = json.dumps(str((out / "model").resolve()))
    typer.echo(f"Use this model with:\n\n[reply.options]\nmodel = {model}\n")
    if json_line:
        typer.echo(json.dumps(figures))
