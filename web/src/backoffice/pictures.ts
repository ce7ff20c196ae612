// Pictures of a product: sent one after the other, so that one that fails holds up no other and any number may be
// chosen at once, and put into order by dragging. Without a script one form sends them all, and buttons move them.

/** Sends the chosen pictures one by one, says what was not taken, and shows the page anew when any was. */
async function send(form: HTMLFormElement, files: File[]): Promise<void> {
  const said = form.querySelector<HTMLElement>("[data-refused]");
  const button = form.querySelector<HTMLButtonElement>("button[type=submit]");
  if (!said || !button || files.length === 0) return;
  button.disabled = true;
  const refused: string[] = [];
  for (const [index, file] of files.entries()) {
    said.textContent = words(form.dataset["busy"], { PLACE: String(index + 1), COUNT: String(files.length) });
    const problem = await sendOne(form, file);
    if (problem !== null) refused.push(problem);
  }
  button.disabled = false;
  if (refused.length === 0) {
    location.reload();
    return;
  }
  const list = document.createElement("ul");
  for (const problem of refused) {
    const line = document.createElement("li");
    line.className = "text-danger";
    line.textContent = problem;
    list.append(line);
  }
  said.replaceChildren(list);
  form.querySelector<HTMLInputElement>("input[type=file]")?.focus();
  if (refused.length < files.length) await showAnew();
}

/** Sends one picture; answers why it was not taken, or null. */
async function sendOne(form: HTMLFormElement, file: File): Promise<string | null> {
  const data = new FormData(form);
  data.delete("pictures");
  data.append("pictures", file, file.name);
  try {
    const answer = await fetch(form.action, { method: "POST", body: data, headers: { accept: "application/json" } });
    if (answer.ok) return null;
    const problem = (await answer.json()) as { detail?: string; errors?: { detail: string }[] };
    return problem.errors?.[0]?.detail ?? problem.detail ?? words(form.dataset["failed"], { NAME: file.name });
  } catch {
    return words(form.dataset["failed"], { NAME: file.name });
  }
}

function words(text: string | undefined, values: Record<string, string>): string {
  return Object.entries(values).reduce((filled, [name, value]) => filled.replace(name, value), text ?? "");
}

/** Replaces the list of pictures by what the server shows now, and leaves what is being typed elsewhere alone. */
async function showAnew(): Promise<void> {
  const answer = await fetch(location.href, { headers: { accept: "text/html" } });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector<HTMLElement>("#pictures .pictures");
  const old = document.querySelector("#pictures .pictures, #pictures > .piece");
  if (!fresh || !old) return;
  old.replaceWith(fresh);
  if (fresh.dataset["pictures"] !== undefined) wireOrder(fresh);
}

export function wireUpload(form: HTMLFormElement): void {
  const input = form.querySelector<HTMLInputElement>("input[type=file]");
  if (!input) return;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void send(form, [...(input.files ?? [])]);
  });
  const card = form.closest<HTMLElement>("#pictures") ?? form;
  const holdsFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes("Files") ?? false;
  card.addEventListener("dragover", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    form.classList.add("drop-here");
  });
  card.addEventListener("dragleave", () => form.classList.remove("drop-here"));
  card.addEventListener("drop", (event) => {
    form.classList.remove("drop-here");
    if (!holdsFiles(event)) return;
    event.preventDefault();
    void send(form, [...(event.dataTransfer?.files ?? [])]);
  });
}

/** Dragging a picture onto another one puts it there. */
export function wireOrder(list: HTMLElement): void {
  let dragged: HTMLElement | null = null;
  for (const item of list.querySelectorAll<HTMLElement>(":scope > li")) {
    item.draggable = true;
    item.addEventListener("dragstart", (event) => {
      dragged = item;
      item.classList.add("dragged");
      if (event.dataTransfer) event.dataTransfer.effectAllowed = "move";
    });
    item.addEventListener("dragend", () => {
      dragged = null;
      for (const other of list.children) other.classList.remove("dragged", "drop-here");
    });
    item.addEventListener("dragover", (event) => {
      if (!dragged || dragged === item) return;
      event.preventDefault();
      item.classList.add("drop-here");
    });
    item.addEventListener("dragleave", () => item.classList.remove("drop-here"));
    item.addEventListener("drop", (event) => {
      if (!dragged || dragged === item) return;
      event.preventDefault();
      void move(dragged, item.dataset["place"] ?? "1");
    });
  }
}

async function move(item: HTMLElement, place: string): Promise<void> {
  const answer = await fetch(item.dataset["move"] ?? "", {
    method: "PATCH",
    body: JSON.stringify({ place: Number(place) }),
    headers: { "content-type": "application/json", accept: "application/json" },
  });
  if (answer.ok) await showAnew();
}
