using System.Collections.Concurrent;
using System.Text;
using System.Text.Unicode;

namespace Prebake.Conformance.WebSockets;

/// <summary>Every case on every transport, whole, with the handshake, byte by byte and cut inside each frame: the answers must not depend on it.</summary>
public sealed class SocketWireTests
{
    public enum Sending { Whole, WithHandshake, Bytewise, CutInFrames }

    private static readonly ServerOfEach s_servers = new(transport => Servers.StartApp(transport, new SocketApp()));

    public static TheoryData<Over, Sending> Ways()
    {
        var ways = new TheoryData<Over, Sending>();
        foreach (Over transport in Servers.Transports)
            foreach (Sending sending in Enum.GetValues<Sending>()) ways.Add(transport, sending);
        return ways;
    }

    [Theory, MemberData(nameof(Ways))]
    public void Frames_are_answered_as_the_RFC_asks(Over transport, Sending sending) => Run(FrameCases.All(), transport, sending);

    [Theory, MemberData(nameof(Ways))]
    public void Text_is_judged_as_the_RFC_asks(Over transport, Sending sending) => Run(TextCases.All(), transport, sending);

    [Theory, MemberData(nameof(Ways))]
    public void Sockets_close_as_the_RFC_asks(Over transport, Sending sending) => Run(CloseCases.All(), transport, sending);

    [Theory, MemberData(nameof(Ways))]
    public void Compressed_messages_are_answered_as_the_RFC_asks(Over transport, Sending sending) => Run(DeflateCases.All(), transport, sending);

    [Fact]
    public void There_are_as_many_cases_as_in_the_suites_of_others()
    {
        string[] names = [.. All().Select(test => test.Name)];
        Assert.True(names.Length > 700, $"{names.Length} cases");
        Assert.Equal(names.Length, All().Select(test => (test.Name, test.Code, test.Path)).Distinct().Count());

        static IEnumerable<SocketCase> All() => [.. FrameCases.All(), .. TextCases.All(), .. CloseCases.All(), .. DeflateCases.All()];
    }

    private static void Run(IEnumerable<SocketCase> cases, Over transport, Sending sending)
    {
        Server server = s_servers.Of(transport);
        var failures = new ConcurrentBag<string>();

        Parallel.ForEach(cases, new ParallelOptions { MaxDegreeOfParallelism = 8 }, test =>
        {
            try
            {
                if (Converse(server, test, sending) is { } failure) failures.Add($"{test.Name}: {failure}");
            }
            catch (Exception e)
            {
                failures.Add($"{test.Name}: {e.GetType().Name} {e.Message}");
            }
        });

        Assert.True(failures.IsEmpty, $"{failures.Count} failed:\n{string.Join("\n", failures.Order())}");
    }

    private static string? Converse(Server server, SocketCase test, Sending sending)
    {
        byte[][] frames = test.Code == 0 ? [.. test.Frames, Frame.CloseOf(1000, "done")] : test.Frames;
        byte[] handshake = Encoding.Latin1.GetBytes(SocketClient.HandshakeFor(test.Path, test.Fields)), input = [.. frames.SelectMany(frame => frame)];

        using var client = new RawClient(server);
        if (sending is Sending.WithHandshake) input = [.. handshake, .. input];
        else client.Send(handshake);

        // A reader of its own: the server may stop reading while its answers wait
        Task<string?> answers = Task.Factory.StartNew(() => Read(client, test), TaskCreationOptions.LongRunning);
        client.Send(input, Cuts(frames, sending));
        return answers.GetAwaiter().GetResult();
    }

    private static string? Read(RawClient client, SocketCase test)
    {
        if (client.Receive() is not { Status: 101 } head) return "no 101";

        byte[] answers = test.Answers, close = test.Close ?? (test.Code == 0 ? [0x88, 2, 3, 232] : []);
        byte[] got = client.ReadToEnd();        // throws when the connection is reset
        if (!got.AsSpan().StartsWith(answers)) return $"{Show(got)} instead of {Show(answers)}";

        byte[] last = got[answers.Length..];
        if (close.Length > 0) return last.AsSpan().SequenceEqual(close) ? null : $"{Show(last)} instead of {Show(close)}";
        if (last.Length < 4 || last[0] != 0x88 || last[1] != last.Length - 2 || last.Length > 127) return $"{Show(last)} instead of one Close frame with {test.Code}";
        if ((last[2] << 8 | last[3]) != test.Code) return $"{last[2] << 8 | last[3]} instead of {test.Code}";
        return last.Length > 4 && Utf8.IsValid(last.AsSpan(4)) ? null : "a Close frame without a reason that is text";
    }

    private static string Show(byte[] bytes) => bytes.Length <= 40 ? Convert.ToHexString(bytes) : $"{Convert.ToHexString(bytes.AsSpan(0, 40))}… ({bytes.Length})";

    private static IEnumerable<int> Cuts(byte[][] frames, Sending sending)
    {
        switch (sending)
        {
            case Sending.Bytewise:
                int length = frames.Sum(frame => frame.Length);
                // Long inputs only at their ends, where the decisions are
                return length <= 1000 ? Enumerable.Range(1, length - 1) : Enumerable.Range(1, 100).Concat(Enumerable.Range(length - 100, 99));
            case Sending.CutInFrames:
                List<int> cuts = [];
                int at = 0;
                foreach (byte[] frame in frames.Take(100))
                {
                    // Behind the first byte, in the mask, and in the middle and before the end of the payload
                    cuts.AddRange(((int[])[at + 1, at + 4, at + (frame.Length / 2), at + frame.Length - 1, at + frame.Length]).Order());
                    at += frame.Length;
                }

                return cuts.Where(cut => cut < frames.Sum(frame => frame.Length));
            default:
                return [];
        }
    }
}
