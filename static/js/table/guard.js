/** Says so where a module of the table did not come: then none of them has run. A script of its own, which needs nothing. */
{
  const root = document.getElementById("table");
  const main = document.querySelector("script[data-main]");
  const say = () => {
    if (root.dataset.connection) return; // the table has begun
    const again = document.createElement("a");
    again.href = location.href;
    again.textContent = "Load it again";
    const status = root.querySelector("[data-part=connection]");
    status.dataset.status = "closed";
    status.textContent = "Not loaded";
    root.querySelector("[data-part=problem]").replaceChildren("A part of this page did not load, so the table stands still here. ", again, ".");
  };
  main.addEventListener("error", say);
  if (document.readyState === "complete") say();
  else window.addEventListener("load", say);
}
