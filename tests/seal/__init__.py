"""Canonical bytes, keys, chains and what is found wrong with them."""
