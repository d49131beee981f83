"""Rules of the house that no linter keeps, as functions from files to findings."""
