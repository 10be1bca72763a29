// The routes of benchmarks/Load/Servers/Prebake, for Bun. Each is written the way that measured fastest, not the way that reads best.
const question = Buffer.from("SELECT ".padEnd(100, "."));
const idle = [];

// Connections that are kept open between questions: each has at most one, and the promise of its answer
async function ask() {
  const connection = idle.pop() ?? await open();
  const answer = await new Promise((resolve, reject) => {
    connection.data = { resolve, reject, answer: "" };
    connection.write(question);
  });
  idle.push(connection);
  return answer;
}

function open() {
  return Bun.connect({
    hostname: "127.0.0.1",
    port: Number(process.env.DATABASE_PORT),
    socket: {
      data(connection, bytes) {
        const { resolve } = connection.data;
        connection.data.answer += bytes.latin1Slice();
        if (connection.data.answer.length === question.length) resolve(connection.data.answer);
      },
      close(connection) {
        connection.data?.reject(new Error("The database has closed the connection."));
      },
    },
  });
}

const upgrade = kind => (request, server) => server.upgrade(request, { data: kind }) ? undefined : new Response("A WebSocket is here", { status: 426 });

const server = Bun.serve({
  port: Number(process.argv[2] ?? 0),
  hostname: "127.0.0.1",
  development: false,
  tls: process.env.BENCH_TLS
    ? { cert: Bun.file(`${process.env.BENCH_TLS}/cert.pem`), key: Bun.file(`${process.env.BENCH_TLS}/key.pem`) }
    : undefined,
  routes: {
    "/": new Response("Hello, World!"),
    "/users/:id": request => new Response(request.params.id),
    "/disk.bin": new Response(Bun.file("disk.bin")),
    "/large.bin": new Response(new Blob([Uint8Array.from({ length: 1 << 20 }, (_, i) => 97 + ((i * 31) % 26))])),
    "/json": () => Response.json({ message: "Hello, World!" }),
    "/ask": async () => new Response(await ask()),
    "/ws/echo": upgrade("echo"),
    "/ws/chat": upgrade("chat"),
    "/ws/publish": upgrade("publish"),
    "/ws/deflate": upgrade("deflate"),
    // Passing the stream on costs about 5 % less than text(), bytes() or arrayBuffer(), awaited or not
    "/echo": { POST: request => new Response(request.body) },
  },
  fetch() {
    return new Response("Bun!");
  },
  websocket: {
    maxPayloadLength: 32 << 20,
    backpressureLimit: 64 << 20,
    perMessageDeflate: { compress: "shared", decompress: "shared" },
    open(ws) {
      if (ws.data === "chat") ws.subscribe("all");
    },
    message(ws, message) {
      if (ws.data === "echo") ws.send(message, false);
      else if (ws.data === "deflate") ws.send(message, true);
      else if (ws.data === "publish") ws.publish("all", message, false);
    },
  },
});

console.log(server.url.href);
