// Counts down, and goes on as soon as the payment has ended: where to, the server says.
const BEAT = 1000;
const page = document.querySelector("[data-state-url]");
const timeLeft = document.getElementById("time-left");

function written(seconds) {
  const two = (number) => String(number).padStart(2, "0");
  const days = Math.floor(seconds / 86400);
  const hours = Math.floor(seconds / 3600) % 24;
  const minutes = Math.floor(seconds / 60) % 60;
  const clock =
    seconds >= 3600 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
  return days ? `${days} d ${clock}` : clock;
}

async function look() {
  const answer = await fetch(page.dataset.stateUrl, { cache: "no-store" });
  const state = answer.ok ? await answer.json() : { waits: false };
  if (!state.waits) {
    location.replace(page.dataset.endedUrl);
    return false;
  }
  timeLeft.textContent = written(state.secondsLeft);
  return true;
}

async function keepLooking() {
  let wait = BEAT;
  try {
    if (!(await look())) return;
  } catch {
    wait = 5 * BEAT; // the sandbox is away for a while
  }
  setTimeout(keepLooking, wait);
}

setTimeout(keepLooking, BEAT);
