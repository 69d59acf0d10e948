/** The drawings to choose from, on the colour that is chosen. */
const form = document.querySelector(".face-form");

form.addEventListener("change", ({ target }) => {
  if (target.name !== "face_colour") return;
  for (const face of form.querySelectorAll("[data-colour] .face")) face.dataset.face = target.value;
});
