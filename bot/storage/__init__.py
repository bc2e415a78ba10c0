"""What is kept: generations with their cards, credits and limits, and house rules, in one SQL database."""

from bot.storage.generations import SqlStore, open_store
from bot.storage.lock import ProcessLock
from bot.storage.migrate import migrate
from bot.storage.stores import Stores, open_database

__all__ = ["ProcessLock", "SqlStore", "Stores", "migrate", "open_database", "open_store"]
