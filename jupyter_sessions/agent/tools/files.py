"""Tools for files of the project."""

from __future__ import annotations

from collections.abc import Awaitable

from ...actions.file_changes import kept_change
from ...actions.notebooks import whole
from ...branches.folder import FileWrite
from ...models.event import FileChanged, FileRead, FileReadData
from .context import ToolContext, ToolResult

LINES = 2_000


async def list_files(ctx: ToolContext, path: str = ".") -> ToolResult:
    """List a folder of the project: folders, and files with their sizes in bytes.

    Args:
        path: The folder, relative to the project.
    """
    entries = await ctx.folder.entries(path)
    rows = [
        f"{entry.name}/"
        if entry.kind == "folder"
        else f"{entry.name}  {_about(entry.kind, entry.size)}"
        for entry in entries
    ]
    content = "\n".join(rows) or "The folder is empty."
    return ToolResult(content, _count(len(rows), "entry", "entries"))


async def read_file(ctx: ToolContext, path: str, offset: int = 0, limit: int = LINES) -> ToolResult:
    """Read a text file, or lines of it. Notebooks are easier to read with list_cells.

    Args:
        path: The file, relative to the project.
        offset: Lines to skip at the beginning.
        limit: Lines to read at most.
    """
    file = await ctx.notebooks.readable(ctx.call, path) if path.endswith(".ipynb") else path
    part = await ctx.folder.read(file, offset, limit)
    await ctx.append(
        FileRead,
        FileReadData(path=path, call_id=ctx.call_id, sha256=part.sha256, size=part.size),
    )
    content, end = part.text, part.first + part.lines
    if not part.total:
        content = "The file is empty."
    elif not part.lines:
        content = f"The file has only {part.total} lines."
    elif part.first or end < part.total:
        content += f"\n[lines {part.first + 1} to {end} of {part.total}"
        content += f"; go on with offset={end}]" if end < part.total else "]"
    if part.cut:
        content += "\n[A line is too long to be read whole: cut it with a command.]"
    if part.lossy:
        content += "\n[The file is not in UTF-8: some characters may be shown wrongly.]"
    return ToolResult(content, _count(part.lines, "line", "lines"))


async def search_files(
    ctx: ToolContext, query: str, path: str = ".", glob: str | None = None, regex: bool = False
) -> ToolResult:
    """Find lines in the project's text files, and in the sources of notebooks' cells.

    Args:
        query: The text to find; upper and lower case differ.
        path: Folder or file to look in, relative to the project.
        glob: Only files whose name matches, such as "*.py" or "src/*.ipynb".
        regex: Take the query as a regular expression of Python.
    """
    found = await ctx.folder.search(query, path, glob=glob, regex=regex)
    rows = [f"{name}:{place}: {line}" for name, place, line in found.matches]
    if not rows:
        rows.append(f"Nothing found in {_count(found.files, 'file', 'files')}.")
    if found.stopped:
        rows.append(f"[Not all was searched: {found.stopped}. Narrow it down.]")
    return ToolResult("\n".join(rows), _count(len(found.matches), "match", "matches"))


async def write_file(ctx: ToolContext, path: str, content: str) -> ToolResult:
    """Write a text file, whole; what was in it before is replaced. Not for notebooks.

    Args:
        path: The file, relative to the project; folders that are missing are made.
        content: The new text of the file.
    """
    written = await whole(_changed(ctx, ctx.folder.write(path, content)))
    lines = _count(len(content.splitlines()), "line", "lines")
    done = "Created" if written.before is None else "Wrote"
    return ToolResult(f"{done} {path} with {lines}, {written.size} bytes.", lines)


async def edit_file(
    ctx: ToolContext, path: str, old: str, new: str, replace_all: bool = False
) -> ToolResult:
    """Replace text in a file. Not for notebooks.

    Args:
        path: The file, relative to the project.
        old: The text to replace, exactly as it is in the file; it must be there only once.
        new: The text to put there.
        replace_all: Replace every place where the text is.
    """
    change = ctx.folder.edit(path, old, new, replace_all=replace_all)
    written = await whole(_changed(ctx, change))
    places = _count(written.replaced, "place", "places")
    return ToolResult(f"Replaced {places} in {path}; it has {written.size} bytes now.", places)


async def _changed(ctx: ToolContext, change: Awaitable[FileWrite]) -> FileWrite:
    written = await change
    if written.before == written.after:
        return written
    data = await kept_change(ctx.timeline, ctx.scope, written, ctx.call_id)
    await ctx.append(FileChanged, data)
    return written


def _about(kind: str, size: int | None) -> str:
    return kind if size is None else str(size)


def _count(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"
