// How a story goes, while it is played: the server draws it anew whenever something of it was told.

const live = document.getElementById("play-live");
const GATHERED = 200; // milliseconds in which news are gathered

const verdict = () => document.getElementById("play").dataset.verdict;
const said = document.getElementById("said");
let drawing = false;
let isStale = false;

// What the user has opened or closed stays so, and so does where they are.
const put = (html) => {
  const before = verdict();
  const turned = new Map();
  for (const story of live.querySelectorAll("details")) {
    if (story.dataset.turned) turned.set(story.id, story.open);
  }
  const focused = live.contains(document.activeElement) ? document.activeElement.id : "";
  const template = document.createElement("template");
  template.innerHTML = html; // drawn and escaped by the server
  live.replaceChildren(template.content);
  for (const [id, open] of turned) {
    const story = document.getElementById(id);
    if (story) Object.assign(story, { open }).dataset.turned = "yes";
  }
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  if (verdict() !== before) {
    document.title = document.title.replace(before, verdict());
    said.textContent = verdict();
    setTimeout(() => (said.textContent = ""), 4000);
  }
};

const draw = async () => {
  if (drawing) {
    isStale = true;
    return;
  }
  drawing = true;
  try {
    do {
      isStale = false;
      const answer = await fetch(`${location.pathname}?part=1`);
      if (answer.ok) put(await answer.text());
      if (isStale) await new Promise((done) => setTimeout(done, GATHERED));
    } while (isStale);
  } catch {
    said.textContent = "The sandbox does not answer";
  }
  drawing = false;
};

live.addEventListener("click", (event) => {
  const summary = event.target.closest("summary");
  if (summary) summary.parentElement.dataset.turned = "yes";
});

if (live.dataset.stream) {
  const news = new EventSource(live.dataset.stream);
  for (const kind of ["story", "step", "asked", "ended"]) news.addEventListener(kind, draw);
  news.addEventListener("verdict", () => {
    news.close();
    draw();
  });
  addEventListener("pagehide", () => news.close());
}
