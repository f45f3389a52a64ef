"""The default reply generator on a CPU: a small chat model in OpenVINO, int8 weights, tokens as they come.

It reads the same folder as ``ctranslate2`` and computes a token in about half its time. What of a prompt is known before the
question comes is read before it comes: the system prompt, and after each turn what of the chat is new
(:meth:`OpenVINOReply.prepare`; ``kept_chats.py``), so the first token waits for the visitor's words alone.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager

import numpy as np

from talking_head.device import cores
from talking_head.errors import BackendError, ConfigError, WeightsError
from talking_head.models import manifest
from talking_head.reply import leaving
from talking_head.reply.chat import Prompts
from talking_head.reply.endings import ends_sentence, sure, until
from talking_head.reply.openvino.converted import ConvertedModel
from talking_head.reply.openvino.kept_chats import KeptChats
from talking_head.reply.openvino.net import FEW, OpenVinoNet, Run
from talking_head.reply.openvino.news import NewsEar
from talking_head.reply.openvino.phrases import chosen, shipped
from talking_head.reply.openvino.sampling import Sampling, log_probability
from talking_head.reply.prefix_cache import PATIENCE_S, WAITING
from talking_head.system.blocking_iterator import on_a_thread
from talking_head.system.scheduling import BETWEEN_NICE, be_nice
from talking_head.types import F32, Message, News

log = logging.getLogger(__name__)

CHUNK = 64  # tokens that are read in one step; between two, whoever waits for a first token goes before
LEAST = 16  # tokens that are worth restoring
SPARE = 4  # chats of the net that are kept for the next answers


class OpenVINOReply:
    """A chat model converted to CTranslate2, computed by OpenVINO on the CPU.

    ``model``: a name of the manifest, or a folder with model.bin, tokenizer.json and a chat template. ``max_tokens`` an
    answer: after two thirds of them it ends with the sentence, so that nobody is cut off in the middle of one. ``context``:
    the longest prompt and answer together. ``temperature`` 0 always takes the likeliest token. ``stop``: texts at which the
    answer ends. ``threads`` an answer; ``parallel``: answers that compute at the same time (0: one a core, up to 4; more take
    turns). ``keep_tokens``: how much of all chats is kept between turns, 46 kB a token with the default model; 0 reads every
    chat anew.
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
        keep_tokens: int = 2048,
    ) -> None:
        if max_tokens < 1 or context <= max_tokens:
            raise ConfigError("reply.options: context must be larger than max_tokens, and max_tokens at least 1.")
        folder = manifest.folder_of(model)
        try:
            self._prompts = Prompts(folder)
            converted = ConvertedModel(folder)
            self._ear = NewsEar.of(converted)
            self._net = OpenVinoNet(converted, threads=threads, streams=parallel or min(cores(), 4))
        except (WeightsError, BackendError):
            raise
        except Exception as error:
            raise WeightsError(f"The reply model in {folder} cannot be loaded: {error}") from error
        leaving.ends_before_us(self._net, lambda net: net.busy)
        self._end_numbers = {self._prompts.tokenizer.token_to_id(token) for token in self._prompts.ends}
        self._stop, self._context, self._max_tokens = tuple(stop), context, max_tokens
        self._enough = max_tokens * 2 // 3
        self._sampling = Sampling(temperature, top_p, top_k, repetition_penalty)
        self.kept = KeptChats(keep_tokens)
        self._phrases = shipped(self._prompts)
        self._spare: deque[Run] = deque(maxlen=SPARE)
        self._changed = threading.Condition()
        self._urgent = 0  # answers that wait for their first token
        self._wanted: deque[list[int]] = deque(maxlen=WAITING)
        self._reader: threading.Thread | None = None

    def stream(self, messages: Sequence[Message]) -> Generator[str, None, None]:
        """The answer to ``messages``, a token or so a piece; "" while there is nothing yet. BackendError when it fails."""
        return self._told(lambda: until((piece for piece, _ in self._pieces(messages)), self._stop))

    def assured(self, messages: Sequence[Message], least: float) -> Generator[str, None, None]:
        """See ``protocols.KnowsDoubt``. Raises BackendError."""
        return self._told(lambda: until(sure(self._pieces(messages, weigh=True), least), self._stop))

    def hearing(self, messages: Sequence[Message]) -> Generator[News | str, None, None]:
        """See ``protocols.HearsNews``. Raises BackendError."""
        nothing: News | str = ""
        return on_a_thread(lambda: self._heard(messages), nothing, nice=BETWEEN_NICE)

    def prepare(self, messages: Sequence[Message]) -> None:
        """Read the chat so far ahead of its next question, in the background. Returns at once; never needed for an answer."""
        if not self.kept.budget:
            return
        with self._changed:
            self._wanted.append(self._prompts.up_to_question(messages).ids)
            if self._reader is None:
                self._reader = threading.Thread(target=self._read_ahead, name="reply-ahead", daemon=True)
                self._reader.start()

    def settle(self) -> None:
        """Wait until everything that was asked for is read (for tests)."""
        with self._changed:
            self._changed.wait_for(lambda: self._reader is None)

    def ends(self, text: str) -> float:
        """Probability 0–1 that a message ends after ``text``: with a stop, a line or the model's own mark. What stands at the
        end of ``text`` as punctuation does not count, for a recogniser sets a stop after half a sentence, too.

        Reads the message alone, some ten tokens with what comes before it, and keeps nothing. Raises BackendError.
        """
        with self._run() as run:
            logits = run.read(self._prompts.unfinished(text).ids)
        shares = np.exp(logits - logits.max())
        return float(shares[self._prompts.stops].sum() / shares.sum())

    def count_tokens(self, text: str) -> int:
        """Tokens of ``text`` as the model sees them."""
        return self._prompts.count(text)

    def _told(self, texts: Callable[[], Iterator[str]]) -> Generator[str, None, None]:
        # OpenVINO computes on threads of its own, which are as nice as who made them. What is left to this one is a
        # millisecond a token and ten a chat, in which it holds the interpreter's lock: the picture waits until it has a core.
        return on_a_thread(texts, "", nice=BETWEEN_NICE)

    def _heard(self, messages: Sequence[Message]) -> Iterator[News | str]:
        heard = list[News]()
        pieces = until(
            (piece for piece, _ in self._pieces(messages, read=lambda made: heard.append(self._ear(made)))), self._stop
        )
        first = next(pieces, "")
        yield from heard
        yield first
        yield from pieces

    def _pieces(
        self, messages: Sequence[Message], *, weigh: bool = False, read: Callable[[F32], None] = lambda heard: None
    ) -> Iterator[tuple[str, float]]:
        """Texts as they come, each with the logarithm of the probability of its last token (``weigh``; else 0). ``read`` is
        told what was heard in the prompt, see ``Run.heard``."""
        from tokenizers.decoders import DecodeStream

        prompt = self._prompts.before_answer(messages, self._context - self._max_tokens).ids
        decoder, tail = DecodeStream(skip_special_tokens=True), ""
        with leaving.answer() as over, self._run(keep=True) as run:
            for count, (token, weight) in enumerate(self._tokens(run, prompt, weigh=weigh), 1):
                if count == 1:
                    read(run.heard)
                if token in self._end_numbers:
                    return
                piece = decoder.step(self._prompts.tokenizer, token)
                if piece:  # None: half of a character
                    yield piece, weight
                    tail = (tail + piece)[-8:]
                enough = count >= self._max_tokens or (count >= self._enough and ends_sentence(tail))
                if enough or over.is_set():
                    return

    def _tokens(self, run: Run, prompt: list[int], *, weigh: bool) -> Iterator[tuple[int, float]]:
        """What the net says after ``prompt``, without end, each with the logarithm of its probability (``weigh``; else 0).
        Guesses are read together (``phrases.py``)."""
        said, weights = list[int](), list[float]()

        def choose(logits: F32) -> int:
            said.append(self._sampling.pick(logits, said))
            weights.append(log_probability(logits, said[-1]) if weigh else 0.0)
            return said[-1]

        with self._first(), self._net.at_work():
            choose([run.read(chunk) for chunk in self._unread(run, prompt)][-1])
        yield said[-1], weights[-1]
        phrases = self._phrases.beside(prompt)
        while True:
            guesses = phrases.guess(said, FEW - 1)
            with self._net.at_work():
                new = chosen(run.read_each([said[-1], *guesses]), guesses, choose, self._end_numbers)
                run.take_back(FEW - len(new))
            yield from zip(new, weights[-len(new) :], strict=True)

    def _unread(self, run: Run, prompt: list[int]) -> Iterator[list[int]]:
        """What of ``prompt`` is left to read when ``run`` has what is kept of it, in chunks; one at least."""
        count, states = self.kept.longest(prompt)
        if count >= LEAST:
            run.restore(prompt[:count], states)
        for start in range(len(run.tokens), len(prompt), CHUNK):
            yield prompt[start : start + CHUNK]

    @contextmanager
    def _run(self, *, keep: bool = False) -> Iterator[Run]:
        """A chat of the net without a word. ``keep``: what it has read at the end is kept for the next turn."""
        try:
            run = self._spare.pop()
        except IndexError:
            run = self._net.run()
        try:
            yield run
        except BackendError:  # it is not used again
            raise
        except BaseException:
            self._done(run, keep)
            raise
        self._done(run, keep)

    def _done(self, run: Run, keep: bool) -> None:
        with self._net.at_work():
            if keep and run.tokens:
                self.kept.keep(run.tokens, run.states())
            run.clear()
            self._spare.append(run)

    @contextmanager
    def _first(self) -> Iterator[None]:
        """Somebody waits for a first token: reading ahead stands back."""
        with self._changed:
            self._urgent += 1
        try:
            yield
        finally:
            with self._changed:
                self._urgent -= 1
                self._changed.notify_all()

    def _read_ahead(self) -> None:
        be_nice(BETWEEN_NICE)
        while True:
            with self._changed:
                if not self._wanted:
                    self._reader = None
                    self._changed.notify_all()
                    return
                tokens = self._wanted.popleft()
            try:
                self._ahead(tokens)
            except Exception:  # the next answer reads everything itself, and says what is wrong
                log.warning("a chat could not be read ahead", exc_info=True)

    def _ahead(self, tokens: list[int]) -> None:
        if self.kept.longest([*tokens, -1])[0] == len(tokens):
            return
        with leaving.answer() as over, self._run(keep=True) as run:
            for chunk in self._unread(run, tokens):
                with self._changed:
                    self._changed.wait_for(lambda: not self._urgent, PATIENCE_S)
                with self._net.at_work():
                    if over.is_set():
                        return
                    run.read(chunk)
