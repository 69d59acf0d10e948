/** The filters: kept in the address, and in effect as they are chosen. Without this the form's button does the same. */
import { part, setText } from "../dom.js";

/** `changed()` is called when the address is another one. */
export function listenToFilter(box, changed) {
  const form = box.querySelector("form");
  const show = () => {
    const count = [...chosen(form).keys()].length;
    setText(part(box, "filter-count"), count ? `${count} on` : "");
  };
  const go = (query) => {
    const address = new URL(form.action);
    address.search = query;
    history.pushState(null, "", address);
    show();
    changed();
  };
  form.addEventListener("change", () => go(chosen(form)));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    go(chosen(form));
  });
  addEventListener("popstate", () => {
    fill(form, new URLSearchParams(location.search));
    show();
    changed();
  });
  addEventListener("pageshow", () => fill(form, new URLSearchParams(location.search)));
}

/** The choices that say something. */
function chosen(form) {
  return new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
}

/** A browser fills forms in as they were; what is shown is what the address says. */
function fill(form, query) {
  for (const field of form.elements) {
    if (field.type === "checkbox") field.checked = query.has(field.name);
    else if (field.name) field.value = query.get(field.name) ?? "";
  }
}
