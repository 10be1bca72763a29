using System.Text;

namespace Prebake.Conformance.WebSockets;

/// <summary>WebSockets over each transport, byte by byte as the client wants them (RFC 6455).</summary>
public sealed class SocketTests
{
    private static readonly ServerOfEach s_servers = new(transport => Servers.StartApp(transport, new SocketApp()));

    public static TheoryData<Over> Each => new(Servers.Transports);

    private static (Server, Ledger) StartTold(Over transport)
    {
        var app = new SocketApp();
        return (Servers.StartApp(transport, app), app.Ledger);
    }

    [Theory, MemberData(nameof(Each))]
    public void The_handshake_is_answered_as_in_the_standard(Over transport)
    {
        using SocketClient client = SocketClient.Open(s_servers.Of(transport), "/echo");
        Assert.Contains("\r\nUpgrade: websocket\r\n", client.Head);
        Assert.Contains("\r\nConnection: Upgrade\r\n", client.Head);
        Assert.Contains("\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n", client.Head);
        Assert.DoesNotContain("Sec-WebSocket-Protocol", client.Head);
        Assert.DoesNotContain("Content-Length", client.Head);
    }

    [Theory, MemberData(nameof(Each))]
    public void Text_and_binary_come_back(Over transport)
    {
        foreach (string path in (string[])["/echo", "/span", "/later"])
        {
            using SocketClient client = SocketClient.Open(s_servers.Of(transport), path);
            client.SendText("Grüß dich, 世界 🙂");
            client.ExpectText("Grüß dich, 世界 🙂");
            client.SendText("");
            client.ExpectText("");

            foreach (int length in (int[])[0, 1, 125, 126, 127, 65535, 65536, 300_000, 3 << 20])
            {
                byte[] data = new byte[length];
                new Random(length).NextBytes(data);
                client.SendBinary(data);
                Frame? frame = client.Receive();
                Assert.Equal(0x82, frame!.First);
                Assert.True(data.AsSpan().SequenceEqual(frame.Payload));
            }

            client.Send(Frame.CloseOf(1000, "bye"));
            client.ExpectClose(1000);
        }
    }

    [Theory, MemberData(nameof(Each))]
    public void Frames_that_come_with_the_handshake_or_byte_by_byte_are_the_same_frames(Over transport)
    {
        byte[] frames = [.. Frame.Masked(0x01, "Grü"), .. Frame.Masked(0x89, "p"), .. Frame.Masked(0x80, "ß"), .. Frame.Masked(0x82, new byte[200]), .. Frame.CloseOf(1000)];

        // The method of the second one awaits before it lets the client in
        foreach (string path in (string[])["/echo", "/later"])
        {
            using var together = new SocketClient(s_servers.Of(transport));
            together.Send([.. Encoding.Latin1.GetBytes(SocketClient.HandshakeFor(path)), .. frames]);
            together.ReadHead();
            Check(together);
        }

        using SocketClient slow = SocketClient.Open(s_servers.Of(transport), "/echo");
        foreach (byte one in frames) slow.Send([one]);
        Check(slow);

        static void Check(SocketClient client)
        {
            Frame? pong = client.Receive();
            Assert.Equal((0x8A, "p"), (pong!.First, pong.Text));
            client.ExpectText("Grüß");
            Assert.Equal(200, client.Receive()!.Payload.Length);
            client.ExpectClose(1000);
        }
    }

    public static TheoryData<string, byte[], int> Violations => new()
    {
        { "not masked", [0x81, 0x01, (byte)'a'], 1002 },
        { "reserved bit 1", Frame.Masked(0xC1, "a"), 1002 },
        { "reserved bit 2", Frame.Masked(0xA1, "a"), 1002 },
        { "opcode 3", Frame.Masked(0x83, "a"), 1002 },
        { "opcode 11", Frame.Masked(0x8B, "a"), 1002 },
        { "fragmented ping", Frame.Masked(0x09, "a"), 1002 },
        { "long ping", Frame.Masked(0x89, new byte[126]), 1002 },
        { "continuation of nothing", Frame.Masked(0x80, "a"), 1002 },
        { "message in a message", [.. Frame.Masked(0x01, "a"), .. Frame.Masked(0x81, "b")], 1002 },
        { "text that is not UTF-8", Frame.Masked(0x81, [0xC3, 0x28]), 1007 },
        { "text that ends in a character", Frame.Masked(0x81, [(byte)'a', 0xE2, 0x82]), 1007 },
        { "wrong byte in a frame that has not ended", Frame.Masked(0x81, [(byte)'a', 0xFF, .. new byte[900]])[..100], 1007 },
        { "wrong byte in a fragment", Frame.Masked(0x01, [0xF4, 0x90]), 1007 },
        { "close code of one byte", Frame.Masked(0x88, [3]), 1002 },
        { "close code 1005", Frame.CloseOf(1005), 1002 },
        { "close code 999", Frame.CloseOf(999), 1002 },
        { "close code 2000", Frame.CloseOf(2000), 1002 },
        { "close code 5000", Frame.CloseOf(5000), 1002 },
        { "close reason that is not UTF-8", Frame.Masked(0x88, [3, 0xE8, 0xFF]), 1007 },
        { "length that is not the shortest", [0x82, 0xFE, 0, 5, 0, 0, 0, 0, 1, 2, 3, 4, 5], 1002 },
        { "length beyond all bounds", [0x82, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 1002 },
        { "message that is too long", Frame.Masked(0x82, new byte[1001])[..20], 1009 },
        { "fragments that are too long together", [.. Frame.Masked(0x02, new byte[900]), .. Frame.Masked(0x80, new byte[101])], 1009 },
    };

    [Theory, MemberData(nameof(Violations))]
    public void A_violation_is_answered_with_its_close_code_and_never_with_a_bare_end(string what, byte[] bytes, int code)
    {
        _ = what;
        foreach (Over transport in Servers.Transports)
        {
            using SocketClient client = SocketClient.Open(s_servers.Of(transport), "/small");
            client.Send(bytes);
            client.ExpectClose(code);

            using SocketClient slow = SocketClient.Open(s_servers.Of(transport), "/small");
            foreach (byte one in bytes)
            {
                try { slow.Send([one]); } catch (System.Net.Sockets.SocketException) { break; }
            }

            slow.ExpectClose(code);
        }
    }

    [Theory]
    [InlineData("GET /echo HTTP/1.1\r\nHost: a\r\n\r\n", 426)]
    [InlineData("GET /echo HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n", 426)]
    [InlineData("GET /echo HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", 426)]
    [InlineData("GET /echo HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 8\r\n\r\n", 426)]
    [InlineData("GET /echo HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\r\n", 400)]
    [InlineData("GET /echo HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: c2hvcnQ=\r\nSec-WebSocket-Version: 13\r\n\r\n", 400)]
    [InlineData("GET /echo HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n", 400)]
    [InlineData("GET /echo HTTP/1.0\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n", 400)]
    [InlineData("GET /echo HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nContent-Length: 1\r\n\r\nx", 400)]
    [InlineData("GET /echo HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nOrigin: http://b\r\n\r\n", 403)]
    [InlineData("GET /echo HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nOrigin: null\r\n\r\n", 403)]
    [InlineData("GET /echo HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nOrigin: https://a\r\n\r\n", 101)]
    [InlineData("GET /any HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nOrigin: https://b\r\n\r\n", 101)]
    [InlineData("GET /echo HTTP/1.1\r\nHost: a\r\nUPGRADE: WebSocket\r\nConnection: keep-alive, upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n", 101)]
    [InlineData("GET /refused HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n", 403)]
    public void A_handshake_is_judged(string request, int status)
    {
        foreach (Over transport in Servers.Transports)
        {
            using var client = new SocketClient(s_servers.Of(transport));
            client.Send(Encoding.Latin1.GetBytes(request));
            client.ReadHead();
            Assert.Equal(status, client.Status);
            if (status == 426)
            {
                Assert.Contains("\r\nSec-WebSocket-Version: 13\r\n", client.Head);
                Assert.Contains("\r\nUpgrade: websocket\r\n", client.Head);
                Assert.Contains("\r\nConnection: Upgrade\r\n", client.Head);
            }
        }
    }

    [Theory, MemberData(nameof(Each))]
    public void Headers_cookies_and_the_subprotocol_go_with_the_101(Over transport)
    {
        using SocketClient client = SocketClient.Open(s_servers.Of(transport), "/fields");
        Assert.Contains("\r\nX-Own: mine\r\n", client.Head);
        Assert.Contains("\r\nSet-Cookie: taste=sweet", client.Head);

        using SocketClient spoken = SocketClient.Open(s_servers.Of(transport), "/told", "Sec-WebSocket-Protocol: v0, v1\r\nSec-WebSocket-Protocol: v2\r\n");
        Assert.Contains("\r\nSec-WebSocket-Protocol: v2\r\n", spoken.Head);
    }

    [Theory, MemberData(nameof(Each))]
    public async Task The_handler_hears_of_everything_in_order_and_of_the_end_once(Over transport)
    {
        (Server server, Ledger ledger) = StartTold(transport);
        await using (server)
        {
            using (SocketClient client = SocketClient.Open(server, "/told", "Sec-WebSocket-Protocol: v1\r\n"))
            {
                client.SendText("a").SendBinary([1, 2]).Send(Frame.Masked(0x89, "p")).Send(Frame.Masked(0x8A, "q")).Send(Frame.CloseOf(4444, "enough"));
                Assert.Equal(0x8A, client.Receive()!.First);
                client.ExpectClose(4444);
                foreach (string line in (string[])["open v1", "text a", "binary 2", "ping p", "pong q", "close 4444 enough True"]) Assert.Equal(line, ledger.Next());
            }

            using (SocketClient client = SocketClient.Open(server, "/told"))
            {
                client.SendText("close");
                Frame close = client.Receive()!;
                Assert.Equal((4000, "as asked"), (close.Code, close.Reason));
                client.SendText("after").Send(Frame.CloseOf(4000));
                client.ExpectEnd();
                Assert.Equal("open ", ledger.Next());
                Assert.Equal("close 4000 as asked True", ledger.Next());
            }

            using (SocketClient client = SocketClient.Open(server, "/told"))
            {
                client.SendText("close later");
                client.ExpectText("before");
                client.ExpectClose(4001);
                Assert.Equal("open ", ledger.Next());
                Assert.Equal("close 4001 later True", ledger.Next());
            }

            foreach (string order in (string[])["terminate", "terminate later"])
            {
                using SocketClient client = SocketClient.Open(server, "/told");
                client.SendText(order);
                Assert.Null(client.Receive());
                Assert.Equal("open ", ledger.Next());
                Assert.Equal("close 1006  True", ledger.Next());
            }

            using (SocketClient client = SocketClient.Open(server, "/told"))
            {
                client.SendText("send later");
                for (int i = 0; i < 100; i++) client.ExpectText($"later {i}");
            }

            Assert.Equal("open ", ledger.Next());
            Assert.Equal("close 1006  True", ledger.Next());
        }

        Assert.True(ledger.IsEmpty);
    }

    [Theory, MemberData(nameof(Each))]
    public async Task Messages_whose_tasks_take_their_time_are_handled_one_after_another_and_pings_meanwhile(Over transport)
    {
        (Server server, Ledger ledger) = StartTold(transport);
        await using (server)
        {
            using SocketClient client = SocketClient.Open(server, "/slow");
            client.Send([.. Frame.Masked(0x81, "1"), .. Frame.Masked(0x89, "p"), .. Frame.Masked(0x81, "2"), .. Frame.Masked(0x81, "throw"), .. Frame.Masked(0x81, "3")]);
            Assert.Equal(0x8A, client.Receive()!.First);
            client.ExpectText("1");
            client.ExpectText("2");
            client.ExpectText("throw");
            client.ExpectClose(1011);
            foreach (string line in (string[])["in 1", "out 1", "in 2", "out 2", "in throw", "error As asked", "close 1011"]) Assert.Equal(line, ledger.Next());

            using SocketClient thrower = SocketClient.Open(server, "/throws");
            thrower.SendText("x");
            thrower.ExpectClose(1011);
            Assert.Equal("error As always", ledger.Next());
            Assert.Equal("close 1011", ledger.Next());
        }
    }

    [Theory, MemberData(nameof(Each))]
    public async Task A_paused_socket_gets_its_messages_when_it_goes_on(Over transport)
    {
        (Server server, Ledger ledger) = StartTold(transport);
        await using (server)
        {
            using SocketClient client = SocketClient.Open(server, "/told");
            client.Send([.. Frame.Masked(0x81, "pause"), .. Frame.Masked(0x89, "resume"), .. Frame.Masked(0x81, "x")]);
            foreach (string line in (string[])["open ", "paused True", "ping resume", "text x"]) Assert.Equal(line, ledger.Next());
        }
    }

    [Theory, MemberData(nameof(Each))]
    public void Typed_messages_are_JSON_and_others_close_with_1007(Over transport)
    {
        foreach (string wrong in (string[])["{\"Number\":", "{\"Number\":\"x\"}", "null", ""])
        {
            using SocketClient client = SocketClient.Open(s_servers.Of(transport), "/notes");
            client.SendText("{\"Number\":1,\"Text\":\"a\"}").SendBinary("{\"Number\":2,\"Text\":\"ü\"}"u8);
            client.ExpectText("{\"Number\":2,\"Text\":\"a\"}");
            client.ExpectText("{\"Number\":3,\"Text\":\"\\u00FC\"}");
            client.SendText(wrong);
            Assert.Equal(1007, client.Receive()!.Code);
        }
    }

    [Theory, MemberData(nameof(Each))]
    public async Task A_socket_that_closes_while_it_is_paused_or_at_work_hears_the_client_all_the_same(Over transport)
    {
        (Server server, Ledger ledger) = StartTold(transport);
        await using (server)
        {
            using SocketClient client = SocketClient.Open(server, "/told");
            client.Send([.. Frame.Masked(0x81, "pause"), .. Frame.Masked(0x89, "close"), .. Frame.Masked(0x81, "never"), .. Frame.CloseOf(4002)]);
            Assert.Equal(0x8A, client.Receive()!.First);
            client.ExpectClose(4003);
            foreach (string line in (string[])["open ", "paused True", "ping close", "close 4003 in a ping True"]) Assert.Equal(line, ledger.Next());
        }
    }

    [Theory, MemberData(nameof(Each))]
    public async Task A_stop_that_waits_no_longer_says_1001_too(Over transport)
    {
        (Server server, Ledger ledger) = StartTold(transport);
        using SocketClient client = SocketClient.Open(server, "/told");
        Assert.Equal("open ", ledger.Next());
        await server.StopAsync(closeActiveConnections: true);
        Assert.Equal((1001, "Server closed"), client.Receive() is { } close ? (close.Code, close.Reason) : default);
        Assert.Equal("close 1001 Server closed True", ledger.Next());
    }

    [Theory, MemberData(nameof(Each))]
    public async Task A_stop_that_waits_no_longer_resets_nobody_who_has_been_told_something_else(Over transport)
    {
        (Server server, Ledger ledger) = StartTold(transport);
        using SocketClient client = SocketClient.Open(server, "/told");
        Assert.Equal("open ", ledger.Next());
        client.SendText("close");
        client.ExpectClose(4000, answer: false);
        await server.StopAsync(closeActiveConnections: true);
        Assert.Equal("close 4000 as asked True", ledger.Next());
        Assert.Equal(0, client.Socket.Receive(new byte[1]));         // a reset would throw
    }

    [Theory, MemberData(nameof(Each))]
    public async Task A_thousand_sockets_that_are_opened_and_killed_leave_nothing_behind(Over transport)
    {
        (Server server, Ledger ledger) = StartTold(transport);
        await using (server)
        {
            for (int i = 0; i < 1000; i++)
            {
                using SocketClient client = SocketClient.Open(server, "/told");
                client.Socket.LingerState = i % 2 == 0 ? new(true, 0) : new(false, 0);
                if (i % 3 == 0) client.Send(Frame.Masked(0x82, new byte[200])[..(i % 100 + 2)]);
                if (i % 5 == 0) client.SendText("send later");
            }

            await SocketPressureTests.Eventually(() => server.PendingWebSockets == 0);
            int opened = 0, closed = 0;
            while (closed < 1000)
            {
                string line = ledger.Next();
                if (line.StartsWith("open", StringComparison.Ordinal)) opened++;
                if (line.StartsWith("close", StringComparison.Ordinal)) closed++;
            }

            Assert.Equal(1000, opened);
            Assert.True(ledger.IsEmpty);
            Assert.Equal(0, Prebake.WebSockets.WebSocketService.Of(server.Service).Held);
        }
    }

    [Theory, MemberData(nameof(Each))]
    public async Task Silence_age_and_a_stop_end_it(Over transport)
    {
        (Server server, Ledger ledger) = StartTold(transport);
        await using (server)
        {
            using (SocketClient client = SocketClient.Open(server, "/idle"))
            {
                Assert.Equal(0x89, client.Receive()!.First);
                client.ExpectClose(1001);
                Assert.Equal("open ", ledger.Next());
                Assert.Equal("close 1006 WebSocket timed out from inactivity True", ledger.Next());
            }

            using (SocketClient client = SocketClient.Open(server, "/silent"))
            {
                client.ExpectClose(1001);
                Assert.Equal("open ", ledger.Next());
                Assert.Equal("close 1006 WebSocket timed out from inactivity True", ledger.Next());
            }

            using (SocketClient client = SocketClient.Open(server, "/old"))
            {
                client.ExpectClose(1001);
                Assert.Equal("open ", ledger.Next());
                Assert.Equal("close 1001 Maximum age reached True", ledger.Next());
            }

            using (SocketClient client = SocketClient.Open(server, "/told"))
            {
                Assert.Equal("open ", ledger.Next());
                Task stop = server.StopAsync();
                client.ExpectClose(1001);
                Assert.Equal("close 1001 Server closed True", ledger.Next());
                await stop;
            }
        }
    }
}
