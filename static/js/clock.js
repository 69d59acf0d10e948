/** The server's clock, estimated from the timestamps of its messages: deadlines are its times, not this machine's. */
export class ServerClock {
  #offset = -Infinity;

  /** Notes the timestamp of a message that has just come. The message that travelled fastest tells best. */
  hear(timestampSeconds) {
    this.#offset = Math.max(this.#offset, timestampSeconds * 1000 - Date.now());
  }

  /** Forgets what it knows: after a sleep this machine's clock may have been set anew. */
  reset() {
    this.#offset = -Infinity;
  }

  /** Seconds from now to a time of the server, never below zero. */
  secondsUntil(deadlineSeconds) {
    const now = Date.now() + (Number.isFinite(this.#offset) ? this.#offset : 0);
    return Math.max(0, deadlineSeconds - now / 1000);
  }
}
