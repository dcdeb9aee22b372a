"""The only code that knows what a cell is: pure functions over notebooks in format 4.5."""
