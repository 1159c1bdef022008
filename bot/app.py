"""The composition root: the only clock and the only environment."""
