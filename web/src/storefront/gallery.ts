// The gallery of a product: thumbnails follow the picture in view, and a press enlarges it. Without a script the row
// scrolls by itself, thumbnails jump within the page, and a picture is a link to its large version.

/** Brings a picture of the gallery into view without moving the page. */
function show(gallery: HTMLElement, slide: HTMLElement): void {
  gallery.scrollTo({ left: slide.offsetLeft - gallery.offsetLeft, behavior: "smooth" });
}

/** Shows the picture of a variant, if the gallery has it. */
export function showPicture(page: ParentNode, url: string | null): void {
  const gallery = page.querySelector<HTMLElement>(".gallery");
  if (!gallery || !url) return;
  const slide = [...gallery.querySelectorAll<HTMLAnchorElement>("a[data-zoom]")].find((link) => link.getAttribute("href") === url);
  if (slide?.parentElement) show(gallery, slide.parentElement);
}

export function wireGallery(gallery: HTMLElement): void {
  const slides = [...gallery.querySelectorAll<HTMLElement>(".picture[id]")];
  const thumbs = [...document.querySelectorAll<HTMLAnchorElement>(".thumbs a")];
  const mark = (index: number): void => thumbs.forEach((thumb, i) => {
    if (i === index) thumb.setAttribute("aria-current", "true");
    else thumb.removeAttribute("aria-current");
  });
  thumbs.forEach((thumb, index) => thumb.addEventListener("click", (event) => {
    const slide = slides[index];
    if (!slide) return;
    event.preventDefault();
    show(gallery, slide);
    mark(index);
  }));
  if (thumbs.length > 0 && "IntersectionObserver" in window) {
    const observer = new IntersectionObserver((entries) => {
      for (const { isIntersecting, target } of entries) if (isIntersecting) mark(slides.indexOf(target as HTMLElement));
    }, { root: gallery, threshold: 0.6 });
    slides.forEach((slide) => observer.observe(slide));
  }
  wireZoom(gallery);
}

/** A press on a picture opens it large, over the page; arrow keys and buttons go on to the next. */
function wireZoom(gallery: HTMLElement): void {
  const dialog = document.querySelector<HTMLDialogElement>("dialog[data-zoom-dialog]");
  const links = [...gallery.querySelectorAll<HTMLAnchorElement>("a[data-zoom]")];
  if (!dialog || typeof dialog.showModal !== "function") return;
  const picture = new Image();
  dialog.prepend(picture);
  let at = 0;
  const turn = (index: number): void => {
    at = (index + links.length) % links.length;
    const small = links[at]?.querySelector("img");
    picture.src = links[at]?.href ?? "";
    picture.alt = small?.alt ?? "";
    const count = dialog.querySelector("[data-zoom-count]");
    if (count) count.textContent = `${at + 1} / ${links.length}`;
  };
  links.forEach((link, index) => link.addEventListener("click", (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    turn(index);
    dialog.showModal();
  }));
  dialog.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-zoom-step]") : null;
    if (button) turn(at + Number(button.dataset["zoomStep"]));
    else if (event.target === dialog) dialog.close();
  });
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "ArrowRight") turn(at + 1);
    if (event.key === "ArrowLeft") turn(at - 1);
  });
}
