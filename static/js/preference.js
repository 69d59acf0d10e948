/** One preference, for what has a button or a box of its own for it; the forms of `preferences.js` are where it is kept. */

/** What the visitor prefers now, as the server or the last choice has it. */
export function preferred(name) {
  return document.documentElement.dataset[name];
}

/** Chooses as if it had been done in the form, which keeps it. */
export function prefer(name, choice) {
  document.documentElement.dataset[name] = choice;
  const option = document.querySelector(`form[data-preferences] input[name="${name}"][value="${choice}"]`);
  if (!option) return;
  option.checked = true;
  option.dispatchEvent(new Event("change", { bubbles: true }));
}

/** Calls `changed(choice)` now, and whenever the preference changes on this page. */
export function followPreference(name, changed) {
  changed(preferred(name));
  new MutationObserver(() => changed(preferred(name))).observe(document.documentElement, { attributeFilter: [`data-${name}`] });
}
