// What is new appears on the phone without a reload. While nothing happens, one small answer a second is all it costs;
// while nobody looks, nothing.
const BEAT = 1000;
const device = document.querySelector("[data-pulse-url]");
let pulse = device.dataset.pulse;

async function look() {
  if (document.hidden) return;
  const answer = await fetch(device.dataset.pulseUrl, { cache: "no-store" });
  if (!answer.ok) return;
  const now = await answer.text();
  if (now === pulse) return;
  await renew();
  pulse = now;
}

// Put the page as it is now in place of what is shown, if anything on it has changed.
async function renew() {
  const answer = await fetch(location.href, { cache: "no-store" });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const shown = document.getElementById("screen");
  const fresh = page.getElementById("screen");
  if (!fresh || fresh.outerHTML === shown.outerHTML) return;
  const known = new Set(Array.from(shown.querySelectorAll("[id]"), (element) => element.id));
  const focused = shown.contains(document.activeElement) ? document.activeElement.id : "";
  const scrolled = shown.scrollTop;
  const arrived = document.importNode(fresh, true);
  for (const { id } of shown.querySelectorAll("details[open] > summary[id]")) {
    arrived.querySelector(`#${CSS.escape(id)}`)?.parentElement.setAttribute("open", "");
  }
  for (const element of arrived.querySelectorAll("[data-arrives]")) {
    if (!known.has(element.id)) element.classList.add("arrives");
  }
  shown.replaceWith(arrived);
  document.title = page.title;
  arrived.scrollTop = scrolled;
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
}

async function keepLooking() {
  let wait = BEAT;
  try {
    await look();
  } catch {
    wait = 5 * BEAT; // the sandbox is away for a while
  }
  setTimeout(keepLooking, wait);
}

setTimeout(keepLooking, BEAT);

// Escape closes what was opened last: a choice, or else a sheet.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const summary = document.querySelector("details[open] > summary");
  if (!summary) {
    document.getElementById("close")?.click();
    return;
  }
  summary.parentElement.open = false;
  summary.focus();
});

// A second tap on the same button is not a second answer.
document.addEventListener("submit", (event) => {
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "yes";
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});
