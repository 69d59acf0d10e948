/** Preferences take effect as they are chosen: on this page at once, and kept by the server for every page after it. */
const forms = [...document.querySelectorAll("form[data-preferences]")];

for (const form of forms) {
  form.addEventListener("change", ({ target }) => {
    prefer(target.name, target.value);
    keep(form);
  });
}

function prefer(name, choice) {
  document.documentElement.dataset[name] = choice;
  for (const form of forms) form.elements[name].value = choice;
}

/** A choice that could not be kept holds on this page; the next one shows what the server knows. */
async function keep(form) {
  const answer = fetch(form.action, { method: "POST", body: new FormData(form), redirect: "manual", keepalive: true });
  const isKept = await answer.then(({ type }) => type === "opaqueredirect", () => false);
  form.querySelector("[data-part=unkept]").hidden = isKept;
}
