// Saves each criterion by itself while its fields change; without this script the Save buttons do the same.
//
// A field may stand outside its form (form="…"). A button with data-goes-on leads there once everything is saved, and so
// does the event "go-on" (its detail is the address); after each save the form sends "saved" with what the server said.

const PAUSE = 800; // milliseconds after the last key
const AGAIN = [2000, 5000, 15000, 30000, 60000]; // milliseconds between attempts when a save fails

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
  let kept = text(form); // what the server has, as far as this page knows
  let timer = 0;
  let attempts = 0;
  let saving = null;
  let stopped = Boolean(holder.querySelector(".conflict"));
  let refused = false; // the server could not use what was sent last
  let made = []; // the sentences this script put at fields

  function later(wait) {
    clearTimeout(timer);
    timer = setTimeout(save, wait);
  }

  function changed() {
    if (!stopped && text(form) !== kept) later(PAUSE);
  }

  function tell(words) {
    status.textContent = words;
    say.textContent = words;
  }

  async function save() {
    clearTimeout(timer);
    if (saving) return saving;
    if (stopped || text(form) === kept) return undefined;
    saving = send();
    await saving;
    saving = null;
    if (!attempts) changed();
    return undefined;
  }

  async function send() {
    const sent = text(form);
    tell(line.dataset.saving);
    let response;
    try {
      response = await fetch(form.action, {
        method: "POST",
        body: new URLSearchParams(new FormData(form)),
        headers: { Accept: "application/json" },
        credentials: "same-origin",
        redirect: "error",
        keepalive: sent.length < 60000,
      });
    } catch {
      return retry(navigator.onLine === false ? line.dataset.gone : line.dataset.failed);
    }
    const said = await response.json().catch(() => ({}));
    if (response.ok && said.version) return saved(sent, said);
    if (response.status === 409 && said.conflict) return contested(said);
    if (response.status === 422) return problems(sent, said);
    if (response.status === 409) return stop(said.detail || line.dataset.stopped);
    if (response.status === 401 || response.status === 400) return retry(line.dataset.signedOut);
    if (response.status === 403 || response.status === 404) return stop(said.detail || line.dataset.stopped);
    return retry(line.dataset.failed);
  }

  function saved(sent, said) {
    kept = sent;
    attempts = 0;
    refused = false;
    form.elements.version.value = said.version;
    block.querySelectorAll("input[name='version']").forEach((field) => { field.value = said.version; });
    block.querySelectorAll("[data-part='state']").forEach((part) => { part.innerHTML = said.state; });
    for (const [indicator, html] of Object.entries(said.figures ?? {})) {
      const output = form.querySelector(`[data-figure="${CSS.escape(indicator)}"]`);
      if (output) output.innerHTML = html;
    }
    const computed = form.querySelector("[data-part='computed']");
    if (computed && said.computed) computed.innerHTML = said.computed;
    unmark();
    if ("answered" in said) count(form, said.answered);
    tell(said.message);
    form.dispatchEvent(new CustomEvent("saved", { detail: said }));
  }

  function contested(said) {
    stopped = true;
    holder.innerHTML = said.conflict;
    holder.querySelector("[data-keep='mine']").addEventListener("click", (event) => {
      event.preventDefault();
      form.elements.version.value = said.version;
      holder.replaceChildren();
      stopped = false;
      kept = null;
      save();
      form.querySelector("textarea").focus();
    });
    tell(line.dataset.conflict);
    holder.firstElementChild.focus();
  }

  function problems(sent, said) {
    kept = sent; // the same text would be refused again; the next change tries anew
    attempts = 0;
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

  function retry(words) {
    tell(words);
    later(AGAIN[Math.min(attempts, AGAIN.length - 1)]);
    attempts += 1;
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

  async function goOn(address) {
    clearTimeout(timer);
    await save();
    if (!stopped && !refused && text(form) !== kept && !attempts) await save();
    if (!stopped && !refused && text(form) === kept) location.assign(address);
    else [...form.elements].find((field) => field.getAttribute("aria-invalid") === "true")?.focus();
  }

  const own = (event) => event.target.form === form;
  document.addEventListener("input", (event) => { if (own(event)) changed(); });
  document.addEventListener("change", (event) => { if (own(event) && !stopped && text(form) !== kept) later(0); });
  document.addEventListener("focusout", (event) => { if (own(event) && event.relatedTarget?.form !== form) save(); });
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
  return { save, open: () => !stopped && (saving !== null || text(form) !== kept) };
}

/** What the form says, without the version and the token, which are no words of a person. */
function text(form) {
  const data = new FormData(form);
  data.delete("version");
  data.delete("csrf_token");
  return new URLSearchParams(data).toString();
}

/** One more or one less answered, in the list of themes, written in the page's own digits. */
function count(form, answered) {
  const before = form.dataset.answered === "1";
  if (before === answered) return;
  form.dataset.answered = answered ? "1" : "0";
  const place = document.querySelector("[data-part='count']");
  const now = Number(place.dataset.answered) + (answered ? 1 : -1);
  place.dataset.answered = String(now);
  const digits = new Intl.NumberFormat(document.documentElement.lang.startsWith("en") ? "en" : document.documentElement.lang);
  place.firstElementChild.textContent = `${digits.format(now)}/${digits.format(Number(place.dataset.total))}`;
}

addEventListener("online", () => cards.forEach((one) => one.save()));
document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") cards.forEach((one) => one.save()); });
addEventListener("beforeunload", (event) => {
  const open = cards.filter((one) => one.open());
  open.forEach((one) => one.save());
  if (open.length) event.preventDefault();
});
