"""What was built to stay is no business of the garbage collector."""

from __future__ import annotations

import gc


def freeze() -> None:
    """Collect once, and take all that is left out of the collector's sight.

    A full collection walks every object there is and holds the interpreter's lock all the while: 290 ms for the 440 000 objects
    of a started server (seven frames of everybody), 3 µs once they are frozen. Visitors who come and go set it off.
    """
    gc.collect()
    gc.freeze()
