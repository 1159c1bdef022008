"""Feed bytes in, stories out. Pure."""
