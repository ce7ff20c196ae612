// The palette: Ctrl or Cmd and K, or "/" where no list has a search of its own. Pages and actions are the links that
// this person has in the navigation; orders, customers and products come from the shop. A combobox by the pattern of
// the WAI: the focus stays in the field, the chosen result is told by aria-activedescendant.

interface Found {
  orders: { id: string; number: string; customer_name: string }[];
  customers: { id: string; name: string; contact: string | null }[];
  products: { id: string; title: string; sku: string | null }[];
}
interface Choice {
  group: string;
  title: string;
  detail: string;
  url: string;
}

const WAIT_MS = 120;

let choices: Choice[] = [];
let chosen = 0;
let asked = 0;
let timer = 0;

function part<T extends HTMLElement>(id: string): T | null {
  return document.getElementById(id) as T | null;
}

export function openPalette(): boolean {
  const dialog = part<HTMLDialogElement>("palette");
  const field = part<HTMLInputElement>("palette-q");
  if (!dialog || !field) return false;
  if (!dialog.open) dialog.showModal();
  field.value = "";
  field.focus();
  show(pages(""));
  return true;
}

/** Wired once: the document stays while htmx changes its body. */
export function wirePalette(): void {
  document.addEventListener("input", (event) => {
    if (event.target instanceof HTMLInputElement && event.target.id === "palette-q") ask(event.target.value.trim());
  });
  document.addEventListener("keydown", (event) => {
    if (!(event.target instanceof HTMLInputElement) || event.target.id !== "palette-q" || event.isComposing) return;
    if (event.key === "ArrowDown") choose(chosen + 1);
    else if (event.key === "ArrowUp") choose(chosen - 1);
    else if (event.key === "Enter") go();
    else return;
    event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    const option = target?.closest<HTMLElement>("#palette-list [role=option]");
    if (option) {
      chosen = Number(option.dataset["at"] ?? 0);
      go();
    } else if (target?.closest("[data-palette]")) openPalette();
    else if (target?.id === "palette") part<HTMLDialogElement>("palette")?.close();
  });
}

/** Pages and actions whose words contain what is typed. */
function pages(words: string): Choice[] {
  const dialog = part("palette");
  const fits = (text: string) => text.toLowerCase().includes(words.toLowerCase());
  const links = document.querySelectorAll<HTMLAnchorElement>(".bo-nav a, #palette-actions a");
  const found: Choice[] = [];
  for (const link of links) {
    const title = (link.querySelector("span:not(.count)") ?? link).textContent?.trim() ?? "";
    if (fits(title)) found.push({ group: dialog?.dataset["pages"] ?? "", title, detail: "", url: link.getAttribute("href") ?? "/admin" });
  }
  return found;
}

function ask(words: string): void {
  const mine = ++asked;
  clearTimeout(timer);
  show(pages(words));
  if (words === "") return;
  timer = window.setTimeout(() => void fetchFound(words, mine), WAIT_MS);
}

async function fetchFound(words: string, mine: number): Promise<void> {
  const answer = await fetch(`/admin/find.json?q=${encodeURIComponent(words)}`, { headers: { accept: "application/json" } });
  // A slower answer to an earlier question is of no use any more.
  if (!answer.ok || mine !== asked) return;
  const found = (await answer.json()) as Found;
  const named = part("palette")?.dataset ?? {};
  const group = (name: string) => named[name] ?? "";
  show([
    ...found.orders.map((o) => ({ group: group("orders"), title: o.number, detail: o.customer_name, url: `/admin/orders/${o.id}` })),
    ...found.customers.map((c) => ({ group: group("customers"), title: c.name || (c.contact ?? ""), detail: c.name ? (c.contact ?? "") : "", url: `/admin/customers/${c.id}` })),
    ...found.products.map((p) => ({ group: group("products"), title: p.title, detail: p.sku ?? "", url: `/admin/products/${p.id}` })),
    ...pages(words),
  ]);
}

function show(found: Choice[]): void {
  const list = part("palette-list");
  const status = part("palette-status");
  if (!list) return;
  choices = found;
  list.replaceChildren();
  let group = "";
  found.forEach((choice, at) => {
    if (choice.group !== group) {
      group = choice.group;
      const head = document.createElement("li");
      head.setAttribute("role", "presentation");
      head.className = "palette-group";
      head.textContent = group;
      list.append(head);
    }
    const option = document.createElement("li");
    option.id = `palette-${at}`;
    option.setAttribute("role", "option");
    option.dataset["at"] = String(at);
    const title = document.createElement("span");
    title.textContent = choice.title;
    const detail = document.createElement("span");
    detail.className = "dim";
    detail.textContent = choice.detail;
    option.append(title, " ", detail);
    list.append(option);
  });
  if (status) status.textContent = (status.dataset["words"] ?? "").replace("#", String(found.length));
  choose(0);
}

function choose(at: number): void {
  const field = part<HTMLInputElement>("palette-q");
  chosen = choices.length === 0 ? 0 : (at + choices.length) % choices.length;
  for (const option of document.querySelectorAll<HTMLElement>("#palette-list [role=option]")) {
    const is = option.dataset["at"] === String(chosen);
    option.setAttribute("aria-selected", String(is));
    if (is) option.scrollIntoView({ block: "nearest" });
  }
  if (choices.length > 0) field?.setAttribute("aria-activedescendant", `palette-${chosen}`);
  else field?.removeAttribute("aria-activedescendant");
}

function go(): void {
  const choice = choices[chosen];
  if (choice) window.location.assign(choice.url);
}
