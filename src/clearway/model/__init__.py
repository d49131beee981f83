"""The nouns: frozen, validated, without files, solvers or clocks."""
