"""Programs that work with the shop on their own account."""

from datetime import datetime

from sqlmodel import SQLModel

from db.tables.columns import digest, flag, json, moment, number_id, ref, word_list, words


class Apps(SQLModel, table=True):
    """``permissions`` are the API's names; ``identifier`` is what the app calls itself.

    One that is not active is let in by none of its tokens.
    """

    __tablename__ = "apps"
    id: int = number_id()
    name: str = words(default=None)
    identifier: str | None = words(null=True, unique=True)
    is_active: bool = flag(default=True)
    permissions: list[str] = word_list()
    created_at: datetime = moment(now=True)
    meta: str = json(null=False)
    private_meta: str = json(null=False)


class AppTokens(SQLModel, table=True):
    """``hash`` is SHA-256 of the token, which is kept nowhere; ``last_four`` are its last characters."""

    __tablename__ = "app_tokens"
    id: int = number_id()
    app_id: int = ref("apps.id", cascade=True)
    name: str = words()
    hash: bytes = digest()
    last_four: str = words(default=None)
    created_at: datetime = moment(now=True)
