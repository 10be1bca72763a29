namespace Prebake.Generators.Parse;

/// <summary>
/// What an edit has changed of the surroundings, and which declarations may mean something else since. Names lead from one
/// to the other: whoever mentions a name that a changed part declares is touched, and so is whoever mentions a name that
/// a touched part declares. When in doubt, all are.
/// </summary>
internal sealed class SurroundingsChange
{
    private readonly Surroundings _now;
    private readonly OutlineChange[] _files;
    private readonly bool[][] _touched;
    // Names that parts which have changed, or are touched, are found by, and types of which all members are touched
    private readonly HashSet<string> _names = [], _types = [];

    private SurroundingsChange(Surroundings now, OutlineChange[] files)
    {
        _now = now;
        _files = files;
        _touched = new bool[files.Length][];
        for (int i = 0; i < files.Length; i++) _touched[i] = new bool[now.OutlineOf(i).Parts.Count];
    }

    /// <summary>The head of a type, or its end, or a type without members, has changed.</summary>
    public bool ChangesTypes { get; private set; }

    /// <summary>No part has changed.</summary>
    public bool IsNone => _files.All(file => file.IsNone);

    /// <summary>Null when everything may mean something else.</summary>
    public static SurroundingsChange? Between(Surroundings before, Surroundings now)
    {
        if (!before.AreOfSame(now)) return null;

        var files = new OutlineChange[now.FileCount];
        for (int i = 0; i < files.Length; i++) files[i] = OutlineChange.Between(before.OutlineOf(i), now.OutlineOf(i));

        var change = new SurroundingsChange(now, files);
        if (change.IsNone) return change;
        if (now.GlobalAliases.Count > 0) return null;

        return change.AddChanged(before) && change.AddTouched() ? change : null;
    }

    public OutlineChange Of(int file) => _files[file];

    /// <summary>The number that a part has now; −1 when it is another, or may mean something else.</summary>
    public int PartOf(int file, int part)
    {
        int now = _files[file].PartOf(part);
        return now < 0 || _touched[file][now] ? -1 : now;
    }

    /// <summary>False when one of them matters to everything.</summary>
    private bool AddChanged(Surroundings before)
    {
        for (int i = 0; i < _files.Length; i++)
        {
            OutlineChange file = _files[i];
            if (file.IsNone) continue;

            Outline old = before.OutlineOf(i), now = _now.OutlineOf(i);
            if (old.IsWhole || now.IsWhole) return false;
            for (int part = file.First; part < file.BeforeEnd; part++)
                if (!Add(old.Parts[part])) return false;
            for (int part = file.First; part < file.NowEnd; part++)
            {
                if (!Add(now.Parts[part])) return false;
                _touched[i][part] = true;
            }
        }

        return true;
    }

    /// <summary>False when one of them matters to everything.</summary>
    private bool AddTouched()
    {
        for (bool isMore = true; isMore;)
        {
            isMore = false;
            for (int i = 0; i < _files.Length; i++)
            {
                IReadOnlyList<OutlinePart> parts = _now.OutlineOf(i).Parts;
                bool[] touched = _touched[i];
                for (int part = 0; part < touched.Length; part++)
                {
                    if (touched[part] || !IsTouched(parts[part])) continue;
                    if (!Add(parts[part])) return false;

                    touched[part] = isMore = true;
                }
            }
        }

        return true;
    }

    private bool IsTouched(OutlinePart part)
    {
        foreach (string name in part.Mentions)
            if (_names.Contains(name)) return true;
        if (_types.Count == 0) return false;

        foreach (string owner in part.Owners)
            if (_types.Contains(owner)) return true;

        return false;
    }

    /// <summary>Adds what a part means to others; false when that is something to all.</summary>
    private bool Add(OutlinePart part)
    {
        if (part.Kind == PartKind.File) return false;

        ChangesTypes |= part.Kind == PartKind.Type;
        foreach (string name in part.Declares)
        {
            if (!Add(name)) return false;
            if (part.Kind != PartKind.Type) continue;

            _types.Add(name);
            _names.Add(OutlinePart.MembersOf(name));
        }

        if (part.Owners.Count == 0) return true;

        // Whoever derives from a class asks whether it has routes
        string owner = part.Owners[part.Owners.Count - 1];
        _names.Add(OutlinePart.MembersOf(owner));
        if (part.HasAttributes && !Add(owner)) return false;
        if (part.IsSeenByOwner) _types.Add(owner);
        return true;
    }

    private bool Add(string name)
    {
        // The names of emitted classes are such as nobody else has
        if (name is "RouteTable" or "Paths" || name.StartsWith("Generated", StringComparison.Ordinal)) return false;

        _names.Add(name);
        // [Get] is GetAttribute
        if (name.EndsWith("Attribute", StringComparison.Ordinal))
            _names.Add(name.Substring(0, name.Length - "Attribute".Length));
        return true;
    }
}
