# Installed by jupyter_sessions: %session without %load_ext. Nothing is imported until it is used.
def _jupyter_sessions_autoload():
    import os

    if "JUPYTER_SESSIONS_URL" in os.environ:  # a kernel that our server extension has started
        try:
            magics = get_ipython().magics_manager  # noqa: F821
            magics.register_lazy("session", "jupyter_sessions")
        except Exception:
            pass  # a kernel must start whatever happens here


_jupyter_sessions_autoload()
del _jupyter_sessions_autoload
