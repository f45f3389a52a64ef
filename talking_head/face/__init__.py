"""The face: from a photo to a portrait, avatars as folders, and their backgrounds and teeth."""
