// The server of the crosstalk tests. It is told what to do by lines on standard input, not by HTTP: what a broken loop
// does must not decide what is heard of it.
using System.Globalization;
using System.Text.Json;

Server? server = null;
Task? stop = null;

while (Console.ReadLine() is { } line)
{
    string answer;
    try
    {
        answer = Obey(line.Split(' '));
    }
    catch (Exception e)
    {
        answer = "failed: " + e.ToString().ReplaceLineEndings(" ");
    }

    Console.WriteLine("= " + answer);
    Console.Out.Flush();
}

return 0;

string Obey(string[] words)
{
    switch (words[0])
    {
        case "start":
            App.IsSecure = words.Length > 1;
            server = Serve.Start<App>(App.Options);
            stop = null;
            App.Forget();
            App.Port = server.Port!.Value;
            return $"{server.Port}";
        case "reload":
            return $"{server!.ReloadAsync().Wait(20_000)}";
        case "close-idle":
            return $"{server!.CloseIdleConnections()}";
        case "stop":
            stop = server!.StopAsync();
            return "stopping";
        case "cut":
            stop = server!.StopAsync(closeActiveConnections: true);
            return "cutting";
        case "stopped":
            return $"{(stop ?? server!.StopAsync()).Wait(int.Parse(words[1], CultureInfo.InvariantCulture))}";
        case "race":
            return Race.Run(TimeSpan.FromSeconds(int.Parse(words[1], CultureInfo.InvariantCulture)));
        case "sessions":
            return Sessions.Run(TimeSpan.FromSeconds(int.Parse(words[1], CultureInfo.InvariantCulture)));
        case "collect":
            GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
            return $"{GC.GetTotalMemory(forceFullCollection: true)}";
        case "facts":
            var facts = new Facts(server!.PendingRequests, Ledger.OpenStreams, Ledger.OpenReads, Ledger.OpenLoans, Ledger.Take());
            return JsonSerializer.Serialize(facts, AppJson.Default.Facts);
        default:
            return "unknown";
    }
}

/// <summary>What the server knows of itself.</summary>
internal sealed record Facts(int Pending, int Streams, int Reads, int Loans, string[] Reports);
