using System.Net.Sockets;
using System.Text;
using Prebake.Transports;
using Prebake.Transports.Memory;

namespace Prebake.Tests.Transports;

/// <summary>A session between protocol and wire: every byte passes through it, and nothing else changes.</summary>
public sealed class SessionTests
{
    public static TheoryData<Over> Transports => new(TransportUnderTest.Kinds);

    [Theory, MemberData(nameof(Transports))]
    public async Task Bytes_pass_through_it_both_ways_however_they_are_cut(Over over)
    {
        await using var server = Start(over, connection => new Echo(connection));
        using var client = new Peer(server);
        byte[] message = Encoding.ASCII.GetBytes("a message that is cut anywhere\n");
        for (int cut = 0; cut < message.Length; cut++)
        {
            client.Send(message.AsSpan(0, cut));
            if (cut % 5 == 0) await Task.Delay(1);
            client.Send(message.AsSpan(cut));
            Assert.Equal(message, client.Read(message.Length));
        }

        Assert.False(server.Connections.Single().CanSendFile);
        Assert.Empty(server.Faults);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task The_same_without_a_socket(Over over)
    {
        await using var server = Start(over, connection => new Echo(connection));
        ReadOnlyMemory<byte> answer = await MemoryConnection.ExchangeAsync(server.Loop, new Peer().Sealed("HELLO\nquit\n"u8), default).WaitAsync(TimeSpan.FromMinutes(1));
        Assert.Equal("welcomeHELLO\nquit\nbye!", Encoding.ASCII.GetString(new Peer().Opened(answer.ToArray())));
        Assert.Empty(server.Faults);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Large_output_under_a_slow_reader_is_whole_and_waits_unsealed(Over over)
    {
        await using var server = Start(over, connection => new Echo(connection));
        using var client = new Peer(server, receiveBuffer: 8 << 10);
        client.Send("large\n"u8);
        await Eventually.Until(() => server.Connections.Count == 1);
        Connection connection = server.Connections.Single();
        await Eventually.Until(() => connection.IsBlocked, "the socket took everything");
        await Task.Delay(50);
        Assert.InRange(connection.BytesSent, 1, Echo.Large.Length - 1);

        // Referenced, not copied: what has been sealed and waits for the socket is little
        Assert.InRange(await server.OnLoop(() => connection.ParkedBytes), 0, 256 << 10);

        Assert.Equal(Echo.Large, client.Read(Echo.Large.Length));
        client.Send("x\n"u8);
        Assert.Equal("x\n"u8.ToArray(), client.Read(2));
        await Eventually.Until(() => server.OnLoop(() => connection.OwnsNothing).Result);
        Assert.Empty(server.Faults);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_close_comes_with_the_session_s_farewell_behind_everything(Over over)
    {
        await using var server = Start(over, connection => new Echo(connection));
        foreach (string quit in (string[])["quit\n", "large\nquit\n"])
        {
            using var client = new Peer(server);
            client.Send(Encoding.ASCII.GetBytes(quit));
            byte[] expected = [.. quit.StartsWith('l') ? Echo.Large : [], .. "quit\n"u8.ToArray(), .. "bye!"u8.ToArray()];
            Assert.Equal(expected, client.ReadToEnd());
            await Eventually.Until(() => server.Connections.All(connection => connection.IsClosed));
        }

        Assert.All(s_sessions.Where(session => session.Server == server), session => Assert.Equal(1, session.ClosedCount));
        Assert.Empty(server.Faults);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_half_close_ends_the_input_and_the_output_still_comes(Over over)
    {
        await using var server = Start(over, connection => new Echo(connection));
        using var client = new Peer(server);
        client.Send("one\nlarge\n"u8);
        client.Socket.Shutdown(SocketShutdown.Send);
        Assert.Equal([.. "one\n"u8.ToArray(), .. Echo.Large, .. "bye!"u8.ToArray()], client.ReadToEnd());
        Assert.Empty(server.Faults);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task An_end_that_is_said_inside_the_session_is_one(Over over)
    {
        await using var server = Start(over, connection => new Echo(connection));
        using var client = new Peer(server);
        client.Send([.. "one\n"u8, Xor.EndMark]);
        Assert.Equal("one\nbye!"u8.ToArray(), client.ReadToEnd());
        Assert.Empty(server.Faults);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task An_abort_is_a_reset_and_releases_the_session_once(Over over)
    {
        await using var server = Start(over, connection => new Echo(connection));
        using var client = new Peer(server);
        client.Send("large\nabort\n"u8);
        try
        {
            Assert.NotEqual(Echo.Large.Length, client.ReadToEnd().Length);
        }
        catch (SocketException)
        {
        }

        await Eventually.Until(() => server.Connections.Single().IsClosed);
        await Eventually.Until(() => s_sessions.Single(session => session.Server == server).ClosedCount == 1);
        Assert.Empty(server.Faults);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Who_is_still_sending_reads_the_response_through_the_session(Over over)
    {
        await using var server = Start(over, connection => new Echo(connection));
        using var client = new Peer(server);
        client.Send("refuse\n"u8);
        client.Socket.SendAll(new byte[5_000_000]);
        client.Socket.Shutdown(SocketShutdown.Send);
        Assert.Equal("no\nbye!"u8.ToArray(), client.ReadToEnd());
        await Eventually.Until(() => server.Connections.Single().IsClosed);
        Assert.Empty(server.Faults);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task What_is_written_before_the_handshake_waits_for_it_even_if_the_connection_is_to_close(Over over)
    {
        await using var server = TransportUnderTest.Start(over, connection =>
        {
            connection.Protocol = new Echo(connection);
            connection.UseSession(new Xor(connection, null));
            connection.Loop.Output.Write("too many\n"u8);
            connection.CloseAfterFlush(linger: true);
        });
        using var client = new Peer(server);
        await Task.Delay(20);
        client.Send([]);
        client.Socket.Shutdown(SocketShutdown.Send);
        Assert.Equal("too many\nbye!"u8.ToArray(), client.ReadToEnd());
        Assert.Empty(server.Faults);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_session_that_makes_no_sense_says_so_and_closes(Over over)
    {
        await using var server = Start(over, connection => new Echo(connection));
        using Socket client = server.Connect();
        client.SendAll("GET / HTTP/1.1\r\n\r\n"u8);
        Assert.Equal("alert"u8.ToArray(), new Peer().Opened(client.ReadToEnd(), greeted: true));
        Assert.Empty(server.Faults);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task It_may_choose_the_protocol_before_the_first_byte(Over over)
    {
        await using var server = TransportUnderTest.Start(over, connection =>
        {
            connection.Protocol = new Never(connection);
            connection.UseSession(new Xor(connection, null, () => new Echo(connection)));
        });
        using var client = new Peer(server);
        client.Send("hello\n"u8);
        Assert.Equal("hello\n"u8.ToArray(), client.Read(6));
        Assert.Empty(server.Faults);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Much_at_once_in_both_directions_arrives(Over over)
    {
        await using var server = Start(over, connection => new Echo(connection));
        await Task.WhenAll(Enumerable.Range(0, 4).Select(number => Task.Run(() =>
        {
            using var client = new Peer(server);
            var all = new byte[3_000_000];
            new Random(number).NextBytes(all);
            foreach (ref byte one in all.AsSpan())
                if (one is (byte)'\n' or Xor.EndMark) one = (byte)'.';

            for (int i = 99; i < all.Length; i += 100) all[i] = (byte)'\n';
            Task sending = Task.Run(() =>
            {
                for (int at = 0; at < all.Length; at += 70_000) client.Send(all.AsSpan(at, Math.Min(70_000, all.Length - at)));
            });
            Assert.Equal(all, client.Read(all.Length));
            Assert.True(sending.Wait(TimeSpan.FromMinutes(1)));
        }))).WaitAsync(TimeSpan.FromMinutes(2));
        Assert.Empty(server.Faults);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task What_a_session_that_throws_has_sealed_is_nobody_else_s(Over over)
    {
        await using var server = Start(over, connection => new Echo(connection));
        using var other = new Peer(server);
        other.Send("hi\n"u8);
        Assert.Equal("hi\n"u8.ToArray(), other.Read(3));

        // Its first thousand bytes are sealed, and its second are not
        using var bad = new Peer(server);
        bad.Send(Encoding.ASCII.GetBytes(new string('A', 1_500) + "boom\n"));
        await Eventually.Until(() => server.Faults.Count > 0);

        other.Send("x\n"u8);
        Assert.Equal("x\n"u8.ToArray(), other.Read(2));
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task An_end_of_input_waits_behind_what_waits_for_its_costly_turn(Over over)
    {
        await using var server = TransportUnderTest.Start(over, connection =>
        {
            connection.Protocol = new Echo(connection);
            connection.UseSession(new Xor(connection, null, isCostly: true));
        });
        List<Peer> clients = [.. Enumerable.Range(0, 40).Select(_ => new Peer(server))];
        await Eventually.Until(() => server.Connections.Count == clients.Count);

        // All at once, so that most of them have to wait
        using var gate = new ManualResetEventSlim();
        Assert.True(server.Loop.Post(_ => gate.Wait(TimeSpan.FromMinutes(1)), null));
        foreach (Peer client in clients)
        {
            client.Send("one\n"u8);
            client.Socket.Shutdown(SocketShutdown.Send);
        }

        gate.Set();
        foreach (Peer client in clients)
        {
            Assert.Equal("one\nbye!"u8.ToArray(), client.ReadToEnd());
            client.Dispose();
        }

        Assert.Empty(server.Faults);
    }

    private static readonly System.Collections.Concurrent.ConcurrentBag<Xor> s_sessions = [];

    private static TransportUnderTest Start(Over over, Func<Connection, Protocol> speak)
    {
        TransportUnderTest? server = null;
        server = TransportUnderTest.Start(over, connection =>
        {
            connection.Protocol = speak(connection);
            var session = new Xor(connection, () => server);
            s_sessions.Add(session);
            connection.UseSession(session);
        });
        return server;
    }

    /// <summary>
    /// A cipher that hides nothing: after a greeting of five bytes each byte is changed by its place. It speaks for itself (a greeting, an
    /// alert, a farewell), cannot seal before it has been greeted, and takes at most a thousand bytes at a time.
    /// </summary>
    private sealed class Xor(Connection connection, Func<TransportUnderTest?>? server, Func<Protocol>? choose = null, bool isCostly = false)
        : Session
    {
        public const byte EndMark = 4;

        private readonly Cipher _in = new(), _out = new();
        private readonly Queue<byte[]> _toSay = new();
        private int _greeted;
        private bool _broken;

        public TransportUnderTest? Server => server?.Invoke();

        public int ClosedCount { get; private set; }

        public override int Room => 1_000;

        public override bool IsCostly(ReadOnlySpan<byte> wire) => isCostly && _greeted < 5;

        public override SessionStatus Open(ReadOnlySpan<byte> wire, Span<byte> plain, out int used, out int written)
        {
            used = written = 0;
            Assert.Equal(0, ClosedCount);
            if (_broken) { used = wire.Length; return SessionStatus.Going; }

            while (_greeted < 5 && used < wire.Length)
            {
                if (wire[used++] != "hello"u8[_greeted])
                {
                    _broken = true;
                    _toSay.Enqueue("alert"u8.ToArray());
                    used = wire.Length;
                    return SessionStatus.Broken;
                }

                if (++_greeted < 5) continue;
                _toSay.Enqueue("welcome"u8.ToArray());
                if (choose is not null) connection.SwitchTo(choose());
                return SessionStatus.Going;
            }

            int count = Math.Min(1_000, Math.Min(wire.Length - used, plain.Length));
            for (int i = 0; i < count; i++)
            {
                plain[i] = _in.Next(wire[used++]);
                if (plain[i] == EndMark) return SessionStatus.Ended;
                written++;
            }

            return SessionStatus.Going;
        }

        public override SessionStatus Seal(ReadOnlySpan<byte> plain, Span<byte> wire, out int used, out int written)
        {
            if (plain.IndexOf("boom"u8) is >= 0 and < 1_000) throw new InvalidOperationException("boom");

            used = _greeted < 5 ? 0 : Math.Min(Math.Min(1_000, plain.Length), wire.Length);
            for (int i = 0; i < used; i++) wire[i] = _out.Next(plain[i]);
            written = used;
            return SessionStatus.Going;
        }

        public override int Speak(Span<byte> wire)
        {
            if (!_toSay.TryDequeue(out byte[]? words)) return 0;
            words.CopyTo(wire);
            return words.Length;
        }

        public override void SayFarewell() => _toSay.Enqueue("bye!"u8.ToArray());

        public override void Closed() => ClosedCount++;
    }

    private sealed class Cipher
    {
        private int _place;

        public byte Next(byte value) => (byte)(value ^ (_place++ * 7 + 0x55));
    }

    /// <summary>The other side.</summary>
    private sealed class Peer : IDisposable
    {
        private readonly Cipher _in = new(), _out = new();
        private readonly Socket? _socket;
        private bool _greeted;

        public Peer() { }

        public Peer(TransportUnderTest server, int receiveBuffer = 0) => _socket = server.Connect(receiveBuffer);

        public Socket Socket => _socket!;

        public byte[] Sealed(ReadOnlySpan<byte> plain)
        {
            var wire = new MemoryStream();
            if (!_greeted) wire.Write("hello"u8);
            _greeted = true;
            foreach (byte one in plain) wire.WriteByte(_out.Next(one));
            return wire.ToArray();
        }

        // All that ever came, with the session's own words in the clear in front and behind
        public byte[] Opened(byte[] wire, bool greeted = false)
        {
            int start = !greeted && wire.AsSpan().StartsWith("welcome"u8) ? 7 : 0;
            int end = wire.AsSpan().EndsWith("bye!"u8) ? wire.Length - 4 : wire.Length;
            if (greeted) return wire;
            for (int i = start; i < end; i++) wire[i] = _in.Next(wire[i]);
            return wire;
        }

        public void Send(ReadOnlySpan<byte> plain) => Socket.SendAll(Sealed(plain));

        public byte[] Read(int count)
        {
            ReadWelcome();
            byte[] wire = Socket.ReadExactly(count);
            foreach (ref byte one in wire.AsSpan()) one = _in.Next(one);
            return wire;
        }

        public byte[] ReadToEnd()
        {
            ReadWelcome();
            return Opened(Socket.ReadToEnd(), greeted: false);
        }

        public void Dispose() => _socket?.Dispose();

        private void ReadWelcome()
        {
            if (_welcomed) return;
            _welcomed = true;
            Assert.Equal("welcome"u8.ToArray(), Socket.ReadExactly(7));
        }

        private bool _welcomed;
    }

    private sealed class Echo(Connection connection) : TestProtocol(connection)
    {
        public static readonly byte[] Large = MakeLarge();

        private bool _ended;

        public override int Receive(byte[] buffer, int offset, int length)
        {
            int used = 0;
            while (!Connection.IsClosing)
            {
                if (Connection.IsBlocked) { Connection.InputPaused = true; return used; }

                int end = buffer.AsSpan(offset + used, length - used).IndexOf((byte)'\n');
                if (end < 0) return used;

                ReadOnlySpan<byte> line = buffer.AsSpan(offset + used, end + 1);
                used += line.Length;
                if (line.SequenceEqual("large\n"u8)) { Output.WriteReference(Large); Connection.Flush(); }
                else if (line.SequenceEqual("abort\n"u8)) Connection.Abort();
                else if (line.SequenceEqual("refuse\n"u8))
                {
                    Output.Write("no\n"u8);
                    Connection.CloseAfterFlush(linger: true);
                }
                else
                {
                    Output.Write(line);
                    if (line.SequenceEqual("quit\n"u8)) Connection.CloseAfterFlush(linger: false);
                }
            }

            return length;
        }

        public override void EndOfInput()
        {
            _ended = true;
            if (Connection.HasNoPendingInput) Connection.CloseAfterFlush(linger: false);
        }

        public override void OutputDrained()
        {
            base.OutputDrained();
            if (_ended && Connection.HasNoPendingInput) Connection.CloseAfterFlush(linger: false);
        }

        private static byte[] MakeLarge()
        {
            var bytes = new byte[12 << 20];
            for (int i = 0; i < bytes.Length; i++) bytes[i] = (byte)((i * 31) ^ (i >> 9));
            return bytes;
        }
    }

    private sealed class Never(Connection connection) : TestProtocol(connection)
    {
        public override int Receive(byte[] buffer, int offset, int length) => throw new InvalidOperationException("not for this one");
    }
}
