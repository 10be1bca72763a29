using System.Collections;
using System.Text;
using Prebake.Grammar;
using Prebake.Http;

namespace Prebake;

/// <summary>What a list of fields belongs to, which decides what may be in it.</summary>
internal enum FieldsOf : byte { Request, Response, Trailer }

/// <summary>
/// The headers of a request or a response; names are case-insensitive. A request's headers are a read-only view of the
/// bytes as they came: only what you ask for is decoded. A response's headers are a list; an enumeration sees the lines
/// of one moment, even if another thread changes the list meanwhile.
/// </summary>
/// <example><code>return new Response("hi") { Headers = { ["X-Custom-Header"] = "Bun!" } };</code></example>
public sealed class Headers : IEnumerable<KeyValuePair<string, string>>
{
    private readonly RequestHead? _wire;
    private readonly Request? _request;             // whose headers these are: they are read no longer than it lives
    private readonly FieldsOf _of;
    private LineList _list = LineList.Empty;

    /// <summary>An empty list of headers.</summary>
    public Headers() { }

    internal Headers(FieldsOf of) => _of = of;

    internal Headers(RequestHead wire) => _wire = wire;

    internal Headers(Request request)
    {
        _request = request;
        _wire = request.Head;
    }

    /// <summary>How many lines there are.</summary>
    public int Count => Alive(_wire?.FieldCount ?? Lines.Length);

    /// <summary>
    /// The value of a header, several lines of it joined by <c>", "</c> (Set-Cookie: the first), or null when it is
    /// absent. Setting replaces all lines of that name; null removes them.
    /// </summary>
    /// <param name="name">A header name, in any case.</param>
    /// <exception cref="ArgumentException">The name or the value cannot be sent; nothing has been changed.</exception>
    /// <exception cref="InvalidOperationException">Setting a header of a request.</exception>
    public string? this[string name]
    {
        get => Get(name);
        set
        {
            if (value is null)
            {
                Remove(name);
                return;
            }

            ThrowIfWire();
            Check(name, value);
            if (!Contains(name)) Append(new(name, value));
            else Rebuild(without: name, with: new(name, value));
        }
    }

    /// <summary>Adds a line, and keeps those of the same name.</summary>
    /// <inheritdoc cref="this[string]" path="/exception"/>
    public void Add(string name, string value)
    {
        ThrowIfWire();
        Check(name, value);
        Append(new(name, value));
    }

    /// <summary>Adds a line that came and has been judged: it may hold what cannot be sent.</summary>
    internal void AddReceived(string name, string value) => Append(new(name, value));

    /// <summary>As <see cref="Add"/>; the web's name for it.</summary>
    public void Append(string name, string value) => Add(name, value);

    /// <summary>Whether there is a line of that name.</summary>
    public bool Contains(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (_wire is null)
        {
            foreach (ref readonly KeyValuePair<string, string> line in Lines)
                if (Same(line.Key, name)) return true;
            return false;
        }

        foreach (ref readonly FieldLine line in _wire.Fields.AsSpan(0, _wire.FieldCount))
            if (Same(_wire[line.Name], name)) return Alive(true);
        return Alive(false);
    }

    /// <summary>Removes all lines of that name; false if there were none.</summary>
    /// <exception cref="InvalidOperationException">These are a request's headers.</exception>
    public bool Remove(string name)
    {
        ThrowIfWire();
        if (!Contains(name)) return false;

        Rebuild(without: name, with: null);
        return true;
    }

    /// <summary>The value of each line of that name, in order.</summary>
    public IReadOnlyList<string> GetAll(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        List<string> values = [];

        if (_wire is null)
        {
            foreach (ref readonly KeyValuePair<string, string> line in Lines)
                if (Same(line.Key, name)) values.Add(line.Value);
        }
        else
        {
            foreach (ref readonly FieldLine line in _wire.Fields.AsSpan(0, _wire.FieldCount))
                if (Same(_wire[line.Name], name)) values.Add(Encoding.Latin1.GetString(_wire[line.Value]));
        }

        return Alive(values);
    }

    /// <summary>All lines in order.</summary>
    public IEnumerator<KeyValuePair<string, string>> GetEnumerator()
    {
        if (_wire is null)
        {
            LineList lines = Volatile.Read(ref _list);
            int count = lines.Count;
            for (int i = 0; i < count; i++) yield return lines[i];
            yield break;
        }

        for (int i = 0; i < _wire.FieldCount; i++)
            yield return Alive(new KeyValuePair<string, string>(
                Encoding.Latin1.GetString(_wire[_wire.Fields[i].Name]), Encoding.Latin1.GetString(_wire[_wire.Fields[i].Value])));
    }

    private T Alive<T>(T read) => _request is null ? read : _request.Alive(read);

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>
    /// The lines as they are now, in a list that later changes of this one do not reach: for a head whose parts must
    /// agree while a producer goes on.
    /// </summary>
    internal Headers Snapshot() => new(_of, new LineList(Lines));

    private Headers(FieldsOf of, LineList lines) : this(of) => _list = lines;

    private ReadOnlySpan<KeyValuePair<string, string>> Lines => Volatile.Read(ref _list).AsSpan();

    private void Append(KeyValuePair<string, string> line)
    {
        LineList lines = _list;
        if (ReferenceEquals(lines, LineList.Empty)) Volatile.Write(ref _list, lines = new LineList(4));
        lines.Add(line);
    }

    // Another list, as somebody may be reading this one
    private void Rebuild(string without, KeyValuePair<string, string>? with)
    {
        var lines = new LineList(Lines.Length + 1);
        foreach (ref readonly KeyValuePair<string, string> line in Lines)
            if (!Same(line.Key, without)) lines.Add(line);
        if (with is { } added) lines.Add(added);
        Volatile.Write(ref _list, lines);
    }

    private string? Get(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        string? value = null;
        bool isSingle = Same("Set-Cookie", name);

        if (_wire is null)
        {
            foreach (ref readonly KeyValuePair<string, string> line in Lines)
            {
                if (!Same(line.Key, name)) continue;
                if (isSingle) return line.Value;
                value = value is null ? line.Value : $"{value}, {line.Value}";
            }
        }
        else
        {
            foreach (ref readonly FieldLine line in _wire.Fields.AsSpan(0, _wire.FieldCount))
            {
                if (!Same(_wire[line.Name], name)) continue;
                string text = Encoding.Latin1.GetString(_wire[line.Value]);
                value = value is null ? text : $"{value}, {text}";
            }
        }

        return Alive(value);
    }

    private void Check(string name, string value)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(value);

        if (name.Length == 0 || !IsToken(name))
            throw new ArgumentException(
                $"'{name}' is not a header name; use letters, digits and !#$%&'*+-.^_`|~ only.",
                nameof(name));

        foreach (char c in value)
        {
            if (c is < ' ' and not '\t' or '\x7f')
                throw new ArgumentException(
                    $"The value of '{name}' contains the control character U+{(int)c:X4}, which cannot be sent; "
                        + "remove it.", nameof(value));
            if (c > '\xff')
                throw new ArgumentException(
                    $"The value of '{name}' contains '{c}', which is not Latin-1; encode it, for example with "
                        + "Uri.EscapeDataString.",
                    nameof(value));
        }

        if (value.Length > 0 && (value[0] is ' ' or '\t' || value[^1] is ' ' or '\t'))
            throw new ArgumentException(
                $"The value of '{name}' starts or ends with white space, which is lost on the way; trim it.",
                nameof(value));

        if (_of is FieldsOf.Response && (Same(name, "Content-Length") || Same(name, "Transfer-Encoding")))
            throw new ArgumentException($"'{name}' is set by the server; remove it.", nameof(name));
        if (_of is FieldsOf.Trailer && TrailerField.IsForbidden(name))
            throw new ArgumentException(
                $"'{name}' is not allowed as a trailer (RFC 9110 section 6.5.1); set it in the headers.",
                nameof(name));
    }

    private static bool IsToken(string name)
    {
        foreach (char c in name)
            if (c > 127 || !Token.IsTokenByte((byte)c)) return false;
        return true;
    }

    private static bool Same(string a, string b) => a.Equals(b, StringComparison.OrdinalIgnoreCase);

    private static bool Same(ReadOnlySpan<byte> wire, string name) => wire.Length == name.Length && Ascii.EqualsIgnoreCase(wire, name);

    private void ThrowIfWire()
    {
        if (_wire is not null)
            throw new InvalidOperationException(
                "The headers of a received request cannot be changed; set headers on the response.");
    }

    /// <summary>
    /// Lines that are only ever added: one writer at a time, and any number of readers without a lock, each of which
    /// sees the lines that there were when it asked. What has been written is never written again, so no reader sees
    /// half a line.
    /// </summary>
    private sealed class LineList
    {
        public static readonly LineList Empty = new(0);

        private KeyValuePair<string, string>[] _lines;
        private int _count;

        public LineList(int room) => _lines = room == 0 ? [] : new KeyValuePair<string, string>[room];

        public LineList(ReadOnlySpan<KeyValuePair<string, string>> lines)
        {
            _lines = lines.ToArray();
            _count = lines.Length;
        }

        public int Count => Volatile.Read(ref _count);

        public KeyValuePair<string, string> this[int index] => _lines[index];

        public ReadOnlySpan<KeyValuePair<string, string>> AsSpan()
        {
            // The count first: an array that is read later has at least as many
            int count = Count;
            return Volatile.Read(ref _lines).AsSpan(0, count);
        }

        public void Add(KeyValuePair<string, string> line)
        {
            if (_count == _lines.Length)
            {
                var larger = new KeyValuePair<string, string>[Math.Max(4, _count * 2)];
                _lines.AsSpan(0, _count).CopyTo(larger);
                Volatile.Write(ref _lines, larger);
            }

            _lines[_count] = line;
            Volatile.Write(ref _count, _count + 1);
        }
    }
}
