"""What becomes of a plan: households on the streets, gates, and a pause that runs otherwise."""
