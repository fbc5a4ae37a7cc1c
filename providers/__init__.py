"""Native adapters: one file each, found by listing this folder."""
