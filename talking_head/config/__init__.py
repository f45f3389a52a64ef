"""The configuration: a TOML file checked against the classes of this folder. An unknown key is an error that names it.

``config.example.toml`` shows every key with its default. Options of a backend go to its constructor as keyword arguments,
so an outside backend brings its own. No secret belongs in the file: keys and credentials are named by environment variable.
"""

from talking_head.config.access import Auth, IceServer, Limits, Rate, Server
from talking_head.config.base import Section
from talking_head.config.presenter import Memory, Recording, Tools, Webhook
from talking_head.config.sections import SYSTEM_PROMPT, Config, Films, Motion, OwnVoice, Provenance, Reply, Speech
from talking_head.config.toml_file import load

__all__ = [
    "SYSTEM_PROMPT",
    "Auth",
    "Config",
    "Films",
    "IceServer",
    "Limits",
    "Memory",
    "Motion",
    "OwnVoice",
    "Provenance",
    "Rate",
    "Recording",
    "Reply",
    "Section",
    "Server",
    "Speech",
    "Tools",
    "Webhook",
    "load",
]
