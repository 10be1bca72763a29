using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace Prebake.Generators.Model;

/// <summary>A place in a source file that holds on to neither the tree nor the compilation.</summary>
internal sealed record Place(string File, TextSpan Span, LinePositionSpan Lines)
{
    public static Place? Of(Location? location) => location?.SourceTree is null
        ? null
        : new Place(location.SourceTree.FilePath, location.SourceSpan, location.GetLineSpan().Span);

    public Location ToLocation() => Location.Create(File, Span, Lines);
}

/// <summary>Where a route is written: what duplicates and the like point to.</summary>
internal sealed record RoutePlace(string Key, Place? Place);

/// <summary>Something to tell the user, with its place.</summary>
internal sealed record Problem(string Id, Place? Place, EquatableArray<string> Arguments, EquatableArray<Place> Others)
{
    public static Problem At(DiagnosticDescriptor descriptor, Location? location, params string[] arguments) =>
        new(descriptor.Id, Place.Of(location), arguments.ToEquatable(), EquatableArray<Place>.Empty);

    public bool IsError => Diagnostics.ById(Id).DefaultSeverity == DiagnosticSeverity.Error;

    public Diagnostic ToDiagnostic() => Diagnostic.Create(
        Diagnostics.ById(Id), Place?.ToLocation() ?? Location.None, Others.Select(place => place.ToLocation()), Arguments.Select(Shown).ToArray());

    // Half-typed code has parameters without a name and attributes without a value: two quotes with nothing between them are easily overlooked
    private object Shown(string argument, int index) =>
        argument.Length == 0 && Diagnostics.ById(Id).MessageFormat.ToString(CultureInfo.InvariantCulture).Contains($"'{{{index}}}'") ? "(nothing)" : argument;
}

/// <summary>Something that only the whole table shows; its places are looked up by the keys of routes, so that the table needs none.</summary>
internal sealed record TableProblem(string Id, EquatableArray<string> Keys, EquatableArray<string> Arguments)
{
    public static TableProblem At(DiagnosticDescriptor descriptor, IEnumerable<string> keys, params string[] arguments) =>
        new(descriptor.Id, keys.ToEquatable(), arguments.ToEquatable());

    public bool IsError => Diagnostics.ById(Id).DefaultSeverity == DiagnosticSeverity.Error;
}

/// <summary>What parsing one attribute gave.</summary>
internal sealed record Parsed(EquatableArray<RouteModel> Routes, EquatableArray<Problem> Problems, EquatableArray<RoutePlace> Places)
{
    public static readonly Parsed None = new(EquatableArray<RouteModel>.Empty, EquatableArray<Problem>.Empty, EquatableArray<RoutePlace>.Empty);

    public static Parsed Failed(Problem problem) => None with { Problems = new[] { problem }.ToEquatable(), HasFailed = true };

    /// <summary>The part that decides what is emitted. The host of a route that did not parse is kept: it gets a stub.</summary>
    public ParsedRoutes WithoutPlaces() => new(Routes, Host, Problems.Any(problem => problem.IsError)) { Mounts = Mounts, Gates = Gates, Validators = Validators, Steps = Steps };

    /// <summary>What <c>[Mount]</c> says.</summary>
    public EquatableArray<MountModel> Mounts { get; init; } = EquatableArray<MountModel>.Empty;

    /// <summary>What stands around the handlers.</summary>
    public EquatableArray<StepModel> Steps { get; init; } = EquatableArray<StepModel>.Empty;

    /// <summary>What <c>[Provide]</c> says, and <c>[Guard]</c> on the class.</summary>
    public EquatableArray<GateModel> Gates { get; init; } = EquatableArray<GateModel>.Empty;

    /// <summary>What <c>[Validate]</c> says.</summary>
    public EquatableArray<ValidatorModel> Validators { get; init; } = EquatableArray<ValidatorModel>.Empty;

    /// <summary>Of a <c>JsonSerializerContext</c>: the types that it can serialise.</summary>
    public EquatableArray<JsonTypeModel> Json { get; init; } = EquatableArray<JsonTypeModel>.Empty;

    public AppModel? Host { get; init; }

    /// <summary>The parser threw: what this says is worth no memory.</summary>
    public bool HasFailed { get; init; }

    /// <summary>The same elsewhere.</summary>
    public Parsed WithPlaces(Func<Place, Place> move) => this with
    {
        Problems = Problems.Count == 0 ? Problems : Problems.Select(problem => problem with
        {
            Place = problem.Place is null ? null : move(problem.Place),
            Others = problem.Others.Select(move).ToEquatable(),
        }).ToEquatable(),
        Places = Moved(Places, move),
    };

    // Of each declaration, after each edit of its file
    private static EquatableArray<RoutePlace> Moved(EquatableArray<RoutePlace> places, Func<Place, Place> move)
    {
        ImmutableArray<RoutePlace>.Builder? moved = null;
        for (int i = 0; i < places.Count; i++)
        {
            if (places[i].Place is not { } place || move(place) is var now && ReferenceEquals(now, place)) continue;

            if (moved is null)
            {
                moved = ImmutableArray.CreateBuilder<RoutePlace>(places.Count);
                for (int earlier = 0; earlier < places.Count; earlier++) moved.Add(places[earlier]);
            }

            moved[i] = places[i] with { Place = now };
        }

        return moved is null ? places : new(moved.MoveToImmutable());
    }

    /// <summary>What several attributes of one declaration gave.</summary>
    public static Parsed Of(IReadOnlyList<Parsed> parts) => parts.Count switch
    {
        0 => None,
        1 => parts[0],
        _ => new Parsed(parts.SelectMany(part => part.Routes).ToEquatable(), parts.SelectMany(part => part.Problems).ToEquatable(),
            parts.SelectMany(part => part.Places).ToEquatable())
        {
            Mounts = parts.SelectMany(part => part.Mounts).ToEquatable(),
            Steps = parts.SelectMany(part => part.Steps).ToEquatable(),
            Gates = parts.SelectMany(part => part.Gates).ToEquatable(),
            Validators = parts.SelectMany(part => part.Validators).ToEquatable(),
            Json = parts.SelectMany(part => part.Json).ToEquatable(),
            Host = parts.Select(part => part.Host).FirstOrDefault(host => host is not null),
            HasFailed = parts.Any(part => part.HasFailed),
        },
    };
}

/// <summary>What the project's <c>JsonSerializerContext</c> classes gave, or those of all references.</summary>
internal sealed record ParsedJson(EquatableArray<JsonTypeModel> Types, EquatableArray<Problem> Problems)
{
    public static readonly ParsedJson None = new(EquatableArray<JsonTypeModel>.Empty, EquatableArray<Problem>.Empty);

    /// <summary>The types of all contexts of the project.</summary>
    public static ParsedJson Of(EquatableArray<Parsed> parsed)
    {
        ImmutableArray<JsonTypeModel> types = ImmutableArray<JsonTypeModel>.Empty;
        foreach (Parsed one in parsed)
            if (one.Json.Count > 0) types = types.IsEmpty ? one.Json.ToImmutableArray() : types.AddRange(one.Json);

        return types.IsEmpty ? None : None with { Types = new(types) };
    }

    public static ParsedJson Failed(Problem problem) => None with { Problems = new[] { problem }.ToEquatable() };
}

/// <summary>What parsing one <c>[Serve]</c> gave.</summary>
/// <param name="Model">Null when it failed.</param>
/// <param name="Place">Of the attribute.</param>
/// <param name="OptionsPlace">Of its arguments; null without any.</param>
internal sealed record ParsedServe(ServeModel? Model, EquatableArray<Problem> Problems, Place? Place, Place? OptionsPlace);

/// <summary><see cref="Parsed"/> without locations.</summary>
internal sealed record ParsedRoutes(EquatableArray<RouteModel> Routes, AppModel? Host, bool HasErrors)
{
    public EquatableArray<GateModel> Gates { get; init; } = EquatableArray<GateModel>.Empty;

    public EquatableArray<MountModel> Mounts { get; init; } = EquatableArray<MountModel>.Empty;

    public EquatableArray<StepModel> Steps { get; init; } = EquatableArray<StepModel>.Empty;

    public EquatableArray<ValidatorModel> Validators { get; init; } = EquatableArray<ValidatorModel>.Empty;
}
