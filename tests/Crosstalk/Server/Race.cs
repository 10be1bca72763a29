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
            for (int i = 0; i < 4; i++)
            {
                asked.Add(Task.Factory.StartNew(() =>
                {
                    go.Wait();
                    for (int j = 0; j < 8; j++) Ask(server).GetAwaiter().GetResult();
                }, TaskCreationOptions.LongRunning));
            }

            go.Set();
            if (rounds % 2 == 0) Thread.SpinWait(rounds % 50 * 200);
            Task stop = server.StopAsync(closeActiveConnections: rounds % 4 == 0);
            if (!Task.WaitAll([.. asked], 15_000)) return $"a FetchAsync beside StopAsync has not ended (round {rounds})";
            if (!stop.Wait(15_000)) return $"StopAsync has not ended (round {rounds})";
        }

        return $"fine: {rounds} rounds";
    }

    private static async Task Ask(Server server)
    {
        try
        {
            await server.FetchAsync("/yield/race");
        }
        catch (Exception e) when (e is ObjectDisposedException or IOException)
        {
        }
    }
}
