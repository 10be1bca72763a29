namespace Prebake.Conformance;

/// <summary>A route declines a request, since a value of its path does not parse, and the next one takes the body.</summary>
public sealed partial class DeclinedBodyTests
{
    internal sealed partial class App
    {
        [Post("/x{id}")] private static string Number(int id) => $"number {id}";

        [Post("/y{id}"), Blocking] private static string Blocks(int id) => $"number {id}";

        [Post("/z{id}")] private static async Task<string> Waits(int id, Request request) => $"{id} {await request.TextAsync()}";

        [Post("/{name}")] private static string Text(string name, [Body] string body) => $"{name} {body}";
    }

    public static TheoryData<Over> Transports => new(Servers.Transports);

    [Theory, MemberData(nameof(Transports))]
    public async Task The_next_route_has_the_whole_body(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new App());
        using var client = new RawClient(server);
        foreach (string name in new[] { "xa", "ya", "za", "other" })
        {
            string body = new('b', 100_000);
            string head = $"POST /{name} HTTP/1.1\r\nHost: a\r\nContent-Length: ";

            // With the head, behind it, in pieces, and when it is asked for
            Assert.Equal($"{name} body", client.Send($"{head}4\r\n\r\nbody").Receive()!.Text);
            Assert.Equal($"{name} {body}", client.Send($"{head}100000\r\n\r\n{body}").Receive()!.Text);
            client.Send($"{head}4\r\n\r\nbo");
            client.Send("d");
            Assert.Equal($"{name} body", client.Send("y").Receive()!.Text);

            client.Send($"POST /{name} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
            client.Send("2\r\nbo\r\n");
            Assert.Equal($"{name} body", client.Send("2\r\ndy\r\n0\r\n\r\n").Receive()!.Text);

            client.Send($"POST /{name} HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
            Assert.Equal(100, client.Receive(toHead: true)!.Status);
            Assert.Equal($"{name} body", client.Send("body").Receive()!.Text);

            // And what follows is a request of its own
            client.Send($"{head}4\r\n\r\nbody{head}4\r\n\r\nnext");
            Assert.Equal($"{name} body", client.Receive()!.Text);
            Assert.Equal($"{name} next", client.Receive()!.Text);
        }

        Assert.Equal("number 5", client.Send("POST /x5 HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody").Receive()!.Text);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_client_that_leaves_in_the_middle_harms_nobody(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new App());
        foreach (string name in new[] { "xa", "ya", "za" })
            using (var leaver = new RawClient(server)) leaver.Send($"POST /{name} HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbo");

        using var client = new RawClient(server);
        Assert.Equal("xa body", client.Send("POST /xa HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody").Receive()!.Text);
    }
}
