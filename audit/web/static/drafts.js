// Keeps text that is not saved yet in this tab (sessionStorage), offers it after a reload or a crash, and forgets it once
// it is saved, thrown away, at sign-out, and wherever another person signed in. People can switch it off.

const PREFIX = "plumbline-draft:";
const MOST = 5; // of one form, the latest
const person = document.body.dataset.person ?? "";
const keeps = "keepsDrafts" in document.body.dataset;

const keyOf = (form) => `${PREFIX}${person}:${new URL(form.action).pathname}`;

/** The storage of this tab; a browser that keeps nothing gives and takes nothing. */
function tab(act) {
  try {
    return act(sessionStorage);
  } catch {
    return null;
  }
}

const read = (key) => tab((storage) => JSON.parse(storage.getItem(key) ?? "[]")) ?? [];

function write(key, drafts) {
  tab((storage) => (drafts.length ? storage.setItem(key, JSON.stringify(drafts.slice(-MOST))) : storage.removeItem(key)));
}

function forget(spared = "") {
  tab((storage) => Object.keys(storage)
    .filter((key) => key.startsWith(PREFIX) && !(spared && key.startsWith(spared)))
    .forEach((key) => storage.removeItem(key)));
}

function words(form) {
  const data = new FormData(form);
  data.delete("csrf_token");
  data.delete("version");
  return [...data].filter(([, value]) => typeof value === "string");
}

forget(keeps ? `${PREFIX}${person}:` : "");

if (keeps) {
  document.addEventListener("unsaved", ({ target: form }) => {
    const waiting = read(keyOf(form)).filter((draft) => !draft.live);
    write(keyOf(form), [...waiting, { live: true, version: form.elements.version.value, words: words(form) }]);
  });
  document.addEventListener("settled", ({ target: form }) => {
    write(keyOf(form), read(keyOf(form)).filter((draft) => !draft.live));
  });
  document.addEventListener("opened", ({ target: form, detail: { kept } }) => {
    const key = keyOf(form);
    const left = read(key).filter((draft) => new URLSearchParams(draft.words).toString() !== kept);
    write(key, left.map(({ version, words: said }) => ({ version, words: said })));
    left.forEach((draft) => offer(form, key, draft));
  });
}

function offer(form, key, draft) {
  const note = document.querySelector("template[data-part='draft']").content.firstElementChild.cloneNode(true);
  const shown = Object.fromEntries(draft.words);
  note.querySelector("[data-part='draft-text']").textContent = shown.justification ?? shown.comment ?? "";
  note.addEventListener("click", (event) => {
    const choice = event.target.closest("[data-draft]")?.dataset.draft;
    if (!choice) return;
    const said = new URLSearchParams(draft.words).toString();
    write(key, read(key).filter((one) => new URLSearchParams(one.words).toString() !== said));
    note.remove();
    if (choice === "back") {
      // Typed over an older version: the server then shows both texts instead of overwriting one.
      form.elements.version.value = draft.version;
      form.dispatchEvent(new CustomEvent("put-back", { detail: draft.words }));
    }
    form.querySelector("textarea").focus();
  });
  form.closest("details")?.setAttribute("open", "");
  form.prepend(note);
}

addEventListener("submit", (event) => {
  if (!event.defaultPrevented && new URL(event.target.action).pathname === "/sign-out") forget();
});
