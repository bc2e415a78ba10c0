"""The bot's work, told in terms of ports: admit, send, follow, show."""
