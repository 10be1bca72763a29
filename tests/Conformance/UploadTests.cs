using System.Security.Cryptography;
using System.Text;

namespace Prebake.Conformance;

/// <summary>Multipart forms over the wire, on both transports; how they are cut is tested in the runtime's own tests.</summary>
public sealed partial class UploadTests
{
    internal sealed partial class App
    {
        [Post("/form")] private static async Task<string> Form(Request request)
        {
            FormData form = await request.FormAsync();
            FormFile? file = (await request.FormAsync()).File("file");      // twice is once
            return $"{string.Join(",", form.Select(field => $"{field.Key}={field.Value}"))} {form.Files.Count} {file?.FileName} {file?.ContentType} {file?.Content.Length}";
        }

        [Post("/parts")] private static async IAsyncEnumerable<string> Parts(Request request)
        {
            await foreach (FormPart part in request.PartsAsync())
            {
                if (part.Name == "skipped") { yield return "skipped;"; continue; }
                yield return $"{part.Name}:{Convert.ToHexStringLower(await SHA256.HashDataAsync(part.Body.AsStream()))};";
            }
        }

        [Post("/first")] private static async Task<string> First(Request request)
        {
            await foreach (FormPart part in request.PartsAsync()) return part.Name;
            return "none";
        }
    }

    public static TheoryData<Over> Transports => new(Servers.Transports);

    private static RawResponse Post(Server server, string path, string type, byte[] body)
    {
        using var client = new RawClient(server);
        return client.Send($"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Type: {type}\r\nContent-Length: {body.Length}\r\n\r\n").Send(body).Receive()!;
    }

    private static byte[] Body(params (string Head, byte[] Content)[] parts)
    {
        var body = new MemoryStream();
        foreach ((string head, byte[] content) in parts)
        {
            body.Write(Encoding.UTF8.GetBytes($"--xyz\r\nContent-Disposition: form-data; {head}\r\n\r\n"));
            body.Write(content);
            body.Write("\r\n"u8);
        }

        body.Write("--xyz--\r\n"u8);
        return body.ToArray();
    }

    private static byte[] Noise(int length)
    {
        var noise = new byte[length];
        new Random(length).NextBytes(noise);
        return noise;
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_form_has_fields_and_files(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new App());
        byte[] body = Body(("name=\"a\"", "1"u8.ToArray()), ("name=\"a\"", "2"u8.ToArray()), ("name=\"file\"; filename=\"x.bin\"\r\nContent-Type: image/png", Noise(100_000)));
        Assert.Equal("a=1,a=2 1 x.bin image/png 100000", Post(server, "/form", "multipart/form-data; boundary=xyz", body).Text);
        Assert.Equal("a=1 0   ", Post(server, "/form", "application/x-www-form-urlencoded", "a=1"u8.ToArray()).Text);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Parts_come_one_by_one_whole(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new App());
        byte[] large = Noise(5_000_000);
        byte[] body = Body(("name=\"one\"; filename=\"1\"", large), ("name=\"skipped\"; filename=\"2\"", Noise(1_000_000)), ("name=\"three\"", Noise(70_000)));
        string expected = $"one:{Convert.ToHexStringLower(SHA256.HashData(large))};skipped;three:{Convert.ToHexStringLower(SHA256.HashData(Noise(70_000)))};";
        Assert.Equal(expected, Post(server, "/parts", "multipart/form-data; boundary=xyz", body).Text);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Mistakes_are_answered(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new App());
        Assert.Equal(415, Post(server, "/form", "application/json", "{}"u8.ToArray()).Status);
        Assert.Equal(415, Post(server, "/first", "application/x-www-form-urlencoded", "a=1"u8.ToArray()).Status);
        Assert.Equal(400, Post(server, "/form", "multipart/form-data", "x"u8.ToArray()).Status);
        Assert.Equal(400, Post(server, "/form", "multipart/form-data; boundary=xyz", "--xyz\r\nnothing"u8.ToArray()).Status);
        Assert.Equal(400, Post(server, "/form", "multipart/form-data; boundary=xyz", []).Status);
        Assert.Equal("one", Post(server, "/first", "multipart/form-data; boundary=xyz", Body(("name=one", Noise(10)), ("name=two", Noise(10)))).Text);
    }
}
