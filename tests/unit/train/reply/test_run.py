"""From chats to a model that answers: prepared, trained, killed, resumed, merged, converted; a tiny random model."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file
from typer.testing import CliRunner

from talking_head import registry
from talking_head.cli.main import app
from talking_head.config import Config
from talking_head.errors import InputError, WeightsError
from talking_head.models import lora, safetensors_folder
from talking_head.reply.openvino.converted import ConvertedModel
from talking_head.reply.openvino.news import OWN, NewsEar
from talking_head.train.reply import chats, news
from talking_head.train.reply.network import Lora, LoraNetwork, batches
from talking_head.train.reply.run import Plan, train
from talking_head.train.reply.tokens import ChatTokens, Sample
from talking_head.train.reply.trainer import TrainConfig
from talking_head.types import Message, News
from tests.unit.train.reply.models import chat, some_chats, write_chats, write_model


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("base")
    write_model(folder)
    return folder


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_chats(tmp_path_factory.mktemp("data") / "chats.jsonl", some_chats())


@pytest.fixture(scope="module")
def plan(base: Path) -> Plan:
    config = TrainConfig(epochs=1, tokens=900, rate=0.02, warmup=1, report_every=1)
    return Plan(str(base), Lora(rank=4, alpha=8, layers=2, dropout=0.1), config)


@pytest.fixture(scope="module")
def finished(data: Path, plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("whole") / "run"
    train(data, out, plan)
    return out


def test_answers_alone_are_learned_and_the_mark_that_ends_them(base: Path, tmp_path: Path) -> None:
    tokens = ChatTokens(base)
    row = chat("Hello", "Hi!", "Who is it?", "Me.", passage="A\nB")
    (read,) = chats.read(write_chats(tmp_path / "chats.jsonl", [row]))
    sample = tokens.sample(read)
    assert tokens.tokenizer.decode(sample.ids.tolist(), skip_special_tokens=False) == tokens.template.render(
        read.messages, answer=False
    )
    learned = tokens.tokenizer.decode(sample.ids[sample.learn].tolist(), skip_special_tokens=False)
    assert learned == "Hi!<|im_end|>Me.<|im_end|>"


def test_whoever_trains_is_not_told_what_two_libraries_call_a_switch(base: Path) -> None:
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        LoraNetwork(base, Lora(rank=2, layers=1))
    assert not [str(warning.message) for warning in told if issubclass(warning.category, FutureWarning)]


def test_the_loss_is_that_of_transformers(base: Path) -> None:
    import torch

    network = LoraNetwork(base, Lora(rank=2, layers=1))
    rng = np.random.default_rng(0)
    samples = [Sample(rng.integers(3, 200, n), rng.random(n) < 0.4) for n in (9, 30, 17)]
    network.peft.eval()
    with torch.no_grad():
        wanted, count = 0.0, 0
        for sample in samples:
            labels = torch.from_numpy(np.where(sample.learn, sample.ids, -100))[None]
            n = int(sample.learn[1:].sum())
            wanted += n * float(network.network(input_ids=torch.from_numpy(sample.ids)[None], labels=labels).loss)
            count += n
        for _ in range(2):  # the second time from what was kept
            total, learned = network.loss(samples, [0, 1, 2])
            assert learned == count
            assert float(total) == pytest.approx(wanted, rel=1e-4)


def test_every_sample_is_in_one_batch_and_batches_are_small() -> None:
    rng = np.random.default_rng(1)
    samples = [Sample(np.zeros(n, np.int64), np.ones(n, np.bool_)) for n in rng.integers(5, 90, 50)]
    made = batches(samples, 200, 3)
    assert sorted(i for batch in made for i in batch) == list(range(50))
    assert all(len(batch) * max(len(samples[i].ids) for i in batch) <= 200 for batch in made)
    assert made == batches(samples, 200, 3)
    assert made != batches(samples, 200, 4)


def test_a_run_that_is_killed_and_resumed_ends_as_if_nothing_had_happened(
    data: Path, plan: Plan, finished: Path, tmp_path: Path
) -> None:
    def kill(stage: str, step: int, figures: dict[str, float]) -> None:
        if step == 2:
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        train(data, tmp_path, plan, report=kill)
    assert not (tmp_path / "adapter").exists()
    figures = train(data, tmp_path, plan, resume=True)
    assert figures["steps"] >= 3
    whole, resumed = (load_file(folder / "adapter" / lora.WEIGHTS) for folder in (finished, tmp_path))
    assert set(whole) == set(resumed)
    for name, value in whole.items():
        np.testing.assert_array_equal(value, resumed[name], err_msg=name)
    assert any(value.any() for name, value in whole.items() if "lora_B" in name), "something was learned"
    log = (tmp_path / "log.csv").read_text()
    assert "perplexity" in log
    assert "After epoch 1" in (tmp_path / "answers.md").read_text()


def test_a_state_of_something_else_is_refused_before_a_model_is_loaded(
    data: Path, plan: Plan, finished: Path, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match="--resume"):
        train(data, finished, plan)
    with pytest.raises(InputError, match="other lora"):
        train(data, finished, replace(plan, lora=Lora(rank=8)), resume=True)
    with pytest.raises(InputError, match="other chats"):
        train(write_chats(tmp_path / "other.jsonl", some_chats(20)), finished, plan, resume=True)
    with pytest.raises(InputError, match="no state"):
        train(data, tmp_path / "nothing", plan, resume=True)


def test_what_was_killed_before_it_saved_anything_begins_anew(data: Path, plan: Plan, tmp_path: Path) -> None:
    said: list[str] = []

    def kill(stage: str, step: int, figures: dict[str, float]) -> None:
        raise MemoryError

    with pytest.raises(MemoryError):
        train(data, tmp_path, plan, report=kill)
    assert (tmp_path / "log.csv").is_file()
    with pytest.raises(InputError, match="--resume"):
        train(data, tmp_path, plan)
    assert train(data, tmp_path, plan, resume=True, say=said.append)["steps"] >= 3
    assert said == []


def test_the_converted_model_expects_what_the_trained_one_does(base: Path, finished: Path) -> None:
    import ctranslate2
    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM, AutoTokenizer

    trained = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32), finished / "adapter")
    plain = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
    tokenizer = AutoTokenizer.from_pretrained(base)
    ids = tokenizer("Do you know the red lamp?").input_ids
    with torch.inference_mode():
        wanted, before = (network(torch.tensor([ids])).logits[0].numpy() for network in (trained, plain))
    generator = ctranslate2.Generator(str(finished / "model"), compute_type="float32")
    made = np.array(generator.forward_batch([tokenizer.convert_ids_to_tokens(ids)]))[0]
    alike = np.corrcoef(made.ravel(), wanted.ravel())[0, 1]
    assert alike > 0.995
    assert alike > np.corrcoef(made.ravel(), before.ravel())[0, 1]


def test_one_line_of_configuration_uses_it(finished: Path) -> None:
    told = {"model": str(finished / "model"), "temperature": 0.9, "max_tokens": 12, "context": 256, "parallel": 1}
    model = registry.configured(Config.model_validate({"reply": {"options": told}}), "reply")
    answers = [
        "".join(model.stream([Message("user", f"Do you know the {thing}?")])) for thing in ("lamp", "boat", "tree", "stone")
    ]
    assert any(answers)  # of a net that has seen three steps: not what it says, but that it speaks
    assert not any("<|" in answer for answer in answers)


def test_a_model_of_ones_own_hears_news_once_it_has_learned_to(
    base: Path, finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(finished / "model", tmp_path / "mine")
    told = [f"Thing {number} is there." for number in range(24)]
    monkeypatch.setattr(news, "lines", lambda: (told, np.arange(24) % 3))
    monkeypatch.setattr("sys.argv", ["news", str(tmp_path / "mine")])

    def hears(folder: Path) -> bool:
        return NewsEar.of(ConvertedModel(folder))(np.zeros(64, np.float32)) != News()

    assert not hears(tmp_path / "mine")
    news.main()
    assert hears(tmp_path / "mine")
    model = registry.build("reply", "openvino", model=str(tmp_path / "mine"), context=512)
    assert isinstance(next(filter(None, model.hearing([Message("user", told[0])]))), News)
    convert = [sys.executable, "-m", "talking_head.models.convert", "safetensors-to-ctranslate2"]
    subprocess.run([*convert, str(base), str(tmp_path / "base")], check=True)
    shutil.copy(tmp_path / "mine" / OWN, tmp_path / "base")  # of layers below those that were trained, nothing differs
    assert not hears(tmp_path / "base")


def test_an_adapter_that_does_not_fit_is_refused(base: Path, finished: Path, tmp_path: Path) -> None:
    model = safetensors_folder.read(base)
    with pytest.raises(WeightsError, match="does not fit"):
        lora.merge(
            {name: value[:, :-1] if value.ndim == 2 else value for name, value in model.weights.items()}, finished / "adapter"
        )
    config = json.loads((finished / "adapter" / lora.CONFIG).read_text())
    (tmp_path / lora.CONFIG).write_text(json.dumps({**config, "use_dora": True}))
    (tmp_path / lora.WEIGHTS).write_bytes((finished / "adapter" / lora.WEIGHTS).read_bytes())
    with pytest.raises(WeightsError, match="use_dora"):
        lora.merge(model.weights, tmp_path)
    (tmp_path / lora.WEIGHTS).write_bytes(b"nonsense")
    with pytest.raises(WeightsError):
        lora.merge(model.weights, tmp_path)


def test_a_folder_that_holds_no_llama_is_refused(base: Path, tmp_path: Path) -> None:
    for file in base.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    config = json.loads((base / "config.json").read_text())
    (tmp_path / "config.json").write_text(json.dumps({**config, "model_type": "mamba"}))
    with pytest.raises(WeightsError, match="mamba"):
        safetensors_folder.read(tmp_path)
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(WeightsError, match="None"):
        safetensors_folder.read(tmp_path)


def test_the_command_says_what_to_write_into_the_configuration(
    data: Path, plan: Plan, finished: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    seen: dict[str, Any] = {}

    def fake(data: Path, out: Path, plan: Plan, **rest: Any) -> dict[str, Any]:
        seen.update(plan=plan, **rest)
        return {"perplexity": 2.5}

    monkeypatch.setattr("talking_head.train.reply.run.train", fake)
    said = CliRunner().invoke(
        app, ["train", "reply", "--data", str(data), "-o", str(tmp_path), "--rank", "4", "--device", "cpu", "--json"]
    )
    assert said.exit_code == 0, said.output
    assert f'model = "{tmp_path / "model"}"' in said.output
    assert json.loads(said.output.splitlines()[-1]) == {"perplexity": 2.5}
    assert seen["plan"].lora == Lora(rank=4, alpha=8)


def test_chats_that_are_all_alike_are_said_to_lie_on_one_side(base: Path, tmp_path: Path) -> None:
    alike = [chat("Do you know the lamp of number lamp?", "Yes, lamp and red.")] * 6
    file, prompts = tmp_path / "alike.jsonl", tmp_path / "prompts.toml"
    write_chats(file, alike)
    command = ["prepare", "chats", "--data", str(file), "--base", str(base), "-o", str(tmp_path / "sides")]
    assert "too much alike: none tests" in CliRunner().invoke(app, command).output
    said: list[str] = []
    plan = Plan(str(base), Lora(rank=2, layers=1), TrainConfig(epochs=1))
    train(file, tmp_path / "run", plan, say=said.append)
    assert "none tests" in said[0]
    prompts.write_text('[[prompt]]\nkind = "persona"\nname = "Mia"\nask = "Who are you?"\nmust = ["Mia"]\n')
    options = ["--prompts", str(prompts), "--data", str(file), "--json"]
    judged = CliRunner().invoke(app, ["evaluate", "reply", str(tmp_path / "run" / "model"), *options])
    assert "perplexity unknown: no chat tests" in judged.output
    assert [row["perplexity"] for row in json.loads(judged.output.splitlines()[-1]).values()] == [None]


def test_prepare_counts_and_a_folder_of_videos_needs_no_second_word(data: Path, base: Path, tmp_path: Path) -> None:
    command = ["prepare", "chats", "--data", str(data), "--base", str(base), "-o", str(tmp_path / "sides"), "--json"]
    said = CliRunner().invoke(app, command)
    assert said.exit_code == 0, said.output
    figures = json.loads(said.output.splitlines()[-1])
    assert figures["train"]["chats"] + figures["test"]["chats"] == 36
    assert figures["train"]["learned"] < figures["train"]["tokens"]
    assert (tmp_path / "sides" / "test.jsonl").is_file()
    absent = CliRunner().invoke(app, ["prepare", str(tmp_path / "absent"), "-o", str(tmp_path / "made")])
    assert isinstance(absent.exception, InputError)
    assert "no folder" in str(absent.exception)
