"""Customers that imported invoices name."""

from collections.abc import Sequence
from datetime import datetime

from db.imports.staging import stage
from db.statements import Connection, Statement

COLUMNS = {"customer": "text", "email": "text", "since": "timestamptz", "country": "text"}
FILLED = {"user_id": "bigint", "is_new": "boolean default false", "address_id": "bigint"}

MAKE = Statement("""
    with made as (
        insert into users (email, external_reference, token_key, date_joined)
        select person.email, 'online-retail:' || person.customer,
               replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), person.since
          from staged_people as person
         order by person.since, person.customer
            on conflict do nothing
        returning id, external_reference
    )
    update staged_people as person
       set user_id = made.id, is_new = true,
           address_id = case when person.country is not null
                             then nextval(pg_get_serial_sequence('addresses', 'id')) end
      from made
     where made.external_reference = 'online-retail:' || person.customer
""")
FIND = Statement("""
    update staged_people as person
       set user_id = known.id
      from users as known
     where person.user_id is null
       and (known.external_reference = 'online-retail:' || person.customer or known.email = person.email)
""")
HOUSE = Statement("""
    insert into addresses (id, user_id, country)
    select address_id, user_id, country from staged_people where address_id is not null
""")
SETTLE = Statement("""
    update users
       set default_billing_address_id = person.address_id
      from staged_people as person
     where person.user_id = users.id and person.address_id is not null
""")


async def bring_in(tx: Connection, people: Sequence[tuple[str, str, datetime, str | None]]) -> None:
    """Make the accounts that are missing.

    ``people`` are (customer, e-mail, first seen, country), each customer once.

    Afterwards ``staged_people`` has the user of every customer. Nobody can log in: there is no password, and
    the addresses lead nowhere.
    """
    await stage(tx, "staged_people", COLUMNS, people, filled=FILLED)
    for statement in (MAKE, FIND, HOUSE, SETTLE):
        await statement.run(tx)
