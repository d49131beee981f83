"""Whether a plan holds, found by code that did not make it."""

from clearway.judge.check import judge

__all__ = ["judge"]
