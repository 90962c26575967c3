// Makes the pages lively: asks how the work stands, reads itself anew when that changes, takes what is dropped, hears keys.
// Every page works without it. No sentence stands here: they are in the page.
"use strict";

const LARGEST = 48 << 20; // bytes of one request, which may have 64 MB in all
const MOST = 40; // files of one request
const body = document.body;
const show = (id, shown) => { const one = document.getElementById(id); if (one) one.hidden = !shown; };

// --- how the work stands ---------------------------------------------------------------------------------------------

let version = body.dataset.version;
let missed = 0;

async function ask() {
  let busy = false;
  try {
    const now = await (await fetch("/status")).json();
    missed = 0;
    busy = now.busy;
    tell(now);
    if (String(now.version) !== version) await readAnew();
  } catch (error) {
    missed += 1;
  }
  show("gone", missed > 2);
  setTimeout(ask, busy ? 500 : 3000);
}

function tell(now) {
  show("progress", now.busy);
  const text = document.getElementById("progress-text");
  if (text && text.textContent !== now.text) text.textContent = now.text;
  const bar = document.getElementById("progress-bar");
  if (bar && now.total) { bar.max = now.total; bar.value = now.done; }
  body.dataset.busy = now.busy ? "1" : "0";
}

// Only the parts that are marked are replaced: what somebody is typing stays.
async function readAnew() {
  const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
  version = page.body.dataset.version;
  for (const fresh of page.querySelectorAll("[data-live]")) {
    const old = document.querySelector(`[data-live="${fresh.dataset.live}"]`);
    if (old && old.contains(document.activeElement) && /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName)) continue;
    // What was said stays until something else is, or another page is opened: it is told only once.
    if (fresh.dataset.live === "said" && !fresh.querySelector(".said")) continue;
    if (old && old.innerHTML !== fresh.innerHTML) old.replaceWith(fresh);
  }
  const nav = page.querySelector("nav");
  if (nav && document.querySelector("nav")) document.querySelector("nav").innerHTML = nav.innerHTML;
}

// --- files -----------------------------------------------------------------------------------------------------------

async function send(files) {
  let form = new FormData(), size = 0, count = 0;
  const post = async () => {
    if (!count) return;
    const answer = await fetch("/returns/drop", { method: "POST", body: form });
    show("failed", !answer.ok);
    form = new FormData(); size = 0; count = 0;
  };
  for (const [file, path] of files) {
    if (count === MOST || (count && size + file.size > LARGEST)) await post();
    form.append("file", file, path);
    size += file.size; count += 1;
  }
  await post();
  if (document.getElementById("drop")) await readAnew(); else location.href = "/returns";
}

// A folder is walked through; a browser gives a hundred entries at a time.
async function* walk(entry, path) {
  if (entry.isFile) {
    yield [await new Promise((give, fail) => entry.file(give, fail)), path + entry.name];
    return;
  }
  const reader = entry.createReader();
  for (;;) {
    const some = await new Promise((give, fail) => reader.readEntries(give, fail));
    if (!some.length) return;
    for (const one of some) yield* walk(one, `${path}${entry.name}/`);
  }
}

async function dropped(items) {
  // Asked for before anything is waited for: the list is emptied then.
  const entries = [...items].map((one) => one.webkitGetAsEntry && one.webkitGetAsEntry()).filter(Boolean);
  const files = [];
  for (const entry of entries) for await (const one of walk(entry, "")) files.push(one);
  await send(files);
}

const carries = (event) => event.dataTransfer && [...event.dataTransfer.types].includes("Files");
addEventListener("dragover", (event) => { if (carries(event)) { event.preventDefault(); show("over", true); body.classList.add("over"); } });
addEventListener("dragleave", (event) => { if (!event.relatedTarget) { show("over", false); body.classList.remove("over"); } });
addEventListener("drop", (event) => {
  if (!carries(event)) return;
  event.preventDefault();
  show("over", false); body.classList.remove("over");
  dropped(event.dataTransfer.items).catch(() => show("failed", true));
});
addEventListener("change", (event) => {
  const input = event.target;
  if (!input.matches(".hidden-input")) return;
  send([...input.files].map((one) => [one, one.webkitRelativePath || one.name])).catch(() => show("failed", true));
  input.value = "";
});

// --- copying ----------------------------------------------------------------------------------------------------------

addEventListener("click", async (event) => {
  const button = event.target.closest("button.copy");
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  const text = button.textContent;
  button.textContent = button.dataset.copied;
  setTimeout(() => { button.textContent = text; }, 1500);
});

// --- keys ------------------------------------------------------------------------------------------------------------

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.target.closest("input, textarea, select")) return;
  if (event.key >= "1" && event.key <= "6") {
    const step = document.querySelectorAll("nav ol a")[event.key - 1];
    if (step) step.click();
  } else if (event.key === "/") {
    const search = document.getElementById("search");
    if (search) { event.preventDefault(); search.focus(); }
  }
});

ask();
