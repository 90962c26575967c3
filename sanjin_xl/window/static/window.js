// Makes the pages lively: asks how the work stands, reads itself anew when that changes, takes what is dropped, hears keys.
// Every page works without it. No sentence stands here: they are in the page.
"use strict";

const LARGEST = 48 << 20; // bytes of one request, which may have 64 MB in all
const MOST = 40; // files of one request
const body = document.body;
const show = (id, shown) => { const one = document.getElementById(id); if (one) one.hidden = !shown; };

// --- how the work stands ---------------------------------------------------------------------------------------------

let version = body.dataset.version;
let missed = 0, timer = 0, begun = 0;

// Asked at once after a drop, and often while a piece of work is young: what was dropped is judged in a moment.
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
  begun = busy ? begun || Date.now() : 0;
  clearTimeout(timer); // asked meanwhile for another reason
  timer = setTimeout(ask, !busy ? 3000 : Date.now() - begun < 3000 ? 150 : 500);
}

function tell(now) {
  show("progress", now.busy);
  const text = document.getElementById("progress-text");
  if (text && text.textContent !== now.text) text.textContent = now.text;
  const bar = document.getElementById("progress-bar");
  if (bar && now.total) { bar.max = now.total; bar.value = now.done; } else if (bar) bar.removeAttribute("value");
  body.dataset.busy = now.busy ? "1" : "0";
}

// Only the parts that are marked are replaced: what somebody has typed or chosen stays, what was unfolded stays unfolded,
// a table that was moved sideways stays so, and whoever goes by keys stays where they are.
async function readAnew() {
  const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
  if (!page.body.dataset.version) return; // a fault, which is no page of ours
  version = page.body.dataset.version;
  for (const fresh of page.querySelectorAll("[data-live]")) {
    const old = document.querySelector(`[data-live="${fresh.dataset.live}"]`);
    // What was said stays until something else is, or another page is opened: it is told only once.
    if (!old || (fresh.dataset.live === "said" && !fresh.querySelector(".said"))) continue;
    if (isTouched(old) || old.innerHTML === fresh.innerHTML) continue;
    const open = [...old.querySelectorAll("details[open] > summary")].map((one) => one.textContent);
    for (const one of fresh.querySelectorAll("details > summary")) if (open.includes(one.textContent)) one.parentElement.open = true;
    const [key, nth] = placeOf(document.activeElement, old);
    const sideways = [...old.querySelectorAll(".scroll")].map((one) => one.scrollLeft);
    old.replaceWith(fresh);
    fresh.querySelectorAll(".scroll").forEach((one, at) => { one.scrollLeft = sideways[at] || 0; });
    const same = [...fresh.querySelectorAll("a, button, summary, input, select, .scroll")].filter((one) => keyOf(one) === key);
    if (nth >= 0 && same.length) same[Math.min(nth, same.length - 1)].focus({ preventScroll: true });
  }
  enliven();
}

function isTouched(part) {
  if (part.contains(document.activeElement) && /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName)) return true;
  return [...part.querySelectorAll("input, textarea, select")].some((one) => {
    if (one.type === "checkbox" || one.type === "radio") return one.checked !== one.defaultChecked;
    if (one.tagName === "SELECT") return ![...one.options].some((option) => option.defaultSelected) ? one.selectedIndex > 0 : ![...one.selectedOptions].every((option) => option.defaultSelected);
    return one.value !== one.defaultValue;
  });
}

// A table that scrolls has the focus itself, and what stands in it is what changes.
const textOf = (one) => one.matches(".scroll") ? "" : one.textContent.trim();
const keyOf = (one) => `${one.tagName} ${one.getAttribute("href") || ""} ${one.form ? one.form.action : ""} ${textOf(one)}`;
function placeOf(one, part) {
  if (!one || !part.contains(one)) return ["", -1];
  const key = keyOf(one);
  return [key, [...part.querySelectorAll(one.tagName)].filter((other) => keyOf(other) === key).indexOf(one)];
}

// A form leads back to its page: it is to be where it was, and whoever goes by keys at the button they pressed.
// However often its button is pressed, a page sends it once: a second press would make a second round of samples, a second ruling.
let sent = null;
addEventListener("pageshow", () => { sent = null; });
addEventListener("submit", (event) => {
  if (event.target.method === "post" && sent === event.target) { event.preventDefault(); return; }
  sent = event.target;
  const by = event.submitter && document.activeElement.matches(":focus-visible") ? placeOf(event.submitter, document) : ["", -1];
  sessionStorage.setItem("at", JSON.stringify([location.pathname, scrollY, ...by]));
});
const [at, height, pressed, nth] = JSON.parse(sessionStorage.getItem("at") || "[]");
sessionStorage.removeItem("at");
if (at === location.pathname && !document.querySelector(".fault[role=alert]:not([hidden])")) {
  const same = [...document.querySelectorAll("button")].filter((one) => keyOf(one) === pressed);
  if (same.length) same[Math.min(nth, same.length - 1)].focus({ preventScroll: true });
  scrollTo(0, height);
}

// --- several at once -------------------------------------------------------------------------------------------------

function enliven() {
  for (const one of document.querySelectorAll(".tick-all")) one.hidden = false;
  count();
}

function count() {
  const said = document.querySelector(".ticked"), button = document.querySelector("#many button");
  if (!said) return;
  const ticked = document.querySelectorAll('input[form="many"]:checked').length;
  said.textContent = said.dataset.text.replace("{count}", ticked);
  button.disabled = !ticked;
}

addEventListener("change", (event) => {
  if (event.target.matches("[data-all]")) for (const one of document.querySelectorAll('input[form="many"]')) one.checked = event.target.checked;
  count();
});

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
  if (document.getElementById("drop")) await ask(); else location.href = "/returns";
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
for (const kind of ["dragenter", "dragover"]) addEventListener(kind, (event) => { if (carries(event)) { event.preventDefault(); show("over", true); body.classList.add("over"); } });
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
  await navigator.clipboard.writeText(button.dataset.from ? document.getElementById(button.dataset.from).value : button.dataset.copy);
  const text = button.textContent;
  if (text === button.dataset.copied) return; // pressed twice
  button.textContent = button.dataset.copied;
  setTimeout(() => { button.textContent = text; }, 1500);
});

// --- keys ------------------------------------------------------------------------------------------------------------

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.target.closest("input:not([type=file], [type=checkbox], [type=radio]), textarea, select")) return;
  if (event.key >= "1" && event.key <= "6") {
    const step = document.querySelectorAll("nav ol li > a:first-child")[event.key - 1];
    if (step) step.click();
  } else if (event.key === "/") {
    const search = document.getElementById("search");
    if (search) { event.preventDefault(); search.focus(); }
  } else if (event.key === "?") {
    const keys = document.getElementById("keys");
    keys.open = !keys.open;
    if (keys.open) { keys.scrollIntoView(); keys.querySelector("summary").focus(); }
  }
});

enliven();
ask();
