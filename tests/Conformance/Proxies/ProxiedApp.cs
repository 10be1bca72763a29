using System.Net;

namespace Prebake.Conformance.Proxies;

/// <summary>Says who asks, as far as it knows.</summary>
internal sealed partial class ProxiedApp
{
    [Get("/client")] private static string Client(Request request) => Text(request.Client);

    [Post("/later")]
    private static async Task<string> Later(Request request)
    {
        string body = await request.TextAsync();
        await Task.Yield();
        return $"{Text(request.Client)} {body.Length}";
    }

    [Get("/peer")] private static string Peer(Request request) => $"{request.RemoteEndPoint} {request.Url}";

    [Static("/constant")] private const string Constant = "constant";

    [WebSocket("/socket")] private static Talker Connect() => new();

    public static string Text(RequestClient client) => $"{client.Address} {client.Scheme} {client.Host}";

    internal sealed class Talker : WebSocketHandler
    {
        protected override void Open() => Send($"{RemoteEndPoint}");
    }
}

/// <summary>What only pages of the server's own host may do.</summary>
internal sealed partial class PagesApp
{
    [Use] private readonly CrossOrigin _origins = new();

    [Post("/change")] private static string Change() => "changed";
    [WebSocket("/socket")] private static Quiet Open() => new();

    internal sealed class Quiet : WebSocketHandler;
}
