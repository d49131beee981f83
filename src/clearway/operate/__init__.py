"""The running pause: its log, its state at any time, a new plan, and what to do if all stops."""
