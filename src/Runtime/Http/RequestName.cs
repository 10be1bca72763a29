using System.Buffers;

namespace Prebake.Http;

/// <summary>Names of requests, as they stand in logs.</summary>
internal static class RequestName
{
    private const int Longest = 128;

    // What tracing systems and proxies make their ids of; nothing that means something to a log or a page
    private static readonly SearchValues<char> s_allowed = SearchValues.Create(
        "-_.:/+=@0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    public static bool IsValid(string text) =>
        text.Length is > 0 and <= Longest && !text.AsSpan().ContainsAnyExcept(s_allowed);

    public static string Make() => Guid.CreateVersion7().ToString("n");
}
