"""Keeping it running: doctor, health, metrics, backup."""
