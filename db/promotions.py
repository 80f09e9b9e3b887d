"""What is asked for a variant now: the lowest of its price, its sale price and its promotions' prices."""

from collections.abc import Sequence
from datetime import datetime

from db.rows import Row
from db.statements import Connection, Statement
from domain.money import exponent

LOCK = Statement("select pg_advisory_xact_lock(hashtext('prices'))")
CURRENCIES = Statement("select distinct currency_code from channels")
# A rule's price is rounded to the currency. Of rules that come to the same, the oldest is the one named.
REFRESH = Statement("""
    with running as (
        select rule.id, target.kind, target.target_id
          from promotions as promotion
          join promotion_rules as rule on rule.promotion_id = promotion.id
          join promotion_rule_targets as target on target.promotion_rule_id = rule.id
         where promotion.starts_at <= :now and (promotion.ends_at is null or promotion.ends_at > :now)
    ),
    meant as (
        select running.id as rule_id, variant.id as variant_id
          from running
          join product_variants as variant on variant.id = running.target_id
         where running.kind = 'VARIANT'
        union
        select running.id, variant.id
          from running
          join product_variants as variant on variant.product_id = running.target_id
         where running.kind = 'PRODUCT'
        union
        select running.id, variant.id
          from running
          join categories as category on category.path @> array[running.target_id]
          join products as product on product.category_id = category.id
          join product_variants as variant on variant.product_id = product.id
         where running.kind = 'CATEGORY'
        union
        select running.id, variant.id
          from running
          join collection_products as member on member.collection_id = running.target_id
          join product_variants as variant on variant.product_id = member.product_id
         where running.kind = 'COLLECTION'
    ),
    best as (
        select distinct on (listing.variant_id, listing.channel_id)
               listing.variant_id, listing.channel_id, rule.id as rule_id, reward.price
          from meant
          join promotion_rules as rule on rule.id = meant.rule_id
          join promotion_rule_channels as open on open.promotion_rule_id = rule.id
          join variant_listings as listing
            on listing.variant_id = meant.variant_id and listing.channel_id = open.channel_id
          join channels as channel on channel.id = listing.channel_id
          join unnest(cast(:currencies as text[]), cast(:digits as int[])) as currency (code, digits)
            on currency.code = channel.currency_code
         cross join lateral (
                   select greatest(
                              listing.price_amount - round(
                                  case when rule.reward_kind = 'PERCENTAGE'
                                       then listing.price_amount * rule.reward_value / 100
                                       else rule.reward_value
                                  end,
                                  currency.digits
                              ),
                              0
                          ) as price
               ) as reward
         order by listing.variant_id, listing.channel_id, reward.price, rule.id
    ),
    asked as (
        select listing.variant_id, listing.channel_id,
               least(listing.price_amount, listing.sale_amount, best.price) as amount,
               case when best.price < least(listing.price_amount, listing.sale_amount)
                    then best.rule_id
               end as rule_id
          from variant_listings as listing
          join product_variants as variant on variant.id = listing.variant_id
          left join best on best.variant_id = listing.variant_id and best.channel_id = listing.channel_id
         where cast(:product_ids as bigint[]) is null
            or variant.product_id = any(cast(:product_ids as bigint[]))
    )
    update variant_listings as listing
       set discounted_amount = asked.amount, promotion_rule_id = asked.rule_id
      from asked
      join product_variants as variant on variant.id = asked.variant_id
     where listing.variant_id = asked.variant_id and listing.channel_id = asked.channel_id
       and (listing.discounted_amount, listing.promotion_rule_id)
           is distinct from (asked.amount, asked.rule_id)
    returning variant.product_id, listing.channel_id
""")
LOWEST = Statement("""
    with lowest as (
        select listing.product_id, listing.channel_id, min(variant.price_amount) as amount,
               min(variant.discounted_amount) as discounted_amount
          from product_listings as listing
          left join (
                   product_variants as sold join variant_listings as variant on variant.variant_id = sold.id
               ) on sold.product_id = listing.product_id and variant.channel_id = listing.channel_id
         where cast(:product_ids as bigint[]) is null
            or listing.product_id = any(cast(:product_ids as bigint[]))
         group by listing.product_id, listing.channel_id
    )
    update product_listings as listing
       set lowest_amount = lowest.amount, lowest_discounted_amount = lowest.discounted_amount
      from lowest
     where listing.product_id = lowest.product_id and listing.channel_id = lowest.channel_id
       and (listing.lowest_amount, listing.lowest_discounted_amount)
           is distinct from (lowest.amount, lowest.discounted_amount)
""")
NEXT_CHANGE = Statement("""
    select min(moment)
      from promotions
     cross join lateral (values (starts_at), (ends_at)) as change (moment)
     where moment > :now
""")


class RepricedRow(Row):
    """A variant of this product has another price in this channel, or the same for another reason."""

    product_id: int
    channel_id: int


async def lock(tx: Connection) -> None:
    """Hold all prices until the transaction ends. Who writes listings and then refreshes takes it first."""
    await LOCK.value(tx)


async def refresh(tx: Connection, now: datetime, product_ids: Sequence[int] | None = None) -> int:
    """As ``reprice``; how many have changed."""
    return len(await reprice(tx, now, product_ids))


async def reprice(
    tx: Connection, now: datetime, product_ids: Sequence[int] | None = None
) -> list[RepricedRow]:
    """Set what is asked at ``now`` for variants of these products (all where null): one row for each changed.

    Also the lowest prices of their products. Only rows that change are written. Takes ``lock``.
    """
    await lock(tx)
    currencies = [row["currency_code"] for row in await tx.fetch(CURRENCIES.text)]
    changed = await REFRESH.rows(
        tx,
        RepricedRow,
        now=now,
        currencies=currencies,
        digits=[-int(exponent(currency).as_tuple().exponent) for currency in currencies],
        product_ids=product_ids,
    )
    await LOWEST.run(tx, product_ids=product_ids)
    return changed


async def next_change(connection: Connection, now: datetime) -> datetime | None:
    """When a promotion next starts or ends, after ``now``; None while none will."""
    found: datetime | None = await NEXT_CHANGE.value(connection, now=now)
    return found
