using System.Diagnostics;
using System.Globalization;

/// <summary>
/// What belongs to a thread or to a flow of control. Each handler looks whether somebody has left something there, and
/// then leaves something itself.
/// </summary>
internal static class Ambient
{
    private const string Mark = "left behind by ";
    private static readonly AsyncLocal<string?> s_owner = new();

    /// <summary>At the start of a handler.</summary>
    public static void Enter(string shape)
    {
        if (s_owner.Value is { } owner) Ledger.Report("ambient AsyncLocal", $"/{shape} sees what was {owner}");
        if (CultureInfo.CurrentCulture.NumberFormat.PositiveSign is var sign && sign.StartsWith(Mark, StringComparison.Ordinal))
            Ledger.Report("ambient CurrentCulture", $"/{shape} sees what was {sign}");
        if (CultureInfo.CurrentUICulture.NumberFormat.PositiveSign is var other && other.StartsWith(Mark, StringComparison.Ordinal))
            Ledger.Report("ambient CurrentUICulture", $"/{shape} sees what was {other}");
        if (SynchronizationContext.Current is Leftover leftover)
            Ledger.Report("ambient SynchronizationContext", $"/{shape} sees what was {leftover.Owner}");
        if (Activity.Current is { } activity && activity.OperationName.StartsWith(Mark, StringComparison.Ordinal))
            Ledger.Report("ambient Activity", $"/{shape} sees what was {activity.OperationName}");

        string mine = $"{Mark}/{shape}";
        s_owner.Value = mine;
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        culture.NumberFormat.PositiveSign = mine;
        CultureInfo.CurrentCulture = culture;
        CultureInfo.CurrentUICulture = culture;
        SynchronizationContext.SetSynchronizationContext(new Leftover(mine));
        Activity.Current = null;
        new Activity(mine).Start();
    }

    private sealed class Leftover(string owner) : SynchronizationContext
    {
        public string Owner => owner;
    }
}
