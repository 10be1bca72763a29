using System.Security.Cryptography;
using System.Text;

namespace Samples.Conduit.Model;

/// <summary>What an article is called in a path: the letters and digits of its title, and dashes.</summary>
internal static class Slug
{
    /// <summary>The same title gives the same slug; empty where it has neither letters nor digits.</summary>
    public static string Of(string title)
    {
        var slug = new StringBuilder(title.Length);
        foreach (char c in title)
        {
            if (char.IsLetterOrDigit(c)) slug.Append(char.ToLowerInvariant(c));
            else if (slug.Length > 0 && slug[^1] != '-') slug.Append('-');
        }

        return slug.ToString().TrimEnd('-');
    }

    /// <summary>One that nobody else has: for a title that another article has, or whose slug is reserved.</summary>
    public static string Unique(string title) =>
        $"{Of(title)}-{RandomNumberGenerator.GetHexString(8, lowercase: true)}".TrimStart('-');

    /// <summary>Empty slugs, and that of <c>/api/articles/feed</c>, are nobody's.</summary>
    public static bool IsReserved(string slug) => slug is "" or "feed";
}
