/** Says in a few words how the page is connected. */
import { setText } from "./dom.js";

const WORDS = {
  connecting: "Connecting …",
  live: "Live",
  reconnecting: "Connection lost. Reconnecting …",
  signed_out: "You have been signed out.",
  replaced: "This table is open in another window of yours.",
  closed: "The connection is closed.",
};

/** Shows the status in `element`. */
export function showConnection(element, status) {
  element.dataset.status = status;
  setText(element, WORDS[status]);
}
