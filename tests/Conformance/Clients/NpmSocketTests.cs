using Prebake.Conformance.WebSockets;
using Prebake.Testing;

namespace Prebake.Conformance.Clients;

/// <summary>npm's <c>ws</c>, with which most programs for Node.js speak: it checks what it gets.</summary>
public sealed class NpmSocketTests
{
    // What each of the scripts has in front
    private const string Prelude = """
        const WebSocket = require(process.argv[1]);
        const url = process.argv[2];
        const open = (path, protocols = [], options = {}) => new Promise((resolve, reject) => {
          const socket = new WebSocket(url + path, protocols, { maxPayload: 32 << 20, ...options });
          socket.setMaxListeners(0);
          socket.on("upgrade", answer => socket.terms = answer.headers["sec-websocket-extensions"] ?? "");
          socket.on("open", () => resolve(socket));
          socket.on("error", reject);
        });
        const once = (socket, event) => new Promise((resolve, reject) => {
          socket.once(event, (...values) => resolve(values));
          socket.once("close", (...values) => reject(new Error("closed: " + values.join(" "))));
        });
        const closed = async socket => (await once(socket, "close")).join(" ");
        const check = (isTrue, what) => { if (!isTrue) throw new Error(what); };
        process.on("unhandledRejection", error => { console.log(error.message); process.exit(1); });

        """;

    public static TheoryData<Over> Each => new(Servers.Transports);

    public static TheoryData<Over, string, string> Echoes
    {
        get
        {
            var cases = new TheoryData<Over, string, string>();
            foreach (Over transport in Servers.Transports)
            {
                cases.Add(transport, "/echo", "false");
                cases.Add(transport, "/own", "false");
                foreach (string path in (string[])["/own", "/dedicated", "/shared"])
                {
                    cases.Add(transport, path, "{ threshold: 0 }");
                    cases.Add(transport, path, "{ threshold: 0, clientNoContextTakeover: true }");
                    cases.Add(
                        transport, path, "{ threshold: 0, serverNoContextTakeover: true, clientMaxWindowBits: 10 }");
                }
            }

            return cases;
        }
    }

    [NodePackageTheory("ws"), MemberData(nameof(Echoes))]
    public async Task Messages_of_all_lengths_come_back(Over transport, string path, string deflate)
    {
        await using Server server = Servers.StartApp(transport, new SocketApp());
        Assert.Equal("4321 ", Run(server, $$"""
            (async () => {
              const path = "{{path}}", deflate = {{deflate}};
              const socket = await open(path, [], { perMessageDeflate: deflate });
              check(socket.terms.includes("permessage-deflate") === !!deflate, "agreed upon: " + socket.terms);
              if (deflate.clientNoContextTakeover)
                check(socket.terms.includes("client_no_context_takeover"), socket.terms);

              for (const length of [0, 1, 125, 126, 1000, 65535, 65536, (1 << 20) - 1]) {
                for (const sent of ["ü€a".repeat(length / 6), Buffer.alloc(length, "noise and words " + length)]) {
                  const isBinary = Buffer.isBuffer(sent);
                  for (const fragments of [1, 3]) {
                    const part = Math.ceil(sent.length / fragments);
                    for (let i = 0; i < fragments; i++)
                      socket.send(sent.slice(i * part, (i + 1) * part), { binary: isBinary, fin: i === fragments - 1 });
                    const [data, wasBinary] = await once(socket, "message");
                    check(wasBinary === isBinary, "kind of " + length);
                    check(Buffer.compare(data, Buffer.from(sent)) === 0, "differs: " + length);
                  }
                }
              }

              socket.ping("still there");
              check((await once(socket, "pong"))[0].toString() === "still there", "pong");
              socket.close(4321, "enough");
              console.log(await closed(socket));
            })();
            """));
    }

    [NodePackageTheory("ws"), MemberData(nameof(Each))]
    public async Task Codes_reasons_pings_and_subprotocols_are_heard_on_both_sides(Over transport)
    {
        var app = new SocketApp();
        await using Server server = Servers.StartApp(transport, app);
        Assert.Equal("4000 as asked|1006 |1000 |1005 ", Run(server, """
            (async () => {
              const ends = [];
              let socket = await open("/told", ["v0", "v1"]);
              check(socket.protocol === "v1", socket.protocol);
              const ping = once(socket, "ping");
              socket.send("ping");
              check((await ping)[0].toString() === "is it you", "ping");
              for (const message of ["close", "terminate"]) {
                if (message !== "close") socket = await open("/told");
                socket.send(message);
                ends.push(await closed(socket));
              }

              socket = await open("/told");
              socket.close(1000, "ü".repeat(61));
              ends.push(await closed(socket));

              socket = await open("/told");
              socket.close();
              ends.push(await closed(socket));

              socket = await open("/told");
              socket.send("last");
              setTimeout(() => socket.terminate(), 50);
              check(await closed(socket) === "1006 ", "terminated");
              console.log(ends.join("|"));
            })();
            """));

        string[] told =
        [
            "open v1", "pong is it you", "close 4000 as asked True", "open ", "close 1006  True",
            "open ", $"close 1000 {new string('ü', 61)} True", "open ", "close 1005  True",
            "open ", "text last", "close 1006  True",
        ];
        foreach (string line in told) Assert.Equal(line, app.Ledger.Next());
    }

    [NodePackageTheory("ws"), MemberData(nameof(Each))]
    public async Task A_client_that_pauses_gets_all_that_was_accepted_and_then_the_close(Over transport)
    {
        foreach ((string how, string end) in ((string, string)[])[("now", "1000 "), ("close", "4002 full")])
        {
            var app = new SocketApp();
            await using Server server = Servers.StartApp(transport, app);
            string[] said = Run(server, $$"""
                (async () => {
                  const socket = await open("/flood");
                  let count = 0;
                  socket.on("message", data => { if (data.length === 1000) count++; });
                  socket.on("ping", () => { if ("{{how}}" === "now") socket.close(1000); });
                  socket.send("{{how}}");
                  socket.pause();
                  setTimeout(() => socket.resume(), 300);
                  const end = await closed(socket);
                  console.log(count + "|" + end);
                })();
                """).Split('|');
            Assert.Equal(end, said[1]);
            string line;
            do line = app.Ledger.Next();
            while (!line.StartsWith("sent ", StringComparison.Ordinal));
            Assert.Equal(line.Split(' ')[1], said[0]);
        }
    }

    private static string Run(Server server, string script)
    {
        Outcome outcome = Command.Run(
            Tools.Find("node")!, "-e", Prelude + script,
            NodePackageTheoryAttribute.PathOf("ws"), $"ws://127.0.0.1:{server.Port}");
        Assert.True(outcome.ExitCode == 0, outcome.Output + outcome.Error);
        return outcome.Output.TrimEnd('\n', '\r');
    }
}
