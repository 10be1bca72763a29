using System.Text;

namespace Prebake.Conformance;

/// <summary>Every case on every transport, whole, byte by byte and cut inside each CRLF: the verdict must not depend on it.</summary>
public sealed partial class WireTests
{
    public enum Sending { Whole, Bytewise, CutInLineEnds }

    public static TheoryData<Over, Sending> Ways()
    {
        var ways = new TheoryData<Over, Sending>();
        foreach (Over transport in Servers.Transports)
            foreach (Sending sending in Enum.GetValues<Sending>()) ways.Add(transport, sending);
        return ways;
    }

    [Theory, MemberData(nameof(Ways))]
    public void A_static_route_answers_every_head_as_the_RFC_asks(Over transport, Sending sending) => Run(HeadCases.All(), "/static", transport, sending);

    [Theory, MemberData(nameof(Ways))]
    public void A_handler_answers_every_head_as_the_RFC_asks(Over transport, Sending sending) => Run(HeadCases.All(), "/text", transport, sending);

    [Theory, MemberData(nameof(Ways))]
    public void An_async_handler_answers_every_head_as_the_RFC_asks(Over transport, Sending sending) => Run(HeadCases.All(), "/yield", transport, sending);

    [Theory, MemberData(nameof(Ways))]
    public void A_handler_that_reads_gets_chunks_as_the_RFC_asks(Over transport, Sending sending) => Run(BodyCases.All(), "/echo", transport, sending);

    [Theory, MemberData(nameof(Ways))]
    public void A_handler_that_binds_the_body_gets_chunks_as_the_RFC_asks(Over transport, Sending sending) => Run(BodyCases.All(), "/body", transport, sending);

    [Theory, MemberData(nameof(Ways))]
    public void A_handler_that_reads_a_pipe_gets_chunks_as_the_RFC_asks(Over transport, Sending sending) => Run(BodyCases.All(), "/pipe", transport, sending);

    public static TheoryData<Over, Sending> TlsWays()
    {
        var ways = new TheoryData<Over, Sending>();
        foreach (Over transport in Servers.TlsTransports)
            foreach (Sending sending in Enum.GetValues<Sending>()) ways.Add(transport, sending);
        return ways;
    }

    [Theory, MemberData(nameof(TlsWays))]
    public void A_static_route_answers_every_head_over_TLS(Over transport, Sending sending) =>
        Run(Servers.OfTls(transport), HeadCases.All().Select(WithOtherScheme), "/static", sending);

    [Theory, MemberData(nameof(TlsWays))]
    public void A_handler_that_reads_gets_chunks_over_TLS(Over transport, Sending sending) =>
        Run(Servers.OfTls(transport), BodyCases.All(), "/echo", sending);

    // What is http in absolute form in plain is https here, and the other way round
    private static Case WithOtherScheme(Case test) => test with
    {
        Raw = AbsoluteForm().Replace(test.Raw, found => found.Value.EndsWith("s", StringComparison.OrdinalIgnoreCase)
            ? found.Value[..^1]
            : found.Value + "s"),
    };

    [System.Text.RegularExpressions.GeneratedRegex("^GET https?(?=://)", System.Text.RegularExpressions.RegexOptions.IgnoreCase)]
    private static partial System.Text.RegularExpressions.Regex AbsoluteForm();

    private static void Run(IEnumerable<Case> cases, string target, Over transport, Sending sending) =>
        Run(Servers.Of(transport), cases, target, sending);

    private static void Run(Server server, IEnumerable<Case> cases, string target, Sending sending)
    {
        var failures = new System.Collections.Concurrent.ConcurrentBag<string>();

        Parallel.ForEach(cases, new ParallelOptions { MaxDegreeOfParallelism = 8 }, test =>
        {
            try
            {
                if (Converse(server, test, target, sending) is { } failure) failures.Add($"{test.Name}: {failure}");
            }
            catch (Exception e)
            {
                failures.Add($"{test.Name}: {e.GetType().Name} {e.Message}");
            }
        });

        Assert.True(failures.IsEmpty, $"{failures.Count} of {cases.Count()} failed:\n{string.Join("\n", failures.Order())}");
    }

    private static string? Converse(Server server, Case test, string target, Sending sending)
    {
        using var client = new RawClient(server);
        byte[] raw = Encoding.Latin1.GetBytes(test.Raw.Replace("{T}", target));
        client.Send(raw, Cuts(raw, sending));

        foreach (int expected in test.Statuses)
        {
            RawResponse? response = client.Receive(test.ToHead);
            if (response is null) return $"closed instead of {expected}";
            if (response.Status != expected) return $"{response.Status} instead of {expected}";
            if (response["date"] is null) return "no Date";
        }

        if (test.Closes) return client.IsClosed() ? null : "not closed";

        client.Send("GET /static HTTP/1.1\r\nHost: a\r\n\r\n");
        return client.Receive() is { Status: 200, Text: "static answer" } ? null : "does not go on";
    }

    internal static IEnumerable<int> Cuts(byte[] raw, Sending sending) => sending switch
    {
        Sending.Whole => [],
        // Long inputs only at their ends, where the decisions are
        Sending.Bytewise => raw.Length <= 1000 ? Enumerable.Range(1, raw.Length - 1) : Enumerable.Range(1, 100).Concat(Enumerable.Range(raw.Length - 100, 99)),
        _ => Enumerable.Range(1, raw.Length - 1).Where(i => raw[i - 1] == '\r').Take(300),
    };
}
