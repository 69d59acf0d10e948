"""The standalone server: WebSocketEventHandler on the `websockets` library, without Django and without a database."""

from cardsharp.server.groups import LocalGroups
from cardsharp.server.server import CannotListen, WebSocketServer
from cardsharp.server.tables import TablesOnDemand
from cardsharp.server.visits import Tables, Visit

__all__ = ["CannotListen", "LocalGroups", "Tables", "TablesOnDemand", "Visit", "WebSocketServer"]
