using System.Text;

namespace Prebake.Generators.Emit;

/// <summary>Text with indentation. Takes raw strings of several lines, so that an emitter looks like what it writes.</summary>
internal sealed class SourceWriter
{
    private readonly StringBuilder _text = new();
    private int _depth;

    /// <summary>How many braces are open.</summary>
    public int Depth => _depth;

    /// <summary>How much has been written.</summary>
    public int Length => _text.Length;

    public void Line() => _text.Append('\n');

    public void Line(string text)
    {
        if (text.IndexOf('\n') < 0)
        {
            LineOf(text);
            return;
        }

        foreach (string line in text.Split('\n')) LineOf(line);
    }

    /// <summary>Text that is indented already, with the ends of its lines.</summary>
    public void Append(string text) => _text.Append(text);

    /// <summary>A comment of one line, whatever is in it.</summary>
    public void Comment(string text) => Line(("// " + Literal.Comment(text)).TrimEnd());

    /// <summary>An opening brace on its own line; what follows is indented.</summary>
    public void Open(string? header = null)
    {
        if (header is not null) Line(header);
        Line("{");
        _depth++;
    }

    public void Close(string end = "}")
    {
        _depth--;
        Line(end);
    }

    public void Indent() => _depth++;

    public void Outdent() => _depth--;

    /// <summary>What has been written from a place on.</summary>
    public string From(int start) => _text.ToString(start, _text.Length - start);

    private void LineOf(string raw)
    {
        string line = raw.TrimEnd('\r');
        if (line.Length > 0) _text.Append(' ', _depth * 4).Append(line);
        _text.Append('\n');
    }

    public override string ToString() => _text.ToString();
}
