"""A guard that every Python process started under it carries: no connection but to this machine."""
