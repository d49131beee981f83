"""The log on every engine."""
