"""What a machine does to the bot: signals, a clock that is set, disks that are full or read-only, damaged files."""
