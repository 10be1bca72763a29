using System.Collections;
using System.Text;
using Prebake.Grammar;
using Prebake.Http;

namespace Prebake;

/// <summary>What a list of fields belongs to, which decides what may be in it.</summary>
internal enum FieldsOf : byte { Request, Response, Trailer }

/// <summary>
/// The fields of a request or a response; names compare without case. A request's headers are a view of the bytes as they came: what is
/// asked for is looked up and decoded, the rest costs nothing, and nothing can be changed. A response's are a list.
/// </summary>
/// <example><code>return new Response("hi") { Headers = { ["X-Custom-Header"] = "Bun!" } };</code></example>
public sealed class Headers : IEnumerable<KeyValuePair<string, string>>
{
    private readonly RequestHead? _wire;
    private readonly Request? _request;             // whose fields these are: they are read no longer than it lives
    private readonly List<KeyValuePair<string, string>>? _list;
    private readonly FieldsOf _of;

    /// <summary>An empty list of fields.</summary>
    public Headers() => _list = [];

    internal Headers(FieldsOf of) : this() => _of = of;

    internal Headers(RequestHead wire) => _wire = wire;

    internal Headers(Request request)
    {
        _request = request;
        _wire = request.Head;
    }

    /// <summary>How many field lines there are.</summary>
    public int Count => Alive(_wire?.FieldCount ?? _list!.Count);

    /// <summary>
    /// The value of a field, several lines of it joined by <c>", "</c> (Set-Cookie: the first), or null when it is absent. Setting replaces
    /// all lines of that name; null removes them.
    /// </summary>
    /// <param name="name">A field name, in any case.</param>
    /// <exception cref="ArgumentException">Name or value cannot be sent (rows A12, A24, B50).</exception>
    /// <exception cref="InvalidOperationException">Setting a field of a request.</exception>
    public string? this[string name]
    {
        get => Get(name);
        set
        {
            Remove(name);
            if (value is not null) Add(name, value);
        }
    }

    /// <summary>Adds a line, beside those of the same name that there are.</summary>
    /// <inheritdoc cref="this[string]" path="/exception"/>
    public void Add(string name, string value)
    {
        ThrowIfWire();
        Check(name, value);
        _list!.Add(new(name, value));
    }

    /// <summary>Adds a line that came and has been judged: it may hold what cannot be sent.</summary>
    internal void AddReceived(string name, string value) => _list!.Add(new(name, value));

    /// <summary>As <see cref="Add"/>; the web's name for it.</summary>
    public void Append(string name, string value) => Add(name, value);

    /// <summary>Whether there is a line of that name.</summary>
    public bool Contains(string name)
    {
        if (_wire is null)
        {
            foreach (KeyValuePair<string, string> line in _list!)
                if (Same(line.Key, name)) return true;
            return false;
        }

        foreach (ref readonly FieldLine line in _wire.Fields.AsSpan(0, _wire.FieldCount))
            if (Same(_wire[line.Name], name)) return Alive(true);
        return Alive(false);
    }

    /// <summary>Removes all lines of that name; false if there were none.</summary>
    /// <exception cref="InvalidOperationException">These are a request's fields.</exception>
    public bool Remove(string name)
    {
        ThrowIfWire();
        return _list!.RemoveAll(line => Same(line.Key, name)) > 0;
    }

    /// <summary>The value of each line of that name, in order.</summary>
    public IReadOnlyList<string> GetAll(string name)
    {
        List<string> values = [];

        if (_wire is null)
        {
            foreach (KeyValuePair<string, string> line in _list!)
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
            foreach (KeyValuePair<string, string> line in _list!) yield return line;
            yield break;
        }

        for (int i = 0; i < _wire.FieldCount; i++)
            yield return Alive(new KeyValuePair<string, string>(
                Encoding.Latin1.GetString(_wire[_wire.Fields[i].Name]), Encoding.Latin1.GetString(_wire[_wire.Fields[i].Value])));
    }

    private T Alive<T>(T read) => _request is null ? read : _request.Alive(read);

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private string? Get(string name)
    {
        string? value = null;
        bool isSingle = Same("Set-Cookie", name);

        if (_wire is null)
        {
            foreach (KeyValuePair<string, string> line in _list!)
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

        if (name.Length == 0 || !IsToken(name)) throw new ArgumentException($"'{name}' is no field name: letters, digits and !#$%&'*+-.^_`|~ are allowed.", nameof(name));

        foreach (char c in value)
        {
            if (c is < ' ' and not '\t' or '\x7f') throw new ArgumentException($"The value of '{name}' contains the control character U+{(int)c:X4}, which cannot be sent.", nameof(value));
            if (c > '\xff') throw new ArgumentException($"The value of '{name}' contains '{c}', which is not Latin-1: encode it, for example with Uri.EscapeDataString.", nameof(value));
        }

        if (value.Length > 0 && (value[0] is ' ' or '\t' || value[^1] is ' ' or '\t'))
            throw new ArgumentException($"The value of '{name}' starts or ends with white space, which would not arrive.", nameof(value));

        if (_of is FieldsOf.Response && (Same(name, "Content-Length") || Same(name, "Transfer-Encoding")))
            throw new ArgumentException($"'{name}' is written by the server, which knows it: leave it out.", nameof(name));
        if (_of is FieldsOf.Trailer && TrailerField.IsForbidden(name))
            throw new ArgumentException($"'{name}' cannot be a trailer: behind the body it comes too late to be obeyed (RFC 9110 section 6.5.1).", nameof(name));
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
        if (_wire is not null) throw new InvalidOperationException("The headers of a request cannot be changed.");
    }
}
