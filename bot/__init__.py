"""Dealwire: notices when money moves in AI infrastructure, and says so once."""

VERSION = "0.1.0"
