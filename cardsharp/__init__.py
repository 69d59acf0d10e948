"""CardSharp: a blackjack engine, its events and its wire protocol, without Django and without a database."""

__version__ = "0.1.0"
