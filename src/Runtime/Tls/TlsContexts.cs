namespace Prebake.Tls;

/// <summary>The contexts of a server by the names that clients ask for. Never changed: a renewal makes another one.</summary>
internal sealed class TlsContexts
{
    private readonly TlsContext _first;
    private readonly Dictionary<string, TlsContext> _byName = new(StringComparer.Ordinal);

    /// <param name="options">The certificates in the server's order.</param>
    /// <param name="make">Makes the context of one.</param>
    /// <exception cref="ArgumentException">A name is missing or there twice.</exception>
    public TlsContexts(IReadOnlyList<TlsOptions> options, Func<TlsOptions, TlsContext> make)
    {
        for (int i = 0; i < options.Count; i++)
        {
            TlsOptions each = options[i];
            if (each.ServerName is null && i > 0)
                throw new ArgumentException(
                    "A server with several certificates needs \"TlsOptions.ServerName\" for each after the "
                        + $"first: set it for the certificate at index {i}.");

            TlsContext context = make(each);
            _first ??= context;
            if (each.ServerName is { } name && !_byName.TryAdd(Normalize(name), context))
                throw new ArgumentException(
                    $"Two certificates have the \"TlsOptions.ServerName\" \"{name}\": leave one of them out.");
        }

        if (_first is null) throw new ArgumentException("There is no certificate.", nameof(options));
    }

    /// <summary>The first certificate, for clients that ask for no name or for another.</summary>
    public TlsContext First => _first;

    /// <summary>The context for a name as it came from a client; <see cref="First"/> if there is none for it.</summary>
    public TlsContext Find(ReadOnlySpan<byte> name)
    {
        // RFC 1035 section 2.3.4: no name is longer
        const int MostCharacters = 255;
        if (_byName.Count == 0 || name.Length > MostCharacters) return _first;

        Span<char> folded = stackalloc char[MostCharacters];
        for (int i = 0; i < name.Length; i++) folded[i] = char.ToLowerInvariant((char)name[i]);
        ReadOnlySpan<char> key = folded[..name.Length].TrimEnd('.');

        var lookup = _byName.GetAlternateLookup<ReadOnlySpan<char>>();
        if (lookup.TryGetValue(key, out TlsContext? context)) return context;

        // A wildcard stands for one label: RFC 6125 section 6.4.3
        int dot = key.IndexOf('.');
        if (dot <= 0) return _first;

        folded[dot - 1] = '*';
        return lookup.TryGetValue(key[(dot - 1)..], out context) ? context : _first;
    }

    private static string Normalize(string name) => name.TrimEnd('.').ToLowerInvariant();
}
