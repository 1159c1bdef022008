"""Claim in, deal out: is it one we know, and what did it change. Pure."""
