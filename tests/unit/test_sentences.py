"""No library's words reach a visitor: what is quoted for the log is left out, and nothing is quoted that could not be."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from pydantic import TypeAdapter, ValidationError

import talking_head
from talking_head import errors
from talking_head.errors import BackendError, ConfigError, InputError, WeightsError, visitors_sentence
from talking_head.wanted import wanted

PACKAGE = Path(talking_head.__file__).parent
OWNERS_ONLY = ("cli", "train", "evaluate", "bench")  # their errors are told on the owner's terminal
OURS = {name for name, each in vars(errors).items() if isinstance(each, type) and issubclass(each, errors.TalkingHeadError)}
OURS |= {"Refused", "AuthError", "ForeignConsentError"}
PLAIN = {"TOMLDecodeError"}  # says the line and the column in plain words


def failed(words: str, kind: type[Exception] = RuntimeError, sentence: str = "The voice did not speak: {0}") -> BackendError:
    error = BackendError(sentence.format(words))
    error.__cause__ = kind(words)
    return error


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (failed("[ONNXRuntimeError] : 6 : node Add: shapes (1,2) differ."), "The voice did not speak."),
        (failed("one\ntwo", sentence="It failed ({0}). Try again."), "It failed. Try again."),
        (failed("All connection attempts failed", httpx.ConnectError), "The voice did not speak."),
        (failed("", sentence="It failed."), "It failed."),
        (failed("There is no voice.", ConfigError), "The voice did not speak: There is no voice."),  # our own words
        (InputError("The film has 3 scenes: too many."), "The film has 3 scenes: too many."),
    ],
)
def test_a_visitor_is_told_our_half_of_a_sentence(error: Exception, told: str) -> None:
    assert visitors_sentence(error) == told


def test_what_an_error_was_made_of_is_left_out_also_two_errors_later() -> None:
    model, again = WeightsError("The model cannot be read: input/output error"), InputError("")
    model.__cause__ = OSError(5, "Input/output error")
    again.args, again.__cause__ = (str(model),), model
    assert visitors_sentence(again) == "The model cannot be read."


@pytest.mark.parametrize("kind", [int, float, bool, str, list[int], tuple[int, ...], dict[str, int]])
@pytest.mark.parametrize("given", [[], {}, "x", None, 1.5, object()])
def test_what_a_value_should_have_been_is_told_in_our_words(kind: type, given: object) -> None:
    try:
        TypeAdapter(kind).validate_python(given)
    except ValidationError as error:
        for problem in error.errors():
            assert wanted(problem).startswith("it is "), problem
            assert problem["msg"].lower() not in wanted(problem).lower()


def quoting() -> Iterator[tuple[str, ast.Raise, str]]:
    """Every ``raise`` of ours that quotes the foreign error it comes of: where, the raise, and what that error is called."""
    for file in sorted(PACKAGE.rglob("*.py")):
        if file.relative_to(PACKAGE).parts[0] in OWNERS_ONLY:
            continue
        for handler in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(handler, ast.ExceptHandler) or handler.name is None or handler.type is None:
                continue
            caught = {ast.unparse(each).split(".")[-1] for each in getattr(handler.type, "elts", [handler.type])}
            if caught <= OURS | PLAIN:
                continue
            for node in ast.walk(handler):
                if not isinstance(node, ast.Raise) or not isinstance(node.exc, ast.Call):
                    continue
                if ast.unparse(node.exc.func).split(".")[-1] in OURS and any(
                    ast.unparse(part) in (f"{{{handler.name}}}", f"str({handler.name})", f"reason({handler.name})")
                    for part in ast.walk(node.exc)
                ):
                    yield f"{file.relative_to(PACKAGE)}:{node.lineno}", node, handler.name


def test_whoever_quotes_a_library_says_of_what_it_comes() -> None:
    found = list(quoting())
    assert len(found) > 20  # it looks where they are
    lost = [where for where, node, name in found if not (isinstance(node.cause, ast.Name) and node.cause.id == name)]
    assert lost == [], "write “from error”, so that visitors_sentence can leave its words out"


def test_nobody_tells_pydantics_messages() -> None:
    for file in PACKAGE.rglob("*.py"):
        if file.relative_to(PACKAGE).parts[0] in OWNERS_ONLY:
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
                assert node.slice.value != "msg", f"{file}:{node.lineno}"
