"""Listeners who are shown the same: one source, one execution and one encoding per event for all of them."""

import asyncio
from collections.abc import Hashable, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Final

import orjson
from graphql.execution import Executor as Execution

from engine.charging import Account
from engine.contexts import Contexts
from engine.errors import RequestRefused
from engine.live import Follower, LiveEvent, Mark, Source, Told, told
from engine.members import Member
from engine.operations import Operation
from engine.requests import Encoded, Response
from engine.running import MakeContext, Runner

AT_ONCE: Final = 256  # members told in one turn of the loop


class Group:
    """Listeners of equal document, variables and audience, and the task that asks for them."""

    def __init__(
        self,
        groups: "Groups",
        key: Hashable,
        operation: Operation,
        execution: Execution[None],
        source: Source,
    ) -> None:
        self.cursor = ""
        self.begun: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._groups = groups
        self._key = key
        self._operation = operation
        self._execution = execution.build_per_event_executor(None)
        self._execution.context_value = None  # which was the founder's, and holds what it has read
        self._source = source
        self._members: dict[Member, None] = {}  # in the order of their coming
        self._task = asyncio.create_task(self._run())

    def __len__(self) -> int:
        return len(self._members)

    def join(self, follower: Follower, make_context: MakeContext, account: Account | None = None) -> Member:
        """Become a member: from now on nothing escapes. What it is told is charged to the account."""
        member = Member(self, follower, make_context, account)
        self._members[member] = None
        return member

    def drop(self, member: Member) -> None:
        self._members.pop(member, None)
        if not self._members:
            self._groups.close(self._key, self, self._task)

    async def _run(self) -> None:
        end: Response | None = None
        try:
            async with aclosing(self._source.live()) as events:
                async for event in events:
                    if isinstance(event, Mark):
                        self._begin(event)
                    elif not await self._tell(event):
                        return
        except Exception as exception:  # noqa: BLE001 - the source broke: everybody is told, the log has the rest
            end = Response.refused(self._groups.runner.refusal(exception))
        finally:
            if not self.begun.done():
                self.begun.set_result(None)
        for member in tuple(self._members):
            member.end(end)

    def _begin(self, mark: Mark) -> None:
        self.cursor = mark.cursor
        if not self.begun.done():
            for member in self._members:
                member.cursor = mark.cursor
            self.begun.set_result(None)

    async def _tell(self, events: Sequence[LiveEvent]) -> bool:
        """Tell events that came together. False where that was the last, or nobody is left.

        Of those about the same the newest is asked, for the answer of all: it is read later than any of them
        happened, as theirs would be. Each is told for itself, with its own place.
        """
        newest = {event.about: event for event in events if event.about is not None}
        responses: dict[LiveEvent, Response] = {}
        charges = self._groups.runner.accounts is not None
        answers: list[Told] = []
        for event in events:
            asked = event if event.about is None else newest[event.about]
            response = responses.get(asked)
            if response is None:
                response = await self._answer(asked)
                if response is None:
                    return False
                responses[asked] = response
            if not response.executed:
                await self._pass_on(answers)
                for member in tuple(self._members):
                    member.end(response)
                return False
            cost = self._operation.actual_cost(response.data, response.errors) if charges else 0
            answers.append(Told(told(event, response), event, cost))
            if asked.is_last:
                break
        await self._pass_on(answers)
        return bool(self._members)

    async def _pass_on(self, answers: Sequence[Told]) -> None:
        if not answers:
            return
        self.cursor = answers[-1].response.cursor or self.cursor
        members = tuple(self._members)
        for begin in range(0, len(members), AT_ONCE):
            if begin:
                await asyncio.sleep(0)
            for member in members[begin : begin + AT_ONCE]:
                for answer in answers:
                    member.hear(answer)

    async def _answer(self, event: LiveEvent) -> Response | None:
        """None where nobody is left to be told."""
        runner = self._groups.runner
        context = await self._context(event)
        if context is None:
            return None
        execution = self._execution.build_per_event_executor(event)
        execution.context_value = context
        work = runner.respond(self._operation.document.plans, execution)
        return _written(await runner.observed(self._operation, "event", work))

    async def _context(self, event: LiveEvent) -> object | None:
        """Made anew for the event. A member for whom it cannot be made is let go; None when all are."""
        audience, contexts = self._source.audience, self._groups.contexts
        while self._members:
            speaker = next(iter(self._members))
            try:
                return await contexts.of(audience, event.place, audience.context or speaker.make_context)
            except RequestRefused as refusal:
                speaker.end(Response.refused(refusal))
        return None


def _written(response: Response) -> Response:
    """The same, with its data as JSON already: carriers put only their envelopes around it."""
    try:
        return replace(response, encoded=Encoded(orjson.dumps(response.data)))
    except TypeError:  # no JSON: whoever encodes the whole has the words for it
        return response


class Groups:
    """The groups of this process."""

    def __init__(self, runner: Runner) -> None:
        self.runner = runner
        self.contexts = Contexts(runner)
        self._groups: dict[Hashable, Group] = {}
        self._ending: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        return len(self._groups)

    @property
    def members(self) -> int:
        """Listeners, of all groups."""
        return sum(map(len, self._groups.values()))

    def find(self, key: Hashable, operation: Operation, execution: Execution[None], source: Source) -> Group:
        """The group under ``key``, made if there is none."""
        group = self._groups.get(key)
        if group is None:
            group = self._groups[key] = Group(self, key, operation, execution, source)
        return group

    def close(self, key: Hashable, group: Group, task: asyncio.Task[None]) -> None:
        """The group has lost its last member."""
        if self._groups.get(key) is group:
            del self._groups[key]
        if not task.done():
            self._ending.add(task)
            task.add_done_callback(self._ending.discard)
            if task is not asyncio.current_task():  # which ends by itself
                task.cancel()

    async def finish(self) -> None:
        """Wait for those that have ended to let go of their sources."""
        await asyncio.gather(*self._ending, return_exceptions=True)
