"""Tests of Clearway."""
