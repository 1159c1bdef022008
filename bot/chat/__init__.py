"""Alerts out to people, and their questions in: Slack, Telegram, console."""
