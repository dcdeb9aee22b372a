"""The line of a conversation: what an edit of an earlier message leaves out, and what is pinned."""

from __future__ import annotations

from ..errors import BadRequest, Conflict
from ..ids import SessionId, StreamId
from ..models.event import AgentMessage, UserMessage
from ..models.line_events import LineForked, MessagePinned, MessagePinnedData
from ..models.scope import Scope
from ..models.session import Pin
from ..storage import events, runs, sessions
from ..timeline import Entry, Origin, Timeline

ALL = 1_000_000


async def check_replaced(entry: Entry, session_id: SessionId, seq: int) -> None:
    """Check that the message at ``seq`` can be edited now.

    Raises BadRequest when it is no message of the user; Conflict when an edit has replaced it
    already, or something of the session runs or waits.
    """
    stream = StreamId(session_id)
    found = await events.get_event(entry.conn, stream, seq)
    if not isinstance(found, UserMessage):
        raise BadRequest(
            f"Event {seq} of this session is no message of the user, so it cannot be edited: give "
            "the seq of a 'message.user' event as 'replaces'."
        )
    forks = await events.list_events(
        entry.conn, stream, after=seq, types=["line.forked"], limit=ALL
    )
    if any(isinstance(each, LineForked) and each.data.after < seq for each in forks):
        raise Conflict(
            "That message belongs to an earlier version of the conversation. Edit a message of "
            "the version that is shown now."
        )
    if await runs.has_open_runs(entry.conn, session_id):
        raise Conflict(
            "The agent is at work in this session, or a message waits. Interrupt it or let it "
            "end, then edit the message."
        )


async def pin_message(timeline: Timeline, scope: Scope, session_id: SessionId, pin: Pin) -> None:
    """Keep a message in every summary of the conversation, or no longer.

    Raises BadRequest when there is no message of the user or the agent.
    """

    async def work(entry: Entry) -> None:
        await sessions.get_session(entry.conn, scope, session_id)
        stream = StreamId(session_id)
        found = await events.get_event(entry.conn, stream, pin.seq)
        if not isinstance(found, UserMessage | AgentMessage):
            raise BadRequest(
                f"Event {pin.seq} of this session is no message, so it cannot be pinned: give the "
                "seq of a 'message.user' or 'message.agent' event."
            )
        if await _is_pinned(entry, stream, pin.seq) is not pin.pinned:
            data = MessagePinnedData(seq=pin.seq, pinned=pin.pinned)
            entry.append(Origin(scope, session_id), MessagePinned, data, actor="user")

    await timeline.write(work)


async def _is_pinned(entry: Entry, stream: StreamId, seq: int) -> bool:
    pins = await events.list_events(
        entry.conn, stream, after=seq, types=["message.pinned"], limit=ALL
    )
    of_this = [each for each in pins if isinstance(each, MessagePinned) and each.data.seq == seq]
    return bool(of_this) and of_this[-1].data.pinned
