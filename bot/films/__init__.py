"""Films as files: measured, joined and made smaller, always in a process of their own."""
