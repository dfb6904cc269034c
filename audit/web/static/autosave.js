// Saves each criterion by itself while its fields change; without this script the Save buttons do the same.
//
// A field may stand outside its form (form="…"). A button with data-goes-on leads there once everything is saved, and so
// does the event "go-on" (its detail is the address). What a form tells others, by events that bubble: "opened" at the
// start, "unsaved" when its text is not the stored one, "settled" when it is, "saved" with what the server said.
// The document hears "lost" (no answer), "reached" (an answer) and "signed-out"; on "try-again" every form saves.

const PAUSE = 800; // milliseconds after the last key
const PATIENCE = 4000; // milliseconds that a way off the page waits for its words to be saved

const line = document.querySelector("[data-enhance='autosave-status']");
const say = line.querySelector("span");
line.hidden = false;
document.querySelector("[data-enhance='without-script']").hidden = true;
say.textContent = line.dataset.waiting;

const cards = [...document.querySelectorAll("form[data-enhance='autosave']")].map(card);

function card(form) {
  const status = form.querySelector("[data-part='status']");
  const holder = form.querySelector("[data-part='conflict']");
  const block = form.closest(".crit, .closed, .rv");
  let kept = asShown(form); // what the server has, as far as this page knows
  let doubtful = null; // what was sent without an answer: it goes once more as it was, so that it counts once
  let timer = 0;
  let saving = null;
  let stopped = Boolean(holder.querySelector(".conflict"));
  let failed = false; // the last attempt reached nobody, or nobody who may save
  let refused = false; // the server could not use what was sent last
  let made = []; // the sentences this script put at fields

  function later(wait) {
    clearTimeout(timer);
    timer = setTimeout(save, wait);
  }

  function changed(wait = PAUSE) {
    const open = text(form) !== kept;
    form.dispatchEvent(new CustomEvent(open ? "unsaved" : "settled", { bubbles: true }));
    if (open && !stopped && !failed) later(wait);
  }

  function tell(words) {
    status.textContent = words;
    say.textContent = words;
  }

  async function save() {
    clearTimeout(timer);
    if (saving) return saving;
    if (stopped || (text(form) === kept && doubtful === null)) return undefined;
    saving = send();
    await saving;
    saving = null;
    if (!failed && !stopped && text(form) !== kept) later(refused ? PAUSE : 0);
    return undefined;
  }

  async function send() {
    const now = text(form);
    const sent = doubtful ?? { text: now, body: new URLSearchParams(new FormData(form)) };
    sent.body.set("csrf_token", form.elements.csrf_token.value);
    tell(line.dataset.saving);
    let response;
    try {
      response = await fetch(form.action, {
        method: "POST",
        body: sent.body,
        headers: { Accept: "application/json" },
        credentials: "same-origin",
        redirect: "error",
        signal: AbortSignal.timeout?.(20000), // a line that hangs is a line that is down
        keepalive: sent.body.toString().length < 60000,
      });
    } catch {
      doubtful = sent;
      return lost(navigator.onLine === false ? line.dataset.gone : line.dataset.failed);
    }
    const said = await response.json().catch(() => ({}));
    if (response.status === 401 || response.status === 400) return signedOut();
    if (response.status >= 500 || response.status === 429 || (response.ok && !said.version)) {
      doubtful = sent;
      return lost(line.dataset.failed);
    }
    failed = false;
    doubtful = null;
    document.dispatchEvent(new CustomEvent("reached"));
    if (response.ok) return saved(sent.text, said);
    if (sent.text !== now) return undefined; // an older attempt was refused: what stands in the fields now goes next
    if (response.status === 409 && said.conflict) return contested(said);
    if (response.status === 422) return problems(sent.text, said);
    return stop(said.detail || line.dataset.stopped);
  }

  function saved(sent, said) {
    kept = sent;
    refused = false;
    form.elements.version.value = said.version;
    block.querySelectorAll("input[name='version']").forEach((field) => { field.value = said.version; });
    for (const part of ["state", "history", "signs"]) {
      if (part in said) block.querySelectorAll(`[data-part='${part}']`).forEach((place) => renew(place, said[part]));
    }
    for (const [indicator, html] of Object.entries(said.figures ?? {})) {
      const output = form.querySelector(`[data-figure="${CSS.escape(indicator)}"]`);
      if (output) renew(output, html);
    }
    const computed = form.querySelector("[data-part='computed']");
    if (computed && said.computed) renew(computed, said.computed);
    unmark();
    if ("answered" in said) count(form, said.answered);
    tell(said.message);
    form.dispatchEvent(new CustomEvent("saved", { detail: { ...said, renew }, bubbles: true }));
    form.dispatchEvent(new CustomEvent(text(form) === kept ? "settled" : "unsaved", { bubbles: true }));
  }

  function contested(said) {
    stopped = true;
    holder.innerHTML = said.conflict;
    tell(line.dataset.conflict);
    holder.firstElementChild.focus();
    holder.onclick = (event) => {
      const choice = event.target.closest("[data-keep]")?.dataset.keep;
      if (choice === "theirs") {
        kept = text(form);
        form.dispatchEvent(new CustomEvent("settled", { bubbles: true }));
      } else if (choice) {
        event.preventDefault();
        if (choice === "both") fill(form, Object.entries(said.both));
        form.elements.version.value = said.version;
        holder.replaceChildren();
        stopped = false;
        kept = null;
        changed(choice === "both" ? PAUSE : 0);
        form.querySelector("textarea").focus();
      }
    };
  }

  function problems(sent, said) {
    kept = sent; // the same text would be refused again; the next change tries anew
    refused = true;
    unmark();
    for (const { field, message } of said.problems || []) {
      const at = document.getElementById(field);
      if (!at || at.form !== form) continue;
      const words = document.createElement("p");
      words.className = "errmsg";
      words.id = `${field}-problem`;
      words.textContent = message;
      made.push(words);
      at.setAttribute("aria-invalid", "true");
      at.setAttribute("aria-describedby", `${at.dataset.described ?? ""} ${words.id}`.trim());
      (at.type === "radio" ? at.closest(".levels, .choice-row, .verdict") : at).before(words);
    }
    tell(said.message || line.dataset.problem);
  }

  function lost(words) {
    failed = true;
    tell(words);
    document.dispatchEvent(new CustomEvent("lost", { detail: { words } }));
  }

  function signedOut() {
    failed = true;
    tell(line.dataset.signedOut);
    document.dispatchEvent(new CustomEvent("signed-out"));
  }

  function stop(words) {
    stopped = true;
    tell(words);
  }

  function unmark() {
    made.forEach((words) => words.remove());
    made = [];
    [...form.elements].forEach((field) => field.removeAttribute("aria-invalid"));
  }

  const open = () => !stopped && (saving !== null || doubtful !== null || text(form) !== kept);

  /** Saves what is open, also what is typed meanwhile; ends when nothing is open or an attempt came to nothing. */
  async function flush() {
    clearTimeout(timer);
    for (let attempt = 0; open() && attempt < 4; attempt += 1) {
      await save();
      if (failed || refused) return;
    }
  }

  async function goOn(address) {
    await flush();
    if (!stopped && !refused && !open()) location.assign(address);
    else [...form.elements].find((field) => field.getAttribute("aria-invalid") === "true")?.focus();
  }

  const own = (event) => event.target.form === form;
  document.addEventListener("input", (event) => { if (own(event)) changed(); });
  document.addEventListener("change", (event) => { if (own(event)) changed(0); });
  document.addEventListener("focusout", (event) => {
    if (own(event) && event.relatedTarget?.form !== form && !failed) save();
  });
  form.addEventListener("go-on", (event) => goOn(event.detail));
  form.addEventListener("submit", (event) => {
    if (stopped) return;
    event.preventDefault();
    if (event.submitter?.dataset.goesOn) {
      goOn(event.submitter.dataset.goesOn);
      return;
    }
    if (text(form) === kept) tell(status.textContent || line.dataset.waiting);
    save();
  });
  form.addEventListener("put-back", (event) => { fill(form, event.detail); changed(0); });
  form.dispatchEvent(new CustomEvent("opened", { bubbles: true, detail: { kept } }));
  if (text(form) !== kept) changed(); // typed before this script came, or put back by the browser
  return { save, flush, open, stop };
}

/** Puts new words in only where they differ, so that nothing is read out for nothing; a focused link stays focused. */
function renew(place, html) {
  const fresh = document.createElement("template");
  fresh.innerHTML = html;
  if (place.innerHTML.trim() === fresh.innerHTML.trim()) return;
  const focused = place.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  place.replaceChildren(fresh.content);
  if (focused) [...place.querySelectorAll("a")].find((link) => link.getAttribute("href") === focused)?.focus();
}

/** What the form says, without the version and the token, which are no words of a person. */
function text(form) {
  const data = new FormData(form);
  data.delete("version");
  data.delete("csrf_token");
  return new URLSearchParams(data).toString();
}

/** What the form said when the page was made, whatever has been typed or put back by the browser since. */
function asShown(form) {
  const data = new URLSearchParams();
  for (const field of form.elements) {
    if (!field.name || field.disabled || ["version", "csrf_token"].includes(field.name)) continue;
    if (["submit", "button", "file", "fieldset", "output"].includes(field.type)) continue;
    if (field.type === "radio" || field.type === "checkbox") {
      if (field.defaultChecked) data.append(field.name, field.value);
    } else if (field.localName === "select") {
      const chosen = [...field.options].find((option) => option.defaultSelected) ?? field.options[0];
      data.append(field.name, chosen?.value ?? "");
    } else data.append(field.name, field.type === "date" ? field.value : field.defaultValue);
  }
  return data.toString();
}

/** Puts pairs of name and value into the fields; a field that is not named is left as it is. */
function fill(form, pairs) {
  const given = new Map(pairs);
  for (const field of form.elements) {
    if (field.type === "radio") field.checked = given.has(field.name) ? given.get(field.name) === field.value : field.checked;
    else if (field.type === "checkbox") field.checked = given.has(field.name);
    else if (given.has(field.name)) field.value = given.get(field.name);
  }
}

/** One more or one less answered, in the list of themes, written in the page's own digits. */
function count(form, answered) {
  const before = form.dataset.answered === "1";
  if (before === answered) return;
  form.dataset.answered = answered ? "1" : "0";
  const place = document.querySelector("[data-part='count']");
  const now = Number(place.dataset.answered) + (answered ? 1 : -1);
  place.dataset.answered = String(now);
  const digits = new Intl.NumberFormat(`${document.documentElement.lang}-u-nu-latn`);
  place.firstElementChild.textContent = `${digits.format(now)}/${digits.format(Number(place.dataset.total))}`;
}

const anyOpen = () => cards.some((one) => one.open());
const flushAll = () => Promise.race([
  Promise.all(cards.map((one) => one.flush())),
  new Promise((done) => { setTimeout(done, PATIENCE); }),
]);

document.addEventListener("try-again", () => cards.forEach((one) => one.save()));
document.addEventListener("someone-else", () => cards.forEach((one) => one.stop(line.dataset.someoneElse)));
document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") cards.forEach((one) => one.save()); });

// Ways off this page wait, for a while, until what was typed is saved.
document.addEventListener("click", async (event) => {
  const way = event.target.closest?.("a[href]");
  if (!way || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  if (way.target || way.hasAttribute("download") || way.getAttribute("href").startsWith("#") || !anyOpen()) return;
  event.preventDefault();
  await flushAll();
  location.assign(way.href);
});
const through = new WeakSet();
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (form.dataset.enhance === "autosave" || form.method === "dialog" || form.dataset.part || through.delete(form) || !anyOpen()) return;
  event.preventDefault();
  event.stopPropagation();
  await flushAll();
  through.add(form);
  form.requestSubmit(event.submitter);
}, { capture: true });
addEventListener("beforeunload", (event) => {
  const open = cards.filter((one) => one.open());
  open.forEach((one) => one.save());
  if (open.length) event.preventDefault();
});
