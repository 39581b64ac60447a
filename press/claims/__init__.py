"""Claims: which code checks each, and whether that code can fail."""
