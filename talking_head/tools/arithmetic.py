"""Sums in words or signs → their exact result, by a parser that knows numbers, brackets and eight operations, and nothing else.

A language model guesses at 12 times 7; a small one guesses wrong. Only a message that is a sum from its first to its last word
is taken for one. The grammar, loosest first::

    sum     = product (("+" | "-") product)*
    product = power (("*" | "/" | "of") power)*
    power   = unary ("^" power)?
    unary   = ("-" | "root") unary | atom ("%" | "squared" | "cubed")*
    atom    = number | "(" sum ")"
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from fractions import Fraction

from talking_head.errors import InputError

MAX_CHARS = 200
_LARGEST, _STEEPEST = Fraction(10) ** 15, 64  # of a result, and of an exponent: what can be read aloud, and no memory bomb
_DECIMALS = 4

_OPENERS = re.compile(
    r"""^(?: (?:hello|hi|hey|okay|ok|so|and|well|please|then|now)\b[\s,.!]*
         | (?:can|could|would|will)\ you\ (?:please\ )?(?:tell\ me|calculate|compute|work\ out|solve|add\ up|say)\b\s*
         | (?:tell\ me|do\ you\ know|i\ want\ to\ know|i\ would\ like\ to\ know)\b\s*
         | what\ do\ (?:i|we|you)\ get\ (?:if|when)\ (?:i|we|you)\b\s*
         | (?:what(?:'s|\ is|\ are|\ does|\ do)|how\ much(?:\ is|\ are|\ does|\ do)?)\b\s*
         | (?:calculate|compute|work\ out|solve|the\ (?:result|answer)\ of)\b\s*)""",
    re.X,
)
_CLOSERS = re.compile(
    r"\s*(?:[?.!=]|\bequals?(?: (?:what|to))?|\bmake|\bplease|\bfor me|\bis what|\bis how much|\bin (?:your|my|the) head"
    r"|,? ?\b(?:real |very |really |rather )?(?:quick(?:ly)?|fast)\b|,? ?\basap"
    r"|,? (?:what(?:'s| is)|how much is) (?:that|it)|\bcome (?:to|out (?:at|as))|\bgives?|\badd up to)\s*$"
)
_DONE = r"(?:(?:i|you|we|one) )?(?:get|have|end up with|be left with|is left|left|remains|make|be)(?: left)?"
_WRAPPED = (  # a sum as something that somebody does
    rf"{_DONE} (?:if|when|by|from) (?:(?:i|you|we|one) )?(.+)",
    r"(?:if|when|by) (?:(?:i|you|we|one) )?(.+?),? (?:then )?(?:what|how much|how many)"
    rf"(?: (?:do|will|would|is|are|does it|does that))? {_DONE}",
)
_GERUNDS = {
    "adding": "add", "taking": "take", "subtracting": "subtract", "multiplying": "multiply", "dividing": "divide",
    "putting": "put",
}  # fmt: skip
_SIGNS = (
    (r"multiplied (?:by|with)|times|[x×·✕]", "*"),
    (r"divided by|over|[÷:]", "/"),
    (r"plus|added to", "+"),
    (r"minus|take away|less|[−–]", "-"),
    (r"to the power of|to the|\*\*", "^"),
    (r"per ?cent(?: of)?|% of|％", "% of"),
    (r"(?:the )?square root(?: of)?|√", "root"),
    (r"half of|a half of", "1/2 of"),
    (r"twice|double", "2 *"),
)
_ORDERS = (  # a sum as something to do
    (r"(?:the )?sum of (.+) and (.+)|add (.+) (?:and|to) (.+)", "({0}) + ({1})"),
    (r"(?:put|add|count|take) (.+) and (.+) together|(.+) and (.+) (?:put|added|taken) together", "({0}) + ({1})"),
    (r"(?:the )?product of (.+) and (.+)|multiply (.+) (?:by|with|and) (.+)", "({0}) * ({1})"),
    (r"(?:the )?difference (?:between|of) (.+) and (.+)", "({0}) - ({1})"),
    (r"(?:subtract|deduct|remove) (.+) from (.+)|take (.+?)(?: away)? from (.+)", "({1}) - ({0})"),
    (r"divide (.+) by (.+)", "({0}) / ({1})"),
    (
        r"(?:i (?:need|want|have) )?(.+) (?:split|divided|cut|shared)(?: up| equally| evenly)? (?:into|in|between|among) (\S+?)"
        r"(?: equal| even)?(?: (?:parts|pieces|shares|portions|groups))?"
        r"(?:,? (?:so )?(?:how (?:big|much|many|large) (?:is|are) (?:each|one)(?: part| piece| share)?|what is each))?",
        "({0}) / ({1})",
    ),
)
_NAME = re.compile(r"\d+(?:[-/.]\d+)+")  # 555-1234, 24/7, 28.11.2026: hardly a sum, unless one is asked for
_TOKEN = re.compile(r"\s*(?:(\d+(?:\.\d+)?|\.\d+)|(squared|cubed|root|of|[-+*/^()%]))")
_SPOKEN = {"+": "plus", "-": "minus", "*": "times", "/": "divided by", "^": "to the power of", "%": "percent"}

_ONES = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_WORDS = {word: number for number, word in enumerate(_ONES)} | {word: 10 * n for n, word in enumerate(_TENS, 2)}
_SCALES = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9}


def answer(message: str) -> str:
    """The result of the sum that ``message`` asks for, as a sentence; "" where it is none."""
    text = _bare(message)
    if _NAME.fullmatch(text) and message.strip() == text:
        return ""
    try:
        tokens = _tokens(text)
        if not any(token in _OPERATIONS for token in tokens):
            return ""  # a number alone is no sum
        value = _Parser(tokens).whole()
    except _NoSumError:
        return ""
    except InputError as error:
        return str(error)
    return f"{_said(tokens)} is {spoken_number(value)}."


def evaluate(expression: str) -> Fraction:
    """The exact value of ``expression``. InputError, in a sentence, for what is no sum, too large, or divided by zero."""
    if len(expression) > MAX_CHARS:
        raise InputError(f"A sum has at most {MAX_CHARS} characters.")
    try:
        return _Parser(_tokens(_bare(expression))).whole()
    except _NoSumError:
        raise InputError("That is not a sum of numbers.") from None


class _NoSumError(Exception):
    """The text is not of this grammar."""


def _bare(message: str) -> str:
    text = " ".join(message.lower().replace("’", "'").split())
    if len(text) > MAX_CHARS:
        return ""
    while (shorter := _CLOSERS.sub("", text, count=1)) != text:
        text = shorter
    text = _unwrapped(text)
    while (shorter := _OPENERS.sub("", text, count=1)) != text:
        text = _unwrapped(shorter)
    text = re.sub(rf"^({'|'.join(_GERUNDS)})\b", lambda m: _GERUNDS[m[1]], text)
    for order, as_sum in _ORDERS:
        if match := re.fullmatch(order, text):
            return as_sum.format(*(part for part in match.groups() if part is not None))
    return text


def _unwrapped(text: str) -> str:
    """“If I put 8 and 5 together, what do I get” → “put 8 and 5 together”."""
    return next((m[1] for pattern in _WRAPPED if (m := re.fullmatch(pattern, text))), text)


def _tokens(text: str) -> list[str]:
    text = re.sub(r"(?<=\d),(?=\d{3}\b)", "", text)  # 1,000
    text = digits(text)
    for words, sign in _SIGNS:
        bounded = "|".join(rf"\b{w}\b" if w[0].isalpha() else w for w in re.split(r"\|(?![^(]*\))(?![^\[]*\])", words))
        text = re.sub(rf"(?:{bounded})", f" {sign} ", text)
    text = re.sub(r"(?<![a-z])x(?![a-z])", "*", text)
    found, at = [], 0
    text = text.rstrip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise _NoSumError
        found.append(match[1] or match[2])
        at = match.end()
    return found


def digits(text: str) -> str:
    """Numbers in words → digits: “two hundred and five” → 205."""
    out: list[str] = []
    total = current = 0
    open_number = scaled = False  # “and” belongs to a number after “hundred” and its like only
    for word in re.findall(r"[a-z']+|[^a-z']+", re.sub(r"(?<=[a-z])-(?=[a-z])", " ", text)):
        if word in _WORDS:
            current, open_number, scaled = current + _WORDS[word], True, False
        elif word in _SCALES and open_number:
            scaled = True
            if word == "hundred":
                current *= 100
            else:
                total, current = total + current * _SCALES[word], 0
        elif open_number and (word == " " or (word == "and" and scaled)):
            continue
        else:
            if open_number:
                out.append(f" {total + current} ")
                total, current, open_number = 0, 0, False
            out.append(word)
    if open_number:
        out.append(f" {total + current} ")
    return "".join(out)


class _Parser:
    """Recursive descent over ``tokens``, each function a line of the grammar above."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens, self._at, self._depth = tokens, 0, 0

    def whole(self) -> Fraction:
        value = self._sum()
        if self._at < len(self._tokens):
            raise _NoSumError
        return value

    def _next(self, *wanted: str) -> str:
        token = self._tokens[self._at] if self._at < len(self._tokens) else ""
        if token not in wanted:
            return ""
        self._at += 1
        return token

    def _sum(self) -> Fraction:
        value = self._product()
        while sign := self._next("+", "-"):
            value = _bounded(_OPERATIONS[sign](value, self._product()))
        return value

    def _product(self) -> Fraction:
        value = self._power()
        while sign := self._next("*", "/", "of"):
            value = _bounded(_OPERATIONS[sign](value, self._power()))
        return value

    def _power(self) -> Fraction:
        value = self._unary()
        return _bounded(_power(value, self._power())) if self._next("^") else value

    def _unary(self) -> Fraction:
        self._depth += 1
        if self._depth > MAX_CHARS:
            raise _NoSumError
        if self._next("-"):
            return -self._power()
        if self._next("root"):
            return _root(self._unary())
        value = self._atom()
        while sign := self._next("%", "squared", "cubed"):
            value = _bounded(value / 100 if sign == "%" else value ** {"squared": 2, "cubed": 3}[sign])
        return value

    def _atom(self) -> Fraction:
        if self._next("("):
            value = self._sum()
            if not self._next(")"):
                raise _NoSumError
            return value
        if self._at < len(self._tokens) and self._tokens[self._at][-1].isdigit():
            self._at += 1
            return _bounded(Fraction(self._tokens[self._at - 1]))
        raise _NoSumError


def _divided(left: Fraction, right: Fraction) -> Fraction:
    if right == 0:
        raise InputError("Nothing can be divided by zero.")
    return left / right


def _power(base: Fraction, exponent: Fraction) -> Fraction:
    if exponent.denominator != 1 or abs(exponent) > _STEEPEST:
        raise InputError("That power is too much for me to work out.")
    if base == 0 and exponent < 0:
        raise InputError("Nothing can be divided by zero.")
    return base ** int(exponent)


def _root(value: Fraction) -> Fraction:
    if value < 0:
        raise InputError("A negative number has no real square root.")
    exact = Fraction(math.isqrt(value.numerator), math.isqrt(value.denominator))
    return exact if exact * exact == value else Fraction(math.sqrt(value)).limit_denominator(10**9)


_OPERATIONS: dict[str, Callable[[Fraction, Fraction], Fraction]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "of": lambda a, b: a * b,
    "/": _divided,
    "^": _power,
    "root": lambda _, b: _root(b),
    "squared": lambda a, _: a * a,
    "cubed": lambda a, _: a**3,
}


def _bounded(value: Fraction) -> Fraction:
    if abs(value) > _LARGEST:
        raise InputError("That number is too large for me to say.")
    return value


def spoken_number(value: Fraction) -> str:
    """In digits, to four decimals: “about” where more would follow."""
    shown = round(value, _DECIMALS)
    digits = f"{float(shown):,.{_DECIMALS}f}".rstrip("0").rstrip(".") if shown.denominator > 1 else f"{int(shown):,}"
    minus = "minus " if digits.startswith("-") else ""
    return ("" if shown == value else "about ") + minus + digits.lstrip("-")


def _said(tokens: list[str]) -> str:
    """The sum as it is read aloud."""
    words = []
    for at, token in enumerate(tokens):
        if token == "root":
            token = "the square root of"
        elif token == "-" and (at == 0 or tokens[at - 1] in (*"+-*/^(", "of", "root")):
            token = "minus"
        words.append(_SPOKEN.get(token, token))
    text = " ".join(words).replace("( ", "(").replace(" )", ")").replace("1 divided by 2 of", "half of")
    text = re.sub(r"\((\d[\d.]*)\)", r"\1", text)
    return text[0].upper() + text[1:]
