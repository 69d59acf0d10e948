/** Steps through a round with the keys; each step is a page of its own. */
const KEYS = { ArrowLeft: "previous", ArrowRight: "next", Home: "first", End: "last" };

document.addEventListener("keydown", (event) => {
  const isTyping = event.target.closest?.("input, select, textarea");
  if (!(event.key in KEYS) || isTyping || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  document.querySelector(`[data-step="${KEYS[event.key]}"]`)?.click();
});
