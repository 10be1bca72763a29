// Chat rooms: a topic for each room, a handler for each visitor. Several instances are one chat when REDIS says where
// Redis is.
string? redis = Environment.GetEnvironmentVariable("REDIS");

Serve.Run<App>(args, new ServeOptions { Backplane = redis is null ? null : new RedisBackplane(redis) });

[StaticDirectory("/", "public")]
partial class App
{
    // null is 403; a missing name is 400
    [WebSocket("/rooms/{room}", MaxPayloadLength = 4096, IdleTimeout = 60)]
    Visitor? Enter(Server server, string room, string name) =>
        name.Length is 0 or > 40 ? null : new(server, room, name);

    [Get("/rooms/{room}/visitors")] string Visitors(Server server, string room) => $"{server.SubscriberCount(room)}";
}

sealed class Visitor(Server server, string room, string name) : WebSocketHandler
{
    protected override void Open()
    {
        Subscribe(room);
        server.Publish(room, $"{name} has come");
    }

    protected override ValueTask Message(string text)
    {
        server.Publish(room, $"{name}: {text}");
        return default;
    }

    protected override void Close(int code, string reason) => server.Publish(room, $"{name} has left");
}
