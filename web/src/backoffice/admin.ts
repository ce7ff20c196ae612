// Script of the back office. Every page works without it; it adds lists that answer while one types, the keyboard,
// charts beside their tables, and a question before what cannot be taken back.

import htmx from "htmx.org";

import { wireKeyboard } from "./keyboard";
import { wireMembers } from "./members";
import { wireOrder, wireUpload } from "./pictures";
import { wireRich } from "./rich";
import { wirePalette } from "./palette";

// The content security policy allows neither eval nor style blocks without a nonce.
htmx.config.allowEval = false;
htmx.config.includeIndicatorStyles = false;
// Pages hold customers' data: the browser keeps no copies of them for the way back.
htmx.config.historyCacheSize = 0;

/** Wires what has just come into the page: the whole page at first, later the part that htmx has swapped in. */
function wire(root: ParentNode): void {
  for (const button of root.querySelectorAll<HTMLButtonElement>("button[data-copy]")) wireCopy(button);
  for (const area of root.querySelectorAll<HTMLTextAreaElement>("textarea[data-rich]")) wireRich(area);
  for (const button of root.querySelectorAll<HTMLButtonElement>("button[data-dialog]")) button.hidden = false;
  for (const place of root.querySelectorAll<HTMLElement>("[data-file-into]")) wireFile(place);
  for (const region of root.querySelectorAll<HTMLElement>(".table-responsive")) widths.observe(region);
  for (const form of root.querySelectorAll<HTMLFormElement>("form[data-upload]")) wireUpload(form);
  for (const list of root.querySelectorAll<HTMLElement>("[data-pictures]")) wireOrder(list);
  for (const table of root.querySelectorAll<HTMLElement>("[data-members]")) wireMembers(table);
  // On a phone the navigation is a strip that scrolls.
  root.querySelector(".bo-nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  const figures = [...root.querySelectorAll<HTMLElement>("[data-chart]")];
  // The library is larger than everything else together: only pages with a chart load it.
  if (figures.length > 0) void import("./figures").then(({ drawFigure }) => figures.forEach(drawFigure));
}

/** A table that is wider than its place can be reached, and so scrolled, with the keyboard. */
const widths = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    if (target.scrollWidth > target.clientWidth) target.setAttribute("tabindex", "0");
    else target.removeAttribute("tabindex");
  }
});

function wireCopy(button: HTMLButtonElement): void {
  const field = button.parentElement?.querySelector("input");
  if (!field || !navigator.clipboard) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    field.select();
    void navigator.clipboard.writeText(field.value).then(() => button.classList.add("btn-primary"));
  });
}

/** A file of text that is chosen goes into the field beside it, where it can be looked at before it is sent. */
function wireFile(place: HTMLElement): void {
  const chooser = place.querySelector<HTMLInputElement>("input[type=file]");
  const field = document.getElementById(place.dataset["fileInto"] ?? "");
  if (!chooser || !(field instanceof HTMLTextAreaElement)) return;
  place.hidden = false;
  chooser.addEventListener("change", () => {
    void chooser.files?.[0]?.text().then((text) => {
      field.value = text;
    });
  });
}

/** Asks before a form that says so, and lets no form be sent twice by an impatient second click. */
function guardSubmit(event: SubmitEvent): void {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || form.method !== "post" || event.defaultPrevented) return;
  const question = form.dataset["confirm"];
  if (question !== undefined && !window.confirm(question)) {
    event.preventDefault();
    return;
  }
  const button = event.submitter;
  if (!(button instanceof HTMLButtonElement) || button.dataset["preview"] !== undefined) return;
  // Disabled after the browser has read the form, so that the button's own value is still sent.
  setTimeout(() => {
    button.disabled = true;
  }, 0);
}

/** A page that comes back from the browser's memory has its buttons as they were when it was left. */
function enableButtons(event: PageTransitionEvent): void {
  if (!event.persisted) return;
  for (const button of document.querySelectorAll<HTMLButtonElement>("form button:disabled")) button.disabled = false;
}

/** Only one menu is open at a time, and none after a click elsewhere. */
function closeMenus(event: Event): void {
  for (const menu of document.querySelectorAll<HTMLDetailsElement>("details.menu[open], details.rate[open]")) {
    if (!(event.target instanceof Node && menu.contains(event.target))) menu.open = false;
  }
}

document.documentElement.classList.add("has-script");
document.addEventListener("submit", guardSubmit);
window.addEventListener("pageshow", enableButtons);
document.addEventListener("click", closeMenus);
document.addEventListener("click", (event) => {
  const opener = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-dialog]") : null;
  const dialog = opener && document.getElementById(opener.dataset["dialog"] ?? "");
  if (dialog instanceof HTMLDialogElement) dialog.showModal();
});
wireKeyboard();
wirePalette();
// htmx announces the first page too, and each part that it swaps in later.
htmx.onLoad((root) => wire(root as unknown as ParentNode));
document.addEventListener("htmx:afterSettle", (event) => {
  // After a boosted link the reader starts at the new page's content, as after an ordinary one.
  if (event.target === document.body) document.getElementById("main")?.focus({ preventScroll: true });
});
