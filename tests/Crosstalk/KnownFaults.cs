using System.Diagnostics;
using System.Text;

namespace Prebake.Crosstalk;

/// <summary>Faults that have been, one after the other: random load alone may miss them.</summary>
public sealed class KnownFaults
{
    private static readonly TimeSpan s_moment = TimeSpan.FromMilliseconds(150);

    public static TheoryData<Waits> All => [Waits.IoUring, Waits.Epoll, Waits.Portable];

    // ---- what breaks a loop
    // ------------------------------------------------------------------------------------------------

    [NativeTheory, MemberData(nameof(All))]
    public async Task A_response_whose_head_cannot_be_written_is_500_and_leaves_no_trace(Waits waits)
    {
        await using Stage stage = await Stage.StartAsync(waits);
        foreach (string how in (string[])["cookie-null", "cookie-null-late"])
        {
            for (int i = 0; i < 8; i++)
            {
                var secret = new Secret(stage.Random);
                Answer answer = await stage.AskAsync(new Call(how, secret, $"/{how}/{secret.Path}"));
                Assert.True(answer.Status == 500, $"{answer}");
                await stage.OthersAreServedAsync(6);
            }
        }
    }

    [NativeTheory, MemberData(nameof(All))]
    public async Task Memory_whose_owner_throws_is_500_and_the_pipeline_goes_on(Waits waits)
    {
        await using Stage stage = await Stage.StartAsync(waits);
        foreach (string how in (string[])["memory", "memory-late", "throws"])
        {
            foreach (int length in (int[])[1_000, 50_000])
            {
                using Wire wire = await stage.ConnectAsync();
                var secret = new Secret(stage.Random);
                string target = how == "throws" ? $"/throws/{secret.Path}?how=memory" : $"/{how}/{length}/{secret.Path}";
                Call fails = new(how, secret, target), behind = stage.Text();
                await wire.SendAsync((byte[])[.. fails.Serialize(stage.Random), .. behind.Serialize(stage.Random)]);

                // Once bytes are out only a cut is left; but here nothing had to be out
                Answer answer = await wire.ReceiveAsync();
                Assert.True(answer is { Status: 500, IsWhole: true }, $"/{how}/{length}: {answer}");
                stage.Judge(behind, await wire.ReceiveAsync(), wire);
                await stage.OthersAreServedAsync(4);
            }
        }
    }

    [NativeTheory, MemberData(nameof(All))]
    public async Task A_body_that_is_read_and_not_awaited_harms_nobody(Waits waits)
    {
        await using Stage stage = await Stage.StartAsync(waits);
        foreach (string shape in (string[])["unawaited", "unawaited-late"])
        {
            foreach (string how in (string[])["text", "bytes", "pipe", "form"])
            {
                for (int i = 0; i < 6; i++)
                {
                    var secret = new Secret(stage.Random);
                    string body = string.Concat(Enumerable.Repeat(secret.Body, 50));
                    using Wire wire = await stage.ConnectAsync();
                    string head = $"POST /{shape}/{how}/{secret.Path} HTTP/1.1\r\nHost: a\r\nX-Secret: {secret.Header}\r\n"
                        + $"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {body.Length}\r\n\r\n";
                    await wire.SendAsync(head);
                    Answer answer = await wire.ReceiveAsync();
                    Assert.True(answer.Status == 200, $"/{shape}/{how}: {answer}");

                    // The body comes when the request is over, and with it another's on another connection
                    await Task.WhenAll(wire.SendAsync(body), stage.OthersAreServedAsync(3));
                    Call upload = stage.Upload();
                    stage.Judge(upload, await stage.AskAsync(upload), wire);
                }
            }
        }

        await stage.UntilAsync(facts => facts.Reads == 0, "a read that was begun has not ended");
    }

    [NativeTheory, MemberData(nameof(All))]
    public async Task CloseIdleConnections_from_a_handler_gives_no_response_to_another(Waits waits)
    {
        await using Stage stage = await Stage.StartAsync(waits);
        for (int round = 0; round < 12; round++)
        {
            // The one that asks is the oldest of its loop: those that came later are looked at before it
            using Wire asking = await stage.ConnectAsync();
            Call warm = stage.Text();
            await asking.SendAsync(warm.Serialize(stage.Random));
            stage.Judge(warm, await asking.ReceiveAsync(), asking);

            var idle = new List<Wire>();
            for (int i = 0; i < 8; i++)
            {
                Wire wire = await stage.ConnectAsync();
                Call call = stage.Text();
                await wire.SendAsync(call.Serialize(stage.Random));
                stage.Judge(call, await wire.ReceiveAsync(), wire);
                idle.Add(wire);
            }

            Call mine = stage.Text();
            var secret = new Secret(stage.Random);
            var closes = new Call("close-idle", secret, $"/close-idle/{secret.Path}");
            await asking.SendAsync((byte[])[.. mine.Serialize(stage.Random), .. closes.Serialize(stage.Random)]);
            Answer first = await asking.ReceiveAsync();
            foreach (Wire wire in idle)
            {
                await wire.ListenAsync(TimeSpan.FromMilliseconds(20));
                Assert.True(wire.Rest.Length == 0, $"An idle connection was sent {Answer.Excerpt(wire.Rest)}");
                wire.Dispose();
            }

            stage.Judge(mine, first, asking);
            Assert.Equal(200, (await asking.ReceiveAsync()).Status);
        }
    }

    [NativeTheory, MemberData(nameof(All))]
    public async Task A_stream_that_is_returned_twice_leaves_nothing_behind(Waits waits)
    {
        await using Stage stage = await Stage.StartAsync(waits);
        for (int i = 0; i < 25; i++)
        {
            using (Wire wire = await stage.ConnectAsync())
            {
                await wire.SendAsync($"GET /twice/a HTTP/1.1\r\nHost: a\r\n\r\n");
                Answer answer = await wire.ReceiveAsync();
                Assert.True(answer is { Status: 200, Text: "once" } or { Status: 500 }, $"{answer}");
                if (answer.Status == 200) continue;

                // Then a slow request on the same connection, whose client does not wait
                var secret = new Secret(stage.Random);
                var slow = new Call("delay", secret, $"/delay/{secret.Path}?ms=120&n=1");
                await wire.SendAsync(slow.Serialize(stage.Random));
                await Task.Delay(10);
                wire.Reset();
            }

            await stage.OthersAreServedAsync(6, "delay");
        }

        await stage.UntilAsync(facts => facts.Pending == 0, "a request has not ended");
    }

    // ---- memory
    // ------------------------------------------------------------------------------------------------------------

    [NativeTheory, MemberData(nameof(All))]
    public async Task A_large_static_that_is_being_sent_outlives_a_reload(Waits waits)
    {
        await using Stage stage = await Stage.StartAsync(waits, ("LARGE_STATIC", $"{8 << 20}"));
        for (int round = 0; round < 2; round++)
        {
            var slow = new List<Wire>();
            for (int i = 0; i < 4; i++)
            {
                Wire wire = await Wire.ConnectAsync(stage.Port, slowReads: 20);
                await wire.SendAsync("GET /large-started HTTP/1.1\r\nHost: a\r\n\r\n");
                slow.Add(wire);
            }

            await Task.Delay(s_moment);
            for (int i = 0; i < 4; i++)
            {
                await stage.Subject.AskAsync("reload");
                await stage.Subject.AskAsync("collect");
            }

            foreach (Wire wire in slow)
            {
                Answer answer = await wire.ReceiveAsync();
                Assert.True(answer.IsWhole, $"{answer.End} {answer.Body.Length}");
                Assert.Equal(8 << 20, answer.Body.Length);
                ReadOnlySpan<byte> line = answer.Body.AsSpan(0, 20);
                for (int at = 0; at < answer.Body.Length; at += 20)
                {
                    ReadOnlySpan<byte> next = answer.Body.AsSpan(at, Math.Min(20, answer.Body.Length - at));
                    if (!line.StartsWith(next))
                        Assert.Fail($"Foreign memory from byte {at} on: {Answer.Excerpt(next)}");
                }

                wire.Dispose();
            }
        }
    }

    [NativeTheory, MemberData(nameof(All))]
    public async Task What_a_producer_has_read_of_a_body_stays_its_own_after_the_client_has_left(Waits waits)
    {
        await using Stage stage = await Stage.StartAsync(waits);
        for (int i = 0; i < 12; i++)
        {
            using (Wire wire = await stage.ConnectAsync())
            {
                var secret = new Secret(stage.Random);
                string begun = string.Concat(Enumerable.Repeat(secret.Body, 150));
                await wire.SendAsync($"POST /holds/{secret.Path} HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n{begun}");
                await wire.ListenAsync(TimeSpan.FromMilliseconds(10));
                wire.Reset();
            }

            for (int j = 0; j < 8; j++)
            {
                Call upload = stage.Upload("read-pipe");
                using Wire other = await stage.ConnectAsync();
                await other.SendAsync(upload.Serialize(stage.Random));
                stage.Judge(upload, await other.ReceiveAsync(), other);
            }
        }

        await Task.Delay(s_moment);
    }

    [NativeTheory, MemberData(nameof(All))]
    public async Task A_handler_that_cuts_its_connection_still_sees_its_own_request(Waits waits)
    {
        await using Stage stage = await Stage.StartAsync(waits);
        for (int i = 0; i < 20; i++)
        {
            using Wire wire = await stage.ConnectAsync();
            var secret = new Secret(stage.Random);
            byte[] bytes = new Call("abort-looks", secret, $"/abort-looks/{secret.Path}").Serialize(stage.Random);
            await wire.SendAsync(bytes.AsMemory(0, 25));
            await Task.Delay(10);
            await wire.SendAsync(bytes.AsMemory(25));
            Assert.Empty((await wire.ReceiveAsync()).Raw);
        }

        await stage.OthersAreServedAsync(10);
    }

    // ---- headers
    // -----------------------------------------------------------------------------------------------------------

    [NativeTheory, MemberData(nameof(All))]
    public async Task Refusals_carry_no_other_routes_headers(Waits waits)
    {
        await using Stage stage = await Stage.StartAsync(waits);
        (string Request, int Status)[] refusals =
        [
            ("GET /no-such-page", 404), ("DELETE /with-fields/a", 405), ("OPTIONS /with-fields/a", 204), ("BREW /text/a", 501),
            ("GET /text/a?n=many", 400), ("GET /old", 301), ("GET /with-fields/a/", 308), ("GET /disk/none", 404),
        ];

        // All connections of one loop share what it has, hence some
        for (int i = 0; i < 4; i++)
        {
            using Wire wire = await stage.ConnectAsync();
            foreach ((string request, int status) in refusals)
            {
                await wire.SendAsync("GET /with-fields/a HTTP/1.1\r\nHost: a\r\n\r\n");
                Answer routed = await wire.ReceiveAsync();
                Assert.Equal("of with-fields", routed["X-Route"]);
                Assert.Equal("public, max-age=31536000, immutable", routed["Cache-Control"]);

                await wire.SendAsync($"{request} HTTP/1.1\r\nHost: a\r\n\r\n");
                Answer answer = await wire.ReceiveAsync();
                Assert.Equal(status, answer.Status);
                Assert.True(answer["X-Route"] is null && answer["Cache-Control"] is null, $"{request}: {answer}");
            }
        }
    }

    [NativeTheory, MemberData(nameof(All))]
    public async Task A_name_in_a_request_to_itself_injects_nothing(Waits waits)
    {
        await using Stage stage = await Stage.StartAsync(waits);
        Assert.Equal("plain|", (await stage.GetAsync("/by-name?name=plain")).Text);
        string injecting = (await stage.GetAsync("/by-name?name=x%20HTTP/1.1%0d%0aX-Injected:1%0d%0aA:")).Text;
        Assert.Contains(injecting.Split('|')[^1], (string[])["refused", ""]);
        string japanese = (await stage.GetAsync("/by-name?name=%E6%97%A5%E6%9C%AC")).Text;
        Assert.Contains(japanese, (string[])["refused", "日本|"]);
    }

    [NativeTheory, MemberData(nameof(All))]
    public async Task A_204_and_a_304_announce_no_body(Waits waits)
    {
        await using Stage stage = await Stage.StartAsync(waits);
        string[] paths =
        [
            "/from-status/204/a", "/from-status/304/a", "/stream-status/204/a", "/stream-status/304/a", "/file-status/204/a",
        ];
        foreach (string path in paths)
        {
            using Wire wire = await stage.ConnectAsync();
            Call behind = stage.Text();
            byte[] first = Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n");
            await wire.SendAsync((byte[])[.. first, .. behind.Serialize(stage.Random)]);
            Answer answer = await wire.ReceiveAsync();
            Assert.Equal(path.Contains("204", StringComparison.Ordinal) ? 204 : 304, answer.Status);
            Assert.True(answer["Transfer-Encoding"] is null, $"{path}: {answer}");
            if (answer.Status == 204) Assert.True(answer["Content-Length"] is null, $"{path}: {answer}");
            stage.Judge(behind, await wire.ReceiveAsync(), wire);
        }
    }

    [NativeTheory, MemberData(nameof(All))]
    public async Task A_range_means_nothing_to_HEAD(Waits waits)
    {
        await using Stage stage = await Stage.StartAsync(waits);
        foreach (string path in (string[])["/file/large/a", "/disk/large.bin", "/file-route"])
        {
            using Wire wire = await stage.ConnectAsync();
            await wire.SendAsync($"HEAD {path} HTTP/1.1\r\nHost: a\r\nRange: bytes=5-9\r\n\r\n");
            Answer answer = await wire.ReceiveAsync(isHead: true);
            Assert.True(answer.Status == 200 && answer["Content-Range"] is null, $"{path}: {answer}");
        }
    }

    [NativeTheory, MemberData(nameof(All))]
    public async Task A_chunk_that_announces_too_much_is_refused_at_once(Waits waits)
    {
        await using Stage stage = await Stage.StartAsync(waits);
        (string, string)[] announced =
            [("/limited/a", "7d0"), ("/read-text/a", "7fffffff"), ("/read-pipe/a", "1000000"), ("/whole-bytes/a", "ffffffff")];
        foreach ((string path, string size) in announced)
        {
            using Wire wire = await stage.ConnectAsync();
            await wire.SendAsync($"POST {path} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n{size}\r\nabc");
            Answer answer = await wire.ReceiveAsync();
            Assert.True(answer.Status == 413, $"{path}: {answer}");
            Assert.Equal("close", answer["Connection"]);
            wire.FinishSending();
            Assert.NotNull(await wire.ListenAsync(Wire.Patience));
        }
    }

    // ---- what surrounds a handler
    // --------------------------------------------------------------------------------------------

    [NativeTheory, MemberData(nameof(All))]
    public async Task What_a_handler_leaves_in_its_thread_is_seen_by_no_other(Waits waits)
    {
        await using Stage stage = await Stage.StartAsync(waits);
        string[] shapes = ["text", "bytes", "span", "blocking", "yield", "completed", "stream-text", "text"];
        foreach (string shape in shapes) await stage.OthersAreServedAsync(6, shape);
        stage.LooksAtAmbient = true;
    }

    [NativeTheory, MemberData(nameof(All))]
    public async Task A_request_that_is_kept_is_over_for_good(Waits waits)
    {
        await using Stage stage = await Stage.StartAsync(waits);
        foreach (string shape in (string[])["keep-late", "keep"])
        {
            for (int i = 0; i < 12; i++)
            {
                var secret = new Secret(stage.Random);
                Answer answer = await stage.AskAsync(new Call(shape, secret, $"/{shape}/{secret.Path}"));
                Assert.Equal(200, answer.Status);

                // Others are in flight, whom it could show
                using var stop = new CancellationTokenSource();
                Task others = Task.WhenAll(Enumerable.Range(0, 6).Select(async j =>
                {
                    var random = new Random(stage.Seed + i * 100 + j);
                    using Wire wire = await stage.ConnectAsync();
                    while (!stop.IsCancellationRequested)
                    {
                        var other = new Secret(random);
                        Call call = new("delay", other, $"/delay/{other.Path}?ms=20&n=1");
                        await wire.SendAsync(call.Serialize(random));
                        await wire.ReceiveAsync();
                    }
                }));

                await Task.Delay(30);
                Answer touched = await stage.GetAsync($"/touch/{secret.Path}/a");
                await stop.CancelAsync();
                await others;
                Assert.True(touched.Text == "over", $"/{shape}: the kept request {touched.Text}");
            }
        }
    }

    [NativeTheory, MemberData(nameof(All))]
    public async Task An_abort_after_the_end_hits_nobody(Waits waits)
    {
        await using Stage stage = await Stage.StartAsync(waits);
        using var stop = new CancellationTokenSource();

        // The innocent: each on a connection of its own for a few requests, of every length
        Task[] innocent = [.. Enumerable.Range(0, 12).Select(j => Task.Run(async () =>
        {
            var random = new Random(stage.Seed + j);
            while (!stop.IsCancellationRequested)
            {
                using Wire wire = await stage.ConnectAsync();
                for (int i = 0; i < 3; i++)
                {
                    Call call = stage.Lines(random, random.Next(2) == 0 ? "yield" : "delay");
                    await wire.SendAsync(call.Serialize(random));
                    stage.Judge(call, await wire.ReceiveAsync(), wire);
                }
            }
        }))];

        for (int i = 0; i < 60; i++)
        {
            var secret = new Secret(stage.Random);
            string how = i % 3 == 0 ? "keep-late" : i % 3 == 1 ? "keep" : "abort/about-now";
            using (Wire wire = await stage.ConnectAsync())
            {
                await wire.SendAsync($"GET /{how}/{secret.Path} HTTP/1.1\r\nHost: a\r\n\r\n");
                await wire.ReceiveAsync();
                if (i % 2 == 0) wire.Reset();
            }

            // The client has its answer, but its exchange may be ending at this moment
            if (i % 3 == 2) continue;
            await Task.Delay(20);
            await stage.GetAsync($"/{(i % 2 == 0 ? "touch" : "touch-inline")}/{secret.Path}/a?aborts=true");
        }

        await stop.CancelAsync();
        await Task.WhenAll(innocent);
    }

    // ---- ends
    // ----------------------------------------------------------------------------------------------------------------

    [NativeTheory, MemberData(nameof(All))]
    public async Task A_stop_ends_when_a_slow_client_has_read_its_response(Waits waits)
    {
        (string, string)[] environment = [("NO_IDLE_TIMEOUT", "1"), ("LARGE_STATIC", $"{8 << 20}")];
        await using Stage stage = await Stage.StartAsync(waits, environment);
        using Wire slow = await Wire.ConnectAsync(stage.Port, slowReads: 20);
        await slow.SendAsync("GET /large-started HTTP/1.1\r\nHost: a\r\n\r\n");
        using Wire unread = await stage.ConnectAsync();
        await unread.SendAsync("POST /unread/a HTTP/1.1\r\nHost: a\r\nContent-Length: 20000\r\n\r\nabc");
        Assert.Equal(200, (await unread.ReceiveAsync()).Status);

        await Task.Delay(s_moment);
        await stage.Subject.AskAsync("stop");
        await Task.Delay(s_moment);
        Assert.Equal(8 << 20, (await slow.ReceiveAsync()).Body.Length);
        await unread.SendAsync(new byte[20_000 - 3]);
        bool hasStopped = await stage.Subject.HasStoppedAsync(15);
        Assert.True(hasStopped, "StopAsync has not ended, although both clients have what they asked for");
    }

    [NativeTheory, MemberData(nameof(All))]
    public async Task What_is_streamed_is_disposed_of_on_every_path(Waits waits)
    {
        await using Stage stage = await Stage.StartAsync(waits);
        string[] paths =
            ["/copied/a", "/from/a", "/stream-status/207/a", "/stream-status/204/a", "/from-status/204/a", "/stream-text/a"];
        foreach (string path in paths)
        {
            foreach (string method in (string[])["HEAD", "GET"])
            {
                using Wire wire = await stage.ConnectAsync();
                await wire.SendAsync($"{method} {path} HTTP/1.1\r\nHost: a\r\n\r\n");
                Assert.True((await wire.ReceiveAsync(method == "HEAD")).IsWhole);
            }
        }

        await HasClosedAllAsync("after answers");

        // Clients that have left before there is an answer
        for (int i = 0; i < 10; i++)
        {
            using Wire wire = await stage.ConnectAsync();
            await wire.SendAsync("GET /late/a?ms=60 HTTP/1.1\r\nHost: a\r\n\r\n");
            await Task.Delay(5);
            wire.Reset();
        }

        await Task.Delay(s_moment);
        await HasClosedAllAsync("after clients that had left");

        async Task HasClosedAllAsync(string when)
        {
            int open = -1;
            for (int i = 0; i < 300 && (open = (await stage.FactsAsync()).Streams) != 0; i++) await Task.Delay(50);
            Assert.True(open == 0, $"{open} streams are open {when}");
        }
    }

    [NativeTheory, MemberData(nameof(All))]
    public async Task A_request_to_itself_with_a_token_that_lives_on_leaves_nothing(Waits waits)
    {
        await using Stage stage = await Stage.StartAsync(waits);
        await AskManyAsync(200);
        long before = await stage.Subject.HeapAsync();
        await AskManyAsync(1_500);
        long grown = await stage.Subject.HeapAsync() - before;
        Assert.True(grown < 4 << 20, $"{grown >> 10} KiB more after 1,500 requests");

        async Task AskManyAsync(int count)
        {
            await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
            {
                using Wire wire = await stage.ConnectAsync();
                for (int i = 0; i < count / 4; i++)
                {
                    await wire.SendAsync("GET /nested/a?to=text&n=200&lives=true HTTP/1.1\r\nHost: a\r\n\r\n");
                    Assert.Equal(200, (await wire.ReceiveAsync()).Status);
                }
            }));
        }
    }

    [NativeTheory, MemberData(nameof(All))]
    public async Task A_request_to_itself_beside_a_stop_ends(Waits waits)
    {
        await using Stage stage = await Stage.StartAsync(waits);
        string found = await stage.Subject.AskAsync("race 6");
        Assert.StartsWith("fine", found);
    }

    [NativeTheory, MemberData(nameof(All))]
    public async Task Test_servers_side_by_side_keep_their_clients_apart(Waits waits)
    {
        await using Stage stage = await Stage.StartAsync(waits);
        string found = await stage.Subject.AskAsync("sessions 4");
        Assert.StartsWith("fine", found);
    }
}

/// <summary>A server of its own, and clients that ask it what they ask.</summary>
internal sealed class Stage : IAsyncDisposable
{
    private bool _failed;

    private Stage(Subject subject) => Subject = subject;

    public Subject Subject { get; }
    public int Port => Subject.Port;

    /// <summary>What every handler leaves in its thread is looked at by one test, lest all fail for it.</summary>
    public bool LooksAtAmbient { get; set; }

    public int Seed { get; } = Tests.Number("PREBAKE_CROSSTALK_SEED", 1);
    public Random Random => field ??= new Random(Seed);

    public static async Task<Stage> StartAsync(Waits waits, params (string, string)[] environment)
    {
        var stage = new Stage(new Subject(waits, [Tests.SmallBudget, .. environment]));
        await stage.Subject.StartAsync();
        return stage;
    }

    public Task<Wire> ConnectAsync() => Wire.ConnectAsync(Port);

    public async Task<SubjectFacts> FactsAsync()
    {
        SubjectFacts facts = await Subject.FactsAsync();
        foreach (string report in facts.Reports)
            if (LooksAtAmbient || !report.StartsWith("ambient", StringComparison.Ordinal)) Fail(report);
        return facts;
    }

    /// <summary>Waits for what must come to be.</summary>
    public async Task UntilAsync(Func<SubjectFacts, bool> condition, string otherwise)
    {
        for (var patience = Stopwatch.StartNew(); !condition(await FactsAsync()); await Task.Delay(50))
            if (patience.Elapsed > Wire.Patience) Fail(otherwise);
    }

    public Call Text() => Lines(Random, "text");

    public Call Lines(Random random, string shape)
    {
        var secret = new Secret(random);
        string line = $"{shape};{secret.Path};{secret.Header};{secret.Cookie};\n";
        string text = shape.StartsWith("stream", StringComparison.Ordinal) ? line + line + line : line;
        return new Call(shape, secret, $"/{shape}/{secret.Path}")
        {
            Check = (answer, _) => answer.Status == 200 && answer.Text == text ? null : $"not '{text}'",
        };
    }

    public Call Upload(string shape = "read-text")
    {
        var secret = new Secret(Random);
        string body = string.Concat(Enumerable.Repeat(secret.Body, 100));
        return new Call(shape, secret, $"/{shape}/{secret.Path}", "POST")
        {
            Body = Encoding.ASCII.GetBytes(body),
            Check = (answer, _) =>
                answer.Status == 200 && answer.Text.EndsWith($";{body}\n", StringComparison.Ordinal) ? null : "not what was sent",
        };
    }

    public async Task<Answer> GetAsync(string target)
    {
        using Wire wire = await ConnectAsync();
        await wire.SendAsync($"GET {target} HTTP/1.1\r\nHost: a\r\n\r\n");
        return await wire.ReceiveAsync();
    }

    public async Task<Answer> AskAsync(Call call)
    {
        using Wire wire = await ConnectAsync();
        await wire.SendAsync(call.Serialize(Random));
        return await wire.ReceiveAsync();
    }

    /// <summary>So many clients at the same time, each with a connection and a secret of its own.</summary>
    public async Task OthersAreServedAsync(int count, string shape = "text")
    {
        Call[] calls = [.. Enumerable.Range(0, count).Select(_ => Lines(Random, shape))];
        byte[][] bytes = [.. calls.Select(call => call.Serialize(Random))];
        await Task.WhenAll(calls.Select(async (call, i) =>
        {
            using Wire wire = await ConnectAsync();
            for (int j = 0; j < 2; j++)
            {
                await wire.SendAsync(bytes[i]);
                Judge(call, await wire.ReceiveAsync(), wire);
            }
        }));
    }

    public void Judge(Call call, Answer answer, Wire wire)
    {
        if (!answer.IsWhole) Fail($"{call}: {answer}");
        if (call.Secret.FindForeign(answer.Raw) is { } foreign) Fail($"{call} was shown {foreign}: {answer}");
        if (call.Check(answer, wire) is { } wrong) Fail($"{call}: {wrong}: {answer}");
    }

    private void Fail(string why)
    {
        _failed = true;
        Assert.Fail(why);
    }

    /// <summary>
    /// The server is still there, has seen nothing that it may not, and has not said that more than a handler broke.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_failed) return;
            if (Subject.HasDied) Assert.Fail($"The process died with {Subject.ExitCode}: {Subject.LastErrors}");
            await FactsAsync();
            if (Subject.Faults.Count > 0) Assert.Fail(Subject.Faults[0]);
        }
        finally
        {
            Subject.Dispose();
        }
    }
}
