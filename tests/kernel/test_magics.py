"""``%session`` and ``%%session`` in real kernels of a real server."""

from __future__ import annotations

import asyncio

import pytest

SLOW = "%%session\n```python\nimport time\nfor i in range(600):\n    time.sleep(0.1)\n```"
FORGET_SUBSHELLS = """
kind = type(get_ipython().kernel)
info = kind.kernel_info.fget
kind.kernel_info = property(lambda self: info(self) | {"supported_features": []})
"""


@pytest.fixture
def until(api, session):
    """Wait until an event of a type is in the session's log, and return it."""
    path = f"projects/{session['project_id']}/sessions/{session['id']}/events"

    async def wait(kind):
        async with asyncio.timeout(30):
            while True:
                events = (await api("GET", path))["items"]
                found = [event for event in events if event["type"] == kind]
                if found:
                    return found[-1]

    return wait


async def test_a_cell_is_sent_and_its_run_is_the_value(notebook, session):
    ran = await notebook.run("%%session\n/list")
    assert ran.status == "ok", ran.error
    assert "- ✓ **list_files** `.` 1 entry" in ran.shown
    assert "Here is what I found" in ran.shown
    assert ran.value["text/markdown"].startswith("*Run completed in")
    kept = await notebook.run("run = _\nprint(type(run).__name__, run.status, run.calls[0].tool)")
    assert kept.text == "Run completed list_files\n"


async def test_the_answer_is_one_display_that_is_updated(notebook, session):
    ran = await notebook.run("%%session\n/list")
    [states] = ran.displays.values()
    assert states[0]["text/markdown"] == "*Sending…*"
    assert len(states) > 2
    assert all(set(state) == {"text/markdown", "text/plain"} for state in states)


async def test_nothing_is_filled_into_the_prompt(notebook, session):
    await notebook.run("x = 5")
    ran = await notebook.run("%%session\n/search {x} $x\n")
    assert "`{x} $x`" in ran.shown
    told = await notebook.run("print(_.prompt)")
    assert told.text == "/search {x} $x\n\n"


async def test_the_agent_runs_a_cell_in_the_kernel_that_waits_for_it(notebook, session):
    await notebook.run("x = 20")
    ran = await notebook.run("%%session\n```python\ny = x + 1\nprint(y)\n```")
    assert ran.status == "ok", ran.error
    assert "✓ **run_cell**" in ran.shown
    assert "21" not in ran.text  # the output belongs to the agent's cell
    counted = "print(y, len(In) == get_ipython().execution_count)"
    assert (await notebook.run(counted)).text == "21 True\n"


async def test_a_plot_of_the_agent_stands_in_its_own_cell(notebook, session, until):
    draw = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()"
    ran = await notebook.run(f"%%session\n```python\n{draw}\n```")
    assert ran.status == "ok", ran.error
    assert len(ran.displays) == 1
    executed = await until("cell.executed")
    assert executed["data"]["status"] == "ok"
    assert executed["data"]["kernel_id"] == notebook.kernel_id


async def test_a_cell_of_the_agent_that_fails_leaves_the_kernel_as_it_was(notebook, session):
    ran = await notebook.run("%%session\n```python\n1/0\n```")
    assert ran.status == "ok", ran.error
    assert "✗ **run_cell**" in ran.shown
    again = await notebook.run("%%session\n```python\nz = 3\n```")
    assert "✓ **run_cell**" in again.shown
    assert (await notebook.run("print(z)")).text == "3\n"


async def test_a_kernel_without_subshells_says_so_instead_of_waiting_for_ever(
    notebook, session, until
):
    await notebook.run(FORGET_SUBSHELLS)
    ran = await notebook.run("%%session\n```python\ny = 1\n```")
    assert ran.status == "ok", ran.error
    returned = await until("tool.returned")
    assert returned["data"]["outcome"] == "error"
    assert "waits for this answer" in returned["data"]["content"]


async def test_a_kernel_that_waits_no_more_runs_cells_in_its_main_place(notebook, session, until):
    await notebook.run("%%session\n/list")
    ran = await notebook.run(
        "from jupyter_sessions import Session\nsession = Session.current()\n"
        "client = session.client\nclient.send(session.id, '```python\\nimport threading\\n"
        "print(threading.current_thread() is threading.main_thread())\\n```')['status']"
    )
    assert ran.value["text/plain"] == "'queued'"
    executed = await until("cell.executed")
    assert executed["data"]["outputs"][0]["text"] == "True\n"


async def test_stop_interrupts_the_run_and_the_cell_that_it_waits_for(notebook, session, until):
    request = notebook.send(SLOW)
    await notebook.runs_beside()
    await notebook.manager.interrupt_kernel()
    ran = await notebook.finish(request)
    assert ran.error["traceback"][0].startswith("Interrupted: ")
    assert "Interrupted. The agent was told to stop" in ran.shown
    cancelled = await until("run.cancelled")
    executed = await until("cell.executed")
    assert executed["data"]["status"] == "interrupted"
    assert cancelled["seq"] > executed["seq"]
    assert (await notebook.run("print(1)")).text == "1\n"


async def test_an_interrupt_from_elsewhere_ends_the_cell_beside_and_the_answer_says_so(
    notebook, session, api
):
    request = notebook.send(SLOW)
    await notebook.runs_beside()
    path = f"projects/{session['project_id']}/sessions/{session['id']}/interrupt"
    await api("POST", path, {"kernel": True})
    ran = await notebook.finish(request)
    assert ran.status == "ok", ran.error
    assert "✗ **run_cell**" in ran.shown
    assert "Run cancelled" in ran.value["text/markdown"]


async def test_a_session_is_started_where_there_is_none(notebook, api, project):
    ran = await notebook.run("%%session\n/list")
    assert ran.status == "ok", ran.error
    sessions = (await api("GET", f"projects/{project['id']}/sessions"))["items"]
    assert [each["name"] for each in sessions] == ["/list"]


async def test_a_name_sends_to_that_session_and_starts_it_when_needed(notebook, api, session):
    await notebook.run("%%session A plan\n/list")
    await notebook.run('%%session "A plan"\n/list')
    sessions = (await api("GET", f"projects/{session['project_id']}/sessions"))["items"]
    assert [each["name"] for each in sessions] == ["Model", "A plan"]
    runs = await api("GET", f"projects/{session['project_id']}/runs", session=sessions[1]["id"])
    assert len(runs["items"]) == 2


async def test_new_and_use_choose_the_session_of_this_notebook(notebook, session):
    assert "Started 'Second'" in (await notebook.run("%session new Second")).text
    assert "Session  Second (idle)" in (await notebook.run("%session")).text
    assert (await notebook.run("%session use Model")).text == "This notebook uses 'Model' now.\n"
    listed = (await notebook.run("%session list")).text.splitlines()
    assert listed[0].startswith("* Model ")
    assert listed[1].startswith("  Second ")
    assert "Project  Churn analysis" in (await notebook.run("%session")).text


async def test_show_tells_what_was_said_last(notebook, session):
    assert "nothing yet" in (await notebook.run("%session")).text
    await notebook.run("%%session\n/list")
    assert "Last     agent: Here is what I found" in (await notebook.run("%session")).text


async def test_log_shows_the_last_events(notebook, session):
    await notebook.run("%%session\n/list")
    lines = (await notebook.run("%session log 3")).text.splitlines()
    assert [line.split()[2] for line in lines] == [
        "tool.returned",
        "message.agent",
        "run.completed",
    ]
    assert len((await notebook.run("%session log")).text.splitlines()) > 5


async def test_interrupt_says_that_nothing_runs(notebook, session):
    assert (await notebook.run("%session interrupt")).text == "Nothing runs in 'Model'.\n"


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("%session use Nope", "There is no session 'Nope' in this project. There are: 'Model'."),
        ("%session use", "Say which: %session use <name or id>. See %session list."),
        ("%session log many", "%session log takes a number up to 10000, not 'many'."),
        ("%session log -1", "%session log takes a number up to 10000, not '-1'."),
        ("%session dance", "There is no '%session dance'. See %session help."),
        ("%%session\n  \n", "The cell is empty: write a message below %%session."),
        ("%session new " + "x" * 201, "name: String should have at most 200 characters."),
    ],
)
async def test_a_wrong_command_fails_with_one_sentence(notebook, session, code, sentence):
    ran = await notebook.run(code)
    assert ran.status == "error"
    assert [line.partition(": ")[2] for line in ran.error["traceback"]] == [sentence]


async def test_a_notebook_outside_of_projects_says_what_to_do(open_notebook):
    notebook = await open_notebook("elsewhere/a.ipynb")
    ran = await notebook.run("%session")
    assert ran.error["ename"] == "NoProject"
    assert "'elsewhere/a.ipynb' belongs to no project" in ran.error["evalue"]
    assert "New Project, and give it the folder 'elsewhere'" in ran.error["evalue"]


async def test_load_ext_and_the_startup_file_register_once(notebook, session):
    code = (
        "%load_ext jupyter_sessions\nm = get_ipython().magics_manager.magics\n"
        "first = m['cell']['session']\n%reload_ext jupyter_sessions\n"
        "%session log 1\nprint(m['cell']['session'] == first, m['line']['session'] == first)"
    )
    ran = await notebook.run(code)
    assert ran.text.endswith("True True\n"), ran


async def test_the_magics_are_imported_when_they_are_first_used(notebook, session):
    loaded = "import sys\nprint('jupyter_sessions' in sys.modules)"
    assert (await notebook.run(loaded)).text == "False\n"
    assert "Project" in (await notebook.run("%session")).text
    assert (await notebook.run(loaded)).text == "True\n"


async def test_the_name_of_the_startup_file_leaves_nothing_in_the_namespace(notebook, session):
    ran = await notebook.run("print([n for n in dir() if 'jupyter' in n or n == 'session'])")
    assert ran.text == "[]\n"


async def test_the_branch_is_shown_and_switched(notebook, session, api):
    await api("POST", f"projects/{session['project_id']}/branches", {"name": "Try boosting"})
    shown = await notebook.run("%session branch")
    assert [line.split()[:2] for line in shown.text.splitlines()] == [
        ["*", "main"], ["Try", "boosting"],
    ]  # fmt: skip
    switched = await notebook.run("%session branch try boosting")
    assert switched.text == "'Model' works on the branch 'Try boosting' now.\n"
    again = await notebook.run("%session branch")
    assert "* Try boosting" in again.text
    wrong = await notebook.run("%session branch nothing")
    assert "No such branch" in wrong.error["evalue"]
