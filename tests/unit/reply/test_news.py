"""The ear for news: a line through what the net makes of a message half way up."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from safetensors import safe_open

from talking_head import registry
from talking_head.protocols import HearsNews
from talking_head.reply.openvino.converted import ConvertedModel
from talking_head.reply.openvino.net import HEARD, OpenVinoNet
from talking_head.reply.openvino.news import LINE, NewsEar
from talking_head.train.reply.news import fitted, lines, recipe, shares
from talking_head.types import Message, News
from tests.unit.reply.test_openvino_net import TOKENS, WIDTH, convert


def test_the_net_tells_what_it_makes_of_the_last_token(tmp_path: Path) -> None:
    convert(tmp_path, quantization="float32")
    net = OpenVinoNet(ConvertedModel(tmp_path))
    whole, parts = net.run(), net.run()
    whole.read(TOKENS)
    parts.read(TOKENS[:3])
    early = parts.heard
    parts.read(TOKENS[3:])
    assert whole.heard.shape == (len(HEARD) * WIDTH,)
    assert np.allclose(whole.heard, parts.heard, atol=1e-3)
    assert not np.allclose(whole.heard, early, atol=0.1)


def test_another_model_hears_nothing(tmp_path: Path) -> None:
    convert(tmp_path)
    assert NewsEar.of(ConvertedModel(tmp_path))(np.ones(2 * WIDTH, np.float32)) == News()


def test_the_line_tells_classes_apart_that_lie_apart() -> None:
    random = np.random.default_rng(3)
    classes = random.integers(0, 3, 300)
    features = (random.standard_normal((300, 20)) + 4 * np.eye(3, 20)[classes]).astype(np.float32)
    line = fitted(features[:200], classes[:200])
    told = shares(np.hstack([features[200:], np.ones((100, 1))]), line)
    assert np.mean(told.argmax(1) == classes[200:]) > 0.9
    news = NewsEar(line)(features[200])
    assert (news.bad, news.good) == (pytest.approx(told[0, 0], abs=1e-4), pytest.approx(told[0, 2], abs=1e-4))


def test_the_shipped_line_was_learned_by_what_stands_here() -> None:
    with safe_open(LINE, "numpy") as file:
        assert file.metadata() == {"by": recipe()}, "run: python -m talking_head.train.reply.news"


def test_the_lines_are_of_three_kinds_and_none_stands_twice() -> None:
    texts, classes = lines()
    assert len({text.lower() for text in texts}) == len(texts)
    assert min(np.bincount(classes)) > 200


@pytest.mark.models
def test_the_default_model_hears_how_good_news_are(models: Path) -> None:
    """Lines that it did not learn from, in the words of the issue that asked for it."""
    model = registry.build("reply", "openvino", temperature=0.0)
    assert isinstance(model, HearsNews)

    def heard(told: str) -> News:
        news = next(piece for piece in model.hearing([Message("user", told)]) if piece)
        assert isinstance(news, News)
        return news

    good = [heard(told) for told in ("My cousin got engaged to a lovely man.", "Our offer for the house was accepted today.")]
    bad = [heard(told) for told in ("My uncle died on Sunday.", "Somebody stole my purse at the market.")]
    neither = [heard(told) for told in ("I came here on foot.", "My aunt works in a post office.")]
    assert all(news.good > 0.5 for news in good)
    assert all(news.bad > 0.5 for news in bad)
    assert all(max(news.good, news.bad) < 0.5 for news in neither)
    hello = [Message("user", "Hello there.")]
    words = list(model.hearing(hello))
    assert "".join(piece for piece in words if isinstance(piece, str)) == "".join(model.stream(hello))
