using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
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
