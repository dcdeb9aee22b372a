"""The project's folder: its files, and its notebooks as open documents."""
