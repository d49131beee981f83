"""Reading: scenario folders, plans, and the map data that scenarios are made from."""
