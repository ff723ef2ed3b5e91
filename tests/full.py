"""Whether this is the long run, `make prove`: it proves on both engines what `make test` proves on one, looks at
each page on both, and repeats proofs more often."""

import os

FULL = os.environ.get("PROVE") == "full"
