"""Credentials for a TURN server that live for minutes, as coturn's ``use-auth-secret`` wants them.

draft-uberti-behave-turn-rest-00, "A REST API For Access To TURN Services": the user's name begins with the second at which it
ends, the password is the base64 of its HMAC-SHA1 under a secret that only we and the TURN server know.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import time
from typing import Any

from talking_head.config import IceServer


def for_visitor(server: IceServer) -> dict[str, Any]:
    """``server`` as a browser takes it, with a credential of its own. A static credential is never given away."""
    entry: dict[str, Any] = {"urls": list(server.urls)}
    if server.secret:
        username = f"{int(time.time()) + server.minutes * 60}:{secrets.token_hex(8)}"
        seal = hmac.new(server.secret.encode(), username.encode(), hashlib.sha1).digest()
        entry |= {"username": username, "credential": base64.b64encode(seal).decode()}
    return entry


def link(server: IceServer) -> str:
    """The Link header of WHEP (draft-ietf-wish-whep, section 4.6) for one server."""
    entry = for_visitor(server)
    login = ""
    if "username" in entry:
        login = f'; username="{entry["username"]}"; credential="{entry["credential"]}"; credential-type="password"'
    return ", ".join(f'<{url}>; rel="ice-server"{login}' for url in entry["urls"])
