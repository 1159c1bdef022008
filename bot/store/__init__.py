"""The SQLite store: the only folder that knows SQL."""
