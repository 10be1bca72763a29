using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Prebake.Generators.Analyze;

namespace Prebake.Generators.Tests;

/// <summary>What the analyzers underline, and what they leave alone.</summary>
public sealed class AnalyzerTests
{
    private static async Task<string[]> Underlined<TAnalyzer>(string source) where TAnalyzer : DiagnosticAnalyzer, new()
    {
        Generated generated = Harness.Generate("using System.Net.Http;\n" + source);
        ImmutableArray<Diagnostic> found = await generated.Output.WithAnalyzers([new TAnalyzer()]).GetAnalyzerDiagnosticsAsync();
        return found.OrderBy(diagnostic => diagnostic.Location.SourceSpan.Start)
            .Select(diagnostic => diagnostic.Id + " " + diagnostic.Location.SourceTree!.ToString().Substring(diagnostic.Location.SourceSpan.Start, diagnostic.Location.SourceSpan.Length)).ToArray();
    }

    [Theory]
    [InlineData("[Get(\"/\")] string A() { Thread.Sleep(1); return \"\"; }", "Thread.Sleep(1)")]
    [InlineData("[Get(\"/\")] string A() => Task.FromResult(\"\").Result;", "Task.FromResult(\"\").Result")]
    [InlineData("[Get(\"/\")] string A() => new ValueTask<string>(\"\").Result;", "new ValueTask<string>(\"\").Result")]
    [InlineData("[Get(\"/\")] void A() => Task.Delay(1).Wait();", "Task.Delay(1).Wait()")]
    [InlineData("[Get(\"/\")] void A() => Task.Delay(1).GetAwaiter().GetResult();", "Task.Delay(1).GetAwaiter().GetResult()")]
    [InlineData("[Get(\"/\")] void A() => Task.WaitAll(Task.Delay(1));", "Task.WaitAll(Task.Delay(1))")]
    [InlineData("[Get(\"/\")] string A() => File.ReadAllText(\"x\");", "File.ReadAllText(\"x\")")]
    [InlineData("[Fetch] async Task<string> A() { await Task.Yield(); File.WriteAllText(\"x\", \"y\"); return \"\"; }", "File.WriteAllText(\"x\", \"y\")")]
    [InlineData("SemaphoreSlim s = new(1); [Post(\"/\")] void A() => s.Wait();", "s.Wait()")]
    [InlineData("[Error] string A() => Console.ReadLine()!;", "Console.ReadLine()")]
    [InlineData("[Get(\"/\"), Blocking] string A() { Thread.Sleep(1); return File.ReadAllText(\"x\"); }")]
    [InlineData("[Static(\"/\")] static string A() => File.ReadAllText(\"x\");")]
    [InlineData("string A() => File.ReadAllText(\"x\");")]
    [InlineData("[Get(\"/\")] string A() { Action later = () => Thread.Sleep(1); return \"\"; }")]
    [InlineData("[Get(\"/\")] async Task<string> A() => await File.ReadAllTextAsync(\"x\");")]
    [InlineData("Task<string> t = null!; [Get(\"/\")] string A() => t.IsCompletedSuccessfully ? t.Result : \"\";")]
    public async Task Waiting_in_a_handler_is_said(string members, params string[] expected) =>
        Assert.Equal(expected.Select(text => "PB0090 " + text), await Underlined<BlockingCallAnalyzer>("partial class App { " + members + " }"));

    [Theory]
    [InlineData("[Fetch] string A(Request request) => request.Path switch { \"/a\" => \"a\", \"/b\" or \"/c\" => \"b\", _ => \"\" };", "\"/a\"", "\"/b\"", "\"/c\"")]
    [InlineData("[Fetch] string A(Request request) { switch (request.Path) { case \"/a\": return \"a\"; default: return \"\"; } }", "\"/a\"")]
    [InlineData("[Fetch] string A(Request request) => request.Path is \"/a\" ? \"a\" : \"\";", "\"/a\"")]
    [InlineData("[Fetch] string A(Request request) => request.Path.SequenceEqual(\"/a\") ? \"a\" : \"\";", "\"/a\"")]
    [InlineData("[Fetch] string A(Request request) => request.Path.ToString() == \"/a\" ? \"a\" : \"\";", "\"/a\"")]
    [InlineData("const string B = \"/b\"; [Fetch] string A(Request request) => request.Path is B ? \"a\" : \"\";", "B")]
    [InlineData("[Fetch] string A(Request request) => request.Method switch { \"/a\" => \"a\", _ => \"\" };")]
    [InlineData("[Fetch] string A(Request request) => request.Path.StartsWith(\"/a\") ? \"a\" : \"\";")]
    [InlineData("[Get(\"/{*rest}\")] string A(Request request, string rest) => request.Path is \"/a\" ? \"a\" : rest;")]
    public async Task Paths_compared_by_hand_are_said(string members, params string[] expected) =>
        Assert.Equal(expected.Select(text => "PB0091 " + text), await Underlined<ComparedPathAnalyzer>("partial class App { " + members + " }"));

    [Theory]
    [InlineData("[MaxBody(1)] void A() { }", "MaxBody(1)")]
    [InlineData("[Blocking, IdleTimeout(1)] void A() { }", "Blocking", "IdleTimeout(1)")]
    [InlineData("[Deadline(1)] void A() { }", "Deadline(1)")]
    [InlineData("[Header(\"X\", \"y\")] string A => \"\"; [CacheControl(\"no-store\")] string B = \"\";", "Header(\"X\", \"y\")", "CacheControl(\"no-store\")")]
    [InlineData("void A([Query] int a, [Body] string b, [Header(\"X\")] string c) { }", "Query", "Body", "Header(\"X\")")]
    [InlineData("[MaxBody(1)] partial void A(); partial void A() { }", "MaxBody(1)")]
    [InlineData("[Get(\"/\"), MaxBody(1), Header(\"X\", \"y\")] string A([Query] int a) => \"\"; [Static(\"/s\"), CacheControl(\"no-store\")] const string B = \"\";")]
    [InlineData("[Fetch, Blocking] string A() => \"\";")]
    public async Task Attributes_without_effect_are_said(string members, params string[] expected) =>
        Assert.Equal(expected.Select(text => "PB0094 " + text), await Underlined<IdleAttributeAnalyzer>("partial class App { [Get(\"/home\")] string Home() => \"\"; " + members + " }"));

    [Theory]
    [InlineData("[Static(\"/s\"), Blocking, MaxBody(1), Status(201)] static string A() => \"\";", "Blocking", "MaxBody(1)", "Status(201)")]
    [InlineData("[Error, Blocking, Header(\"X\", \"y\"), CacheControl(\"no-store\")] string A(Exception e) => \"\";", "Blocking", "Header(\"X\", \"y\")", "CacheControl(\"no-store\")")]
    [InlineData("[Error, Get(\"/e\"), Blocking] string A() => \"\";")]
    [InlineData("[Before, MaxBody(1)] void A(Request request) { }", "MaxBody(1)")]
    [InlineData("[Status(201)] string A() => \"\";", "Status(201)")]
    [InlineData("int A { [After] get => 1; }", "After")]
    [InlineData("void A() { [Header(\"X\", \"y\")] void B([Query] int c) { } B(1); }", "Header(\"X\", \"y\")", "Query")]
    [InlineData("void A() { Func<int, int> f = [Blocking] ([Query] int b) => b; }", "Blocking", "Query")]
    [InlineData("void A() { [Obsolete] static void B([System.Diagnostics.CodeAnalysis.NotNull] object? c) { } }")]
    public async Task Attributes_that_their_holder_does_not_listen_to_are_said(string members, params string[] expected) =>
        Assert.Equal(expected.Select(text => "PB0094 " + text), await Underlined<IdleAttributeAnalyzer>("partial class App { [Get(\"/home\")] string Home() => \"\"; " + members + " }"));

    [Theory]
    [InlineData("[Routes(\"/api\"), MaxBody(1)] class Plain { }", "Routes(\"/api\")", "MaxBody(1)")]
    [InlineData("[Header(\"X\", \"y\"), CacheControl(\"no-store\"), IdleTimeout(1)] class Plain { }", "Header(\"X\", \"y\")", "CacheControl(\"no-store\")", "IdleTimeout(1)")]
    [InlineData("[Hsts, SecurityHeaders] abstract class Base { }", "Hsts", "SecurityHeaders")]
    [InlineData("[Routes(\"/api\"), MaxBody(1), SecurityHeaders, Hsts] partial class App { [Get(\"/\")] string A() => \"\"; }")]
    [InlineData("[Routes(\"/api\")] partial class App { [Mount(\"/p\")] readonly Part _part = new(); } partial class Part { [Get(\"/\")] string A() => \"\"; }")]
    // What stands for several parameters says where each of them comes from
    [InlineData("record Page([Query] int From, [Header(\"X-Size\")] int Size) { [Cookie] public string? Who { get; set; } } partial class App { [Get(\"/\")] string A([Parameters] Page page) => \"\"; }")]
    public async Task Attributes_of_classes_without_routes_are_said(string source, params string[] expected) =>
        Assert.Equal(expected.Select(text => "PB0094 " + text), await Underlined<IdleAttributeAnalyzer>(source));

    [Theory]
    [InlineData("partial class App { [Get(\"/\")] partial void A(); }", "PB0038 A")]
    [InlineData("partial class App { [Before] partial void A(); [Get(\"/\")] string B() => \"\"; }", "PB0038 A")]
    [InlineData("partial class App { [Get(\"/\")] partial void A(); partial void A() { } }")]
    [InlineData("partial class App { partial void A(); [Get(\"/\")] string B() => \"\"; }")]
    public async Task A_partial_handler_needs_a_body(string source, params string[] expected) =>
        Assert.Equal(expected, await Underlined<PartialHandlerAnalyzer>(source));

    [Fact]
    public async Task A_body_that_another_generator_writes_is_one()
    {
        CSharpCompilation compilation = Harness.Compile("partial class App { [Get(\"/\")] partial void Ping(); }");
        GeneratorDriver driver = CSharpGeneratorDriver.Create(
            [new RouteGenerator().AsSourceGenerator(), new BodyGenerator().AsSourceGenerator()], parseOptions: Harness.ParseOptions);
        driver.RunGeneratorsAndUpdateCompilation(compilation, out Compilation output, out ImmutableArray<Diagnostic> said);

        Assert.Empty(said);
        Assert.Empty(output.GetDiagnostics().Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error));
        Assert.Empty(await output.WithAnalyzers([new PartialHandlerAnalyzer()]).GetAnalyzerDiagnosticsAsync());
    }

    private sealed class BodyGenerator : IIncrementalGenerator
    {
        public void Initialize(IncrementalGeneratorInitializationContext context) => context.RegisterSourceOutput(context.CompilationProvider,
            static (output, _) => output.AddSource("Body.g.cs", "partial class App { partial void Ping() { } }"));
    }

    [Theory]
    [InlineData("Serve.Run(new App());", "Serve.Run", "Serve.Run(new App(), args)")]
    [InlineData("return Serve.Run(new App(), new ServeOptions { Port = 1 });", "Serve.Run", "Serve.Run(new App(), args, new ServeOptions { Port = 1 })")]
    [InlineData("return Serve.Run<App>(new ServeOptions());", "Serve.Run<App>", "Serve.Run<App>(args, new ServeOptions())")]
    [InlineData("await Serve.RunAsync(new App());", "Serve.RunAsync", "Serve.RunAsync(new App(), args)")]
    [InlineData("static class Program { static void Main(string[] given) => Serve.Run(new App()); }", "Serve.Run", "Serve.Run(new App(), given)")]
    [InlineData("Serve.Run(new App(), args);")]
    [InlineData("Serve.Run<App>(args);")]
    // It reads them itself
    [InlineData("Serve.Run(new App(), new ServeOptions { Port = int.Parse(args[0]) });")]
    [InlineData("Go(); static void Go() => Serve.Run(new App());")]
    [InlineData("static class Program { static void Main() => Serve.Run(new App()); }")]
    [InlineData("static class Program { static void Main(string[] args) { } static void Other(string[] args) => Serve.Run(new App()); }")]
    public async Task Arguments_that_are_not_handed_on_are_said(string program, string? place = null, string? instead = null)
    {
        Generated generated = Harness.Generate(program + " partial class App { [Get(\"/\")] string A() => \"\"; }", kind: OutputKind.ConsoleApplication).AssertClean();
        ImmutableArray<Diagnostic> found = await generated.Output.WithAnalyzers([new ArgumentsAnalyzer()]).GetAnalyzerDiagnosticsAsync();
        if (place is null)
        {
            Assert.Empty(found);
            return;
        }

        Diagnostic only = Assert.Single(found);
        Assert.Equal("PB0095", only.Id);
        Assert.Equal(place, only.Location.SourceTree!.ToString().Substring(only.Location.SourceSpan.Start, only.Location.SourceSpan.Length));
        Assert.EndsWith("write '" + instead + "'", only.GetMessage(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("class App { [Get(\"/\")] string A() => \"\"; }", "PB1001 App")]
    [InlineData("class App { [Get(\"/\")] string A() => \"\"; [Get(\"/b\"), Post(\"/b\")] string B() => \"\"; [Static(\"/c\")] const string C = \"\"; }", "PB1001 App")]
    [InlineData("partial class App { [Get(\"/:id\")] string A(int id) => \"\"; }", "PB1012 \"/:id\"")]
    [InlineData("partial class App { [Get(\"/*\")] string A() => \"\"; }", "PB1012 \"/*\"")]
    [InlineData("partial class App { [Get(\"/a*b\")] string A() => \"\"; }")]
    [InlineData("partial class App { [Get(\"/{a}/{b}\")] string A(int b) => \"\"; }", "PB1030 \"/{a}/{b}\"")]
    [InlineData("record T; partial class App { [Get(\"/\")] T A() => null!; }", "PB1052 A")]
    [InlineData("record T; partial class App { [Post(\"/\")] void A(T t) { } }", "PB1052 t")]
    [InlineData("partial class App { [Get(\"/{a}\")] string A(string a) => a; [Static(\"/\")] const string B = \"\"; }")]
    public async Task A_light_bulb_is_where_a_fix_helps(string source, params string[] expected) => Assert.Equal(expected, await Underlined<FixableAnalyzer>(source));

    [Theory]
    [InlineData("/users/:id/posts/:post", "/users/{id}/posts/{post}")]
    [InlineData("/files/*", "/files/{*rest}")]
    [InlineData("/:id/**", "/{id}/{*rest}")]
    [InlineData("/a*/b", null)]
    [InlineData("/*/b", null)]
    [InlineData("/:id-x", null)]
    [InlineData("/:id/:id", null)]
    public void Other_routers_patterns_are_rewritten(string pattern, string? expected) => Assert.Equal(expected, FixableAnalyzer.Rewrite(pattern));
}
