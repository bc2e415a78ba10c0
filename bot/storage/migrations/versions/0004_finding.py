"""What members find again: messages that show a video once more, and the pictures that open windows are about."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "showings",
        sa.Column("message_id", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("channel_id", sa.BigInteger, nullable=False),
        sa.Column("generation_id", sa.String(64), nullable=False),
        sa.Column("shown_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_showings")),
    )
    op.create_index(op.f("ix_showings_generation_id"), "showings", ["generation_id"])
    op.create_table(
        "pictures",
        sa.Column("interaction_id", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("kept_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("interaction_id", name=op.f("pk_pictures")),
    )
    op.create_index(op.f("ix_pictures_kept_at"), "pictures", ["kept_at"])


def downgrade() -> None:
    """Not offered: a backup is the way back."""
    raise NotImplementedError
