"""Simple LaTeX in English words; what is not simple is "a formula"."""

from __future__ import annotations

import re

_NAMES = {
    "times": "times", "cdot": "times", "div": "divided by", "pm": "plus or minus", "leq": "is at most", "le": "is at most",
    "geq": "is at least", "ge": "is at least", "neq": "is not equal to", "ne": "is not equal to", "approx": "is about",
    "infty": "infinity", "to": "to", "rightarrow": "to", "in": "in", "sum": "the sum of", "int": "the integral of",
    "log": "log", "ln": "L N", "sin": "sine", "cos": "cosine", "tan": "tangent", "lim": "the limit of",
    "partial": "partial", "ldots": ",",
    "dots": ",", "quad": ",", "left": "", "right": "", "displaystyle": "", "degree": "degrees", "circ": "degrees",
}  # fmt: skip
_LETTERS = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau phi chi psi omega"
_GREEK = frozenset(_LETTERS.split())
_SIGNS = {"=": "equals", "+": "plus", "-": "minus", "−": "minus", "*": "times", "/": "over", "<": "is less than",
          ">": "is greater than", "!": "factorial"}  # fmt: skip
_SHORT = "of the is at to by pi mu nu xi log sin cos tan phi chi psi eta tau rho in"
_WORDS = frozenset(_SHORT.split())
_FROM = {"int": "the integral", "sum": "the sum", "prod": "the product"}
_LONGEST = 160


def formula(tex: str) -> str:
    """``tex`` without its dollar signs, in words."""
    text = " ".join(tex.split())
    if len(text) > _LONGEST or "&" in text or "\\\\" in text:
        return "a formula"
    text = re.sub(r"\\(?:text|mathrm|mathbf|mathit|operatorname)\s*\{([^{}]*)\}", r" \1 ", text)
    text = re.sub(
        r"\\(int|sum|prod)\s*_\s*(?:\{([^{}]*)\}|(\w))\s*\^\s*(?:\{([^{}]*)\}|(\\?\w+))",
        lambda m: f" {_FROM[m[1]]} from {m[2] or m[3]} to {m[4] or m[5]} of ",
        text,
    )
    for _ in range(4):  # from the inside out
        text = re.sub(r"\\[dt]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}", r" \1 over \2 ", text)
        text = re.sub(r"\\sqrt\s*\{([^{}]*)\}", r" the square root of \1 ", text)
        text = re.sub(r"\^\s*\{([^{}]*)\}|\^\s*(\\?\w)", lambda m: _power((m[1] or m[2]).strip()), text)
        text = re.sub(r"_\s*\{([^{}]*)\}|_\s*(\w)", lambda m: f" {m[1] or m[2]} ", text)
    text = re.sub(r"\\([A-Za-z]+)", lambda m: f" {_command(m[1])} ", text)
    text = re.sub(r"\\[,;:! ]", " ", text)
    if re.search(r"[\\{}^_~|\[\]]", text):
        return "a formula"
    text = re.sub(r"(?<=[A-Za-z])(?=\d)|(?<=\d)(?=[A-Za-z])", " ", text)
    text = "".join(f" {_SIGNS[c]} " if c in _SIGNS else c for c in text.replace("(", " ").replace(")", " "))
    return " ".join(re.sub(r"\b[a-zA-Z]{2,3}\b", lambda m: _letters(m[0]), text).split())


def _letters(word: str) -> str:
    """Letters that stand side by side are multiplied: said one by one."""
    if word in _WORDS or not word.islower() or re.search("[aeiou]", word):
        return word
    return " ".join(word).upper()


def _power(exponent: str) -> str:
    if exponent in {"2", "3"}:
        return " squared " if exponent == "2" else " cubed "
    if exponent in {"\\circ", "\\degree"}:
        return " degrees "
    return f" to the power of {exponent} "


def _command(name: str) -> str:
    if name in _NAMES:
        return _NAMES[name]
    low = name.lower().removeprefix("var")
    return low if low in _GREEK else "\\"
