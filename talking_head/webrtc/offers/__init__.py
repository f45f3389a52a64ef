"""SDP offers of browsers: which are taken, where their packets may go, and what is read from them."""
