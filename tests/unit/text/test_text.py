"""Splitting and wording: how a reply is cut into pieces changes nothing, and everything becomes words."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from talking_head.errors import TextError
from talking_head.text.clauses import LONGEST_SPOKEN, ClauseSplitter, check, check_spoken, split
from talking_head.text.english.clauses import LONGEST
from talking_head.text.english.normaliser import ENGLISH, plain, speakable
from talking_head.types import TextSpan

CODE = ENGLISH.sentences.code

# Text as models write it, so that the properties meet numbers, links, fences and abbreviations and not only noise.
PIECES = st.sampled_from(
    ["Hello", " there", ", ", ". ", "! ", "\n", "\n\n", "Dr. ", "e.g. ", "3.14", " 1,000", " 5, 2024", "```\n", "```py\n", "**",
     "_", "- ", "1. ", "[a, b](http://x.y/z)", "https://a.b/c?d=1. ", " and ", "😀", "| a | b |\n", "# ", "`x`", "(", ")", "… ",
     " U.S. ", "J. S. Bach", "\u0000", "ß", "你好", " $5.50", " 50%", "'s", "no", "No. ", "aaaaaaaaaaaaaaaaaaaa"]
)  # fmt: skip
WRITING = st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=60).map("".join))
SPOKEN = re.compile(r"[^\W\d_]|[ '\-,.!?;:…]")


def whole(text: str) -> list[TextSpan]:
    splitter = ClauseSplitter(3)
    return splitter.push(text) + splitter.flush()


@given(WRITING, st.lists(st.integers(1, 30), min_size=1, max_size=40))
@settings(max_examples=150, deadline=None)
def test_chunked_equals_whole(text: str, sizes: list[int]) -> None:
    splitter, spans, place = ClauseSplitter(3), [], 0
    for step in range(len(text)):
        size = sizes[step % len(sizes)]
        spans += splitter.push(text[place : place + size])
        place += size
    assert spans + splitter.flush() == whole(text)


@given(WRITING)
@settings(max_examples=150, deadline=None)
@example("A" * 5000)
@example("1, 2, 3, " * 500)
@example("[" * 500 + "a b c" * 500)
def test_every_clause_can_be_spoken(text: str) -> None:
    spans = whole(text)
    assert [s.index for s in spans] == list(range(len(spans)))
    for span in spans:
        assert span.turn == 3
        assert any(c.isalpha() for c in span.spoken)
        assert all(SPOKEN.match(c) for c in span.spoken), span.spoken
        assert span.spoken[-1] in ".!?…,:"
        assert len(span.text) <= 2 * LONGEST + 20


@given(st.lists(st.sampled_from(["alpha", "beta", "gamma", "delta,", "omega.", "and", "or"]), min_size=1, max_size=60))
@settings(max_examples=100, deadline=None)
def test_no_word_is_lost_or_doubled(words: list[str]) -> None:
    spoken = " ".join(s.spoken for s in whole(" ".join(words)))
    assert re.findall(r"[a-z]+", spoken) == re.findall(r"[a-z]+", " ".join(words))


def test_first_clause_is_out_before_the_sentence_is() -> None:
    splitter = ClauseSplitter(0)
    text = "The capital of France is Paris and it is known for the Eiffel Tower, which was built in 1889."
    out = [(i, s) for i, c in enumerate(text) for s in splitter.push(c)]
    assert out[0][0] < 45
    assert out[0][1].spoken == "The capital of France,"


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("Dr. Smith pays 3.50 dollars. He is here.", ["Dr. Smith pays 3.50 dollars.", "He is here."]),
        ("No. I can not. No. 5 can.", ["No.", "I can not.", "No. 5 can."]),
        ("I was born on May 5, 2024, in Rome.", ["I was born on May 5, 2024,", "in Rome."]),
        ("See https://a.com/x?y=1, it is good.", ["See https://a.com/x?y=1,", "it is good."]),
        ("Read [the docs, all](https://a.com/b,c). Then go.", ["Read the docs,", "all.", "Then go."]),
        ("J. S. Bach wrote it. So?", ["J. S. Bach wrote it.", "So?"]),
        ("It was him, and I. Then we left.", ["It was him,", "and I.", "Then we left."]),
        ("That is\nonly wrapped.\nThis is new.", ["That is only wrapped.", "This is new."]),
        ("Three:\n1. One\n2. Two\n- Three", ["Three:", "1. One", "2. Two", "Three"]),
        ("Look:\n```py\nx = 1. Then\n```\nDone.", ["Look:", CODE, "Done."]),
        ("Look:\n```py\nx = 1. Then", ["Look:", CODE]),
        ("At 5 p.m. we eat. At 6 p.m. We sleep.", ["At 5 p.m. we eat.", "At 6 p.m.", "We sleep."]),
        ("😀", []),
        ("**", []),
    ],
)
def test_clauses(text: str, clauses: list[str]) -> None:
    assert [s.text for s in whole(text)] == clauses


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("$1,234.50", "one thousand two hundred and thirty-four dollars fifty cents"),
        ("€5 million", "five million euros"),
        ("20 EUR", "twenty euros"),
        ("£0.01", "one penny"),
        ("12.5%", "twelve point five percent"),
        ("1st, 22nd and 1,021st", "first, twenty-second and one thousand and twenty-first"),
        ("in 1984 and 2024", "in nineteen eighty-four and twenty twenty-four"),
        ("1500 people", "one thousand five hundred people"),
        ("the 1990s and '80s", "the nineteen nineties and eighties"),
        ("10:30 a.m.", "ten thirty A M"),
        ("14:05", "fourteen oh five"),
        ("7pm", "seven P M"),
        ("2024-05-03", "May third, twenty twenty-four"),
        ("May 5th, 2024", "May fifth, twenty twenty-four"),
        ("5 May", "the fifth of May"),
        ("(555) 123-4567", "five five five, one two three, four five six seven"),
        ("007", "zero zero seven"),
        ("20°C at 100 km/h", "twenty degrees Celsius at one hundred kilometres per hour"),
        ("1 kg", "one kilogram"),
        ("1/2 or 3/4, 24/7", "one half or three quarters, twenty-four seven"),
        ("-5 and 5-10", "minus five and five to ten"),
        ("v2.13.0", "version two point thirteen point zero"),
        ("joe@x-y.com", "joe at x dash y dot com"),
        ("https://www.example.com/docs?x=1", "example dot com slash docs"),
        ("Mr. Joe lives on Main St. here, e.g. now", "mister Joe lives on Main street here, for example now"),
        ("2 * 3 = 6 & more", "two times three equals six and more"),
        ("Hi 👋🏽 there 😀!", "Hi there!"),
        ("What?! No!!!", "What? No!"),
        ("A cat (black) sat", "a cat, black, sat"),
        ("你好", ""),
        ("🙂🙂", ""),
        ("...", ""),
        ("café naïve", "café naïve"),
    ],
)
def test_wording(text: str, words: str) -> None:
    assert speakable(text) == words


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("## A **bold** _word_ and `code`", "A bold word and code"),
        ("- [x] done", "done"),
        ("| a | b |\n|---|:-:|\n| 1 | 2 |", "a, b 1, 2"),
        ("2 * 3, snake_case", "2 * 3, snake_case"),
        ("> quote", "quote"),
    ],
)
def test_plain_is_what_captions_show(text: str, shown: str) -> None:
    assert plain(text) == shown


@pytest.mark.parametrize("text", ["", "   \n", "x" * 4001, "ab\0c", "\x01\x02\x03abc", "\ufffd" * 10])
def test_unusable_text_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(TextError, match=r"[a-z].*\.$|write some words"):
        check(text, 4000)


@pytest.mark.parametrize("text", ["😀👍", "***", "你好"])
def test_nothing_to_speak(text: str) -> None:
    assert check(text, 4000) == text
    with pytest.raises(TextError, match=r"can be spoken|cannot read"):
        split(text)


@pytest.mark.parametrize("unit", ["word and 12 more, ", "x", "1, ", "[a ", "(", "A. ", "\n", "```", "**a", "🙂 "])
def test_the_splitter_never_holds_more_than_a_clause(unit: str) -> None:
    """What is held is looked at for every character, so this is also why the time grows with the length only."""
    splitter = ClauseSplitter(0)
    for character in unit * (3000 // len(unit)):
        splitter.push(character)
        assert splitter.held <= 2 * LONGEST


@pytest.mark.parametrize("text", ["9 " * 2000, "1,234,567 " * 400, "12:30 $5.99 " * 330, "word " * 300])
def test_no_clause_is_long_once_it_is_read_out(text: str) -> None:
    assert max(len(span.spoken) for span in split(text[:1500])) <= LONGEST_SPOKEN + 1


def test_the_bound_of_a_text_holds_for_what_is_read_out() -> None:
    for text in ("9 " * 2000, "1,234,567 " * 400):
        with pytest.raises(TextError, match="Read out"):
            check_spoken(text, ClauseSplitter(0), 4000)
    check_spoken("There are 12 of them. " * 100, ClauseSplitter(0), 4000)


def test_a_text_that_unfolds_is_read_no_further_than_it_takes() -> None:
    read: list[str] = []

    class Counted(ClauseSplitter):
        def push(self, piece: str) -> list[TextSpan]:
            read.append(piece)
            return super().push(piece)

    with pytest.raises(TextError):
        check_spoken("1,234,567 " * 4000, Counted(0), 2000)
    assert sum(map(len, read)) < 2000
    read.clear()
    check_spoken("Only words here. " * 50, Counted(0), 4000)
    assert read == []


def test_a_clause_that_is_cut_keeps_every_word() -> None:
    figures = " ".join(str(number) for number in range(1_234_000, 1_234_060))
    assert " ".join(span.text for span in split(figures)).replace(" ", "") == figures.replace(" ", "")


@pytest.mark.parametrize(
    "text", ["**bold** " + "1,234,567 " * 40, "*all " + "1,234,567 " * 7 + "it* at once", "a *b* " + "$5.99 12:30 " * 40]
)
def test_emphasis_does_not_keep_a_clause_whole_that_unfolds(text: str) -> None:
    spans = split(text)
    assert max(len(span.spoken) for span in spans) <= LONGEST_SPOKEN
    assert " ".join(span.text.strip() for span in spans).count("1,234,567") == text.count("1,234,567")
    emphasised = [bool(span.delivery.words) for span in spans]
    assert all(emphasised) if text.startswith("*all") else emphasised[0]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{x|" + "7 " * 80 + "}", {}),
        ("Now *{x|" + "7 " * 80 + "}* and on.", {}),
        ("{" + "7 " * 40 + "|/a/}", {}),
        ("a", {"a": "7 " * 30 + "7"}),
        ("{x|" + "7 " * 80 + "} " * 1 + "a " * 20, {"a": "7 " * 30}),
    ],
    ids=["said", "stressed", "sounded", "pronounced", "all"],
)
def test_a_direction_stretches_no_clause(text: str, words: dict[str, str]) -> None:
    assert 0 < max(len(span.spoken) for span in split(text, 0, None, words)) <= LONGEST_SPOKEN
