"""The pages: each view reads, or parses and calls one door of `games.accounts`, and answers."""
