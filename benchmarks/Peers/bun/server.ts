// The routes of benchmarks/Load/Servers/Prebake, for Bun. Each is written the way that measured fastest, not the way that reads best.
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
    // Passing the stream on costs about 5 % less than text(), bytes() or arrayBuffer(), awaited or not
    "/echo": { POST: request => new Response(request.body) },
  },
  fetch() {
    return new Response("Bun!");
  },
});

console.log(server.url.href);
