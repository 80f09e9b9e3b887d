"""Expected refusals at the top of an answer, in the API's words."""

from adapters.tokens import TokenRefused
from domain.idempotency_keys import AnswerLost, BadKey, KeyOfAnother, StillRunning
from domain.refusals import Busy, Denied, NotFound, Refusal, Refused, Unauthenticated
from engine.errors import Explained

STATUS = {
    Unauthenticated: 401,
    Denied: 403,
    NotFound: 404,
    Busy: 503,
    BadKey: 400,
    KeyOfAnother: 422,
    StillRunning: 409,
    AnswerLost: 409,
}


def explain(exception: Exception) -> Explained | None:
    """What to tell the client; None for a fault, which is masked."""
    match exception:
        case TokenRefused():
            return Explained(exception.message, exception.code, {}, 401)
        case Refused():
            return explain(exception.refusals[0])
        case Refusal():
            extensions = {"field": exception.field} if exception.field else {}
            return Explained(exception.message, exception.code, extensions, STATUS.get(type(exception), 400))
        case _:
            return None
