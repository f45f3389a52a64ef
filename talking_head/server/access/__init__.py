"""Who may come in, how often, and over what: keys, tokens, limits, TLS, and the check that every request passes."""
