"""Which parts each posted film holds: whoever removes a part removes what shows it."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "films",
        sa.Column("message_id", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("generation_id", sa.String(64), nullable=False),
        sa.Column("channel_id", sa.BigInteger, nullable=False),
        sa.Column("shown_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("message_id", "generation_id", name=op.f("pk_films")),
    )
    op.create_index(op.f("ix_films_generation_id"), "films", ["generation_id"])


def downgrade() -> None:
    """Not offered: a backup is the way back."""
    raise NotImplementedError
