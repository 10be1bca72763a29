// The server that is measured: one route for each scenario of benchmarks/Load. The peers in benchmarks/Peers have the same ones.
using System.Text.Json.Serialization;

Serve.Run<App>(args, new ServeOptions { Hostname = "127.0.0.1" });

[StaticFile("/page.txt", "obj/page.txt")]
// As many bytes as its br variant, without a choice
[StaticFile("/page.br", "obj/page.br")]
[File("/disk.bin", "disk.bin")]
[StaticFile("/large.bin", "obj/large.bin")]
partial class App
{

    [Static("/")] const string Home = "Hello, World!";

    [Get("/users/{id}")] string User(string id) => id;

    [Get("/json")] Message Json() => new("Hello, World!");

    [Post("/echo")] ReadOnlySpan<byte> Echo([Body] ReadOnlySpan<byte> body) => body;

    [Fetch] ReadOnlySpan<byte> Handle(Request request) => "Bun!"u8;
}

sealed record Message([property: JsonPropertyName("message")] string Text);

[JsonSerializable(typeof(Message))]
sealed partial class AppJson : JsonSerializerContext;
