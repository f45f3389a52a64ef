"""Sound: samples, files, loudness and spectra."""
