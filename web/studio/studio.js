// The studio: three tabs, told by the server when presenters change, whoever changed them.

import { askForKey, enterByAddress } from "../access.js";
import { begin } from "../i18n.js";
import { call } from "./dom.js";
import { Films } from "./films.js";
import { History } from "./history.js";
import { Presenters } from "./presenters.js";

const byId = (id) => document.getElementById(id);
const tabs = [...document.querySelectorAll("[role=tab]")];

/** Says `sentence` above the tabs' contents; "" takes it away. */
function tell(sentence) {
  const notice = byId("notice");
  notice.textContent = sentence;
  notice.hidden = !sentence;
  if (sentence) notice.scrollIntoView({ block: "nearest" });
}

function show(name) {
  history.replaceState(null, "", `#${name}`); // no jump to it, which would take the focus away
  for (const tab of tabs) {
    const chosen = tab.getAttribute("aria-controls") === name;
    tab.setAttribute("aria-selected", String(chosen));
    tab.tabIndex = chosen ? 0 : -1;
    byId(tab.getAttribute("aria-controls")).hidden = !chosen;
  }
  tell("");
  jobs.watch(name === "history");
}

for (const [index, tab] of tabs.entries()) {
  tab.addEventListener("click", () => show(tab.getAttribute("aria-controls")));
  tab.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = tabs[(index + step + tabs.length) % tabs.length];
    next.focus();
    next.click();
  });
}

/** The server's settings; a key is asked for where it wants one. */
async function settings() {
  let refused = await enterByAddress();
  for (;;) {
    try {
      await call("GET", "/jobs");
      return await call("GET", "/config");
    } catch (error) {
      if (error.status === 401 || error.status === 403) await askForKey(byId("access"), refused ?? error.message);
      else {
        tell(error.message);
        await new Promise((resolve) => setTimeout(resolve, 1000));
      }
      refused = null;
    }
  }
}

begin(byId("language"));
const config = await settings();
tell("");
const jobs = new History(byId("history"), tell);
const films = new Films(byId("films"), tell, () => show("history"));
const presenters = new Presenters(byId("presenters"), tell, config, (name) => {
  films.choose(name);
  show("films");
}, () => show("history"));

async function refresh() {
  const found = await call("GET", "/avatars");
  presenters.draw(found);
  films.presenters(found);
}

const changes = new EventSource("/presenters/events");
changes.addEventListener("avatars", () => refresh().catch((error) => tell(error.message)));
addEventListener("pagehide", () => changes.close());
addEventListener("hashchange", () => tabs.find((tab) => `#${tab.getAttribute("aria-controls")}` === location.hash)?.click());
// By whatever way somebody leaves (a link, back, a reload): what was typed, and the photo that was brought, would be gone.
addEventListener("beforeunload", (event) => document.querySelector("[data-unsaved]") && event.preventDefault());
await refresh();
show(tabs.some((tab) => `#${tab.getAttribute("aria-controls")}` === location.hash) ? location.hash.slice(1) : "presenters");
document.body.dataset.ready = "true";
