// Brings the parts of a page up to date that a save changes beside its card: counts and what is missing.

document.addEventListener("saved", (event) => {
  for (const [name, html] of Object.entries(event.detail.live ?? {})) {
    for (const place of document.querySelectorAll(`[data-live="${CSS.escape(name)}"]`)) renew(place, html);
  }
});

/** Puts new words in only where they differ, so that nothing is read out for nothing; a focused link stays focused. */
function renew(place, html) {
  const fresh = document.createElement("template");
  fresh.innerHTML = html;
  if (place.innerHTML.trim() === fresh.innerHTML.trim()) return;
  const focused = place.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  place.replaceChildren(fresh.content);
  if (focused) [...place.querySelectorAll("a")].find((link) => link.getAttribute("href") === focused)?.focus();
}
