using System.Diagnostics;

/// <summary>Requests without a socket beside a stop: each must end, however it ends.</summary>
internal static class Race
{
    public static string Run(TimeSpan duration)
    {
        var since = Stopwatch.StartNew();
        int rounds = 0;
        while (since.Elapsed < duration)
        {
            rounds++;
            Server server = Serve.Start<App>(App.Options);
            var asked = new List<Task>();
            using var go = new ManualResetEventSlim();
            for (int i = 0; i < 12; i++)
            {
                // It takes a while to write all these headers: a stop may come and go between what is asked first and
                // what is done last
                var request = new Request(i % 2 == 0 ? "/text/race" : $"/delay/race?ms={i % 4}");
                for (int j = 0; j < (i < 4 ? 0 : 4_000); j++) request.Headers.Append($"X-{j}", "of a request that is long");
                asked.Add(Task.Factory.StartNew(() =>
                {
                    go.Wait();
                    while (Ask(server, request).GetAwaiter().GetResult()) { }
                }, TaskCreationOptions.LongRunning));
            }

            go.Set();
            Thread.Sleep(rounds % 8);
            Task stop = server.StopAsync(closeActiveConnections: rounds % 4 == 0);
            if (!Task.WaitAll([.. asked], 15_000))
                return $"a FetchAsync beside StopAsync has not ended (round {rounds})";
            if (!stop.Wait(15_000)) return $"StopAsync has not ended (round {rounds})";
        }

        return $"fine: {rounds} rounds";
    }

    // Whether the server still answers
    private static async Task<bool> Ask(Server server, Request request)
    {
        try
        {
            await server.FetchAsync(request);
            return true;
        }
        catch (IOException)
        {
            return true;
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }
}
