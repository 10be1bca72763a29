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

    /// <param name="compilation">The project.</param>
    /// <param name="before">What it was before an edit, if that is known.</param>
    /// <param name="cancellation">Ends the work.</param>
    public Surroundings(Compilation compilation, Surroundings? before, CancellationToken cancellation)
    {
        _outlines = compilation.SyntaxTrees.Select(tree => Outline.Of(tree, before?.OutlineOf(tree.FilePath), cancellation)).ToArray();
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

    /// <summary>Whether references and options are the same, whatever files there are.</summary>
    public bool AreOfSame(Surroundings other)
    {
        if (_references.Length != other._references.Length) return false;
        if (_name != other._name || !_options.Equals(other._options)) return false;

        for (int i = 0; i < _references.Length; i++)
            if (!IsSame(_references[i], other._references[i])) return false;

        return true;
    }

    /// <summary>
    /// The number that each file has in a later version, −1 where it has gone; null when one is not told from others, has
    /// other options, or stands in another order: which part of a type comes first can matter.
    /// </summary>
    public int[]? FilesIn(Surroundings now)
    {
        var numbers = new int[_outlines.Length];
        int last = -1;
        bool areTold = _numbers.Count == _outlines.Length && now._numbers.Count == now._outlines.Length;
        if (!areTold && _outlines.Length != now._outlines.Length) return null;

        for (int i = 0; i < numbers.Length; i++)
        {
            int number = numbers[i] = areTold ? now.NumberOf(_outlines[i].Path) : i;
            if (number < 0) continue;
            if (number < last || !_outlines[i].IsOfSame(now._outlines[number])) return null;

            last = number;
        }

        return numbers;
    }

    /// <summary>The number of a file; −1 when it is not told from all others.</summary>
    public int NumberOf(string path) => _numbers.TryGetValue(path, out int number) ? number : -1;

    public Outline OutlineOf(int number) => _outlines[number];

    private Outline? OutlineOf(string path) => NumberOf(path) is >= 0 and int number ? _outlines[number] : null;

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
        string? file = null;
        int number = -1, leaf = -1;
        Place Of(Place place)
        {
            // Nearly all are in one declaration
            if (!ReferenceEquals(place.File, file)) (file, number, leaf) = (place.File, NumberOf(place.File), -1);
            int other = number < 0 || change is null ? number : change.FileOf(number);
            if (other >= 0 && ReferenceEquals(_outlines[number], now._outlines[other])) return place;

            OutlineChange changed = other < 0 || change is null ? OutlineChange.None : change.Of(other);
            if (other >= 0 && _outlines[number].MoveLeaf(now._outlines[other], changed, place, ref leaf) is var (at, rows))
            {
                if (at == place.Span && rows == place.Lines) return place;

                isMoved = true;
                return new Place(place.File, at, rows);
            }

            if (other < 0 || _outlines[number].MoveTo(now._outlines[other], changed, place.Span) is not { } span)
            {
                isSure = false;
                return place;
            }

            LinePositionSpan lines = trees[other].GetLineSpan(span).Span;
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
