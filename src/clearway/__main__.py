"""``python -m clearway`` does what the command ``clearway`` does."""

import sys

from clearway.cli import main

if __name__ == "__main__":
    sys.exit(main())
