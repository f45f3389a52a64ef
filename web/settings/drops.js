// Files that are dropped on a place of the page.

/** Files dropped on `zone` go to `take(files)`; `zone` has the class "over" while something is held above it. */
export function acceptDrops(zone, take) {
  for (const type of ["dragover", "dragleave", "drop"]) {
    zone.addEventListener(type, (event) => {
      event.preventDefault();
      zone.classList.toggle("over", type === "dragover");
    });
  }
  zone.addEventListener("drop", ({ dataTransfer }) => dataTransfer.files.length && take(dataTransfer.files));
}
