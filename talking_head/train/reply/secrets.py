"""What must not be in a text to learn from: keys, card numbers, and e-mail addresses unless they are meant to be there."""

from __future__ import annotations

import re

_KEYS = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----"
    r"|\b(?:sk|pk|rk)[-_](?:live[-_]|test[-_]|proj[-_]|ant[-_])?[A-Za-z0-9_-]{16,}"  # OpenAI, Stripe and their like
    r"|\b(?:ghp|gho|ghs|ghu|github_pat|glpat|xox[abprs]|hf|npm|pypi)[-_][A-Za-z0-9_-]{16,}"
    r"|\bA(?:KIA|SIA)[A-Z0-9]{16}\b|\bAIza[A-Za-z0-9_-]{30,}"  # Amazon, Google
    r"|\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+"  # JSON web token
    r"|\b(?:password|passwort|api[ _-]?key|secret|token)\s*[:=]\s*[^\s\"']{8,}",
    re.I,
)
_CARDS = re.compile(r"(?<![\d.])\d(?:[ -]?\d){12,18}(?![\d.]?\d)")
_EMAILS = re.compile(r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b")


def secret(text: str, *, emails: bool = False) -> str:
    """What kind of secret is in ``text``, in words that do not repeat it; "" for none. ``emails``: addresses are allowed."""
    if _KEYS.search(text):
        return "what looks like a key or password"
    if any(_luhn([int(c) for c in found[0] if c.isdigit()]) for found in _CARDS.finditer(text)):
        return "a card number"
    if not emails and _EMAILS.search(text):
        return "an e-mail address (--allow-emails lets them pass)"
    return ""


def _luhn(digits: list[int]) -> bool:
    """The check sum of card numbers (ISO/IEC 7812)."""
    doubled = [d if i % 2 else sum(divmod(2 * d, 10)) for i, d in enumerate(reversed(digits), 1)]
    return sum(doubled) % 10 == 0
