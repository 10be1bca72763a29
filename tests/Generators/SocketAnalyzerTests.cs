using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Prebake.Generators.Analyze;

namespace Prebake.Generators.Tests;

/// <summary>What is underlined in handlers of WebSockets, and what is left alone.</summary>
public sealed class SocketAnalyzerTests
{
    private const string App = "partial class App { [WebSocket(\"/chat\")] Chat Connect() => new(); }\n";

    private static readonly string s_long = new('x', 124);

    private static async Task<Diagnostic[]> Found<TAnalyzer>(string source, OutputKind kind = OutputKind.DynamicallyLinkedLibrary) where TAnalyzer : DiagnosticAnalyzer, new()
    {
        Generated generated = Harness.Generate(source, kind: kind);
        Assert.DoesNotContain(generated.Output.GetDiagnostics(), found => found.Severity == DiagnosticSeverity.Error);
        ImmutableArray<Diagnostic> found = await generated.Output.WithAnalyzers([new TAnalyzer()]).GetAnalyzerDiagnosticsAsync();
        return [.. found.OrderBy(diagnostic => diagnostic.Location.SourceSpan.Start)];
    }

    private static string Underlined(Diagnostic diagnostic) =>
        diagnostic.Id + " " + diagnostic.Location.SourceTree!.ToString().Substring(diagnostic.Location.SourceSpan.Start, diagnostic.Location.SourceSpan.Length);

    private static async Task<string[]> Underlined<TAnalyzer>(string members) where TAnalyzer : DiagnosticAnalyzer, new() =>
        [.. (await Found<TAnalyzer>(App + "class Chat : WebSocketHandler { " + members + " }")).Select(Underlined)];

    [Theory]
    [InlineData("void F() => CloseSocket(1005);", "PB0120 1005")]
    [InlineData("void F() => CloseSocket(1006, \"x\");", "PB0120 1006")]
    [InlineData("void F() => CloseSocket(reason: \"x\", code: 1004);", "PB0120 1004")]
    [InlineData("const int C = 1015; void F() => this.CloseSocket(C);", "PB0120 C")]
    [InlineData("void F() { CloseSocket(0); CloseSocket(-1); CloseSocket(999); CloseSocket(1016); CloseSocket(2999); CloseSocket(5000); }",
        "PB0120 0", "PB0120 -1", "PB0120 999", "PB0120 1016", "PB0120 2999", "PB0120 5000")]
    [InlineData("void F(int c) { CloseSocket(); CloseSocket(1000); CloseSocket(1003); CloseSocket(1007); CloseSocket(1014); CloseSocket(3000); CloseSocket(4999); CloseSocket(c); }")]
    [InlineData("static void F(Chat? other) => other?.CloseSocket(1005);", "PB0120 1005")]
    [InlineData("void F() { Subscribe(\"\"); Unsubscribe(\"\"); IsSubscribed(\"\"); Publish(\"\", \"x\"); Publish(\"\", \"x\"u8); }",
        "PB0122 \"\"", "PB0122 \"\"", "PB0122 \"\"", "PB0122 \"\"", "PB0122 \"\"")]
    [InlineData("const string T = \"\"; void F() => Subscribe(topic: T);", "PB0122 T")]
    [InlineData("void F(string t) { Subscribe(\"a\"); Publish(\"a\", \"\"); Publish(t, \"\"); Subscribe(t); }")]
    [InlineData("void F() { SendPing(new byte[126]); SendPong(new byte[126]); }", "PB0124 new byte[126]", "PB0124 new byte[126]")]
    [InlineData("void F(byte[] x) { SendPing(); SendPing(new byte[125]); SendPong(x); SendPing(\"hello\"u8); SendPing([1, 2, 3]); }")]
    public async Task Constants_that_cannot_be_sent_are_said(string members, params string[] expected) =>
        Assert.Equal(expected, await Underlined<SocketCallAnalyzer>(members));

    [Fact]
    public async Task Texts_are_measured_in_UTF8()
    {
        string euros = new('€', 42);      // 126 bytes
        string[] found = await Underlined<SocketCallAnalyzer>(
            $"void F(string t) {{ CloseSocket(1000, \"{s_long}\"); CloseSocket(1000, \"{s_long[1..]}\"); CloseSocket(1000, \"{euros}\"); CloseSocket(1000, t); "
            + $"SendPing(\"{euros}\"u8); SendPong(\"{s_long}x\"u8); }}");
        Assert.Equal([$"PB0121 \"{s_long}\"", $"PB0121 \"{euros}\"", $"PB0124 \"{euros}\"u8"], found);
    }

    [Fact]
    public async Task Methods_of_the_users_that_are_called_as_ours_are_left_alone() =>
        Assert.Empty(await Underlined<SocketCallAnalyzer>("sealed class Other { void CloseSocket(int code) { } void Subscribe(string topic) { } void F() { CloseSocket(1005); Subscribe(\"\"); } }"));

    [Theory]
    [InlineData("void F() { Subscribe(\"chat\"); IsSubscribed(\"caht\"); Unsubscribe(\"chat\"); Unsubscribe(\"chta\"); }", "PB0123 \"caht\"", "PB0123 \"chta\"")]
    [InlineData("void F() { IsSubscribed(\"chat\"); }", "PB0123 \"chat\"")]
    [InlineData("void F(string t) { Subscribe(t); IsSubscribed(\"chat\"); }")]
    [InlineData("void F(List<string> t) { t.ConvertAll(Subscribe); IsSubscribed(\"chat\"); }")]
    [InlineData("void F(string t) { Subscribe(\"a\"); IsSubscribed(t); Publish(\"b\", \"\"); IsSubscribed(\"\"); }")]
    public async Task A_topic_that_nobody_subscribes_to_is_said(string members, params string[] expected)
    {
        string source = App + "class Chat : WebSocketHandler { " + members + " }\nstatic class Program { static int Main(string[] args) => Serve.Run<App>(args); }";
        Assert.Equal(expected, (await Found<TopicAnalyzer>(source, OutputKind.ConsoleApplication)).Select(Underlined));
        Assert.Empty(await Found<TopicAnalyzer>(source));
    }

    [Theory]
    [InlineData("protected override async void Open() => await Task.Yield();", "returns Task")]
    [InlineData("protected override async void Close(int code, string reason) => await Task.Yield();", "returns Task")]
    [InlineData("void Other() { async void Inner() => await Task.Yield(); Inner(); }", null)]
    [InlineData("async void Open(int x) => await Task.Yield();", null)]
    [InlineData("protected override async ValueTask Message(string text) => await Task.Yield();", null)]
    public async Task A_callback_that_is_async_void_is_said(string members, string? says)
    {
        Diagnostic[] found = await Found<SocketCallbackAnalyzer>(App + "class Chat : WebSocketHandler { " + members + " }");
        Assert.Equal(says is null ? [] : ["PB0125 void"], found.Select(Underlined));
        if (says is not null) Assert.Contains(says, found[0].GetMessage(CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("protected override void Open() => Thread.Sleep(1);", "Thread.Sleep(1)", "Task.Run")]
    [InlineData("protected override ValueTask Message(string text) { Thread.Sleep(1); return default; }", "Thread.Sleep(1)", "await Task.Delay")]
    [InlineData("protected override async ValueTask Message(ReadOnlyMemory<byte> data) { await Task.Yield(); Console.ReadLine(); }", "Console.ReadLine()", "await Task.Run")]
    [InlineData("protected override void Message(ReadOnlySpan<byte> data, MessageKind kind) => File.ReadAllText(\"x\");", "File.ReadAllText(\"x\")", "Task.Run")]
    [InlineData("protected override void Close(int code, string reason) => Task.Delay(1).Wait();", "Task.Delay(1).Wait()", "Task.Run")]
    [InlineData("void Other() => Thread.Sleep(1);", null, "")]
    [InlineData("protected override void Drain() => Task.Run(() => Thread.Sleep(1));", null, "")]
    public async Task Waiting_in_a_callback_is_said(string members, string? expected, string says)
    {
        Diagnostic[] found = await Found<BlockingCallAnalyzer>(App + "class Chat : WebSocketHandler { " + members + " }");
        Assert.Equal(expected is null ? [] : ["PB0090 " + expected], found.Select(Underlined));
        foreach (Diagnostic diagnostic in found)
        {
            Assert.Contains(says, diagnostic.GetMessage(CultureInfo.InvariantCulture), StringComparison.Ordinal);
            Assert.DoesNotContain("[Blocking]", diagnostic.GetMessage(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Waiting_in_the_method_that_upgrades_is_said_with_Blocking_too()
    {
        Diagnostic[] found = await Found<BlockingCallAnalyzer>(
            "partial class App { [WebSocket(\"/\"), Blocking] Chat A() { Thread.Sleep(1); return new(); } }\nclass Chat : WebSocketHandler;");
        Assert.Equal(["PB0090 Thread.Sleep(1)"], found.Select(Underlined));
    }

    [Theory]
    [InlineData("sealed class Chat : WebSocketHandler<Note> { protected override ValueTask Message(Note message) => default; }", "PB0057 WebSocketHandler<Note>")]
    [InlineData("abstract class Typed<T> : WebSocketHandler<T>; class Chat : Typed<Note> { protected override ValueTask Message(Note message) => default; } class Heir : Chat;", "PB0057 Typed<Note>")]
    [InlineData("sealed class Chat : WebSocketHandler<Known> { protected override ValueTask Message(Known message) { SendJson(new Note(1)); return default; } }", "PB0057 SendJson(new Note(1))")]
    [InlineData("sealed class Chat : WebSocketHandler<Known> { protected override ValueTask Message(Known message) { SendJson(message); SendJson<Known>(message); return default; } }")]
    [InlineData("sealed class Chat : WebSocketHandler<Known> { Server server = null!; protected override ValueTask Message(Known message) { PublishJson(\"a\", message); PublishJson(\"a\", new Note(1)); server.PublishJson(\"a\", new Note(2)); return default; } }", "PB0057 PublishJson(\"a\", new Note(1))", "PB0057 PublishJson")]
    [InlineData("sealed class Chat : WebSocketHandler { protected override void Open() { SendJson(new Known(1)); SendJson(new Note(1)); PublishJson(\"a\", new Note(2)); } }", "PB0057 SendJson(new Note(1))", "PB0057 PublishJson(\"a\", new Note(2))")]
    [InlineData("sealed class Chat : WebSocketHandler<(int, int)> { protected override ValueTask Message((int, int) message) => default; }", "PB0058 WebSocketHandler<(int, int)>")]
    public async Task Messages_need_metadata(string handler, params string[] expected)
    {
        string source = "using System.Text.Json.Serialization;\nrecord Note(int X); record Known(int Y); [JsonSerializable(typeof(Known))] partial class AppJson : JsonSerializerContext;\n"
            + App + handler + Json.Half("AppJson", ("Known", "Known"));
        Diagnostic[] found = await Found<JsonCallAnalyzer>(source);
        Assert.Equal(expected, found.Select(Underlined));
        Assert.All(found, diagnostic => Assert.DoesNotContain("JsonTypeInfo", diagnostic.GetMessage(CultureInfo.InvariantCulture), StringComparison.Ordinal));
    }
}
