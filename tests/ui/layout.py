"""The layout of JupyterLab, which it stores a second after the last change."""

from __future__ import annotations

from playwright.sync_api import Page


def watch_layout(page: Page) -> None:
    """Keep the layout that was stored last in ``page.layout``."""
    page.layout = ""

    def keep(request):
        if request.method == "PUT" and "/api/workspaces/" in request.url:
            page.layout = request.post_data or ""

    page.on("requestfinished", keep)


def reload_with(page: Page, tab: str) -> None:
    """Reload as soon as the layout is stored with a tab whose id has ``tab`` in it."""
    while tab not in page.layout:
        page.wait_for_event("requestfinished", lambda request: request.method == "PUT")
    page.reload()
    page.wait_for_selector("#jupyterlab-splash", state="detached")
