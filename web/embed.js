// The live face inside another page (the Gradio demo): player, log and text box built into one element.

import { Composer } from "./talk/composer.js";
import { creditLine, onLanguage, t, told, translate } from "./i18n.js";
import { Log } from "./talk/log.js";
import { MicrophoneButton } from "./talk/microphone-button.js";
import { Player } from "./player/player.js";
import { Session } from "./stream/session.js";

const TALK = `
  <section class="talk" data-i18n-attr="aria-label:talk.conversation">
    <div class="log" role="log" aria-live="polite" data-i18n-attr="aria-label:talk.log" tabindex="0"></div>
    <form class="composer" novalidate>
      <p class="notice" role="alert" hidden></p>
      <div class="field">
        <textarea name="text" rows="1" enterkeyhint="send" autocomplete="off" data-i18n-attr="aria-label:composer.label"></textarea>
        <button class="stop" type="button" aria-disabled="true" aria-keyshortcuts="Escape" data-i18n-attr="aria-label:composer.stop">
          <svg viewBox="0 0 24 24" aria-hidden="true"><rect x="7" y="7" width="10" height="10" rx="2"/></svg>
        </button>
        <button class="send" type="submit" data-i18n-attr="aria-label:composer.send">
          <svg viewBox="0 0 24 24" aria-hidden="true"><path d="M12 19V5.5M5.75 11.5 12 5.25l6.25 6.25"/></svg>
        </button>
      </div>
      <div class="under">
        <fieldset class="mode">
          <legend class="sr" data-i18n="composer.mode"></legend>
          <label><input type="radio" name="mode" value="chat" checked><span data-i18n="composer.mode_ask"></span></label>
          <label><input type="radio" name="mode" value="say"><span data-i18n="composer.mode_say"></span></label>
        </fieldset>
      </div>
    </form>
  </section>`;

/**
 * Builds the face in `root`; with `conversation` it has a log and a text box, `invitation` stands in it until there is a face. It is connected only while it can be seen (a hidden
 * tab costs the server nothing) and not before `show`.
 */
export class Embed {
  #avatar;
  #greeting = "";
  #manner = null; // as somebody asked the face to perform
  #usual = null;
  #waiting = [];
  #visible = false;
  #credit;
  #log = null;
  #composer = null;

  constructor(root, { conversation = true, invitation = "" } = {}) {
    root.classList.add("embed", "talking-head");
    root.innerHTML = `<div class="embed-layout"><div><div class="face"></div><p class="credit"></p></div>${conversation ? TALK : ""}</div>`;
    const speak = () => {
      root.lang = t("language.tag"); // whatever the page around it is in
      translate(root);
    };
    speak();
    onLanguage(speak);
    this.session = new Session();
    this.player = new Player(root.querySelector(".face"), this.session);
    if (invitation) this.player.empty(invitation);
    this.lastTurn = null;
    this.#credit = root.querySelector(".credit");
    if (conversation) this.#converse(root);
    this.#follow();
    new IntersectionObserver((entries) => this.#seen(entries.at(-1).isIntersecting)).observe(root);
  }

  /** Wears `avatar` (null: the default); `greeting` is spoken as soon as the face is there. */
  show(avatar = null, greeting = "") {
    this.#avatar = avatar;
    this.#greeting = greeting;
    this.player.poster(avatar && `/avatars/${encodeURIComponent(avatar)}.png`);
    if (this.#visible) this.session.open(avatar);
  }

  /** Sends a text as if it had been typed; one that comes before the connection waits for it. */
  ask(text, mode = "chat") {
    if (this.session.isOpen) this.#composer?.notice(this.#send(text, mode));
    else {
      this.#waiting.push([text, mode]);
      this.session.resume();
    }
  }

  /** From now on the face performs like this, whoever it is; `mood` "": its own. */
  perform(mood, expressiveness, articulation) {
    this.#manner = { mood: mood || this.#usual?.mood || "friendly", expressiveness, articulation };
    this.session.perform(this.#manner);
  }

  #seen(visible) {
    if (visible === this.#visible) return;
    this.#visible = visible;
    if (this.#avatar === undefined) return; // nobody to show yet
    if (visible) this.session.open(this.#avatar);
    else this.session.close();
  }

  #send(text, mode) {
    try {
      this.session[mode](text);
    } catch (error) {
      return error.message;
    }
    this.#log?.you(text, mode === "say");
    return null;
  }

  #converse(root) {
    this.#log = new Log(root.querySelector(".log"), null);
    this.#composer = new Composer(root.querySelector(".composer"), {
      onSend: (text, mode) => this.#send(text, mode),
      onStop: () => this.session.interrupt(),
      onTyping: (active) => this.session.typing(active),
    });
    new MicrophoneButton(root.querySelector(".composer"), this.session, (sentence) => this.#composer.notice(sentence));
  }

  #follow() {
    const on = (type, handle) => this.session.addEventListener(type, ({ detail }) => handle(detail));
    on("hello", ({ manner }) => {
      this.#usual = manner;
      if (this.#manner) this.session.perform(this.#manner);
    });
    on("hello", (hello) => {
      this.#credit.textContent = creditLine(hello);
      this.#log?.speaks(hello.language);
      this.#composer?.speaks(hello.language);
    });
    on("phase", ({ phase }) => {
      if (phase !== "open") {
        this.#composer?.stoppable(false);
        this.#log?.closeTurns();
        return;
      }
      this.#composer?.notice("");
      if (this.#greeting) this.session.say(this.#greeting); // in place of the presenter's own; nobody typed it
      this.#greeting = ""; // a face that comes back does not greet twice
      for (const [text, mode] of this.#waiting.splice(0)) this.#send(text, mode);
    });
    on("state", ({ state, turn }) => {
      this.#composer?.stoppable(state === "thinking" || state === "speaking");
      if (state === "thinking") this.#log?.thinking(turn);
    });
    on("transcript", (event) => this.#log?.transcript(event));
    on("reply", (event) => this.#log?.reply(event));
    on("caption", (event) => this.#log?.caption(event));
    on("turn_end", (event) => {
      this.#log?.end(event);
      this.lastTurn = { ...this.lastTurn, heard: event.heard };
    });
    on("stats", ({ slow }) => this.player.slow(slow ?? false));
    on("stats", (event) => event.turn > 0 && (this.lastTurn = { heard: "", ...this.lastTurn, ...event }));
    on("error", (event) => this.#composer?.notice(told(event)));
  }
}
