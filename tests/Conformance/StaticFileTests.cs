using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;

namespace Prebake.Conformance;

/// <summary>Files in the binary, codings, conditions and ranges, as bytes on the wire of every transport (RFC 9110 sections 12 to 14).</summary>
public sealed partial class StaticFileTests
{
    private static readonly ServerOfEach s_servers = new(transport => Servers.StartApp(transport, new FileApp()));

    private static readonly byte[] s_numbers = File.ReadAllBytes(OnDisk("numbers.txt"));

    public static TheoryData<Over> Transports => new(Servers.Transports);

    private static string OnDisk(string name) => Path.Combine(Repository.Root, "tests", "Conformance", "Files", name);

    private static RawResponse Get(Over transport, string path, string fields = "", string method = "GET") =>
        RawClient.Ask(s_servers.Of(transport), path, fields, method);

    // ---- which files, under which paths ----------------------------------------------------------------------------------

    [Theory, MemberData(nameof(Transports))]
    public void Every_file_has_its_path_its_bytes_and_its_type(Over transport)
    {
        foreach ((string path, string file, string type) in new[]
        {
            ("/files/numbers.txt", "numbers.txt", "text/plain;charset=utf-8"),
            ("/files/noise.bin", "noise.bin", "application/octet-stream"),
            ("/files/index.html", "index.html", "text/html;charset=utf-8"),
            ("/files/", "index.html", "text/html;charset=utf-8"),
            ("/files/sub/", "sub/index.html", "text/html;charset=utf-8"),
            ("/files/a%20b.txt", "a b.txt", "text/plain;charset=utf-8"),
            ("/files/100%25.txt", "100%.txt", "text/plain;charset=utf-8"),
            ("/files/na%C3%AFve.txt", "naïve.txt", "text/plain;charset=utf-8"),
            ("/files/na%c3%afve.txt", "naïve.txt", "text/plain;charset=utf-8"),
            ("/files/%7Bid%7D.txt", "{id}.txt", "text/plain;charset=utf-8"),
            ("/files/.well-known/security.txt", ".well-known/security.txt", "text/plain;charset=utf-8"),
            ("/files/x/../numbers.txt", "numbers.txt", "text/plain;charset=utf-8"),
            ("/one", "numbers.txt", "text/x-numbers"),
        })
        {
            RawResponse response = Get(transport, path);
            Assert.True(response.Status == 200, $"{path}: {response.StatusLine}");
            Assert.Equal(File.ReadAllBytes(OnDisk(file)), response.Body);
            Assert.Equal(type, response["content-type"]);
            Assert.Matches("^\"[0-9a-f]{16}\"$", response["etag"]);
            Assert.Equal("bytes", response["accept-ranges"]);
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public void Every_spelling_of_a_name_finds_it(Over transport)
    {
        string[] names = Directory.GetFiles(OnDisk("odd")).Select(path => Path.GetFileName(path)).ToArray();
        Assert.Equal(14, names.Length);
        using var client = new RawClient(s_servers.Of(transport));
        foreach (string name in names)
        {
            foreach (string spelling in Spellings.Of(name))
            {
                client.Send($"GET /files/odd/{spelling} HTTP/1.1\r\nHost: a\r\n\r\n");
                Assert.Equal($"name: {name}\n", client.Receive()!.Text);
            }
        }

        Assert.Equal("<p>slug</p>\n", Get(transport, "/files/odd/[slug]/").Text);
        Assert.Equal("<p>slug</p>\n", Get(transport, "/files/odd/%5bslug]/index.html").Text);
        Assert.Equal("/files/odd/%5Bslug%5D/?a=[b]", Get(transport, "/files/odd/[slug]?a=[b]")["location"]);
        Assert.Equal("GET, HEAD, OPTIONS", Get(transport, "/files/odd/a%40b.txt", "Content-Length: 0\r\n", "POST")["allow"]);
    }

    [Theory, MemberData(nameof(Transports))]
    public void No_redirect_leads_to_another_host(Over transport)
    {
        foreach (string path in new[] { "/\\evil.example", "//evil.example", "/\\/evil.example", "///evil.example", "/%5Cevil.example", "/%2Fevil.example", "/.//evil.example", "/x/..//evil.example" })
            Assert.Matches("^(/[^/\\\\]*/)?$", Get(transport, path + "/files/..")["location"] ?? "");
    }

    [Theory, MemberData(nameof(Transports))]
    public void An_empty_file_is_an_empty_answer(Over transport)
    {
        RawResponse response = Get(transport, "/files/empty.txt", "Range: bytes=0-3\r\n");
        Assert.Equal(200, response.Status);
        Assert.Equal("0", response["content-length"]);
        Assert.Empty(response.Body);
    }

    [Theory, MemberData(nameof(Transports))]
    public void What_the_build_did_not_find_is_not_there(Over transport)
    {
        foreach (string path in new[]
        {
            "/files/.env", "/files/.hidden/secret", "/files/none.txt", "/files/sub/none", "/files/Numbers.txt", "/files/numbers.txt/", "/files/../StaticFileTests.cs",
            "/files/%2e%2e/StaticFileTests.cs", "/files/..%2fStaticFileTests.cs", "/files/sub%2findex.html", "/files/numbers.txt%00", "/files//etc/passwd", "/files/.%2fnumbers.txt",
        })
            Assert.Contains(Get(transport, path).Status, new[] { 404, 400 });
    }

    [Theory, MemberData(nameof(Transports))]
    public void A_folder_with_an_index_is_redirected_to_its_slash(Over transport)
    {
        RawResponse response = Get(transport, "/files");
        Assert.Equal(301, response.Status);
        Assert.Equal("/files/", response["location"]);
        Assert.Equal("/files/sub/", Get(transport, "/files/sub")["location"]);
        Assert.Equal("/files/sub/?x=1&y=%20", Get(transport, "/files/sub?x=1&y=%20")["location"]);
    }

    [Theory, MemberData(nameof(Transports))]
    public void A_fingerprinted_name_is_kept_for_a_year_and_others_are_not(Over transport)
    {
        Assert.Equal("public, max-age=31536000, immutable", Get(transport, "/files/sub/app.3f2a9c1b.js")["cache-control"]);
        Assert.Null(Get(transport, "/files/numbers.txt")["cache-control"]);
    }

    [Theory, MemberData(nameof(Transports))]
    public void Other_methods_are_405(Over transport)
    {
        RawResponse response = Get(transport, "/files/numbers.txt", "Content-Length: 0\r\n", "POST");
        Assert.Equal(405, response.Status);
        Assert.Equal("GET, HEAD, OPTIONS", response["allow"]);
    }

    // ---- codings ---------------------------------------------------------------------------------------------------------

    public static TheoryData<string, string> Negotiations => new()
    {
        { "", "" },
        { "Accept-Encoding: gzip\r\n", "gzip" },
        { "Accept-Encoding: x-gzip\r\n", "gzip" },
        { "Accept-Encoding: GZIP\r\n", "gzip" },
        { "Accept-Encoding: br\r\n", "br" },
        { "Accept-Encoding: zstd\r\n", "zstd" },
        { "Accept-Encoding: gzip, br;q=0.9\r\n", "gzip" },
        { "Accept-Encoding: gzip;q=0.5, br;q=0.9, zstd;q=0.1\r\n", "br" },
        { "Accept-Encoding: gzip;q=0.5\r\nAccept-Encoding: br;q=0.9\r\n", "br" },
        { "Accept-Encoding: gzip ; q=1.000 , br ; q=0.999\r\n", "gzip" },
        { "Accept-Encoding: gzip;q=0\r\n", "" },
        { "Accept-Encoding: gzip;q=0.000, *\r\n", "*" },
        { "Accept-Encoding: *\r\n", "*" },
        { "Accept-Encoding: *;q=0\r\n", "" },
        { "Accept-Encoding: gzip, *;q=0\r\n", "gzip" },
        { "Accept-Encoding: identity\r\n", "" },
        { "Accept-Encoding: identity, gzip\r\n", "gzip" },
        { "Accept-Encoding: identity;q=1, gzip;q=0.5\r\n", "" },
        { "Accept-Encoding: identity;q=0, gzip;q=0.001\r\n", "gzip" },
        { "Accept-Encoding: identity;q=0\r\n", "" },
        { "Accept-Encoding: deflate, compress, dcb\r\n", "" },
        { "Accept-Encoding:\r\n", "" },
        { "Accept-Encoding: ,,,\r\n", "" },
        { "Accept-Encoding: gzip;q=2\r\n", "" },
        { "Accept-Encoding: gzip;q=-1\r\n", "" },
        { "Accept-Encoding: gzip;q=0.1234\r\n", "" },
        { "Accept-Encoding: gzip;q=1.001\r\n", "" },
        { "Accept-Encoding: gzip;q=\r\n", "" },
        { "Accept-Encoding: gzip;level=9\r\n", "" },
        { "Accept-Encoding: gzip;q=0.5;x=1\r\n", "" },
        { "Accept-Encoding: gzipped, xgzip, brr\r\n", "" },
        { "Accept-Encoding: " + string.Join(",", Enumerable.Repeat("a;q=0.1", 500)) + ", br\r\n", "br" },
    };

    [Theory, MemberData(nameof(Negotiations))]
    public void The_coding_is_the_one_that_the_client_likes_best(string fields, string coding)
    {
        foreach (Over transport in Servers.Transports)
        {
            RawResponse response = Get(transport, "/files/numbers.txt", fields), identity = Get(transport, "/files/numbers.txt");
            Assert.Equal("Accept-Encoding", response["vary"]);
            Assert.Equal("Accept-Encoding", identity["vary"]);
            // * is any of ours: the smallest
            if (coding == "*") Assert.Equal(new[] { "gzip", "br", "zstd" }.Min(name => Get(transport, "/files/numbers.txt", $"Accept-Encoding: {name}\r\n").Body.Length), response.Body.Length);
            else Assert.Equal(coding, response["content-encoding"] ?? "");
            Assert.Equal(response["content-encoding"] is null, response["etag"] == identity["etag"]);
            Assert.Equal(s_numbers, Decode(response));
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public void What_does_not_get_smaller_has_no_variants(Over transport)
    {
        foreach (string path in new[] { "/files/noise.bin", "/files/sub/index.html" })
        {
            RawResponse response = Get(transport, path, "Accept-Encoding: gzip, br, zstd\r\n");
            Assert.Null(response["content-encoding"]);
            Assert.Null(response["vary"]);
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public void Each_coding_has_its_own_tag_head_and_304(Over transport)
    {
        var tags = new HashSet<string>();
        foreach (string coding in new[] { "identity", "gzip", "br", "zstd" })
        {
            string accept = $"Accept-Encoding: {coding}\r\n";
            RawResponse get = Get(transport, "/one", accept), head = Get(transport, "/one", accept, "HEAD");
            Assert.Equal(get.Fields.Where(f => f.Key != "date"), head.Fields.Where(f => f.Key != "date"));
            Assert.True(tags.Add(get["etag"]!));

            RawResponse same = Get(transport, "/one", accept + $"If-None-Match: {get["etag"]}\r\n");
            Assert.Equal(304, same.Status);
            Assert.Equal(get["etag"], same["etag"]);
            Assert.Equal("Accept-Encoding", same["vary"]);
            Assert.Equal(200, Get(transport, "/one", $"Accept-Encoding: {(coding == "br" ? "gzip" : "br")}\r\nIf-None-Match: {get["etag"]}\r\n").Status);
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public void Large_bodies_follow_each_other_in_one_connection(Over transport)
    {
        using var client = new RawClient(s_servers.Of(transport));
        client.Send(string.Concat(Enumerable.Repeat("GET /files/numbers.txt HTTP/1.1\r\nHost: a\r\n\r\nGET /files/noise.bin HTTP/1.1\r\nHost: a\r\n\r\nGET /plain HTTP/1.1\r\nHost: a\r\n\r\n", 40)));
        byte[] noise = File.ReadAllBytes(OnDisk("noise.bin"));
        for (int i = 0; i < 40; i++)
        {
            Assert.Equal(s_numbers, client.Receive()!.Body);
            Assert.Equal(noise, client.Receive()!.Body);
            Assert.Equal("0123456789", client.Receive()!.Text);
        }
    }

    // ---- conditions ------------------------------------------------------------------------------------------------------

    public static TheoryData<string, int> Conditions => new()
    {
        { "If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n", 304 },
        { "If-Modified-Since: Sun, 06 Nov 1994 08:49:36 GMT\r\n", 200 },
        { "If-Modified-Since: Mon, 07 Nov 1994 08:49:37 GMT\r\n", 304 },
        { "If-Modified-Since: Sunday, 06-Nov-94 08:49:37 GMT\r\n", 304 },
        { "If-Modified-Since: Sun Nov  6 08:49:37 1994\r\n", 304 },
        { "If-Modified-Since: Sun Nov  6 08:49:36 1994\r\n", 200 },
        { "If-Modified-Since: Sun, 06 Nov 1994 08:49:37 UTC\r\n", 200 },
        { "If-Modified-Since: Sun, 31 Feb 2094 08:49:37 GMT\r\n", 200 },
        { "If-Modified-Since: Sun, 06 Nov 2094 25:49:37 GMT\r\n", 200 },
        { "If-Modified-Since: 2094-11-06T08:49:37Z\r\n", 200 },
        { "If-Modified-Since: tomorrow\r\n", 200 },
        { "If-Modified-Since:\r\n", 200 },
        { "If-Modified-Since: Sun, 06 Nov 2094 08:49:37 GMT\r\nIf-Modified-Since: Sun, 06 Nov 2094 08:49:37 GMT\r\n", 200 },
        { "If-None-Match: \"other\"\r\nIf-Modified-Since: Sun, 06 Nov 2094 08:49:37 GMT\r\n", 200 },
        { "If-None-Match: @\r\nIf-Modified-Since: Sun, 06 Nov 1894 08:49:37 GMT\r\n", 304 },
        { "If-None-Match: *\r\n", 304 },
        { "If-Unmodified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n", 200 },
        { "If-Unmodified-Since: Sun, 06 Nov 1994 08:49:36 GMT\r\n", 412 },
        { "If-Unmodified-Since: nonsense\r\n", 200 },
        { "If-Match: @\r\nIf-Unmodified-Since: Sun, 06 Nov 1894 08:49:37 GMT\r\n", 200 },
        { "If-Match: \"other\"\r\nIf-Unmodified-Since: Sun, 06 Nov 2094 08:49:37 GMT\r\n", 412 },
        { "If-Match: \"other\"\r\nIf-None-Match: @\r\n", 412 },
        { "If-Match: @\r\nIf-None-Match: @\r\n", 304 },
        { "If-Match: W/@\r\n", 412 },
        { "If-None-Match: W/@\r\n", 304 },
        { "If-Match: *\r\n", 200 },
        { "If-Match: *\r\nRange: bytes=0-0\r\n", 206 },
        { "If-None-Match: @\r\nRange: bytes=0-0\r\n", 304 },
        { "If-Match: \"other\"\r\nRange: bytes=0-0\r\n", 412 },
        { "If-Unmodified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\nRange: bytes=0-0\r\n", 206 },
    };

    [Theory, MemberData(nameof(Conditions))]
    public void Conditions_are_taken_in_the_order_of_the_RFC(string fields, int status)
    {
        foreach (Over transport in Servers.Transports)
        {
            string tag = Get(transport, "/dated")["etag"]!;
            foreach (string method in new[] { "GET", "HEAD" })
            {
                RawResponse response = Get(transport, "/dated", fields.Replace("@", tag), method);
                // RFC 9110 section 14.2: a range is for GET
                Assert.Equal(status == 206 && method == "HEAD" ? 200 : status, response.Status);
                if (status == 304) Assert.Equal(FileApp.Modified, response["last-modified"]);
                Assert.NotNull(response["date"]);
            }
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public void A_date_alone_is_enough_for_a_304(Over transport)
    {
        Assert.Equal(304, Get(transport, "/untagged", $"If-Modified-Since: {FileApp.Modified}\r\n").Status);
        Assert.Equal(412, Get(transport, "/untagged", "If-Unmodified-Since: Sun, 06 Nov 1984 08:49:37 GMT\r\n").Status);
    }

    [Theory, MemberData(nameof(Transports))]
    public void Without_a_date_of_its_own_a_route_ignores_dates(Over transport)
    {
        Assert.Equal(200, Get(transport, "/plain", "If-Modified-Since: Sun, 06 Nov 2094 08:49:37 GMT\r\n").Status);
        Assert.Equal(200, Get(transport, "/plain", "If-Unmodified-Since: Sun, 06 Nov 1894 08:49:37 GMT\r\n").Status);
    }

    [Theory, MemberData(nameof(Transports))]
    public void Conditions_and_ranges_count_for_GET_and_HEAD_of_a_200_only(Over transport)
    {
        Assert.Equal(404, Get(transport, "/missing", "If-None-Match: *\r\nRange: bytes=0-1\r\n").Status);
        Assert.Equal(200, Get(transport, "/any", "If-None-Match: *\r\nRange: bytes=0-1\r\nContent-Length: 0\r\n", "POST").Status);
        Assert.Equal(206, Get(transport, "/any", "Range: bytes=0-1\r\n").Status);
        Assert.Equal("0123456789", Get(transport, "/handler", "Range: bytes=0-1\r\n").Text);
    }

    // ---- ranges ----------------------------------------------------------------------------------------------------------

    /// <summary>A range of "0123456789": the text of a 206, or the status when it is another.</summary>
    public static TheoryData<string, string> Ranges => new()
    {
        { "bytes=0-0", "0" },
        { "bytes=0-9", "0123456789" },
        { "bytes=2-5", "2345" },
        { "bytes=5-", "56789" },
        { "bytes=-3", "789" },
        { "bytes=-10", "0123456789" },
        { "bytes=-11", "0123456789" },
        { "bytes=-99999999999999999999", "0123456789" },
        { "bytes=9-99999999999999999999", "9" },
        { "bytes=0-18446744073709551616", "0123456789" },
        { "Bytes=0-0", "0" },
        { "bytes= 0-0", "0" },
        { "bytes=,0-0,", "0" },
        { "bytes=0-0,50-60", "0" },
        { "bytes=50-60,-1", "9" },
        { "bytes=10-", "416" },
        { "bytes=10-20", "416" },
        { "bytes=99999999999999999999-", "416" },
        { "bytes=-0", "416" },
        { "bytes=20-,30-,-0", "416" },
        { "bytes=5-2", "200" },
        { "bytes=0-1,5-2", "200" },
        { "bytes=", "200" },
        { "bytes=,", "200" },
        { "bytes=-", "200" },
        { "bytes=--1", "200" },
        { "bytes=a-b", "200" },
        { "bytes=1", "200" },
        { "bytes=0x1-2", "200" },
        { "bytes=1-2-3", "200" },
        { "bytes=+1-2", "200" },
        { "bytes=1 - 2", "200" },
        { "bytes 0-1", "200" },
        { "bytes:0-1", "200" },
        { "bytes =0-1", "200" },
        { "items=0-1", "200" },
        { "=0-1", "200" },
        { "0-1", "200" },
        { "", "200" },
        { "bytes=0-9,0-9", "200" },
        { "bytes=0-,0-", "200" },
        { "bytes=" + string.Join(",", Enumerable.Repeat("0-0", 100)), "200" },
        { "bytes=" + string.Join(",", Enumerable.Repeat("20-30", 100)), "200" },
        { "bytes=0-0, " + new string(',', 4000), "0" },
    };

    [Theory, MemberData(nameof(Ranges))]
    public void A_range_is_a_part_of_the_same_bytes(string range, string expected)
    {
        foreach (Over transport in Servers.Transports)
        {
            RawResponse whole = Get(transport, "/plain"), part = Get(transport, "/plain", $"Range: {range}\r\n");
            // RFC 9110 section 14.2: a Range means nothing to any other method
            RawResponse head = Get(transport, "/plain", $"Range: {range}\r\n", "HEAD");
            Assert.Equal("HTTP/1.1 200 OK", head.StatusLine);
            Assert.Equal(whole.Fields.Where(f => f.Key != "date"), head.Fields.Where(f => f.Key != "date"));
            Assert.NotNull(part["date"]);

            if (expected == "416")
            {
                Assert.Equal(416, part.Status);
                Assert.Equal("bytes */10", part["content-range"]);
                Assert.Empty(part.Body);
            }
            else if (expected == "200")
            {
                Assert.Equal(200, part.Status);
                Assert.Equal("0123456789", part.Text);
                Assert.Null(part["content-range"]);
            }
            else
            {
                Assert.Equal(206, part.Status);
                Assert.Equal(expected, part.Text);
                int start = expected[0] - '0';
                Assert.Equal($"bytes {start}-{start + expected.Length - 1}/10", part["content-range"]);
                Assert.Equal(whole["etag"], part["etag"]);
                Assert.Equal(whole["content-type"], part["content-type"]);
            }
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public void Several_ranges_come_as_parts(Over transport)
    {
        foreach ((string range, string[] expected) in new (string, string[])[]
        {
            ("bytes=0-1,8-9", ["0-1", "8-9"]),
            ("bytes=8-9,0-1", ["8-9", "0-1"]),
            ("bytes=0-0,2-2,4-4,6-6,8-8", ["0-0", "2-2", "4-4", "6-6", "8-8"]),
            ("bytes=0-0, 50-60 ,-2", ["0-0", "8-9"]),
        })
        {
            RawResponse response = Get(transport, "/plain", $"Range: {range}\r\n");
            Assert.Equal(206, response.Status);
            Assert.Null(response["content-range"]);
            string boundary = Boundary().Match(response["content-type"]!).Groups[1].Value;
            Assert.NotEmpty(boundary);

            string body = string.Concat(expected.Select(part =>
            {
                int[] ends = part.Split('-').Select(int.Parse).ToArray();
                return $"--{boundary}\r\nContent-Type: text/plain;charset=utf-8\r\nContent-Range: bytes {part}/10\r\n\r\n{"0123456789"[ends[0]..(ends[1] + 1)]}\r\n";
            })) + $"--{boundary}--\r\n";
            Assert.Equal(body, response.Text);
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public void Ranges_of_large_files_and_of_codings_are_parts_of_what_is_sent(Over transport)
    {
        Assert.Equal(s_numbers[20_000..30_000], Get(transport, "/files/numbers.txt", "Range: bytes=20000-29999\r\n").Body);
        Assert.Equal(s_numbers[^17_000..], Get(transport, "/files/numbers.txt", "Range: bytes=-17000\r\n").Body);

        byte[] compressed = Get(transport, "/files/numbers.txt", "Accept-Encoding: br\r\n").Body;
        RawResponse part = Get(transport, "/files/numbers.txt", "Accept-Encoding: br\r\nRange: bytes=10-99\r\n");
        Assert.Equal(206, part.Status);
        Assert.Equal("br", part["content-encoding"]);
        Assert.Equal(compressed[10..100], part.Body);
        Assert.Equal($"bytes 10-99/{compressed.Length}", part["content-range"]);

        string parts = Encoding.Latin1.GetString(Get(transport, "/files/numbers.txt", "Range: bytes=0-17999,20000-37999\r\n").Body);
        Assert.Contains(Encoding.Latin1.GetString(s_numbers[..18_000]), parts);
        Assert.Contains(Encoding.Latin1.GetString(s_numbers[20_000..38_000]), parts);
    }

    public static TheoryData<string, int> RangeConditions => new()
    {
        { "If-Range: @\r\n", 206 },
        { "If-Range: \"other\"\r\n", 200 },
        { "If-Range: W/@\r\n", 200 },
        { "If-Range: @, \"other\"\r\n", 200 },
        { "If-Range: *\r\n", 200 },
        { "If-Range:\r\n", 200 },
        { "If-Range: Sun, 06 Nov 1994 08:49:37 GMT\r\n", 206 },
        { "If-Range: Sun, 06 Nov 1994 08:49:38 GMT\r\n", 200 },
        { "If-Range: Sun Nov  6 08:49:37 1994\r\n", 200 },
        { "If-Range: @\r\nIf-Range: @\r\n", 200 },
        { "Range: bytes=2-3\r\n", 200 },
    };

    [Theory, MemberData(nameof(RangeConditions))]
    public void If_Range_asks_for_the_whole_when_it_has_changed(string fields, int status)
    {
        foreach (Over transport in Servers.Transports)
            Assert.Equal(status, Get(transport, "/dated", "Range: bytes=0-1\r\n" + fields.Replace("@", Get(transport, "/dated")["etag"])).Status);
    }

    private static byte[] Decode(RawResponse response)
    {
        var body = new MemoryStream(response.Body);
        using Stream decoded = response["content-encoding"] switch
        {
            "gzip" => new GZipStream(body, CompressionMode.Decompress),
            "br" => new BrotliStream(body, CompressionMode.Decompress),
            "zstd" => new ZstdSharp.DecompressionStream(body),
            _ => body,
        };
        var output = new MemoryStream();
        decoded.CopyTo(output);
        return output.ToArray();
    }

    [GeneratedRegex("^multipart/byteranges; boundary=([0-9a-f]{32})$")] private static partial Regex Boundary();
}
