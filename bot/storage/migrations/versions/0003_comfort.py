"""What members and servers choose: languages, preferences, and how a generation is shown, told of and gone on with."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_OWED = (
    "notice IN ('dm', 'dm_tried', 'mention', 'mention_tried') "
    "AND state IN ('cancelled', 'completed', 'expired', 'failed', 'lost') "
    "AND NOT (card_state = 'live' AND shown_version < version)"
)


def upgrade() -> None:
    # Columns that may be empty, or have a default, need no table made anew: this is quick however much there is.
    op.add_column("guild_settings", sa.Column("language", sa.String(32)))
    op.add_column("generations", sa.Column("camera", sa.String(32)))
    op.add_column("generations", sa.Column("spoiler", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("generations", sa.Column("more_parts", sa.Integer, nullable=False, server_default=sa.text("0")))
    op.add_column("generations", sa.Column("notice", sa.String(16)))
    where = sa.text("parent_id IS NOT NULL")
    op.create_index(
        op.f("ix_generations_parent"), "generations", ["parent_id"], sqlite_where=where, postgresql_where=where
    )
    where = sa.text("state = 'completed' AND erased_at IS NULL AND more_parts > 0")
    op.create_index(
        op.f("ix_generations_to_continue"), "generations", ["finished_at"], sqlite_where=where, postgresql_where=where
    )
    where = sa.text(_OWED)
    op.create_index(
        op.f("ix_generations_owed"), "generations", ["finished_at"], sqlite_where=where, postgresql_where=where
    )
    op.create_index(
        op.f("ix_generations_guild_id_user_id_created_at"), "generations", ["guild_id", "user_id", "created_at"]
    )
    op.create_table(
        "preferences",
        sa.Column("user_id", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("notify", sa.String(16), nullable=False),
        sa.Column("model", sa.String(100)),
        sa.Column("duration", sa.Integer),
        sa.Column("resolution", sa.String(32)),
        sa.Column("expand_prompt", sa.Boolean),
        sa.Column("suffix", sa.Text),
        sa.Column("language", sa.String(32)),
        sa.Column("changed_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_preferences")),
    )


def downgrade() -> None:
    """Not offered: a backup is the way back."""
    raise NotImplementedError
