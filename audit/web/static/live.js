// Brings the parts of a page up to date that a save changes beside its card: counts and what is missing.

document.addEventListener("saved", (event) => {
  for (const [name, html] of Object.entries(event.detail.live ?? {})) {
    for (const place of document.querySelectorAll(`[data-live="${CSS.escape(name)}"]`)) event.detail.renew(place, html);
  }
});
