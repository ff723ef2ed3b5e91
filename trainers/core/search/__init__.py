"""The public search: the rows that it reads, places and distances, matches, what is offered instead."""
