using System.ComponentModel;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text;

namespace Prebake;

/// <summary>HTML that is meant as such: not encoded when it is interpolated into <see cref="Response.Html(ref HtmlInterpolatedStringHandler, int)"/>.</summary>
/// <param name="Value">Text that has been encoded already, or is known to be safe.</param>
public readonly record struct HtmlText(string Value)
{
    /// <summary>The text itself.</summary>
    public override string ToString() => Value;
}

/// <summary>Builds a page from an interpolated string: the literal parts as they are, what is interpolated encoded. Used by the compiler.</summary>
[InterpolatedStringHandler]
[EditorBrowsable(EditorBrowsableState.Never)]
public ref struct HtmlInterpolatedStringHandler
{
    private readonly StringBuilder _text;

    /// <summary>Called by the compiler.</summary>
    public HtmlInterpolatedStringHandler(int literalLength, int formattedCount) => _text = new StringBuilder(literalLength + formattedCount * 16);

    /// <summary>Called by the compiler.</summary>
    public readonly void AppendLiteral(string literal) => _text.Append(literal);

    /// <summary>Called by the compiler.</summary>
    public readonly void AppendFormatted(HtmlText html) => _text.Append(html.Value);

    /// <summary>Called by the compiler.</summary>
    public readonly void AppendFormatted(string? text) => _text.Append(WebUtility.HtmlEncode(text));

    /// <summary>Called by the compiler.</summary>
    public readonly void AppendFormatted(ReadOnlySpan<char> text) => AppendFormatted(text.ToString());

    /// <summary>Called by the compiler.</summary>
    public readonly void AppendFormatted<T>(T value, string? format = null) => AppendFormatted(
        value is IFormattable formattable ? formattable.ToString(format, System.Globalization.CultureInfo.InvariantCulture) : value?.ToString());

    internal readonly string ToStringAndClear()
    {
        string text = _text.ToString();
        _text.Clear();
        return text;
    }
}
