"""The answer as it grows from frames, and runs as values."""

from __future__ import annotations

from jupyter_sessions.client import Answer, Run, ToolCall
from jupyter_sessions.client.lines import event_line, one_line, printable
from jupyter_sessions.client.markdown import harmless

RUN = "01M7WMYYJQ8Y7TF2CKDCNDCBEZ"


def event(kind, run_id=RUN, **data):
    return {
        "kind": "event",
        "event": {"seq": 1, "ts": "2026-11-20T14:00:00.000Z", "type": kind, "run_id": run_id}
        | {"data": data},
    }


def delta(offset, text):
    live = {"type": "message.delta", "run_id": RUN, "offset": offset, "text": text}
    return {"kind": "live", "live": live}


def test_pieces_of_text_become_the_text_that_was_recorded():
    answer = Answer(RUN)
    for frame in (delta(0, "Hel"), delta(3, "lo")):
        assert answer.add(frame)
    assert answer.text == "Hello"
    answer.add(event("message.agent", text="Hello."))
    assert [part.text for part in answer.parts] == ["Hello."]


def test_a_text_that_begins_anew_replaces_what_was_begun():
    answer = Answer(RUN)
    for frame in (delta(0, "It is"), delta(0, "No: it"), delta(6, " was")):
        answer.add(frame)
    assert answer.text == "No: it was"


def test_text_that_was_never_recorded_is_no_part_of_the_answer():
    answer = Answer(RUN)
    answer.add(delta(0, "I shall"))
    answer.add(event("run.failed", error={}))
    assert (answer.text, answer.status, answer.has_ended) == ("", "failed", True)


def test_calls_are_paired_with_what_they_returned():
    answer = Answer(RUN)
    answer.add(event("tool.called", call_id="a", tool="list_files", arguments={"path": "."}))
    answer.add(
        event("tool.returned", call_id="a", outcome="ok", summary="3 entries", duration_ms=7)
    )
    assert answer.calls == [ToolCall("a", "list_files", {"path": "."}, "ok", "3 entries", 7)]


def test_other_runs_of_the_session_are_passed_over():
    answer = Answer(RUN)
    assert not answer.add(event("message.agent", run_id="other", text="not ours"))
    assert not answer.add({"kind": "ready", "seq": 4})
    assert answer.parts == []


def test_a_question_is_part_of_the_answer():
    answer = Answer(RUN)
    answer.add(event("user.prompted", question="Which?", choices=["this", "that"]))
    assert answer.question == "Which?"
    assert answer.text == "Which?\n\n- this\n- that"


def test_a_run_that_was_shown_is_one_line():
    values = {"usage": {"input_tokens": 900, "output_tokens": 100}, "duration_ms": 1500}
    run = Run(RUN, "s", "completed", "hi", "offline", "The answer.", **values)
    assert run.summary == "completed in 1.5 s, 1,000 tokens"
    assert run._repr_markdown_().startswith("The answer.\n\n*Run completed")
    shown = Run(RUN, "s", "completed", "hi", "offline", "The answer.", shown=True)
    assert "The answer" not in shown._repr_markdown_()


def test_nothing_of_a_model_can_become_a_tag_or_an_image():
    wild = "<script>x</script> a < b ![i](http://h/i.png) `<img src=x>`\n```\n<b>\n```\n&lt;b&gt;"
    tame = harmless(wild)
    for mark in ("<s", "</", "<i", "<b", "![", "&lt;s" * 2):
        assert mark not in tame
    assert "a < b" in tame
    assert "&lt;script>" in tame
    assert "&amp;lt;" in tame


def test_a_fence_that_is_none_hides_nothing():
    for wild in ("> ```\n<img src=x onerror=y>", "$$\n```\n$$\n<img>", "`` ` <img> ``", "```<img>"):
        assert "<i" not in harmless(wild)


def test_a_link_cannot_run_a_script():
    for wild in (
        "[a](javascript:x)",
        "[a]: JavaScript:x",
        "[a](javascript\\:x)",
        "[a](vbscript:x)",
    ):
        assert "script:" not in harmless(wild).lower()
        assert "script\\:" not in harmless(wild).lower()
    assert "&#" not in harmless("[a](javascript&#58;x)")
    assert "&colon" not in harmless("[a](javascript&colon;x)")


def test_a_terminal_gets_no_orders():
    assert printable("a\x1b[2Jb\x9bc\u202ed\ne") == "a\ufffd[2Jb\ufffdc\ufffdd\ne"
    assert one_line("a\n b\r\nc" + "x" * 200).startswith("a b cxx")
    assert len(one_line("x" * 200)) == 100


def test_an_event_is_a_line():
    said = event("message.agent", text="One\ntwo")["event"]
    assert event_line(said) == "    1  14:00:00  message.agent       One two"
    assert event_line(event("branch.created", name="x")["event"]).endswith("branch.created")
