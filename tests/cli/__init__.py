"""The command line, in one process and as a program."""
