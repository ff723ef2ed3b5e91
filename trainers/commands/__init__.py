"""Commands, one file a noun; each commits once."""
