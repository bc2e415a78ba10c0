"""Dreamreel: a Discord bot that makes videos with Luma's Dream Machine through a relay."""
