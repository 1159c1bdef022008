"""Dealwire: watches news feeds for AI-infrastructure deals and alerts Slack and Telegram."""
