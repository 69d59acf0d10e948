"""The card room's Django app: durable tables, accounts, the consumer, pages and the admin."""
