// Adds to pages that work without it: another row for a skill, a search as one types, drafts of long texts.
"use strict";

// A row more in a form, in place; without this the button brings the same by a round trip.
function addRow(button) {
  const rows = document.getElementById(button.dataset.add);
  const row = rows.lastElementChild.cloneNode(true);
  const next = rows.children.length;
  const renamed = (text) => text.replace(/_\d+(?=$|-)/, `_${next}`);
  for (const part of row.querySelectorAll("*")) {
    for (const name of ["id", "name", "for"]) {
      if (part.hasAttribute(name)) part.setAttribute(name, renamed(part.getAttribute(name)));
    }
    part.removeAttribute("aria-describedby");
    part.removeAttribute("aria-invalid");
    if (part.matches("[type=checkbox]")) part.checked = false;
    else if (part.matches("input")) part.value = "";
    if (part.matches("select")) part.selectedIndex = 0;
    if (part.matches(".error")) part.remove();
  }
  row.querySelector("legend").textContent = `Skill ${next + 1}`;
  rows.append(row);
  button.formAction = button.formAction.replace(/_\d+$/, `_${next + 1}`);
  row.querySelector("input").focus();
}

// The list for what is typed so far. An answer that comes after a newer question is dropped.
let asked = null;
async function search(form) {
  asked?.abort();
  asked = new AbortController();
  const url = `${form.action}?${new URLSearchParams(new FormData(form))}`;
  try {
    const answer = await fetch(url, { signal: asked.signal, headers: { Accept: "text/html" } });
    if (!answer.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const heading = page.querySelector("main h2").textContent;
    for (const id of form.dataset.live.split(" ")) {
      document.getElementById(id).replaceChildren(...page.getElementById(id).childNodes);
    }
    document.getElementById("live-said").textContent = heading;
    history.replaceState(null, "", url);
  } catch (error) {
    if (error.name !== "AbortError") form.removeAttribute("data-live");
  }
}

// Drafts: in this tab alone, under the person who reads; gone with what was taken, and with signing out. Pages of
// mail links name no reader, so nothing that is written there is kept.
const reader = document.body.dataset.reader;
const prefix = `draft:${reader}:`;
const store = (() => {
  try {
    return reader ? window.sessionStorage : null;
  } catch {
    return null;
  }
})();
const keyOf = (field) => `${prefix}${new URL(field.form.action).pathname}:${field.name}`;
const read = (key) => JSON.parse(store.getItem(key));
const write = (key, draft) => store.setItem(key, JSON.stringify(draft));

// `base` is what the page showed before anything was typed.
function keep(field) {
  const key = keyOf(field);
  const base = read(key)?.base ?? field.defaultValue;
  if (field.value === base) store.removeItem(key);
  else write(key, { text: field.value, base });
}

function bringBack(field, draft) {
  field.value = draft.text;
  const said = document.createElement("p");
  said.className = "hint";
  said.setAttribute("role", "status");
  const undo = document.createElement("button");
  undo.type = "button";
  undo.className = "link";
  undo.textContent = "Take it away";
  undo.addEventListener("click", () => {
    field.value = field.defaultValue;
    store.removeItem(keyOf(field));
    said.remove();
    field.focus();
  });
  said.append("This is what you had written here before. ", undo);
  field.after(said);
  field.closest("details")?.setAttribute("open", "");
}

function restore() {
  const fields = [...document.querySelectorAll('form[method="post"] textarea')];
  const here = new Map(fields.map((field) => [keyOf(field), field]));
  const isDone = document.querySelector(".notice[role=status]") !== null;
  for (const key of Object.keys(store).filter((one) => one.startsWith(prefix))) {
    const draft = read(key);
    const field = here.get(key);
    if (draft.sent && (isDone || !field)) store.removeItem(key);
    else if (field && !field.readOnly) restoreInto(field, key, draft);
  }
}

// What was sent and is asked for again was not taken: somebody had to sign in first, or it was refused.
function restoreInto(field, key, draft) {
  const isShown = field.defaultValue === draft.text;
  if (!isShown && draft.base !== field.defaultValue) return store.removeItem(key);
  write(key, { ...draft, sent: false });
  if (!isShown && field.value === field.defaultValue) bringBack(field, draft);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-add]");
  if (!button) return;
  event.preventDefault();
  addRow(button);
});

let typing = 0;
document.addEventListener("input", (event) => {
  const field = event.target;
  if (field.matches("form[data-live] [type=search]")) {
    clearTimeout(typing);
    typing = setTimeout(() => search(field.form), 300);
  }
  if (store && field.matches('form[method="post"] textarea')) keep(field);
});

// After each of these nobody is signed in here, so that the next person at this machine may read what is kept.
const ends = ["/sign-out", "/your-data/sign-out-everywhere", "/your-data/erase"];
document.addEventListener("submit", (event) => {
  if (!store) return;
  if (ends.includes(event.target.getAttribute("action"))) return store.clear();
  for (const field of event.target.querySelectorAll("textarea")) {
    const draft = read(keyOf(field));
    if (draft) write(keyOf(field), { ...draft, sent: true });
  }
});

if (store) restore();
