"""The first tables: generations with their cards, the ledger, what is used of each allowance, and notes."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# Indexes that hold only the rows that a loop asks about, each with the very words of its question.
_PARTIAL = (
    ("due", ["created_at", "id"], "state = 'waiting' AND message_id IS NOT NULL"),
    ("unattached", ["created_at", "id"], "state = 'waiting' AND card_state = 'unattached'"),
    ("submitting", ["id"], "state = 'submitting'"),
    ("with_relay", ["submitted_at"], "state IN ('dreaming', 'queued')"),
    ("expired", ["submitted_at"], "state = 'expired'"),
    ("uncertain", ["changed_at"], "state = 'uncertain'"),
    (
        "unshown",
        ["changed_at", "next_try_at"],
        "card_state = 'live' AND shown_version < version AND state NOT IN ('submitting', 'waiting')",
    ),
    ("completed", ["guild_id", "user_id", "finished_at"], "state = 'completed'"),
    ("token", ["token_until"], "token IS NOT NULL"),
    ("message", ["message_id"], "message_id IS NOT NULL"),
    ("first_message", ["first_message_id"], "first_message_id IS NOT NULL"),
)


def upgrade() -> None:
    _create_generations()
    _create_credits()
    op.create_table(
        "notes",
        sa.Column("key", sa.String(100), nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_notes")),
    )


def downgrade() -> None:
    """Not offered: there is nothing before the first tables."""
    raise NotImplementedError


def _create_generations() -> None:
    op.create_table(
        "generations",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("action_key", sa.String(200), nullable=False),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("channel_id", sa.BigInteger, nullable=False),
        sa.Column("user_id", sa.BigInteger, nullable=False),
        *_asked_for(),
        *_became_of_it(),
        *_card(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_generations")),
        sa.UniqueConstraint("action_key", name=op.f("uq_generations_action_key")),
    )
    for name, columns, condition in _PARTIAL:
        where = sa.text(condition)
        op.create_index(
            op.f(f"ix_generations_{name}"), "generations", columns, sqlite_where=where, postgresql_where=where
        )


def _asked_for() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("prompt", sa.Text, nullable=False),
        sa.Column("prompt_words", sa.Text, nullable=False),
        sa.Column("model", sa.String(100), nullable=False),
        sa.Column("duration", sa.Integer, nullable=False),
        sa.Column("resolution", sa.String(32), nullable=False),
        sa.Column("expand_prompt", sa.Boolean, nullable=False),
        sa.Column("image_url", sa.Text),
        sa.Column("end_image_url", sa.Text),
        sa.Column("parent_id", sa.String(64)),
        sa.Column("parent_relay_id", sa.Text),
        sa.Column("part", sa.Integer, nullable=False),
        sa.Column("price", sa.Integer, nullable=False),
    )


def _became_of_it() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("changed_at", sa.BigInteger, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("relay_id", sa.Text),
        sa.Column("submitted_at", sa.BigInteger),
        sa.Column("finished_at", sa.BigInteger),
        sa.Column("video_url", sa.Text),
        sa.Column("failure_kind", sa.String(32)),
        sa.Column("failure_detail", sa.Text),
    )


def _card() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("card_state", sa.String(16), nullable=False),
        sa.Column("message_id", sa.BigInteger),
        sa.Column("first_message_id", sa.BigInteger),
        sa.Column("shown_version", sa.Integer, nullable=False),
        sa.Column("token", sa.Text),
        sa.Column("token_until", sa.BigInteger),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("next_try_at", sa.BigInteger),
        sa.Column("reposting_since", sa.BigInteger),
        sa.Column("reposted_at", sa.BigInteger),
        sa.Column("gone_reason", sa.String(64)),
    )


def _create_credits() -> None:
    op.create_table(
        "ledger",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False),
        sa.Column("generation_id", sa.String(64), nullable=False),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("user_id", sa.BigInteger, nullable=False),
        sa.Column("entry", sa.String(16), nullable=False),
        sa.Column("credits", sa.Integer, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger")),
        sa.UniqueConstraint("generation_id", "entry", name=op.f("uq_ledger_generation_id_entry")),
        sa.ForeignKeyConstraint(["generation_id"], ["generations.id"], name=op.f("fk_ledger_generation_id")),
    )
    op.create_index(op.f("ix_ledger_guild_id_user_id_at"), "ledger", ["guild_id", "user_id", "at"])
    op.create_table(
        "spending",
        sa.Column("scope", sa.String(100), nullable=False),
        sa.Column("period", sa.String(32), nullable=False),
        sa.Column("used", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("scope", "period", name=op.f("pk_spending")),
    )
    op.create_table(
        "spent",
        sa.Column("generation_id", sa.String(64), nullable=False),
        sa.Column("scope", sa.String(100), nullable=False),
        sa.Column("period", sa.String(32), nullable=False),
        sa.Column("credits", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("generation_id", "scope", "period", name=op.f("pk_spent")),
        sa.ForeignKeyConstraint(["generation_id"], ["generations.id"], name=op.f("fk_spent_generation_id")),
    )
