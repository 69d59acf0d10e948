/** Small ways of changing the page. Text is only ever set as text, so a name can hold no markup. */

/** The element of that `data-part` within `root`. */
export function part(root, name) {
  return root.querySelector(`[data-part="${name}"]`);
}

/** Sets an element's text where it is another one, so that nothing is repainted or announced for nothing. */
export function setText(element, text) {
  const wanted = String(text);
  if (element.textContent !== wanted) element.textContent = wanted;
}

/** A new element with attributes (undefined ones left out) and children: nodes or texts. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

/** Sets an attribute, or removes it where the value is null, undefined or false. */
export function setAttribute(element, name, value) {
  if (value === null || value === undefined || value === false) element.removeAttribute(name);
  else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value === true ? "" : value);
}

/** Makes the children of `parent` stand for `items`, keeping the element of every key that was there before. */
export function keyed(parent, items, keyOf, create, update = () => {}) {
  const present = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  items.forEach((item, index) => {
    const key = String(keyOf(item, index));
    let child = present.get(key);
    present.delete(key);
    if (!child) {
      child = create(item, index);
      child.dataset.key = key;
    }
    if (parent.children[index] !== child) parent.insertBefore(child, parent.children[index] ?? null);
    update(child, item, index);
  });
  for (const child of present.values()) child.remove();
}
