// The server that is measured: one route for each scenario of benchmarks/Load. The peers in benchmarks/Peers have the same ones.
using System.Text.Json.Serialization;

Serve.Run<App>(args, new ServeOptions { Hostname = "127.0.0.1" });

[StaticFile("/page.txt", "obj/page.txt")]
[File("/disk.bin", "disk.bin")]
[StaticFile("/large.bin", "obj/large.bin")]
partial class App
{
    // The same bytes as the br variant of /page.txt, without a choice
    [Static("/page.br", ContentType = "text/plain;charset=utf-8")] static byte[] Compressed()
    {
        byte[] text = System.Text.Encoding.ASCII.GetBytes(Page()), output = new byte[text.Length];
        return System.IO.Compression.BrotliEncoder.TryCompress(text, output, out int written, quality: 11, window: 22) ? output[..written] : text;
    }

    static string Page()
    {
        var text = new System.Text.StringBuilder();
        for (int i = 0; text.Length < 65536; i++) text.Append("Line " + i + " says " + i * 7919 % 1000 + " things.\n");
        return text.ToString(0, 65536);
    }

    [Static("/")] const string Home = "Hello, World!";

    [Get("/users/{id}")] string User(string id) => id;

    [Get("/json")] Message Json() => new("Hello, World!");

    [Post("/echo")] ReadOnlySpan<byte> Echo([Body] ReadOnlySpan<byte> body) => body;

    [Fetch] ReadOnlySpan<byte> Handle(Request request) => "Bun!"u8;
}

sealed record Message([property: JsonPropertyName("message")] string Text);

[JsonSerializable(typeof(Message))]
sealed partial class AppJson : JsonSerializerContext;
