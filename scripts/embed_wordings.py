"""Write the vectors of ``persona/about/wordings.toml``, so that no server has to make them: after that file has changed.

``python scripts/embed_wordings.py`` writes them with the pulled embedder; a test fails while they are out of date.
"""

from __future__ import annotations

import numpy as np
from safetensors.numpy import save_file

from talking_head.knowledge.embedder import MiniLmEmbedder
from talking_head.persona.meaning import VECTORS, fingerprint, made

if __name__ == "__main__":
    embedder = MiniLmEmbedder()
    vectors = made(embedder)
    save_file({"vectors": vectors.astype(np.float16)}, VECTORS, {"of": fingerprint(embedder.name)})
    print(f"{len(vectors)} sentences: {VECTORS}")
