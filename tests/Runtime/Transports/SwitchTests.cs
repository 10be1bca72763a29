using System.Net.Sockets;
using System.Text;
using Prebake.Transports;
using Prebake.Transports.Memory;

namespace Prebake.Tests.Transports;

/// <summary>Another protocol takes over a connection: an upgrade, or what the first bytes have chosen.</summary>
public sealed class SwitchTests
{
    // A line each, "upgrade", and then frames: a length and so many bytes
    private static readonly byte[] s_conversation = Encoding.ASCII.GetBytes("one\ntwo\nupgrade\n\u0003abc\u0000\u0005hello");
    private const string Answers = "<one><two><up>[abc][][hello]";

    public static TheoryData<Over> Transports => new(TransportUnderTest.Kinds);

    public static TheoryData<Over, When> TransportsAndMoments => TransportUnderTest.EachWith(Enum.GetValues<When>());

    /// <summary>When the line protocol hands over.</summary>
    public enum When
    {
        /// <summary>While it is offered the line, and the rest of its input.</summary>
        Inside,

        /// <summary>When another thread has thought about it, as an asynchronous handler does.</summary>
        Later,
    }

    [Theory, MemberData(nameof(TransportsAndMoments))]
    public async Task Bytes_cut_anywhere_reach_the_protocol_that_they_are_for(Over over, When when)
    {
        await using var server = TransportUnderTest.Start(over, connection => new Lines(connection, when));
        for (int cut = 0; cut <= s_conversation.Length; cut++)
        {
            using Socket client = server.Connect();
            client.SendAll(s_conversation.AsSpan(0, cut));
            if (cut % 3 == 0) await Task.Delay(1);
            client.SendAll(s_conversation.AsSpan(cut));
            Assert.Equal(Answers, Encoding.ASCII.GetString(client.ReadExactly(Answers.Length)));
        }

        Assert.Empty(server.Faults);
    }

    [Theory, MemberData(nameof(TransportsAndMoments))]
    public async Task Bytes_that_come_one_by_one_do_too(Over over, When when)
    {
        await using var server = TransportUnderTest.Start(over, connection => new Lines(connection, when));
        using Socket client = server.Connect();
        foreach (byte one in s_conversation)
        {
            client.SendAll([one]);
            await Task.Delay(1);
        }

        Assert.Equal(Answers, Encoding.ASCII.GetString(client.ReadExactly(Answers.Length)));
        Assert.Empty(server.Faults);
    }

    [Theory, MemberData(nameof(TransportsAndMoments))]
    public async Task The_same_without_a_socket(Over over, When when)
    {
        await using var server = TransportUnderTest.Start(over, connection => new Lines(connection, when));
        ReadOnlyMemory<byte> answers = await MemoryConnection.ExchangeAsync(server.Loop, s_conversation.Concat("\u0001!"u8.ToArray()).ToArray(), default)
            .WaitAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(Answers + "[!]", Encoding.ASCII.GetString(answers.Span));
        Assert.Empty(server.Faults);
    }

    [Theory, MemberData(nameof(TransportsAndMoments))]
    public async Task End_deadline_stop_and_farewell_are_told_to_the_new_protocol_only(Over over, When when)
    {
        var told = new List<string>();
        await using var server = TransportUnderTest.Start(over, connection => new Lines(connection, when, told));

        // The end of what the peer sends
        using (Socket client = server.Connect())
        {
            client.SendAll("upgrade\n"u8);
            client.Shutdown(SocketShutdown.Send);
            Assert.Equal("<up>", Encoding.ASCII.GetString(client.ReadToEnd()));
        }

        await Eventually.Until(() => Told().Contains("frames closed"));
        Assert.Equal(["frames end", "frames closed"], Told());

        // Time
        using (Socket client = server.Connect())
        {
            client.SendAll("upgrade\n\u0004time"u8);
            Assert.Equal("<up>[time]", Encoding.ASCII.GetString(client.ReadExactly(10)));
            await Eventually.Until(() => Told().Contains("frames timed out"));
        }

        // A stop
        using (Socket client = server.Connect())
        {
            client.SendAll("upgrade\n\u0001x"u8);
            Assert.Equal("<up>[x]", Encoding.ASCII.GetString(client.ReadExactly(7)));
            server.Loop.Drain();
            await Eventually.Until(() => Told().Contains("frames drain"));
        }

        Assert.DoesNotContain(Told(), what => what.StartsWith("lines"));
        Assert.Empty(server.Faults);

        string[] Told()
        {
            lock (told) return [.. told];
        }
    }

    private sealed class Lines(Connection connection, When when, List<string>? told = null) : TestProtocol(connection)
    {
        private bool _asks;

        public override int Receive(byte[] buffer, int offset, int length)
        {
            int used = 0;
            while (true)
            {
                if (_asks) { Connection.InputPaused = true; return used; }

                int end = buffer.AsSpan(offset + used, length - used).IndexOf((byte)'\n');
                if (end < 0) return used;

                ReadOnlySpan<byte> line = buffer.AsSpan(offset + used, end);
                used += end + 1;
                if (!line.SequenceEqual("upgrade"u8))
                {
                    Output.Write("<"u8);
                    Output.Write(line);
                    Output.Write(">"u8);
                }
                else if (when is When.Inside)
                {
                    Upgrade();
                    Connection.InputPaused = true;          // a careless last word, which must not stop the new one
                    return used;
                }
                else
                {
                    _asks = true;
                    ThreadPool.QueueUserWorkItem(_ => Connection.Loop.Post(_ =>
                    {
                        if (Connection.IsClosed) return;
                        Connection.Loop.BeginTurn(Connection);
                        Upgrade();
                        Connection.EndTurn();
                    }, null));
                }
            }
        }

        public override void EndOfInput()
        {
            if (!_asks) Tell(told, "lines end");
        }

        public override void Closed() => Tell(told, "lines closed");
        public override void Drain() => Tell(told, "lines drain");

        private void Upgrade()
        {
            Output.Write("<up>"u8);
            Connection.SwitchTo(new Frames(Connection, told));
        }
    }

    private sealed class Frames(Connection connection, List<string>? told) : TestProtocol(connection)
    {
        public override int Receive(byte[] buffer, int offset, int length)
        {
            int used = 0;
            while (used < length && length - used > buffer[offset + used])
            {
                ReadOnlySpan<byte> frame = buffer.AsSpan(offset + used + 1, buffer[offset + used]);
                used += 1 + frame.Length;
                Output.Write("["u8);
                Output.Write(frame);
                Output.Write("]"u8);
                if (frame.SequenceEqual("time"u8)) Connection.Deadline = Connection.Loop.Now + 1;
                if (frame.SequenceEqual("!"u8)) Connection.CloseAfterFlush(linger: false);
            }

            return used;
        }

        public override void EndOfInput()
        {
            Tell(told, "frames end");
            Connection.CloseAfterFlush(linger: false);
        }

        public override void TimedOut()
        {
            Tell(told, "frames timed out");
            Connection.Deadline = long.MaxValue;
        }

        public override void Closed() => Tell(told, "frames closed");

        public override void Drain()
        {
            Tell(told, "frames drain");
            Connection.CloseAfterFlush(linger: false);
        }
    }

    private static void Tell(List<string>? told, string what)
    {
        if (told is null) return;
        lock (told) told.Add(what);
    }
}
