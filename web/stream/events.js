// The data channel's events, see PROTOCOL.md. Texts are UTF-8 JSON; a message may not be larger than MAX_MESSAGE_BYTES.

import { t } from "../i18n.js";

export const MAX_MESSAGE_BYTES = 60 * 1024;

const KNOWN = new Set(["hello", "state", "reply", "caption", "turn_end", "error", "stats", "pong", "sources", "noticed", "voice", "transcript", "recording"]);

/** Text of one client event. Throws RangeError, whose message is a sentence for the person, if it is too large to send. */
export function encode(type, fields = {}) {
  const message = JSON.stringify({ type, ...fields });
  if (new TextEncoder().encode(message).length > MAX_MESSAGE_BYTES) {
    throw new RangeError(t("composer.long"));
  }
  return message;
}

/** One server event, or null for anything this page does not know: a newer server may say more. */
export function decode(data) {
  if (typeof data !== "string") return null;
  try {
    const event = JSON.parse(data);
    return KNOWN.has(event?.type) ? event : null;
  } catch {
    return null;
  }
}
