// A description's editor. The text area holds the HTML that is sent; with this script a page that can be typed into
// stands in its place. The server cleans whatever arrives, so this only has to be pleasant.

const KEPT = new Set("A B BLOCKQUOTE BR CAPTION EM H2 H3 H4 HR I IMG LI OL P S STRONG TABLE TBODY TD TH THEAD TR U UL".split(" "));
const ATTRIBUTES: Record<string, string[]> = {
  A: ["href"],
  IMG: ["src", "alt", "width", "height"],
  TD: ["colspan", "rowspan"],
  TH: ["colspan", "rowspan", "scope"],
};

/** Copies what the server would keep, so that nothing else ever comes into the page. */
function copy(from: Node, to: Node): void {
  for (const node of from.childNodes) {
    if (node instanceof Text) {
      to.appendChild(document.createTextNode(node.data));
    } else if (node instanceof Element && !["SCRIPT", "STYLE"].includes(node.tagName)) {
      const own = KEPT.has(node.tagName);
      const made = own ? document.createElement(node.tagName) : document.createDocumentFragment();
      if (made instanceof Element) {
        for (const name of ATTRIBUTES[node.tagName] ?? []) {
          const value = node.getAttribute(name);
          const address = name === "href" || name === "src";
          if (value !== null && !(address && /^\s*(javascript|data|vbscript):/i.test(value))) made.setAttribute(name, value);
        }
      }
      copy(node, made);
      to.appendChild(made);
    }
  }
}

function isHtml(text: string): boolean {
  return /<[a-z/!]/i.test(text) && text.includes(">");
}

function show(text: string, page: HTMLElement): void {
  page.replaceChildren();
  if (isHtml(text)) {
    copy(new DOMParser().parseFromString(text, "text/html").body, page);
    return;
  }
  for (const part of text.split(/\n\s*\n/).filter((p) => p.trim() !== "")) {
    const paragraph = document.createElement("p");
    paragraph.textContent = part.trim();
    page.appendChild(paragraph);
  }
}

export function wireRich(area: HTMLTextAreaElement): void {
  if (area.dataset["wired"] !== undefined || area.disabled || area.closest("fieldset:disabled")) return;
  area.dataset["wired"] = "";
  const [bold, heading, small, list, numbers, link, address, picture, file, table, source, outline] = (area.dataset["rich"] ?? "").split("|");
  const page = document.createElement("div");
  page.className = "rich-page";
  page.contentEditable = "true";
  page.setAttribute("role", "textbox");
  page.setAttribute("aria-multiline", "true");
  page.lang = area.closest<HTMLElement>("[lang]")?.lang ?? "";
  const label = area.labels?.[0]?.textContent;
  if (label) page.setAttribute("aria-label", label);
  const bar = document.createElement("div");
  bar.className = "rich-bar";
  bar.setAttribute("role", "group");
  const keep = (): void => {
    area.value = page.textContent?.trim() || page.querySelector("img") ? page.innerHTML : "";
  };
  const run = (command: string, value?: string): void => {
    page.focus();
    document.execCommand(command, false, value);
    keep();
  };
  const add = (word: string | undefined, does: (button: HTMLButtonElement) => void): HTMLButtonElement => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = word ?? "";
    // The selection of the page stays while the mouse is on the bar.
    button.addEventListener("mousedown", (event) => event.preventDefault());
    button.addEventListener("click", () => does(button));
    bar.appendChild(button);
    return button;
  };
  const ask = (question: string | undefined, then: (answer: string) => void): void => {
    const answer = window.prompt(question);
    if (answer) then(answer.trim());
  };
  add(bold, () => run("bold"));
  add(heading, () => run("formatBlock", "h2"));
  add(small, () => run("formatBlock", "h3"));
  add(list, () => run("insertUnorderedList"));
  add(numbers, () => run("insertOrderedList"));
  add(link, () => ask(address, (url) => run("createLink", url)));
  add(picture, () => ask(file, (url) => run("insertImage", url)));
  add(table, () => run("insertHTML", "<table><tbody><tr><th>&nbsp;</th><td>&nbsp;</td></tr><tr><th>&nbsp;</th><td>&nbsp;</td></tr></tbody></table><p><br></p>"));
  const given = area.dataset["outline"];
  if (given !== undefined && area.value.trim() === "") {
    add(outline, (button) => {
      show(given, page);
      keep();
      button.remove();
      page.focus();
    });
  }
  const raw = add(source, (button) => {
    const toSource = !page.hidden;
    if (!toSource) show(area.value, page);
    page.hidden = toSource;
    area.hidden = !toSource;
    button.setAttribute("aria-pressed", String(toSource));
  });
  raw.setAttribute("aria-pressed", "false");
  page.addEventListener("input", keep);
  page.addEventListener("paste", (event) => {
    const text = event.clipboardData?.getData("text/plain");
    if (text === undefined) return;
    event.preventDefault();
    run("insertText", text);
  });
  show(area.value, page);
  document.execCommand("defaultParagraphSeparator", false, "p");
  area.before(bar, page);
  area.hidden = true;
}
