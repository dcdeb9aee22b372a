"""The agent works with branches: it makes, switches, compares and proposes, and never merges."""

from __future__ import annotations

import json

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from jupyter_sessions.agent.tools.catalog import catalog

INSERT = ("insert_cell", {"notebook": "a.ipynb", "source": "2", "after": "end"})


@pytest.fixture
def file(project, jp_root_dir):
    """A notebook with one cell."""
    path = jp_root_dir / project["path"] / "a.ipynb"
    path.write_text(json.dumps(new_notebook(cells=[new_code_cell("1", id="one")])))
    return path


@pytest.fixture
def branches(conversation):
    return f"{conversation.project}/branches"


def sources(path):
    return ["".join(cell["source"]) for cell in json.loads(path.read_text())["cells"]]


async def returned(conversation):
    """Return what the tools returned, in order."""
    return [each["data"]["content"] for each in await conversation.events("tool.returned")]


async def test_what_the_agent_does_on_a_branch_is_not_done_on_main(
    api, branches, conversation, script, file
):
    made = ("create_branch", {"name": "Try boosting"})
    script([made], [INSERT], [("list_branches", {})], "Done.")
    run = await conversation.say("Try.")
    [_, branch] = (await api("GET", branches))["items"]
    assert (branch["created_by"], branch["run_id"]) == ("agent", run["id"])
    assert run["branch"] == branch["id"]
    assert (await api("GET", conversation.path))["active_branch"] == branch["id"]
    assert sources(file) == ["1"]
    assert sources(file.parent / branch["folder"] / "a.ipynb") == ["1", "2"]
    listed = (await returned(conversation))[2]
    assert listed.splitlines() == [
        "'main' (active)",
        "'Try boosting' (active; made from 'main'; 1 notebook changed; you work here)",
    ]


async def test_a_switch_holds_for_the_next_call_of_the_same_run(
    api, branches, conversation, script, file
):
    await api("POST", branches, {"name": "Try"})
    back = [("switch_branch", {"branch": "main"})]
    script([("switch_branch", {"branch": "try"})], [INSERT], back, [INSERT], "Done.")
    await conversation.say("Both.")
    assert sources(file) == ["1", "2"]
    assert sources(file.parent / "branches" / "try" / "a.ipynb") == ["1", "2"]
    switched = await conversation.events("branch.switched")
    assert [(each["data"]["name"], each["actor"]) for each in switched] == [
        ("Try", "agent"), ("main", "agent"),
    ]  # fmt: skip


async def test_a_branch_without_switching_leaves_the_session_where_it_is(
    api, conversation, script, file
):
    script([("create_branch", {"name": "Later", "switch": False})], [INSERT], "Done.")
    await conversation.say("Make one.")
    assert (await api("GET", conversation.path))["active_branch"] == "main"
    assert sources(file) == ["1", "2"]


async def test_the_agent_sees_what_differs_and_proposes_to_merge(api, conversation, script, file):
    script(
        [("diff_branches", {"branch": "main"})],
        [("create_branch", {"name": "Try"})],
        [INSERT],
        [("diff_branches", {})],
        [("propose_merge", {})],
        "Done.",
    )
    await conversation.say("Try, and propose it.")
    same, _, _, differs, proposed = await returned(conversation)
    assert same == "'main' and 'main' do not differ."
    assert differs.startswith("1 notebook differs.\n\na.ipynb (+1 -0)\ncell ")
    assert differs.endswith("code: added\n+ 2")
    assert proposed.startswith("Proposed to merge 'Try' into 'main': 1 cell in 1 notebook.")
    [merge] = (await api("GET", f"{conversation.project}/merges"))["items"]
    assert (merge["status"], merge["created_by"], merge["target"]) == ("open", "agent", "main")
    assert sources(file) == ["1"]


async def test_no_tool_merges_or_approves():
    names = [tool.name for tool in catalog() if tool.group == "branches"]
    assert names == [
        "list_branches", "create_branch", "switch_branch", "diff_branches", "propose_merge",
        "fork_notebook", "fan_out", "propose_winner",
    ]  # fmt: skip
    assert not [tool.name for tool in catalog() if "approve" in tool.name]


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (("create_branch", {"name": "main"}), "There is a branch 'main' already"),
        (("create_branch", {"name": " "}), "a name cannot be empty"),
        (("create_branch", {"name": "x", "parent": "nothing"}), "No such branch"),
        (("switch_branch", {"branch": "nothing"}), "No such branch"),
        (("diff_branches", {"base": "nothing"}), "No such branch"),
        (("propose_merge", {}), "cannot be merged into itself"),
    ],
)
async def test_a_wrong_call_is_told_so_and_the_run_goes_on(
    conversation, script, file, call, sentence
):
    script([call], "I see.")
    run = await conversation.say("Go.")
    assert run["status"] == "completed"
    assert sentence in (await returned(conversation))[0]


async def test_the_model_is_told_on_which_branch_it_works(api, branches, conversation, script):
    given = script("Yes.")
    await api("POST", branches, {"name": "Try boosting"})
    await api("PATCH", conversation.path, {"active_branch": "Try boosting"})
    await conversation.say("Where?")
    assert "Branch: Try boosting" in given.instructions[-1]


async def test_the_folder_of_branches_is_hidden_from_lists_and_searches(conversation, script, file):
    script(
        [("create_branch", {"name": "Try"})],
        [("read_file", {"path": "a.ipynb"}), ("list_files", {}), ("search_files", {"query": "1"})],
        "Done.",
    )
    await conversation.say("Look.")
    events = await conversation.events("tool.returned")
    by_tool = {each["data"]["tool"]: each["data"]["content"] for each in events}
    listed, found = by_tool["list_files"], by_tool["search_files"]
    assert '"one"' in by_tool["read_file"]
    assert (file.parent / "branches" / "try" / "a.ipynb").exists()
    assert "branches" not in listed
    assert "branches" not in found


async def test_the_offline_agent_makes_switches_compares_and_proposes(api, conversation, file):
    async def last(text):
        await conversation.say(text, model="offline")
        return (await conversation.events("message.agent"))[-1]["data"]["text"]

    assert "'main' (active; you work here)" in await last("/branch")
    assert "Made the branch 'Try boosting'" in await last("/branch new Try boosting")
    await last("```python\n1 + 1\n```")
    assert "1 notebook differs" in await last("/diff")
    assert "Proposed to merge 'Try boosting' into 'main'" in await last("/merge")
    assert "'main' now" in await last("/branch switch main")
    assert "No such branch" in await last("/branch switch nothing")
    assert "Write `/branch`" in await last("/branch rename x")
    assert sources(file) == ["1"]


async def test_the_agent_forks_a_notebook_and_goes_on_with_the_variables(
    api, conversation, script, file, jp_serverapp
):
    file.write_text(json.dumps(new_notebook(cells=[
        new_code_cell("data = [1]", id="one"), new_code_cell("data.append(2); data", id="two"),
    ])))  # fmt: skip
    run = [("run_cell", {"notebook": "a.ipynb", "cell_id": "one"})]
    fork = {"notebook": "a.ipynb", "cell_id": "one", "name": "Try"}
    further = [("run_cell", {"notebook": "a.ipynb", "cell_id": "two"})]
    again = {"notebook": "a.ipynb", "cell_id": "two", "name": "Again", "kernel": "rerun"}
    gone = {"notebook": "a.ipynb", "cell_id": "gone", "name": "Gone"}
    script(
        run, [("fork_notebook", fork)], further, [("fork_notebook", again)],
        [("fork_notebook", gone)], "Done.",
    )  # fmt: skip
    await conversation.say("Try.")
    _, forked, ran, anew, missing = await returned(conversation)
    assert "Its kernel has all variables of the source." in forked
    assert "[1, 2]" in ran
    assert "2 of 2 shared cells ran in it." in anew
    assert "No such cell 'gone'" in missing
    branches = (await api("GET", f"{conversation.project}/branches"))["items"]
    assert [(each["name"], each["created_by"]) for each in branches] == [
        ("main", "user"), ("Try", "agent"), ("Again", "agent"),
    ]  # fmt: skip
    assert [each["fork"] and each["fork"]["engine"] for each in branches] == [
        None, "fork", "rerun",
    ]  # fmt: skip
    await jp_serverapp.kernel_manager.shutdown_all()


async def test_the_agent_is_told_that_variables_were_copied_and_which_were_not(
    conversation, script, file, jp_serverapp
):
    first = "import sys; sys.platform = 'darwin'; data = [1]; gen = (n for n in data)"
    cells = [new_code_cell(first, id="one"), new_code_cell("data", id="two")]
    file.write_text(json.dumps(new_notebook(cells=cells)))
    run = [("run_cell", {"notebook": "a.ipynb", "cell_id": "one"})]
    fork = {"notebook": "a.ipynb", "cell_id": "one", "name": "Try"}
    further = [("run_cell", {"notebook": "a.ipynb", "cell_id": "two"})]
    script(run, [("fork_notebook", fork)], further, "Done.")
    await conversation.say("Try.")
    _, forked, ran = await returned(conversation)
    assert "Its kernel is a new one, with 2 variables that were saved." in forked
    assert "Not there: gen: It is code that has begun and not ended" in forked
    assert "this one runs on 'darwin'" in forked
    assert "[1]" in ran
    await jp_serverapp.kernel_manager.shutdown_all()


async def test_the_agent_fans_out_and_proposes_a_winner(
    api, conversation, script, file, jp_serverapp
):
    file.write_text(json.dumps(new_notebook(cells=[
        new_code_cell("data = [1]", id="one"), new_code_cell("data", id="two"),
    ])))  # fmt: skip
    run = [("run_cell", {"notebook": "a.ipynb", "cell_id": "one"})]
    variants = [{"name": "Small", "source": "data * 2"}, {"name": "Bad", "source": "1 / 0"}]
    out = {"notebook": "a.ipynb", "cell_id": "two", "variants": variants}
    won = {"notebook": "a.ipynb", "winner": "Small", "losers": ["Bad"]}
    none = {**out, "variants": []}
    same = {"notebook": "a.ipynb", "cell_id": "one", "name": "Same", "kernel": "none"}
    idle = {"notebook": "a.ipynb", "winner": "Same", "losers": []}
    script(
        run, [("fan_out", out)], [("fan_out", none)], [("propose_winner", won)],
        [("fork_notebook", same)], [("propose_winner", idle)], "Done.",
    )  # fmt: skip
    await conversation.say("Compare.")
    _, shown, refused, proposed, _, nothing = await returned(conversation)
    assert "are on 'main' already" in nothing
    assert "[1, 1]" in shown
    assert "ZeroDivisionError" in shown
    assert "variants: List should have at least 1 item" in refused
    assert "its cells, and its kernel, go to 'main'" in proposed
    [met] = (await api("GET", f"{conversation.project}/convergences"))["items"]
    merge = await api("GET", f"{conversation.project}/merges/{met['merge']}")
    assert (met["status"], merge["merge"]["created_by"]) == ("open", "agent")
    assert sources(file) == ["data = [1]", "data"]
    await jp_serverapp.kernel_manager.shutdown_all()
