"""Bundles: a run in one signed file that opens without a network, and may be encrypted."""
