namespace Prebake.Generators.Parse;

/// <summary>
/// What an edit has changed of the surroundings, and which declarations may mean something else since. Names lead from one
/// to the other: whoever mentions a name that a changed part declares is touched, and so is whoever mentions a name that
/// a touched part declares. When in doubt, all are.
/// </summary>
internal sealed class SurroundingsChange
{
    private readonly Surroundings _before, _now;
    // The number that each earlier file has now; of each file now, what has changed, and whether it was there
    private readonly int[] _numbers;
    private readonly OutlineChange[] _files;
    private readonly bool[] _areNew;
    private readonly bool[][] _touched;
    // Names that parts which have changed, or are touched, are found by, and types of which all members are touched
    private readonly HashSet<string> _names = [], _types = [];

    private SurroundingsChange(Surroundings before, Surroundings now, int[] numbers)
    {
        (_before, _now, _numbers) = (before, now, numbers);
        _files = new OutlineChange[now.FileCount];
        _areNew = new bool[now.FileCount];
        _touched = new bool[now.FileCount][];
        for (int i = 0; i < _files.Length; i++)
        {
            _files[i] = OutlineChange.New(now.OutlineOf(i));
            _areNew[i] = true;
            _touched[i] = new bool[now.OutlineOf(i).Parts.Count];
        }

        for (int i = 0; i < numbers.Length; i++)
        {
            if (numbers[i] < 0) continue;

            _files[numbers[i]] = OutlineChange.Between(before.OutlineOf(i), now.OutlineOf(numbers[i]));
            _areNew[numbers[i]] = false;
        }
    }

    /// <summary>The head of a type, or its end, or a type without members, has changed.</summary>
    public bool ChangesTypes { get; private set; }

    /// <summary>The files are those that there were, and no part has changed.</summary>
    public bool IsNone => _numbers.Length == _files.Length && !_areNew.Contains(true) && _files.All(file => file.IsNone);

    /// <summary>Null when everything may mean something else.</summary>
    public static SurroundingsChange? Between(Surroundings before, Surroundings now)
    {
        if (!before.AreOfSame(now) || before.FilesIn(now) is not { } numbers) return null;

        var change = new SurroundingsChange(before, now, numbers);
        if (change.IsNone) return change;
        if (now.GlobalAliases.Count > 0) return null;

        return change.AddFiles() && change.AddChanged() && change.AddTouched() ? change : null;
    }

    /// <summary>The number that an earlier file has now; −1 when it has gone.</summary>
    public int FileOf(int file) => _numbers[file];

    /// <summary>What has changed of a file, by the number that it has now.</summary>
    public OutlineChange Of(int file) => _files[file];

    /// <summary>The number that a part of an earlier file has now; −1 when it is another, or may mean something else.</summary>
    public int PartOf(int file, int part)
    {
        if (_numbers[file] is not (>= 0 and int number)) return -1;

        int now = _files[number].PartOf(part);
        return now < 0 || _touched[number][now] ? -1 : now;
    }

    /// <summary>Adds what files that have come or gone mean to others; false when that is something to all.</summary>
    private bool AddFiles()
    {
        List<Outline> changed = [];
        HashSet<string> spaces = [];
        for (int i = 0; i < _numbers.Length; i++)
        {
            if (_numbers[i] < 0) changed.Add(_before.OutlineOf(i));
            // That a namespace is there is said once and for all
            else spaces.UnionWith(_before.OutlineOf(i).Namespaces);
        }

        for (int i = 0; i < _files.Length; i++)
        {
            if (!_areNew[i]) continue;

            changed.Add(_now.OutlineOf(i));
            for (int part = 0; part < _touched[i].Length; part++) _touched[i][part] = true;
        }

        foreach (Outline file in changed)
        {
            foreach (OutlinePart part in file.Parts)
                if (!part.IsOfOwnFile && !Add(part)) return false;
            foreach (string space in file.Namespaces)
                if (!spaces.Contains(space) && !Add(space.Substring(space.LastIndexOf('.') + 1))) return false;
        }

        return true;
    }

    /// <summary>False when one of them matters to everything.</summary>
    private bool AddChanged()
    {
        for (int before = 0; before < _numbers.Length; before++)
        {
            int i = _numbers[before];
            if (i < 0 || _files[i].IsNone) continue;

            OutlineChange file = _files[i];
            Outline old = _before.OutlineOf(before), now = _now.OutlineOf(i);
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
