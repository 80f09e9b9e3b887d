"""What every mutation answers with, and what every refusal is called."""

from graphql import GraphQLEnumType, GraphQLObjectType, GraphQLSchema, get_named_type, get_nullable_type
from graphql.type import is_list_type, is_non_null_type

import server.asgi  # noqa: F401 - imports every area, and with it every refusal
from domain.refusals import Refusal

AT_THE_TOP = {
    *("PERMISSION_DENIED", "UNAUTHENTICATED", "BUSY"),
    *("IDEMPOTENCY_KEY_INVALID", "IDEMPOTENCY_KEY_REUSED"),
    *("IDEMPOTENCY_IN_PROGRESS", "IDEMPOTENCY_ANSWER_LOST"),
}

# The public names of refusals whose commands are here before their mutations for staff.
AHEAD = {
    "CANNOT_CANCEL_FULFILLMENT",
    "CANNOT_CANCEL_ORDER",
    "FULFILL_ORDER_LINE",
    "INVALID_QUANTITY",
}


def test_every_mutation_answers_with_a_payload_that_has_errors(graphql_schema: GraphQLSchema) -> None:
    mutation = graphql_schema.mutation_type
    assert mutation is not None

    for name, field in mutation.fields.items():
        payload = get_named_type(field.type)
        assert isinstance(payload, GraphQLObjectType), name
        errors = payload.fields["errors"].type
        assert is_non_null_type(errors), name
        assert is_list_type(get_nullable_type(errors)), name
        error = get_named_type(errors)
        assert isinstance(error, GraphQLObjectType), name
        assert {"field", "message", "code"} <= error.fields.keys(), name
        assert is_non_null_type(error.fields["code"].type), name


def test_every_refusal_has_a_code_that_the_api_knows(graphql_schema: GraphQLSchema) -> None:
    known = AT_THE_TOP | {
        value
        for kind in graphql_schema.type_map.values()
        if isinstance(kind, GraphQLEnumType) and kind.name.endswith("ErrorCode")
        for value in kind.values
    }

    assert not AHEAD & known
    known |= AHEAD
    assert {refusal.__name__: refusal.code for refusal in kinds(Refusal) if refusal.code not in known} == {}


def kinds(refusal: type[Refusal]) -> set[type[Refusal]]:
    return {refusal}.union(*(kinds(kind) for kind in refusal.__subclasses__()))
