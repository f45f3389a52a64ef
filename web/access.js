// Who the visitor is, where the server asks for it: a token in the page's address (#token=…), or a key that somebody types.
// Either becomes a cookie that scripts cannot read, so pictures, WHEP and the Gradio demo need nothing more.

import { t } from "./i18n.js";
import { refusal } from "./stream/whep.js";

/** Trades the token of the address for a cookie and takes it out of the address. Does nothing where there is none. */
export async function enterByAddress() {
  const { token } = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
  if (!token) return null;
  history.replaceState(history.state, "", location.pathname + location.search);
  return enter(token);
}

/** Trades `credential` (a key or a token) for the cookie. Returns a sentence if the server does not take it. */
export async function enter(credential) {
  try {
    const response = await fetch("/auth/session", { method: "POST", headers: { Authorization: `Bearer ${credential}` } });
    return response.ok ? null : (await refusal(response)).message;
  } catch {
    return t("access.silent");
  }
}

/** Asks for a key in the dialog of the page, saying `why`; resolves when one was taken. */
export function askForKey(dialog, why) {
  const form = dialog.querySelector("form");
  const notice = dialog.querySelector(".notice");
  const field = form.elements.namedItem("key");
  const say = (sentence) => {
    notice.textContent = sentence ?? "";
    notice.hidden = !sentence;
  };
  say(why);
  if (!dialog.open) dialog.showModal();
  return new Promise((resolve) => {
    form.onsubmit = async (event) => {
      event.preventDefault();
      const problem = field.value.trim() ? await enter(field.value.trim()) : t("access.first");
      say(problem);
      if (problem) return field.focus();
      field.value = "";
      dialog.close();
      resolve();
    };
  });
}
