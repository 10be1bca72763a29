using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;
using Prebake.Generators.Model;

namespace Prebake.Generators.Parse;

/// <summary>All that a declaration's meaning can depend on beside its own text: the outlines of all files, the references, the options.</summary>
internal sealed class Surroundings
{
    private readonly Outline[] _outlines;
    private readonly Dictionary<string, int> _numbers = [];
    private readonly MetadataReference[] _references;
    private readonly CompilationOptions _options;
    private readonly string? _name;

    public Surroundings(Compilation compilation, CancellationToken cancellation)
    {
        _outlines = compilation.SyntaxTrees.Select(tree => Outline.Of(tree, cancellation)).ToArray();
        int number = 0;
        // Of two files with one name neither is told from the other
        foreach (SyntaxTree tree in compilation.SyntaxTrees) _numbers[tree.FilePath] = _numbers.ContainsKey(tree.FilePath) ? -1 : number++;
        if (number != _outlines.Length) _numbers.Clear();
        GlobalAliases = _outlines.SelectMany(outline => outline.GlobalAliases).ToArray();
        _references = compilation.References.ToArray();
        _options = compilation.Options;
        _name = compilation.AssemblyName;
    }

    /// <summary>Names that attributes may have in all files: <c>global using G = Prebake.GetAttribute;</c>.</summary>
    public IReadOnlyCollection<string> GlobalAliases { get; }

    public int FileCount => _outlines.Length;

    /// <summary>Whether files, references and options are the same, whatever is in the files.</summary>
    public bool AreOfSame(Surroundings other)
    {
        if (_outlines.Length != other._outlines.Length || _references.Length != other._references.Length) return false;
        if (_name != other._name || !_options.Equals(other._options)) return false;

        for (int i = 0; i < _references.Length; i++)
            if (!IsSame(_references[i], other._references[i])) return false;
        for (int i = 0; i < _outlines.Length; i++)
            if (!_outlines[i].IsOfSame(other._outlines[i])) return false;

        return true;
    }

    /// <summary>The number of a file; −1 when it is not told from all others.</summary>
    public int NumberOf(string path) => _numbers.TryGetValue(path, out int number) ? number : -1;

    public Outline OutlineOf(int number) => _outlines[number];

    /// <summary>
    /// What was parsed in these surroundings, with its places where they are in others; null when one of them is lost.
    /// </summary>
    /// <param name="parsed">What was parsed here, or in surroundings that are like these.</param>
    /// <param name="now">The others.</param>
    /// <param name="change">What is different there; null when nothing is.</param>
    /// <param name="trees">Those of <paramref name="now"/>.</param>
    public Parsed? Move(Parsed parsed, Surroundings now, SurroundingsChange? change, IReadOnlyList<SyntaxTree> trees)
    {
        if (ReferenceEquals(this, now)) return parsed;

        bool isSure = true, isMoved = false;
        Place Of(Place place)
        {
            int number = NumberOf(place.File);
            if (number >= 0 && ReferenceEquals(_outlines[number], now._outlines[number])) return place;
            if (number < 0 || _outlines[number].MoveTo(now._outlines[number], change?.Of(number) ?? OutlineChange.None, place.Span) is not { } span)
            {
                isSure = false;
                return place;
            }

            LinePositionSpan lines = trees[number].GetLineSpan(span).Span;
            if (span == place.Span && lines == place.Lines) return place;

            isMoved = true;
            return new Place(place.File, span, lines);
        }

        Parsed moved = parsed.WithPlaces(Of);
        return !isSure ? null : isMoved ? moved : parsed;
    }

    private static bool IsSame(MetadataReference one, MetadataReference other) => ReferenceEquals(one, other)
        || one is CompilationReference project && other is CompilationReference same && ReferenceEquals(project.Compilation, same.Compilation) && project.Properties.Equals(same.Properties);
}
