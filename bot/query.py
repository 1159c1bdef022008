"""The one query grammar: look-ups and filters. Pure."""
