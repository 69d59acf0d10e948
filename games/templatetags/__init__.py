"""Template tags of the card room."""
