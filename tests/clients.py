"""A client of the API, as a frontend would be one."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import httpx2
import orjson
from starlette.applications import Starlette

from commands.shop import Shop
from domain.access import Permission
from tests.factory import Factory, UserLike
from tests.statements import Statements


@asynccontextmanager
async def serving(app: Starlette) -> AsyncIterator[httpx2.AsyncBaseTransport]:
    """The application with its lifespan entered; the transport reaches it without a port."""
    async with app.router.lifespan_context(app):
        yield httpx2.ASGITransport(app=app)


class GraphQLFailed(AssertionError):
    """The answer had errors at its top; ``errors`` are they."""

    def __init__(self, errors: list[dict[str, Any]]) -> None:
        super().__init__(errors)
        self.errors = errors
        self.codes = [error["extensions"]["code"] for error in errors]


class Client:
    """Sends documents, as a guest unless made by ``as_user`` or ``as_staff``."""

    def __init__(
        self,
        app: Starlette,
        transport: httpx2.AsyncBaseTransport,
        factory: Factory,
        statements: Statements,
        token: str | None = None,
    ) -> None:
        self.app = app
        self.transport = transport
        self.factory = factory
        self.statements = statements
        self.token = token

    @property
    def shop(self) -> Shop:
        shop: Shop = self.app.state.shop
        return shop

    async def ask(self, document: str, /, **variables: Any) -> dict[str, Any]:
        """The whole answer: data, errors, extensions. Variables that are bytes are sent as files."""
        answer: dict[str, Any] = (await self.post(document, **variables)).json()
        return answer

    async def post(self, document: str, /, **variables: Any) -> httpx2.Response:
        """As ``ask``, before it is read."""
        headers = {"authorization": f"Bearer {self.token}"} if self.token else {}
        files = {name: value for name, value in variables.items() if isinstance(value, bytes)}
        body = {"query": document, "variables": variables | dict.fromkeys(files)}
        sent: dict[str, Any] = {"json": body}
        if files:
            places = {name: [f"variables.{name}"] for name in files}
            form = {"operations": orjson.dumps(body).decode(), "map": orjson.dumps(places).decode()}
            sent = {"data": form, "files": {name: ("a file", value) for name, value in files.items()}}
        async with httpx2.AsyncClient(transport=self.transport, base_url="http://testserver") as http:
            return await http.post("/graphql/", **sent, headers=headers, timeout=30)

    async def run(self, document: str, /, **variables: Any) -> Any:
        """The data. Raises ``GraphQLFailed`` when there are errors at the top of the answer."""
        answer = await self.ask(document, **variables)
        if answer.get("errors"):
            raise GraphQLFailed(answer["errors"])
        return answer["data"]

    async def refused(self, document: str, /, **variables: Any) -> list[str]:
        """The codes of the errors at the top of the answer."""
        return [error["extensions"]["code"] for error in (await self.ask(document, **variables))["errors"]]

    async def subscribed(self, document: str, /, **variables: Any) -> list[str]:
        """The codes with which a subscription is refused, over an event stream that ends with the refusal."""
        headers = {"accept": "text/event-stream"} | (
            {"authorization": f"Bearer {self.token}"} if self.token else {}
        )
        async with httpx2.AsyncClient(transport=self.transport, base_url="http://testserver") as http:
            reply = await http.post(
                "/graphql/", json={"query": document, "variables": variables}, headers=headers, timeout=30
            )
        data = [line[6:] for line in reply.text.splitlines() if line.startswith("data: {")]
        return [error["extensions"]["code"] for error in orjson.loads(data[0])["errors"]]

    def with_token(self, token: str | None) -> "Client":
        return Client(self.app, self.transport, self.factory, self.statements, token)

    async def as_user(self, user: UserLike) -> "Client":
        """The same client, logged in as ``user``."""
        family: UUID = uuid4()
        await self.factory.login(user, family)
        token = self.shop.tokens.access(str(user.id), user.token_key, str(family), is_staff=user.is_staff)
        return self.with_token(token)

    async def as_staff(self, permissions: Sequence[Permission] = tuple(Permission)) -> "Client":
        """The same client, logged in as a new member of staff with these permissions."""
        return await self.as_user(await self.factory.staff(permissions))

    async def as_app(self, permissions: Sequence[Permission] = tuple(Permission), **values: Any) -> "Client":
        """The same client as a new app with these permissions."""
        return self.with_token(await self.factory.app_token(await self.factory.app(permissions, **values)))


Answer = Callable[..., Any]
