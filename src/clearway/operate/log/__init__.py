"""The log of the day: append-only, signed, on a laptop or at a headquarters, and merged."""
