"""The sandbox: a relay to run the bot against and a Discord to look at, with no token, no key and no money."""
