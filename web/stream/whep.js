// WHEP: one POST with an SDP offer opens a session, one DELETE ends it.

import { t, told } from "../i18n.js";
import { lipSync } from "./lipsync.js";

/** The server said no. `message` is a sentence, `retryAfter` seconds if it named any, `code` what it calls the reason. */
export class WhepError extends Error {
  constructor(message, status, retryAfter = null, code = "") {
    super(message);
    this.code = code;
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

/** Sends `pc`'s offer to `endpoint` and applies the answer. Returns the session's URL. */
export async function negotiate(pc, endpoint, signal) {
  await pc.setLocalDescription(await pc.createOffer());
  await candidatesGathered(pc, 800);
  const response = await fetch(endpoint, {
    method: "POST",
    headers: { "Content-Type": "application/sdp" },
    body: pc.localDescription.sdp,
    signal,
  });
  if (response.status !== 201) throw await refusal(response);
  const resource = new URL(response.headers.get("Location"), response.url).href;
  const answer = await response.text();
  if (signal?.aborted || pc.signalingState === "closed") {
    leave(resource);
    throw new DOMException("The page left while the session was opening.", "AbortError");
  }
  await pc.setRemoteDescription({ type: "answer", sdp: answer });
  lipSync(pc);
  return resource;
}

/** Ends the session; works while the page is being closed. */
export function leave(resource) {
  fetch(resource, { method: "DELETE", keepalive: true }).catch(() => {});
}

/** The sentence of an error answer, as every call of this server gives it. */
export async function refusal(response) {
  let message = t("error.status", { status: response.status });
  let code = "";
  try {
    const { error } = await response.json();
    message = told(error) || message;
    code = error.code;
  } catch {
    // not our JSON: a proxy's page, say
  }
  const wait = Number.parseFloat(response.headers.get("Retry-After"));
  return new WhepError(message, response.status, Number.isFinite(wait) ? wait : null, code);
}

function candidatesGathered(pc, atMostMs) {
  if (pc.iceGatheringState === "complete") return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      pc.removeEventListener("icegatheringstatechange", check);
      resolve();
    };
    const check = () => pc.iceGatheringState === "complete" && done();
    const timer = setTimeout(done, atMostMs);
    pc.addEventListener("icegatheringstatechange", check);
  });
}
