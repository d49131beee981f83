"""Orders on paper: every page that a day needs, in both languages, with the same ids."""
