"""The classes of written English that a voice must get right: other members of each than those of the shared cases."""

from __future__ import annotations

import pytest

from talking_head.errors import TextError
from talking_head.text.clauses import split, split_and_unread
from talking_head.text.english.normaliser import speakable
from tests.paths import CASES

TEXTS = CASES / "texts.tsv"


def spoken(text: str) -> str:
    return " ".join(span.spoken for span in split(text))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        # signs, currencies, ranges
        ("-$5 and +$3", "minus five dollars and plus three dollars"),
        ("€-30.00 or -€30", "minus thirty euros or minus thirty euros"),
        ("−3.5%", "minus three point five percent"),
        ("What is 17 - 9?", "What is seventeen minus nine?"),
        ("x - y = 4", "x minus y equals four"),
        ("12 / 4 = 3", "twelve divided by four equals three"),
        ("5 - 10 people", "five to ten people"),
        ("€10–€20, £1.50-£2.50", "ten to twenty euros, one pound fifty pence to two pounds fifty pence"),
        ("$3 million to $5 million", "three to five million dollars"),
        ("25¢ and 1¢", "twenty-five cents and one cent"),
        ("₩500 or A$15.50", "five hundred won or fifteen Australian dollars fifty cents"),
        # grouping styles
        ("2.500 €", "two thousand five hundred euros"),
        ("12.345.678 people", "twelve million three hundred and forty-five thousand six hundred and seventy-eight people"),
        ("12 500 km", "twelve thousand five hundred kilometres"),
        ("3,5 kg", "three point five kilograms"),
        ("192.168.0.10", "one hundred and ninety-two dot one hundred and sixty-eight dot zero dot ten"),
        # years
        ("in 1015 and since 1088", "in ten fifteen and since ten eighty-eight"),
        ("1024 bytes", "one thousand and twenty-four bytes"),
        ("the 1060s", "the ten sixties"),
        # fractions
        ("5 1/4 kg", "five and a quarter kilograms"),
        ("2⅔ cups", "two and two thirds cups"),
        ("scored 9/10", "scored nine out of ten"),
        # identifiers
        ("My PIN is 0042.", "My PIN is zero zero four two."),
        ("account number 12345678", "account number one two three four five six seven eight"),
        ("Call 911", "Call nine one one"),
        ("Order #48213", "Order number four eight two one three"),
        ("123-45-6789", "one two three, four five, six seven eight nine"),
        ("flight 447 has 1200 seats", "flight four hundred and forty-seven has one thousand two hundred seats"),
        # dotted names
        ("main.py", "main dot P Y"),
        ("mail.google.co.uk", "mail dot google dot co dot U K"),
        ("archive.tar.gz", "archive dot tar dot G Z"),
        ("the .env file", "the dot env file"),
        ("He left.Then he came.", "He left. Then he came."),
        # dates
        ("1.5.2023", "the first of May twenty twenty-three"),
        ("25/12/2024", "December twenty-fifth, twenty twenty-four"),
        # powers
        ("2^10", "two to the power of ten"),
        ("10⁶ and x³", "ten to the power of six and x cubed"),
        ("10^-3", "ten to the power of minus three"),
        ("5 m² of CO₂", "five square metres of CO two"),
        # places
        ("Rm. 5 and Suite 200B", "room five and Suite two hundred B"),
        ("Henry VIII, Chapter IV", "Henry the eighth, Chapter four"),
    ],
)
def test_other_members_of_each_class(text: str, words: str) -> None:
    assert speakable(text) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("AT&amp;T &lt; caf&eacute;", "AT and T less than café."),
        ('a <b class="x, y. z">big</b> <i>day</i>', "a big day."),
        ("<script>alert('x, y, z.')</script>Seen.", "Seen."),
        ("<!-- one, two. -->After.", "After."),
        ("if a < b and c > d", "if a is less than b, and c is greater than d."),
        ("Look:\n```py\nx = 1, y = 2.\n```\nDone.", "Look: Here is a piece of code. Done."),
        ("Use `x = [1, 2]` here", "Use a piece of code here."),
        ("Rows:\n| a | b |\n|---|---|\n| 1 | 2 |\nEnd.", "Rows: Here is a table. End."),
        (r"So $x^2 + 1$ and \(\frac{a}{b}\) hold", "So x squared plus one and a over b hold."),
        (r"$$\begin{pmatrix} a & b \\ c & d \end{pmatrix}$$", "a formula."),
        ("It costs $5 and $6.", "It costs five dollars, and six dollars."),
        ("See [the docs](https://a.b/c?d=1), [1] too", "See the docs, too."),
        ("<unknown-tag x='1'>kept</unknown-tag>", "kept."),
    ],
)
def test_markup_is_gone_before_clauses_are_cut(text: str, words: str) -> None:
    assert spoken(text) == words


def test_directions_become_pauses_marks_and_deliveries() -> None:
    spans = split('Hello [pause 1s] there. *Really* <prosody rate="slow" pitch="+2st">slowly</prosody> {HeyGen|hay-jen}.')
    assert spans[0].pause == 1.0
    (mark,) = next(span for span in spans if "Really" in span.spoken).delivery.words
    assert mark.emphasis == 1.0
    slow = next(span for span in spans if "slowly" in span.spoken)
    assert slow.delivery.rate == 0.8
    assert slow.delivery.pitch == pytest.approx(2 ** (2 / 12))
    assert spans[-1].delivery.rate == 1.0
    assert "hay jen" in spans[-1].spoken
    assert "HeyGen" in spans[-1].text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('<say-as interpret-as="characters">WHO</say-as>', "W, H, O."),
        ('<say-as interpret-as="ordinal">3</say-as> <say-as interpret-as="cardinal">1234</say-as>',
         "third one thousand two hundred and thirty-four."),
        ('<say-as interpret-as="date" format="dmy">03/04/2021</say-as>', "April third, twenty twenty-one."),
        ('<sub alias="World Wide Web Consortium">W3C</sub>', "World Wide Web Consortium."),
        ("H<sub>2</sub>O and x<sup>2</sup>", "H two O and x squared."),
        ('<speak><p>One</p><break strength="x-strong"/><voice name="x">Two</voice></speak>', "One. Two."),
    ],
)  # fmt: skip
def test_ssml_subset(text: str, words: str) -> None:
    assert spoken(text) == words


def test_phonemes_and_pronunciation_lists_reach_the_voice() -> None:
    (span,) = split('<phoneme alphabet="ipa" ph="təˈmɑːtoʊ">tomato</phoneme> soup')
    assert (span.delivery.words[0].start, span.delivery.words[0].phonemes) == (0, "təˈmɑːtoʊ")
    (span,) = split("Ask Nguyen at HeyGen", pronunciations={"nguyen": "/wɪn/", "HeyGen": "hay jen"})
    assert span.spoken == "Ask Nguyen at hay jen."
    assert span.text == "Ask Nguyen at HeyGen"
    assert span.spoken[span.delivery.words[0].start : span.delivery.words[0].end] == "Nguyen"


def test_what_cannot_be_read_is_told() -> None:
    spans, unread = split_and_unread("Hello. Привет, мир. How are you?")
    assert [span.spoken for span in spans] == ["Hello.", "How are you?"]
    assert unread == ["Привет, мир"]
    with pytest.raises(TextError, match="cannot read “Γειά σου”"):
        split("Γειά σου!")
    assert split("a" * 76)[0].spoken  # spoken somehow


def test_the_shared_cases_hold() -> None:
    if not TEXTS.is_file():
        pytest.skip("the shared cases are not beside this checkout")
    heard = {}
    for line in TEXTS.read_text("utf-8").splitlines():
        text, _, wanted = line.partition("\t")
        if wanted and not line.startswith("#"):
            try:
                heard[text] = spoken(text)
            except TextError as error:
                heard[text] = f"refused: {error}"
    assert heard["The balance is -$45.20 today."] == "The balance is minus forty-five dollars twenty cents today."
    assert "the thirty-first of December twenty twenty-four" in heard["We meet on 31.12.2024."]
    assert heard["你好，世界。"].startswith("refused")
    assert all(words and "<" not in words and "&" not in words for words in heard.values())
