"""A real-time talking-head server: type, and a face answers in sync."""

import os

from talking_head.system import telemetry

telemetry.off()  # before anything that could phone home is imported

# One thread a model, set before numpy is imported: OpenBLAS' second thread only spins (13 ms of core time a frame on 2 cores).
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

__version__ = "0.1.0"
