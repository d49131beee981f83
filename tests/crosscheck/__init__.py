"""The linear program against other programs on the explicit time-expanded graph."""
