"""The default reply generator: a small chat model in CTranslate2 int8, one thread, tokens as they come.

Needs ctranslate2, tokenizers and jinja2 only. What of a prompt is known before the question comes is read before it comes: the
system prompt, and after each turn the chat so far (:meth:`CTranslate2Reply.prepare`). Its keys and values are kept, so the
first token waits for the visitor's words alone (``prefix_cache.py``).
"""

from __future__ import annotations

import contextlib
import re
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from talking_head.device import cores, for_ctranslate2
from talking_head.errors import BackendError, ConfigError, WeightsError
from talking_head.models import manifest
from talking_head.reply import leaving
from talking_head.reply.chat import ChatTemplate, without_markers
from talking_head.reply.prefix_cache import PrefixCache
from talking_head.system.blocking_iterator import AHEAD, on_a_thread
from talking_head.types import Message

_MARKS = " .,;:!?…-—\n"
_LAST = 200  # characters of a message that tell whether it ends
_STOP = re.compile(r" *(?:[.!?…]|\n)")  # tokens such as "." and "?\"" and "\n\n"


class CTranslate2Reply:
    """A chat model converted to CTranslate2.

    ``model``: a name of the manifest, or a folder with model.bin, tokenizer.json and a chat template. ``max_tokens`` an
    answer: after two thirds of them it ends with the sentence, so that nobody is cut off in the middle of one. ``context``:
    the longest prompt and answer together. ``temperature`` 0 always takes the likeliest token. ``stop``: texts at which the
    answer ends. ``parallel``: answers that may be written at the same time (0: two a core, 4 to 8; each takes up to 100 MB
    once it has written). ``keep_tokens``: how much of all chats is kept between turns, 140 kB a token on a CPU with the
    default model; 0 reads every chat anew. ``device``, ``precision`` ("auto": int8), ``threads``: as in ``[device]``;
    ``compute_type``: one of CTranslate2's own, instead of ``precision``.
    """

    def __init__(
        self,
        model: str = "smollm2-135m-presenter",
        *,
        max_tokens: int = 150,
        context: int = 2048,
        temperature: float = 0.2,
        top_p: float = 0.9,
        top_k: int = 40,
        repetition_penalty: float = 1.08,
        stop: Sequence[str] = ("\nUser:", "\nuser:", "<|"),
        threads: int = 1,
        parallel: int = 0,
        keep_tokens: int = 1024,
        device: str = "auto",
        precision: str = "auto",
        compute_type: str = "auto",
    ) -> None:
        import ctranslate2
        from tokenizers import Tokenizer

        folder = Path(model).expanduser() if Path(model).expanduser().is_dir() else manifest.path(model)
        name, index = for_ctranslate2(device)
        if compute_type == "auto":
            compute_type = precision
        if compute_type == "auto":
            compute_type = "int8_float16" if name == "cuda" else "int8"
        parallel = parallel or (max(4, min(8, 2 * cores())) if name == "cpu" else 8)

        def load() -> Any:
            generator = ctranslate2.Generator(
                str(folder),
                device=name,
                device_index=index,
                compute_type=compute_type,
                inter_threads=parallel,
                intra_threads=threads,
            )
            leaving.ends_before_us(generator)
            _warm(generator, parallel)
            return generator

        try:
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            self.prefix_cache = PrefixCache(load, _keep, keep_tokens)
        except ValueError as error:
            raise ConfigError(f"The reply model cannot run on “{device}” as {compute_type}: {error}") from error
        except Exception as error:
            raise WeightsError(f"The reply model in {folder} cannot be loaded: {error}") from error
        self._template = ChatTemplate(folder)
        self._markers = [t.content for t in self._tokenizer.get_added_tokens_decoder().values() if t.special]
        self._ends = [t for t in (self._template.eos, "<|im_end|>", "<|endoftext|>") if t in self._markers]
        self._stop = tuple(stop)
        self._context, self._max_tokens = context, max_tokens
        self._enough = max_tokens * 2 // 3
        self._sampling: dict[str, Any] = {"repetition_penalty": repetition_penalty, "sampling_topk": 1}
        if temperature > 0:
            self._sampling |= {"sampling_topk": top_k, "sampling_topp": top_p, "sampling_temperature": temperature}

    def stream(self, messages: Sequence[Message]) -> Generator[str, None, None]:
        """The answer to ``messages``, a token or so a piece; "" while there is nothing yet. BackendError when it fails."""
        return on_a_thread(lambda: until(self._tokens(messages), self._stop), "", lambda: self.prefix_cache.hurries)

    def prepare(self, messages: Sequence[Message]) -> None:
        """Read the chat so far ahead of its next question, in the background. Returns at once; never needed for an answer."""
        self.prefix_cache.ahead(self._encode(self._template.render(without_markers(messages, self._markers), answer=False)))

    def ends(self, text: str) -> float:
        """Probability 0–1 that a message ends after ``text``: with a stop, a line or the model's own mark. What stands at the
        end of ``text`` as punctuation does not count, for a recogniser sets a stop after half a sentence, too.

        Reads the message alone, some ten tokens with what comes before it, and keeps nothing. Raises BackendError.
        """
        (message,) = without_markers([Message("user", text)], self._markers)
        words = message.content.rstrip(_MARKS)
        if len(words) > _LAST:
            words = words[-_LAST:].partition(" ")[2]
        whole = self._template.render([Message("system", ""), Message("user", words)], answer=False)
        prompt = self._encode(whole[: whole.rindex(words) + len(words)])
        try:
            with self.prefix_cache.lease(prompt) as (lease, _):
                read = lease.generator.forward_batch([prompt], return_log_probs=True)
        except RuntimeError as error:
            raise BackendError(f"The reply model failed: {error}") from error
        return float(np.exp(np.array(read)[0, -1, self._stops_here]).sum())

    @cached_property
    def _stops_here(self) -> list[int]:
        """Numbers of the tokens that end a message, or a sentence of it."""
        tokenizer, ends = self._tokenizer, set(self._ends)
        texts = tokenizer.decode_batch([[n] for n in range(tokenizer.get_vocab_size())], skip_special_tokens=False)
        return [number for number, text in enumerate(texts) if text in ends or _STOP.match(text)]

    def count_tokens(self, text: str) -> int:
        """Tokens of ``text`` as the model sees them."""
        return len(self._tokenizer.encode(text, add_special_tokens=False).ids)

    def _tokens(self, messages: Sequence[Message]) -> Iterator[str]:
        messages = without_markers(messages, self._markers)
        prompt = self._encode(self._template.render(messages))
        if len(prompt) > self._context - self._max_tokens:
            raise BackendError(
                f"This chat has {len(prompt)} tokens and the reply model takes {self._context - self._max_tokens}. Write less."
            )
        head: list[str] = []
        if messages and messages[0].role == "system":
            head = self._encode(self._template.render(messages[:1], answer=False))
        with self.prefix_cache.lease(prompt, head) as (lease, first_token):
            yield from self._generate(lease.generator, lease.static, prompt[len(lease.static) :], first_token)

    def _generate(self, generator: Any, static: list[str], prompt: list[str], first_token: Callable[[], None]) -> Iterator[str]:
        from tokenizers.decoders import DecodeStream

        decoder, said = DecodeStream(skip_special_tokens=True), ""
        ahead = threading.Semaphore(AHEAD)
        with leaving.answer() as over:

            def wait(_: Any) -> bool:
                """After each token, on the model's thread: do not run ahead of who listens. True ends the answer."""
                while not over.is_set():
                    if ahead.acquire(timeout=0.1):
                        return over.is_set()
                return True

            try:
                for step in generator.generate_tokens(
                    prompt,
                    max_length=self._max_tokens,
                    end_token=self._ends or None,
                    static_prompt=static or None,
                    callback=wait,
                    **self._sampling,
                ):
                    first_token()
                    ahead.release()
                    if step.token in self._ends:
                        return
                    piece = decoder.step(self._tokenizer, step.token_id)
                    if piece:  # None: half of a character
                        yield piece
                        said = (said + piece)[-8:]
                        if step.step >= self._enough and ends_sentence(said):
                            return
            except RuntimeError as error:
                raise BackendError(f"The reply model failed: {error}") from error

    def _encode(self, text: str) -> list[str]:
        return list(self._tokenizer.encode(text, add_special_tokens=False).tokens)


def _keep(generator: Any, tokens: Sequence[str]) -> None:
    """Have ``generator`` compute and keep the state after ``tokens``; the one token that follows is thrown away."""
    for _ in generator.generate_tokens([tokens[-1]], max_length=1, static_prompt=list(tokens), cache_static_prompt=True):
        pass


def _warm(generator: Any, parallel: int) -> None:
    """Have every worker run once: its first run costs 0.1 s of a core more than all later ones. Does not wait; what is asked of
    the generator now queues behind it."""
    together = threading.Barrier(parallel, timeout=10)

    def meet(_: Any) -> bool:
        with contextlib.suppress(threading.BrokenBarrierError):
            together.wait()  # nobody takes a second job before everybody has one
        return True

    for _ in range(parallel):
        generator.generate_batch([["a"] * 32], max_length=1, include_prompt_in_result=False, asynchronous=True, callback=meet)


def ends_sentence(tail: str) -> bool:
    """Whether the last few characters of an answer end a sentence, and not the number of a list."""
    tail = tail.rstrip("\"')*_ \n")
    return tail[-1:] in {".", "!", "?"} and not tail[-2:-1].isdigit()


def until(pieces: Iterator[str], stops: Sequence[str]) -> Generator[str, None, None]:
    """``pieces`` up to the first of ``stops``, without white space before the first word.

    What could be the beginning of a stop is held back until it is known not to be one.
    """
    held, started = "", False
    for piece in pieces:
        held += piece
        if not started:
            held = held.lstrip()
            started = bool(held)
        found = [place for place in (held.find(stop) for stop in stops) if place >= 0]
        if found:
            if held[: min(found)]:
                yield held[: min(found)]
            return
        keep = max((n for stop in stops for n in range(1, len(stop)) if held.endswith(stop[:n])), default=0)
        if len(held) > keep:
            yield held[: len(held) - keep]
            held = held[len(held) - keep :]
    if held:
        yield held
