"""Questions in, answers out. Pure."""
