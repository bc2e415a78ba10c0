"""The relay's side of the bot: what is sent to it, what its answers mean, and the videos it links to."""
