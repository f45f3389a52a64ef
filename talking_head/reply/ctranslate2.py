"""A small chat model in CTranslate2, tokens as they come: what a GPU gets, and any model that OpenVINO does not know.

Needs ctranslate2, tokenizers and jinja2 only. What of a prompt is known before the question comes is read before it comes: the
system prompt, and after each turn the chat so far (:meth:`CTranslate2Reply.prepare`). Its keys and values are kept, so the
first token waits for the visitor's words alone (``prefix_cache.py``).
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from typing import Any

import numpy as np

from talking_head.device import cores, for_ctranslate2
from talking_head.errors import BackendError, ConfigError, WeightsError
from talking_head.models import manifest
from talking_head.reply import leaving
from talking_head.reply.chat import Prompts
from talking_head.reply.endings import ends_sentence, sure, until
from talking_head.reply.prefix_cache import PrefixCache
from talking_head.system.blocking_iterator import AHEAD, on_a_thread
from talking_head.types import Message


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

        folder = manifest.folder_of(model)
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
            leaving.ends_before_us(generator, lambda made: bool(made.num_active_batches or made.num_queued_batches))
            _warm(generator, parallel)
            return generator

        try:
            self._prompts = Prompts(folder)
            self.prefix_cache = PrefixCache(load, _keep, keep_tokens)
        except WeightsError:
            raise
        except ValueError as error:
            raise ConfigError(f"The reply model cannot run on “{device}” as {compute_type}: {error}") from error
        except Exception as error:
            raise WeightsError(f"The reply model in {folder} cannot be loaded: {error}") from error
        self._stop = tuple(stop)
        self._context, self._max_tokens = context, max_tokens
        self._enough = max_tokens * 2 // 3
        self._sampling: dict[str, Any] = {"repetition_penalty": repetition_penalty, "sampling_topk": 1}
        if temperature > 0:
            self._sampling |= {"sampling_topk": top_k, "sampling_topp": top_p, "sampling_temperature": temperature}

    def stream(self, messages: Sequence[Message]) -> Generator[str, None, None]:
        """The answer to ``messages``, a token or so a piece; "" while there is nothing yet. BackendError when it fails."""
        return self._spoken(lambda: (piece for piece, _ in self._tokens(messages)))

    def assured(self, messages: Sequence[Message], least: float) -> Generator[str, None, None]:
        """See ``protocols.KnowsDoubt``. Raises BackendError."""
        return self._spoken(lambda: sure(self._tokens(messages), least))

    def prepare(self, messages: Sequence[Message]) -> None:
        """Read the chat so far ahead of its next question, in the background. Returns at once; never needed for an answer."""
        self.prefix_cache.ahead(self._prompts.before_question(messages).tokens)

    def ends(self, text: str) -> float:
        """Probability 0–1 that a message ends after ``text``: with a stop, a line or the model's own mark. What stands at the
        end of ``text`` as punctuation does not count, for a recogniser sets a stop after half a sentence, too.

        Reads the message alone, some ten tokens with what comes before it, and keeps nothing. Raises BackendError.
        """
        prompt = self._prompts.unfinished(text).tokens
        try:
            with self.prefix_cache.lease(prompt) as (lease, _):
                read = lease.generator.forward_batch([prompt], return_log_probs=True)
        except RuntimeError as error:
            raise BackendError(f"The reply model failed: {error}") from error
        return float(np.exp(np.array(read)[0, -1, self._prompts.stops]).sum())

    def count_tokens(self, text: str) -> int:
        """Tokens of ``text`` as the model sees them."""
        return self._prompts.count(text)

    def _spoken(self, words: Callable[[], Iterator[str]]) -> Generator[str, None, None]:
        return on_a_thread(lambda: until(words(), self._stop), "", lambda: self.prefix_cache.hurries)

    def _tokens(self, messages: Sequence[Message]) -> Iterator[tuple[str, float]]:
        """Texts as they come, each with the logarithm of the probability of its last token."""
        prompt = self._prompts.before_answer(messages, self._context - self._max_tokens).tokens
        head: list[str] = []
        if messages and messages[0].role == "system":
            head = self._prompts.before_question(messages[:1]).tokens
        with self.prefix_cache.lease(prompt, head) as (lease, first_token):
            yield from self._generate(lease.generator, lease.static, prompt[len(lease.static) :], first_token)

    def _generate(
        self, generator: Any, static: list[str], prompt: list[str], first_token: Callable[[], None]
    ) -> Iterator[tuple[str, float]]:
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
                    end_token=self._prompts.ends or None,
                    static_prompt=static or None,
                    callback=wait,
                    return_log_prob=True,
                    **self._sampling,
                ):
                    first_token()
                    ahead.release()
                    if step.token in self._prompts.ends:
                        return
                    piece = decoder.step(self._prompts.tokenizer, step.token_id)
                    if piece:  # None: half of a character
                        yield piece, step.log_prob
                        said = (said + piece)[-8:]
                        if step.step >= self._enough and ends_sentence(said):
                            return
            except RuntimeError as error:
                raise BackendError(f"The reply model failed: {error}") from error


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
