"""A user's own module of this name."""

MINE = "the user's"
