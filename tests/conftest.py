"""Fixtures of the server that JupyterLab itself is tested with."""

pytest_plugins = ("pytest_jupyter.jupyter_server",)
