// Whether the page is by day or by night, decided before anything is drawn. Loaded in the head and waited for, because
// a page that changes its colours after it was drawn flashes.

const root = document.documentElement;
const night = matchMedia("(prefers-color-scheme: dark)");

function decide(): void {
  if (root.dataset["theme"] === "auto") root.dataset["bsTheme"] = night.matches ? "dark" : "light";
}

decide();
night.addEventListener("change", decide);
