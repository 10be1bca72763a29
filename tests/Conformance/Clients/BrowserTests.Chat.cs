namespace Prebake.Conformance.Clients;

// The page of the chat sample in two frames, as two tabs would have it, and a socket by hand
public sealed partial class BrowserTests
{
    private static readonly string s_chatPage = Path.Combine(Repository.Root, "samples", "Chat", "public");

    internal sealed partial class Site
    {
        [Get("/")] private static Response Chat() => Response.File(Path.Combine(s_chatPage, "index.html"));

        [Get("/chat.js")] private static Response Script() => Response.File(Path.Combine(s_chatPage, "chat.js"));

        [Get("/chat.css")] private static Response Style() => Response.File(Path.Combine(s_chatPage, "chat.css"));

        [WebSocket("/rooms/{room}")]
        private static Visitor Enter(Server server, string room, string name) => new(server, room, name);

        [WebSocket("/socket", Protocols = ["b", "a"], Compress = Deflate.Shared, Decompress = Deflate.Shared)]
        private static Socket Connect() => new();
    }

    internal sealed class Visitor(Server server, string room, string name) : WebSocketHandler
    {
        protected override void Open()
        {
            Subscribe(room);
            server.Publish(room, $"{name} has come");
        }

        protected override ValueTask Message(string text)
        {
            server.Publish(room, $"{name}: {text}");
            return default;
        }

        protected override void Close(int code, string reason) => server.Publish(room, $"{name} has left");
    }

    internal sealed class Socket : WebSocketHandler
    {
        protected override ValueTask Message(string text)
        {
            if (text == "close") CloseSocket(4000, "as you wish");
            else Send(text, compress: true);
            return default;
        }

        protected override ValueTask Message(ReadOnlyMemory<byte> data)
        {
            Send(data.Span, compress: true);
            return default;
        }
    }

    private const string ChatScript = """
        (async () => {
            const body = document.documentElement.appendChild(document.createElement('body'));
            const tab = name => new Promise(done => {
                const frame = document.createElement('iframe');
                frame.src = '/';
                frame.onload = () => {
                    frame.contentDocument.getElementById('name').value = name;
                    frame.contentDocument.getElementById('enter').requestSubmit();
                    done(frame);
                };
                body.append(frame);
            });
            const lines = frame => [...frame.contentDocument.querySelectorAll('li')].map(line => line.textContent);
            const until = async (frame, text) => {
                while (!lines(frame).includes(text)) await new Promise(done => setTimeout(done, 20));
            };
            const say = (frame, text) => {
                frame.contentDocument.getElementById('text').value = text;
                frame.contentDocument.getElementById('say').requestSubmit();
            };

            const ada = await tab('Ada');
            await until(ada, 'Ada has come');
            const bob = await tab('Bob');
            await until(ada, 'Bob has come');
            await until(bob, 'Bob has come');
            say(bob, 'hello <b>');
            await until(ada, 'Bob: hello <b>');
            say(ada, 'grüß dich');
            await until(bob, 'Ada: grüß dich');
            const seen = lines(bob);
            bob.remove();
            await until(ada, 'Bob has left');
            await fetch('/report', { method: 'POST', body: JSON.stringify([lines(ada).join('|'), seen.join('|')]) });
        })();
        """;

    private const string SocketScript = """
        (async () => {
            const url = new URL('/socket', location);
            url.protocol = location.protocol.replace('http', 'ws');
            const socket = new WebSocket(url, ['a', 'b']);
            socket.binaryType = 'arraybuffer';
            const next = name => new Promise(done => socket.addEventListener(name, done, { once: true }));
            await next('open');

            const long = 'ä€😀'.repeat(20000);
            socket.send(long);
            const text = (await next('message')).data === long;
            socket.send(new Uint8Array([0, 255, 1]));
            const bytes = new Uint8Array((await next('message')).data).join();
            socket.send('close');
            const end = await next('close');
            const why = `${end.code} ${end.reason} ${end.wasClean}`;
            const report = [socket.protocol, socket.extensions, `${text}`, bytes, why];
            await fetch('/report', { method: 'POST', body: JSON.stringify(report) });
        })();
        """;

    [ChromiumFact]
    public async Task The_page_of_the_chat_works_in_two_tabs()
    {
        string[] report = await ReportOfAsync("chat");
        Assert.Equal("Ada has come|Bob has come|Bob: hello <b>|Ada: grüß dich|Bob has left", report[0]);
        Assert.Equal("Bob has come|Bob: hello <b>|Ada: grüß dich", report[1]);
    }

    [ChromiumFact]
    public Task A_browsers_socket_agrees_upon_protocol_and_compression_and_hears_the_reason_of_the_close() => LookAtSocketAsync();

    [ChromiumFact]
    public Task A_browsers_socket_does_so_over_TLS_as_well() => LookAtSocketAsync(Servers.Tls);

    private static async Task LookAtSocketAsync(params TlsOptions[] tls)
    {
        string[] report = await ReportOfAsync("socket", tls);
        Assert.Equal("b", report[0]);
        Assert.StartsWith("permessage-deflate", report[1]);
        Assert.Equal(["true", "0,255,1", "4000 as you wish true"], report[2..]);
    }
}
