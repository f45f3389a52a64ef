"""Material to train on: prepared clips and synthetic speech."""
