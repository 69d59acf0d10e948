"""The sentences of the protocol's documents that belong to no game. docs/protocol.md has the longer story."""

from __future__ import annotations

from typing import Final

INTRODUCTION: Final = (
    "Live tables over one WebSocket, JSON both ways. A client says who it is with `connect`, subscribes to what it "
    "wants to hear of, sends actions, and answers the requests that it is sent."
)

CLIENT_MESSAGES: Final = {
    "connect": "Opens the session: the first message on every socket. Who you are comes from `token`, else from the "
    "header `Authorization: Bearer <token>` of the handshake, else from the session cookie; the first of them that is "
    "there decides alone. Without any you are a spectator.",
    "disconnect": "Ends the session. The server says `disconnected` and closes the socket with 1000.",
    "subscribe": "Adds event types of a table, or of the lobby, to what you are sent. After `connected` comes a "
    "`TABLE_STATE` (of the lobby a `LOBBY_STATE`), or with `since` everything that you missed and then a `heartbeat`; "
    "then what the table still awaits of you.",
    "unsubscribe": 'Takes event types away; `"*"` takes all of that table, a single name nothing from a `*`.',
    "action": "Does something at a table.",
    "heartbeat": "A sign of life. Whoever sends nothing for three heartbeat intervals is closed.",
}

ANSWERS: Final = {
    "connect": ("connected", "disconnected", "error"),
    "disconnect": ("disconnected",),
    "subscribe": ("connected", "error"),
    "unsubscribe": ("connected", "error"),
    "action": ("event.ACTION_RECEIVED", "error"),
    "heartbeat": ("heartbeat", "error"),
}
"""What may answer a client's message directly: the server's messages, by their ids without the side."""

SERVER_MESSAGES: Final = {
    "connected": "The whole session as the server sees it now: the answer to `connect`, `subscribe` and `unsubscribe`. "
    "Unasked it says that the server has ended a subscription of yours.",
    "disconnected": "The last message before the server closes the socket.",
    "action_request": "The table awaits something from you. It comes after the events that led to it and the "
    "`TABLE_STATE` that shows the cards, on every socket of yours that is subscribed to the table, and again when you "
    "subscribe while it is unanswered.",
    "heartbeat": "The server's sign of life: at every interval, in answer to each of yours, and after a replay.",
    "error": "Your message was refused: nothing has changed, and the socket stays open.",
}

EVENTS: Final = {
    "TABLE_STATE": "Everything that is public about a table, the same for every viewer: in answer to a `subscribe` "
    "without `since`, and after the events of each command to who is subscribed to `*` or to `TABLE_STATE`.",
    "LOBBY_STATE": "Every open table: the first event of a subscription to the lobby.",
    "TABLE_CHANGED": "A table's row in the lobby has changed; this is the whole new row.",
    "ACTION_RECEIVED": "Your action was accepted, and what it caused is stored for good. Only you are sent it. "
    "The envelope's `round_id` is always null.",
}

FIELDS: Final = {
    "timestamp": "When it happened, in UNIX seconds.",
    "Connect.client_id": "Your name for this client across its connections, 1 to 64 characters. A second socket of "
    "yours with the same name replaces the first.",
    "Connect.token": "A token of your player: people make them on their account page.",
    "Connect.batch": "With true, several messages may come in one frame, as a JSON array in their order.",
    "event_types": "The event types that there are.",
    "Subscribe.event_types": 'A list of event types, or `"*"` or `["*"]` for all.',
    "Unsubscribe.event_types": 'A list of event types, or `"*"` or `["*"]` for all.',
    "Subscribe.table_id": "The table; left out, that of the socket's path, and on `/ws/` the lobby.",
    "Unsubscribe.table_id": "The table; left out, that of the socket's path, and on `/ws/` the lobby.",
    "EventData.table_id": "The table; null in the lobby where no single one is meant.",
    "EventData.event_type": "What has happened.",
    "EventData.round_id": "The round that it belongs to; null outside rounds.",
    "EventData.seq": "Its number in the table's log: 1, 2, 3 and so on without a hole, the same for every viewer.",
    "EventData.data": "What there is to say about it.",
    "Subscribe.since": "The newest `seq` that you have: everything in the log after it comes, and no `TABLE_STATE`.",
    "Heartbeat.timestamp": "Comes back as `client_timestamp`.",
    "Heartbeat.seqs": "The newest `seq` that you have seen of each table.",
    "Action.action": "The action.",
    "Action.data": "The action's own fields.",
    "Action.table_id": "The table; left out, that of the socket's path.",
    "ConnectedData.client_id": "The client's name, yours or a new one.",
    "protocol": "The version of the protocol.",
    "player": "Who you play for; null for a spectator.",
    "SessionPlayer.id": "The player.",
    "SessionPlayer.name": "The player's name.",
    "SessionPlayer.balance": "The chips in the wallet, without those at tables.",
    "subscriptions": "The event types that you are subscribed to, for each table and for `lobby`.",
    "heartbeat_interval": "Seconds between the server's heartbeats.",
    "server": "The server's name and version.",
    "DisconnectedData.reason": "Why the socket is closed.",
    "retry_after": "Come back after so many seconds.",
    "server_time": "The server's clock, in UNIX seconds.",
    "client_timestamp": "The `timestamp` of the heartbeat that this answers, or null.",
    "HeartbeatData.seqs": "The newest `seq` of each table that you are subscribed to; empty while it cannot be known.",
    "ReceiptData.action": "The action; of a `player_action`, the move.",
    "ReceiptData.request_id": "The request that was answered, or null.",
    "ReceiptData.seq": "The last event that the action caused, or the table's newest if it caused none.",
    "LobbyStateData.tables": "A row for each open table.",
    "TableStateData.state": "The table.",
    "resync": "True where the state stands for a replay that cannot be given: what you have missed cannot be had.",
    "timeout_seconds": "The seconds that are left, or null where there is no limit.",
    "ErrorData.code": "What was wrong, for programs.",
    "ErrorData.message": "What was wrong, in a sentence for people; it may change.",
    "types": "The types of client messages that there are.",
    "actions": "The actions that there are.",
    "free_seats": "The seats that are free.",
    "step": "The steps in which bets go.",
    "ErrorData.max_amount": "The most that is possible: on insurance, or that the stack has room for.",
    "ErrorData.balance": "The chips that there are for it: the wallet for `join_table` and `add_chips`, else the "
    "stack, with the bet that would be replaced.",
    "limit": "The limit that was reached.",
}

OWN_MESSAGE: Final = "A message of this server's own."
OWN_ACTION: Final = "An action of this server's own."
OWN_EVENT: Final = "An event of this server's own."

ENVELOPE: Final = {
    "id": "Your own name for the message, 1 to 64 characters; the direct answer has it as `reply_to`.",
    "client timestamp": "When you sent it, in UNIX seconds; it is not used.",
    "reply_to": "The `id` of the message that this answers; there exactly when that had a valid one.",
    "server timestamp": "When it was sent, in UNIX seconds.",
}

ERRORS: Final = {
    "bad_json": "the text is no JSON, or nested too deep",
    "bad_message": "the JSON is no message: a field is missing or of a wrong type, or the frame is binary",
    "unknown_type": "this server has no client message of this type",
    "not_connected": "`connect` has not been sent yet",
    "already_connected": "`connect` was sent before on this socket",
    "not_authenticated": "a spectator tries to act",
    "forbidden": "the token is for watching only, or this is asked at practice tables only",
    "unknown_table": "there is no such table for you, or none was named and none is meant",
    "unknown_event_type": "the table, or the lobby, has no event of this name",
    "unknown_action": "there is no action of this name",
    "not_seated": "you have no seat at the table, or the `seat` that you name is not yours",
    "already_seated": "you have as many seats at the table as a player may",
    "seat_taken": "somebody has the seat that you asked for",
    "table_full": "every seat is taken",
    "table_closed": "the table is closed",
    "table_paused": "the house has paused the table, and takes no bets",
    "not_admitted": "the house lets others sit down at this table, or nobody new",
    "not_your_turn": "the table waits for somebody else",
    "wrong_phase": "that cannot be done in this phase",
    "illegal_action": "the rules do not allow it now",
    "stale_request": "the `request_id` is not an open request of yours",
    "invalid_amount": "the number is no amount that may be used here",
    "insufficient_chips": "the stack or the wallet does not cover it",
    "rate_limited": "too many messages, on this connection or of your player",
    "too_many_subscriptions": "too many names subscribed to on this socket",
    "unavailable": "the server cannot do it for the moment; try again after `retry_after` seconds",
    "internal_error": "the server failed; it is logged there",
}
"""When each code is sent."""

CLOSES: Final = {
    "requested": ("you sent `disconnect`", "final: it is what you wanted"),
    "server_restart": ("the server stops, or lost your action", "come back after `retry_after` seconds and resume"),
    "too_many_errors": ("too many refusals", "mend the client; until then come back after a long wait and resume"),
    "bad_token": ("the token or the session is not valid", "final: get a new one"),
    "signed_out": (
        "logged out, banned, shown out by staff, token revoked or expired, or password changed",
        "final: log in again, or get a new token",
    ),
    "heartbeat_timeout": ("you sent nothing for too long", "come back and resume"),
    "replaced": ("your player connected with the same `client_id`", "final: the other socket goes on"),
    "slow_consumer": ("you do not read what you are sent", "read faster; come back after a wait and resume"),
    "rate_limited": ("too many messages or connections", "come back after `retry_after` seconds and resume"),
}
"""For each reason of `disconnected`: when it is sent, and what a client does about it."""

LIMITS: Final = {
    "MAX_FRAME_BYTES": "bytes of a message, its fragments joined; more closes the socket with 1009",
    "MAX_DEPTH": "levels of nesting, the outermost being the first; more is `bad_json`",
    "messages_per_second": "messages a second on one connection; more is `rate_limited`",
    "burst": "messages that may come at once there, after you have sent none for a while",
    "player_messages_per_second": "messages a second over all connections of your player; more is `rate_limited`",
    "player_burst": "messages that may come at once over all of them",
    "window": "seconds in which the next two are counted, for each connection",
    "rate_limited_before_close": "the refusal `rate_limited` that closes the socket with 4429",
    "refusals_before_close": "the other refusal that closes the socket with 4400",
    "subscribed_names": "names over all tables and the lobby; more is `too_many_subscriptions`",
    "connections": "connections in all; one more is closed with 4429",
    "connections_per_player": "connections of your player; one more is closed with 4429 at its `connect`",
    "connections_per_address": "connections from one address; one more is closed with 4429",
    "custom_seconds": "seconds that a server's own additions get for a message; more is `internal_error`",
    "unread_seconds": "seconds in which you read nothing of what waits for you; more closes the socket with 4413",
    "unread_bytes": "bytes that may wait for you, the log apart; more closes the socket with 4413",
    "CARDSHARP_HEARTBEAT_SECONDS": "seconds between the server's heartbeats; `connected` has the real number",
    "MISSED_HEARTBEATS": "heartbeat intervals of silence after which a socket is closed with 4408",
}
"""What each limit is."""
