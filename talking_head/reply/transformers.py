"""Replies with any causal language model of Hugging Face transformers, one token a step.

The step is a forward pass with its key/value cache, so closing the iterator cancels within one token, and sessions that share
the executor take turns token by token. On a GPU all work goes to a stream of its own with low priority, so that a long
prompt never holds up the animator's pictures.
"""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path
from typing import Any

from talking_head import device as devices
from talking_head.errors import BackendError, ConfigError, WeightsError
from talking_head.models import manifest
from talking_head.reply.chat import CHATML, without_markers
from talking_head.reply.endings import ends_sentence, until
from talking_head.types import Message


class TransformersReply:
    """A chat model in Hugging Face's layout, safetensors only.

    ``model``: a folder, a name of the manifest, or (where a hub is reachable) a hub name. ``precision`` "auto" is float16 on
    a GPU and bfloat16 on a CPU. Other arguments as in :class:`~talking_head.reply.ctranslate2.CTranslate2Reply`.
    """

    def __init__(
        self,
        model: str = "smollm2-135m-instruct-bf16",
        *,
        max_tokens: int = 150,
        context: int = 4096,
        temperature: float = 0.2,
        top_p: float = 0.9,
        top_k: int = 40,
        repetition_penalty: float = 1.1,
        stop: Sequence[str] = ("\nUser:", "\nuser:"),
        device: str = "auto",
        precision: str = "auto",
    ) -> None:
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer

        self._device = devices.resolve(device)
        dtype = "bfloat16" if precision == "auto" and self._device == "cpu" else devices.precision(self._device, precision)
        place = model if Path(model).expanduser().is_dir() or model not in manifest.manifest() else str(manifest.path(model))
        try:
            self._tokenizer: Any = AutoTokenizer.from_pretrained(place)
            network: Any = AutoModelForCausalLM.from_pretrained(place, dtype=getattr(torch, dtype), use_safetensors=True)
        except (OSError, ValueError, KeyError) as error:
            raise WeightsError(
                f"The reply model “{model}” cannot be loaded: {str(error).splitlines()[0]} Give the path of a folder with "
                "config.json, tokenizer.json and model.safetensors."
            ) from error
        self._network = network.to(self._device).eval()
        # Priority 0 is the lowest; the animator's stream has a higher one.
        cuda = self._device.startswith("cuda")
        self._stream: Any = torch.cuda.Stream(self._device, priority=0) if cuda else None  # type: ignore[no-untyped-call]
        if self._tokenizer.chat_template is None:
            self._tokenizer.chat_template = CHATML
        self._markers = [t for t in self._tokenizer.all_special_tokens if t]
        ends = network.generation_config.eos_token_id
        self._ends = {*(ends if isinstance(ends, list) else [ends]), self._tokenizer.eos_token_id} - {None}
        if max_tokens < 1 or context <= max_tokens:
            raise ConfigError("reply.options: context must be larger than max_tokens, and max_tokens at least 1.")
        self._max_tokens, self._context = max_tokens, context
        self._stop = (*stop, *(t for t in ("<|im_end|>",) if t not in self._markers))
        self._temperature, self._top_p, self._top_k = temperature, top_p, top_k
        self._penalty = repetition_penalty

    def stream(self, messages: Sequence[Message]) -> Generator[str, None, None]:
        """The answer to ``messages``, a token or so a piece. BackendError when the model fails."""
        return until(self._pieces(messages), self._stop)

    def count_tokens(self, text: str) -> int:
        """Tokens of ``text`` as the model sees them."""
        return len(self._tokenizer.encode(text, add_special_tokens=False))

    def _pieces(self, messages: Sequence[Message]) -> Generator[str, None, None]:
        """Decode what the tokens so far add to the text; half characters wait for their other half."""
        ids: list[int] = []
        shown = ""
        for token in self._tokens(messages):
            ids.append(token)
            text = self._tokenizer.decode(ids, skip_special_tokens=True)
            if not text.endswith("\ufffd") and len(text) > len(shown):
                yield text[len(shown) :]
                shown = text
                if len(ids) >= self._max_tokens * 2 // 3 and ends_sentence(text[-8:]):
                    return

    def _tokens(self, messages: Sequence[Message]) -> Iterator[int]:
        import torch

        chat = [{"role": m.role, "content": m.content} for m in without_markers(messages, self._markers)]
        text = self._tokenizer.apply_chat_template(chat, add_generation_prompt=True, tokenize=False)
        prompt = self._tokenizer.encode(text, add_special_tokens=False)
        if len(prompt) > self._context - self._max_tokens:
            raise BackendError(
                f"This chat has {len(prompt)} tokens and the reply model takes {self._context - self._max_tokens}. Write less."
            )
        # What is read already goes in and comes out under this name; before transformers 5.24 it was another.
        name = "cache" if "cache" in inspect.signature(self._network.forward).parameters else "past_key_values"
        fresh, cache, seen = torch.tensor([prompt], device=self._device), None, set(prompt)
        for _ in range(self._max_tokens):
            try:
                with torch.inference_mode(), self._executor():
                    result = self._network(input_ids=fresh, use_cache=True, logits_to_keep=1, **{name: cache})
                    cache = getattr(result, name)
                    token = self._pick(result.logits[0, -1].float(), seen)
            except (RuntimeError, ValueError, IndexError) as error:
                raise BackendError(f"The reply model failed: {str(error).splitlines()[0]}") from error
            if token in self._ends:
                return
            seen.add(token)
            yield token
            fresh = torch.tensor([[token]], device=self._device)

    def _executor(self) -> contextlib.AbstractContextManager[Any]:
        import torch

        return torch.cuda.stream(self._stream) if self._stream is not None else contextlib.nullcontext()

    def _pick(self, logits: Any, seen: set[int]) -> int:
        """Sample from ``logits`` f32[vocabulary]: repetition penalty (Keskar 2019), top-k, then nucleus (Holtzman 2019)."""
        import torch

        if self._penalty != 1.0:
            known = torch.tensor(sorted(seen), device=logits.device)
            values = logits[known]
            logits[known] = torch.where(values > 0, values / self._penalty, values * self._penalty)
        if self._temperature <= 0:
            return int(logits.argmax())
        values, tokens = logits.topk(min(self._top_k or logits.numel(), logits.numel()))
        shares = torch.softmax(values / self._temperature, 0)
        shares[(shares.cumsum(0) - shares) >= self._top_p] = 0
        return int(tokens[torch.multinomial(shares, 1)])
