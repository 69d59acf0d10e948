/** Says in a few words how the page is connected. */
import { setText } from "./dom.js";

const WORDS = {
  connecting: "Connecting …",
  live: "Live",
  reconnecting: "Reconnecting …",
  signed_out: "Signed out",
  replaced: "Open elsewhere",
  closed: "Closed",
};

/** Shows the status in `element`. */
export function showConnection(element, status) {
  element.dataset.status = status;
  setText(element, WORDS[status]);
}
