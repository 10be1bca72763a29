using Prebake.Shared;

namespace Prebake.Generators.Parse;

/// <summary>What browsers understand as a Content Security Policy (level 3); they ignore anything else without a word.</summary>
internal static class ContentPolicy
{
    private static readonly string[] s_sourceLists =
        ["default-src", "script-src", "script-src-elem", "script-src-attr", "style-src", "style-src-elem",
            "style-src-attr", "img-src", "font-src", "connect-src", "media-src", "object-src", "frame-src", "child-src",
            "worker-src", "manifest-src", "prefetch-src", "fenced-frame-src", "base-uri", "form-action",
            "frame-ancestors"];

    private static readonly string[] s_withoutValue = ["upgrade-insecure-requests", "block-all-mixed-content"];
    private static readonly string[] s_others = ["sandbox", "report-to", "report-uri", "require-trusted-types-for", "trusted-types", "webrtc"];
    private static readonly string[] s_keywords =
        ["self", "none", "unsafe-inline", "unsafe-eval", "unsafe-hashes", "strict-dynamic", "report-sample",
            "wasm-unsafe-eval", "inline-speculation-rules", "report-sha256", "report-sha384", "report-sha512"];

    /// <summary>Why a policy does not say what it seems to say, as a sentence, or null.</summary>
    public static string? ReasonAgainst(string policy)
    {
        if (!FieldSyntax.IsValue(policy.Trim()) || policy.Any(c => c > '~'))
            return "it contains characters that a header cannot have; write it in ASCII, on one line";
        if (policy.IndexOf(',') >= 0)
            return "a comma begins another policy; separate sources with spaces and directives with ';'";

        var seen = new HashSet<string>();
        foreach (string directive in policy.Split(';'))
        {
            string[] words = directive.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 0) continue;

            string name = words[0].ToLowerInvariant();
            bool isList = s_sourceLists.Contains(name);
            if (!isList && !s_withoutValue.Contains(name) && !s_others.Contains(name))
                return $"'{words[0]}' is not a directive, so browsers ignore it; is a ';' missing or a name misspelt?";
            if (!seen.Add(name)) return $"'{name}' is there twice, and browsers take the first; join them";
            if (s_withoutValue.Contains(name) && words.Length > 1) return $"'{name}' has no value; is a ';' missing?";
            if (!isList) continue;

            string? wrong = words.Skip(1)
                .Select(word => ReasonAgainstSource(word, words.Length, name))
                .FirstOrDefault(reason => reason is not null);
            if (wrong is not null) return wrong;
        }

        return seen.Count == 0 ? "it is empty; leave it out" : null;
    }

    private static string? ReasonAgainstSource(string source, int words, string directive)
    {
        if (s_keywords.Contains(source.ToLowerInvariant()))
            return $"'{source}' in '{directive}' is a host without quotes; write \"'{source}'\"";
        if (IsCalled("nonce-") || IsCalled("sha256-") || IsCalled("sha384-") || IsCalled("sha512-"))
            return $"'{source}' in '{directive}' has no quotes; write \"'{source}'\"";
        if (source[0] != '\'' && source[source.Length - 1] != '\'') return null;
        if (source.Length < 3 || source[0] != '\'' || source[source.Length - 1] != '\'')
            return $"{source} in '{directive}' has one quote; write both";

        string word = source.Substring(1, source.Length - 2);
        if (word.StartsWith("nonce-", StringComparison.OrdinalIgnoreCase))
        {
            return "a nonce must be another one for each response, and this header is the same for all; "
                + "use a hash, or set the header in [After]";
        }

        if (word is "none" && words > 2) return $"'none' in '{directive}' stands alone; remove it or the others";
        if (s_keywords.Contains(word.ToLowerInvariant())) return null;

        int dash = word.IndexOf('-');
        return dash > 0 && LengthOfHash(word.Substring(0, dash)) is > 0 and int length && IsBase64Of(word.Substring(dash + 1), length)
            ? null
            : $"{source} in '{directive}' is not a keyword, and not the hash of a script or style";

        bool IsCalled(string prefix) => source.StartsWith(prefix, StringComparison.OrdinalIgnoreCase);
    }

    private static int LengthOfHash(string algorithm) => algorithm.ToLowerInvariant() switch { "sha256" => 32, "sha384" => 48, "sha512" => 64, _ => 0 };

    private static bool IsBase64Of(string text, int bytes)
    {
        try { return Convert.FromBase64String(text.Replace('-', '+').Replace('_', '/')).Length == bytes; }
        catch (FormatException) { return false; }
    }
}
