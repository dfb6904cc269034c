// Single keys for the review: next, previous, finding, evidence, accept, reject, save and go on.
//
// They never act inside a field that takes text nor with a modifier key, and can be turned off (WCAG 2.1.4). Whether they
// are on is kept in this browser alone. Without this script every one of them is a link, a button or a radio button.

const KEPT = "plumbline-review-keys";
const form = document.getElementById("verdict");
const keyed = [...document.querySelectorAll("[data-enhance='keys']")];
const change = document.querySelector("[data-enhance='keys-switch']");
let on = remembered();

function remembered() {
  try {
    return localStorage.getItem(KEPT) !== "off";
  } catch {
    return true;
  }
}

function show() {
  keyed.forEach((part) => { part.hidden = !on; });
  change.hidden = false;
  change.textContent = on ? change.dataset.off : change.dataset.on;
}

change.addEventListener("click", () => {
  on = !on;
  try {
    localStorage.setItem(KEPT, on ? "on" : "off");
  } catch {
    // A browser that keeps nothing forgets the choice with the page.
  }
  show();
});
show();

/** To another page, once what was typed is saved. */
function go(address) {
  if (form) form.dispatchEvent(new CustomEvent("go-on", { detail: address }));
  else location.assign(address);
}

/** The evidence items that take a verdict, and the one the keyboard is at (or the first). */
const items = () => [...document.querySelectorAll(".evid--rv > li:has(.verdict)")];
const item = () => document.activeElement.closest?.(".evid--rv > li:has(.verdict)") ?? items()[0];

function nextItem() {
  const all = items();
  if (!all.length) return;
  const at = all.indexOf(document.activeElement.closest?.(".evid--rv > li"));
  const next = all[(at + 1) % all.length];
  (next.querySelector("a") ?? next.querySelector("input")).focus();
}

function judge(verdict) {
  const choice = item()?.querySelector(`input[data-verdict="${verdict}"]`);
  if (!choice) return;
  choice.focus();
  choice.click();
  if (verdict === "rejected") choice.closest("li").querySelector("textarea").focus();
}

function finding(number) {
  const choice = document.querySelector(`input[data-grade="${number}"]`);
  if (!choice) return;
  choice.focus();
  choice.click();
}

function follow(rel) {
  const way = document.querySelector(`.keys a[rel="${rel}"]`);
  if (way) go(way.href);
}

const KEYS = {
  j: () => follow("next"),
  k: () => follow("prev"),
  e: nextItem,
  a: () => judge("accepted"),
  r: () => judge("rejected"),
  s: () => document.querySelector("[data-goes-on]")?.click(),
  1: () => finding(1),
  2: () => finding(2),
  3: () => finding(3),
  4: () => finding(4),
};

function takesText(element) {
  return element.isContentEditable || element.matches("textarea, select, input:not([type='radio'], [type='checkbox'])");
}

document.addEventListener("keydown", (event) => {
  if (!on || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || takesText(event.target)) return;
  const act = KEYS[event.key.toLowerCase()];
  if (!act) return;
  event.preventDefault();
  act();
});

// Ways within the review wait until what was typed is saved.
document.querySelectorAll(".queue a, .keys a").forEach((way) => {
  way.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    go(way.href);
  });
});

form?.addEventListener("saved", (event) => {
  document.querySelector("[data-part='progress']").innerHTML = event.detail.progress;
});

// The open criterion stands in sight in its own pane; the page itself does not move.
const here = document.querySelector(".queue a[aria-current]");
const queue = document.querySelector(".queue");
const pane = getComputedStyle(queue).overflowY === "auto" ? queue : queue.parentElement;
if (here) pane.scrollTop += here.getBoundingClientRect().top - pane.getBoundingClientRect().top - pane.clientHeight / 3;
