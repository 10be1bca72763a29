using System.Text;
using Prebake.Generators.Model;

namespace Prebake.Generators.Emit;

/// <summary>Text with indentation. Takes raw strings of several lines, so that an emitter looks like what it writes.</summary>
internal sealed class SourceWriter
{
    // Strings of 85,000 bytes are dear: the collector keeps them apart, and goes through everything for them
    private const int Full = 16_000;

    // What is finished, and behind it what is being written
    private readonly List<string> _pieces = [];
    private readonly StringBuilder _text = new();
    private int _depth;

    /// <summary>How many braces are open.</summary>
    public int Depth => _depth;

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

    /// <summary>Text that is indented already, with the ends of its lines. It is not copied.</summary>
    public void Append(string text)
    {
        Finish();
        _pieces.Add(text);
    }

    /// <summary>A line that may be very long, in parts.</summary>
    public void LongLine(string front, IEnumerable<string> parts, string end)
    {
        _text.Append(' ', _depth * 4).Append(front);
        foreach (string part in parts)
        {
            _text.Append(part);
            if (_text.Length >= Full) Finish();
        }

        _text.Append(end).Append('\n');
    }

    /// <summary>Writes text by an action; what it wrote, to be appended another time.</summary>
    public string Write(Action action)
    {
        Finish();
        int first = _pieces.Count;
        action();
        Finish();
        if (_pieces.Count == first + 1) return _pieces[first];

        string all = string.Concat(_pieces.Skip(first));
        _pieces.RemoveRange(first, _pieces.Count - first);
        _pieces.Add(all);
        return all;
    }

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

    /// <summary>All that has been written.</summary>
    public EmittedText ToText()
    {
        Finish();
        return new EmittedText(_pieces);
    }

    private void LineOf(string raw)
    {
        string line = raw.TrimEnd('\r');
        if (line.Length > 0) _text.Append(' ', _depth * 4).Append(line);
        _text.Append('\n');
        if (_text.Length >= Full) Finish();
    }

    private void Finish()
    {
        if (_text.Length == 0) return;

        _pieces.Add(_text.ToString());
        _text.Clear();
    }
}
