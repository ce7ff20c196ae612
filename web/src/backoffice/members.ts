// The members of a collection: dragging a row puts it there. Arrows and numbers beside each row do the same without a
// mouse, and without this script.

import htmx from "htmx.org";

export function wireMembers(table: HTMLElement): void {
  let dragged: HTMLElement | null = null;
  for (const row of table.querySelectorAll<HTMLElement>("tbody > tr[data-move]")) {
    row.draggable = true;
    row.addEventListener("dragstart", (event) => {
      dragged = row;
      row.classList.add("dragged");
      if (event.dataTransfer) event.dataTransfer.effectAllowed = "move";
    });
    row.addEventListener("dragend", () => {
      dragged = null;
      for (const other of table.querySelectorAll(".dragged, .drop-here")) other.classList.remove("dragged", "drop-here");
    });
    row.addEventListener("dragover", (event) => {
      if (!dragged || dragged === row) return;
      event.preventDefault();
      row.classList.add("drop-here");
    });
    row.addEventListener("dragleave", () => row.classList.remove("drop-here"));
    row.addEventListener("drop", (event) => {
      if (!dragged || dragged === row) return;
      event.preventDefault();
      void move(dragged, row.dataset["place"] ?? "1");
    });
  }
}

/** Moves a row, and shows the members as they stand then, with the way back. */
async function move(row: HTMLElement, place: string): Promise<void> {
  const answer = await fetch(row.dataset["move"] ?? "", {
    method: "POST",
    body: JSON.stringify({ place: Number(place) }),
    headers: { "content-type": "application/json", accept: "application/json" },
  });
  if (!answer.ok) return;
  const { was } = (await answer.json()) as { was: number };
  const address = new URL(location.href);
  address.searchParams.set("moved", row.id);
  address.searchParams.set("was", String(was));
  const shown = await fetch(address, { headers: { accept: "text/html" } });
  if (!shown.ok) return;
  const page = new DOMParser().parseFromString(await shown.text(), "text/html");
  const fresh = page.getElementById("members");
  const old = document.getElementById("members");
  if (!fresh || !old) return;
  old.replaceWith(fresh);
  htmx.process(fresh);
  for (const table of fresh.querySelectorAll<HTMLElement>("[data-members]")) wireMembers(table);
}
