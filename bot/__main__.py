"""Runs the command line: ``python -m bot``."""
