"""What changes several things together, in one transaction."""
