// Signs in again on the page at hand, so that what was typed never leaves it. Hears "signed-out" (a session that ended, or
// a form token of an earlier one); ends with "try-again", "someone-else" or, where nobody answers, "lost".

const dialog = document.querySelector("[data-part='sign-in']");
const form = dialog.querySelector("form");
const problem = dialog.querySelector("[data-part='sign-in-problem']");
const line = document.querySelector("[data-enhance='autosave-status']");
const mine = document.body.dataset.person;
let asking = null;
let renewed = -Infinity; // when the forms were last given a fresh token, in milliseconds of this page

function give(token) {
  document.querySelectorAll("input[name='csrf_token']").forEach((field) => { field.value = token; });
}

async function asked(address, options = {}) {
  const response = await fetch(address, { credentials: "same-origin", headers: { Accept: "application/json" }, ...options });
  return { status: response.status, said: await response.json() };
}

/** A fresh token, where this person is signed in again already; else the dialog. */
async function renew() {
  const { said } = await asked(form.dataset.token);
  give(said.token);
  if (said.person === mine && performance.now() - renewed > 3000) {
    renewed = performance.now();
    setTimeout(() => document.dispatchEvent(new CustomEvent("try-again")));
  } else if (said.person && said.person !== mine) document.dispatchEvent(new CustomEvent("someone-else"));
  else if (!dialog.open) {
    problem.hidden = true;
    dialog.showModal();
    form.elements.password.focus();
  }
}

function lost(words, wait) {
  document.dispatchEvent(new CustomEvent("lost", { detail: { words, wait } }));
}

document.addEventListener("signed-out", () => {
  asking ??= renew().catch(() => lost(line.dataset.failed)).finally(() => { asking = null; });
});

function refuse(words) {
  problem.textContent = words;
  problem.hidden = false;
  form.elements.password.focus();
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = form.querySelector("button");
  button.disabled = true;
  try {
    const body = new URLSearchParams(new FormData(form));
    const { status, said } = await asked(form.action, { method: "POST", body });
    if (status === 200) {
      form.elements.password.value = "";
      give(said.token);
      dialog.close("in");
      document.dispatchEvent(new CustomEvent("try-again"));
    } else refuse(said.message ?? said.detail);
  } catch {
    refuse(line.dataset.gone);
  } finally {
    button.disabled = false;
  }
});
dialog.querySelector("[data-part='not-now']").addEventListener("click", () => dialog.close());
dialog.addEventListener("close", () => { if (dialog.returnValue !== "in") lost(line.dataset.signedOut, false); });
