"""Everything of the bot that knows discord.py, but for the commands themselves."""
