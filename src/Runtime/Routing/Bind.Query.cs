using System.Text;

namespace Prebake.Routing;

public static partial class Bind
{
    /// <summary>The first value of that name in a query, decoded. Names are case-sensitive; <c>?flag</c> has the empty value.</summary>
    public static bool TryQuery(ReadOnlySpan<byte> query, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        while (!query.IsEmpty)
        {
            int end = query.IndexOf((byte)'&');
            ReadOnlySpan<byte> pair = end < 0 ? query : query[..end];
            query = end < 0 ? default : query[(end + 1)..];

            int equals = pair.IndexOf((byte)'=');
            ReadOnlySpan<byte> key = equals < 0 ? pair : pair[..equals];
            if (!key.SequenceEqual(name) && !(key.IndexOfAny((byte)'%', (byte)'+') >= 0 && Decoded(key).SequenceEqual(name))) continue;

            value = equals < 0 ? default : Decoded(pair[(equals + 1)..]);
            return true;
        }

        value = default;
        return false;
    }

    /// <inheritdoc cref="TryQuery(ReadOnlySpan{byte}, ReadOnlySpan{byte}, out ReadOnlySpan{byte})"/>
    public static bool TryQuery(ReadOnlySpan<byte> query, string name, out ReadOnlySpan<byte> value) =>
        TryQuery(query, Encoding.UTF8.GetBytes(name), out value);

    /// <summary>The next value of that name in a query, decoded.</summary>
    /// <param name="query">The query; afterwards what stands behind the value.</param>
    /// <param name="name">The name.</param>
    /// <param name="value">The value.</param>
    public static bool TryNextQuery(ref ReadOnlySpan<byte> query, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        while (!query.IsEmpty)
        {
            int end = query.IndexOf((byte)'&');
            ReadOnlySpan<byte> pair = end < 0 ? query : query[..end];
            query = end < 0 ? default : query[(end + 1)..];
            if (TryQuery(pair, name, out value)) return true;
        }

        value = default;
        return false;
    }

    /// <inheritdoc cref="TryNextQuery(ref ReadOnlySpan{byte}, ReadOnlySpan{byte}, out ReadOnlySpan{byte})"/>
    public static bool TryNextQuery(ref ReadOnlySpan<byte> query, string name, out ReadOnlySpan<byte> value) =>
        TryNextQuery(ref query, Encoding.UTF8.GetBytes(name), out value);

    /// <summary>The first field of that name.</summary>
    public static bool TryField(Exchange exchange, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value) => exchange.TryGetField(name, out value);

    /// <inheritdoc cref="TryField(Exchange, ReadOnlySpan{byte}, out ReadOnlySpan{byte})"/>
    public static bool TryField(Exchange exchange, string name, out ReadOnlySpan<byte> value) =>
        exchange.TryGetField(Encoding.ASCII.GetBytes(name), out value);

    /// <summary>
    /// The first field of that name, if it is of that scheme (RFC 9110 section 11.4): credentials of another one are as
    /// good as none.
    /// </summary>
    public static bool TryCredentials(
        Exchange exchange, ReadOnlySpan<byte> name, ReadOnlySpan<byte> scheme, out ReadOnlySpan<byte> value)
    {
        if (!exchange.TryGetField(name, out value)) return false;

        ReadOnlySpan<byte> text = value.TrimStart((byte)' ');
        int end = text.IndexOfAny((byte)' ', (byte)'\t');
        return Ascii.EqualsIgnoreCase(end < 0 ? text : text[..end], scheme);
    }

    /// <inheritdoc cref="TryCredentials(Exchange, ReadOnlySpan{byte}, ReadOnlySpan{byte}, out ReadOnlySpan{byte})"/>
    public static bool TryCredentials(Exchange exchange, string name, string scheme, out ReadOnlySpan<byte> value) =>
        TryCredentials(exchange, Encoding.ASCII.GetBytes(name), Encoding.ASCII.GetBytes(scheme), out value);

    /// <summary>The value of a cookie.</summary>
    public static bool TryCookie(Exchange exchange, string name, out ReadOnlySpan<byte> value)
    {
        string? text = exchange.Request.Cookies[name];
        value = text is null ? default : Encoding.UTF8.GetBytes(text);
        return text is not null;
    }

    /// <inheritdoc cref="TryCookie(Exchange, string, out ReadOnlySpan{byte})"/>
    public static bool TryCookie(Exchange exchange, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value) =>
        TryCookie(exchange, Encoding.ASCII.GetString(name), out value);

    // Only a value with an escape or a plus is copied; the size of a head bounds it
    private static ReadOnlySpan<byte> Decoded(ReadOnlySpan<byte> raw)
    {
        if (raw.IndexOfAny((byte)'%', (byte)'+') < 0) return raw;

        var bytes = new byte[raw.Length];
        return bytes.AsSpan(0, Unescape(raw, bytes, plusIsSpace: true));
    }
}
