using System.Diagnostics;
using System.IO.Compression;
using System.Text;

namespace Prebake.Conformance;

/// <summary>Files from disk on every transport: what is sent, what is not reachable, and what happens to files that change.</summary>
public sealed class DiskFileTests
{
    private static readonly ServerOfEach s_servers = new(transport => Servers.StartApp(transport, new DiskApp()));
    private static readonly byte[] s_big = new byte[3 << 20];
    private static readonly byte[] s_numbers = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(1, 8_000).Select(i => $"{i}\n")));
    private static readonly string s_outside = Path.Combine(Path.GetTempPath(), $"prebake-outside-{Environment.ProcessId}.txt");

    static DiskFileTests()
    {
        new Random(3).NextBytes(s_big);
        if (Directory.Exists(DiskApp.Folder)) Directory.Delete(DiskApp.Folder, recursive: true);
        Directory.CreateDirectory(Path.Combine(DiskApp.Folder, "sub", "empty"));
        Write("numbers.txt", s_numbers);
        Write("big.bin", s_big);
        Write("ten.txt", "0123456789"u8.ToArray());
        Write("empty.txt", []);
        Write("index.html", "<p>index</p>"u8.ToArray());
        Write("sub/index.html", "<p>sub</p>"u8.ToArray());
        Write("a b%.txt", "odd name"u8.ToArray());
        Write("naïve.txt", "not ASCII"u8.ToArray());
        Write("coded.txt", s_numbers);
        Write("coded.txt.gz", Compress(output => new GZipStream(output, CompressionLevel.Optimal)));
        Write("coded.txt.br", Compress(output => new BrotliStream(output, CompressionLevel.Optimal)));
        Write("stale.txt", s_numbers);
        Write("stale.txt.gz", Compress(output => new GZipStream(output, CompressionLevel.Optimal)));
        foreach (string name in new[] { ".env", ".env.local", ".git/config", ".hidden/a", ".note", ".well-known/a", ".well-known/.b", "server.pem", "sub/server.key" })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(DiskApp.Folder, name))!);
            Write(name, Encoding.ASCII.GetBytes(name));
        }

        Directory.CreateDirectory(Path.Combine(DiskApp.Folder, "odd"));
        foreach (string file in Directory.GetFiles(Path.Combine(Repository.Root, "tests", "Conformance", "Files", "odd"))) File.Copy(file, Path.Combine(DiskApp.Folder, "odd", Path.GetFileName(file)));
        foreach (string name in new[] { "cut", "late", "early" })
        {
            Write(name + ".txt", s_numbers);
            Write(name + ".txt.gz", Compress(output => new GZipStream(output, CompressionLevel.Optimal)));
        }

        foreach (string file in Directory.EnumerateFiles(DiskApp.Folder, "*", SearchOption.AllDirectories)) File.SetLastWriteTimeUtc(file, new DateTime(2020, 2, 2, 2, 2, 2, DateTimeKind.Utc));
        File.SetLastWriteTimeUtc(Path.Combine(DiskApp.Folder, "stale.txt.gz"), new DateTime(2019, 1, 1, 0, 0, 0, DateTimeKind.Utc));

        // Made from its source, its time cut to whole seconds; then one that is older by half a second for certain; then one of the second before
        var written = new DateTime(2020, 2, 2, 2, 2, 2, 600, DateTimeKind.Utc);
        foreach (string name in new[] { "cut", "late", "early" }) File.SetLastWriteTimeUtc(Path.Combine(DiskApp.Folder, name + ".txt"), written);
        File.SetLastWriteTimeUtc(Path.Combine(DiskApp.Folder, "cut.txt.gz"), written.AddMilliseconds(-600));
        File.SetLastWriteTimeUtc(Path.Combine(DiskApp.Folder, "late.txt.gz"), written.AddMilliseconds(-500));
        File.SetLastWriteTimeUtc(Path.Combine(DiskApp.Folder, "early.txt.gz"), written.AddMilliseconds(-1600));

        if (Directory.Exists("moving-files")) Directory.Delete("moving-files", recursive: true);
        Directory.CreateDirectory(DiskApp.Moving);

        File.WriteAllText(s_outside, "a secret");
        if (!OperatingSystem.IsWindows())
        {
            File.CreateSymbolicLink(Path.Combine(DiskApp.Folder, "out.txt"), s_outside);
            File.CreateSymbolicLink(Path.Combine(DiskApp.Folder, "up"), Path.Combine("..", ".."));
            File.CreateSymbolicLink(Path.Combine(DiskApp.Folder, "dangling"), "nowhere");
            using Process fifo = Process.Start("mkfifo", Path.Combine(DiskApp.Folder, "pipe"))!;
            fifo.WaitForExit();
        }
    }

    private static void Write(string name, byte[] bytes) => File.WriteAllBytes(Path.Combine(DiskApp.Folder, name), bytes);

    private static byte[] Compress(Func<Stream, Stream> with)
    {
        var output = new MemoryStream();
        using (Stream stream = with(output)) stream.Write(s_numbers);
        return output.ToArray();
    }

    public static TheoryData<Over> Transports => new(Servers.Transports);

    private static Server Of(Over transport) => s_servers.Of(transport);

    private static RawResponse Get(Over transport, string path, string fields = "", string method = "GET") => RawClient.Ask(Of(transport), path, fields, method);

    // ---- what is sent ----------------------------------------------------------------------------------------------------

    [Theory, MemberData(nameof(Transports))]
    public void A_file_comes_with_type_length_date_and_tag(Over transport)
    {
        foreach ((string path, string type, byte[] body) in new[]
        {
            ("/one", "text/x-numbers", s_numbers),
            ("/handler?name=numbers.txt", "text/plain;charset=utf-8", s_numbers),
            ("/async", "text/plain;charset=utf-8", s_numbers),
            ("/disk/numbers.txt", "text/plain;charset=utf-8", s_numbers),
            ("/disk/big.bin", "application/octet-stream", s_big),
            ("/disk/", "text/html;charset=utf-8", "<p>index</p>"u8.ToArray()),
            ("/disk/index.html", "text/html;charset=utf-8", "<p>index</p>"u8.ToArray()),
            ("/disk/sub/", "text/html;charset=utf-8", "<p>sub</p>"u8.ToArray()),
            ("/disk/a%20b%25.txt", "text/plain;charset=utf-8", "odd name"u8.ToArray()),
            ("/disk/na%C3%AFve.txt", "text/plain;charset=utf-8", "not ASCII"u8.ToArray()),
            ("/disk/x/../numbers.txt", "text/plain;charset=utf-8", s_numbers),
        })
        {
            RawResponse response = Get(transport, path), head = Get(transport, path, method: "HEAD");
            Assert.True(response.Status == 200, $"{path}: {response.StatusLine}");
            Assert.Equal(body.Length, response.Body.Length);
            Assert.True(body.AsSpan().SequenceEqual(response.Body), path);
            Assert.Equal(type, response["content-type"]);
            Assert.Equal("Sun, 02 Feb 2020 02:02:02 GMT", response["last-modified"]);
            Assert.Equal("bytes", response["accept-ranges"]);
            Assert.Matches("^\"[0-9a-f]+-[0-9a-f]+\"$", response["etag"]);
            Assert.Equal(response.Fields.Where(f => f.Key != "date"), head.Fields.Where(f => f.Key != "date"));
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public void An_empty_file_is_an_empty_answer(Over transport)
    {
        RawResponse response = Get(transport, "/disk/empty.txt", "Range: bytes=0-\r\n");
        Assert.Equal(200, response.Status);
        Assert.Equal("0", response["content-length"]);
    }

    [Theory, MemberData(nameof(Transports))]
    public void A_file_written_just_now_has_a_weak_tag(Over transport)
    {
        string name = $"fresh-{transport}.txt";
        Write(name, "new"u8.ToArray());
        Assert.StartsWith("W/\"", Get(transport, "/disk/" + name)["etag"], StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Transports))]
    public void A_handler_s_status_and_fields_count(Over transport)
    {
        RawResponse status = Get(transport, "/status", "If-None-Match: *\r\nRange: bytes=0-1\r\n");
        Assert.Equal(404, status.Status);
        Assert.Equal("0123456789", status.Text);

        RawResponse own = Get(transport, "/own");
        Assert.Equal("a/b", own["content-type"]);
        Assert.Equal("1", own["x-own"]);
        Assert.Equal(["\"mine\""], own.Fields.Where(f => f.Key == "etag").Select(f => f.Value));
        Assert.Equal(304, Get(transport, "/own", "If-None-Match: \"mine\"\r\n").Status);
    }

    [Theory, MemberData(nameof(Transports))]
    public void A_status_without_a_body_has_none_though_a_file_was_chosen(Over transport)
    {
        using var client = new RawClient(Of(transport));
        foreach (int status in new[] { 204, 205, 304 })
        {
            client.Send($"GET /nothing/{status} HTTP/1.1\r\nHost: a\r\n\r\nGET /text HTTP/1.1\r\nHost: a\r\n\r\n");
            RawResponse response = client.Receive()!;
            Assert.Equal(status, response.Status);
            Assert.Empty(response.Body);
            Assert.Contains(response["content-length"], new[] { null, "0" });
            Assert.Equal("text", client.Receive()!.Text);
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public void Other_methods_are_405(Over transport) => Assert.Equal("GET, HEAD, OPTIONS", Get(transport, "/disk/numbers.txt", "Content-Length: 0\r\n", "POST")["allow"]);

    // ---- what is not reachable -------------------------------------------------------------------------------------------

    [Theory, MemberData(nameof(Transports))]
    public void Nothing_leads_out_of_the_folder(Over transport)
    {
        foreach (string path in new[]
        {
            "/none", "/handler?name=none", "/handler?name=sub", "/handler?name=pipe", "/disk/none", "/disk/pipe", "/disk/dangling", "/disk/out.txt", "/disk/up/Conformance.Tests.csproj",
            "/disk/%2e%2e/xunit.core.dll", "/disk/..%2fxunit.core.dll", "/disk/sub%2findex.html", "/disk/numbers.txt/", "/disk/numbers.txt/x", "/disk/sub/empty", "/disk/sub/empty/",
            "/disk/..%5cx", "/disk/%00", "/disk/numbers.txt%00.html", "/disk/%ff", "/disk//etc/passwd", "/disk/" + new string('a', 300), "/disk/" + string.Concat(Enumerable.Repeat("a/", 1_500)),
        })
        {
            RawResponse response = Get(transport, path);
            Assert.True(response.Status is 404 or 400, $"{path}: {response.StatusLine}");
            Assert.Empty(response.Body);
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public void A_folder_is_redirected_to_its_slash_with_its_query(Over transport)
    {
        Assert.Equal("/disk/", Get(transport, "/disk")["location"]);
        RawResponse response = Get(transport, "/disk/sub?a=b&c");
        Assert.Equal(301, response.Status);
        Assert.Equal("/disk/sub/?a=b&c", response["location"]);
        Assert.Equal("/disk/?x=1", Get(transport, "/disk?x=1")["location"]);
    }

    [Theory, MemberData(nameof(Transports))]
    public void Dot_files_are_served_on_request_only_and_secrets_never(Over transport)
    {
        foreach (string name in new[] { ".hidden/a", ".note", ".well-known/.b", "%2enote", ".hidden", ".hidden/" })
            Assert.True(Get(transport, "/disk/" + name).Status == 404, name);
        foreach (string name in new[] { ".hidden/a", ".note", ".well-known/.b" }) Assert.Equal(name, Get(transport, "/dots/" + name).Text);
        foreach (string name in new[] { ".env", ".ENV", ".env.local", ".git/config", ".git", "server.pem", "sub/server.key", "server%2epem", "x/../.env" })
        {
            Assert.True(Get(transport, "/disk/" + name).Status == 404, name);
            Assert.True(Get(transport, "/dots/" + name).Status == 404, name);
        }

        Assert.Equal(".well-known/a", Get(transport, "/disk/.well-known/a").Text);
    }

    [Theory, MemberData(nameof(Transports))]
    public void Every_spelling_of_a_name_finds_it(Over transport)
    {
        using var client = new RawClient(Of(transport));
        foreach (string name in Directory.GetFiles(Path.Combine(DiskApp.Folder, "odd")).Select(path => Path.GetFileName(path)))
        {
            foreach (string spelling in Spellings.Of(name))
            {
                client.Send($"GET /disk/odd/{spelling} HTTP/1.1\r\nHost: a\r\n\r\n");
                Assert.Equal($"name: {name}\n", client.Receive()!.Text);
            }
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task No_redirect_leads_to_another_host(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new PageApp());
        string folder = Path.Combine(DiskApp.Folder, "evil.example");
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "index.html"), "mine");
        if (!OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(Path.Combine(DiskApp.Folder, "\\evil.example"));
            await File.WriteAllTextAsync(Path.Combine(DiskApp.Folder, "\\evil.example", "index.html"), "mine");
        }

        Assert.Equal("/evil.example/", RawClient.Ask(server, "//evil.example")["location"]);
        foreach (string path in new[] { "/\\evil.example", "///evil.example", "/\\/evil.example", "/%5Cevil.example", "/%5cevil.example", "/.//evil.example", "/x/..//evil.example", "/%2e//evil.example" })
            Assert.Matches("^(/[^/\\\\].*)?$", RawClient.Ask(server, path)["location"] ?? "");
    }

    [Theory, MemberData(nameof(Transports))]
    public void A_folder_that_is_replaced_is_found_anew(Over transport)
    {
        string file = Path.Combine(DiskApp.Moving, "a.txt");
        void Make(string text)
        {
            Directory.CreateDirectory(DiskApp.Moving);
            File.WriteAllText(file, text);
        }

        if (Directory.Exists(DiskApp.Moving)) Directory.Delete(DiskApp.Moving, recursive: true);
        Make("first");
        Assert.Equal("first", Get(transport, "/moving/a.txt").Text);

        Directory.Delete(DiskApp.Moving, recursive: true);
        Assert.Equal(404, Get(transport, "/moving/a.txt").Status);
        Make("made anew");
        Assert.Equal("made anew", Get(transport, "/moving/a.txt").Text);

        Directory.Move(DiskApp.Moving, DiskApp.Moving + "-old");
        Make("another");
        Assert.Equal("another", Get(transport, "/moving/a.txt").Text);
        Directory.Delete(DiskApp.Moving + "-old", recursive: true);
        Directory.Delete(DiskApp.Moving, recursive: true);
    }

    [Theory, MemberData(nameof(Transports))]
    public void A_link_that_leads_to_another_folder_is_followed_and_nothing_leads_out_of_that(Over transport)
    {
        if (OperatingSystem.IsWindows()) return;

        foreach (string version in new[] { "v1", "v2" })
        {
            Directory.CreateDirectory($"moving-files/{version}");
            File.WriteAllText($"moving-files/{version}/a.txt", version);
            if (!File.Exists($"moving-files/{version}/out.txt")) File.CreateSymbolicLink($"moving-files/{version}/out.txt", s_outside);
        }

        if (Directory.Exists(DiskApp.Moving)) Directory.Delete(DiskApp.Moving, recursive: true);
        for (int i = 0; i < 20; i++)
        {
            string version = i % 2 == 0 ? "v1" : "v2";
            File.Delete(DiskApp.Moving);
            File.CreateSymbolicLink(DiskApp.Moving, version);
            Assert.Equal(version, Get(transport, "/moving/a.txt").Text);
            foreach (string path in new[] { "/moving/out.txt", "/moving/..%2fv1/a.txt", "/moving/%2e%2e/v1/a.txt" })
                Assert.True(Get(transport, path).Status == 404, path);
        }

        File.Delete(DiskApp.Moving);
    }

    [Fact]
    public void A_folder_that_is_missing_is_said_at_the_start()
    {
        var e = Assert.Throws<DirectoryNotFoundException>(() => Servers.StartApp(Servers.Transports.First(), new MissingFolderApp()));
        Assert.Contains("'no-such-folder'", e.Message);
    }

    // ---- conditions, ranges, codings -------------------------------------------------------------------------------------

    public static TheoryData<string, int> Conditions => new()
    {
        { "If-None-Match: @\r\n", 304 },
        { "If-None-Match: *\r\n", 304 },
        { "If-None-Match: \"x\"\r\n", 200 },
        { "If-Match: @\r\n", 200 },
        { "If-Match: \"x\"\r\n", 412 },
        { "If-Modified-Since: Sun, 02 Feb 2020 02:02:02 GMT\r\n", 304 },
        { "If-Modified-Since: Sun, 02 Feb 2020 02:02:01 GMT\r\n", 200 },
        { "If-Unmodified-Since: Sun, 02 Feb 2020 02:02:02 GMT\r\n", 200 },
        { "If-Unmodified-Since: Sun, 02 Feb 2020 02:02:01 GMT\r\n", 412 },
        { "Range: bytes=2-5\r\n", 206 },
        { "Range: bytes=2-5\r\nIf-Range: @\r\n", 206 },
        { "Range: bytes=2-5\r\nIf-Range: Sun, 02 Feb 2020 02:02:02 GMT\r\n", 206 },
        { "Range: bytes=2-5\r\nIf-Range: \"x\"\r\n", 200 },
        { "Range: bytes=20-\r\n", 416 },
        { "Range: bytes=5-2\r\n", 200 },
        { "Range: items=2-5\r\n", 200 },
    };

    [Theory, MemberData(nameof(Conditions))]
    public void Conditions_and_ranges_are_those_of_the_RFC(string fields, int status)
    {
        foreach (Over transport in Servers.Transports)
        {
            string tag = Get(transport, "/disk/ten.txt")["etag"]!;
            RawResponse response = Get(transport, "/disk/ten.txt", fields.Replace("@", tag)), head = Get(transport, "/disk/ten.txt", fields.Replace("@", tag), "HEAD");
            Assert.Equal(status, response.Status);
            // RFC 9110 section 14.2: Range is defined for GET only
            RawResponse like = status is 206 or 416 ? Get(transport, "/disk/ten.txt") : response;
            Assert.Equal(like.StatusLine, head.StatusLine);
            Assert.Equal(like.Fields.Where(f => f.Key != "date"), head.Fields.Where(f => f.Key != "date"));
            Assert.Equal(status switch { 200 => "0123456789", 206 => "2345", _ => "" }, response.Text);
            if (status == 206) Assert.Equal("bytes 2-5/10", response["content-range"]);
            if (status == 416) Assert.Equal("bytes */10", response["content-range"]);
            if (status == 304) Assert.Equal(tag, response["etag"]);
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public void Large_ranges_one_and_several(Over transport)
    {
        Assert.True(s_big.AsSpan(100_000, 2_000_000).SequenceEqual(Get(transport, "/disk/big.bin", "Range: bytes=100000-2099999\r\n").Body));

        RawResponse several = Get(transport, "/disk/big.bin", "Range: bytes=0-999999,2000000-2999999\r\n");
        Assert.Equal(206, several.Status);
        string boundary = several["content-type"]![(several["content-type"]!.IndexOf('=') + 1)..];
        byte[] expected =
        [
            .. Encoding.ASCII.GetBytes($"--{boundary}\r\nContent-Type: application/octet-stream\r\nContent-Range: bytes 0-999999/{s_big.Length}\r\n\r\n"), .. s_big[..1_000_000],
            .. Encoding.ASCII.GetBytes($"\r\n--{boundary}\r\nContent-Type: application/octet-stream\r\nContent-Range: bytes 2000000-2999999/{s_big.Length}\r\n\r\n"), .. s_big[2_000_000..3_000_000],
            .. Encoding.ASCII.GetBytes($"\r\n--{boundary}--\r\n"),
        ];
        Assert.True(expected.AsSpan().SequenceEqual(several.Body));
    }

    [Theory, MemberData(nameof(Transports))]
    public void A_slice_is_always_that_part(Over transport)
    {
        RawResponse slice = Get(transport, "/slice?from=2&to=5", "Range: bytes=0-0\r\n");
        Assert.Equal(206, slice.Status);
        Assert.Equal("234", slice.Text);
        Assert.Equal("bytes 2-4/10", slice["content-range"]);
        Assert.Equal("56789", Get(transport, "/slice?from=5&to=500").Text);
        Assert.Equal(416, Get(transport, "/slice?from=50&to=60").Status);
        Assert.Equal(500, Get(transport, "/slice?from=5&to=2").Status);
    }

    [Theory, MemberData(nameof(Transports))]
    public void Compressed_files_beside_it_are_used_unless_they_are_older(Over transport)
    {
        RawResponse plain = Get(transport, "/disk/coded.txt"), gzip = Get(transport, "/disk/coded.txt", "Accept-Encoding: gzip\r\n"), br = Get(transport, "/disk/coded.txt", "Accept-Encoding: gzip, br\r\n");
        Assert.Null(plain["content-encoding"]);
        Assert.Equal("gzip", gzip["content-encoding"]);
        Assert.Equal("br", br["content-encoding"]);
        Assert.Equal("text/plain;charset=utf-8", br["content-type"]);
        Assert.All(new[] { plain, gzip, br }, response => Assert.Equal("Accept-Encoding", response["vary"]));
        Assert.Equal(3, new[] { plain, gzip, br }.Select(response => response["etag"]).Distinct().Count());

        var decoded = new MemoryStream();
        new GZipStream(new MemoryStream(gzip.Body), CompressionMode.Decompress).CopyTo(decoded);
        Assert.Equal(s_numbers, decoded.ToArray());

        Assert.Null(Get(transport, "/disk/stale.txt", "Accept-Encoding: gzip\r\n")["content-encoding"]);
        Assert.Equal("gzip", Get(transport, "/disk/cut.txt", "Accept-Encoding: gzip\r\n")["content-encoding"]);
        Assert.Null(Get(transport, "/disk/late.txt", "Accept-Encoding: gzip\r\n")["content-encoding"]);
        Assert.Null(Get(transport, "/disk/early.txt", "Accept-Encoding: gzip\r\n")["content-encoding"]);
        Assert.Null(Get(transport, "/disk/numbers.txt", "Accept-Encoding: gzip\r\n")["content-encoding"]);
        Assert.Null(Get(transport, "/disk/coded.txt", "Accept-Encoding: gzip;q=0\r\n")["content-encoding"]);
        Assert.Null(Get(transport, "/disk/coded.txt", "Accept-Encoding: identity, gzip;q=0.5\r\n")["content-encoding"]);
    }

    // ---- files that change, clients that leave ---------------------------------------------------------------------------

    [Theory, MemberData(nameof(Transports))]
    public void A_file_that_shrinks_while_it_is_sent_is_a_cut_answer(Over transport)
    {
        string name = $"shrinks-{transport}.bin";
        Write(name, new byte[24 << 20]);
        using var client = new RawClient(Of(transport));
        client.Send($"GET /disk/{name} HTTP/1.1\r\nHost: a\r\n\r\n");
        var first = new byte[1];
        client.Socket.Receive(first);
        using (FileStream file = File.OpenWrite(Path.Combine(DiskApp.Folder, name))) file.SetLength(1 << 20);

        long received = 1;
        var buffer = new byte[1 << 20];
        try
        {
            for (int count; (count = client.Socket.Receive(buffer)) > 0;) received += count;
            Assert.Fail("The connection ended as if all had been sent.");
        }
        catch (System.Net.Sockets.SocketException)
        {
            Assert.InRange(received, 1, (24 << 20) - 1);
        }

        Assert.Equal("text", Get(transport, "/text").Text);
    }

    [Theory, MemberData(nameof(Transports))]
    public void A_file_that_grows_is_sent_as_long_as_it_was(Over transport)
    {
        string name = $"grows-{transport}.bin";
        Write(name, new byte[8 << 20]);
        using var client = new RawClient(Of(transport));
        client.Send($"GET /disk/{name} HTTP/1.1\r\nHost: a\r\n\r\n");
        using (FileStream file = File.OpenWrite(Path.Combine(DiskApp.Folder, name))) file.SetLength(9 << 20);
        int length = client.Receive()!.Body.Length;
        Assert.True(length is 8 << 20 or 9 << 20, $"{length} bytes");
        client.Send("GET /text HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal("text", client.Receive()!.Text);
    }

    [Theory, MemberData(nameof(Transports))]
    public void Clients_that_leave_leave_no_open_files(Over transport)
    {
        if (!OperatingSystem.IsLinux()) return;

        string name = $"left-{transport}.bin";
        Write(name, new byte[16 << 20]);
        for (int i = 0; i < 20; i++)
        {
            using var client = new RawClient(Of(transport));
            client.Send($"GET /disk/{name} HTTP/1.1\r\nHost: a\r\n\r\n");
            if (i % 2 == 0) client.Socket.Receive(new byte[1000]);
            if (i % 3 == 0) client.Socket.LingerState = new System.Net.Sockets.LingerOption(true, 0);
        }

        // Until the last one has been noticed
        SpinWait.SpinUntil(() => OpenCount(name) == 0, TimeSpan.FromSeconds(20));
        Assert.Equal(0, OpenCount(name));
        Assert.Equal("text", Get(transport, "/text").Text);
    }

    private static int OpenCount(string name) => Directory.EnumerateFileSystemEntries("/proc/self/fd").Count(fd =>
    {
        try { return File.ResolveLinkTarget(fd, false)?.FullName.EndsWith("/" + name, StringComparison.Ordinal) == true; }
        catch (IOException) { return false; }
        catch (UnauthorizedAccessException) { return false; }
    });

    [Theory, MemberData(nameof(Transports))]
    public void Pipelined_files_keep_their_order(Over transport)
    {
        using var client = new RawClient(Of(transport));
        string[] paths = ["/disk/numbers.txt", "/text", "/disk/big.bin", "/disk/ten.txt", "/disk/none", "/disk/big.bin", "/text"];
        client.Send(string.Concat(Enumerable.Repeat(paths, 5).SelectMany(all => all).Select(path => $"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n")));
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal(s_numbers.Length, client.Receive()!.Body.Length);
            Assert.Equal("text", client.Receive()!.Text);
            Assert.True(s_big.AsSpan().SequenceEqual(client.Receive()!.Body));
            Assert.Equal("0123456789", client.Receive()!.Text);
            Assert.Equal(404, client.Receive()!.Status);
            Assert.True(s_big.AsSpan().SequenceEqual(client.Receive()!.Body));
            Assert.Equal("text", client.Receive()!.Text);
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public void A_slow_reader_gets_it_all_and_a_hundred_at_once_too(Over transport)
    {
        using var slow = new RawClient(Of(transport));
        slow.Socket.ReceiveBufferSize = 16 << 10;
        slow.Send("GET /disk/big.bin HTTP/1.1\r\nHost: a\r\n\r\n");

        Parallel.For(0, 100, new ParallelOptions { MaxDegreeOfParallelism = 8 }, _ =>
        {
            RawResponse response = Get(transport, "/disk/big.bin");
            if (!s_big.AsSpan().SequenceEqual(response.Body))
                Assert.Fail($"{response.StatusLine}, {response.Body.Length} bytes of {s_big.Length}, the same up to {s_big.AsSpan().CommonPrefixLength(response.Body)}");
        });
        Assert.True(s_big.AsSpan().SequenceEqual(slow.Receive()!.Body));
    }

    [Theory, MemberData(nameof(Transports))]
    public void HTTP_1_0_gets_it_and_a_close(Over transport)
    {
        using var client = new RawClient(Of(transport));
        client.Send("GET /disk/big.bin HTTP/1.0\r\n\r\n");
        RawResponse response = client.Receive()!;
        Assert.True(s_big.AsSpan().SequenceEqual(response.Body));
        Assert.Equal(0, client.Socket.Receive(new byte[1]));
    }

    [Fact]
    public async Task FetchAsync_reads_files_too()
    {
        Response response = await Of(Servers.Transports.First()).FetchAsync(new Request("GET", "/disk/big.bin"));
        Assert.True(s_big.AsSpan().SequenceEqual(response.BodyBytes.Span));
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task What_is_no_file_falls_through_to_other_routes(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new PageApp());
        Assert.Equal("0123456789", RawClient.Ask(server, "/ten.txt").Text);
        Assert.Equal("0123456789", RawClient.Ask(server, "/there").Text);
        Assert.Equal(206, RawClient.Ask(server, "/ten.txt", "Range: bytes=1-2\r\n").Status);
        Assert.Equal("page GET /optional", RawClient.Ask(server, "/optional").Text);
        Assert.Equal("page GET /some/where", RawClient.Ask(server, "/some/where").Text);
        Assert.Equal("page GET /some%2Fwhere", RawClient.Ask(server, "/some%2fwhere").Text);
        Assert.Equal("page POST /ten.txt", RawClient.Ask(server, "/ten.txt", "Content-Length: 0\r\n", "POST").Text);
        Assert.Equal("api 5", RawClient.Ask(server, "/api/5").Text);
        Assert.Equal("page GET /api/x", RawClient.Ask(server, "/api/x").Text);      // no id, no file

        using var client = new RawClient(server);
        client.Send("GET /a HTTP/1.1\r\nHost: a\r\n\r\nGET /ten.txt HTTP/1.1\r\nHost: a\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal("page GET /a", client.Receive()!.Text);
        Assert.Equal("0123456789", client.Receive()!.Text);
        Assert.Equal("page GET /b", client.Receive()!.Text);
    }
}

[Directory("/x", "no-such-folder")]
internal sealed partial class MissingFolderApp;
