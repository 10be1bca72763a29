using System.ComponentModel.DataAnnotations;
using System.Text;
using System.Text.Json;
using Prebake.Testing;

namespace Prebake.Conformance;

/// <summary>Forms as parameters: fields, lists, check boxes and files; a stranger's worst form is a 4xx that names the field.</summary>
public sealed partial class FormTests
{
    internal enum Color { Red, Green }

    internal sealed record SignUp([Required, EmailAddress] string Mail, [MinLength(3)] string Password, bool News, Color[] Colors, int? Age = null, UploadedFile? Avatar = null);

    internal sealed class Settings
    {
        public int Size { get; set; } = 12;
        [Form("full-name")] public required string Name { get; init; }
        public List<UploadedFile> Files { get; set; } = [];
    }

    internal sealed partial class App
    {
        public static UploadedFile? Kept { get; private set; }

        [Post("/sign-up/{id}")] private static string Add(int id, [Form] SignUp form, [Header("X-Lang")] string lang = "en") =>
            $"{id} {form.Mail} {form.Password} {form.News} {string.Join("+", form.Colors)} {form.Age} {form.Avatar?.Length} {lang}";

        [Post("/settings")] private static string Set([Form] Settings settings) =>
            $"{settings.Size} {settings.Name} {string.Join(",", settings.Files.Select(file => $"{file.FileName}:{file.Length}:{file.ContentType}"))}";

        [Post("/single")] private static string Single([Form] string text, [Form("n")] int number, [Form] bool on) => $"{text} {number} {on}";

        [Post("/file")] private static async Task<string> File(UploadedFile upload, UploadedFile[] more)
        {
            Kept = upload;
            await using Stream one = upload.OpenRead(), other = upload.OpenRead();
            var all = new MemoryStream();
            await one.CopyToAsync(all);
            other.Position = Math.Max(0, other.Length - 2);
            int end = other.ReadByte();
            return $"{upload.FileName} {all.Length} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(all.ToArray()))[..8]} {end} {more.Length}";
        }

        [Validate] private static void Free(SignUp form, Errors errors)
        {
            if (form.Mail == "taken@a") errors.Add(nameof(form.Mail), "is taken");
        }
    }

    private const string Encoded = "application/x-www-form-urlencoded", Multipart = "multipart/form-data; boundary=b";

    public static TheoryData<Over> Transports => new(Servers.Transports);

    private static RawResponse Post(Server server, string path, string type, byte[] body)
    {
        using var client = new RawClient(server);
        byte[] head = Encoding.ASCII.GetBytes($"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Type: {type}\r\nContent-Length: {body.Length}\r\n\r\n");
        return client.Send([.. head, .. body]).Receive()!;
    }

    private static RawResponse Post(Server server, string path, string type, string body) => Post(server, path, type, Encoding.ASCII.GetBytes(body));

    private static string Part(string name, string content, string? file = null) =>
        $"--b\r\nContent-Disposition: form-data; name=\"{name}\"{(file is null ? "" : $"; filename=\"{file}\"")}\r\n{(file is null ? "" : "Content-Type: image/png\r\n")}\r\n{content}\r\n";

    [Theory, MemberData(nameof(Transports))]
    public async Task Fields_and_files_are_bound(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new App());
        foreach ((string path, string type, string body, string text) in new[]
        {
            ("/sign-up/7", Encoded, "mail=a%40b&password=abc&news=on&colors=red&colors=Green&age=5", "7 a@b abc True Red+Green 5  en"),
            ("/sign-up/7", Encoded, "mail=a%40b&password=abc&age=", "7 a@b abc False    en"),
            ("/sign-up/7", Multipart, Part("mail", "a@b") + Part("password", "abc") + Part("avatar", "12345", "a.png") + "--b--\r\n", "7 a@b abc False   5 en"),
            ("/sign-up/7", Multipart, Part("mail", "a@b") + Part("password", "abc") + Part("avatar", "", "") + "--b--\r\n", "7 a@b abc False    en"),
            ("/settings", Encoded, "full-name=Ada+L", "12 Ada L "),
            ("/settings", Multipart, Part("full-name", "Ada") + Part("size", "") + Part("files", "1", "x") + Part("files", "22", "../y") + "--b--\r\n", "12 Ada x:1:image/png,../y:2:image/png"),
            ("/single", Encoded, "text=&n=3&on=true", " 3 True"),
        })
        {
            RawResponse response = Post(server, path, type, body);
            Assert.Equal((200, text), (response.Status, response.Text));
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_large_file_is_held_on_disk_as_long_as_the_request(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new App());
        foreach (int size in new[] { 0, 5, 64 << 10, (64 << 10) + 1, 3_000_000 })
        {
            byte[] content = new byte[size];
            new Random(size).NextBytes(content);
            byte[] body = [.. Encoding.ASCII.GetBytes("--b\r\nContent-Disposition: form-data; name=\"upload\"; filename=\"f\"\r\n\r\n"), .. content, .. "\r\n--b--\r\n"u8];
            RawResponse response = Post(server, "/file", Multipart, body);
            string hash = Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(content))[..8];
            Assert.Equal((200, $"f {size} {hash} {(size < 2 ? -1 : content[^2])} 0"), (response.Status, response.Text));

            UploadedFile kept = App.Kept!;
            await Eventually.Until(() => IsOver(kept), "The file of a request that is over can still be read.");
        }

        static bool IsOver(UploadedFile file)
        {
            try
            {
                file.OpenRead().Dispose();
                return false;
            }
            catch (ObjectDisposedException)
            {
                return true;
            }
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_strangers_worst_form_is_named(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new App());
        foreach ((string path, string type, string body, int status, string named) in new[]
        {
            ("/sign-up/7", Encoded, "", 400, "mail is missing or has an invalid value; password is missing or has an invalid value"),
            ("/sign-up/7", Encoded, "mail=x&password=ab&colors=blue&age=x", 400,
                "mail is not an e-mail address; password must have at least 3 characters; colors is missing or has an invalid value; age is missing or has an invalid value"),
            ("/sign-up/7", Encoded, "mail=x&password=ab", 422, "mail is not an e-mail address; password must have at least 3 characters"),
            ("/sign-up/7", Encoded, "mail=taken%40a&password=abc", 422, "mail is taken"),
            ("/sign-up/7", Encoded, "%=%&=&&mail=%ff%fe%00&password=%", 422, "mail is not an e-mail address; password must have at least 3 characters"),
            ("/single", Encoded, "text=a&n=99999999999999999999&on=maybe", 400, "n is missing or has an invalid value; on is missing or has an invalid value"),
            ("/single", "text/plain", "text=a", 415, ""),
            ("/single", Multipart, "--b\r\nnonsense", 400, ""),
            ("/single", "multipart/form-data", "--b\r\n", 400, ""),
            ("/single", Encoded, string.Join("&", Enumerable.Range(0, 2_000).Select(i => "a" + i)), 413, ""),
            ("/single", Multipart, string.Concat(Enumerable.Range(0, 1_100).Select(i => Part("a" + i, ""))) + "--b--\r\n", 413, ""),
            ("/file", Encoded, "upload=x", 400, "upload is missing or has an invalid value"),
            ("/file", Multipart, Part("upload", "no file") + "--b--\r\n", 400, "upload is missing or has an invalid value"),
        })
        {
            RawResponse response = Post(server, path, type, body);
            Assert.True(status == response.Status, $"{path} {body[..Math.Min(body.Length, 60)]}: {response.Status} {response.Text}");
            Assert.Equal(named, ErrorsOf(response));
        }
    }

    private static string ErrorsOf(RawResponse response)
    {
        using JsonDocument problem = JsonDocument.Parse(response.Text);
        return problem.RootElement.TryGetProperty("errors", out JsonElement errors)
            ? string.Join("; ", errors.EnumerateObject().SelectMany(field => field.Value.EnumerateArray().Select(message => field.Name + " " + message.GetString())))
            : "";
    }
}
