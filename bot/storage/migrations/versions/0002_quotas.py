"""Quotas, house rules and forgetting: limits, bonus credits, a server's settings, blocks, words, and the audit log."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_SETTLED = (
    "state IN ('cancelled', 'completed', 'expired', 'failed', 'lost') "
    "AND NOT (card_state = 'live' AND shown_version < version)"
)
_REPLACED = (
    (
        "due",
        ["created_at", "id", "guild_id", "user_id"],
        "state = 'waiting' AND message_id IS NOT NULL",
    ),
    ("expired", ["submitted_at"], "state = 'expired' AND erased_at IS NULL"),
    ("completed", ["guild_id", "user_id", "finished_at"], "state = 'completed' AND erased_at IS NULL"),
)
_NEW = (
    ("waiting", ["guild_id", "state", "user_id", "created_at"], "state = 'waiting'"),
    ("busy", ["guild_id", "user_id"], "state IN ('dreaming', 'queued', 'submitting')"),
    ("erasable", ["finished_at"], f"erased_at IS NULL AND {_SETTLED}"),
    ("relay", ["relay_id"], "relay_id IS NOT NULL"),
    ("forget", ["forget_at"], "forget_at IS NOT NULL"),
)


def upgrade() -> None:
    _widen_generations()
    _widen_ledger()
    _create_limits()
    _create_house()


def downgrade() -> None:
    """Not offered: a backup is the way back."""
    raise NotImplementedError


def _widen_generations() -> None:
    # Columns that may be empty need no table made anew, so this is quick however much there is.
    for name in ("usd_micros", "forget_at", "erased_at"):
        op.add_column("generations", sa.Column(name, sa.BigInteger))
    for name, _, _ in _REPLACED:
        op.drop_index(op.f(f"ix_generations_{name}"), "generations")
    for name, columns, condition in (*_REPLACED, *_NEW):
        _partial(f"ix_generations_{name}", "generations", columns, condition)
    op.create_index(op.f("ix_generations_guild_id_created_at"), "generations", ["guild_id", "created_at"])


def _widen_ledger() -> None:
    """A gift or a reset is about no generation, but about a counter."""
    with op.batch_alter_table("ledger") as table:
        table.alter_column("generation_id", existing_type=sa.String(64), nullable=True)
        table.alter_column("credits", existing_type=sa.Integer, existing_nullable=False, type_=sa.BigInteger)
        table.add_column(sa.Column("scope", sa.String(100)))
        table.add_column(sa.Column("period", sa.String(32)))
    _partial("ix_ledger_counter", "ledger", ["scope", "period", "id"], "scope IS NOT NULL")


def _partial(name: str, table: str, columns: list[str], condition: str) -> None:
    where = sa.text(condition)
    op.create_index(op.f(name), table, columns, sqlite_where=where, postgresql_where=where)


def _numbered() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False)


def _create_limits() -> None:
    op.create_table(
        "limits",
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("scope", sa.String(16), nullable=False),
        sa.Column("subject_id", sa.BigInteger, nullable=False),
        sa.Column("credits", sa.BigInteger, nullable=False),
        sa.Column("span", sa.String(8), nullable=False),
        sa.PrimaryKeyConstraint("guild_id", "scope", "subject_id", name=op.f("pk_limits")),
    )
    op.create_table(
        "grants",
        _numbered(),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("member", sa.BigInteger, nullable=False),
        sa.Column("credits", sa.BigInteger, nullable=False),
        sa.Column("used", sa.BigInteger, nullable=False),
        sa.Column("ends_at", sa.BigInteger),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("by", sa.BigInteger, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grants")),
        sa.CheckConstraint("used BETWEEN 0 AND credits", name=op.f("ck_grants_used")),
    )
    _partial("ix_grants_left", "grants", ["guild_id", "member"], "used < credits")


def _create_house() -> None:
    op.create_table(
        "guild_settings",
        sa.Column("guild_id", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("timezone", sa.String(64), nullable=False),
        sa.Column("log_channel_id", sa.BigInteger),
        sa.Column("spoiler", sa.Boolean, nullable=False),
        sa.Column("channels", sa.Text, nullable=False),
        sa.Column("roles", sa.Text, nullable=False),
        sa.Column("moderator_roles", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("guild_id", name=op.f("pk_guild_settings")),
    )
    op.create_table(
        "blocks",
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("user_id", sa.BigInteger, nullable=False),
        sa.Column("until", sa.BigInteger),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("by", sa.BigInteger, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("guild_id", "user_id", name=op.f("pk_blocks")),
    )
    op.create_table(
        "words",
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("word", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("guild_id", "word", name=op.f("pk_words")),
    )
    op.create_table(
        "audit",
        _numbered(),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("actor_id", sa.BigInteger, nullable=False),
        sa.Column("action", sa.String(64), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("before", sa.Text, nullable=False),
        sa.Column("after", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index(op.f("ix_audit_guild_id_id"), "audit", ["guild_id", "id"])
