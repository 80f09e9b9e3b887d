"""Customers' address books, as orders fill them."""

from collections.abc import Sequence

from db.statements import Connection, Statement

HOLD_BOOK = Statement("select id from users where id = :user_id for no key update")
SAVE_ADDRESSES = Statement("""
    insert into addresses (
        user_id, first_name, last_name, company_name, street_address_1, street_address_2, city, city_area,
        postal_code, country, country_area, phone
    )
    select distinct cast(:user_id as bigint), given.first_name, given.last_name, given.company_name,
           given.street_address_1, given.street_address_2, given.city, given.city_area, given.postal_code,
           given.country, given.country_area, given.phone
      from addresses as given
     where given.id = any(:ids)
       and not exists (
           select from addresses as known
            where known.user_id = :user_id
              and (known.first_name, known.last_name, known.company_name, known.street_address_1,
                   known.street_address_2, known.city, known.city_area, known.postal_code, known.country,
                   known.country_area, known.phone)
                = (given.first_name, given.last_name, given.company_name, given.street_address_1,
                   given.street_address_2, given.city, given.city_area, given.postal_code, given.country,
                   given.country_area, given.phone)
       )
     limit greatest(:most - (select count(*) from addresses as book where book.user_id = :user_id), 0)
""")


async def save(tx: Connection, user_id: int, ids: Sequence[int], most: int) -> None:
    """Put copies of these into the customer's book, but for those it has already; a full book takes none."""
    await HOLD_BOOK.value(tx, user_id=user_id)  # so that two orders at once do not both add the same one
    await SAVE_ADDRESSES.run(tx, user_id=user_id, ids=ids, most=most)
