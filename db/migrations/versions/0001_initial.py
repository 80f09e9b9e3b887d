"""The first tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("create extension if not exists pg_trgm")
    op.execute("create sequence order_numbers")
    op.create_table(
        "attempts",
        sa.Column("errand", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("open_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("errand", "email", name=op.f("pk_attempts")),
    )
    op.create_index(op.f("ix_attempts_last_at"), "attempts", ["last_at"], unique=False)
    op.create_table(
        "attributes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), server_default=sa.text("'PRODUCT_TYPE'"), nullable=False),
        sa.Column("input_type", sa.Text(), server_default=sa.text("'DROPDOWN'"), nullable=False),
        sa.Column("entity", sa.Text(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("value_required", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("visible_in_storefront", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("filterable_in_storefront", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("external_reference", sa.Text(), nullable=True),
        sa.Column(
            "meta",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column(
            "private_meta",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attributes")),
        sa.UniqueConstraint("external_reference", name=op.f("uq_attributes_external_reference")),
        sa.UniqueConstraint("slug", name=op.f("uq_attributes_slug")),
    )
    op.create_table(
        "categories",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.Column("path", postgresql.ARRAY(sa.BigInteger()), server_default="{}", nullable=False),
        sa.Column("level", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("description", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("seo_title", sa.Text(), nullable=True),
        sa.Column("seo_description", sa.Text(), nullable=True),
        sa.Column("image_key", sa.Text(), nullable=True),
        sa.Column("image_alt", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column(
            "meta",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column(
            "private_meta",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["categories.id"], name=op.f("fk_categories_parent_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_categories")),
        sa.UniqueConstraint("slug", name=op.f("uq_categories_slug")),
    )
    op.create_index(op.f("ix_categories_parent_id"), "categories", ["parent_id"], unique=False)
    op.create_index("ix_categories_path", "categories", ["path"], unique=False, postgresql_using="gin")
    op.create_table(
        "channels",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("currency_code", sa.Text(), nullable=False),
        sa.Column("default_country", sa.Text(), nullable=False),
        sa.Column("prices_entered_with_tax", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("charge_taxes", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column(
            "automatically_confirm_orders", sa.Boolean(), server_default=sa.text("true"), nullable=False
        ),
        sa.Column("allow_unpaid_orders", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column(
            "payment_gateways", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("default_transaction_flow", sa.Text(), server_default=sa.text("'CHARGE'"), nullable=False),
        sa.Column(
            "meta",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column(
            "private_meta",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channels")),
        sa.UniqueConstraint("slug", name=op.f("uq_channels_slug")),
    )
    op.create_table(
        "collections",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("description", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("seo_title", sa.Text(), nullable=True),
        sa.Column("seo_description", sa.Text(), nullable=True),
        sa.Column("image_key", sa.Text(), nullable=True),
        sa.Column("image_alt", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column(
            "meta",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column(
            "private_meta",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collections")),
        sa.UniqueConstraint("slug", name=op.f("uq_collections_slug")),
    )
    op.create_table(
        "gift_cards",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("initial_amount", sa.Numeric(precision=20, scale=4), nullable=False),
        sa.Column("balance_amount", sa.Numeric(precision=20, scale=4), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("used_by", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "meta",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column(
            "private_meta",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "balance_amount between 0 and initial_amount", name=op.f("ck_gift_cards_balance_within_initial")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gift_cards")),
    )
    op.create_index("uq_gift_cards_code", "gift_cards", [sa.literal_column("upper(code)")], unique=True)
    op.create_table(
        "groups",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_groups")),
        sa.UniqueConstraint("name", name=op.f("uq_groups_name")),
    )
    op.create_table(
        "menus",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column(
            "meta",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column(
            "private_meta",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_menus")),
        sa.UniqueConstraint("slug", name=op.f("uq_menus_slug")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("also", sa.Text(), nullable=True),
        sa.Column(
            "facts",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("position", name=op.f("uq_outbox_position")),
    )
    op.create_index(
        "ix_outbox_also",
        "outbox",
        ["also", "position"],
        unique=False,
        postgresql_where=sa.text("also is not null"),
    )
    op.create_index("ix_outbox_subject", "outbox", ["subject", "subject_id", "position"], unique=False)
    op.create_index(
        "ix_outbox_waiting", "outbox", ["id"], unique=False, postgresql_where=sa.text("published_at is null")
    )
    op.create_table(
        "page_types",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column(
            "meta",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column(
            "private_meta",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_page_types")),
        sa.UniqueConstraint("slug", name=op.f("uq_page_types_slug")),
    )
    op.create_table(
        "promotions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "meta",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column(
            "private_meta",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promotions")),
    )
    op.create_table(
        "rows_set_aside",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=20, scale=4), nullable=False),
        sa.Column(
            "facts",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rows_set_aside")),
        sa.UniqueConstraint(
            "source", "reference", "line", name=op.f("uq_rows_set_aside_source_reference_line")
        ),
    )
    op.create_table(
        "settled",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("answer", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settled")),
        sa.UniqueConstraint("scope", "key", name=op.f("uq_settled_scope_key")),
    )
    op.create_table(
        "shipping_zones",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("countries", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("is_default", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column(
            "meta",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column(
            "private_meta",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shipping_zones")),
    )
    op.create_table(
        "tax_classes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "meta",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column(
            "private_meta",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tax_classes")),
    )
    op.create_table(
        "translations",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("object_id", sa.BigInteger(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("slug", sa.Text(), nullable=True),
        sa.Column("description", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("plain_text", sa.Text(), nullable=True),
        sa.Column("seo_title", sa.Text(), nullable=True),
        sa.Column("seo_description", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("kind", "object_id", "language", name=op.f("pk_translations")),
    )
    op.create_index(
        "uq_translations_slug",
        "translations",
        ["kind", "language", "slug"],
        unique=True,
        postgresql_where=sa.text("slug is not null"),
    )
    op.create_table(
        "users",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("first_name", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("last_name", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("is_staff", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("is_superuser", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("is_confirmed", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("awaits_confirmation", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("language_code", sa.Text(), server_default=sa.text("'EN'"), nullable=False),
        sa.Column("default_shipping_address_id", sa.BigInteger(), nullable=True),
        sa.Column("default_billing_address_id", sa.BigInteger(), nullable=True),
        sa.Column("avatar_key", sa.Text(), nullable=True),
        sa.Column("token_key", sa.Text(), nullable=False),
        sa.Column("external_reference", sa.Text(), nullable=True),
        sa.Column("date_joined", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("last_login", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column(
            "meta",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column(
            "private_meta",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["default_billing_address_id"],
            ["addresses.id"],
            name=op.f("fk_users_default_billing_address_id"),
            ondelete="SET NULL",
            use_alter=True,
        ),
        sa.ForeignKeyConstraint(
            ["default_shipping_address_id"],
            ["addresses.id"],
            name=op.f("fk_users_default_shipping_address_id"),
            ondelete="SET NULL",
            use_alter=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("email", name=op.f("uq_users_email")),
        sa.UniqueConstraint("external_reference", name=op.f("uq_users_external_reference")),
    )
    op.create_table(
        "vouchers",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("kind", sa.Text(), server_default=sa.text("'ENTIRE_ORDER'"), nullable=False),
        sa.Column("value_kind", sa.Text(), server_default=sa.text("'FIXED'"), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("usage_limit", sa.Integer(), nullable=True),
        sa.Column("used", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("once_per_customer", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("once_per_order", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("single_use", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("only_for_staff", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("minimum_quantity", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("countries", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column(
            "meta",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column(
            "private_meta",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "used >= 0 and (usage_limit is null or used <= usage_limit)",
            name=op.f("ck_vouchers_used_within_limit"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vouchers")),
    )
    op.create_table(
        "addresses",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("first_name", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("last_name", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("company_name", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("street_address_1", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("street_address_2", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("city", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("city_area", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("postal_code", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("country_area", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("phone", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column(
            "meta",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column(
            "private_meta",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_addresses_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_addresses")),
    )
    op.create_index(op.f("ix_addresses_user_id"), "addresses", ["user_id"], unique=False)
    op.create_table(
        "collection_listings",
        sa.Column("collection_id", sa.BigInteger(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("is_published", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["channel_id"],
            ["channels.id"],
            name=op.f("fk_collection_listings_channel_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["collection_id"],
            ["collections.id"],
            name=op.f("fk_collection_listings_collection_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("collection_id", "channel_id", name=op.f("pk_collection_listings")),
    )
    op.create_table(
        "credit_notes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("total_amount", sa.Numeric(precision=20, scale=4), nullable=False),
        sa.Column("external_reference", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column(
            "meta",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column(
            "private_meta",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name=op.f("fk_credit_notes_channel_id")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_credit_notes_user_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_notes")),
        sa.UniqueConstraint("external_reference", name=op.f("uq_credit_notes_external_reference")),
    )
    op.create_index(op.f("ix_credit_notes_channel_id"), "credit_notes", ["channel_id"], unique=False)
    op.create_index(op.f("ix_credit_notes_user_id"), "credit_notes", ["user_id"], unique=False)
    op.create_table(
        "group_permissions",
        sa.Column("group_id", sa.BigInteger(), nullable=False),
        sa.Column("permission", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["groups.id"], name=op.f("fk_group_permissions_group_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("group_id", "permission", name=op.f("pk_group_permissions")),
    )
    op.create_table(
        "page_type_attributes",
        sa.Column("page_type_id", sa.BigInteger(), nullable=False),
        sa.Column("attribute_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(
            ["attribute_id"],
            ["attributes.id"],
            name=op.f("fk_page_type_attributes_attribute_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["page_type_id"],
            ["page_types.id"],
            name=op.f("fk_page_type_attributes_page_type_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("page_type_id", "attribute_id", name=op.f("pk_page_type_attributes")),
    )
    op.create_table(
        "pages",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("page_type_id", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("seo_title", sa.Text(), nullable=True),
        sa.Column("seo_description", sa.Text(), nullable=True),
        sa.Column("is_published", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column(
            "meta",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column(
            "private_meta",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["page_type_id"], ["page_types.id"], name=op.f("fk_pages_page_type_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pages")),
        sa.UniqueConstraint("slug", name=op.f("uq_pages_slug")),
    )
    op.create_index(op.f("ix_pages_page_type_id"), "pages", ["page_type_id"], unique=False)
    op.create_table(
        "product_types",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), server_default=sa.text("'NORMAL'"), nullable=False),
        sa.Column("has_variants", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("is_shipping_required", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("is_digital", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("weight", sa.Numeric(), nullable=True),
        sa.Column("tax_class_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "meta",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column(
            "private_meta",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["tax_class_id"],
            ["tax_classes.id"],
            name=op.f("fk_product_types_tax_class_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_types")),
        sa.UniqueConstraint("slug", name=op.f("uq_product_types_slug")),
    )
    op.create_index(op.f("ix_product_types_tax_class_id"), "product_types", ["tax_class_id"], unique=False)
    op.create_table(
        "promotion_rules",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("promotion_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("reward_kind", sa.Text(), server_default=sa.text("'PERCENTAGE'"), nullable=False),
        sa.Column("reward_value", sa.Numeric(precision=20, scale=4), nullable=False),
        sa.ForeignKeyConstraint(
            ["promotion_id"],
            ["promotions.id"],
            name=op.f("fk_promotion_rules_promotion_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promotion_rules")),
    )
    op.create_index(
        op.f("ix_promotion_rules_promotion_id"), "promotion_rules", ["promotion_id"], unique=False
    )
    op.create_table(
        "shipping_methods",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("shipping_zone_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("kind", sa.Text(), server_default=sa.text("'PRICE'"), nullable=False),
        sa.Column("minimum_weight", sa.Numeric(), nullable=True),
        sa.Column("maximum_weight", sa.Numeric(), nullable=True),
        sa.Column("minimum_delivery_days", sa.Integer(), nullable=True),
        sa.Column("maximum_delivery_days", sa.Integer(), nullable=True),
        sa.Column("tax_class_id", sa.BigInteger(), nullable=True),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column(
            "meta",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column(
            "private_meta",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["shipping_zone_id"],
            ["shipping_zones.id"],
            name=op.f("fk_shipping_methods_shipping_zone_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tax_class_id"],
            ["tax_classes.id"],
            name=op.f("fk_shipping_methods_tax_class_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shipping_methods")),
    )
    op.create_index(
        op.f("ix_shipping_methods_shipping_zone_id"), "shipping_methods", ["shipping_zone_id"], unique=False
    )
    op.create_index(
        op.f("ix_shipping_methods_tax_class_id"), "shipping_methods", ["tax_class_id"], unique=False
    )
    op.create_table(
        "shipping_zone_channels",
        sa.Column("shipping_zone_id", sa.BigInteger(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_id"],
            ["channels.id"],
            name=op.f("fk_shipping_zone_channels_channel_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["shipping_zone_id"],
            ["shipping_zones.id"],
            name=op.f("fk_shipping_zone_channels_shipping_zone_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("shipping_zone_id", "channel_id", name=op.f("pk_shipping_zone_channels")),
    )
    op.create_table(
        "tax_rates",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("tax_class_id", sa.BigInteger(), nullable=True),
        sa.Column("rate", sa.Numeric(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tax_class_id"], ["tax_classes.id"], name=op.f("fk_tax_rates_tax_class_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tax_rates")),
        sa.UniqueConstraint(
            "country", "tax_class_id", name="uq_tax_rates_country", postgresql_nulls_not_distinct=True
        ),
    )
    op.create_index(op.f("ix_tax_rates_tax_class_id"), "tax_rates", ["tax_class_id"], unique=False)
    op.create_table(
        "token_families",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_token_families_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_token_families")),
    )
    op.create_index(op.f("ix_token_families_user_id"), "token_families", ["user_id"], unique=False)
    op.create_table(
        "user_groups",
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("group_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["groups.id"], name=op.f("fk_user_groups_group_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_user_groups_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "group_id", name=op.f("pk_user_groups")),
    )
    op.create_table(
        "voucher_codes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("voucher_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("used", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.CheckConstraint("used >= 0", name=op.f("ck_voucher_codes_used_not_negative")),
        sa.ForeignKeyConstraint(
            ["voucher_id"], ["vouchers.id"], name=op.f("fk_voucher_codes_voucher_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voucher_codes")),
    )
    op.create_index(op.f("ix_voucher_codes_voucher_id"), "voucher_codes", ["voucher_id"], unique=False)
    op.create_index("uq_voucher_codes_code", "voucher_codes", [sa.literal_column("upper(code)")], unique=True)
    op.create_table(
        "voucher_listings",
        sa.Column("voucher_id", sa.BigInteger(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("discount_value", sa.Numeric(precision=20, scale=4), nullable=False),
        sa.Column("minimum_spent_amount", sa.Numeric(precision=20, scale=4), nullable=True),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_voucher_listings_channel_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["voucher_id"], ["vouchers.id"], name=op.f("fk_voucher_listings_voucher_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("voucher_id", "channel_id", name=op.f("pk_voucher_listings")),
    )
    op.create_table(
        "voucher_targets",
        sa.Column("voucher_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("target_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["voucher_id"], ["vouchers.id"], name=op.f("fk_voucher_targets_voucher_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("voucher_id", "kind", "target_id", name=op.f("pk_voucher_targets")),
    )
    op.create_table(
        "menu_items",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("menu_id", sa.BigInteger(), nullable=False),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.Column("level", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("category_id", sa.BigInteger(), nullable=True),
        sa.Column("collection_id", sa.BigInteger(), nullable=True),
        sa.Column("page_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "meta",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column(
            "private_meta",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["category_id"], ["categories.id"], name=op.f("fk_menu_items_category_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["collection_id"],
            ["collections.id"],
            name=op.f("fk_menu_items_collection_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["menu_id"], ["menus.id"], name=op.f("fk_menu_items_menu_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["page_id"], ["pages.id"], name=op.f("fk_menu_items_page_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["menu_items.id"], name=op.f("fk_menu_items_parent_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_menu_items")),
    )
    op.create_index(op.f("ix_menu_items_category_id"), "menu_items", ["category_id"], unique=False)
    op.create_index(op.f("ix_menu_items_collection_id"), "menu_items", ["collection_id"], unique=False)
    op.create_index(op.f("ix_menu_items_menu_id"), "menu_items", ["menu_id"], unique=False)
    op.create_index(op.f("ix_menu_items_page_id"), "menu_items", ["page_id"], unique=False)
    op.create_index(op.f("ix_menu_items_parent_id"), "menu_items", ["parent_id"], unique=False)
    op.create_table(
        "product_type_attributes",
        sa.Column("product_type_id", sa.BigInteger(), nullable=False),
        sa.Column("attribute_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(
            ["attribute_id"],
            ["attributes.id"],
            name=op.f("fk_product_type_attributes_attribute_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["product_type_id"],
            ["product_types.id"],
            name=op.f("fk_product_type_attributes_product_type_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("product_type_id", "attribute_id", name=op.f("pk_product_type_attributes")),
    )
    op.create_table(
        "product_type_variant_attributes",
        sa.Column("product_type_id", sa.BigInteger(), nullable=False),
        sa.Column("attribute_id", sa.BigInteger(), nullable=False),
        sa.Column("variant_selection", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(
            ["attribute_id"],
            ["attributes.id"],
            name=op.f("fk_product_type_variant_attributes_attribute_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["product_type_id"],
            ["product_types.id"],
            name=op.f("fk_product_type_variant_attributes_product_type_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "product_type_id", "attribute_id", name=op.f("pk_product_type_variant_attributes")
        ),
    )
    op.create_table(
        "products",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("product_type_id", sa.BigInteger(), nullable=False),
        sa.Column("category_id", sa.BigInteger(), nullable=True),
        sa.Column("tax_class_id", sa.BigInteger(), nullable=True),
        sa.Column("default_variant_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("description", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("seo_title", sa.Text(), nullable=True),
        sa.Column("seo_description", sa.Text(), nullable=True),
        sa.Column("weight", sa.Numeric(), nullable=True),
        sa.Column("rating", sa.Numeric(), nullable=True),
        sa.Column("external_reference", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("search_text", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column(
            "search_vector",
            postgresql.TSVECTOR(),
            sa.Computed("to_tsvector('english', search_text)", persisted=True),
            nullable=False,
        ),
        sa.Column(
            "meta",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column(
            "private_meta",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["category_id"], ["categories.id"], name=op.f("fk_products_category_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["default_variant_id"],
            ["product_variants.id"],
            name=op.f("fk_products_default_variant_id"),
            ondelete="SET NULL",
            use_alter=True,
        ),
        sa.ForeignKeyConstraint(
            ["product_type_id"], ["product_types.id"], name=op.f("fk_products_product_type_id")
        ),
        sa.ForeignKeyConstraint(
            ["tax_class_id"], ["tax_classes.id"], name=op.f("fk_products_tax_class_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_products")),
        sa.UniqueConstraint("external_reference", name=op.f("uq_products_external_reference")),
        sa.UniqueConstraint("slug", name=op.f("uq_products_slug")),
    )
    op.create_index(op.f("ix_products_category_id"), "products", ["category_id"], unique=False)
    op.create_index(op.f("ix_products_created_at_id"), "products", ["created_at", "id"], unique=False)
    op.create_index("ix_products_name", "products", [sa.literal_column("lower(name)"), "id"], unique=False)
    op.create_index(op.f("ix_products_product_type_id"), "products", ["product_type_id"], unique=False)
    op.create_index(
        "ix_products_search_text",
        "products",
        ["search_text"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"search_text": "gin_trgm_ops"},
    )
    op.create_index(
        "ix_products_search_vector", "products", ["search_vector"], unique=False, postgresql_using="gin"
    )
    op.create_index(op.f("ix_products_tax_class_id"), "products", ["tax_class_id"], unique=False)
    op.create_index(op.f("ix_products_updated_at_id"), "products", ["updated_at", "id"], unique=False)
    op.create_table(
        "promotion_rule_channels",
        sa.Column("promotion_rule_id", sa.BigInteger(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_id"],
            ["channels.id"],
            name=op.f("fk_promotion_rule_channels_channel_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["promotion_rule_id"],
            ["promotion_rules.id"],
            name=op.f("fk_promotion_rule_channels_promotion_rule_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("promotion_rule_id", "channel_id", name=op.f("pk_promotion_rule_channels")),
    )
    op.create_table(
        "promotion_rule_targets",
        sa.Column("promotion_rule_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("target_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["promotion_rule_id"],
            ["promotion_rules.id"],
            name=op.f("fk_promotion_rule_targets_promotion_rule_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "promotion_rule_id", "kind", "target_id", name=op.f("pk_promotion_rule_targets")
        ),
    )
    op.create_table(
        "refresh_tokens",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("family_id", sa.Uuid(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("spent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["family_id"], ["token_families.id"], name=op.f("fk_refresh_tokens_family_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refresh_tokens")),
    )
    op.create_index(op.f("ix_refresh_tokens_family_id"), "refresh_tokens", ["family_id"], unique=False)
    op.create_table(
        "shipping_method_listings",
        sa.Column("shipping_method_id", sa.BigInteger(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("price_amount", sa.Numeric(precision=20, scale=4), nullable=False),
        sa.Column("minimum_order_amount", sa.Numeric(precision=20, scale=4), nullable=True),
        sa.Column("maximum_order_amount", sa.Numeric(precision=20, scale=4), nullable=True),
        sa.ForeignKeyConstraint(
            ["channel_id"],
            ["channels.id"],
            name=op.f("fk_shipping_method_listings_channel_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["shipping_method_id"],
            ["shipping_methods.id"],
            name=op.f("fk_shipping_method_listings_shipping_method_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("shipping_method_id", "channel_id", name=op.f("pk_shipping_method_listings")),
    )
    op.create_table(
        "shipping_method_postal_codes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("shipping_method_id", sa.BigInteger(), nullable=False),
        sa.Column("first", sa.Text(), nullable=False),
        sa.Column("last", sa.Text(), nullable=True),
        sa.Column("inclusion", sa.Text(), server_default=sa.text("'EXCLUDE'"), nullable=False),
        sa.ForeignKeyConstraint(
            ["shipping_method_id"],
            ["shipping_methods.id"],
            name=op.f("fk_shipping_method_postal_codes_shipping_method_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shipping_method_postal_codes")),
    )
    op.create_index(
        op.f("ix_shipping_method_postal_codes_shipping_method_id"),
        "shipping_method_postal_codes",
        ["shipping_method_id"],
        unique=False,
    )
    op.create_table(
        "warehouses",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("address_id", sa.BigInteger(), nullable=True),
        sa.Column("is_private", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("collection", sa.Text(), server_default=sa.text("'DISABLED'"), nullable=False),
        sa.Column(
            "meta",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column(
            "private_meta",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["address_id"], ["addresses.id"], name=op.f("fk_warehouses_address_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warehouses")),
        sa.UniqueConstraint("slug", name=op.f("uq_warehouses_slug")),
    )
    op.create_index(op.f("ix_warehouses_address_id"), "warehouses", ["address_id"], unique=False)
    op.create_table(
        "checkouts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("language_code", sa.Text(), server_default=sa.text("'EN'"), nullable=False),
        sa.Column("shipping_address_id", sa.BigInteger(), nullable=True),
        sa.Column("billing_address_id", sa.BigInteger(), nullable=True),
        sa.Column("save_shipping_address", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("save_billing_address", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("delivery_id", sa.Uuid(), nullable=True),
        sa.Column("collection_point_id", sa.BigInteger(), nullable=True),
        sa.Column("voucher_code_id", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column(
            "meta",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column(
            "private_meta",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["billing_address_id"],
            ["addresses.id"],
            name=op.f("fk_checkouts_billing_address_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_checkouts_channel_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["collection_point_id"],
            ["warehouses.id"],
            name=op.f("fk_checkouts_collection_point_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["delivery_id"],
            ["checkout_deliveries.id"],
            name=op.f("fk_checkouts_delivery_id"),
            ondelete="SET NULL",
            use_alter=True,
        ),
        sa.ForeignKeyConstraint(
            ["shipping_address_id"],
            ["addresses.id"],
            name=op.f("fk_checkouts_shipping_address_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_checkouts_user_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["voucher_code_id"],
            ["voucher_codes.id"],
            name=op.f("fk_checkouts_voucher_code_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkouts")),
    )
    op.create_index(
        op.f("ix_checkouts_billing_address_id"), "checkouts", ["billing_address_id"], unique=False
    )
    op.create_index(op.f("ix_checkouts_channel_id"), "checkouts", ["channel_id"], unique=False)
    op.create_index(
        op.f("ix_checkouts_collection_point_id"), "checkouts", ["collection_point_id"], unique=False
    )
    op.create_index(
        op.f("ix_checkouts_shipping_address_id"), "checkouts", ["shipping_address_id"], unique=False
    )
    op.create_index(op.f("ix_checkouts_user_id"), "checkouts", ["user_id"], unique=False)
    op.create_index(op.f("ix_checkouts_voucher_code_id"), "checkouts", ["voucher_code_id"], unique=False)
    op.create_table(
        "collection_products",
        sa.Column("collection_id", sa.BigInteger(), nullable=False),
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(
            ["collection_id"],
            ["collections.id"],
            name=op.f("fk_collection_products_collection_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["product_id"],
            ["products.id"],
            name=op.f("fk_collection_products_product_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("collection_id", "product_id", name=op.f("pk_collection_products")),
    )
    op.create_index(
        op.f("ix_collection_products_product_id"), "collection_products", ["product_id"], unique=False
    )
    op.create_table(
        "orders",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), server_default=sa.text("nextval('order_numbers')"), nullable=False),
        sa.Column("checkout_id", sa.Uuid(), nullable=True),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("email", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("status", sa.Text(), server_default=sa.text("'UNFULFILLED'"), nullable=False),
        sa.Column("origin", sa.Text(), server_default=sa.text("'CHECKOUT'"), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("language_code", sa.Text(), server_default=sa.text("'EN'"), nullable=False),
        sa.Column("shipping_address_id", sa.BigInteger(), nullable=True),
        sa.Column("billing_address_id", sa.BigInteger(), nullable=True),
        sa.Column("shipping_method_id", sa.BigInteger(), nullable=True),
        sa.Column("shipping_method_name", sa.Text(), nullable=True),
        sa.Column("collection_point_id", sa.BigInteger(), nullable=True),
        sa.Column("is_shipping_required", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column(
            "shipping_net", sa.Numeric(precision=20, scale=4), server_default=sa.text("0"), nullable=False
        ),
        sa.Column(
            "shipping_gross", sa.Numeric(precision=20, scale=4), server_default=sa.text("0"), nullable=False
        ),
        sa.Column(
            "undiscounted_shipping_net",
            sa.Numeric(precision=20, scale=4),
            server_default=sa.text("0"),
            nullable=False,
        ),
        sa.Column(
            "undiscounted_shipping_gross",
            sa.Numeric(precision=20, scale=4),
            server_default=sa.text("0"),
            nullable=False,
        ),
        sa.Column("shipping_tax_rate", sa.Numeric(), nullable=True),
        sa.Column(
            "subtotal_net", sa.Numeric(precision=20, scale=4), server_default=sa.text("0"), nullable=False
        ),
        sa.Column(
            "subtotal_gross", sa.Numeric(precision=20, scale=4), server_default=sa.text("0"), nullable=False
        ),
        sa.Column(
            "undiscounted_total_net",
            sa.Numeric(precision=20, scale=4),
            server_default=sa.text("0"),
            nullable=False,
        ),
        sa.Column(
            "undiscounted_total_gross",
            sa.Numeric(precision=20, scale=4),
            server_default=sa.text("0"),
            nullable=False,
        ),
        sa.Column(
            "total_net", sa.Numeric(precision=20, scale=4), server_default=sa.text("0"), nullable=False
        ),
        sa.Column(
            "total_gross", sa.Numeric(precision=20, scale=4), server_default=sa.text("0"), nullable=False
        ),
        sa.Column(
            "gift_card_amount", sa.Numeric(precision=20, scale=4), server_default=sa.text("0"), nullable=False
        ),
        sa.Column(
            "charged_amount", sa.Numeric(precision=20, scale=4), server_default=sa.text("0"), nullable=False
        ),
        sa.Column(
            "authorized_amount",
            sa.Numeric(precision=20, scale=4),
            server_default=sa.text("0"),
            nullable=False,
        ),
        sa.Column(
            "refunded_amount", sa.Numeric(precision=20, scale=4), server_default=sa.text("0"), nullable=False
        ),
        sa.Column("charge_status", sa.Text(), server_default=sa.text("'NONE'"), nullable=False),
        sa.Column("authorize_status", sa.Text(), server_default=sa.text("'NONE'"), nullable=False),
        sa.Column("voucher_id", sa.BigInteger(), nullable=True),
        sa.Column("voucher_code", sa.Text(), nullable=True),
        sa.Column("customer_note", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("external_reference", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column(
            "meta",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column(
            "private_meta",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["billing_address_id"],
            ["addresses.id"],
            name=op.f("fk_orders_billing_address_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name=op.f("fk_orders_channel_id")),
        sa.ForeignKeyConstraint(
            ["collection_point_id"],
            ["warehouses.id"],
            name=op.f("fk_orders_collection_point_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["shipping_address_id"],
            ["addresses.id"],
            name=op.f("fk_orders_shipping_address_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["shipping_method_id"],
            ["shipping_methods.id"],
            name=op.f("fk_orders_shipping_method_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_orders_user_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["voucher_id"], ["vouchers.id"], name=op.f("fk_orders_voucher_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
        sa.UniqueConstraint("checkout_id", name=op.f("uq_orders_checkout_id")),
        sa.UniqueConstraint("external_reference", name=op.f("uq_orders_external_reference")),
        sa.UniqueConstraint("number", name=op.f("uq_orders_number")),
    )
    op.create_index(op.f("ix_orders_billing_address_id"), "orders", ["billing_address_id"], unique=False)
    op.create_index(op.f("ix_orders_channel_id"), "orders", ["channel_id"], unique=False)
    op.create_index(op.f("ix_orders_collection_point_id"), "orders", ["collection_point_id"], unique=False)
    op.create_index(op.f("ix_orders_created_at_id"), "orders", ["created_at", "id"], unique=False)
    op.create_index("ix_orders_email", "orders", [sa.literal_column("lower(email)")], unique=False)
    op.create_index(op.f("ix_orders_shipping_address_id"), "orders", ["shipping_address_id"], unique=False)
    op.create_index(op.f("ix_orders_shipping_method_id"), "orders", ["shipping_method_id"], unique=False)
    op.create_index(
        op.f("ix_orders_user_id_created_at_id"), "orders", ["user_id", "created_at", "id"], unique=False
    )
    op.create_index(op.f("ix_orders_voucher_id"), "orders", ["voucher_id"], unique=False)
    op.create_table(
        "product_listings",
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("is_published", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("visible_in_listings", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("available_for_purchase_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lowest_amount", sa.Numeric(precision=20, scale=4), nullable=True),
        sa.Column("lowest_discounted_amount", sa.Numeric(precision=20, scale=4), nullable=True),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_product_listings_channel_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_product_listings_product_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("product_id", "channel_id", name=op.f("pk_product_listings")),
    )
    op.create_index(
        "ix_product_listings_channel_id_lowest",
        "product_listings",
        ["channel_id", "lowest_discounted_amount", "product_id"],
        unique=False,
    )
    op.create_index(
        "ix_product_listings_channel_id_published",
        "product_listings",
        ["channel_id", "published_at", "product_id"],
        unique=False,
    )
    op.create_table(
        "product_media",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), server_default=sa.text("'IMAGE'"), nullable=False),
        sa.Column("alt", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("file_key", sa.Text(), nullable=True),
        sa.Column("external_url", sa.Text(), nullable=True),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "meta",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column(
            "private_meta",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "num_nonnulls(file_key, external_url) >= 1", name=op.f("ck_product_media_somewhere")
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_product_media_product_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_media")),
    )
    op.create_index(op.f("ix_product_media_product_id"), "product_media", ["product_id"], unique=False)
    op.create_table(
        "product_variants",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("sku", sa.Text(), nullable=True),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("track_inventory", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("weight", sa.Numeric(), nullable=True),
        sa.Column("quantity_limit", sa.Integer(), nullable=True),
        sa.Column("external_reference", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column(
            "meta",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column(
            "private_meta",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_product_variants_product_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_variants")),
        sa.UniqueConstraint("external_reference", name=op.f("uq_product_variants_external_reference")),
        sa.UniqueConstraint("sku", name=op.f("uq_product_variants_sku")),
    )
    op.create_index(op.f("ix_product_variants_product_id"), "product_variants", ["product_id"], unique=False)
    op.create_table(
        "shipping_method_excluded_products",
        sa.Column("shipping_method_id", sa.BigInteger(), nullable=False),
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["product_id"],
            ["products.id"],
            name=op.f("fk_shipping_method_excluded_products_product_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["shipping_method_id"],
            ["shipping_methods.id"],
            name=op.f("fk_shipping_method_excluded_products_shipping_method_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "shipping_method_id", "product_id", name=op.f("pk_shipping_method_excluded_products")
        ),
    )
    op.create_table(
        "warehouse_channels",
        sa.Column("warehouse_id", sa.BigInteger(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_warehouse_channels_channel_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["warehouse_id"],
            ["warehouses.id"],
            name=op.f("fk_warehouse_channels_warehouse_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("warehouse_id", "channel_id", name=op.f("pk_warehouse_channels")),
    )
    op.create_table(
        "warehouse_shipping_zones",
        sa.Column("warehouse_id", sa.BigInteger(), nullable=False),
        sa.Column("shipping_zone_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["shipping_zone_id"],
            ["shipping_zones.id"],
            name=op.f("fk_warehouse_shipping_zones_shipping_zone_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["warehouse_id"],
            ["warehouses.id"],
            name=op.f("fk_warehouse_shipping_zones_warehouse_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("warehouse_id", "shipping_zone_id", name=op.f("pk_warehouse_shipping_zones")),
    )
    op.create_table(
        "attribute_values",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("attribute_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("numeric", sa.Numeric(), nullable=True),
        sa.Column("boolean", sa.Boolean(), nullable=True),
        sa.Column("date_time", sa.DateTime(timezone=True), nullable=True),
        sa.Column("plain_text", sa.Text(), nullable=True),
        sa.Column("rich_text", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("file_key", sa.Text(), nullable=True),
        sa.Column("content_type", sa.Text(), nullable=True),
        sa.Column("product_id", sa.BigInteger(), nullable=True),
        sa.Column("variant_id", sa.BigInteger(), nullable=True),
        sa.Column("page_id", sa.BigInteger(), nullable=True),
        sa.Column("category_id", sa.BigInteger(), nullable=True),
        sa.Column("collection_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["attribute_id"],
            ["attributes.id"],
            name=op.f("fk_attribute_values_attribute_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["category_id"],
            ["categories.id"],
            name=op.f("fk_attribute_values_category_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["collection_id"],
            ["collections.id"],
            name=op.f("fk_attribute_values_collection_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["page_id"], ["pages.id"], name=op.f("fk_attribute_values_page_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_attribute_values_product_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["variant_id"],
            ["product_variants.id"],
            name=op.f("fk_attribute_values_variant_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attribute_values")),
        sa.UniqueConstraint("attribute_id", "slug", name=op.f("uq_attribute_values_attribute_id_slug")),
    )
    op.create_index(
        op.f("ix_attribute_values_category_id"), "attribute_values", ["category_id"], unique=False
    )
    op.create_index(
        op.f("ix_attribute_values_collection_id"), "attribute_values", ["collection_id"], unique=False
    )
    op.create_index(op.f("ix_attribute_values_page_id"), "attribute_values", ["page_id"], unique=False)
    op.create_index(op.f("ix_attribute_values_product_id"), "attribute_values", ["product_id"], unique=False)
    op.create_index(op.f("ix_attribute_values_variant_id"), "attribute_values", ["variant_id"], unique=False)
    op.create_table(
        "checkout_deliveries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("checkout_id", sa.Uuid(), nullable=False),
        sa.Column("shipping_method_id", sa.BigInteger(), nullable=False),
        sa.Column("price_amount", sa.Numeric(precision=20, scale=4), nullable=False),
        sa.Column("checkout_version", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("is_valid", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["checkout_id"],
            ["checkouts.id"],
            name=op.f("fk_checkout_deliveries_checkout_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["shipping_method_id"],
            ["shipping_methods.id"],
            name=op.f("fk_checkout_deliveries_shipping_method_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkout_deliveries")),
        sa.UniqueConstraint(
            "checkout_id",
            "shipping_method_id",
            name=op.f("uq_checkout_deliveries_checkout_id_shipping_method_id"),
        ),
    )
    op.create_index(
        op.f("ix_checkout_deliveries_shipping_method_id"),
        "checkout_deliveries",
        ["shipping_method_id"],
        unique=False,
    )
    op.create_table(
        "checkout_gift_cards",
        sa.Column("checkout_id", sa.Uuid(), nullable=False),
        sa.Column("gift_card_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(
            ["checkout_id"],
            ["checkouts.id"],
            name=op.f("fk_checkout_gift_cards_checkout_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["gift_card_id"],
            ["gift_cards.id"],
            name=op.f("fk_checkout_gift_cards_gift_card_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("checkout_id", "gift_card_id", name=op.f("pk_checkout_gift_cards")),
    )
    op.create_table(
        "checkout_lines",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("checkout_id", sa.Uuid(), nullable=False),
        sa.Column("variant_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("price_override", sa.Numeric(precision=20, scale=4), nullable=True),
        sa.Column("price_override_reason", sa.Text(), nullable=True),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column(
            "meta",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column(
            "private_meta",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_checkout_lines_quantity_positive")),
        sa.ForeignKeyConstraint(
            ["checkout_id"], ["checkouts.id"], name=op.f("fk_checkout_lines_checkout_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["variant_id"],
            ["product_variants.id"],
            name=op.f("fk_checkout_lines_variant_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkout_lines")),
    )
    op.create_index(op.f("ix_checkout_lines_checkout_id"), "checkout_lines", ["checkout_id"], unique=False)
    op.create_index(op.f("ix_checkout_lines_variant_id"), "checkout_lines", ["variant_id"], unique=False)
    op.create_table(
        "fulfillments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), server_default=sa.text("'FULFILLED'"), nullable=False),
        sa.Column("tracking_number", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column(
            "meta",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column(
            "private_meta",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_fulfillments_order_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fulfillments")),
    )
    op.create_index(op.f("ix_fulfillments_order_id"), "fulfillments", ["order_id"], unique=False)
    op.create_table(
        "gift_card_uses",
        sa.Column("gift_card_id", sa.BigInteger(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=20, scale=4), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["gift_card_id"], ["gift_cards.id"], name=op.f("fk_gift_card_uses_gift_card_id")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_gift_card_uses_order_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("gift_card_id", "order_id", name=op.f("pk_gift_card_uses")),
    )
    op.create_index(op.f("ix_gift_card_uses_order_id"), "gift_card_uses", ["order_id"], unique=False)
    op.create_table(
        "order_discounts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), server_default=sa.text("'VOUCHER'"), nullable=False),
        sa.Column("name", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("value_kind", sa.Text(), server_default=sa.text("'FIXED'"), nullable=False),
        sa.Column("value", sa.Numeric(precision=20, scale=4), nullable=False),
        sa.Column("amount", sa.Numeric(precision=20, scale=4), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_order_discounts_order_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_discounts")),
    )
    op.create_index(op.f("ix_order_discounts_order_id"), "order_discounts", ["order_id"], unique=False)
    op.create_table(
        "order_events",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "facts",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_order_events_order_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_order_events_user_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_events")),
    )
    op.create_index(op.f("ix_order_events_order_id"), "order_events", ["order_id"], unique=False)
    op.create_index(op.f("ix_order_events_user_id"), "order_events", ["user_id"], unique=False)
    op.create_table(
        "order_lines",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("kind", sa.Text(), server_default=sa.text("'PRODUCT'"), nullable=False),
        sa.Column("variant_id", sa.BigInteger(), nullable=True),
        sa.Column("product_name", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("variant_name", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("translated_product_name", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("translated_variant_name", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("sku", sa.Text(), nullable=True),
        sa.Column("is_shipping_required", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("quantity_fulfilled", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("unit_net", sa.Numeric(precision=20, scale=4), nullable=False),
        sa.Column("unit_gross", sa.Numeric(precision=20, scale=4), nullable=False),
        sa.Column("undiscounted_unit_net", sa.Numeric(precision=20, scale=4), nullable=False),
        sa.Column("undiscounted_unit_gross", sa.Numeric(precision=20, scale=4), nullable=False),
        sa.Column("total_net", sa.Numeric(precision=20, scale=4), nullable=False),
        sa.Column("total_gross", sa.Numeric(precision=20, scale=4), nullable=False),
        sa.Column("undiscounted_total_net", sa.Numeric(precision=20, scale=4), nullable=False),
        sa.Column("undiscounted_total_gross", sa.Numeric(precision=20, scale=4), nullable=False),
        sa.Column(
            "unit_discount_amount",
            sa.Numeric(precision=20, scale=4),
            server_default=sa.text("0"),
            nullable=False,
        ),
        sa.Column("unit_discount_reason", sa.Text(), nullable=True),
        sa.Column("tax_rate", sa.Numeric(), nullable=True),
        sa.Column("tax_class_name", sa.Text(), nullable=True),
        sa.Column(
            "meta",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column(
            "private_meta",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_order_lines_quantity_positive")),
        sa.CheckConstraint(
            "quantity_fulfilled between 0 and quantity", name=op.f("ck_order_lines_fulfilled_within_quantity")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_order_lines_order_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["variant_id"],
            ["product_variants.id"],
            name=op.f("fk_order_lines_variant_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_lines")),
    )
    op.create_index(
        op.f("ix_order_lines_order_id_position"), "order_lines", ["order_id", "position"], unique=False
    )
    op.create_index(op.f("ix_order_lines_variant_id"), "order_lines", ["variant_id"], unique=False)
    op.create_table(
        "stocks",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("warehouse_id", sa.BigInteger(), nullable=False),
        sa.Column("variant_id", sa.BigInteger(), nullable=False),
        sa.Column("on_hand", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("allocated", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint(
            "allocated between 0 and on_hand", name=op.f("ck_stocks_allocated_within_on_hand")
        ),
        sa.ForeignKeyConstraint(
            ["variant_id"], ["product_variants.id"], name=op.f("fk_stocks_variant_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["warehouse_id"], ["warehouses.id"], name=op.f("fk_stocks_warehouse_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stocks")),
        sa.UniqueConstraint("variant_id", "warehouse_id", name=op.f("uq_stocks_variant_id_warehouse_id")),
    )
    op.create_index(op.f("ix_stocks_warehouse_id"), "stocks", ["warehouse_id"], unique=False)
    op.create_table(
        "transactions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("checkout_id", sa.Uuid(), nullable=True),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column("gateway", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("message", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("idempotency_key", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("asked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked_with", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column(
            "authorized_amount",
            sa.Numeric(precision=20, scale=4),
            server_default=sa.text("0"),
            nullable=False,
        ),
        sa.Column(
            "authorize_pending_amount",
            sa.Numeric(precision=20, scale=4),
            server_default=sa.text("0"),
            nullable=False,
        ),
        sa.Column(
            "charged_amount", sa.Numeric(precision=20, scale=4), server_default=sa.text("0"), nullable=False
        ),
        sa.Column(
            "charge_pending_amount",
            sa.Numeric(precision=20, scale=4),
            server_default=sa.text("0"),
            nullable=False,
        ),
        sa.Column(
            "refunded_amount", sa.Numeric(precision=20, scale=4), server_default=sa.text("0"), nullable=False
        ),
        sa.Column(
            "refund_pending_amount",
            sa.Numeric(precision=20, scale=4),
            server_default=sa.text("0"),
            nullable=False,
        ),
        sa.Column(
            "canceled_amount", sa.Numeric(precision=20, scale=4), server_default=sa.text("0"), nullable=False
        ),
        sa.Column(
            "cancel_pending_amount",
            sa.Numeric(precision=20, scale=4),
            server_default=sa.text("0"),
            nullable=False,
        ),
        sa.Column(
            "available_actions", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column(
            "meta",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column(
            "private_meta",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "least(authorized_amount, charged_amount, refunded_amount, canceled_amount) >= 0",
            name=op.f("ck_transactions_amounts_not_negative"),
        ),
        sa.ForeignKeyConstraint(
            ["checkout_id"], ["checkouts.id"], name=op.f("fk_transactions_checkout_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_transactions_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transactions")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_transactions_idempotency_key")),
    )
    op.create_index(
        op.f("ix_transactions_asked_until"),
        "transactions",
        ["asked_until"],
        unique=False,
        postgresql_where=sa.text("asked_until is not null"),
    )
    op.create_index(op.f("ix_transactions_checkout_id"), "transactions", ["checkout_id"], unique=False)
    op.create_index(op.f("ix_transactions_order_id"), "transactions", ["order_id"], unique=False)
    op.create_table(
        "variant_listings",
        sa.Column("variant_id", sa.BigInteger(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("price_amount", sa.Numeric(precision=20, scale=4), nullable=False),
        sa.Column("sale_amount", sa.Numeric(precision=20, scale=4), nullable=True),
        sa.Column("discounted_amount", sa.Numeric(precision=20, scale=4), nullable=False),
        sa.Column("promotion_rule_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "discounted_amount between 0 and price_amount",
            name=op.f("ck_variant_listings_discounted_within_price"),
        ),
        sa.CheckConstraint("price_amount >= 0", name=op.f("ck_variant_listings_price_not_negative")),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_variant_listings_channel_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["promotion_rule_id"],
            ["promotion_rules.id"],
            name=op.f("fk_variant_listings_promotion_rule_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["variant_id"],
            ["product_variants.id"],
            name=op.f("fk_variant_listings_variant_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("variant_id", "channel_id", name=op.f("pk_variant_listings")),
    )
    op.create_index(
        op.f("ix_variant_listings_channel_id_variant_id"),
        "variant_listings",
        ["channel_id", "variant_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_variant_listings_promotion_rule_id"), "variant_listings", ["promotion_rule_id"], unique=False
    )
    op.create_table(
        "variant_media",
        sa.Column("variant_id", sa.BigInteger(), nullable=False),
        sa.Column("media_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["media_id"], ["product_media.id"], name=op.f("fk_variant_media_media_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["variant_id"],
            ["product_variants.id"],
            name=op.f("fk_variant_media_variant_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("variant_id", "media_id", name=op.f("pk_variant_media")),
    )
    op.create_table(
        "voucher_redemptions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("voucher_id", sa.BigInteger(), nullable=False),
        sa.Column("voucher_code_id", sa.BigInteger(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("customer", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_voucher_redemptions_order_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["voucher_code_id"],
            ["voucher_codes.id"],
            name=op.f("fk_voucher_redemptions_voucher_code_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["voucher_id"],
            ["vouchers.id"],
            name=op.f("fk_voucher_redemptions_voucher_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voucher_redemptions")),
        sa.UniqueConstraint(
            "order_id", "voucher_code_id", name=op.f("uq_voucher_redemptions_order_id_voucher_code_id")
        ),
        sa.UniqueConstraint(
            "voucher_id", "customer", name=op.f("uq_voucher_redemptions_voucher_id_customer")
        ),
    )
    op.create_index(
        op.f("ix_voucher_redemptions_voucher_code_id"),
        "voucher_redemptions",
        ["voucher_code_id"],
        unique=False,
    )
    op.create_table(
        "allocations",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("order_line_id", sa.Uuid(), nullable=False),
        sa.Column("stock_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_allocations_quantity_positive")),
        sa.ForeignKeyConstraint(
            ["order_line_id"],
            ["order_lines.id"],
            name=op.f("fk_allocations_order_line_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["stock_id"], ["stocks.id"], name=op.f("fk_allocations_stock_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allocations")),
        sa.UniqueConstraint("order_line_id", "stock_id", name=op.f("uq_allocations_order_line_id_stock_id")),
    )
    op.create_index(op.f("ix_allocations_stock_id"), "allocations", ["stock_id"], unique=False)
    op.create_table(
        "credit_lines",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("credit_note_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("kind", sa.Text(), server_default=sa.text("'PRODUCT'"), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column("order_line_id", sa.Uuid(), nullable=True),
        sa.Column("variant_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("sku", sa.Text(), nullable=True),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit_amount", sa.Numeric(precision=20, scale=4), nullable=False),
        sa.Column("total_amount", sa.Numeric(precision=20, scale=4), nullable=False),
        sa.CheckConstraint(
            "least(unit_amount, total_amount) >= 0", name=op.f("ck_credit_lines_amounts_not_negative")
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_credit_lines_quantity_positive")),
        sa.ForeignKeyConstraint(
            ["credit_note_id"],
            ["credit_notes.id"],
            name=op.f("fk_credit_lines_credit_note_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_credit_lines_order_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["order_line_id"],
            ["order_lines.id"],
            name=op.f("fk_credit_lines_order_line_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["variant_id"],
            ["product_variants.id"],
            name=op.f("fk_credit_lines_variant_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_lines")),
    )
    op.create_index(op.f("ix_credit_lines_credit_note_id"), "credit_lines", ["credit_note_id"], unique=False)
    op.create_index(op.f("ix_credit_lines_order_id"), "credit_lines", ["order_id"], unique=False)
    op.create_index(op.f("ix_credit_lines_order_line_id"), "credit_lines", ["order_line_id"], unique=False)
    op.create_index(op.f("ix_credit_lines_variant_id"), "credit_lines", ["variant_id"], unique=False)
    op.create_table(
        "fulfillment_lines",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("fulfillment_id", sa.Uuid(), nullable=False),
        sa.Column("order_line_id", sa.Uuid(), nullable=False),
        sa.Column("stock_id", sa.BigInteger(), nullable=True),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_fulfillment_lines_quantity_positive")),
        sa.ForeignKeyConstraint(
            ["fulfillment_id"],
            ["fulfillments.id"],
            name=op.f("fk_fulfillment_lines_fulfillment_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["order_line_id"],
            ["order_lines.id"],
            name=op.f("fk_fulfillment_lines_order_line_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["stock_id"], ["stocks.id"], name=op.f("fk_fulfillment_lines_stock_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fulfillment_lines")),
    )
    op.create_index(
        op.f("ix_fulfillment_lines_fulfillment_id"), "fulfillment_lines", ["fulfillment_id"], unique=False
    )
    op.create_index(
        op.f("ix_fulfillment_lines_order_line_id"), "fulfillment_lines", ["order_line_id"], unique=False
    )
    op.create_index(op.f("ix_fulfillment_lines_stock_id"), "fulfillment_lines", ["stock_id"], unique=False)
    op.create_table(
        "page_attribute_values",
        sa.Column("page_id", sa.BigInteger(), nullable=False),
        sa.Column("value_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(
            ["page_id"], ["pages.id"], name=op.f("fk_page_attribute_values_page_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["value_id"],
            ["attribute_values.id"],
            name=op.f("fk_page_attribute_values_value_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("page_id", "value_id", name=op.f("pk_page_attribute_values")),
    )
    op.create_index(
        op.f("ix_page_attribute_values_value_id"), "page_attribute_values", ["value_id"], unique=False
    )
    op.create_table(
        "product_attribute_values",
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.Column("value_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(
            ["product_id"],
            ["products.id"],
            name=op.f("fk_product_attribute_values_product_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["value_id"],
            ["attribute_values.id"],
            name=op.f("fk_product_attribute_values_value_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("product_id", "value_id", name=op.f("pk_product_attribute_values")),
    )
    op.create_index(
        op.f("ix_product_attribute_values_value_id"), "product_attribute_values", ["value_id"], unique=False
    )
    op.create_table(
        "reservations",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("checkout_id", sa.Uuid(), nullable=False),
        sa.Column("stock_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_reservations_quantity_positive")),
        sa.ForeignKeyConstraint(
            ["checkout_id"], ["checkouts.id"], name=op.f("fk_reservations_checkout_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["stock_id"], ["stocks.id"], name=op.f("fk_reservations_stock_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reservations")),
        sa.UniqueConstraint("checkout_id", "stock_id", name=op.f("uq_reservations_checkout_id_stock_id")),
    )
    op.create_index(op.f("ix_reservations_stock_id"), "reservations", ["stock_id"], unique=False)
    op.create_table(
        "stock_movements",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("stock_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["stock_id"], ["stocks.id"], name=op.f("fk_stock_movements_stock_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_movements")),
    )
    op.create_index(op.f("ix_stock_movements_stock_id"), "stock_movements", ["stock_id"], unique=False)
    op.create_table(
        "transaction_events",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("transaction_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("amount", sa.Numeric(precision=20, scale=4), server_default=sa.text("0"), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("external_url", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("counts", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["transaction_id"],
            ["transactions.id"],
            name=op.f("fk_transaction_events_transaction_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transaction_events")),
        sa.UniqueConstraint(
            "transaction_id",
            "kind",
            "reference",
            name=op.f("uq_transaction_events_transaction_id_kind_reference"),
        ),
    )
    op.create_table(
        "variant_attribute_values",
        sa.Column("variant_id", sa.BigInteger(), nullable=False),
        sa.Column("value_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(
            ["value_id"],
            ["attribute_values.id"],
            name=op.f("fk_variant_attribute_values_value_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["variant_id"],
            ["product_variants.id"],
            name=op.f("fk_variant_attribute_values_variant_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("variant_id", "value_id", name=op.f("pk_variant_attribute_values")),
    )
    op.create_index(
        op.f("ix_variant_attribute_values_value_id"), "variant_attribute_values", ["value_id"], unique=False
    )
    op.create_foreign_key(
        "fk_checkouts_delivery_id",
        "checkouts",
        "checkout_deliveries",
        ["delivery_id"],
        ["id"],
        ondelete="SET NULL",
    )
    op.create_foreign_key(
        "fk_products_default_variant_id",
        "products",
        "product_variants",
        ["default_variant_id"],
        ["id"],
        ondelete="SET NULL",
    )
    op.create_foreign_key(
        "fk_users_default_billing_address_id",
        "users",
        "addresses",
        ["default_billing_address_id"],
        ["id"],
        ondelete="SET NULL",
    )
    op.create_foreign_key(
        "fk_users_default_shipping_address_id",
        "users",
        "addresses",
        ["default_shipping_address_id"],
        ["id"],
        ondelete="SET NULL",
    )


def downgrade() -> None:
    op.drop_constraint("fk_checkouts_delivery_id", "checkouts", type_="foreignkey")
    op.drop_constraint("fk_products_default_variant_id", "products", type_="foreignkey")
    op.drop_constraint("fk_users_default_billing_address_id", "users", type_="foreignkey")
    op.drop_constraint("fk_users_default_shipping_address_id", "users", type_="foreignkey")
    op.drop_index(op.f("ix_variant_attribute_values_value_id"), table_name="variant_attribute_values")
    op.drop_table("variant_attribute_values")
    op.drop_table("transaction_events")
    op.drop_index(op.f("ix_stock_movements_stock_id"), table_name="stock_movements")
    op.drop_table("stock_movements")
    op.drop_index(op.f("ix_reservations_stock_id"), table_name="reservations")
    op.drop_table("reservations")
    op.drop_index(op.f("ix_product_attribute_values_value_id"), table_name="product_attribute_values")
    op.drop_table("product_attribute_values")
    op.drop_index(op.f("ix_page_attribute_values_value_id"), table_name="page_attribute_values")
    op.drop_table("page_attribute_values")
    op.drop_index(op.f("ix_fulfillment_lines_stock_id"), table_name="fulfillment_lines")
    op.drop_index(op.f("ix_fulfillment_lines_order_line_id"), table_name="fulfillment_lines")
    op.drop_index(op.f("ix_fulfillment_lines_fulfillment_id"), table_name="fulfillment_lines")
    op.drop_table("fulfillment_lines")
    op.drop_index(op.f("ix_credit_lines_variant_id"), table_name="credit_lines")
    op.drop_index(op.f("ix_credit_lines_order_line_id"), table_name="credit_lines")
    op.drop_index(op.f("ix_credit_lines_order_id"), table_name="credit_lines")
    op.drop_index(op.f("ix_credit_lines_credit_note_id"), table_name="credit_lines")
    op.drop_table("credit_lines")
    op.drop_index(op.f("ix_allocations_stock_id"), table_name="allocations")
    op.drop_table("allocations")
    op.drop_index(op.f("ix_voucher_redemptions_voucher_code_id"), table_name="voucher_redemptions")
    op.drop_table("voucher_redemptions")
    op.drop_table("variant_media")
    op.drop_index(op.f("ix_variant_listings_promotion_rule_id"), table_name="variant_listings")
    op.drop_index(op.f("ix_variant_listings_channel_id_variant_id"), table_name="variant_listings")
    op.drop_table("variant_listings")
    op.drop_index(op.f("ix_transactions_order_id"), table_name="transactions")
    op.drop_index(op.f("ix_transactions_checkout_id"), table_name="transactions")
    op.drop_index(
        op.f("ix_transactions_asked_until"),
        table_name="transactions",
        postgresql_where=sa.text("asked_until is not null"),
    )
    op.drop_table("transactions")
    op.drop_index(op.f("ix_stocks_warehouse_id"), table_name="stocks")
    op.drop_table("stocks")
    op.drop_index(op.f("ix_order_lines_variant_id"), table_name="order_lines")
    op.drop_index(op.f("ix_order_lines_order_id_position"), table_name="order_lines")
    op.drop_table("order_lines")
    op.drop_index(op.f("ix_order_events_user_id"), table_name="order_events")
    op.drop_index(op.f("ix_order_events_order_id"), table_name="order_events")
    op.drop_table("order_events")
    op.drop_index(op.f("ix_order_discounts_order_id"), table_name="order_discounts")
    op.drop_table("order_discounts")
    op.drop_index(op.f("ix_gift_card_uses_order_id"), table_name="gift_card_uses")
    op.drop_table("gift_card_uses")
    op.drop_index(op.f("ix_fulfillments_order_id"), table_name="fulfillments")
    op.drop_table("fulfillments")
    op.drop_index(op.f("ix_checkout_lines_variant_id"), table_name="checkout_lines")
    op.drop_index(op.f("ix_checkout_lines_checkout_id"), table_name="checkout_lines")
    op.drop_table("checkout_lines")
    op.drop_table("checkout_gift_cards")
    op.drop_index(op.f("ix_checkout_deliveries_shipping_method_id"), table_name="checkout_deliveries")
    op.drop_table("checkout_deliveries")
    op.drop_index(op.f("ix_attribute_values_variant_id"), table_name="attribute_values")
    op.drop_index(op.f("ix_attribute_values_product_id"), table_name="attribute_values")
    op.drop_index(op.f("ix_attribute_values_page_id"), table_name="attribute_values")
    op.drop_index(op.f("ix_attribute_values_collection_id"), table_name="attribute_values")
    op.drop_index(op.f("ix_attribute_values_category_id"), table_name="attribute_values")
    op.drop_table("attribute_values")
    op.drop_table("warehouse_shipping_zones")
    op.drop_table("warehouse_channels")
    op.drop_table("shipping_method_excluded_products")
    op.drop_index(op.f("ix_product_variants_product_id"), table_name="product_variants")
    op.drop_table("product_variants")
    op.drop_index(op.f("ix_product_media_product_id"), table_name="product_media")
    op.drop_table("product_media")
    op.drop_index("ix_product_listings_channel_id_published", table_name="product_listings")
    op.drop_index("ix_product_listings_channel_id_lowest", table_name="product_listings")
    op.drop_table("product_listings")
    op.drop_index(op.f("ix_orders_voucher_id"), table_name="orders")
    op.drop_index(op.f("ix_orders_user_id_created_at_id"), table_name="orders")
    op.drop_index(op.f("ix_orders_shipping_method_id"), table_name="orders")
    op.drop_index(op.f("ix_orders_shipping_address_id"), table_name="orders")
    op.drop_index("ix_orders_email", table_name="orders")
    op.drop_index(op.f("ix_orders_created_at_id"), table_name="orders")
    op.drop_index(op.f("ix_orders_collection_point_id"), table_name="orders")
    op.drop_index(op.f("ix_orders_channel_id"), table_name="orders")
    op.drop_index(op.f("ix_orders_billing_address_id"), table_name="orders")
    op.drop_table("orders")
    op.drop_index(op.f("ix_collection_products_product_id"), table_name="collection_products")
    op.drop_table("collection_products")
    op.drop_index(op.f("ix_checkouts_voucher_code_id"), table_name="checkouts")
    op.drop_index(op.f("ix_checkouts_user_id"), table_name="checkouts")
    op.drop_index(op.f("ix_checkouts_shipping_address_id"), table_name="checkouts")
    op.drop_index(op.f("ix_checkouts_collection_point_id"), table_name="checkouts")
    op.drop_index(op.f("ix_checkouts_channel_id"), table_name="checkouts")
    op.drop_index(op.f("ix_checkouts_billing_address_id"), table_name="checkouts")
    op.drop_table("checkouts")
    op.drop_index(op.f("ix_warehouses_address_id"), table_name="warehouses")
    op.drop_table("warehouses")
    op.drop_index(
        op.f("ix_shipping_method_postal_codes_shipping_method_id"), table_name="shipping_method_postal_codes"
    )
    op.drop_table("shipping_method_postal_codes")
    op.drop_table("shipping_method_listings")
    op.drop_index(op.f("ix_refresh_tokens_family_id"), table_name="refresh_tokens")
    op.drop_table("refresh_tokens")
    op.drop_table("promotion_rule_targets")
    op.drop_table("promotion_rule_channels")
    op.drop_index(op.f("ix_products_updated_at_id"), table_name="products")
    op.drop_index(op.f("ix_products_tax_class_id"), table_name="products")
    op.drop_index("ix_products_search_vector", table_name="products", postgresql_using="gin")
    op.drop_index(
        "ix_products_search_text",
        table_name="products",
        postgresql_using="gin",
        postgresql_ops={"search_text": "gin_trgm_ops"},
    )
    op.drop_index(op.f("ix_products_product_type_id"), table_name="products")
    op.drop_index("ix_products_name", table_name="products")
    op.drop_index(op.f("ix_products_created_at_id"), table_name="products")
    op.drop_index(op.f("ix_products_category_id"), table_name="products")
    op.drop_table("products")
    op.drop_table("product_type_variant_attributes")
    op.drop_table("product_type_attributes")
    op.drop_index(op.f("ix_menu_items_parent_id"), table_name="menu_items")
    op.drop_index(op.f("ix_menu_items_page_id"), table_name="menu_items")
    op.drop_index(op.f("ix_menu_items_menu_id"), table_name="menu_items")
    op.drop_index(op.f("ix_menu_items_collection_id"), table_name="menu_items")
    op.drop_index(op.f("ix_menu_items_category_id"), table_name="menu_items")
    op.drop_table("menu_items")
    op.drop_table("voucher_targets")
    op.drop_table("voucher_listings")
    op.drop_index("uq_voucher_codes_code", table_name="voucher_codes")
    op.drop_index(op.f("ix_voucher_codes_voucher_id"), table_name="voucher_codes")
    op.drop_table("voucher_codes")
    op.drop_table("user_groups")
    op.drop_index(op.f("ix_token_families_user_id"), table_name="token_families")
    op.drop_table("token_families")
    op.drop_index(op.f("ix_tax_rates_tax_class_id"), table_name="tax_rates")
    op.drop_table("tax_rates")
    op.drop_table("shipping_zone_channels")
    op.drop_index(op.f("ix_shipping_methods_tax_class_id"), table_name="shipping_methods")
    op.drop_index(op.f("ix_shipping_methods_shipping_zone_id"), table_name="shipping_methods")
    op.drop_table("shipping_methods")
    op.drop_index(op.f("ix_promotion_rules_promotion_id"), table_name="promotion_rules")
    op.drop_table("promotion_rules")
    op.drop_index(op.f("ix_product_types_tax_class_id"), table_name="product_types")
    op.drop_table("product_types")
    op.drop_index(op.f("ix_pages_page_type_id"), table_name="pages")
    op.drop_table("pages")
    op.drop_table("page_type_attributes")
    op.drop_table("group_permissions")
    op.drop_index(op.f("ix_credit_notes_user_id"), table_name="credit_notes")
    op.drop_index(op.f("ix_credit_notes_channel_id"), table_name="credit_notes")
    op.drop_table("credit_notes")
    op.drop_table("collection_listings")
    op.drop_index(op.f("ix_addresses_user_id"), table_name="addresses")
    op.drop_table("addresses")
    op.drop_table("vouchers")
    op.drop_table("users")
    op.drop_index(
        "uq_translations_slug", table_name="translations", postgresql_where=sa.text("slug is not null")
    )
    op.drop_table("translations")
    op.drop_table("tax_classes")
    op.drop_table("shipping_zones")
    op.drop_table("settled")
    op.drop_table("rows_set_aside")
    op.drop_table("promotions")
    op.drop_table("page_types")
    op.drop_index("ix_outbox_waiting", table_name="outbox", postgresql_where=sa.text("published_at is null"))
    op.drop_index("ix_outbox_subject", table_name="outbox")
    op.drop_index("ix_outbox_also", table_name="outbox", postgresql_where=sa.text("also is not null"))
    op.drop_table("outbox")
    op.drop_table("menus")
    op.drop_table("groups")
    op.drop_index("uq_gift_cards_code", table_name="gift_cards")
    op.drop_table("gift_cards")
    op.drop_table("collections")
    op.drop_table("channels")
    op.drop_index("ix_categories_path", table_name="categories", postgresql_using="gin")
    op.drop_index(op.f("ix_categories_parent_id"), table_name="categories")
    op.drop_table("categories")
    op.drop_table("attributes")
    op.drop_index(op.f("ix_attempts_last_at"), table_name="attempts")
    op.drop_table("attempts")
    op.execute("drop sequence order_numbers")
