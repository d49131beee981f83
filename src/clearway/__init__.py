"""Plan humanitarian pauses: who leaves a besieged area when, by which corridor."""

__version__ = "0.1.0"

__all__ = ["__version__"]
