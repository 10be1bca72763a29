namespace Prebake.Tls;

/// <summary>The contexts of a server by the names that clients ask for. Never changed: a renewal makes another one.</summary>
internal sealed class TlsContexts
{
    private readonly TlsContext _first;
    private readonly bool _firstIsNamed, _refusesOthers;
    private readonly Dictionary<string, TlsContext> _byName = new(StringComparer.Ordinal);

    /// <param name="options">The certificates in the server's order.</param>
    /// <param name="make">Makes the context of one.</param>
    /// <exception cref="ArgumentException">A name is missing, is not a name, or is there twice.</exception>
    public TlsContexts(IReadOnlyList<TlsOptions> options, Func<TlsOptions, TlsContext> make)
    {
        IReadOnlyList<string?> names = NamesOf(options);
        var all = new List<TlsContext>(options.Count);
        for (int i = 0; i < options.Count; i++)
        {
            TlsContext context = make(options[i]);
            _first ??= context;
            all.Add(context);
            if (names[i] is { } name) _byName.Add(name, context);
        }

        if (_first is null) throw new ArgumentException("There is no certificate.", nameof(options));
        _firstIsNamed = names[0] is not null;
        _refusesOthers = options[0].RefuseOtherNames;
        foreach (TlsContext each in all)
        {
            if (all.Exists(other => other != each && other.AsksForCertificate))
                each.Hosts = new CertificateHosts(this, each);
        }
    }

    /// <summary>The first certificate.</summary>
    public TlsContext First => _first;

    /// <summary>
    /// The context for a name as it came from a client, empty for none. If there is none for it, <see cref="First"/>;
    /// or null, when others are to be refused with the alert <c>unrecognized_name</c> (RFC 6066 section 3).
    /// </summary>
    public TlsContext? Find(ReadOnlySpan<byte> name) => FindNamed(name) ?? (_refusesOthers ? null : _first);

    /// <summary>
    /// The context that a host belongs to by its name; null if it is nobody's, and the first certificate has a name of its
    /// own.
    /// </summary>
    public TlsContext? FindHost(ReadOnlySpan<byte> host) => FindNamed(host) ?? (_firstIsNamed ? null : _first);

    private TlsContext? FindNamed(ReadOnlySpan<byte> name)
    {
        // RFC 1035 section 2.3.4: no name is longer
        const int MostCharacters = 255;
        if (_byName.Count == 0 || name.Length > MostCharacters) return null;

        Span<char> folded = stackalloc char[MostCharacters];
        for (int i = 0; i < name.Length; i++) folded[i] = char.ToLowerInvariant((char)name[i]);
        int length = name.Length;
        if (length > 0 && folded[length - 1] == '.') length--;
        Span<char> key = folded[..length];

        var lookup = _byName.GetAlternateLookup<ReadOnlySpan<char>>();
        if (lookup.TryGetValue(key, out TlsContext? context)) return context;

        // A wildcard stands for one label: RFC 6125 section 6.4.3
        int dot = key.IndexOf('.');
        if (dot <= 0) return null;

        folded[dot - 1] = '*';
        return lookup.TryGetValue(key[(dot - 1)..], out context) ? context : null;
    }

    // Before any file is read: what is wrong here is a mistake in the program
    private static List<string?> NamesOf(IReadOnlyList<TlsOptions> options)
    {
        var names = new List<string?>(options.Count);
        for (int i = 0; i < options.Count; i++)
        {
            TlsOptions each = options[i] ?? throw new ArgumentException(
                $"The certificate at index {i} of \"ServeOptions.Tls\" is null. Leave it out.");
            if (each.ServerName is null && i > 0)
                throw new ArgumentException(
                    "A server with several certificates needs \"TlsOptions.ServerName\" for each after the first: set "
                        + "it "
                        + $"for the certificate at index {i}.");
            if (each.RefuseOtherNames && i > 0)
                throw new ArgumentException(
                    "\"TlsOptions.RefuseOtherNames\" concerns the whole server: set it for the first certificate "
                        + "only.");
            if (each.TicketKeysFile is not null && i > 0)
                throw new ArgumentException(
                    "\"TlsOptions.TicketKeysFile\" concerns the whole server: set it for the first certificate "
                        + "only.");
            if (each.RefuseOtherNames && each.ServerName is null)
                throw new ArgumentException(
                    "\"TlsOptions.RefuseOtherNames\" needs a \"TlsOptions.ServerName\": without one all clients are "
                        + "refused.");

            string? name = each.ServerName is { } given ? ServerName.Normalize(given) : null;
            if (name is not null && names.Contains(name))
                throw new ArgumentException(
                    $"Two certificates have the \"TlsOptions.ServerName\" \"{each.ServerName}\": leave one of them "
                        + "out.");
            names.Add(name);
        }

        return names;
    }
}
