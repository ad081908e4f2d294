"""One size of `benchmarks/growth.py`, in a process of its own, so that its memory is its own."""

import json
import sys
from pathlib import Path

from benchmarks.growth import measure

if __name__ == "__main__":
    print(json.dumps(measure(*map(Path, sys.argv[1:4]))))
