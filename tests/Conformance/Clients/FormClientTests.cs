using System.Net.Http;
using Prebake.Testing;

namespace Prebake.Conformance.Clients;

/// <summary>Forms as clients other than browsers write them: names of fields and files that are not ASCII, and those with quotes and backslashes.</summary>
public sealed partial class FormClientTests
{
    internal sealed partial class App
    {
        [Post("/form")] private static async Task<string> Form(Request request)
        {
            FormData form = await request.FormAsync();
            return string.Join("|", form.Select(field => $"{field.Key}={field.Value}").Concat(form.Files.Select(file => $"{file.Name}:{file.FileName}:{file.Content.Length}")));
        }
    }

    private static readonly Lazy<Server> s_server = new(() => Servers.StartApp(Servers.Transports.First(), new App()));

    private static string Url => $"http://127.0.0.1:{s_server.Value.Port}/form";

    [Fact]
    public async Task The_HttpClient_of_dotnet()
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var form = new MultipartFormDataContent();
        form.Add(new StringContent("wért"), "feld é");
        form.Add(new ByteArrayContent([1, 2, 3]), "plain", "a.txt");
        form.Add(new ByteArrayContent([1, 2]), "file", "日本 é.txt");
        form.Add(new ByteArrayContent([1]), "spaces", "a b;c.txt");
        Assert.Equal("feld é=wért|plain:a.txt:3|file:日本 é.txt:2|spaces:a b;c.txt:1", await (await http.PostAsync(Url, form)).Content.ReadAsStringAsync());

        using var pairs = new FormUrlEncodedContent([new("a b", "+&=é%41"), new("", "€")]);
        Assert.Equal("a b=+&=é%41|=€", await (await http.PostAsync(Url, pairs)).Content.ReadAsStringAsync());
    }

    [PythonTheory("requests")]
    [InlineData("日本 é.txt")]
    [InlineData("a\"b.txt")]
    [InlineData("a;b.txt")]
    public void Requests(string name)
    {
        const string Script = """
            import sys, requests
            session = requests.Session()
            session.trust_env = False
            response = session.post(sys.argv[1], files={'file é': (sys.argv[2], b'12345')}, data={'feld é': 'wért €'})
            sys.stdout.buffer.write(response.content)
            """;
        Outcome outcome = Command.Run(Tools.Find("python3")!, "-c", Script, Url, name);
        Assert.Equal($"feld é=wért €|file é:{name}:5", outcome.Output);
    }

    [ToolTheory("curl")]
    [InlineData("日本 é.txt")]
    [InlineData("a\"b.txt")]
    [InlineData("a;b.txt")]
    public void Curl(string name)
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "12345");
            string quoted = name.Replace("\"", "\\\"");
            Outcome outcome = Command.Run(Tools.Find("curl")!, "-q", "-s", "--noproxy", "*", "-F", $"file=@{file};filename=\"{quoted}\"", "-F", "feld é=wért €", Url);
            Assert.Equal($"feld é=wért €|file:{name}:5", outcome.Output);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [ToolTheory("node")]
    [InlineData("日本 é.txt")]
    [InlineData("a\"b.txt")]
    [InlineData("dir\\")]
    [InlineData("a;b.txt")]
    public void Node(string name)
    {
        const string Script = """
            (async () => {
                const form = new FormData();
                form.append('feld é', 'wért €');
                form.append(process.argv[2], new Blob(['12345']), process.argv[2]);
                process.stdout.write(await (await fetch(process.argv[1], { method: 'POST', body: form })).text());
            })();
            """;
        Outcome outcome = Command.Run(Tools.Find("node")!, "-e", Script, Url, name);
        Assert.Equal($"feld é=wért €|{name}:{name}:5", outcome.Output);
    }
}
