"""How much a served model is surprised by the answers of test chats."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from talking_head.train.reply.chats import Chat
from talking_head.train.reply.tokens import ChatTokens


def perplexity(folder: Path, chats: Sequence[Chat], longest: int = 512) -> float:
    """exp of the mean cross entropy over the tokens of all answers, by the CTranslate2 model in ``folder``, in int8."""
    import ctranslate2

    generator = ctranslate2.Generator(str(folder), compute_type="int8", intra_threads=1)
    tokens = ChatTokens(folder)
    entropy, count = 0.0, 0
    for sample in tokens.samples(chats, longest):
        words = [tokens.tokenizer.id_to_token(i) for i in sample.ids.tolist()]
        (scored,) = generator.score_batch([words])
        learned = [score for score, learn in zip(scored.log_probs, sample.learn[1:], strict=True) if learn]
        entropy, count = entropy - sum(learned), count + len(learned)
    return math.exp(entropy / count) if count else float("nan")
