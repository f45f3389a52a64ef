"""The GPU table in one command; see ``talking_head/bench/gpu.py``."""

from talking_head.bench.gpu import main

main()
