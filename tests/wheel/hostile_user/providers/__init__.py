"""A user's own package of this name: importing it instead of ours would crash."""

MINE = "the user's"
