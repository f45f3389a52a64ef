"""Whether who is shown has agreed to be live."""

from __future__ import annotations

import asyncio

from talking_head.errors import ConfigError
from talking_head.face.portrait import Portrait
from talking_head.provenance import consents
from talking_head.provenance.identity import identity
from talking_head.server import http


async def check_live(portrait: Portrait) -> None:
    """Raise Refused (403) where who is shown has not agreed to this, or not for longer."""
    if portrait.folder is None:
        return  # a visitor's own photo, or the one that the owner of this server named
    try:
        await asyncio.to_thread(consents.read, portrait.folder, identity(), use="live")
    except ConfigError as error:
        raise http.Refused(403, str(error)) from error
