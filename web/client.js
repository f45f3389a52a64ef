// The page: builds the parts and lets each hear what concerns it.

import { askForKey, enterByAddress } from "./access.js";
import { Composer } from "./talk/composer.js";
import { Faces } from "./settings/faces.js";
import { begin, creditLine, onLanguage, remarked, t, told } from "./i18n.js";
import { inTab } from "./settings/kept.js";
import { Log } from "./talk/log.js";
import { Manner } from "./settings/manner.js";
import { Memory } from "./settings/memory.js";
import { MicrophoneButton } from "./talk/microphone-button.js";
import { Player } from "./player/player.js";
import { Pronunciations } from "./settings/pronunciations.js";
import { Quality } from "./stream/quality.js";
import { Recording } from "./settings/recording.js";
import { Session } from "./stream/session.js";
import { StatsPanel } from "./stream/stats-panel.js";
import { refusal } from "./stream/whep.js";
import { Voices } from "./settings/voices.js";

const OWN_FACE = "talking-head.own-face"; // for as long as this tab is open

const byId = (id) => document.getElementById(id);

/** What the server says about itself, as soon as it has loaded its models; until then the face says what it waits for. */
async function configuration() {
  let refused = await enterByAddress();
  for (let wait = 500; ; wait = Math.min(wait * 2, 5000)) {
    const response = await fetch("/config").catch(() => null);
    if (response?.ok) return response.json();
    if (response?.status === 401 || response?.status === 403) {
      await askForKey(byId("access"), refused ?? (await refusal(response)).message);
      refused = null;
      wait = 250;
      continue;
    }
    if (response?.status === 503) {
      player.loading((await refusal(response)).message);
      wait = 500;
    }
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}

begin(byId("language"));
if (globalThis !== globalThis.top) byId("studio-link").hidden = true; // in a page of others
const session = new Session();
const player = new Player(byId("player"), session);
const log = new Log(byId("log"), byId("welcome"));
const panel = new StatsPanel(byId("stats"));
const composer = new Composer(byId("composer"), { onSend: send, onStop: () => session.interrupt(), onTyping: (active) => session.typing(active) });
new MicrophoneButton(byId("composer"), session, (sentence) => composer.notice(sentence));
new Memory(session, { log, dialog: byId("memory"), button: byId("open-memory") });
new Recording(session, { dialog: byId("recording"), button: byId("open-recording"), mark: byId("recording-mark") });
const manner = new Manner(byId("manner"), session);
let sentAt = null;
let said = {}; // the session's first event
let early = null; // what somebody sent before there was a connection

function send(text, mode) {
  early = session.isOpen ? null : { text, mode };
  if (early) {
    composer.text = text;
    session.resume();
    return t("composer.early");
  }
  try {
    if (mode === "say") session.say(text);
    else session.chat(text);
  } catch (error) {
    return error.message;
  }
  sentAt = performance.now();
  log.you(text, mode === "say");
  return null;
}

/** Sends what waited for the connection, unless it was changed since. */
function sendEarly() {
  if (early && early.text === composer.text) {
    const problem = send(early.text, early.mode);
    if (!problem) composer.clear();
    composer.notice(problem);
  }
  early = null;
}

const on = (type, handle) => session.addEventListener(type, ({ detail }) => handle(detail));

on("phase", ({ phase }) => {
  if (phase === "open") {
    composer.notice(""); // what went wrong before is over
    return sendEarly();
  }
  if (phase === "refused") inTab.set(OWN_FACE, null); // a photo lasts as long as the server
  composer.stoppable(false);
  log.closeTurns();
});
on("hello", (hello) => {
  avatar = hello.avatar;
  log.speaks(hello.language);
  composer.speaks(hello.language);
  credit(hello);
  welcome(hello.language);
});
on("state", ({ state, turn }) => {
  composer.stoppable(state === "thinking" || state === "speaking");
  if (state === "thinking") log.thinking(turn);
  if (state === "speaking") awaitSound();
});
on("transcript", (event) => {
  log.transcript(event);
  if (event.final && event.text) sentAt = performance.now();
});
on("reply", (event) => log.reply(event));
on("sources", (event) => log.sources(event));
on("caption", (event) => log.caption(event));
on("turn_end", (event) => log.end(event));
on("error", (event) => composer.notice(told(event)));
on("stats", (stats) => {
  panel.server(stats);
  player.slow(stats.slow ?? false);
  quality.serverIsSlow = stats.slow ?? false;
});

/** Says below the face what it is, where it comes from and on what terms. */
function credit(hello) {
  said = hello;
  byId("credit").textContent = creditLine(hello);
}

/** A reload, and a link to this page, shows the same face; a photo of one's own stays out of the address. */
function remember({ name, changes }) {
  const own = changes !== undefined;
  inTab.set(OWN_FACE, own ? name : null);
  const here = new URL(location);
  if (own || name === config.default_avatar) here.searchParams.delete("avatar");
  else here.searchParams.set("avatar", name);
  history.replaceState(null, "", here);
}

/** What one may ask first, in the language that the face understands. */
function welcome(language) {
  for (const chip of document.querySelectorAll("#chips .chip")) {
    chip.textContent = t(chip.dataset.i18n, {}, language);
    chip.lang = language;
  }
}

/** Listens until the answer is audible here. */
function awaitSound() {
  if (sentAt === null) return;
  const from = sentAt;
  sentAt = null;
  const timer = setInterval(() => {
    const waited = performance.now() - from;
    const loud = player.level.read() > 0.003;
    if (loud) panel.heard(waited);
    if (loud || waited > 20_000) clearInterval(timer);
  }, 20);
}

const quality = new Quality(session);
quality.addEventListener("digest", ({ detail: { figures, level } }) => {
  panel.line(figures);
  byId("quality").dataset.level = level;
  const words = byId("quality-text");
  words.dataset.i18n = `quality.${level}`;
  words.textContent = t(words.dataset.i18n);
});
byId("toggle-stats").addEventListener("click", ({ currentTarget }) => {
  const panelElement = byId("stats");
  panelElement.hidden = !panelElement.hidden;
  currentTarget.setAttribute("aria-expanded", String(!panelElement.hidden));
  panel.draw();
});
byId("chips").addEventListener("click", ({ target }) => {
  const chip = target.closest(".chip");
  if (chip) composer.notice(send(chip.textContent, "chat"));
});

if (matchMedia("(hover: hover)").matches) composer.focus(); // not on phones: the keyboard would cover the face

const config = await configuration();
const asked = new URLSearchParams(location.search).get("avatar") ?? inTab.get(OWN_FACE); // a link, or what a reload goes on with
let avatar = asked ?? config.default_avatar;
const faces = new Faces(byId("faces"), config.photo_bytes, (chosen) => {
  remember(chosen);
  player.poster(chosen.image);
  session.open(chosen.name);
  if (chosen.changes?.length) composer.notice(chosen.changes.map(remarked).join(" "));
});
byId("open-faces").addEventListener("click", () => faces.open(avatar));
new Pronunciations(byId("pronunciations"), session);
const voices = new Voices(byId("voice-form"), session, () => session.open(avatar));
byId("open-manner").addEventListener("click", () => {
  voices.load();
  manner.open();
});
credit({ label: config.label });
onLanguage(() => {
  credit(said);
  welcome(said.language);
});
session.iceServers = config.ice_servers;
player.poster(`/avatars/${encodeURIComponent(avatar)}.png`);
session.open(asked);
