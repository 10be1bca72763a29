using System.Text;
using System.Text.RegularExpressions;

namespace Prebake.Crosstalk;

/// <summary>
/// What one request carries in its path, its header, its cookie and its body, and no other request ever.
/// </summary>
internal sealed partial class Secret(Random random)
{
    private readonly string _number = $"{random.NextInt64():x16}";

    public string Path => $"zq{_number}pqz";
    public string Header => $"zq{_number}hqz";
    public string Cookie => $"zq{_number}cqz";
    public string Body => $"zq{_number}bqz";

    /// <summary>The first secret in there that is of another request, or null.</summary>
    public string? FindForeign(ReadOnlySpan<byte> bytes)
    {
        for (int at; (at = bytes.IndexOf("zq"u8)) >= 0; bytes = bytes[(at + 2)..])
        {
            if (bytes.Length < at + 21) return null;
            string found = Encoding.Latin1.GetString(bytes.Slice(at, 21));
            if (Shape().IsMatch(found) && !found.AsSpan(2, 16).SequenceEqual(_number)) return found;
        }

        return null;
    }

    [GeneratedRegex("^zq[0-9a-f]{16}[phcb]qz$")]
    private static partial Regex Shape();
}
