"""The invented directory: its people, their papers, the photos of these."""
