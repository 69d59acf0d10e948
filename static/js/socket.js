/** A client of the wire protocol: one connection that is kept up, with every answer matched to its message. */

const ENDED = new Map([
  [1000, "closed"],
  [4401, "signed_out"],
  [4409, "replaced"],
]);
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;
const SILENT_INTERVALS = 2.5;

/** A message that the server refused: `code`, a sentence as `message`, and what helps in `details`. */
export class Refusal extends Error {
  constructor({ code, message, ...details }) {
    super(message);
    this.code = code;
    this.details = details;
  }
}

export class Connection {
  #clientId = crypto.getRandomValues(new Uint32Array(3)).join("-");
  #handlers;
  #path;
  #socket = null;
  #pending = new Map();
  #sent = 0;
  #attempts = 0;
  #retryAfterSeconds = null;
  #heartbeatTimer = null;
  #retryTimer = null;
  #heardAt = 0;
  #seqs = {};

  /**
   * `handlers`: `status(name)` with connecting, live, reconnecting, signed_out, replaced or closed; `session(data)`;
   * `event(data)`; `request(data)`; `message(envelope)` for every message before anything else is done with it.
   */
  constructor(path, handlers) {
    this.#path = path;
    this.#handlers = handlers;
    addEventListener("online", () => this.#hurry());
    document.addEventListener("visibilitychange", () => document.hidden || this.#hurry());
  }

  /** Connects, and from then on stays connected until the server says that it is over. */
  start() {
    this.#tell("connecting");
    this.#open();
  }

  /** Takes an action; the promise gives the acknowledgement, or fails with a Refusal. */
  act(action, data = {}) {
    return this.#ask("action", { action, data });
  }

  /** The session as the server sees it now: taking away what was never subscribed changes nothing and says it. */
  async refreshSession() {
    const session = await this.#ask("unsubscribe", { event_types: ["TABLE_STATE"] });
    this.#handlers.session?.(session);
  }

  #open() {
    clearTimeout(this.#retryTimer);
    this.#retryTimer = null;
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(`${scheme}//${location.host}${this.#path}`);
    this.#socket = socket;
    socket.addEventListener("open", () => this.#greet());
    socket.addEventListener("message", (event) => socket === this.#socket && this.#receive(JSON.parse(event.data)));
    socket.addEventListener("close", (event) => socket === this.#socket && this.#lose(event.code));
  }

  async #greet() {
    try {
      const session = await this.#ask("connect", { client_id: this.#clientId });
      this.#clientId = session.client_id;
      this.#handlers.session?.(session);
      this.#beat(session.heartbeat_interval);
      await this.#ask("subscribe", { event_types: ["*"] });
      this.#attempts = 0;
      this.#tell("live");
    } catch (error) {
      if (error.code === "connection_lost") return;
      this.#handlers.problem?.(error);
    }
  }

  #beat(intervalSeconds) {
    clearInterval(this.#heartbeatTimer);
    this.#heartbeatTimer = setInterval(() => {
      if (Date.now() - this.#heardAt > SILENT_INTERVALS * intervalSeconds * 1000) this.#lose(null);
      else this.#send("heartbeat", { timestamp: Date.now() / 1000, seqs: this.#seqs });
    }, intervalSeconds * 1000);
  }

  #ask(type, data) {
    return new Promise((resolve, reject) => {
      if (this.#socket?.readyState !== WebSocket.OPEN) {
        reject(lost());
        return;
      }
      this.#pending.set(this.#send(type, data), { resolve, reject });
    });
  }

  #send(type, data) {
    this.#sent += 1;
    const id = `m${this.#sent}`;
    this.#socket.send(JSON.stringify({ type, id, timestamp: Date.now() / 1000, data }));
    return id;
  }

  #receive(envelope) {
    this.#heardAt = Date.now();
    this.#handlers.message?.(envelope);
    const { type, data, reply_to: replyTo } = envelope;
    const asked = this.#pending.get(replyTo);
    this.#pending.delete(replyTo);
    if (type === "error") {
      const refusal = new Refusal(data);
      if (asked) asked.reject(refusal);
      else this.#handlers.problem?.(refusal);
    } else if (asked) {
      asked.resolve(data);
    } else if (type === "event") {
      if (data.seq && data.table_id) this.#seqs[data.table_id] = data.seq;
      this.#handlers.event?.(data);
    } else if (type === "action_request") {
      this.#handlers.request?.(data);
    } else if (type === "disconnected") {
      this.#retryAfterSeconds = data.retry_after ?? null;
    }
  }

  #lose(code) {
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
    clearInterval(this.#heartbeatTimer);
    for (const { reject } of this.#pending.values()) reject(lost());
    this.#pending.clear();
    if (ENDED.has(code)) {
      this.#tell(ENDED.get(code));
      return;
    }
    this.#tell("reconnecting");
    this.#retryTimer = setTimeout(() => this.#open(), this.#wait());
  }

  #wait() {
    const least = (this.#retryAfterSeconds ?? 0) * 1000;
    this.#retryAfterSeconds = null;
    const spread = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.#attempts);
    this.#attempts += 1;
    // Half fixed, half by chance: a restarted server must not meet everybody in the same moment.
    return least + spread / 2 + (Math.random() * spread) / 2;
  }

  #hurry() {
    if (this.#retryTimer !== null) this.#open();
  }

  #tell(status) {
    this.#handlers.status?.(status);
  }
}

function lost() {
  return new Refusal({
    code: "connection_lost",
    message: "The connection was lost before the table answered. What the table shows when it is back is what counts.",
  });
}
