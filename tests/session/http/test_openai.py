"""Other programs talk to presenters as to any endpoint of chat completions and speech."""

from __future__ import annotations

import io
import json
import threading
import wave
from collections import Counter
from collections.abc import Iterator

import pytest

from talking_head.config import Config
from talking_head.errors import BackendError
from talking_head.speech.voices import Voice, Voices
from tests.session import fakes
from tests.session.conftest import ONE_PROCESS, Running
from tests.session.strangers.test_bad_input import sentence

pytestmark = ONE_PROCESS

HELLO = {"messages": [{"role": "user", "content": "hello"}]}


async def test_a_chat_is_answered_whole_and_streamed(running: Running) -> None:
    assert (await running.http.get("/v1/models")).json()["data"][0]["id"] == "nobody"
    whole = (await running.http.post("/v1/chat/completions", json={"model": "nobody", **HELLO})).json()
    said = whole["choices"][0]["message"]
    assert said["role"] == "assistant"
    assert said["content"].startswith("word0 word1 word2.")
    assert whole["usage"]["total_tokens"] == whole["usage"]["prompt_tokens"] + whole["usage"]["completion_tokens"] > 0
    streamed = await running.http.post("/v1/chat/completions", json={"stream": True, **HELLO})
    assert streamed.headers["content-type"].startswith("text/event-stream")
    lines = [line.removeprefix("data: ") for line in streamed.text.split("\n\n") if line]
    assert lines[-1] == "[DONE]"
    deltas = [json.loads(line)["choices"][0]["delta"].get("content", "") for line in lines[:-1]]
    assert "".join(deltas).strip() == said["content"]
    few = (await running.http.post("/v1/chat/completions", json={"max_tokens": 2, **HELLO})).json()
    assert len(few["choices"][0]["message"]["content"].split()) == 2
    assert (few["choices"][0]["finish_reason"], whole["choices"][0]["finish_reason"]) == ("length", "stop")


async def test_what_todays_clients_send_is_understood(running: Running) -> None:
    parts = [{"type": "text", "text": "hello"}, {"type": "text", "text": "there"}]
    asked = {"messages": [{"role": "user", "content": parts}], "max_completion_tokens": 2}
    answer = await running.http.post("/v1/chat/completions", json=asked, headers={"Authorization": "Bearer sk-any"})
    assert answer.status_code == 200, answer.text
    assert len(answer.json()["choices"][0]["message"]["content"].split()) == 2


@pytest.mark.parametrize(
    ("route", "body", "says"),
    [
        ("audio/speech", {"model": "tts-1", "voice": "alloi", "input": "hello"}, "no voice or presenter “alloi”"),
        ("audio/speech", {"model": "nobody", "voice": "alloi", "input": "hello"}, "no voice or presenter “alloi”"),
        ("audio/speech", {"model": "gpt-4o", "voice": "alloy", "input": "hello"}, "no model “gpt-4o”"),
        ("chat/completions", {"model": "gpt-4o", **HELLO}, "a model is a presenter (nobody, "),
        ("audio/speech", {"input": "hello", "response_format": "tape"}, "'mp3'"),
        ("chat/completions", {"messages": [{"role": "user", "content": [{"type": "image_url"}]}]}, "type text"),
    ],
)
async def test_a_refusal_says_what_would_do(running: Running, route: str, body: object, says: str) -> None:
    assert says in sentence(await running.http.post(f"/v1/{route}", json=body))


@pytest.mark.parametrize(
    ("route", "body", "says"),
    [
        ("chat/completions", b"[" * 16_000, "its body must be a JSON object in UTF-8"),
        ("chat/completions", b"{", "its body must be a JSON object in UTF-8"),
        ("chat/completions", b"\xff", "its body must be a JSON object in UTF-8"),
        ("chat/completions", b'{"messages": 7}', "“messages” is not what it should be"),
        ("chat/completions", b"{}", "“messages” is missing"),
        ("chat/completions", b'{"messages": []}', "“messages” must hold 1 to 200"),
        ("audio/speech", b'["hello"]', "its body must be a JSON object in UTF-8"),
        ("audio/speech", b'{"input": "hello", "speed": 9}', "“speed” must be at most 2"),
        ("audio/speech", b'{"input": "hello", "speed": "Infinity"}', "“speed” must be at most 2"),
        ("audio/speech", b'{"input": "hello", "speed": "x"}', "“speed” is not what it should be"),
    ],
)
async def test_a_refusal_is_in_our_words(running: Running, route: str, body: bytes, says: str) -> None:
    answer = await running.http.post(f"/v1/{route}", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    assert sentence(answer) == f"This request cannot be used: {says}."


async def test_the_names_that_other_programs_are_built_with_are_spoken(running: Running) -> None:
    for model in ("tts-1", "tts-1-hd", "tts-1-1106", "gpt-4o-mini-tts", "gpt-4o-mini-tts-2025-12-15", "nobody"):
        answer = await running.http.post("/v1/audio/speech", json={"model": model, "voice": "onyx", "input": "one two."})
        assert answer.status_code == 200, (model, answer.text)
        assert answer.headers["content-type"] == "audio/mpeg"  # what a client stores as .mp3


async def test_an_unknown_voice_of_openais_is_one_of_here_of_its_kind(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen: list[tuple[str, str]] = []
    stages = running.container.stages_for("nobody")
    monkeypatch.setattr(
        running.container, "stages_for", lambda name, voice="", speed=1.0: chosen.append((name, voice)) or stages
    )
    monkeypatch.setattr(running.container, "voices", Voices(Config()))
    monkeypatch.setattr(Voice, "here", True)
    for voice in ("nova", "onyx"):
        await running.http.post("/v1/audio/speech", json={"model": "tts-1", "voice": voice, "input": "one two three."})
    assert chosen == [("nobody", "hibari-heart"), ("nobody", "")]  # the default voice is a man's already


async def test_an_error_has_openais_shape(running: Running) -> None:
    told = (await running.http.post("/v1/chat/completions", json={"model": "gpt-4o", **HELLO})).json()["error"]
    assert (told["type"], told["param"], told["code"]) == ("invalid_request_error", "model", "model_not_found")
    told = (await running.http.post("/v1/audio/speech", json={"voice": "nobody"})).json()["error"]
    assert (told["type"], told["param"]) == ("invalid_request_error", "input")
    assert (await running.http.get("/v1/nothing")).json()["error"]["type"] == "invalid_request_error"


async def test_one_model_is_told(running: Running) -> None:
    one = (await running.http.get("/v1/models/nobody")).json()
    assert one == (await running.http.get("/v1/models")).json()["data"][0]
    assert (one["object"], type(one["created"])) == ("model", int)
    assert (await running.http.get("/v1/models/gpt-4o")).status_code == 404


async def test_a_stream_ends_with_its_tokens_where_they_are_asked_for(running: Running) -> None:
    whole = (await running.http.post("/v1/chat/completions", json=HELLO)).json()
    asked = {"stream": True, "stream_options": {"include_usage": True}, **HELLO}
    lines = (await running.http.post("/v1/chat/completions", json=asked)).text.split("\n\n")
    last = json.loads(lines[-3].removeprefix("data: "))
    assert last["choices"] == []
    assert last["usage"] == whole["usage"]


async def test_a_stream_that_fails_says_why(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    def stream(_: fakes.FakeReply, messages: object, *more: object, **others: object) -> Iterator[str]:
        yield "One "
        raise BackendError("The language model is out of memory.")

    monkeypatch.setattr(fakes.FakeReply, "stream", stream)
    answer = await running.http.post("/v1/chat/completions", json={"stream": True, **HELLO})
    last = json.loads(answer.text.strip().split("\n\n")[-1].removeprefix("data: "))
    assert last["error"]["message"] == "The language model is out of memory."
    assert last["error"]["type"] == "server_error"


@pytest.mark.parametrize("kind", ["wav", "pcm", "flac", "opus", "mp3", "aac"])
async def test_a_text_becomes_sound(running: Running, kind: str) -> None:
    asked = {"voice": "nobody", "input": "one two three.", "response_format": kind}
    answer = await running.http.post("/v1/audio/speech", json=asked)
    assert answer.status_code == 200, answer.text
    if kind == "wav":
        with wave.open(io.BytesIO(answer.content)) as file:
            assert file.getframerate() == 48_000
            assert file.getnframes() == pytest.approx(3 * 4800, rel=0.01)
    elif kind == "pcm":
        assert len(answer.content) == pytest.approx(3 * 4800, rel=0.01)  # 24 kHz, as OpenAI's: it has no header to say so
    else:
        import av

        with av.open(io.BytesIO(answer.content)) as file:
            seconds = sum(frame.samples / frame.sample_rate for frame in file.decode(audio=0))
        assert seconds == pytest.approx(0.3, abs=0.08)


@pytest.mark.parametrize(
    ("route", "body", "status"),
    [
        ("chat/completions", {"messages": []}, 422),
        ("chat/completions", {"messages": [{"role": "wizard", "content": "x"}]}, 422),
        ("chat/completions", {"messages": [{"role": "assistant", "content": "x"}]}, 422),
        ("chat/completions", {"model": "nobody-else", **HELLO}, 404),
        ("chat/completions", {"messages": [{"role": "user", "content": ""}]}, 422),
        ("chat/completions", {"messages": [{"role": "user", "content": "x " * 20_000}]}, 413),
        ("audio/speech", {"input": ""}, 422),
        ("audio/speech", {"input": "hello", "response_format": "tape"}, 422),
        ("audio/speech", {"input": "hello", "model": "nobody-else"}, 404),
        ("audio/speech", ["hello"], 422),
    ],
)
async def test_what_cannot_be_used_is_told(running: Running, route: str, body: object, status: int) -> None:
    answer = await running.http.post(f"/v1/{route}", json=body)
    assert answer.status_code == status, answer.text
    sentence(answer)


async def test_tokens_are_counted_once_each_and_not_where_everybodys_packets_wait(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[tuple[str, threading.Thread]] = []

    def count_tokens(_: fakes.FakeReply, text: str) -> int:
        counted.append((text, threading.current_thread()))
        return len(text.split())

    reply = running.container.stages_for("nobody").reply
    assert isinstance(reply, fakes.FakeReply)
    monkeypatch.setattr(fakes.FakeReply, "count_tokens", count_tokens)
    texts = [f"number {n} of many" for n in range(151)]  # of four tokens each; 256 are kept
    asked = {"messages": [{"role": ("user", "assistant")[n % 2], "content": text} for n, text in enumerate(texts)]}
    answer = (await running.http.post("/v1/chat/completions", json=asked)).json()
    assert Counter(text for text, _ in counted if text in texts) == Counter(texts)
    assert threading.current_thread() not in {thread for _, thread in counted}
    prompt, *shown = reply.seen[-1]
    assert 1 < len(shown) < len(texts)
    assert [message.content for message in shown] == texts[-len(shown) :]
    spent = 4 * len(shown) + len(prompt.content.split())
    assert spent <= 256 < spent + 4
    assert answer["usage"]["prompt_tokens"] == 4 * len(texts)
    assert answer["usage"]["completion_tokens"] == 12


async def test_a_listener_who_leaves_ends_the_writing(running: Running) -> None:
    async with running.http.stream("POST", "/v1/chat/completions", json={"stream": True, **HELLO}) as answer:
        async for _ in answer.aiter_lines():
            break
    again = await running.http.post("/v1/chat/completions", json=HELLO)
    assert again.status_code == 200
