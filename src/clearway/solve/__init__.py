"""Make plans: the most people out, least exposed, soonest, each with a proven bound."""
