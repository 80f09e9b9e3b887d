"""Promises about money: payments add up, and what they pay for follows from them."""

from db.statements import Statement
from db.verifying.broken import DUE, ORDERS
from db.verifying.promises import Promise


def fold(payments: str, events: str) -> str:
    """The fold of domain/payments.py, said once more in SQL, as ``folded``; of these tables or their like.

    Whoever changes the one changes the other: tests/db/test_verifying.py holds both to the same amounts.
    """
    return f"""
        step as (
            select transaction_id, split_part(kind, '_', 1) as flow, reference,
                   max(amount) filter (where kind like '%SUCCESS') as success,
                   max(created_at) filter (where kind like '%SUCCESS') as success_at,
                   max(created_at) filter (where kind like '%FAILURE') as failure_at,
                   max(amount) filter (where kind like '%REQUEST') as request,
                   max(created_at) filter (where kind like '%REQUEST') as request_at
              from {events}
             where counts and right(kind, 8) in ('_REQUEST', '_SUCCESS', '_FAILURE')
             group by transaction_id, flow, reference
        ),
        adjusted as (
            select distinct on (transaction_id) transaction_id, amount, created_at as at
              from {events}
             where counts and kind = 'AUTHORIZATION_ADJUSTMENT'
             order by transaction_id, created_at desc, amount desc
        ),
        taken as (
            select transaction_id,
                   sum(amount) filter (where kind = 'CHARGE_BACK') as charged_back,
                   sum(amount) filter (where kind = 'REFUND_REVERSE') as reversed
              from {events}
             where counts and kind in ('CHARGE_BACK', 'REFUND_REVERSE')
             group by transaction_id
        ),
        resolved as (
            select step.transaction_id, step.flow,
                   case when success is not null and (failure_at is null or failure_at <= success_at)
                        then success else 0 end as done,
                   case when success is null and failure_at is null then request else 0 end as pending,
                   adjusted.at is null or coalesce(success_at, request_at) > adjusted.at as is_after
              from step
              left join adjusted on adjusted.transaction_id = step.transaction_id
             where success is not null or request is not null
        ),
        summed as (
            select transaction_id,
                   coalesce(sum(done) filter (where flow = 'AUTHORIZATION' and is_after), 0) as authorized,
                   coalesce(sum(done + pending) filter (where flow in ('CHARGE', 'CANCEL') and is_after), 0)
                       as used,
                   coalesce(sum(pending) filter (where flow = 'AUTHORIZATION'), 0) as authorize_pending,
                   coalesce(sum(done) filter (where flow = 'CHARGE'), 0) as charged,
                   coalesce(sum(pending) filter (where flow = 'CHARGE'), 0) as charge_pending,
                   coalesce(sum(done) filter (where flow = 'REFUND'), 0) as refunded,
                   coalesce(sum(pending) filter (where flow = 'REFUND'), 0) as refund_pending,
                   coalesce(sum(done) filter (where flow = 'CANCEL'), 0) as canceled,
                   coalesce(sum(pending) filter (where flow = 'CANCEL'), 0) as cancel_pending
              from resolved
             group by transaction_id
        ),
        folded as (
            select payment.id,
                   greatest(
                       coalesce(summed.authorized, 0) + coalesce(adjusted.amount, 0)
                           - coalesce(summed.used, 0),
                       0
                   ) as authorized,
                   coalesce(summed.authorize_pending, 0) as authorize_pending,
                   greatest(
                       coalesce(summed.charged, 0) - coalesce(taken.charged_back, 0)
                           - (coalesce(summed.refunded, 0) - coalesce(taken.reversed, 0))
                           - coalesce(summed.refund_pending, 0),
                       0
                   ) as charged,
                   coalesce(summed.charge_pending, 0) as charge_pending,
                   greatest(coalesce(summed.refunded, 0) - coalesce(taken.reversed, 0), 0) as refunded,
                   coalesce(summed.refund_pending, 0) as refund_pending,
                   coalesce(summed.canceled, 0) as canceled,
                   coalesce(summed.cancel_pending, 0) as cancel_pending
              from {payments} as payment
              left join summed on summed.transaction_id = payment.id
              left join adjusted on adjusted.transaction_id = payment.id
              left join taken on taken.transaction_id = payment.id
        )
    """


FOLD = f"with {fold('transactions', 'transaction_events')}"
PARTS = 4  # of the payments, so that each part's sums fit into the memory of a statement
# Most payments are simple: each request has its one answer, and nothing was taken back. Theirs are sums.
QUICK = """
    told as (
        select transaction_id,
               bool_or(kind in ('AUTHORIZATION_ADJUSTMENT', 'CHARGE_BACK', 'REFUND_REVERSE')) as is_special,
               -- 0 where each request was answered once, whatever it was, and nothing else was.
               sum(
                   case right(kind, 8) when '_REQUEST' then 1 else -1 end
                       * (hashtextextended(reference, ascii(substr(kind, 2, 1))) >> 1)
               ) filter (where right(kind, 8) in ('_REQUEST', '_SUCCESS', '_FAILURE')) as unanswered,
               sum(amount) filter (where kind = 'AUTHORIZATION_SUCCESS') as authorized,
               sum(amount) filter (where kind = 'CHARGE_SUCCESS') as charged,
               sum(amount) filter (where kind = 'REFUND_SUCCESS') as refunded,
               sum(amount) filter (where kind = 'CANCEL_SUCCESS') as canceled
          from transaction_events
         where counts and uuid_hash(transaction_id) & 3 = :part
         group by transaction_id
    ),
    suspect as (
        select payment.*
          from transactions as payment
          left join told on told.transaction_id = payment.id
         where uuid_hash(payment.id) & 3 = :part
           and (
               told.is_special
            or coalesce(told.unanswered, 0) <> 0
            or payment.authorized_amount <> greatest(
                   coalesce(told.authorized, 0) - coalesce(told.charged, 0) - coalesce(told.canceled, 0), 0
               )
            or payment.charged_amount <> greatest(coalesce(told.charged, 0) - coalesce(told.refunded, 0), 0)
            or payment.refunded_amount <> coalesce(told.refunded, 0)
            or payment.canceled_amount <> coalesce(told.canceled, 0)
            or greatest(payment.authorize_pending_amount, payment.charge_pending_amount,
                        payment.refund_pending_amount, payment.cancel_pending_amount) > 0
           )
    ),
    suspicious as (select * from transaction_events where transaction_id in (select id from suspect))
"""
PROMISES = (
    Promise(
        "A payment's amounts are what its events add up to.",
        Statement(f"""
            with {QUICK}, {fold("suspect", "suspicious")}
            select 'payment ' || payment.id as subject,
                   concat_ws(' / ', payment.authorized_amount, payment.charged_amount,
                             payment.refunded_amount, payment.canceled_amount)
                       || ', not ' || concat_ws(' / ', folded.authorized, folded.charged, folded.refunded,
                             folded.canceled) as what
              from folded join suspect as payment on payment.id = folded.id
             where (payment.authorized_amount, payment.authorize_pending_amount, payment.charged_amount,
                    payment.charge_pending_amount, payment.refunded_amount, payment.refund_pending_amount,
                    payment.canceled_amount, payment.cancel_pending_amount)
                <> (folded.authorized, folded.authorize_pending, folded.charged, folded.charge_pending,
                    folded.refunded, folded.refund_pending, folded.canceled, folded.cancel_pending)
        """),
        parts=PARTS,
    ),
    Promise(
        "No more of a payment goes back than was ever charged.",
        Statement("""
            select 'payment ' || payment.id as subject,
                   payment.refunded_amount + payment.refund_pending_amount || ' of ' || ever.charged as what
              from transactions as payment
             cross join lateral (
                  select coalesce(sum(told.amount), 0) as charged
                    from transaction_events as told
                   where told.transaction_id = payment.id and told.counts and told.kind = 'CHARGE_SUCCESS'
                     and not exists (
                         select
                           from transaction_events as failed
                          where failed.transaction_id = payment.id and failed.counts
                            and failed.kind = 'CHARGE_FAILURE' and failed.reference = told.reference
                            and failed.created_at > told.created_at
                     )
             ) as ever
             where payment.refunded_amount + payment.refund_pending_amount > 0
               and payment.refunded_amount + payment.refund_pending_amount > ever.charged
        """),
    ),
    Promise(
        "An order's paid amounts are the sums of its payments.",
        Statement("""
            select 'order ' || orders.number as subject,
                   concat_ws(' / ', orders.authorized_amount, orders.charged_amount, orders.refunded_amount)
                       || ', not ' || concat_ws(' / ', coalesce(paid.authorized, 0),
                             coalesce(paid.charged, 0), coalesce(paid.refunded, 0)) as what
              from orders
              left join (
                  select order_id, sum(authorized_amount) as authorized, sum(charged_amount) as charged,
                         sum(refunded_amount) as refunded
                    from transactions where order_id is not null group by order_id
              ) as paid on paid.order_id = orders.id
             where (orders.authorized_amount, orders.charged_amount, orders.refunded_amount)
                <> (coalesce(paid.authorized, 0), coalesce(paid.charged, 0), coalesce(paid.refunded, 0))
        """),
        same=tuple(
            (f"orders.{name}", f"transactions.{name}") for name in ("authorized", "charged", "refunded")
        ),
    ),
    Promise(
        "How far an order is paid follows from its total, its payments and what is granted back.",
        Statement(f"""
            select 'order ' || number as subject,
                   charge_status || ' and ' || authorize_status || ' with ' || charged_amount || ' + '
                       || authorized_amount || ' of ' || {DUE} as what
              from orders where {ORDERS["wrong_status"]}
        """),
        none=("orders.wrong_status",),
    ),
    Promise(
        "A payment is in the currency of what it pays for.",
        Statement("""
            select 'payment ' || payment.id as subject,
                   payment.currency || ', not ' || orders.currency as what
              from transactions as payment join orders on orders.id = payment.order_id
             where payment.currency <> orders.currency
             union all
            select 'payment ' || payment.id as subject,
                   payment.currency || ', not ' || checkout.currency as what
              from transactions as payment join checkouts as checkout on checkout.id = payment.checkout_id
             where payment.currency <> checkout.currency
        """),
        # There is but one, as in most shops.
        same=tuple(
            ("orders.first_currency", f"{table}.{which}_currency")
            for table in ("orders", "transactions", "checkouts")
            for which in ("first", "last")
        ),
    ),
    Promise(
        "What was paid for a checkout that is gone goes back within hours, and no gateway is left unasked.",
        Statement("""
            select 'payment ' || payment.id as subject,
                   coalesce('not answered since ' || payment.asked_until,
                            payment.charged_amount + payment.authorized_amount || ' for nothing') as what
              from transactions as payment
             where payment.asked_until < now() - interval '2 hours'
                or (payment.order_id is null and payment.checkout_id is null and payment.gateway <> ''
                    and payment.asked_until is null
                    and payment.charged_amount + payment.authorized_amount > 0
                    and payment.updated_at < now() - interval '3 hours')
        """),
    ),
)
