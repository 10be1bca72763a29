using System.Collections;
using System.Text;
using Prebake.Http;

namespace Prebake;

/// <summary>
/// The part of a request's target after the <c>?</c>: names and values, decoded when you ask for them (<c>+</c> is a
/// space; an invalid escape stays as it is). Names are case-sensitive. Valid as long as its request.
/// </summary>
public readonly struct QueryString : IEnumerable<KeyValuePair<string, string>>
{
    private readonly Request? _request;

    internal QueryString(Request request) => _request = request;

    /// <summary>As it was sent, without the question mark.</summary>
    public string Raw => Alive(Encoding.ASCII.GetString(Bytes));

    /// <summary>There is nothing after the question mark, or there is no question mark.</summary>
    public bool IsEmpty => Alive(Bytes.IsEmpty);

    /// <summary>The first value of that name, or null. A name without <c>=</c> has the value "".</summary>
    public string? this[string name]
    {
        get
        {
            foreach (KeyValuePair<string, string> pair in this)
                if (pair.Key == name) return pair.Value;
            return null;
        }
    }

    /// <summary>Whether the name occurs.</summary>
    public bool Contains(string name) => this[name] is not null;

    /// <summary>All values of that name, in order.</summary>
    public IReadOnlyList<string> GetAll(string name)
    {
        List<string> values = [];
        foreach (KeyValuePair<string, string> pair in this)
            if (pair.Key == name) values.Add(pair.Value);
        return values;
    }

    /// <summary>All pairs in order.</summary>
    public IEnumerator<KeyValuePair<string, string>> GetEnumerator()
    {
        int at = 0;
        while (TryNext(Bytes, ref at, out Range name, out Range value))
            yield return Alive(new KeyValuePair<string, string>(
                PercentEncoding.Decode(Bytes[name], plusIsSpace: true), PercentEncoding.Decode(Bytes[value], plusIsSpace: true)));
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The query as it was sent.</summary>
    public override string ToString() => Raw;

    /// <summary>The undecoded value of the first pair of that name, for emitted binders.</summary>
    internal static bool TryGet(ReadOnlySpan<byte> query, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        int at = 0;
        while (TryNext(query, ref at, out Range key, out Range range))
        {
            if (!PercentEncoding.Means(query[key], name)) continue;
            value = query[range];
            return true;
        }

        value = default;
        return false;
    }

    private ReadOnlySpan<byte> Bytes => _request?.Head is { } head ? head[head.Query] : default;

    private T Alive<T>(T read) => _request is null ? read : _request.Alive(read);

    // application/x-www-form-urlencoded, which queries are by custom: pairs between &, empty ones skipped
    private static bool TryNext(ReadOnlySpan<byte> query, ref int at, out Range name, out Range value)
    {
        while (at < query.Length)
        {
            int length = query[at..].IndexOf((byte)'&');
            if (length < 0) length = query.Length - at;

            int start = at;
            at += length + 1;
            if (length == 0) continue;

            int equals = query.Slice(start, length).IndexOf((byte)'=');
            name = equals < 0 ? start..(start + length) : start..(start + equals);
            value = equals < 0 ? (start + length)..(start + length) : (start + equals + 1)..(start + length);
            return true;
        }

        name = value = default;
        return false;
    }
}
