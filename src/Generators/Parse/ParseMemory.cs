using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Prebake.Generators.Model;

namespace Prebake.Generators.Parse;

/// <summary>
/// What the declarations of the last compilation were found to be. After an edit, a declaration whose own text and whose surroundings are as before means
/// what it meant: then the compiler is not asked again, which among a thousand routes is nearly all of the time. What is not known is parsed, so that
/// without a memory everything is the same, but later.
/// </summary>
internal sealed class ParseMemory
{
    private readonly ConditionalWeakTable<Compilation, Generation> _generations = new();
    private Generation? _latest;

    public Surroundings SurroundingsOf(Compilation compilation, CancellationToken cancellation) => Of(compilation, cancellation).Surroundings;

    /// <summary>What a declaration is: as it is remembered, with its places where they are now, or as it is parsed.</summary>
    /// <param name="node">The declaration.</param>
    /// <param name="ownText">What nobody else sees of it, and it depends on.</param>
    /// <param name="compilation">The one that it is in.</param>
    /// <param name="parse">Asks the compiler.</param>
    /// <param name="cancellation">Ends the work.</param>
    public Parsed Recall(SyntaxNode node, Func<string> ownText, CSharpCompilation compilation, Func<Parsed> parse, CancellationToken cancellation)
    {
        Generation now = Of(compilation, cancellation);
        int file = now.Surroundings.NumberOf(node.SyntaxTree.FilePath);
        int token = file < 0 ? -1 : now.Surroundings.OutlineOf(file).TokenAt(node.SpanStart);
        // In a body, or in a file that another has the name of
        if (token < 0) return parse();

        long key = ((long)file << 32) | (uint)token;
        now.Entries.TryGetValue(key, out Entry? entry);
        // One outline is one file: what has not changed needs no compare
        string text = entry is not null && ReferenceEquals(entry.Home.OutlineOf(file), now.Surroundings.OutlineOf(file)) ? entry.OwnText : ownText();
        if (entry is not null && entry.OwnText == text && entry.Home.Move(entry.Value, now.Surroundings, compilation) is { } moved)
        {
            if (!ReferenceEquals(entry.Home, now.Surroundings)) now.Entries[key] = new Entry(text, moved, now.Surroundings);
            return moved;
        }

        Parsed parsed = parse();
        if (!parsed.HasFailed) now.Entries[key] = new Entry(text, parsed, now.Surroundings);
        return parsed;
    }

    private Generation Of(Compilation compilation, CancellationToken cancellation)
    {
        if (_generations.TryGetValue(compilation, out Generation? known)) return known;

        var surroundings = new Surroundings(compilation, cancellation);
        Generation? latest = _latest;
        var made = new Generation(surroundings, latest is not null && latest.Surroundings.AreLike(surroundings) ? latest.Entries : new());
        Generation kept = _generations.GetValue(compilation, _ => made);
        _latest = kept;
        return kept;
    }

    private sealed class Generation(Surroundings surroundings, ConcurrentDictionary<long, Entry> entries)
    {
        public Surroundings Surroundings => surroundings;

        public ConcurrentDictionary<long, Entry> Entries => entries;
    }

    private sealed class Entry(string ownText, Parsed value, Surroundings home)
    {
        public string OwnText => ownText;

        public Parsed Value => value;

        /// <summary>Where the places of <see cref="Value"/> are right.</summary>
        public Surroundings Home => home;
    }
}
