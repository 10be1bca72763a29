using System.Text;
using Prebake.Http;
using Prebake.Http1;

namespace Prebake.Benchmarks.Micro;

/// <summary>Parsing one complete request head: the least that HTTP/1.1 allows, and what a browser sends.</summary>
[MemoryDiagnoser]
public class RequestParserBenchmarks
{
    private readonly Http1RequestHead _head = new();
    private readonly Http1Limits _limits = Http1Limits.Default;
    private readonly byte[] _minimal = Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: localhost:3000\r\n\r\n");

    private readonly byte[] _browser = Encoding.ASCII.GetBytes("""
        GET /users/12345?tab=orders HTTP/1.1
        Host: localhost:3000
        Connection: keep-alive
        sec-ch-ua: "Chromium";v="140", "Not=A?Brand";v="24", "Google Chrome";v="140"
        sec-ch-ua-mobile: ?0
        sec-ch-ua-platform: "Linux"
        Upgrade-Insecure-Requests: 1
        User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36
        Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8
        Sec-Fetch-Site: none
        Accept-Encoding: gzip, deflate, br, zstd
        Accept-Language: en-GB,en;q=0.9,de;q=0.8
        Cookie: session=5f2b8c1e9d4a47b6a0c3e8f71d2b6a95; theme=dark; consent=yes; tz=Europe%2FBerlin


        """.ReplaceLineEndings("\r\n"));

    [GlobalSetup]
    public void Check()
    {
        foreach (var request in new[] { _minimal, _browser })
            if (RequestParser.Parse(_head, request, 0, request.Length, _limits, out var consumed) is not ParseStatus.Complete || consumed != request.Length)
                throw new InvalidOperationException("The parser does not take the benchmark's requests: " + Encoding.ASCII.GetString(request));
    }

    [Benchmark(Baseline = true)]
    public int Minimal() => Parse(_minimal);

    [Benchmark]
    public int Browser() => Parse(_browser);

    private int Parse(byte[] request)
    {
        RequestParser.Parse(_head, request, 0, request.Length, _limits, out var consumed);
        return consumed;
    }
}
