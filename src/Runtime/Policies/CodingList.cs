namespace Prebake.Policies;

/// <summary>The codings that an app has chosen.</summary>
internal static class CodingList
{
    public static Coding[] Of(IReadOnlyList<Coding> codings, string name)
    {
        ArgumentNullException.ThrowIfNull(codings, name);
        Coding[] own = [.. codings];
        if (own.Length == 0) throw new ArgumentException("There is no coding in it; name one at least.", name);
        if (Array.IndexOf(own, null) >= 0) throw new ArgumentException("One of the codings is null.", name);
        return own;
    }
}
