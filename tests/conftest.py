"""What holds for all tests."""

from __future__ import annotations

import os

from hypothesis import settings

# The same examples in every run: a test that fails fails for everybody, and can be mended. To look for new ones:
# HYPOTHESIS_PROFILE=explore pytest
settings.register_profile("repeatable", derandomize=True, database=None, deadline=None)
settings.register_profile("explore", deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))
