"""Deal in, alert out: who hears it, in which words. Pure."""
