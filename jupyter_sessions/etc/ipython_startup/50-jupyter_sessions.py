# Installed by jupyter_sessions: %session and %%session without %load_ext.
# Nothing is imported until one of them is used, and a kernel starts whatever happens here.
def _jupyter_sessions_autoload() -> None:
    import os

    if "JUPYTER_SESSIONS_URL" not in os.environ:
        return  # not a kernel that our server extension has started
    try:
        ipython = get_ipython()  # type: ignore[name-defined]  # noqa: F821

        # Not register_lazy: it would offer no completion, and some versions forget cell magics.
        def session(line: str, cell: str | None = None) -> object:
            """Talk to the agent of this project. ``%session help`` says more."""
            ipython.run_line_magic("load_ext", "jupyter_sessions")
            if cell is None:
                return ipython.run_line_magic("session", line)
            return ipython.run_cell_magic("session", line, cell)

        session._ipython_magic_no_var_expand = True  # type: ignore[attr-defined]
        ipython.register_magic_function(session, "line_cell", "session")
    except Exception:
        return


_jupyter_sessions_autoload()
del _jupyter_sessions_autoload
