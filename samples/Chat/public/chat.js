const $ = id => document.getElementById(id);
let socket, wait = 500;

function show(text, note) {
  const line = document.createElement("li");
  line.textContent = text;                      // never innerHTML: others have written it
  if (note) line.className = "note";
  $("messages").append(line);
  line.scrollIntoView();
}

function connect() {
  const url = new URL(`/rooms/${encodeURIComponent($("room").value)}`, location);
  url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  url.searchParams.set("name", $("name").value);

  socket = new WebSocket(url);
  socket.onopen = () => { wait = 500; $("say").hidden = false; $("text").focus(); };
  socket.onmessage = event => show(event.data);
  socket.onclose = event => {
    $("say").hidden = true;

    // A server that restarts says 1001; all its clients shall not come back at the same moment
    show(`The connection has closed (${event.code}); trying again`, true);
    setTimeout(connect, wait + Math.random() * wait);
    wait = Math.min(wait * 2, 30_000);
  };
}

$("enter").onsubmit = event => {
  event.preventDefault();
  $("enter").hidden = true;
  connect();
};

$("say").onsubmit = event => {
  event.preventDefault();
  socket.send($("text").value);
  $("text").value = "";
};
