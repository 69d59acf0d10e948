/**
 * Sheets of paper that lie beside the game: the keys, the rules, the strategy chart. Each is one key away, and as the game
 * goes on meanwhile, none of them takes the table out of reach.
 */
import { make, part } from "../dom.js";

export class Sheets {
  #root;
  #openers = new Map();

  /** Opens and closes the dialog of every button with `data-sheet`; `fill` has, by name, what fills one that is opened. */
  constructor(root, fill) {
    this.#root = root;
    for (const opener of root.querySelectorAll("button[data-sheet]")) {
      const { sheet: name } = opener.dataset;
      const sheet = part(root, `sheet-${name}`);
      this.#openers.set(sheet, opener);
      opener.addEventListener("click", () => this.#toggle(sheet, fill[name]));
      part(sheet, "close").addEventListener("click", () => sheet.close());
      sheet.addEventListener("close", () => this.#closed(sheet));
      sheet.addEventListener("keydown", ({ key }) => key === "Escape" && sheet.close());
    }
    // What has the focus must be seen: a sheet makes room for it.
    root.addEventListener("focusin", ({ target }) => {
      for (const sheet of this.#openers.keys()) if (sheet.open && !sheet.contains(target) && covers(sheet, target)) sheet.close();
    });
  }

  #toggle(sheet, fill) {
    if (sheet.open) {
      sheet.close();
      return;
    }
    for (const other of this.#openers.keys()) other.close();
    fill?.(part(sheet, "body"));
    sheet.show();
    sheet.focus();
    this.#openers.get(sheet).setAttribute("aria-expanded", "true");
  }

  #closed(sheet) {
    this.#openers.get(sheet).setAttribute("aria-expanded", "false"); // the focus goes back by itself to where it was
  }
}

/** The rules, as the panel beside the table has them. */
export function fillWithRules(root) {
  return (body) => {
    const shown = [...part(root, "rules").children].filter((element) => !element.matches("form"));
    body.replaceChildren(...shown.map((element) => element.cloneNode(true)));
  };
}

/** The chart, out of its own page. */
export function fillWithChart(href) {
  return async (body) => {
    if (part(body, "chart")) return;
    const told = make("p", { role: "status" }, "The chart is on its way …");
    body.replaceChildren(told);
    try {
      const answer = await fetch(href);
      if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const sheet = page.querySelector('link[rel="stylesheet"][href*="strategy"]');
      const found = page.querySelectorAll("main .codes, main .charts");
      if (!sheet || !found.length) throw new Error("the page has no chart");
      if (!document.querySelector(`link[href="${sheet.getAttribute("href")}"]`)) await styled(sheet.getAttribute("href"));
      body.replaceChildren(make("div", { "data-part": "chart" }, ...found));
    } catch (error) {
      console.error(error);
      const link = make("a", { href, target: "_blank", rel: "noopener" }, "on a page of its own (in a new tab)");
      told.replaceChildren("The chart did not come. Open this once more, or see it ", link, ".");
    }
  };
}

function styled(href) {
  return new Promise((resolve, reject) => {
    const link = make("link", { rel: "stylesheet", href });
    link.addEventListener("load", resolve);
    link.addEventListener("error", () => reject(new Error(`${href} did not load`)));
    document.head.append(link);
  });
}

function covers(sheet, element) {
  const [one, other] = [sheet.getBoundingClientRect(), element.getBoundingClientRect()];
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
}
