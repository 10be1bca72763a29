namespace Prebake.Generators.Model;

/// <summary>All that one app's file is made from. Compared by value: while it stays equal, nothing is emitted.</summary>
/// <param name="App">The class.</param>
/// <param name="Routes">In no particular order.</param>
/// <param name="Json">The metadata of the whole project.</param>
/// <param name="Project">The project's folder when there are files in the table, else empty.</param>
/// <param name="HasErrors">Something did not parse: only a stub is emitted.</param>
internal sealed record AppTable(AppModel App, EquatableArray<RouteModel> Routes, EquatableArray<JsonTypeModel> Json, string Project, bool HasErrors)
{
    /// <summary>Names that the build looked for in vain.</summary>
    public EquatableArray<string> MissingFiles { get; init; } = EquatableArray<string>.Empty;

    /// <summary>Metadata that there is, but not for emitted code: for messages.</summary>
    public EquatableArray<JsonTypeModel> UnusableJson { get; init; } = EquatableArray<JsonTypeModel>.Empty;

    /// <summary>The class's own <c>[Validate]</c> methods.</summary>
    public EquatableArray<ValidatorModel> Validators { get; init; } = EquatableArray<ValidatorModel>.Empty;

    /// <summary>The name of the app's files, without regard to case one that no other app has.</summary>
    public string HintName { get; init; } = App.DisplayName;

    /// <summary>What went wrong in the generator itself while the table was made, or null.</summary>
    public string? Failure { get; init; }

    /// <summary>The parts. <see cref="Routes"/> has theirs.</summary>
    public EquatableArray<MountModel> Mounts { get; init; } = EquatableArray<MountModel>.Empty;

    /// <summary>The headers of the parts' classes, the innermost first.</summary>
    public EquatableArray<PartFields> PartFields { get; init; } = EquatableArray<PartFields>.Empty;

    /// <summary>Mistakes that were found when the parts were put together.</summary>
    public EquatableArray<TableProblem> MountProblems { get; init; } = EquatableArray<TableProblem>.Empty;

    /// <summary>What stands around the routes, the outermost first.</summary>
    public EquatableArray<StepModel> Steps { get; init; } = EquatableArray<StepModel>.Empty;

    /// <summary>Parts with steps of their own, the longest prefix first.</summary>
    public EquatableArray<PartSteps> PartSteps { get; init; } = EquatableArray<PartSteps>.Empty;

    /// <summary>Steps stand around this class or around one that it is a part of, so that a route must say beforehand whether it takes a path.</summary>
    public bool IsAskedFirst { get; init; }

    /// <summary>Mistakes that were found when providers and guards were put in front of the routes.</summary>
    public EquatableArray<TableProblem> GateProblems { get; init; } = EquatableArray<TableProblem>.Empty;

    /// <summary>What the class provides.</summary>
    public EquatableArray<GateModel> Providers { get; init; } = EquatableArray<GateModel>.Empty;

    /// <summary>What <c>[Guard]</c> on the class names.</summary>
    public EquatableArray<GateModel> Guards { get; init; } = EquatableArray<GateModel>.Empty;

    /// <summary>Folders that are there, with files or without.</summary>
    public EquatableArray<string> Folders { get; init; } = EquatableArray<string>.Empty;
}

/// <summary>What of the compilation shapes the emitted code.</summary>
/// <param name="TextLiterals">Literals as strings, for hot reload; else as UTF-8 in read-only data.</param>
internal sealed record EmitOptions(bool TextLiterals);

/// <summary>The metadata of the whole project.</summary>
/// <param name="Usable">The project's own first: they are the ones that are meant where a reference has the type too.</param>
/// <param name="Unusable">Metadata that there is, but not for emitted code: for messages.</param>
internal sealed record ProjectJsonTypes(EquatableArray<JsonTypeModel> Usable, EquatableArray<JsonTypeModel> Unusable)
{
    public static ProjectJsonTypes Of(IEnumerable<JsonTypeModel> types)
    {
        ILookup<bool, JsonTypeModel> byUse = types.ToLookup(type => type.Unusable is null);
        return new ProjectJsonTypes(
            byUse[true].OrderBy(type => type.IsReferenced).ThenBy(type => type.Context, StringComparer.Ordinal).ThenBy(type => type.Type, StringComparer.Ordinal).ToEquatable(),
            byUse[false].ToEquatable());
    }
}
