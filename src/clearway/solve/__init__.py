"""Make plans: the most people out, least exposed, soonest, each with a proven bound."""

from clearway.solve.options import Progress, SolveOptions
from clearway.solve.solve import solve

__all__ = ["Progress", "SolveOptions", "solve"]
