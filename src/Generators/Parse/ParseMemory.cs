using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Prebake.Generators.Model;

namespace Prebake.Generators.Parse;

/// <summary>
/// What the declarations of the last compilation were found to be. After an edit, a declaration whose own text is as before
/// means what it meant, unless a name in it leads to something that the edit has changed. Then the compiler is not asked
/// again, which among a thousand routes is nearly all of the time. What is not known is parsed, so that without a memory
/// everything is the same, but later.
/// </summary>
internal sealed class ParseMemory
{
    private readonly ConditionalWeakTable<Compilation, Generation> _generations = new();
    private Generation? _latest;

    public Surroundings SurroundingsOf(Compilation compilation, CancellationToken cancellation) => Of(compilation, cancellation).Surroundings;

    /// <summary>What a declaration is: as it is remembered, with its places where they are now, or as it is parsed.</summary>
    /// <param name="node">The declaration.</param>
    /// <param name="hasAliases">There are names for the whole project, so that an attribute may be any.</param>
    /// <param name="compilation">The one that it is in.</param>
    /// <param name="parse">Asks the compiler.</param>
    /// <param name="cancellation">Ends the work.</param>
    public Parsed Recall(SyntaxNode node, bool hasAliases, CSharpCompilation compilation, Func<Parsed> parse, CancellationToken cancellation)
    {
        Generation now = Of(compilation, cancellation);
        int file = now.Surroundings.NumberOf(node.SyntaxTree.FilePath);
        Outline? outline = file < 0 ? null : now.Surroundings.OutlineOf(file);
        // In a body, or in a file that another has the name of
        if (outline?.TokenAt(node.SpanStart) is not (>= 0 and int token)) return parse();

        int part = outline.PartOf(token);
        var key = new Key(file, part, token - outline.EndOf(part));
        now.Entries.TryGetValue(key, out Entry? entry);
        // One outline is one file: what has not changed needs no compare
        object? same = outline.Parts[part].Leaf?.Same;
        bool isRead = entry is not null && (ReferenceEquals(entry.ReadFrom, outline) || same is not null && ReferenceEquals(entry.Same, same));
        string text = isRead ? entry!.OwnText : Candidates.OwnTextOf(node, hasAliases);
        if (entry is not null && entry.OwnText == text && entry.Home.Move(entry.Value, now.Surroundings, null, compilation.SyntaxTrees) is { } moved)
        {
            if (!ReferenceEquals(entry.Home, now.Surroundings)) now.Entries[key] = new Entry(text, outline, same, moved, now.Surroundings);
            return moved;
        }

        Parsed parsed = parse();
        if (!parsed.HasFailed) now.Entries[key] = new Entry(text, outline, same, parsed, now.Surroundings);
        return parsed;
    }

    private Generation Of(Compilation compilation, CancellationToken cancellation)
    {
        if (_generations.TryGetValue(compilation, out Generation? known)) return known;

        Generation? latest = _latest;
        var surroundings = new Surroundings(compilation, latest?.Surroundings, cancellation);
        SurroundingsChange? change = latest is null ? null : SurroundingsChange.Between(latest.Surroundings, surroundings);
        FreeNames names = latest is not null && change is { ChangesTypes: false } ? latest.Names : new FreeNames();
        var made = new Generation(surroundings, change is null ? new() : Carry(latest!, surroundings, change, compilation), names);
        FreeNames.Keep(compilation, names);
        Generation kept = _generations.GetValue(compilation, _ => made);
        _latest = kept;
        return kept;
    }

    /// <summary>Of what is remembered that which an edit has not touched, with its places where they are now.</summary>
    private static ConcurrentDictionary<Key, Entry> Carry(Generation latest, Surroundings now, SurroundingsChange change, Compilation compilation)
    {
        // Each is moved when it is asked for
        if (change.IsNone) return latest.Entries;

        var carried = new ConcurrentDictionary<Key, Entry>(concurrencyLevel: 4, latest.Entries.Count + 8);
        SyntaxTree[] trees = compilation.SyntaxTrees.ToArray();
        foreach (KeyValuePair<Key, Entry> pair in latest.Entries)
        {
            int file = pair.Key.File, part = change.PartOf(file, pair.Key.Part);
            if (part < 0 || !now.OutlineOf(change.FileOf(file)).Parts[part].IsPlain) continue;

            Entry entry = pair.Value;
            // Where an entry was moved to last is like where the edit began
            if (entry.Home.Move(entry.Value, now, change, trees) is { } moved)
                carried[pair.Key with { File = change.FileOf(file), Part = part }] = new Entry(entry.OwnText, entry.ReadFrom, entry.Same, moved, now);
        }

        return carried;
    }

    /// <summary>Where a declaration begins: which token of which part of which file.</summary>
    private readonly record struct Key(int File, int Part, int Token);

    private sealed class Generation(Surroundings surroundings, ConcurrentDictionary<Key, Entry> entries, FreeNames names)
    {
        public FreeNames Names => names;

        public Surroundings Surroundings => surroundings;

        public ConcurrentDictionary<Key, Entry> Entries => entries;
    }

    private sealed class Entry(string ownText, Outline readFrom, object? same, Parsed value, Surroundings home)
    {
        public string OwnText => ownText;

        /// <summary>The version of the file that <see cref="OwnText"/> is from.</summary>
        public Outline ReadFrom => readFrom;

        /// <summary>What all versions of the declaration have that have its text; null where there is none.</summary>
        public object? Same => same;

        public Parsed Value => value;

        /// <summary>Where the places of <see cref="Value"/> are right.</summary>
        public Surroundings Home => home;
    }
}
