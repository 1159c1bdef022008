"""Feed in, stories out: fetch, parse, and when to look next."""
