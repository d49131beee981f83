"""Tests of solving: each part by itself, closed forms, and what holds for any scenario."""
