"""What drives a browser is collected by `make test-lab` alone."""

import os

collect_ignore = [] if "TEST_LAB" in os.environ else ["test_in_browser.py"]
