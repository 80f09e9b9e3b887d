"""Who a token speaks for, as the database knows them now."""

from uuid import UUID

from db.rows import Row
from db.statements import Connection, Statement


class ViewerRow(Row):
    user_id: int
    email: str
    token_key: str
    is_staff: bool
    is_superuser: bool
    permissions: list[str]


OF_LOGIN = Statement("""
    select person.id as user_id, person.email, person.token_key, person.is_staff, person.is_superuser,
           array(
               select distinct granted.permission
                 from user_groups as member
                 join group_permissions as granted on granted.group_id = member.group_id
                where member.user_id = person.id and person.is_staff
                order by granted.permission
           ) as permissions
      from users as person
      join token_families as family on family.user_id = person.id
     where person.id = :user_id and person.is_active and family.id = :family_id and family.ended_at is null
""")


async def of_login(connection: Connection, user_id: int, family_id: UUID) -> ViewerRow | None:
    """The user of a login that goes on; None when the user is inactive or gone, or the login has ended."""
    return await OF_LOGIN.row(connection, ViewerRow, user_id=user_id, family_id=family_id)
