using System.Text;
using System.Text.Unicode;

namespace Prebake.Conformance.WebSockets;

/// <summary>
/// Whole conversations of random frames, right and wrong, in random pieces, against a slow reading of the standard that knows what an
/// echo must answer.
/// </summary>
public sealed class SocketFuzz
{
    private const int MaxPayload = 1000;

    private static readonly ServerOfEach s_servers = new(transport => Servers.StartApp(transport, new SocketApp()));

    public static TheoryData<Over> Each => new(Servers.Transports);

    [Theory, MemberData(nameof(Each))]
    public void Random_conversations_end_as_the_standard_says(Over transport)
    {
        for (int seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            byte[] input = [.. Enumerable.Range(0, random.Next(1, 12)).SelectMany(_ => RandomFrame(random))];
            (List<Frame> expected, int code) = Reference(input);

            using SocketClient client = SocketClient.Open(s_servers.Of(transport), "/small");
            try
            {
                for (int at = 0; at < input.Length;)
                {
                    int part = Math.Min(input.Length - at, random.Next(3) == 0 ? 1 : random.Next(1, 400));
                    client.Send(input.AsSpan(at, part));
                    at += part;
                }
            }
            catch (System.Net.Sockets.SocketException)
            {
                // It has closed already
            }

            foreach (Frame frame in expected)
            {
                Frame? next = client.Receive();
                Assert.True(next is not null && next.First == frame.First && next.Payload.AsSpan().SequenceEqual(frame.Payload), $"seed {seed}: {next?.First:X2} {next?.Code}");
            }

            if (code == 0)
            {
                client.FinishSending();
                Assert.True(client.Receive() is null, $"seed {seed}: more than was expected");
            }
            else
            {
                Frame? close = client.Receive();
                Assert.True(close is { First: 0x88 } && close.Code == code, $"seed {seed}: {code} expected, {close?.First:X2} {close?.Code}");
                client.ExpectEnd();
            }
        }
    }

    /// <summary>
    /// What an echo with that limit answers to the whole stream, behind the handshake: the words of its reasons are its own, so they are
    /// taken from what it has answered.
    /// </summary>
    internal static byte[] AnswerTo(byte[] input, byte[] answered)
    {
        (List<Frame> frames, int code) = Reference(input);
        byte[] before = [.. frames.SelectMany(frame => Frames.Bare(frame.First, frame.Payload))];
        if (code == 0) return before;

        byte[] reason = answered.Length > before.Length + 4 ? answered[(before.Length + 4)..] : [];
        return [.. before, .. Frames.Bare(0x88, [(byte)(code >> 8), (byte)code, .. reason])];
    }

    internal static byte[] RandomFrame(Random random)
    {
        byte[] payload = new byte[random.Next(8) switch { 0 => 0, 1 => random.Next(120, 130), 2 => random.Next(900, 1010), _ => random.Next(40) }];
        if (random.Next(4) == 0) random.NextBytes(payload);
        else
        {
            // Text whose characters may be cut by the end of the frame
            byte[] text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("aü世🙂", 200)));
            text.AsSpan(0, payload.Length).CopyTo(payload);
            if (random.Next(3) > 0)
                while (payload.Length > 0 && !Utf8.IsValid(payload)) payload = payload[..^1];
        }

        int first = random.Next(20) switch
        {
            0 => random.Next(256),
            1 => 0x88,
            2 or 3 => 0x89,
            4 => 0x8A,
            5 or 6 => 0x01,
            7 or 8 => 0x00,
            9 or 10 => 0x80,
            11 => 0x02,
            12 or 13 => 0x82,
            _ => 0x81,
        };
        if (first == 0x88 && random.Next(2) == 0) return Frame.CloseOf(random.Next(3) == 0 ? random.Next(900, 5100) : 1000, "why");

        byte[] frame = Frame.Masked(first, payload, (uint)random.Next());
        if (random.Next(40) == 0) frame[1] ^= 0x80;
        return frame;
    }

    // What an echo with that limit answers, and the code with which it closes; 0: it does not
    private static (List<Frame> Answers, int Code) Reference(byte[] input)
    {
        List<Frame> answers = [];
        List<byte>? message = null;
        int kind = 0, at = 0;
        while (true)
        {
            if (at == input.Length) return (answers, 0);
            int first = input[at], opcode = first & 15;
            bool isFinal = (first & 0x80) != 0, isControl = opcode >= 8;
            if ((first & 0x70) != 0) return (answers, 1002);
            if (opcode is > 2 and < 8 or > 10) return (answers, 1002);
            if (isControl && !isFinal) return (answers, 1002);
            if (opcode == 0 && message is null || opcode is 1 or 2 && message is not null) return (answers, 1002);

            if (at + 1 == input.Length) return (answers, 0);
            int second = input[at + 1];
            if (second < 0x80) return (answers, 1002);
            if (isControl && second > 0x80 + 125) return (answers, 1002);

            int size = second == 0xFE ? 8 : second == 0xFF ? 14 : 6;
            if (second == 0xFF && at + 2 < input.Length && input[at + 2] >= 0x80) return (answers, 1002);
            if (at + size > input.Length) return (answers, 0);
            long length = second & 0x7F;
            if (second == 0xFE) length = input[at + 2] << 8 | input[at + 3];
            if (second == 0xFF) length = Enumerable.Range(2, 8).Aggregate(0L, (sum, i) => sum << 8 | input[at + i]);
            if (second == 0xFE && length < 126 || second == 0xFF && length < 65536) return (answers, 1002);
            if (!isControl && length + (message?.Count ?? 0) > MaxPayload) return (answers, 1009);

            int there = (int)Math.Min(length, input.Length - at - size);
            byte[] payload = [.. Enumerable.Range(0, there).Select(i => (byte)(input[at + size + i] ^ input[at + size - 4 + (i & 3)]))];
            if (isControl)
            {
                if (there < length) return (answers, 0);
                at += size + there;
                if (opcode == 9) answers.Add(new Frame(0x8A, payload));
                if (opcode != 8) continue;

                if (payload.Length == 0) { answers.Add(new Frame(0x88, [])); return (answers, 0); }
                if (payload.Length == 1) return (answers, 1002);
                int code = payload[0] << 8 | payload[1];
                if (!(code is >= 1000 and <= 1003 or >= 1007 and <= 1014 or >= 3000 and <= 4999)) return (answers, 1002);
                return Utf8.IsValid(payload.AsSpan(2)) ? (answers, code) : (answers, 1007);
            }

            if (opcode != 0) (message, kind) = ([], opcode);
            message!.AddRange(payload);
            if (kind == 1 && !IsBeginning([.. message])) return (answers, 1007);
            if (there < length) return (answers, 0);
            at += size + there;
            if (!isFinal) continue;

            if (kind == 1 && !Utf8.IsValid([.. message])) return (answers, 1007);
            answers.Add(new Frame((byte)(0x80 | kind), [.. message]));
            message = null;
        }
    }

    private static readonly byte[][] s_ends =
        [.. from count in Enumerable.Range(1, 3) from second in (byte[])[0x80, 0x90, 0xA0] select (byte[])[second, .. Enumerable.Repeat((byte)0x80, count - 1)]];

    private static bool IsBeginning(byte[] bytes) => Utf8.IsValid(bytes) || s_ends.Any(end => Utf8.IsValid([.. bytes, .. end]));
}
