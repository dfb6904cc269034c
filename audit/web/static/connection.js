// Says that nothing reaches the server, and when it will be tried again; "Try now" does not wait. Hears "lost" (words, and
// wait: false where only a person can help) and "reached"; says "try-again".

const AGAIN = [2, 5, 15, 30, 60]; // seconds between attempts

const banner = document.querySelector("[data-part='lost']");
const said = banner.querySelector("[data-part='lost-words']");
const wait = banner.querySelector("[data-part='lost-wait']");
const digits = new Intl.NumberFormat(`${document.documentElement.lang}-u-nu-latn`);
let attempts = 0;
let left = 0;
let ticking = 0;

function tick() {
  if (left <= 0) {
    again();
    return;
  }
  wait.textContent = wait.dataset.words.replace("{n}", digits.format(left));
  left -= 1;
}

function again() {
  clearInterval(ticking);
  ticking = 0;
  wait.textContent = "";
  document.dispatchEvent(new CustomEvent("try-again"));
}

document.addEventListener("lost", ({ detail }) => {
  if (said.textContent !== detail.words) said.textContent = detail.words;
  banner.hidden = false;
  if (detail.wait === false) {
    clearInterval(ticking);
    ticking = 0;
    wait.textContent = "";
  } else if (!ticking) {
    left = AGAIN[Math.min(attempts, AGAIN.length - 1)];
    attempts += 1;
    ticking = setInterval(tick, 1000);
    tick();
  }
});
document.addEventListener("reached", () => {
  clearInterval(ticking);
  ticking = 0;
  attempts = 0;
  banner.hidden = true;
});
banner.querySelector("button").addEventListener("click", again);
addEventListener("online", () => { if (!banner.hidden) again(); });
