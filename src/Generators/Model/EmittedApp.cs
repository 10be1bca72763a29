namespace Prebake.Generators.Model;

/// <summary>The files of one app, and what the generator itself could not do about them.</summary>
internal sealed record EmittedApp(EquatableArray<SourceFile> Files, EquatableArray<TableProblem> Problems);

/// <summary>A generated file.</summary>
internal sealed record SourceFile(string HintName, EmittedText Text);
