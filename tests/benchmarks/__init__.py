"""Tests of what measures: that it measures the right thing and says it plainly."""
