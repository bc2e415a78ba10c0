"""What is kept: generations, their cards and their credits, in one SQL database."""

from bot.storage.generations import SqlStore, open_store
from bot.storage.lock import ProcessLock
from bot.storage.migrate import migrate

__all__ = ["ProcessLock", "SqlStore", "migrate", "open_store"]
