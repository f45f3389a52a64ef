"""One WebRTC connection: tracks, clock, packets, events."""
