"""The event bus, the protocol's messages, and the handler that speaks them to clients."""
