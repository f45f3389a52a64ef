// Sends a file to POST /verify and writes what it says of where it comes from.

import { begin, t } from "../i18n.js";
import { acceptDrops } from "../settings/drops.js";
import { refusal } from "../stream/whep.js";

begin();
const zone = document.getElementById("zone");
const input = document.getElementById("file");
const result = document.getElementById("result");

function element(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

/** Asks of the first file; what lies beside a WebM (.c2pa) goes along. */
async function ask(files) {
  const beside = [...files].find((each) => each.name.endsWith(".c2pa"));
  const file = [...files].find((each) => each !== beside) ?? beside;
  delete document.getElementById("name").dataset.i18n;
  document.getElementById("name").textContent = file.name;
  zone.setAttribute("aria-busy", "true");
  result.replaceChildren(element("p", t("verify.looking")));
  try {
    const body = new FormData();
    body.append("file", file);
    if (beside && beside !== file) body.append("manifest", beside);
    const response = await fetch("/verify", { method: "POST", body });
    if (response.status !== 200) throw await refusal(response);
    const { sentences, ...report } = await response.json();
    const list = document.createElement("ul");
    list.lang = "en"; // as the server writes
    list.append(...sentences.map((sentence) => element("li", sentence)));
    const details = document.createElement("details");
    details.append(element("summary", t("verify.all")), element("pre", JSON.stringify(report, null, 2)));
    result.replaceChildren(list, details);
  } catch (error) {
    const text = error instanceof TypeError ? t("verify.unsent") : error.message;
    result.replaceChildren(element("p", text));
  } finally {
    zone.removeAttribute("aria-busy");
  }
}

input.addEventListener("change", () => input.files.length && ask(input.files));
acceptDrops(zone, ask);
