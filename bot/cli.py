"""The command line: thin click commands over app and pipeline."""
