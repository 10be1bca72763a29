using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Prebake.Crosstalk;

/// <summary>
/// One client's WebSocket: messages that are made of its secret, answered in every way, and an end of every kind. What comes is its own
/// and whole, and nothing comes after Close.
/// </summary>
internal sealed class SocketTalk(Phase phase, Random random, Findings findings, List<string> history, Wire wire)
{
    /// <summary>By which it can be asked for alone.</summary>
    public const string Name = "socket";

    private enum Ending { Close, CloseOfTheServer, Terminate, Exception, HalfAFrame, Reset, ResetWithAnswersOnTheirWay, Finish, Unmasked, Leave }

    private readonly record struct Frame(int First, byte[] Payload)
    {
        public int Opcode => First & 0x0F;
    }

    private readonly Secret _secret = new(random);
    private readonly bool _isLate = random.Next(3) == 0;
    private bool _compresses = random.Next(2) == 0;

    public async Task RunAsync()
    {
        if (!await OpenAsync()) return;

        for (int batch = random.Next(1, 5); batch > 0 && !phase.IsOver; batch--)
        {
            if (!await ExchangeAsync()) return;
        }

        await EndAsync();
    }

    private async Task<bool> OpenAsync()
    {
        var key = new byte[16];
        random.NextBytes(key);
        string extension = _compresses ? "Sec-WebSocket-Extensions: permessage-deflate\r\n" : "";
        history.Add($"→ a socket of {_secret.Path}{(_compresses ? ", compressed" : "")}");
        await wire.SendAsync(
            $"GET /{(_isLate ? "socket-late" : "socket")}/{_secret.Path} HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + $"Sec-WebSocket-Key: {Convert.ToBase64String(key)}\r\nSec-WebSocket-Version: 13\r\n{extension}\r\n");

        Answer answer = await wire.ReceiveAsync();
        if (answer.IsWhole && answer.Status == 101)
        {
            _compresses = answer["Sec-WebSocket-Extensions"] is not null;
            return true;
        }

        bool isAllowed = phase.IsStopping || answer.IsNothing && phase.Weather.HasFlag(Weather.ClosesIdle);
        if (!isAllowed) await AddAsync("a socket was not opened", $"{answer}");
        return false;
    }

    private async Task<bool> ExchangeAsync()
    {
        List<string> ordered = [], others = [];
        await SendAsync(Batch(ordered, others), random.Next(3) == 0 ? random.Next(2, 6) : 1);

        while (ordered.Count + others.Count > 0)
        {
            if (await ReadAsync() is not { } frame) return false;

            string text = Encoding.UTF8.GetString(frame.Payload);
            if (ordered.Count > 0 && ordered[0] == text) ordered.RemoveAt(0);
            else if (!others.Remove(text))
            {
                await AddAsync("a message that nobody has sent to this socket", Short(text));
                return false;
            }
        }

        findings.Answered(Name);
        return true;
    }

    // Messages as frames; what is answered in order, and what from elsewhere
    private byte[] Batch(List<string> ordered, List<string> others)
    {
        var bytes = new MemoryStream();
        for (int count = random.Next(1, 6); count > 0; count--)
        {
            char kind = "nnnaadlpbe"[random.Next(10)];
            string text = Message(kind, random.Next(12) == 0 ? random.Next(1, 3_000) : random.Next(1, 20));
            (kind is 'l' or 'p' or 'b' ? others : ordered).Add(text);
            bytes.Write(Write(kind is 'n' && random.Next(3) == 0 ? 2 : 1, Encoding.UTF8.GetBytes(text)));
        }

        history.Add($"→ {ordered.Count} messages that are answered in order, {others.Count} others");
        return bytes.ToArray();
    }

    private string Message(char kind, int times) => kind + string.Concat(Enumerable.Repeat(_secret.Body, times));

    private byte[] Write(int opcode, byte[] payload)
    {
        int reserved = 0;
        if (_compresses && random.Next(2) == 0)
        {
            var compressed = new MemoryStream();
            using (var deflate = new DeflateStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
            {
                deflate.Write(payload);
                deflate.Flush();

                // RFC 7692 section 7.2.1: without the tail of the flush
                payload = compressed.ToArray()[..^4];
            }

            reserved = 0x40;
        }

        if (random.Next(3) > 0) return Masked(0x80 | reserved | opcode, payload);

        int cut = random.Next(payload.Length + 1);
        return [.. Masked(reserved | opcode, payload[..cut]), .. Masked(0x8A, "between"u8), .. Masked(0x80, payload[cut..])];
    }

    private byte[] Masked(int first, ReadOnlySpan<byte> payload)
    {
        var frame = new byte[payload.Length + 14];
        frame[0] = (byte)first;
        int at = 2;
        if (payload.Length < 126) frame[1] = (byte)(0x80 | payload.Length);
        else if (payload.Length <= ushort.MaxValue)
        {
            frame[1] = 0xFE;
            BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(2), (ushort)payload.Length);
            at = 4;
        }
        else
        {
            frame[1] = 0xFF;
            BinaryPrimitives.WriteInt64BigEndian(frame.AsSpan(2), payload.Length);
            at = 10;
        }

        Span<byte> mask = frame.AsSpan(at, 4);
        random.NextBytes(mask);
        for (int i = 0; i < payload.Length; i++) frame[at + 4 + i] = (byte)(payload[i] ^ mask[i & 3]);
        return frame[..(at + 4 + payload.Length)];
    }

    private async Task<bool> SendAsync(byte[] bytes, int pieces)
    {
        for (int at = 0; at < bytes.Length;)
        {
            int part = pieces-- > 1 ? random.Next(1, bytes.Length - at + 1) : bytes.Length - at;
            if (!await wire.SendAsync(bytes.AsMemory(at, part))) return false;
            at += part;
        }

        return true;
    }

    /// <summary>The next message of its own, unpacked; null when the connection has ended, which it judges.</summary>
    private async Task<Frame?> ReadAsync(Func<Frame, bool>? mayClose = null, bool mayEnd = false)
    {
        while (true)
        {
            (Frame? next, End end) = await NextAsync();
            if (next is not { } frame)
            {
                history.Add($"← {end}");
                if (end is End.TimedOut) await AddAsync("a socket hangs", $"{end}");
                else if (end is End.Malformed) await AddAsync("a socket's bytes make no sense", $"{end}");
                else if (!mayEnd && !phase.IsStopping) await AddAsync("a socket was cut", $"{end}");
                return null;
            }

            if (_secret.FindForeign(frame.Payload) is { } foreign)
            {
                await AddAsync("foreign secret on a socket", $"{foreign} in {Answer.Excerpt(frame.Payload)}");
                return null;
            }

            switch (frame.Opcode)
            {
                case 8:
                    await JudgeCloseAsync(frame, mayClose);
                    return null;
                case 9:
                    await wire.SendAsync(Masked(0x8A, frame.Payload));
                    continue;
                case 1 or 2 when frame.Payload is [(byte)'n' or (byte)'a' or (byte)'d' or (byte)'l' or (byte)'p' or (byte)'b' or (byte)'e' or (byte)'c', (byte)'z', ..]:
                    return frame;
                case 1 when frame.Payload is [(byte)'z', ..] && frame.Payload.AsSpan().IndexOfAnyExcept((byte)'z') < 0:
                    continue;           // what goes to everybody
                default:
                    await AddAsync("a frame that nobody has asked for", $"{frame.First:x2} {Answer.Excerpt(frame.Payload)}");
                    return null;
            }
        }
    }

    private async Task JudgeCloseAsync(Frame frame, Func<Frame, bool>? mayClose)
    {
        int code = CodeOf(frame);
        history.Add($"← Close {code}");
        if (mayClose?.Invoke(frame) != true && !(phase.IsStopping && code == 1001))
            await AddAsync("a close that nobody has asked for", $"{code} {Answer.Excerpt(frame.Payload)}");

        // Nothing comes behind it, whatever is said
        byte[] farewell = [.. Masked(0x88, [0x03, 0xE8]), .. Masked(0x81, Encoding.UTF8.GetBytes(Message('n', 1)))];
        await wire.SendAsync(farewell);
        if (!wire.FinishSending()) return;
        End? end = await wire.ListenAsync(Wire.Patience);
        if (wire.Rest.Length > 0) await AddAsync("bytes behind a close", Answer.Excerpt(wire.Rest));
        if (end is null) await AddAsync("a socket is left open behind its close", $"{code}");
    }

    private static int CodeOf(Frame frame) => frame.Payload.Length < 2 ? 1005 : BinaryPrimitives.ReadUInt16BigEndian(frame.Payload);

    private async Task<(Frame? Frame, End End)> NextAsync()
    {
        (byte[]? head, End none) = await wire.TakeAsync(2);
        if (head is null) return (null, none);

        long length = head[1];
        if (length is 126 or 127)
        {
            (byte[]? more, End cut) = await wire.TakeAsync(length == 126 ? 2 : 8);
            if (more is null) return (null, cut);
            length = more.Aggregate(0L, (sum, next) => (sum << 8) | next);
        }

        if (length > 1 << 20 || (head[0] & 0x30) != 0 || (head[0] & 0x80) == 0) return (null, End.Malformed);
        (byte[]? payload, End end) = await wire.TakeAsync((int)length);
        if (payload is null) return (null, end);
        if ((head[0] & 0x40) == 0) return (new Frame(head[0], payload), End.Whole);

        try
        {
            // The tail of a flush, and an empty last block
            using var deflate = new DeflateStream(new MemoryStream([.. payload, 0, 0, 0xFF, 0xFF, 3, 0]), CompressionMode.Decompress);
            var plain = new MemoryStream();
            deflate.CopyTo(plain);
            return (new Frame(head[0] & ~0x40, plain.ToArray()), End.Whole);
        }
        catch (InvalidDataException)
        {
            return (null, End.Malformed);
        }
    }

    private async Task EndAsync()
    {
        Ending ending = Enum.GetValues<Ending>()[random.Next(Enum.GetValues<Ending>().Length)];
        history.Add($"→ {ending}");
        byte[] more = Masked(0x81, Encoding.UTF8.GetBytes(Message('n', 1)));
        switch (ending)
        {
            case Ending.Close:
                await SendAsync([.. Masked(0x88, [0x0F, 0xA0, .. Encoding.UTF8.GetBytes(_secret.Path)]), .. more], 2);
                await ReadAsync(frame => CodeOf(frame) == 4000);
                break;
            case Ending.CloseOfTheServer:
                await SendAsync([.. Masked(0x81, Encoding.UTF8.GetBytes(Message('c', 1))), .. more], 2);
                if (await ReadAsync() is not { } last) break;
                if (Encoding.UTF8.GetString(last.Payload) != Message('c', 1)) await AddAsync("another message than the last", Answer.Excerpt(last.Payload));
                await ReadAsync(frame => CodeOf(frame) == 4000 && frame.Payload.AsSpan(2).SequenceEqual(Encoding.UTF8.GetBytes(_secret.Path)));
                break;
            case Ending.Terminate:
                await SendAsync(Masked(0x81, Encoding.UTF8.GetBytes(Message('t', 1))), 1);
                await ReadAsync(mayEnd: true);
                break;
            case Ending.Exception:
                await SendAsync([.. Masked(0x81, Encoding.UTF8.GetBytes(Message('x', 1))), .. more], 2);
                await ReadAsync(frame => CodeOf(frame) == 1011);
                break;
            case Ending.HalfAFrame:
                await SendAsync(more[..random.Next(1, more.Length)], 1);
                wire.Reset();
                break;
            case Ending.Reset:
                wire.Reset();
                break;
            case Ending.ResetWithAnswersOnTheirWay:
                await SendAsync(Batch([], []), 3);
                wire.Reset();
                break;
            case Ending.Finish:
                if (wire.FinishSending()) await ReadAsync(mayEnd: true);
                break;
            case Ending.Unmasked:
                await SendAsync([0x81, 2, (byte)'h', (byte)'i', .. more], 2);
                await ReadAsync(frame => CodeOf(frame) == 1002);
                break;
        }
    }

    private async Task AddAsync(string kind, string what)
    {
        if (!phase.Subject.HasDied) await Task.Delay(60);
        if (!phase.Subject.HasDied) findings.Add(kind, $"{what} in {phase}", history);
    }

    private static string Short(string text) => text.Length <= 200 ? text : text[..200] + "…";
}
