/** Buttons that copy the text beside them. Where the browser does not allow it, the text is marked to be copied by hand. */
const told = document.querySelector('[data-part="copied"]');

for (const line of document.querySelectorAll("[data-copy]")) {
  const text = line.querySelector("input");
  line.querySelector("button").addEventListener("click", async () => {
    text.select();
    try {
      await navigator.clipboard.writeText(text.value);
      told.textContent = "The link is copied.";
    } catch {
      told.textContent = "The link is marked: copy it with your keyboard or menu.";
    }
  });
  text.addEventListener("focus", () => text.select());
}
