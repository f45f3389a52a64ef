"""A face beside lively speakers: twenty rows with bands, and a classifier that tells ours from real ones."""
