"""Turn the downloaded GGUF of the reply model into what the backends load; run once by ``talking-head pull``.

``python -m talking_head.models.convert STEP SOURCE TARGET`` with STEP "gguf-to-ctranslate2" or "gguf-to-safetensors".
A GGUF takes 20 s to load and needs torch; the CTranslate2 folder loads in half a second with ctranslate2 and
tokenizers alone. It runs in a process of its own, so that the 2 GB it needs are gone afterwards.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path


def gguf_to_safetensors(source: Path, target: Path, *, dtype: str = "bfloat16") -> None:
    """Dequantise ``source`` (.gguf) and save model, tokenizer and chat template in Hugging Face's layout to ``target``."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

    folder, name = str(source.parent), source.name
    tokenizer = AutoTokenizer.from_pretrained(folder, gguf_file=name)
    model = AutoModelForCausalLM.from_pretrained(
        folder, gguf_file=name, dtype=torch.float32, quantization_config=GgufConfig(dequantize=True)
    )
    model.to(getattr(torch, dtype)).save_pretrained(target)
    tokenizer.save_pretrained(target)


def gguf_to_ctranslate2(source: Path, target: Path) -> None:
    """Convert ``source`` (.gguf) to CTranslate2 int8 in ``target``, with tokenizer.json and the chat template."""
    from ctranslate2.converters import TransformersConverter

    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        gguf_to_safetensors(source, Path(scratch), dtype="float32")
        converter = TransformersConverter(
            scratch, copy_files=["tokenizer.json", "tokenizer_config.json", "chat_template.jinja"]
        )
        converter.convert(str(target), quantization="int8", force=True)


STEPS = {"gguf-to-ctranslate2": gguf_to_ctranslate2, "gguf-to-safetensors": gguf_to_safetensors}


if __name__ == "__main__":
    STEPS[sys.argv[1]](Path(sys.argv[2]), Path(sys.argv[3]))
