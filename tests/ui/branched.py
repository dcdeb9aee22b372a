"""A project with a branch, whose notebooks are written as files: any program may do that."""

from __future__ import annotations

import json
from pathlib import Path

from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tests.ui.conftest import Lab


class Branched:
    """Notebooks of a project on main and on one other branch."""

    def __init__(self, lab: Lab, project: dict[str, str], name: str = "try-boosting") -> None:
        self.lab = lab
        self.project = project
        self.name = name
        self.address = f"projects/{project['id']}"
        self.folder = lab.root / project["path"]
        self.branch: dict[str, str] = {}

    def fork(self, notebook: str, session: str | None = None) -> None:
        """Make the branch, with a file of the notebook."""
        body = {"name": self.name, **({"session": session} if session else {})}
        self.branch = self.lab.api("POST", f"{self.address}/branches", body)
        self.open(notebook)

    def open(self, notebook: str) -> Path:
        """Have a notebook of the branch as a file."""
        place = f"{self.address}/branches/{self.branch['id']}/open"
        file: str = self.lab.api("POST", place, {"notebook": notebook})["file"]
        return self.folder / file

    def write(self, notebook: str, *cells: object) -> None:
        """Write a notebook of main."""
        write(self.folder / notebook, *cells)

    def write_there(self, notebook: str, *cells: object) -> None:
        """Write a notebook of the branch."""
        write(self.open(notebook), *cells)

    def edit_there(self, notebook: str, cell_id: str, source: str) -> None:
        """Give a cell of the branch another source."""
        edit(self.open(notebook), cell_id, source)

    def merge(self) -> str:
        """Ask for the merge of the branch into main; return its id."""
        made: dict[str, str] = self.lab.api(
            "POST", f"{self.address}/merges", {"source": self.branch["id"]}
        )
        return made["id"]

    def sources(self, notebook: str) -> list[str]:
        """Return the sources of the cells of main."""
        found = json.loads((self.folder / notebook).read_text())["cells"]
        return ["".join(cell["source"]) for cell in found]


def code(cell_id: str, source: str, count: int | None = None, text: str | None = None) -> object:
    """Make a cell, with an output if it has a text."""
    outputs = [] if text is None else [new_output("stream", name="stdout", text=text)]
    return new_code_cell(source, id=cell_id, execution_count=count, outputs=outputs)


def prose(cell_id: str, source: str) -> object:
    return new_markdown_cell(source, id=cell_id)


def edit(file: Path, cell_id: str, source: str) -> None:
    """Give a cell of a notebook another source, as another program would."""
    notebook = json.loads(file.read_text())
    [cell] = [each for each in notebook["cells"] if each["id"] == cell_id]
    cell["source"] = source
    file.write_text(json.dumps(notebook))


def write(file: Path, *cells: object) -> None:
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
                "language_info": {"name": "python"}}  # fmt: skip
    file.write_text(json.dumps(new_notebook(cells=list(cells), metadata=metadata)))


def run_command(page, command, **args):
    """Run one of JupyterLab's commands, once it is there."""
    page.wait_for_function("id => window.jupyterapp?.commands.hasCommand(id)", arg=command)
    page.evaluate(
        "([command, args]) => { void window.jupyterapp.commands.execute(command, args); }",
        [command, args],
    )
