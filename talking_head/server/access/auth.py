"""Who may do what: API keys with scopes, and short-lived tokens that a site's own server mints for its visitors.

A key is 256 random bits, so its SHA-256 is kept and not a slow password hash. A token is a JWT (RFC 7519, HS256) with the
claims ``aud`` ``iat`` ``exp`` ``scope`` and perhaps ``sub``; whoever holds the secret or a key can make one, and no token can
make another.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import time
import tomllib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jwt
import tomlkit

from talking_head.errors import ConfigError, InputError, reason

SCOPES = ("view", "talk", "make", "admin")
ENTAILED = {"view": {"view"}, "talk": {"talk", "view"}, "make": {"make", "view"}, "admin": set(SCOPES)}
AUDIENCE = "talking-head"
PREFIX = "th_"  # by which scanners of sources find a key that leaked
COOKIE = "talking_head"
LONGEST_S = 24 * 3600.0  # a token that claims to live longer is not one of ours
MIN_SECRET = 32


class AuthError(InputError):
    """No credential, or one that does not fit. ``status`` 401: say who you are; 403: you may not."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks. ``name``: of the key, or what the token says its visitor is; empty where nobody has to say. ``by_key``: the key
    itself was sent; ``of_key``: the cookie that it was traded for.
    """

    name: str
    scopes: frozenset[str]
    by_key: bool = False
    expires: float | None = None  # of a token, in seconds of the Unix clock
    of_key: bool = False

    @property
    def client(self) -> str:
        """Whose jobs, sessions and calls these are; empty where nobody has to say. A visitor may be called like a key, if a
        site lets its visitors choose their names.
        """
        return f"{'key' if self.by_key or self.of_key else 'visitor'} {self.name}" if self.name else ""


ANYBODY = Visitor("", frozenset(SCOPES))  # where no keys are asked for
NOBODY = Visitor("", frozenset())


def entailed(scopes: Iterable[str]) -> frozenset[str]:
    """``scopes`` with what they bring along. Raises ConfigError for an unknown one."""
    found: set[str] = set()
    for scope in scopes:
        if scope not in ENTAILED:
            raise ConfigError(f"“{scope[:40]}” is not a scope. Scopes are: {', '.join(SCOPES)}.")
        found |= ENTAILED[scope]
    return frozenset(found)


def digest(key: str) -> str:
    """What is kept of a key."""
    return hashlib.sha256(key.encode()).hexdigest()


class Keys:
    """API keys: name, scopes and hash. From a file that ``talking-head key`` writes, and from the environment.

    The variable holds entries ``NAME:SCOPE+SCOPE:KEY``, separated by white space.
    """

    def __init__(self, file: Path, variable: str = "") -> None:
        self._by_digest: dict[str, Visitor] = {}
        for name, entry in read(file).items():
            self._by_digest[entry["sha256"]] = Visitor(name, entailed(entry["scopes"]), by_key=True)
        for word in os.environ.get(variable, "").split() if variable else ():
            name, _, rest = word.partition(":")
            scopes, _, key = rest.partition(":")
            if not (name and scopes and len(key) >= MIN_SECRET):
                raise ConfigError(
                    f"{variable}: entries are NAME:SCOPE+SCOPE:KEY, with spaces between; a key has {MIN_SECRET} characters."
                )
            self._by_digest[digest(key)] = Visitor(name, entailed(scopes.split("+")), by_key=True)

    def __len__(self) -> int:
        return len(self._by_digest)

    def find(self, key: str) -> Visitor | None:
        """Whose key this is."""
        return self._by_digest.get(digest(key))


def read(file: Path) -> dict[str, dict[str, Any]]:
    """The keys of a file by name: ``sha256`` and ``scopes``; none if there is no file. Raises ConfigError."""
    try:
        entries = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise ConfigError(f"The file of keys {file} cannot be read: {reason(error)}.") from error
    for name, entry in entries.items():
        good = isinstance(entry, dict) and isinstance(entry.get("sha256"), str) and isinstance(entry.get("scopes"), list)
        if not good:
            raise ConfigError(f"{file}: [{name}] needs “sha256” and “scopes”. `talking-head key add` writes them.")
    return entries


def write(file: Path, entries: dict[str, dict[str, Any]]) -> None:
    """Replace the file of keys, readable by its owner alone."""
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_suffix(".new")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        out.write(tomlkit.dumps(entries))
    beside.replace(file)


def new_key() -> str:
    """A key of 256 random bits."""
    return PREFIX + secrets.token_urlsafe(32)


class Tokens:
    """Mints and reads tokens with ``secret`` (empty: a random one, which lives as long as this process)."""

    def __init__(self, secret: str = "") -> None:
        if secret and len(secret) < MIN_SECRET:
            raise ConfigError(f"The secret of the tokens has only {len(secret)} characters; it needs {MIN_SECRET} or more.")
        self._secret = secret or secrets.token_urlsafe(48)

    def mint(self, scopes: Collection[str], seconds: float, visitor: str = "", *, of_key: bool = False) -> str:
        """A token for ``scopes`` that lives for ``seconds``; ``of_key``: ``visitor`` is a key's name, which it stands for.

        Raises AuthError for scopes that no token may carry.
        """
        if "admin" in scopes:
            raise AuthError(403, "A token cannot carry the scope “admin”; use a key.")
        now = int(time.time())
        claims = {"aud": AUDIENCE, "iat": now, "exp": now + int(seconds), "scope": " ".join(sorted(scopes))}
        named = {"sub": visitor} if visitor else {}
        return jwt.encode(claims | named | ({"key": True} if of_key else {}), self._secret, "HS256")

    def read(self, token: str) -> Visitor:
        """Who it was made for. Raises AuthError (401) for one that is forged, foreign or over."""
        try:
            claims = jwt.decode(
                token,
                self._secret,
                ["HS256"],
                audience=AUDIENCE,
                leeway=5,
                options={"require": ["exp", "iat", "aud"], "verify_sub": False},
            )
        except jwt.ExpiredSignatureError:
            raise AuthError(401, "This link has expired. Open the page again from where you came.") from None
        except (jwt.PyJWTError, ValueError, RecursionError):
            raise AuthError(401, "This token is not valid here.") from None
        scope, visitor, times = claims.get("scope"), claims.get("sub", ""), (claims["iat"], claims["exp"])
        # PyJWT takes figures in texts, too; and NaN is no length.
        short = all(type(time) in (int, float) for time in times) and times[1] - times[0] <= LONGEST_S
        if not isinstance(scope, str) or not isinstance(visitor, str) or not short:
            raise AuthError(401, "This token is not valid here.")
        scopes = frozenset(SCOPES[:-1]) & set().union(*(ENTAILED.get(each, set()) for each in scope.split() if each != "admin"))
        return Visitor(visitor[:80], scopes, expires=float(claims["exp"]), of_key=claims.get("key") is True)


class Auth:
    """Reads the credential of a request. ``keys`` None: nobody is asked."""

    def __init__(self, keys: Keys | None, tokens: Tokens) -> None:
        self.keys, self.tokens = keys, tokens

    @property
    def open(self) -> bool:
        """Whether everybody may do everything."""
        return self.keys is None

    def visitor(self, authorization: str, cookie: str) -> Visitor:
        """Who asks, by the header ``Authorization: Bearer …`` (a key or a token), else by the cookie (a token). NOBODY if
        neither is there; raises AuthError (401) for one that does not fit.
        """
        if self.keys is None:
            return ANYBODY
        kind, _, credential = authorization.partition(" ")
        credential = credential.strip()
        if authorization:
            if kind.lower() != "bearer" or not credential:
                raise AuthError(401, "Send the credential as “Authorization: Bearer …”.")
            return self.keys.find(credential) or self.tokens.read(credential)
        return self.tokens.read(cookie) if cookie else NOBODY


def required(visitor: Visitor, scope: str) -> None:
    """Raise AuthError unless ``visitor`` has ``scope``: 401 where nobody said who they are, else 403."""
    if scope in visitor.scopes:
        return
    if visitor.name or visitor.scopes:
        raise AuthError(403, f"This key or link does not allow that: it lacks the scope “{scope}”.")
    raise AuthError(
        401, "This server asks for a key: open the link that its owner gave you, or send “Authorization: Bearer …”."
    )
