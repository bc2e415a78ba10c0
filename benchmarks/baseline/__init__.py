"""A small video bot of the kind that stands in public repositories, to measure against. Not a part of Dreamreel."""
