// Saves each criterion by itself while its fields change; without this script the Save buttons do the same.

const PAUSE = 800; // milliseconds after the last key
const AGAIN = [2000, 5000, 15000, 30000, 60000]; // milliseconds between attempts when a save fails

const line = document.querySelector("[data-enhance='autosave-status']");
const say = line.querySelector("span");
line.hidden = false;
say.textContent = line.dataset.waiting;

const cards = [...document.querySelectorAll("form[data-enhance='autosave']")].map(card);

function card(form) {
  const status = form.querySelector("[data-part='status']");
  const holder = form.querySelector("[data-part='conflict']");
  const block = form.closest(".crit, .closed");
  let kept = text(form); // what the server has, as far as this page knows
  let timer = 0;
  let attempts = 0;
  let saving = null;
  let stopped = Boolean(holder.querySelector(".conflict"));

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
    form.elements.version.value = said.version;
    block.querySelectorAll("input[name='version']").forEach((field) => { field.value = said.version; });
    block.querySelectorAll("[data-part='state']").forEach((part) => { part.innerHTML = said.state; });
    for (const [indicator, html] of Object.entries(said.figures)) {
      const output = form.querySelector(`[data-figure="${CSS.escape(indicator)}"]`);
      if (output) output.innerHTML = html;
    }
    const computed = form.querySelector("[data-part='computed']");
    if (computed && said.computed) computed.innerHTML = said.computed;
    unmark(form);
    count(form, said.answered);
    tell(said.message);
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
    unmark(form);
    for (const { field, message } of said.problems || []) {
      const at = document.getElementById(field);
      if (!at || !form.contains(at)) continue;
      const words = document.createElement("p");
      words.className = "errmsg";
      words.id = `${field}-problem`;
      words.textContent = message;
      words.dataset.made = "";
      at.setAttribute("aria-invalid", "true");
      at.setAttribute("aria-describedby", `${at.dataset.described ?? ""} ${words.id}`.trim());
      (at.type === "radio" ? at.closest(".levels") : at).before(words);
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

  form.addEventListener("input", changed);
  form.addEventListener("change", () => { if (!stopped && text(form) !== kept) later(0); });
  form.addEventListener("focusout", (event) => { if (!form.contains(event.relatedTarget)) save(); });
  form.addEventListener("submit", (event) => {
    if (stopped) return;
    event.preventDefault();
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

function unmark(form) {
  form.querySelectorAll(".errmsg[data-made]").forEach((words) => words.remove());
  form.querySelectorAll("[aria-invalid]").forEach((field) => field.removeAttribute("aria-invalid"));
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
