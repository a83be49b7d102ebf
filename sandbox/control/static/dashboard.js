// The dashboard while it is looked at: news as they come, details in place, keys, copying. Pages work without it.
// The server draws; what stands here only puts it where it belongs.

const byId = (id) => document.getElementById(id);
const MOST_ROWS = 600; // of the timeline, and of the payments: a page that is left open does not grow for ever

document.querySelector(".nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

/* --- Saying something --- */

let unsay;
const say = (words) => {
  byId("said").textContent = words;
  clearTimeout(unsay);
  unsay = setTimeout(() => (byId("said").textContent = ""), 4000);
};

// What had the focus has it again in what comes in its place.
const putInPlaceOf = (known, row) => {
  const focused = known.contains(document.activeElement) ? document.activeElement.id : "";
  known.replaceWith(row);
  if (focused) byId(focused)?.focus({ preventScroll: true });
};

const drawn = (html) => {
  const template = document.createElement("template");
  template.innerHTML = html.trim(); // drawn and escaped by the server
  return template.content.firstElementChild;
};

/* --- The clock --- */

const clock = byId("clock-now");
const instant = new Intl.DateTimeFormat("en-GB", {
  day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit", timeZone: "UTC",
});
let shownAt = performance.now();

const tick = () => {
  if (clock.dataset.frozen === "yes") return;
  const now = new Date(Number(clock.dataset.now) + performance.now() - shownAt);
  const part = Object.fromEntries(instant.formatToParts(now).map(({ type, value }) => [type, value]));
  const month = part.month.slice(0, 3);
  byId("clock-text").textContent = `${part.day} ${month} ${part.year}, ${part.hour}:${part.minute}:${part.second}`;
};

const setClock = ({ now, text, frozen }) => {
  shownAt = performance.now();
  clock.dataset.now = now;
  clock.dataset.frozen = frozen ? "yes" : "no";
  byId("clock-text").textContent = text;
  byId("clock-mark").classList.toggle("frozen", frozen);
  byId("clock-state").textContent = frozen ? "The clock stands still at" : "The clock shows";
};

if (clock) setInterval(tick, 1000);

/* --- News --- */

const moments = byId("moments");
const paymentList = byId("payment-list");

const live = (state, words) => {
  byId("live").dataset.state = state;
  byId("live-words").textContent = words;
};

// Puts a row at the top without moving what is being read: whoever has scrolled down stays where they are.
const putOnTop = (list, row) => {
  const box = list.closest(".column-body");
  const scrolls = getComputedStyle(box).overflowY !== "visible";
  const before = list.scrollHeight;
  row.classList.add("fresh");
  list.prepend(row);
  setTimeout(() => row.classList.remove("fresh"), 2000);
  if (scrolls && box.scrollTop > 8) box.scrollTop += list.scrollHeight - before;
  while (list.childElementCount > MOST_ROWS) list.lastElementChild.remove();
};

// A fact may come before the call that brought it, if a fault holds the call: then they come again, together.
const forget = (id) => {
  const moment = byId(id)?.closest(".moment");
  byId(id)?.closest(".line").remove();
  if (moment && !moment.querySelector(".line")) moment.remove();
};

const showMoment = ({ id, html }) => {
  if (byId(id)) return;
  byId("welcome")?.remove();
  byId("timeline-empty")?.remove();
  const row = drawn(html);
  for (const line of row.querySelectorAll("[data-line]")) forget(line.id);
  putOnTop(moments, row);
};

const showPayment = ({ id, html, count }) => {
  byId("payments-count").textContent = count;
  const row = drawn(html);
  const known = byId(id);
  if (known) putInPlaceOf(known, row);
  else if (paymentList.dataset.live === "yes") {
    byId("payments-empty")?.remove();
    putOnTop(paymentList, row);
  }
};

const showStrip = ({ html }) => {
  const known = byId("strip");
  if (known) putInPlaceOf(known, drawn(html));
};

const showPhone = ({ number, text, name, persona, waiting }) => {
  let link = byId(`phone-${number}`);
  if (!link) {
    const url = new URL(location.href);
    url.searchParams.set("phone", number);
    link = document.createElement("a");
    link.id = `phone-${number}`;
    link.href = url.pathname + url.search;
    link.dataset.phone = number;
    const words = document.createElement("span");
    words.className = "num";
    words.textContent = text;
    const waits = document.createElement("span");
    waits.className = "waits";
    link.append(words, waits);
    const item = document.createElement("li");
    item.append(link);
    byId("phones").prepend(item);
  }
  link.dataset.name = name;
  link.dataset.persona = persona;
  const waits = link.querySelector(".waits");
  waits.textContent = `${waiting} waiting`;
  waits.hidden = waiting === 0;
  const frame = byId("phone-frame");
  const untouched = document.activeElement !== frame && !new URLSearchParams(location.search).has("phone");
  if (waiting && frame.dataset.number !== number && untouched && !moments.dataset.stream.includes("payment=")) {
    const shown = byId(`phone-${frame.dataset.number}`);
    if (!shown || shown.querySelector(".waits").hidden) showOnPhone(number, text); // nothing is going on there
  }
};

const showOnPhone = (number, text) => {
  const frame = byId("phone-frame");
  for (const link of document.querySelectorAll("[data-phone]")) {
    link.toggleAttribute("aria-current", link.dataset.phone === number);
    if (link.dataset.phone === number) link.setAttribute("aria-current", "true");
  }
  frame.dataset.number = number;
  frame.src = `/phone/${number}`;
  frame.title = `The phone ${text}`;
  byId("phone-alone").href = `/phone/${number}`;
  const chosen = byId(`phone-${number}`);
  byId("phone-name").textContent = chosen.dataset.name;
  byId("set-persona").value = chosen.dataset.persona;
  const person = byId("phone-person");
  person.href = person.href.replace(/[^/]+$/, number);
  byId("persona-form").action = `${person.href}/persona`;
  byId("phones-open").firstElementChild.textContent = text;
};

const showElsewhere = ({ msn, url }) => {
  const notice = byId("elsewhere");
  const link = byId("elsewhere-link");
  if (!msn && !notice.hidden) return; // a sales unit is better news
  link.href = url ?? "/sandbox/dashboard/strays";
  link.textContent = msn ? `Sales unit ${msn} was just called: go there` : "A call just reached no sales unit: see why";
  notice.hidden = false;
};

if (moments?.dataset.stream) {
  const news = new EventSource(moments.dataset.stream);
  const on = (kind, show) => news.addEventListener(kind, (event) => show(JSON.parse(event.data)));
  news.addEventListener("open", () => live("live", "Live"));
  news.addEventListener("error", () => live("lost", news.readyState === EventSource.CLOSED ? "Not live: reload" : "Trying again"));
  on("moment", showMoment);
  on("payment", showPayment);
  on("strip", showStrip);
  on("phone", showPhone);
  on("clock", setClock);
  on("elsewhere", showElsewhere);
  on("anew", () => location.reload());
  on("flood", () => say("More came than is shown: reload to see it all"));
  addEventListener("pagehide", () => news.close());
} else if (byId("live")) {
  live("back", "Further back");
}

/* --- Details in place --- */

const close = (link) => {
  link.setAttribute("aria-expanded", "false");
  link.closest(".line").nextElementSibling.remove();
};

const open = async (link) => {
  link.setAttribute("aria-expanded", "true");
  const answer = await fetch(`${link.href}?part=1`).catch(() => null);
  if (!answer) {
    link.setAttribute("aria-expanded", "false");
    say("The sandbox does not answer");
    return;
  }
  const html = await answer.text();
  if (!answer.ok) {
    location.assign(link.href);
    return;
  }
  if (link.getAttribute("aria-expanded") !== "true") return;
  const box = document.createElement("div");
  box.className = "opened";
  box.append(drawn(html));
  link.closest(".line").after(box);
};

const turn = (link) => {
  if (link.getAttribute("aria-expanded") !== "true") return open(link);
  if (link.closest(".line").nextElementSibling?.classList.contains("opened")) close(link);
  return undefined;
};

// Closes the menu or the detail that *element* is in, or heads, and leaves the focus on what opens it again.
const closeAround = (element) => {
  const menu = element.closest(".menu[open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
    return;
  }
  const link = element.closest(".opened")?.previousElementSibling.querySelector("[data-line]") ?? element;
  if (!link.matches("[data-line][aria-expanded=true]")) return;
  turn(link);
  link.focus();
};

// A menu that the focus or a click has left is in the way of what is under it.
const closeMenusBut = (element) => {
  for (const menu of document.querySelectorAll(".menu[open]")) if (!menu.contains(element)) menu.open = false;
};

/* --- Clicks and forms --- */

const copy = async (button) => {
  const text = byId(button.dataset.copy).textContent;
  try {
    await navigator.clipboard.writeText(text);
  } catch { // no clipboard, as on plain HTTP elsewhere than on this machine
    const range = document.createRange();
    range.selectNodeContents(byId(button.dataset.copy));
    getSelection().removeAllRanges();
    getSelection().addRange(range);
    document.execCommand("copy");
  }
  button.classList.add("done");
  setTimeout(() => button.classList.remove("done"), 1500);
  say("Copied");
};

const showTab = (name) => {
  document.querySelector(".columns").dataset.tab = name;
  for (const tab of document.querySelectorAll("[data-tab]:not(main)")) {
    const chosen = tab.hash === `#${name}`;
    tab.toggleAttribute("aria-current", chosen);
    if (chosen) tab.setAttribute("aria-current", "true");
  }
};

document.addEventListener("click", (event) => {
  if (event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
  const found = (selector) => event.target.closest?.(selector);
  const line = found("[data-line]");
  const copier = found("[data-copy]");
  const tab = found("a[data-tab]");
  const phone = found("[data-phone]");
  if (copier) copy(copier);
  else if (line) {
    event.preventDefault();
    turn(line);
  } else if (tab) {
    event.preventDefault();
    showTab(tab.hash.slice(1));
  } else if (phone) {
    event.preventDefault();
    showOnPhone(phone.dataset.phone, phone.firstElementChild.textContent);
    closeAround(phone);
  } else if (found("#help-open")) byId("help").showModal();
  closeMenusBut(event.target);
});

document.addEventListener("focusin", (event) => closeMenusBut(event.target));

// A second click while the answer to the first is awaited does nothing twice. A download leaves its page there.
const ANSWERED = 1000; // milliseconds
const sent = new WeakSet();

const sendOnce = (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (sent.has(form)) event.preventDefault();
  else {
    sent.add(form);
    setTimeout(() => sent.delete(form), ANSWERED);
  }
};

// A button whose work shows in the timeline by itself needs no new page.
document.addEventListener("submit", async (event) => {
  const form = event.target;
  const isTry = form.matches("[data-try]");
  if (!moments?.dataset.stream || !(isTry || form.matches("[data-live]"))) {
    sendOnce(event);
    return;
  }
  event.preventDefault();
  const fields = new URLSearchParams(new FormData(form, event.submitter));
  if (isTry && !matchMedia("(prefers-reduced-motion: reduce)").matches) fields.set("pace", "calm");
  const focused = document.activeElement; // which a button that is disabled loses
  for (const button of form.querySelectorAll("button")) button.disabled = true;
  try {
    const answer = await fetch(form.action, { method: "POST", body: fields });
    if (answer.ok && form.id === "persona-form") {
      byId(`phone-${byId("phone-frame").dataset.number}`).dataset.persona = fields.get("persona");
      say("Set");
    } else if (!answer.ok) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      say(page.getElementById("problem-text")?.textContent ?? "That did not work");
    }
  } catch {
    say("The sandbox does not answer");
  }
  for (const button of form.querySelectorAll("button")) button.disabled = false;
  if (document.activeElement === document.body) focused.focus({ preventScroll: true });
});

/* --- Keys --- */

const step = (by) => {
  const links = [...document.querySelectorAll("[data-line]")].filter((link) => link.offsetParent);
  const place = links.indexOf(document.activeElement);
  const next = links[place < 0 ? (by > 0 ? 0 : links.length - 1) : Math.min(Math.max(place + by, 0), links.length - 1)];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
};

const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  a: () => byId("advance-next")?.click(),
  "?": () => byId("help").showModal(),
  "/": () => {
    if (document.querySelector(".columns")) showTab("timeline");
    (byId("search") ?? document.querySelector(".seek input"))?.focus();
  },
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = event.target.closest?.("input, textarea, select");
  if (event.key === "Escape") {
    if (typing) event.target.blur();
    else closeAround(document.activeElement);
    return;
  }
  if (typing || byId("help")?.open || !Object.hasOwn(KEYS, event.key)) return;
  event.preventDefault();
  KEYS[event.key]();
});
