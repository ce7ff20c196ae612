// The keyboard of the back office: Ctrl or Cmd and K finds anything, "/" searches the list, "j" and "k" walk through a list, Enter opens, "g" and a letter go
// to a page. Keys do nothing while one is typing, and never together with Ctrl, Alt or Meta.

import { openPalette } from "./palette";

const PAGES: Record<string, string> = {
  h: "/admin",
  o: "/admin/orders",
  c: "/admin/customers",
  s: "/admin/shipping",
  b: "/admin/bank-receipts",
  p: "/admin/products",
  i: "/admin/inventory",
  f: "/admin/funnel",
};
const CHORD_MS = 1200;

let goUntil = 0;

export function wireKeyboard(): void {
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k" && openPalette()) {
      event.preventDefault();
      return;
    }
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (event.key === "Escape") closeOpenMenus();
    if (event.key === "ArrowDown" && toFound(event.target)) event.preventDefault();
    if (isTyping(event.target)) return;
    if (press(event.key)) event.preventDefault();
  });
}

/** Does what the key means here and says whether it meant anything. */
function press(key: string): boolean {
  const going = performance.now() < goUntil;
  goUntil = 0;
  if (going) return follow(PAGES[key]);
  switch (key) {
    case "/":
      return focusSearch();
    case "?":
      return openHelp();
    case "g":
      goUntil = performance.now() + CHORD_MS;
      return true;
    case "j":
      return walk(1);
    case "k":
      return walk(-1);
    case "n":
      return pressNew();
    case "Enter":
      return openRow();
    default:
      return false;
  }
}

/** Goes where the navigation goes: a page that this person may not see has no link there. */
function follow(path: string | undefined): boolean {
  const link = path === undefined ? null : document.querySelector<HTMLElement>(`.bo-nav a[href="${path}"]`);
  link?.click();
  return link !== null;
}

/** The list's own search first, else the palette. */
function focusSearch(): boolean {
  const field = document.querySelector<HTMLInputElement>("#q");
  if (!field) return openPalette();
  field?.focus();
  field?.select();
  return field !== null;
}

/** From a search down into what it found: the first field or button there. */
function toFound(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement) || target.id !== "q") return false;
  const first = document.querySelector<HTMLElement>("#found [data-row] :is(input:not([type=hidden]):enabled, button:enabled)");
  first?.focus();
  return first !== null;
}

/** The list's own way to begin something new. */
function pressNew(): boolean {
  const link = document.querySelector<HTMLElement>('.bo-head-actions [data-key="n"]');
  link?.click();
  return link !== null;
}

function openHelp(): boolean {
  const help = document.getElementById("keys");
  if (!(help instanceof HTMLDialogElement) || help.open) return false;
  help.showModal();
  return true;
}

function rows(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>("[data-rows] > tbody > tr, [data-row]")];
}

function walk(step: number): boolean {
  const all = rows();
  if (all.length === 0) return false;
  const at = all.findIndex((row) => row.classList.contains("is-at"));
  const next = Math.min(Math.max(at < 0 ? (step > 0 ? 0 : all.length - 1) : at + step, 0), all.length - 1);
  all[at]?.classList.remove("is-at");
  const row = all[next];
  row?.classList.add("is-at");
  row?.scrollIntoView({ block: "nearest" });
  return true;
}

function openRow(): boolean {
  // Enter belongs to the link or button that has the focus.
  if (document.activeElement instanceof HTMLElement && document.activeElement.matches("a, button, summary")) return false;
  const link = document.querySelector<HTMLElement>(".is-at .row-link, .is-at a");
  link?.click();
  return link !== null;
}

function closeOpenMenus(): void {
  for (const menu of document.querySelectorAll<HTMLDetailsElement>("details.menu[open], details.rate[open]")) menu.open = false;
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches("input, textarea, select"));
}
