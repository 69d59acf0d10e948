"""Blackjack as a pure function of values: `decide` says what a command does, `evolve` what an event changes."""
