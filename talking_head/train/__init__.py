"""Training: corpus, motion, animator and twins."""
