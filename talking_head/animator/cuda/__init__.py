"""The animator for many faces on one device, in torch."""
