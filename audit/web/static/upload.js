// Sends a chosen file in parts, so that a broken connection costs one part and not the whole; without this script, or
// where the browser cannot compute a fingerprint, the form sends the file itself as it always did.
//
// A file leaves only once both declarations are ticked. What has arrived is named in the hidden field "upload".

const AGAIN = [1000, 2000, 5000, 15000, 30000, 60000]; // milliseconds between attempts when sending fails
const words = document.querySelector("[data-enhance='upload-words']")?.dataset;

if (words && globalThis.crypto?.subtle) document.querySelectorAll("[data-enhance='upload']").forEach(field);

function field(place) {
  const input = place.querySelector("input[type='file']");
  const form = input.form;
  const arrived = form.elements.upload;
  const boxes = [form.elements.no_abuse_image, form.elements.no_personal_data];
  let shown = null; // the parts of the page this script made, once a file is chosen
  let run = null; // the sending under way
  let waiting = null; // the button that was pressed before the file had arrived

  place.classList.add("drop");
  const hint = document.createElement("span");
  hint.className = "hint drop-hint";
  hint.textContent = words.drop;
  input.before(hint);

  function show() {
    if (shown) return;
    const box = document.createElement("div");
    box.className = "upload";
    const bar = document.createElement("progress");
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute("aria-label", words.progress);
    const number = document.createElement("span");
    number.className = "num meta";
    number.setAttribute("aria-hidden", "true"); // the bar says it
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn--small";
    const said = document.createElement("p");
    said.setAttribute("role", "status");
    box.append(bar, number, button, said);
    place.append(box);
    shown = { box, bar, number, button, said };
    button.addEventListener("click", () => (run && !run.paused ? pause() : go()));
  }

  function say(text) {
    show();
    if (shown.said.textContent !== text) shown.said.textContent = text;
  }

  /** What the bar and the button show; a screen reader hears of the state only when it changes. */
  function draw(share, { sending = false, resumable = false } = {}) {
    show();
    shown.bar.value = share;
    shown.number.textContent = new Intl.NumberFormat(document.documentElement.lang.slice(0, 2), {
      style: "percent",
      numberingSystem: "latn",
    }).format(share);
    shown.bar.hidden = shown.number.hidden = !sending && !resumable && share === 0;
    shown.button.hidden = !sending && !resumable;
    shown.button.textContent = sending ? words.pause : words.resume;
  }

  function reset() {
    if (run) run.paused = true;
    run = null;
    arrived.value = "";
    input.disabled = false;
    if (shown) shown.box.remove();
    shown = null;
  }

  function pause(text = words.paused) {
    if (!run) return;
    run.paused = true;
    run.cut?.abort();
    draw(run.share, { resumable: true });
    say(text);
  }

  async function go() {
    const file = input.files[0];
    if (!file || arrived.value || (run && !run.paused)) return;
    if (!boxes.every((box) => box.checked)) {
      draw(0);
      say(words.ticks);
      return;
    }
    const own = { paused: false, share: run?.share ?? 0 };
    run = own;
    try {
      await send(file, own);
    } catch (refusal) {
      if (own !== run || own.paused) return;
      own.paused = true;
      waiting = null;
      draw(own.share, { resumable: refusal.resumable });
      say(refusal.message);
    }
  }

  async function send(file, own) {
    draw(own.share, { sending: true });
    say(words.preparing);
    const digest = await fingerprint(file);
    const announced = new FormData();
    for (const box of boxes) announced.set(box.name, box.checked ? "y" : "");
    announced.set("name", file.name);
    announced.set("size", String(file.size));
    announced.set("digest", digest);
    const begun = await ask(place.dataset.begin, announced, own);
    if (!begun) return;
    if (begun.known) {
      known(begun);
      return;
    }
    say(words.sending);
    const parts = Math.ceil(file.size / begun.part);
    const held = new Set(begun.held);
    for (let number = 0; number < parts; number += 1) {
      own.share = held.size / parts;
      draw(own.share, { sending: true });
      if (held.has(number)) continue;
      const part = file.slice(number * begun.part, (number + 1) * begun.part);
      if (!(await ask(`${place.dataset.begin}/${begun.upload}/parts/${number}`, part, own))) return;
      held.add(number);
    }
    if (own !== run || own.paused) return;
    own.share = 1;
    draw(1);
    arrived.value = begun.upload;
    input.disabled = true; // what has arrived is not sent a second time
    say(waiting ? words.finishing : words.arrived);
    if (waiting) form.requestSubmit(waiting);
  }

  /** Post until there is an answer; undefined when the person paused meanwhile. A refusal is thrown, in its words. */
  async function ask(address, body, own) {
    for (let attempt = 0; own === run && !own.paused; attempt += 1) {
      const headers = { Accept: "application/json", "X-CSRFToken": form.elements.csrf_token.value };
      if (body instanceof Blob) headers["Content-Type"] = "application/octet-stream";
      let response = null;
      try {
        own.cut = new AbortController();
        response = await fetch(address, {
          method: "POST", body, headers, credentials: "same-origin", redirect: "error", signal: own.cut.signal,
        });
      } catch {
        if (own.paused) return undefined;
      }
      if (response?.ok) {
        if (attempt) say(words.sending);
        return response.json();
      }
      if (response && response.status < 500) {
        const said = await response.json().catch(() => ({}));
        if (response.status === 401 || response.status === 400) {
          own.signedOut = true;
          document.dispatchEvent(new CustomEvent("signed-out")); // a page that can signs in on the spot
          throw refused(words.signedOut, true);
        }
        throw refused(said.detail ?? words.failed, response.status === 429 || response.status === 404);
      }
      say(words.waiting);
      await pauseOrOnline(AGAIN[Math.min(attempt, AGAIN.length - 1)]);
    }
    return undefined;
  }

  function known(begun) {
    run = null;
    draw(0);
    say(begun.message);
    const way = document.createElement(place.dataset.offer ? "button" : "a");
    if (place.dataset.offer) {
      way.className = "btn btn--small";
      way.formAction = place.dataset.offer;
      way.name = "item";
      way.value = begun.known;
      way.textContent = begun.use;
    } else {
      way.href = begun.address;
      way.textContent = begun.see;
    }
    input.disabled = true;
    shown.box.append(way);
    waiting = null;
    way.focus();
  }

  input.addEventListener("change", () => {
    reset();
    go();
  });
  for (const box of boxes) box.addEventListener("change", () => { if (box.checked && input.files.length) go(); });
  for (const name of ["dragenter", "dragover"]) {
    place.addEventListener(name, (event) => {
      if (![...event.dataTransfer.types].includes("Files")) return;
      event.preventDefault();
      place.classList.add("drop--over");
    });
  }
  place.addEventListener("dragleave", () => place.classList.remove("drop--over"));
  place.addEventListener("drop", (event) => {
    place.classList.remove("drop--over");
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    input.disabled = false;
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
  form.addEventListener("submit", (event) => {
    if (event.submitter?.formAction && event.submitter.name === "item") return;
    if (input.disabled || !input.files.length || arrived.value) return;
    event.preventDefault();
    const open = boxes.find((box) => !box.checked);
    if (open) {
      go();
      open.focus();
      return;
    }
    waiting = event.submitter;
    go();
  });
  document.addEventListener("try-again", () => { if (run?.signedOut) go(); });
  addEventListener("pageshow", (event) => { if (event.persisted) reset(); });
}

function refused(message, resumable) {
  return Object.assign(new Error(message), { resumable });
}

function pauseOrOnline(wait) {
  return new Promise((done) => {
    const timer = setTimeout(done, wait);
    addEventListener("online", () => { clearTimeout(timer); done(); }, { once: true });
  });
}

async function fingerprint(file) {
  const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
