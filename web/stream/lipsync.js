// Keeps the picture with the sound. A browser lines the two up by the sender's reports, but leaves what is less than 30 ms as it
// is; and the picture is the earlier one nearly always, because sound waits in its jitter buffer and in the device.

const EVERY_MS = 500;
const SCREEN_MS = 12; // the browser's figure ends where the picture waits for the screen
const NEAR_MS = 8; // closer than this is left alone
const MOST_MS = 150; // a picture is never held back by more

/** Holds the picture of `pc` back by what it is early, until the connection is closed. Browsers without the figures do nothing. */
export function lipSync(pc) {
  let target = 0;
  const timer = setInterval(async () => {
    if (pc.connectionState === "closed") return clearInterval(timer);
    const receiver = pc.getReceivers().find(({ track }) => track.kind === "video");
    if (!receiver || !("jitterBufferTarget" in receiver)) return;
    const played = {};
    for (const entry of (await pc.getStats()).values()) {
      if (entry.type === "inbound-rtp") played[entry.kind] = entry.estimatedPlayoutTimestamp;
    }
    // Of the sender's clock: what is played of each at this moment.
    const early = played.video - played.audio - SCREEN_MS;
    if (!(Math.abs(early) > NEAR_MS)) return; // nor when one is not known yet
    target = Math.max(0, Math.min(MOST_MS, target + early / 2));
    receiver.jitterBufferTarget = target;
  }, EVERY_MS);
}
