using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.Loader;
using Basic.Reference.Assemblies;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Prebake.Generators.Tests;

/// <summary>Runs the generator over source text, compiles the result against the real runtime, and loads it.</summary>
internal static class Harness
{
    public const string Usings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Threading;
        global using System.Threading.Tasks;
        global using Prebake;
        """;

    /// <summary>With what the package's targets add to every project.</summary>
    public static readonly CSharpParseOptions ParseOptions = new CSharpParseOptions(LanguageVersion.CSharp13).WithFeatures([new("InterceptorsNamespaces", "Prebake.Generated")]);

    private static readonly ImmutableArray<MetadataReference> s_references =
        [.. Net100.References.All, MetadataReference.CreateFromFile(typeof(RouteTable).Assembly.Location),
         .. Directory.GetFiles(AppContext.BaseDirectory, "Microsoft.Extensions.*.dll").Select(path => MetadataReference.CreateFromFile(path)),
         MetadataReference.CreateFromFile(typeof(FactAttribute).Assembly.Location),
         MetadataReference.CreateFromFile(typeof(Assert).Assembly.Location)];

    public static CSharpCompilation Compile(
        string source, bool debug = false, OutputKind kind = OutputKind.DynamicallyLinkedLibrary, CSharpParseOptions? parse = null) => CSharpCompilation.Create(
        "App" + Guid.NewGuid().ToString("n"),
        [CSharpSyntaxTree.ParseText(Usings, parse ?? ParseOptions, "Usings.cs"), CSharpSyntaxTree.ParseText(source, parse ?? ParseOptions, "App.cs")],
        s_references,
        new CSharpCompilationOptions(kind, optimizationLevel: debug ? OptimizationLevel.Debug : OptimizationLevel.Release, nullableContextOptions: NullableContextOptions.Enable,
            allowUnsafe: true));

    /// <param name="track">For the tests of caching; the compiler's book-keeping is quadratic in the number of steps.</param>
    /// <param name="files">What the build task would have written.</param>
    public static GeneratorDriver Driver(bool track = true, string? files = null, CSharpParseOptions? parse = null) => CSharpGeneratorDriver.Create(
        [new RouteGenerator().AsSourceGenerator()], files is null ? [] : [new ManifestText(files)], parseOptions: parse ?? ParseOptions,
        driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: track));

    /// <summary>Generates for a compilation as it is.</summary>
    public static Generated Generate(CSharpCompilation compilation, CSharpParseOptions? parse = null, string? files = null)
    {
        GeneratorDriver driver = Driver(track: false, files, parse).RunGeneratorsAndUpdateCompilation(compilation, out Compilation output, out _);
        return new Generated((CSharpCompilation)output, driver.GetRunResult());
    }

    /// <summary>Generates, and demands that the result compiles without a warning.</summary>
    public static Generated Generate(string source, bool debug = false, OutputKind kind = OutputKind.DynamicallyLinkedLibrary, string? files = null, byte[]? data = null)
    {
        CSharpCompilation compilation = Compile(source, debug, kind);
        GeneratorDriver driver = Driver(files: files).RunGeneratorsAndUpdateCompilation(compilation, out Compilation output, out _);
        GeneratorDriverRunResult result = driver.GetRunResult();
        Caching.AssertUnrelatedEditReusesEverything(driver, compilation);
        return new Generated((CSharpCompilation)output, result) { Data = data };
    }
}

/// <summary>The manifest of files in the assembly.</summary>
internal sealed class ManifestText(string text) : AdditionalText
{
    public override string Path => "obj/Prebake.Files.tsv";

    public override Microsoft.CodeAnalysis.Text.SourceText GetText(CancellationToken cancellationToken = default) => Microsoft.CodeAnalysis.Text.SourceText.From(text);
}

/// <summary>What one run gave.</summary>
internal sealed record Generated(CSharpCompilation Output, GeneratorDriverRunResult Result)
{
    /// <summary>The contents of the files, as the build puts them into the assembly.</summary>
    public byte[]? Data { get; init; }

    /// <summary>What is wrong. Which tier a static response is in is no mistake: <see cref="Hints"/>.</summary>
    public ImmutableArray<Diagnostic> Diagnostics => [.. Result.Diagnostics.Where(diagnostic => diagnostic.Severity > DiagnosticSeverity.Info)];

    /// <summary>What an editor shows without calling it a mistake.</summary>
    public string[] Hints => [.. Result.Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Info).Select(diagnostic => diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture))];

    public string Source => string.Join("\n", Result.GeneratedTrees.Select(tree => tree.ToString()));

    /// <summary>Compiler errors and warnings of user code and emitted code together.</summary>
    public IEnumerable<Diagnostic> CompilerDiagnostics => Output.GetDiagnostics().Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning
        && diagnostic.Id is not ("CS1701" or "CS8019" or "CS0414" or "CS0169" or "CS0649"));

    public Generated AssertClean()
    {
        Assert.Empty(Diagnostics);
        AssertCompiles();
        return this;
    }

    public Generated AssertCompiles()
    {
        Diagnostic[] found = CompilerDiagnostics.ToArray();
        Assert.True(found.Length == 0, string.Join("\n", found.Take(10)) + "\n" + (found.Length == 0 ? "" : Source[..Math.Min(Source.Length, 20_000)]));
        return this;
    }

    public Assembly Load()
    {
        using var image = new MemoryStream();
        var result = Output.Emit(image, manifestResources: Data is null ? [] : [new ResourceDescription("Prebake.Files", () => new MemoryStream(Data), isPublic: true)]);
        Assert.True(result.Success, string.Join("\n", result.Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).Take(10)) + "\n" + Source);
        image.Position = 0;
        return new AssemblyLoadContext(null).LoadFromStream(image);
    }

    /// <summary>The table of an app, over a new object or the one that is given.</summary>
    public RouteTable Table(string app = "App", params object[] arguments) => Table(Load(), app, arguments);

    public static RouteTable Table(Assembly assembly, string app = "App", params object[] arguments)
    {
        Type type = assembly.GetType(app, throwOnError: true)!;
        object instance = Activator.CreateInstance(type, arguments)!;
        MethodInfo create = typeof(Tables).GetMethod(nameof(Tables.Create))!.MakeGenericMethod(type);
        return (RouteTable)create.Invoke(null, [instance])!;
    }
}

/// <summary>A static abstract member is reached through a type parameter only.</summary>
internal static class Tables
{
    public static RouteTable Create<T>(T app) where T : IApp<T> => T.CreateTable(app);
}
