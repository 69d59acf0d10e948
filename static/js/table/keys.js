/** Single keys for the buttons that carry `aria-keyshortcuts`, for who wants them. */
import { followPreference, prefer, preferred } from "../preference.js";

/** Presses the visible, enabled button of a key within `place`; never while somebody types. The box turns keys on and off. */
export function listenForKeys(place, checkbox) {
  followPreference("keys", (choice) => {
    checkbox.checked = choice !== "off";
  });
  checkbox.addEventListener("change", () => prefer("keys", checkbox.checked ? "on" : "off"));
  document.addEventListener("keydown", (event) => {
    if (preferred("keys") === "off" || event.repeat || event.ctrlKey || event.metaKey || event.altKey || isTyping(event)) return;
    const key = event.key.toLowerCase();
    const buttons = [...place.querySelectorAll("[aria-keyshortcuts]")];
    const button = buttons.find((candidate) => candidate.getAttribute("aria-keyshortcuts") === key && canBePressed(candidate));
    if (!button) return;
    event.preventDefault();
    button.click();
  });
}

/** Of the buttons that share a key, one at most. */
function canBePressed(button) {
  return !button.disabled && !button.closest("[hidden]");
}

/** Numbers and choices take no letters, so a letter there is meant for the table; a digit in a number is not. */
function isTyping({ target, key }) {
  if (!(target instanceof Element)) return false;
  if (target.closest("select, textarea, dialog:modal, input:not([type='number'], [type='checkbox'], [type='radio'])")) return true;
  return /^\d$/.test(key) && target.closest("input[type='number']") !== null;
}
