"""What Alembic runs to migrate: on the connection and in the transaction that `bot.storage.migrate` gives it."""

from alembic import context

from bot.storage import house_tables, purse_tables, tables  # noqa: F401  # together they fill `metadata`
from bot.storage.columns import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    # SQLite alters few things of a table, so a migration there makes the table anew.
    render_as_batch=connection.dialect.name == "sqlite",
)
with context.begin_transaction():
    context.run_migrations()
