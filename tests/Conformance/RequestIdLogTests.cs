namespace Prebake.Conformance;

/// <summary>The id that the client was sent is in the server's own lines about that request.</summary>
[Collection("alone")]
public sealed partial class RequestIdLogTests
{
    internal sealed partial class App
    {
        [Use] private readonly RequestIds _ids = new();

        [Get("/fine")] private static string Fine() => "fine";
        [Get("/fails")] private static string Fails() => throw new InvalidOperationException("woops");
        [Get("/fails/later")] private static async Task<string> FailsLater()
        {
            await Task.Yield();
            throw new InvalidOperationException("woops");
        }
    }

    internal sealed partial class Plain
    {
        [Get("/fine")] private static string Fine() => "fine";
        [Get("/fails")] private static string Fails() => throw new InvalidOperationException("woops");
    }

    public static TheoryData<Over> Transports => new(Servers.Transports);

    [Theory, MemberData(nameof(Transports))]
    public async Task What_the_client_was_sent_is_in_the_access_log_and_with_the_exception(Over transport)
    {
        var loggers = new TelemetryTests.Loggers();
        await using Server server = Servers.StartApp(transport, new App(), new ServeOptions { LoggerFactory = loggers, AccessLog = true });
        using var client = new RawClient(server);

        string[] paths = ["/fine", "/fails", "/fails/later"];
        var sent = new List<string?>();
        foreach (string path in paths)
        {
            client.Send($"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n");
            sent.Add(client.Receive()!["x-request-id"]);
        }

        await Eventually.Until(() => IdsOf(loggers, "Request").Count == paths.Length);
        Assert.Equal(sent, IdsOf(loggers, "Request"));
        Assert.Equal(sent[1..], IdsOf(loggers, "Unhandled"));
        Assert.Equal(3, sent.Distinct().Count());
    }

    [Fact]
    public async Task A_request_whose_id_nobody_asks_for_has_none_in_the_access_log_unless_it_fails()
    {
        var loggers = new TelemetryTests.Loggers();
        await using Server server = Servers.StartApp(Servers.Transports[0], new Plain(), new ServeOptions { LoggerFactory = loggers, AccessLog = true });
        using var client = new RawClient(server);

        foreach (string path in new[] { "/fine", "/fails" })
        {
            client.Send($"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n");
            client.Receive();
        }

        await Eventually.Until(() => IdsOf(loggers, "Request").Count == 2);
        string? failed = Assert.Single(IdsOf(loggers, "Unhandled"));
        Assert.NotNull(failed);
        Assert.Equal(new List<string?> { null, failed }, IdsOf(loggers, "Request"));
    }

    private static List<string?> IdsOf(TelemetryTests.Loggers loggers, string name) =>
        [.. loggers.Entries.Where(entry => entry.Id.Name == name).Select(entry => (string?)entry.Values["RequestId"])];
}
