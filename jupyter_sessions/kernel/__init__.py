"""Code that runs inside the user's kernel: standard library and IPython only."""
