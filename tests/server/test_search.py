"""Search, through the API."""

from __future__ import annotations

import asyncio
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text as sql

from jupyter_sessions.models.event import (
    AgentMessage,
    AgentMessageData,
    CellChanged,
    CellChangedData,
    MessageData,
    ToolReturned,
    ToolReturnedData,
    UserMessage,
)
from jupyter_sessions.models.scope import Scope
from jupyter_sessions.server.identity import account
from jupyter_sessions.timeline import Origin


@pytest.fixture
def log(backend, project, session):
    """Append an event to the session's log: ``await log(UserMessage, MessageData(text="hi"))``."""
    scope = Scope(account(), project["id"])

    async def append(kind, data, actor="user", to=session):
        return await backend.timeline.append(Origin(scope, to["id"]), kind, data, actor=actor)

    return append


def say(text):
    return UserMessage, MessageData(text=text)


async def search(api, question, path="search", **more):
    return (await api("GET", path, q=question, **more))["items"]


async def test_a_prompt_is_found_with_its_place_and_marks(api, project, session, log):
    said = await log(*say("Which column predicts the progression best?"))
    [hit] = await search(api, "Progression")
    assert (hit["session_id"], hit["seq"], hit["kind"]) == (session["id"], said.seq, "prompt")
    assert (hit["project"], hit["session"]) == (project["name"], session["name"])
    assert [hit["snippet"][low:high] for low, high in hit["marks"]] == ["progression"]


async def test_answers_code_and_results_are_found(api, log):
    await log(AgentMessage, AgentMessageData(text="The gradient vanishes."), "agent")
    changed = CellChangedData(
        notebook="a.ipynb", cell_id="c", change="inserted", cell_type="code", index=0,
        after="df = load_patients('gradient.csv')",
    )  # fmt: skip
    await log(CellChanged, changed, "agent")
    returned = ToolReturnedData(call_id="1", tool="x", outcome="ok", content="gradient: 0.3")
    await log(ToolReturned, returned, "agent")
    assert [hit["kind"] for hit in await search(api, "gradient")] == ["result", "code", "answer"]
    assert [hit["kind"] for hit in await search(api, "load_pat")] == ["code"]


async def test_all_words_must_be_there_and_the_last_may_be_begun(api, log):
    await log(*say("a confusion matrix for the forest"))
    await log(*say("a confused forester"))
    assert len(await search(api, "forest confus")) == 1
    assert len(await search(api, "confus")) == 2
    assert len(await search(api, "matrix forest")) == 1
    assert await search(api, "matr forest") == []


async def test_a_quoted_phrase_stands_as_it_is(api, log):
    await log(*say("mean of means"))
    await log(*say("means of mean"))
    assert [hit["snippet"] for hit in await search(api, '"of means"')] == ["mean of means"]
    assert len(await search(api, "of means")) == 2


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("Café crème", "cafe CREME"),
        ("Straße", "strasse"),
        ("naïve Bayes 📈 über", "uber"),
        ("日本語のデータ", "データ"),
        ("датафрейм Ёлка", "елка"),
        ("x" * 100, "x" * 100),
    ],
)
async def test_case_diacritics_and_scripts_do_not_matter(api, log, text, question):
    await log(*say(text))
    [hit] = await search(api, question)
    units = hit["snippet"].encode("utf-16-le")
    marked = [units[2 * low : 2 * high].decode("utf-16-le") for low, high in hit["marks"]]
    assert marked != []
    assert all(part in text for part in marked)


async def test_the_newest_come_first_and_pages_follow(api, log):
    for number in range(5):
        await log(*say(f"needle {number}"))
    first = await api("GET", "search", q="needle", limit="2")
    second = await api("GET", "search", q="needle", limit="2", after=first["next"])
    third = await api("GET", "search", q="needle", limit="2", after=second["next"])
    pages = [[hit["snippet"][-1] for hit in page["items"]] for page in (first, second, third)]
    assert pages == [["4", "3"], ["2", "1"], ["0"]]
    assert third["next"] is None


async def test_sessions_are_found_by_their_names(api, project, session):
    path = f"projects/{project['id']}/sessions/{session['id']}"
    await api("PATCH", path, {"name": "Résumé of the churn"})
    [hit] = await search(api, "churn resu")
    assert (hit["kind"], hit["seq"], hit["snippet"]) == ("name", None, "Résumé of the churn")


async def test_a_project_is_searched_alone(api, project, log):
    other = await api("POST", "projects", {"name": "Other"})
    await log(*say("needle"))
    assert len(await search(api, "needle", f"projects/{project['id']}/search")) == 1
    assert await search(api, "needle", f"projects/{other['id']}/search") == []


@pytest.fixture
def search_as_kernel(jp_fetch, jp_serverapp):
    """Search with the token of the kernel of a notebook."""
    tokens = jp_serverapp.web_app.settings["jupyter_sessions"].kernel_tokens

    async def ask(notebook, path="search"):
        grant = tokens.issue(notebook, account(), notebook)
        response = await jp_fetch(
            "jupyter-sessions", *path.split("/"), params={"q": "needle"},
            headers={"Authorization": f"token {grant.token}"}, raise_error=False,
        )  # fmt: skip
        found = json.loads(response.body).get("items", [])
        return response.code, [hit["project_id"] for hit in found]

    return ask


async def test_a_kernel_finds_what_is_in_its_own_project_only(api, project, log, search_as_kernel):
    other = await api("POST", "projects", {"name": "Other"})
    await log(*say("needle"))
    named = {"name": "A needle elsewhere"}
    await api("POST", f"projects/{other['id']}/sessions", named)
    assert len(await search(api, "needle")) == 2
    assert await search_as_kernel(f"{project['path']}/a.ipynb") == (200, [project["id"]])
    assert await search_as_kernel(f"{other['path']}/a.ipynb") == (200, [other["id"]])
    assert await search_as_kernel("a.ipynb") == (200, [])
    foreign = f"projects/{other['id']}/search"
    assert await search_as_kernel(f"{project['path']}/a.ipynb", foreign) == (404, [])


async def test_what_was_deleted_is_not_found(api, project, session, log, backend):
    await log(*say("needle"))
    await api("DELETE", f"projects/{project['id']}/sessions/{session['id']}")
    assert await search(api, "needle") == []


async def test_deleting_a_project_removes_its_words(api, project, log, backend):
    await log(*say("needle"))
    await api("DELETE", f"projects/{project['id']}", confirm=project["name"])
    assert await search(api, "needle") == []
    async with asyncio.timeout(30):
        while True:
            async with backend.timeline.database.read() as conn:
                if not (await conn.execute(sql("SELECT count(*) FROM search_entry"))).scalar():
                    break
            await asyncio.sleep(0.01)
    async with backend.timeline.database.read() as conn:
        query = sql("SELECT count(*) FROM search_index WHERE search_index MATCH 'needle'")
        assert (await conn.execute(query)).scalar() == 0


@pytest.mark.parametrize("question", ["", " ", '"', '""', "***", "(", "- ^ :", "\x00", "_"])
async def test_a_question_without_words_finds_nothing(api, log, question):
    await log(*say("needle ( * _"))
    assert await search(api, question) == []


def test_no_question_breaks_the_search(jp_fetch, api, project, session, jp_asyncio_loop, log):
    jp_asyncio_loop.run_until_complete(log(*say('NEAR OR "AND" words:x NOT -x* needle')))
    syntax = st.sampled_from(
        ["AND", "OR", "NOT", "NEAR(", '"', "*", "words:", "^", "-", "+", "{", "}", "=u", "'", "\\",
         "<->", "!", "&", "|", ":*", "needle", " ", "x", "日", "\x00", "%", "\U0001f600"]
    )  # fmt: skip
    texts = st.one_of(st.text(max_size=300), st.lists(syntax, max_size=30).map("".join)).filter(
        lambda text: not any("\ud800" <= char <= "\udfff" for char in text)
    )

    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
    @given(texts)
    def check(question):
        async def ask():
            return await jp_fetch("jupyter-sessions", "search", params={"q": question})

        assert jp_asyncio_loop.run_until_complete(ask()).code == 200

    check()
