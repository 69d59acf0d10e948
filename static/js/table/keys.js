/** Single keys for the buttons that carry `aria-keyshortcuts`, for who wants them. */
const STORED = "cardsharp-keys";

/** Presses the visible, enabled button of a key; never while somebody types. */
export function listenForKeys(controls, checkbox) {
  checkbox.checked = localStorage.getItem(STORED) !== "off";
  checkbox.addEventListener("change", () => localStorage.setItem(STORED, checkbox.checked ? "on" : "off"));
  document.addEventListener("keydown", (event) => {
    if (!checkbox.checked || event.repeat || event.ctrlKey || event.metaKey || event.altKey || isTyping(event)) return;
    const key = event.key.toLowerCase();
    const buttons = [...controls.querySelectorAll("[aria-keyshortcuts]")];
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

/** Numbers and choices take no letters, so a letter there is meant for the table. */
function isTyping({ target }) {
  return target.closest("select, textarea, dialog[open], input:not([type='number'], [type='checkbox'], [type='radio'])") !== null;
}
