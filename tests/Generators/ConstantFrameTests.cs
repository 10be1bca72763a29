using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Prebake.Generators.Tests;

/// <summary>Messages that are constants: which calls are intercepted, by which bytes, and which are left as they are written.</summary>
public sealed partial class ConstantFrameTests
{
    private static readonly CSharpParseOptions s_allowed = Harness.ParseOptions.WithFeatures([new("InterceptorsNamespaces", "Other;Prebake.Generated")]);

    private static Generated Generate(string source, CSharpParseOptions? parse = null, bool debug = false)
    {
        CSharpCompilation compilation = Harness.Compile(source, debug, parse: parse ?? s_allowed);
        return Harness.Generate(compilation, parse ?? s_allowed).AssertClean();
    }

    private static Generated InHandler(string body, string more = "") => Generate("class Chat : WebSocketHandler { void F(string s, byte[] b, bool c, Chat? other) { " + body + " } " + more + " }");

    /// <summary>The calls of Send in the order of the source: the frame that the compiler puts there as text, or "-".</summary>
    private static string[] Sent(Generated generated)
    {
        var frames = Frame().Matches(generated.Source.ReplaceLineEndings("\n"))
            .ToDictionary(match => match.Groups[1].Value, match => Show([.. match.Groups[2].Value.Split(',').Where(part => part.Trim().Length > 0).Select(part => byte.Parse(part, CultureInfo.InvariantCulture))]));
        SyntaxTree tree = generated.Output.SyntaxTrees.Single(one => one.FilePath == "App.cs");
        SemanticModel semantics = generated.Output.GetSemanticModel(tree);
        return [.. tree.GetRoot().DescendantNodes().OfType<InvocationExpressionSyntax>()
            .Where(call => semantics.GetSymbolInfo(call).Symbol is IMethodSymbol { Name: "Send" or "Publish" })
            .OrderBy(call => call.SpanStart)
            .Select(call => semantics.GetInterceptorMethod(call) is { } method ? frames[method.Name.Replace("Send", "").Replace("Publish", "")] + Compression(generated, method) : "-")];
    }

    // What is published says whether it may be compressed
    private static string Compression(Generated generated, IMethodSymbol method)
    {
        if (!method.Name.StartsWith("Publish", StringComparison.Ordinal)) return "";
        string message = method.Name.Replace("Publish", "Message");
        return Regex.IsMatch(generated.Source, $@" {message} = new [\w:.]+\(\w+, true\);") ? ", compressed" : ", plain";
    }

    private static string Show(byte[] frame) => Convert.ToHexString(frame.AsSpan(0, frame[1] == 126 ? 4 : 2)) + " " + Encoding.UTF8.GetString(frame.AsSpan(frame[1] == 126 ? 4 : 2));

    [Theory]
    [InlineData("Send(\"pong\");", "8104 pong")]
    [InlineData("Send(\"pong\"u8);", "8204 pong")]
    [InlineData("Send(\"pong\"u8, MessageKind.Text);", "8104 pong")]
    [InlineData("Send(\"pong\"u8, MessageKind.Binary, false);", "8204 pong")]
    [InlineData("Send(\"\");", "8100 ")]
    [InlineData("Send(\"é€\");", "8105 é€")]
    [InlineData("Send(\"\\ud800\");", "8103 \uFFFD")]
    [InlineData("Send(\"a\" + \"b\"); Send(nameof(F)); Send($\"{nameof(F)}!\");", "8102 ab", "8101 F", "8102 F!")]
    [InlineData("const string K = \"k\"; Send(K); this.Send(K, false); Send(compress: false, text: K);", "8101 k", "8101 k", "8101 k")]
    [InlineData("other!.Send(\"x\"); other?.Send(\"x\"); (other ?? this).Send(\"x\"); ((WebSocketHandler)this).Send(\"x\");", "8101 x", "8101 x", "8101 x", "8101 x")]
    [InlineData("SendStatus status = Send(\"x\"); if (Send(\"y\").Dropped) return; Task.Run(() => Send(\"z\")); SendStatus Inner() => Send(\"w\"); Inner();", "8101 x", "8101 y", "8101 z", "8101 w")]
    [InlineData("Send(\"a\"); Send(\"a\"u8); Send(\"a\");", "8101 a", "8201 a", "8101 a")]
    [InlineData("Publish(s, \"x\"); Publish(s, \"x\"u8); Publish(s, \"x\"u8, MessageKind.Text); Publish(\"t\", \"x\", compress: true);", "8101 x, plain", "8201 x, plain", "8101 x, plain", "8101 x, compressed")]
    [InlineData("Server server = null!; server.Publish(s, \"x\"); server?.Publish(text: \"x\", topic: s); server!.Publish(s, \"x\"u8, MessageKind.Binary, false);", "8101 x, compressed", "8101 x, compressed", "8201 x, plain")]
    // left as they are
    [InlineData("Send(s); Send(b); Send(s + \"x\"); Send($\"{s}\");", "-", "-", "-", "-")]
    [InlineData("Send(\"x\", true); Send(\"x\", c); Send(\"x\"u8, compress: true); Send(\"x\"u8, (MessageKind)3); Send(b, MessageKind.Text);", "-", "-", "-", "-", "-")]
    [InlineData("Publish(s, s); Publish(s, b); Publish(s, \"x\", c); Publish(s, \"x\"u8, (MessageKind)3); base.Publish(s, \"x\");", "-", "-", "-", "-", "-")]
    [InlineData("base.Send(\"x\"); Send((string)null!); Send(new byte[] { 1, 2 });", "-", "-", "-")]
    [InlineData("Func<string, bool, SendStatus> send = Send; send(\"x\", false);")]
    public void A_constant_is_sent_as_a_finished_frame(string body, params string[] expected) => Assert.Equal(expected, Sent(InHandler(body)));

    [Fact]
    public void The_receiver_may_be_generic_nested_private_or_file_local() => Assert.Equal(Enumerable.Repeat("8101 x", 5), Sent(Generate("""
        class Generic<T> : WebSocketHandler { protected override void Open() { Send("x"); } class Inner<U> : Generic<U> { void F<V>() { Send("x"); } } }
        class Outer { private sealed class Chat : WebSocketHandler { internal void F() => Send("x"); } }
        file sealed class Local : WebSocketHandler<int> { protected override ValueTask Message(int message) { Send("x"); return default; } }
        static class Extensions { public static void F<T>(this T handler) where T : WebSocketHandler => handler.Send("x"); }
        """)));

    [Fact]
    public void Lengths_are_written_as_the_protocol_says()
    {
        string small = new('a', 125), medium = new('a', 126), large = new('é', 32_767), tooLarge = new('é', 32_768);
        Assert.Equal(["817D " + small, "817E007E " + medium, "817EFFFE " + large, "-"],
            Sent(InHandler($"Send(\"{small}\"); Send(\"{medium}\"); Send(\"{large}\"); Send(\"{tooLarge}\");")));
    }

    [Fact]
    public void Nothing_is_emitted_where_interceptors_are_not_let_in()
    {
        const string Source = "class Chat : WebSocketHandler { void F() => Send(\"x\"); }";
        Assert.Equal(["8101 x"], Sent(Generate(Source)));
        Assert.Equal(["8101 x"], Sent(Generate(Source, Harness.ParseOptions.WithFeatures([new("InterceptorsNamespaces", "Prebake")]))));
        Assert.Equal(["-"], Sent(Generate(Source, Harness.ParseOptions.WithFeatures([]))));
        Assert.Equal(["-"], Sent(Generate(Source, Harness.ParseOptions.WithFeatures([new("InterceptorsNamespaces", "Other;Prebake.Gen")]))));
        Assert.Equal(["-"], Sent(Generate(Source, s_allowed.WithLanguageVersion(LanguageVersion.CSharp12))));
    }

    [Fact]
    public void A_debug_build_keeps_its_calls() =>
        Assert.Empty(Generate("class Chat : WebSocketHandler { void F() => Send(\"x\"); }", debug: true).Result.GeneratedTrees);

    [Fact]
    public void Two_files_of_the_same_contents_keep_their_calls()
    {
        const string Source = "file class Chat : WebSocketHandler { void F() => Send(\"x\"); }";
        CSharpCompilation compilation = Harness.Compile(Source, parse: s_allowed).AddSyntaxTrees(CSharpSyntaxTree.ParseText(Source, s_allowed, "Twin.cs"),
            CSharpSyntaxTree.ParseText("class Other : WebSocketHandler { void F() => Send(\"y\"); }", s_allowed, "Other.cs"));
        Generated generated = Harness.Generate(compilation, s_allowed).AssertClean();
        Assert.Equal(["-"], Sent(generated));
        Assert.Contains("Other.cs(1,46)", generated.Source, StringComparison.Ordinal);
    }

    [Fact]
    public void A_project_with_calls_as_users_write_them_runs_and_holds_each_frame_once()
    {
        Generated generated = InHandler("Send(\"a\"); Send(\"a\"); other?.Send(\"a\"); Send(\"b\"u8);");
        Assert.Equal(2, Frame().Count(generated.Source));
        Assert.NotNull(generated.Load().GetType("Chat"));
    }

    [Fact]
    public void Names_of_the_users_that_are_called_as_ours_do_no_harm() => Assert.Equal(["8101 x"], Sent(Generate("""
        namespace Prebake.Generated { class ConstantFrames { } class InterceptsLocationAttribute { } }
        namespace System.Runtime.CompilerServices { class InterceptsLocationAttribute { } }
        class Chat : WebSocketHandler { void F() => Send("x"); }
        """)));

    [Fact]
    public void An_unrelated_edit_emits_nothing_and_an_edit_of_the_message_only_this()
    {
        const string Source = "partial class App { [WebSocket(\"/\")] Chat A() => new(); }\nsealed class Chat : WebSocketHandler { protected override void Open() => Send(\"x\"); }";
        CSharpCompilation compilation = Harness.Compile(Source, parse: s_allowed);
        GeneratorDriver driver = Harness.Driver(parse: s_allowed).RunGenerators(compilation);

        GeneratorRunResult second = driver.RunGenerators(compilation.AddSyntaxTrees(CSharpSyntaxTree.ParseText("class Unrelated;", s_allowed))).GetRunResult().Results.Single();
        Assert.All(second.TrackedSteps[StepNames.Sends].SelectMany(step => step.Outputs), output => Assert.Equal(IncrementalStepRunReason.Unchanged, output.Reason));

        SyntaxTree tree = compilation.SyntaxTrees.Single(one => one.FilePath == "App.cs");
        GeneratorRunResult third = driver.RunGenerators(compilation.ReplaceSyntaxTree(tree, CSharpSyntaxTree.ParseText(Source.Replace("\"x\"", "\"y\"", StringComparison.Ordinal), s_allowed, "App.cs")))
            .GetRunResult().Results.Single();
        Assert.Contains(third.TrackedSteps[StepNames.Sends].SelectMany(step => step.Outputs), output => output.Reason == IncrementalStepRunReason.Modified);
        Assert.DoesNotContain(third.TrackedSteps[StepNames.Emit].SelectMany(step => step.Outputs), output => output.Reason == IncrementalStepRunReason.Modified);
        Assert.Equal(second.GeneratedSources.Length, third.GeneratedSources.Length);
    }

    [GeneratedRegex(@"Frame(\d+) => new byte\[\]\s*\{([\d,\s]*)\}")] private static partial Regex Frame();
}
