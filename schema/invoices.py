"""Invoices and credit notes."""

from asyncio import gather
from collections.abc import Sequence
from datetime import timedelta
from typing import ClassVar, Final

import strawberry

from db.papers import InvoiceRow
from engine.words import attribute, batch_field, inline
from schema.context import Context
from schema.ids import global_id
from schema.job_states import JobStatus
from schema.metadata import Node, ObjectWithMetadata
from schema.scalars import DateTime

LIFETIME: Final = timedelta(hours=1)


def status(file_key: str | None) -> JobStatus:
    return JobStatus.SUCCESS if file_key else JobStatus.PENDING


async def urls(rows: Sequence[InvoiceRow], context: Context) -> list[str | None]:
    """Addresses that let their bearer read the files, for an hour; none where there is no file yet."""

    async def one(row: InvoiceRow) -> str | None:
        if row.file_key is None:
            return None
        return await context.shop.files.signed_url("GET", row.file_key, LIFETIME)

    return await gather(*map(one, rows))


@strawberry.type(description="An invoice or a credit note, as it was issued.")
class Invoice(Node, ObjectWithMetadata):
    represents: ClassVar[type] = InvoiceRow

    id: strawberry.ID = global_id("Invoice")
    number: str | None = attribute("Its number: those of a channel have no gaps.")
    status: JobStatus = inline(status, "file_key", nulls=True, description="Whether there is a file yet.")
    url: str | None = batch_field(urls, description="Where the file can be read, for an hour.")
    created_at: DateTime = attribute("When it was issued.")
    updated_at: DateTime = attribute("When it last changed.")
