using Prebake.Conformance.Tls;
using Prebake.Conformance.WebSockets;
using Prebake.Testing;

namespace Prebake.Conformance.Clients;

/// <summary>https and wss as Node.js speaks them, which has a TLS of its own; with a certificate that it verifies.</summary>
public sealed class SecureClientsTests
{
    private static readonly ServerOfEach s_servers = new(transport => Servers.StartApp(
        transport, new TestApp(), TlsServers.Patient with { Tls = [Servers.Tls] }));

    private static readonly ServerOfEach s_sockets = new(transport => Servers.StartApp(
        transport, new SocketApp(), TlsServers.Patient with { Tls = [Servers.Tls] }));

    [ToolTheory("node")]
    [InlineData("TLSv1.2")]
    [InlineData("TLSv1.3")]
    public void Node_asks_on_one_connection_and_posts_megabytes(string version)
    {
        const string Script = """
            const https = require("https"), fs = require("fs");
            const [port, authority, version] = process.argv.slice(1);
            const agent = new https.Agent({ ca: fs.readFileSync(authority), keepAlive: true, maxSockets: 1, minVersion: version, maxVersion: version });
            const ports = new Set();
            const ask = (method, path, body) => new Promise((done, fail) => {
              const request = https.request({ host: "127.0.0.1", servername: "localhost", port, method, path, agent }, response => {
                const parts = [];
                ports.add(response.socket.localPort + response.socket.getProtocol());
                response.on("data", part => parts.push(part)).on("end", () => done(Buffer.concat(parts)));
              });
              request.on("error", fail).end(body);
            });
            (async () => {
              const body = Buffer.alloc(3 << 20, "prebake");
              for (let i = 0; i < 3; i++) {
                console.log((await ask("GET", "/text")).toString());
                console.log(Buffer.compare(body, await ask("POST", "/echo", body)));
              }
              console.log(ports.size, [...ports][0].endsWith(version));
              agent.destroy();
            })();
            """;
        foreach (Over transport in Servers.TlsTransports)
        {
            Outcome outcome = Command.Run(
                Tools.Find("node")!, "-e", Script, $"{s_servers.Of(transport).Port}", Certificates.Authority.AuthorityFile, version);
            Assert.True(
                outcome.Lines.SequenceEqual(["handler answer", "0", "handler answer", "0", "handler answer", "0", "1 true"]),
                outcome.Output + outcome.Error);
        }
    }

    // With TLS 1.3 a ticket is good for once, so there is a new one each time
    [ToolTheory("node")]
    [InlineData("TLSv1.2")]
    [InlineData("TLSv1.3")]
    public void Node_resumes_with_the_ticket_of_the_connection_before(string version)
    {
        const string Script = """
            const tls = require("tls"), fs = require("fs");
            const [port, authority, version] = process.argv.slice(1);
            const ca = fs.readFileSync(authority);
            const connect = session => new Promise((done, fail) => {
              let ticket, text = "";
              const options = { host: "127.0.0.1", servername: "localhost", port, ca, session, minVersion: version, maxVersion: version };
              const socket = tls.connect(options, () => socket.write("GET /text HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
              socket.on("session", got => ticket = got).on("data", part => text += part).on("error", fail);
              socket.on("end", () => done({ ticket, reused: socket.isSessionReused(), answered: text.endsWith("handler answer") }));
            });
            (async () => {
              const first = await connect();
              const second = await connect(first.ticket);
              const third = await connect(second.ticket ?? first.ticket);
              const isNew = second.ticket !== undefined && Buffer.compare(first.ticket, second.ticket) !== 0;
              console.log([first, second, third].map(each => `${each.reused} ${each.answered}`).join(", "), isNew);
            })();
            """;
        foreach (Over transport in Servers.TlsTransports)
        {
            if (transport is Over.Sockets) continue;         // tickets are .NET's there

            Outcome outcome = Command.Run(
                Tools.Find("node")!, "-e", Script, $"{s_servers.Of(transport).Port}", Certificates.Authority.AuthorityFile, version);
            string expected = "false true, true true, true true " + (version == "TLSv1.3" ? "true" : "false");
            Assert.True(outcome.Output.Trim() == expected, outcome.Output + outcome.Error);
        }
    }

    [NodeSocketTheory]
    [InlineData("/echo")]
    [InlineData("/own")]
    public void Node_speaks_wss(string path)
    {
        const string Script = """
            process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";
            const socket = new WebSocket(process.argv[1]);
            const messages = [0, 125, 126, 65536, 1 << 20].map(length => "ü".repeat(length));
            let at = 0;
            socket.onopen = () => messages.forEach(message => socket.send(message));
            socket.onmessage = event => {
              if (event.data !== messages[at++]) { console.log("differs at", at); process.exit(1); }
              if (at === messages.length) socket.close(4321, "enough");
            };
            socket.onerror = event => console.log("error", event.message);
            socket.onclose = event => console.log("closed", event.code, event.wasClean);
            """;
        foreach (Over transport in Servers.TlsTransports)
        {
            string url = $"wss://127.0.0.1:{s_sockets.Of(transport).Port}{path}";
            Outcome outcome = Command.Run(Tools.Find("node")!, NodeSocketTheoryAttribute.Switch, "-e", Script, url);
            Assert.True(outcome.Output.Trim() == "closed 4321 true", outcome.Output + outcome.Error);
        }
    }
}
