// Lists: a choice shows what it leaves at once, without a page load. Without this the form is sent by its button.

/** Reads the list anew after each change of the form, and tells `shown` when other cards are there. */
export function wireFilters(form: HTMLFormElement, shown: () => void): void {
  let newest: AbortController | null = null;
  let timer = 0;
  /** The address of what the page shows now. */
  let current = location.pathname + location.search;

  const wanted = (): string => {
    const query = new URLSearchParams();
    for (const [name, value] of new FormData(form)) {
      if (typeof value === "string" && value !== "" && !(name === "sort" && value === "featured")) query.append(name, value);
    }
    return `${form.action.split(/[?#]/)[0]}${query.size ? `?${query}` : ""}`;
  };
  const results = (): HTMLElement | null => document.querySelector("[data-fresh=results]");

  const load = async (): Promise<void> => {
    const address = wanted();
    newest?.abort();
    const mine = (newest = new AbortController());
    results()?.classList.add("busy");
    try {
      const answer = await fetch(address, { headers: { accept: "text/html" }, signal: mine.signal });
      if (!answer.ok) throw new Error(String(answer.status));
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const focused = document.activeElement as HTMLInputElement | null;
      // Groups that the shopper closed or opened stay so.
      const open = [...form.querySelectorAll("details")].map((group) => [group.querySelector("summary")?.textContent, group.open] as const);
      const folded = new Map(open);
      document.querySelectorAll<HTMLElement>("[data-fresh]").forEach((old) => {
        const fresh = page.querySelector(`[data-fresh="${old.dataset["fresh"]}"]`);
        if (fresh) old.replaceWith(document.adoptNode(fresh));
      });
      form.querySelectorAll("details").forEach((group) => {
        group.open = folded.get(group.querySelector("summary")?.textContent) ?? group.open;
      });
      if (focused?.name && !focused.isConnected) {
        const same = `[name="${focused.name}"]${focused.type === "checkbox" ? `[value="${CSS.escape(focused.value)}"]` : ""}`;
        document.querySelector<HTMLElement>(`[data-fresh] ${same}`)?.focus({ preventScroll: true });
      }
      current = address;
      history.replaceState(null, "", address + location.hash);
      shown();
    } catch {
      // The form's own way always works.
      if (!mine.signal.aborted) location.assign(address);
    } finally {
      if (newest === mine) results()?.classList.remove("busy");
    }
  };

  const later = (): void => {
    window.clearTimeout(timer);
    timer = window.setTimeout(load, 150);
  };
  form.addEventListener("change", later);
  document.addEventListener("change", (event) => {
    const field = event.target as HTMLSelectElement;
    if (field.form === form && !form.contains(field)) later();
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    window.clearTimeout(timer);
    if (new URL(wanted(), location.href).href !== new URL(current, location.href).href) await load();
    close();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && location.hash === "#filters") close();
  });

  /** Closes the panel of a telephone. */
  function close(): void {
    if (location.hash === "#filters") location.replace("#results");
  }
}

/** Brings what was looked at lately when its place comes near; without it the place is a link to the page of it. */
export function bringRecent(place: HTMLElement, shown: () => void): void {
  const from = place.dataset["recentFrom"];
  if (!from || !("IntersectionObserver" in window)) return;
  const bring = async (): Promise<void> => {
    const answer = await fetch(from, { headers: { accept: "text/html" } }).catch(() => null);
    if (!answer?.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const cards = page.querySelector("[data-recent]");
    if (!cards) { place.remove(); return; }
    place.append(document.adoptNode(cards));
    place.classList.add("ready");
    shown();
  };
  const near = new IntersectionObserver(([seen]) => {
    if (!seen?.isIntersecting) return;
    near.disconnect();
    void bring();
  }, { rootMargin: "500px" });
  near.observe(place);
}
