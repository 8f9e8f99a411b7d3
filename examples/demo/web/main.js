// Shows the rows that the API gives, again every two seconds, and sends new ones.

const refreshMs = 2_000;
const state = document.querySelector("#state");
const rows = document.querySelector("#rows");
const form = document.querySelector("#form");
const { api, databasePort } = window.DEMO;

async function refresh() {
  try {
    const messages = await ask("/api/messages");
    rows.replaceChildren(...messages.map(row));
    state.textContent = `${messages.length} rows from PostgreSQL on port ${databasePort}, by way of ${api}`;
  } catch (error) {
    state.textContent = `No rows: ${error.message}`;
  }
}

function row(message) {
  const element = document.createElement("tr");
  const time = new Date(message.created_at).toLocaleTimeString();
  for (const text of [message.id, message.author, message.body, time]) element.insertCell().textContent = text;
  return element;
}

async function ask(path, options) {
  const response = await fetch(path, options);
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  return response.json();
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  void send();
});

async function send() {
  const body = new FormData(form).get("body");
  form.reset();
  await ask("/api/messages", { method: "POST", body: JSON.stringify({ author: "you", body }) }).catch(() => {});
  await refresh();
}

await refresh();
setInterval(() => void refresh(), refreshMs);
