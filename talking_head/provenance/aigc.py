"""The implicit label of GB 45438-2025 (China, in force since 2025-09-01): metadata called ``AIGC``, a JSON object.

``Label`` 1: certainly generated. ``ContentProducer`` and ``ProduceID`` name who made it and as what; the two for propagation
are the same where the maker gives it out himself. ``ReservedCode`` may hold what secures the others: here, the signature of
both.
"""

from __future__ import annotations

import base64
import json
from typing import Any

from talking_head.provenance.codeword import Origin
from talking_head.provenance.identity import Identity

KEY = "AIGC"


def metadata(origin: Origin, identity: Identity, producer: str = "") -> str:
    """The value of the metadata ``AIGC``. ``producer``: a name or code of the maker; the server's number without one."""
    name, code = producer or f"talking-head-{origin.server:04x}", origin.text
    signature = base64.b64encode(identity.sign(f"{name}\n{code}".encode())).decode()
    fields = {"Label": "1", "ContentProducer": name, "ProduceID": code, "ReservedCode1": signature}
    return json.dumps(fields | {"ContentPropagator": name, "PropagateID": code, "ReservedCode2": ""}, ensure_ascii=False)


def read(value: str) -> dict[str, Any] | None:
    """The fields of an ``AIGC`` value, or None if it is not one."""
    try:
        fields = json.loads(value)
    except ValueError:
        return None
    fields = fields.get(KEY, fields) if isinstance(fields, dict) else None
    return fields if isinstance(fields, dict) and "Label" in fields else None
