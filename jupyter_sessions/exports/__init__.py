"""A conversation as a file, and back: pure functions over events."""
