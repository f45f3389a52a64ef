// Sends a file to POST /verify and writes what it says of where it comes from.

import { refusal } from "./whep.js";

const zone = document.getElementById("zone");
const input = document.getElementById("file");
const result = document.getElementById("result");

function element(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

async function ask(file) {
  document.getElementById("name").textContent = file.name;
  zone.setAttribute("aria-busy", "true");
  result.replaceChildren(element("p", "Looking into the file."));
  try {
    const body = new FormData();
    body.append("file", file);
    const response = await fetch("/verify", { method: "POST", body });
    if (response.status !== 200) throw await refusal(response);
    const { sentences, ...report } = await response.json();
    const list = document.createElement("ul");
    list.append(...sentences.map((sentence) => element("li", sentence)));
    const details = document.createElement("details");
    details.append(element("summary", "All of it"), element("pre", JSON.stringify(report, null, 2)));
    result.replaceChildren(list, details);
  } catch (error) {
    const text = error instanceof TypeError ? "The file could not be sent. Is the server still running?" : error.message;
    result.replaceChildren(element("p", text));
  } finally {
    zone.removeAttribute("aria-busy");
  }
}

input.addEventListener("change", () => input.files.length && ask(input.files[0]));
for (const type of ["dragover", "dragleave", "drop"]) {
  zone.addEventListener(type, (event) => {
    event.preventDefault();
    zone.classList.toggle("over", type === "dragover");
  });
}
zone.addEventListener("drop", ({ dataTransfer }) => dataTransfer.files.length && ask(dataTransfer.files[0]));
