"""Who may come in, how often, and over what: keys, tokens, limits, TLS, and the doors that every request passes."""
