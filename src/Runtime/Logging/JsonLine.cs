using System.Globalization;
using System.Text;

namespace Prebake.Logging;

/// <summary>One object on one line, by hand like problem details: an app without JSON carries no serializer for its log.</summary>
internal sealed class JsonLine
{
    private readonly StringBuilder _text = new("{");

    /// <summary>What every line begins with: when, how grave, where from.</summary>
    public JsonLine(string level, string category) =>
        Add("time", DateTime.UtcNow.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture)).Add("level", level).Add("category", category);

    public JsonLine Add(string name, string? value)
    {
        if (value is null) return this;
        Name(name);
        ProblemDetails.AppendQuoted(_text, value);
        return this;
    }

    public JsonLine Add(string name, long value)
    {
        Name(name).Append(value.ToString(CultureInfo.InvariantCulture));
        return this;
    }

    public JsonLine Add(string name, double value)
    {
        Name(name).Append(value.ToString("0.######", CultureInfo.InvariantCulture));
        return this;
    }

    /// <summary>Numbers and booleans as such, all else as text.</summary>
    public JsonLine AddValue(string name, object? value) => value switch
    {
        null => this,
        int or long => Add(name, Convert.ToInt64(value, CultureInfo.InvariantCulture)),
        double number => Add(name, number),
        IFormattable formattable => Add(name, formattable.ToString(null, CultureInfo.InvariantCulture)),
        _ => Add(name, value.ToString()),
    };

    public override string ToString() => _text.ToString() + "}";

    private StringBuilder Name(string name)
    {
        if (_text.Length > 1) _text.Append(',');
        ProblemDetails.AppendQuoted(_text, name);
        return _text.Append(':');
    }
}
