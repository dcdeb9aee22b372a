"""The only SQL: one file per noun, connection first, model out."""
