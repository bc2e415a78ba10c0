// Relative times ("3 seconds ago") run on in Discord's own client. SimCord's page writes them once, so they run on here.
const STEPS = [["second", 60, 1], ["minute", 3600, 60], ["hour", 86400, 3600], ["day", Infinity, 86400]];
const NOW_S = 2; // the simulated clock may be so far off the browser's
const ABSOLUTE = /:|\b\d{4}\b/; // only a date or an hour holds a colon or a year
let words = null;

function relative(when) {
  const seconds = Math.round((when - Date.now()) / 1000);
  words ??= new Intl.RelativeTimeFormat(window.simcordPreview.profile.locale, { numeric: "auto" });
  if (seconds === 0 || (seconds > 0 && seconds < NOW_S)) return words.format(0, "second");
  const [unit, , length] = STEPS.find(([, most]) => Math.abs(seconds) < most);
  return words.format(Math.trunc(seconds / length), unit);
}

// `aria-live` off: nobody wants each second read out.
setInterval(() => {
  for (const time of document.querySelectorAll("time.discord-timestamp")) {
    if (ABSOLUTE.test(time.textContent)) continue;
    const text = relative(Date.parse(time.dateTime));
    time.setAttribute("aria-live", "off");
    if (time.textContent !== text) time.textContent = text;
  }
}, 500);

// Whoever arrives or sends something is shown the newest message, as in Discord. SimCord's page puts its own place
// back while pictures load, so this is done until it holds, or somebody scrolls.
const FOLLOW_MS = 1500;
const timeline = document.querySelector("#channel-timeline");
const messages = document.querySelector("#channel-message-list");
let last = null;
let until = 0;

function follow() {
  if (performance.now() > until) return;
  timeline.scrollTop = timeline.scrollHeight;
  requestAnimationFrame(follow);
}

new MutationObserver(() => {
  const newest = messages.lastElementChild?.dataset.messageId ?? null;
  if (newest === null || newest === last) return;
  last = newest;
  until = performance.now() + FOLLOW_MS;
  follow();
}).observe(messages, { childList: true });
for (const event of ["wheel", "touchmove", "pointerdown"]) timeline.addEventListener(event, () => { until = 0; }, { passive: true });
