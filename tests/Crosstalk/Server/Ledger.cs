using System.Collections.Concurrent;
using System.Text.RegularExpressions;

/// <summary>What handlers saw that no handler may see, and what they have opened and not yet closed.</summary>
internal static partial class Ledger
{
    private static readonly ConcurrentQueue<string> s_reports = new();
    private static readonly ConcurrentDictionary<string, int> s_counts = new();
    private static int s_streams, s_reads, s_loans;

    public static int OpenStreams => Volatile.Read(ref s_streams);
    public static int OpenReads => Volatile.Read(ref s_reads);
    public static int OpenLoans => Volatile.Read(ref s_loans);

    public static void Opened() => Interlocked.Increment(ref s_streams);
    public static void Closed() => Interlocked.Decrement(ref s_streams);
    public static void Lent() => Interlocked.Increment(ref s_loans);
    public static void Returned() => Interlocked.Decrement(ref s_loans);
    public static void ReadBegan() => Interlocked.Increment(ref s_reads);
    public static void ReadEnded() => Interlocked.Decrement(ref s_reads);

    /// <summary>The kind comes first, then a colon. Of one kind the first are enough.</summary>
    public static void Report(string kind, string what)
    {
        if (s_counts.AddOrUpdate(kind, 1, (_, count) => count + 1) <= 50) s_reports.Enqueue($"{kind}: {what}");
    }

    public static string[] Take()
    {
        var taken = new List<string>();
        while (s_reports.TryDequeue(out string? report)) taken.Add(report);
        return [.. taken];
    }

    /// <summary>Whether a text holds the secret of a request other than this one.</summary>
    public static bool HasForeign(string text, string own)
    {
        string mine = OfRequest(own);
        foreach (Match match in Secret().Matches(text))
            if (match.Groups[1].Value != mine) return true;
        return false;
    }

    private static string OfRequest(string secret) =>
        Secret().Match(secret) is { Success: true } match ? match.Groups[1].Value : "";

    [GeneratedRegex("zq([0-9a-f]{16})[phcb]qz")]
    private static partial Regex Secret();
}
