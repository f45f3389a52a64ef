"""The default reply backend: a chat model in the runtime that is fastest on this machine."""

from __future__ import annotations

import inspect
import logging
from typing import Any

from talking_head.device import for_ctranslate2, has_driver
from talking_head.errors import BackendError
from talking_head.reply.openvino.converted import OtherModelError

log = logging.getLogger(__name__)


class AutoReply:
    """A chat model converted to CTranslate2, in the runtime that is fastest here: ``openvino`` on a CPU, ``ctranslate2`` on
    a GPU.

    ``ctranslate2``, too, where ``precision`` is not "auto", where an option is its own, for a model that is neither a Llama nor
    a Qwen2, and on a CPU where OpenVINO fails. Further options are those of the backend that is taken.
    """

    def __new__(
        cls,
        model: str = "smollm2-135m-presenter",
        *,
        device: str = "auto",
        precision: str = "auto",
        threads: int = 1,
        **options: Any,
    ) -> Any:
        """The backend itself, made. Raises what it raises."""
        from talking_head.reply.openvino.reply import OpenVINOReply

        if _on_cpu(device) and precision == "auto" and set(options) <= set(inspect.signature(OpenVINOReply).parameters):
            try:
                return OpenVINOReply(model, threads=threads, **options)
            except OtherModelError:
                pass
            except BackendError as error:
                log.warning("%s CTranslate2 takes its place.", error)
        from talking_head.reply.ctranslate2 import CTranslate2Reply

        return CTranslate2Reply(model, device=device, precision=precision, threads=threads, **options)


def _on_cpu(device: str) -> bool:
    return device == "cpu" or (device == "auto" and (not has_driver() or for_ctranslate2(device)[0] == "cpu"))
