"""Run many commands in this one process: a list of argument lists comes in as JSON on stdin."""

from __future__ import annotations

import json
import sys

from clearway.cli import main

if __name__ == "__main__":
    codes = [main(words) for words in json.load(sys.stdin)]
    sys.stderr.write(f"\ncodes {json.dumps(codes)}\n")
