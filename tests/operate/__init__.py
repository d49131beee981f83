"""Tests of the running pause."""
