"""Tests of simulating plans."""
