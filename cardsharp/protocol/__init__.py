"""The protocol's documents out of one source: the structs of its messages, and a sentence for everything in them.

`catalog()` lists every message, error, close code and limit, with whatever a server adds; `json_schema` and `asyncapi`
make documents of it, `reference` what a page shows. Nothing here is needed to play.
"""
