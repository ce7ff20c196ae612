// A row of offers that scrolls. The script adds buttons, and lets it move on slowly by itself: never faster than every
// five seconds, not while somebody points at it, has it in focus or has pressed pause, and never for people who asked
// their system for less motion. Moving on by itself ends for good as soon as somebody scrolls or presses a button.

const LEAST_SECONDS = 5;

export function wireCarousel(carousel: HTMLElement): void {
  const row = carousel.querySelector<HTMLElement>("[data-slides]");
  const acts = carousel.querySelector<HTMLElement>("[data-acts]");
  if (!row || !acts || row.scrollWidth <= row.clientWidth + 4) return;
  acts.hidden = false;

  const step = (direction: number): void => {
    const slide = row.firstElementChild as HTMLElement | null;
    const width = slide ? slide.offsetWidth : row.clientWidth;
    const end = row.scrollWidth - row.clientWidth;
    const ahead = row.scrollLeft + direction * width;
    const to = direction > 0 && row.scrollLeft >= end - 4 ? 0 : direction < 0 && row.scrollLeft <= 4 ? end : ahead;
    row.scrollTo({ left: to, behavior: "smooth" });
  };

  const pause = acts.querySelector<HTMLButtonElement>("[data-pause]");
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  let paused = calm;
  const stop = (): void => {
    paused = true;
    pause?.setAttribute("aria-pressed", "true");
  };
  acts.querySelectorAll<HTMLButtonElement>("[data-step]").forEach((button) =>
    button.addEventListener("click", () => {
      stop();
      step(Number(button.dataset["step"]));
    }),
  );
  if (!pause) return;
  pause.hidden = calm;
  pause.addEventListener("click", () => {
    paused = !paused;
    pause.setAttribute("aria-pressed", String(paused));
  });
  for (const kind of ["wheel", "touchstart", "keydown"]) row.addEventListener(kind, stop, { passive: true });
  const seconds = Math.max(Number(carousel.dataset["seconds"]) || 0, LEAST_SECONDS);
  setInterval(() => {
    const busy = document.hidden || carousel.matches(":hover, :focus-within");
    if (!paused && !busy) step(1);
  }, seconds * 1_000);
}
