"""Collect (feeds → outbox) and deliver (outbox → chat)."""
