"""Canonical bytes, hashes and signatures: what the log and everything handed out rest on."""
