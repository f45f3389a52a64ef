"""The GPU table in one command; see ``talking_head/evaluate/bench_gpu.py``."""

from talking_head.evaluate.bench_gpu import main

main()
