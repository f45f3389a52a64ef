"""Train the animator on a bare GPU machine, from the root: ``PYTHONPATH=. python scripts/train_gpu.py -h``."""

from talking_head.train.bare import main

main()
