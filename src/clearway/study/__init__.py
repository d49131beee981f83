"""Studies: what a plan would have done elsewhere, and what it costs and gains."""
