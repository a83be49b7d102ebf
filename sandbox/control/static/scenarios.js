// How a story goes, while it is played: the server draws it anew whenever something of it was told.

const live = document.getElementById("play-live");
const GATHERED = 200; // milliseconds in which news are gathered

let drawing = false;
let isStale = false;

// What the user has opened or closed stays so, and so does where they are.
const put = (html) => {
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
};

const draw = async () => {
  if (drawing) {
    isStale = true;
    return;
  }
  drawing = true;
  do {
    isStale = false;
    const answer = await fetch(`${location.pathname}?part=1`);
    if (answer.ok) put(await answer.text());
    if (isStale) await new Promise((done) => setTimeout(done, GATHERED));
  } while (isStale);
  drawing = false;
};

live.addEventListener("click", (event) => {
  const summary = event.target.closest("summary");
  if (summary) summary.parentElement.dataset.turned = "yes";
});

if (live.dataset.stream) {
  const news = new EventSource(live.dataset.stream);
  for (const kind of ["story", "step", "asked", "ended"]) news.addEventListener(kind, draw);
  news.addEventListener("verdict", async () => {
    news.close();
    await draw();
    const { verdict } = document.getElementById("play").dataset;
    document.title = document.title.replace(/^[^:]*/, verdict);
    document.getElementById("said").textContent = verdict;
    setTimeout(() => (document.getElementById("said").textContent = ""), 4000);
  });
  addEventListener("pagehide", () => news.close());
}
