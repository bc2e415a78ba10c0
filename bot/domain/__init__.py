"""What a generation is and may become: standard library only, no clock, no I/O."""
