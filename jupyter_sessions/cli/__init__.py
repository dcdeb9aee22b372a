"""``jupyter sessions``: the demo, and the sessions of this user's running server."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from ..client import Client, ClientError, NoSession, NotConnected, Session
from ..client.lines import event_line, one_line, printable
from .printer import Printer, complain, say
from .servers import running_servers

FORMATS = ("markdown", "html", "notebook", "jsonl", "chat")


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; return its exit code: 0, 1 with a sentence, 130 after Ctrl-C."""
    arguments = _parser().parse_args(argv)
    try:
        return int(arguments.command(arguments))
    except ClientError as error:
        complain(str(error))
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader (head, less) has seen enough: nothing more may be written at the exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="jupyter sessions", description="Durable conversations with agents in JupyterLab."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    demo = commands.add_parser("demo", help="try it: an example project in this folder")
    demo.add_argument("--headless", action="store_true", help="one conversation, in the terminal")
    demo.add_argument("--port", type=int, help="port of the server (the first free from 8888)")
    demo.add_argument("--no-browser", action="store_true", help="print the address, open nothing")
    demo.set_defaults(command=_demo)

    server = argparse.ArgumentParser(add_help=False)
    server.add_argument("--url", help="address of the server (the one that runs)")
    server.add_argument("--token", help="its token (JUPYTER_TOKEN, or that of the one that runs)")
    server.add_argument("--project", help="name or id of the project (all of them)")

    listing = commands.add_parser("list", parents=[server], help="projects and their sessions")
    listing.set_defaults(command=_list)

    log = commands.add_parser("log", parents=[server], help="the last events of a session")
    log.add_argument("session", help="name or id")
    log.add_argument("-n", "--lines", type=_count, default=50, help="how many (50)")
    log.add_argument("--json", action="store_true", help="whole events, one to a line")
    log.set_defaults(command=_log)

    find = commands.add_parser("search", parents=[server], help="words in all sessions")
    find.add_argument("words", nargs="+", help='all must be there; "quoted" ones together')
    find.set_defaults(command=_search)

    export = commands.add_parser("export", parents=[server], help="a session as a file")
    export.add_argument("session", help="name or id")
    export.add_argument("--format", choices=FORMATS, default="markdown", help="(markdown)")
    export.add_argument("-o", "--output", help="file; standard output without it")
    export.set_defaults(command=_export)

    load = commands.add_parser("import", parents=[server], help="a session out of a file")
    load.add_argument("file", help="an exported .jsonl, or a .chat file of JupyterLab")
    load.set_defaults(command=_import)

    branches = commands.add_parser("branches", parents=[server], help="branches of notebooks")
    branches.add_argument("--new", metavar="NAME", help="make one")
    branches.add_argument("--of", metavar="BRANCH", help="with --new: what it starts from (main)")
    branches.add_argument("--delete", metavar="BRANCH", help="delete one; it can be restored")
    branches.set_defaults(command=_branches)

    send = commands.add_parser("send", parents=[server], help="send a message, show the answer")
    send.add_argument("session", help="name or id")
    send.add_argument("text", help="the message; - reads it from standard input")
    send.add_argument("--model", help="provider:model, for this message only")
    send.add_argument("--notebook", help="where the agent works, below the project's folder")
    send.set_defaults(command=_send)
    return parser


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= 100_000):
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 to 100000")
    return int(text)


def _demo(arguments: argparse.Namespace) -> int:
    from . import demo  # what the other commands do not need

    if arguments.headless:
        return demo.headless(say)
    return demo.lab(say, port=arguments.port, browser=not arguments.no_browser)


def _list(arguments: argparse.Namespace) -> int:
    for client in _clients(arguments):
        project = client.project
        say(f"{one_line(project['name'])}  ({one_line(project['path']) or '.'})")
        for session in Session.list(client=client):
            say(f"  {one_line(session.name, 60):<40} {session.status:<8} {session.id}")
    return 0


def _log(arguments: argparse.Namespace) -> int:
    for event in _session(arguments).log(arguments.lines):
        say(json.dumps(event) if arguments.json else event_line(event))
    return 0


def _send(arguments: argparse.Namespace) -> int:
    session = _session(arguments)
    text = sys.stdin.read() if arguments.text == "-" else arguments.text
    shown = Printer()
    run = session.send(
        text, model=arguments.model, notebook=arguments.notebook, on_change=shown.show
    )
    say(f"[{run.summary}]")
    if run.error is not None:
        complain(run.error["message"])
    return 0 if run.status == "completed" else 1


def _search(arguments: argparse.Namespace) -> int:
    url, token = _server(arguments.url, arguments.token)
    client = Client(url, token, project=arguments.project)
    words = [f'"{each}"' if " " in each else each for each in arguments.words]
    found = client.search(" ".join(words))
    for hit in found:
        place = "name" if hit["seq"] is None else str(hit["seq"])
        say(one_line(f"{hit['project']} / {hit['session']}  {hit['kind']} {place}", 100))
        say(f"  {one_line(hit['snippet'], 200)}")
    return 0 if found else 1


def _export(arguments: argparse.Namespace) -> int:
    session = _session(arguments)
    data = session.client.export(session.id, arguments.format)
    if arguments.output is not None:
        try:
            Path(arguments.output).write_bytes(data)
        except OSError as error:
            raise ClientError(
                f"{arguments.output!r} cannot be written: {error.strerror}."
            ) from error
    elif sys.stdout.isatty():
        say(printable(data.decode(errors="replace")))
    else:
        sys.stdout.buffer.write(data)
    return 0


def _branches(arguments: argparse.Namespace) -> int:
    clients = list(_clients(arguments))
    changes = arguments.new is not None or arguments.delete is not None
    if changes and len(clients) != 1:
        raise ClientError("Say in which project: --project. 'jupyter sessions list' shows all.")
    for client in clients:
        if arguments.new is not None:
            client.new_branch(arguments.new, parent=arguments.of)
        if arguments.delete is not None:
            client.delete_branch(arguments.delete)
        say(one_line(client.project["name"]))
        for branch in client.branches():
            if branch["status"] != "deleted":
                count = f"{branch['notebook_count']} changed"
                name = one_line(branch["name"], 60)
                say(f"  {name:<40} {branch['status']:<9} {count:<12} {branch['id']}")
    return 0


def _import(arguments: argparse.Namespace) -> int:
    try:
        data = Path(arguments.file).read_bytes()
    except OSError as error:
        raise ClientError(f"{arguments.file!r} cannot be read: {error.strerror}.") from error
    clients = list(_clients(arguments))
    if len(clients) != 1:
        raise ClientError("Say into which project: --project. 'jupyter sessions list' shows all.")
    made = clients[0].import_session(data, Path(arguments.file).name)
    say(f"{one_line(made['name'], 60)}  {made['id']}")
    return 0


def _session(arguments: argparse.Namespace) -> Session:
    """Return the session that is meant; its project need not be named."""
    found = []
    for client in _clients(arguments):
        sessions = Session.list(client=client)
        found += [each for each in sessions if arguments.session in (each.id, each.name)]
    if not found:
        raise NoSession(
            f"There is no session {arguments.session!r}. 'jupyter sessions list' shows all."
        )
    if len(found) > 1:
        ids = ", ".join(each.id for each in found)
        raise NoSession(f"{len(found)} sessions are called {arguments.session!r}: {ids}.")
    return found[0]


def _clients(arguments: argparse.Namespace) -> Iterator[Client]:
    """Yield a client for each project that is meant."""
    url, token = _server(arguments.url, arguments.token)
    if arguments.project is not None:
        yield Client(url, token, project=arguments.project)
        return
    for project in Client(url, token).projects():
        yield Client(url, token, project=project["id"])


def _server(url: str | None, token: str | None) -> tuple[str, str]:
    if url is not None:
        given = token or os.environ.get("JUPYTER_TOKEN")
        if not given:
            raise NotConnected("Give the server's token as well: --token, or JUPYTER_TOKEN.")
        return url, given
    for about in running_servers():
        try:
            Client(about["url"], token or about["token"]).status()
        except ClientError:
            continue
        return about["url"], token or about["token"]
    raise NotConnected(
        "No Jupyter server of yours with jupyter_sessions runs here. Start one with 'jupyter lab', "
        "or name one with --url and --token."
    )
