// Script of the storefront. Every page works without it; it only saves the shopper a page load here and there,
// and counts which product cards were seen. No figure is worked out here: prices and totals come from the server.

import { bringRecent, wireFilters } from "./browse";
import { wireCarousel } from "./carousel";
import { showPicture, wireGallery } from "./gallery";

document.documentElement.classList.add("js");

const each = <T extends Element>(selector: string, act: (element: T) => void, within: ParentNode = document): void =>
  within.querySelectorAll<T>(selector).forEach(act);

/** A variant as the product page describes it, with its words already written for the reader. */
interface Variant {
  id: string;
  values: string[];
  price: string;
  was: string | null;
  stock: string;
  ends: string | null;
  level: "in" | "low" | "out";
  max: number;
  image: string | null;
  sku: string;
}

// -- Product: price, stock and picture follow the chosen variant -------------

function followVariant(form: HTMLFormElement): void {
  const data = form.querySelector("[data-variants]");
  const page = form.closest(".product");
  if (!data || !page) return;
  const variants = JSON.parse(data.textContent ?? "[]") as Variant[];

  const show = (variant: Variant): void => {
    const now = page.querySelector("[data-price]");
    if (now) now.textContent = variant.price;
    showFormerPrice(page, variant.was);
    const ends = page.querySelector<HTMLElement>("[data-ends]");
    if (ends) {
      ends.hidden = variant.ends === null;
      ends.textContent = variant.ends ?? "";
    }
    const stock = form.querySelector("[data-stock]");
    if (stock) {
      stock.className = `stock stock-${variant.level}`;
      stock.textContent = variant.stock;
    }
    const sku = page.querySelector("[data-sku]");
    if (sku) sku.textContent = variant.sku;
    const quantity = form.querySelector<HTMLInputElement>("[name=quantity]");
    if (quantity) {
      quantity.max = String(Math.max(variant.max, 1));
      if (quantity.valueAsNumber > Number(quantity.max)) quantity.value = quantity.max;
      quantity.dispatchEvent(new Event("limits"));
    }
    const add = form.querySelector<HTMLButtonElement>("[data-add]");
    if (add) {
      add.disabled = variant.level === "out";
      add.textContent = (add.disabled ? add.dataset["outText"] : add.dataset["inText"]) ?? "";
    }
    showPicture(page, variant.image);
    mirrorChoice(page);
  };

  form.addEventListener("change", (event) => {
    const input = event.target as HTMLInputElement;
    const variant = variants.find(({ id }) => input.name === "variant_id" && id === input.value);
    if (variant) show(variant);
  });
  each<HTMLAnchorElement>("a[data-variant]", (link) => {
    link.addEventListener("click", (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey) return;
      const variant = variants.find(({ id }) => id === link.dataset["variant"]);
      const chosen = form.querySelector<HTMLInputElement>("input[name=variant_id]");
      if (!variant || !chosen) return;
      event.preventDefault();
      chosen.value = variant.id;
      history.replaceState(null, "", link.href);
      show(variant);
      pointLinks(form, variants, variant);
    });
  }, form);
}

/** The bar at the foot of a telephone says what the form says. */
function mirrorChoice(page: Element): void {
  const bar = document.querySelector("[data-buy-bar]");
  const [price, add, same] = [page.querySelector(".buy-price .price"), page.querySelector<HTMLButtonElement>("[data-add]"), bar?.querySelector<HTMLButtonElement>("[data-bar-add]")];
  if (price) bar?.querySelector(".price")?.replaceWith(price.cloneNode(true));
  if (!add || !same) return;
  same.disabled = add.disabled;
  same.textContent = add.textContent;
}

/** Shows that bar while the form's own button is out of sight. */
function followButton(bar: HTMLElement): void {
  const add = document.querySelector("[data-add]");
  if (!add || !("IntersectionObserver" in window)) return;
  new IntersectionObserver(([seen]) => { bar.hidden = seen?.isIntersecting ?? true; }).observe(add);
}

/** Shows the former price only where there is one: it was true when it was charged, and belongs to one variant. */
function showFormerPrice(page: Element, text: string | null): void {
  const price = page.querySelector(".buy-price .price");
  let was = price?.querySelector<HTMLElement>("[data-was]") ?? null;
  if (!price) return;
  if (!was && text) {
    was = document.createElement("s");
    was.className = "price-was";
    was.dataset["was"] = "";
    price.append(" ", was);
  }
  price.classList.toggle("price-reduced", text !== null);
  each<HTMLElement>(".sr-only", (label) => { label.hidden = text === null; }, price);
  if (was) {
    was.hidden = text === null;
    was.textContent = text ?? "";
  }
}

/** Points each option's links at the variant that differs from the chosen one as little as possible. */
function pointLinks(form: HTMLFormElement, variants: Variant[], chosen: Variant): void {
  each<HTMLAnchorElement>("a[data-variant]", (link) => {
    const place = Number(link.dataset["option"]);
    const value = link.dataset["value"];
    const shared = (v: Variant): number => v.values.filter((each, i) => each === chosen.values[i]).length;
    const best = variants
      .filter((v) => v.values[place] === value)
      .reduce<Variant | null>((a, b) => (a && shared(a) >= shared(b) ? a : b), null);
    if (!best) return;
    link.dataset["variant"] = best.id;
    link.href = `?variant=${encodeURIComponent(best.id)}`;
    link.classList.toggle("choice-out", best.level === "out");
    if (chosen.values[place] === value) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }, form);
}

// -- Quantity: a button on each side -----------------------------------------

function addSteps(input: HTMLInputElement): void {
  const frame = document.createElement("span");
  frame.className = "stepper";
  const button = (sign: string, label: string, step: number): HTMLButtonElement => {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = sign;
    made.setAttribute("aria-label", label);
    made.addEventListener("click", () => {
      if (step > 0) input.stepUp();
      else input.stepDown();
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
    return made;
  };
  const less = button("\u2212", input.dataset["less"] ?? "", -1);
  const more = button("+", input.dataset["more"] ?? "", 1);
  const limit = (): void => {
    less.disabled = input.valueAsNumber <= Number(input.min);
    more.disabled = input.valueAsNumber >= Number(input.max);
  };
  input.addEventListener("change", limit);
  input.addEventListener("limits", limit);
  input.replaceWith(frame);
  frame.append(less, input, more);
  limit();
}

/** Sends a small form shortly after its last change: several quick steps make one request. */
function sendOnChange(form: HTMLFormElement): void {
  let timer = 0;
  form.addEventListener("change", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => { if (form.reportValidity()) form.requestSubmit(); }, 450);
  });
}

/** Lets a form leave once. Coming back by the browser's history opens it again. */
function sendOnce(form: HTMLFormElement): void {
  const buttons = (): HTMLButtonElement[] => [...form.querySelectorAll<HTMLButtonElement>("button:not([type=button])")];
  form.addEventListener("submit", (event) => {
    if (form.dataset["sent"]) { event.preventDefault(); return; }
    form.dataset["sent"] = "yes";
    for (const button of buttons()) {
      button.setAttribute("aria-disabled", "true");
      if (button.dataset["busyText"]) {
        button.dataset["idleText"] = button.textContent ?? "";
        button.textContent = button.dataset["busyText"];
      }
    }
  });
  window.addEventListener("pageshow", () => {
    delete form.dataset["sent"];
    for (const button of buttons()) {
      button.removeAttribute("aria-disabled");
      if (button.dataset["idleText"]) button.textContent = button.dataset["idleText"];
    }
  });
}

// -- Checkout and addresses: another choice shows the server's new figures and the fields of another place

/** Fields whose choice changes what the server shows. */
const LEADS = /^(delivery_method|payment_method|gift_wrap)$|(^|\.)(country|region|city)$/;
/** What was chosen below a choice does not outlive it. */
const BELOW: Record<string, string[]> = { country: ["region", "city"], region: ["city"] };

function followChoices(form: HTMLFormElement, address: string): void {
  let newest: AbortController | null = null;
  const ask = (changed: string): string => {
    const query = new URLSearchParams();
    const level = changed.split(".").pop() ?? "";
    for (const [name, value] of new FormData(form)) {
      const last = name.split(".").pop() ?? "";
      if (typeof value !== "string" || !LEADS.test(name) || (BELOW[level] ?? []).includes(last)) continue;
      query.set(name.replace(/^address\./, ""), value);
    }
    // A box that is not ticked is not sent by itself, and would be taken for as it was kept.
    for (const box of form.querySelectorAll<HTMLInputElement>("input[type=checkbox]")) {
      if (LEADS.test(box.name)) query.set(box.name, box.checked ? "1" : "0");
    }
    for (const below of BELOW[level] ?? []) query.set(changed.replace(/[^.]+$/, below).replace(/^address\./, ""), "");
    return `${address}?${query}`;
  };
  form.addEventListener("change", async (event) => {
    const changed = event.target as HTMLInputElement;
    if (!LEADS.test(changed.name)) return;
    newest?.abort();
    const mine = (newest = new AbortController());
    const totals = form.querySelector("[data-live=totals]");
    totals?.classList.add("busy");
    try {
      const answer = await fetch(ask(changed.name), { headers: { accept: "text/html" }, signal: mine.signal });
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const focused = changed.type === "radio" ? `[name="${changed.name}"][value="${CSS.escape(changed.value)}"]` : `[name="${changed.name}"]`;
      const typed = new FormData(form);
      each<HTMLElement>("[data-live]", (old) => {
        const fresh = page.querySelector(`[data-live="${old.dataset["live"]}"]`);
        if (fresh) old.replaceWith(fresh);
      }, form);
      each<HTMLInputElement>("[data-live=address] input:not([type=hidden])", (input) => {
        const before = typed.get(input.name);
        if (typeof before === "string" && !input.name.endsWith("postal_code")) input.value = before;
      }, form);
      form.querySelector<HTMLElement>(focused)?.focus({ preventScroll: true });
    } catch (problem) {
      if (!mine.signal.aborted) form.querySelector(".no-script")?.classList.remove("no-script");
    } finally {
      totals?.classList.remove("busy");
    }
  });
}

// -- Impressions: which cards were really on the screen ------------------------

/** Counts cards as they come into view; the answer makes it look at the cards that have come since. */
function countImpressions(): () => void {
  if (!("IntersectionObserver" in window) || !navigator.sendBeacon) return () => {};
  const waiting = new Map<string, Map<string, number | null>>();
  const seen = new Set<string>();
  let timer = 0;

  const send = (): void => {
    window.clearTimeout(timer);
    timer = 0;
    for (const [list, cards] of waiting) {
      const places = [...cards.values()].filter((place) => place !== null);
      const body = { list, product_ids: [...cards.keys()], ...(places.length === cards.size ? { places } : {}) };
      navigator.sendBeacon("/v1/impressions", new Blob([JSON.stringify(body)], { type: "text/plain" }));
    }
    waiting.clear();
  };
  const observer = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      observer.unobserve(target);
      const card = target as HTMLElement;
      const list = card.closest<HTMLElement>("[data-list]")?.dataset["list"];
      const product = card.dataset["productId"];
      if (!list || !product || seen.has(`${list} ${product}`)) continue;
      seen.add(`${list} ${product}`);
      const place = card.dataset["place"];
      const cards = waiting.get(list) ?? new Map<string, number | null>();
      waiting.set(list, cards.set(product, place ? Number(place) : null));
      timer ||= window.setTimeout(send, 1000);
    }
  }, { threshold: 0.5 });
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") send(); });
  const look = (): void => each<HTMLElement>("[data-list] [data-product-id]", (card) => observer.observe(card));
  look();
  return look;
}

// -- Menus close on Escape and when the shopper goes elsewhere ------------------

function closeMenus(): void {
  const open = ".menu[open], .languages[open]";
  document.addEventListener("click", (event) => {
    each<HTMLDetailsElement>(open, (menu) => { if (!menu.contains(event.target as Node)) menu.open = false; });
  });
  const categories = document.querySelector(".categories");
  const reopen = (): void => categories?.classList.remove("closed");
  categories?.addEventListener("pointerenter", reopen);
  categories?.addEventListener("focusin", reopen);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    each<HTMLDetailsElement>(open, (menu) => {
      menu.open = false;
      menu.querySelector<HTMLElement>("summary")?.focus();
    });
    categories?.classList.add("closed");
  });
}

each<HTMLFormElement>("form[data-product]", followVariant);
each<HTMLInputElement>("input[data-stepper]", addSteps);
each<HTMLFormElement>("form[data-auto]", sendOnChange);
each<HTMLFormElement>("form[data-once]", sendOnce);
each<HTMLFormElement>("form[data-checkout]", (form) => followChoices(form, "/checkout"));
each<HTMLFormElement>("form[data-places]", (form) => followChoices(form, form.dataset["places"] ?? ""));
each<HTMLElement>(".gallery", wireGallery);
each<HTMLElement>("[data-carousel]", wireCarousel);
document.querySelector<HTMLElement>("[data-focus]")?.focus();
const lookAtCards = countImpressions();
each<HTMLElement>("[data-buy-bar]", followButton);
each<HTMLElement>("[data-recent-from]", (place) => bringRecent(place, lookAtCards));
each<HTMLFormElement>("form[data-narrow]", (form) => wireFilters(form, lookAtCards));
closeMenus();

export {};
