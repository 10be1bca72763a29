using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Prebake.Generators.Tests.Matrix;

/// <summary>Names, types and settings that the code for <c>[WebSocket]</c> may not break on.</summary>
public sealed class SocketMatrixTests
{
    private static readonly string[] s_names =
        ["class", "event", "record", "file", "field", "await", "async", "value", "größe", "名前", "exchange", "error", "_app", "TryParse", "_", "s_socket0", "s_socket1", "s_socket2",
            "query_", "path_", "handler", "options", "WebSocketRoute", "WebSocketOptions", "Prebake", "System", "RouteTable"];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Parameters_may_have_any_name(bool debug)
    {
        var source = new StringBuilder("public sealed class Echo : WebSocketHandler;\npublic partial class App\n{\n");
        for (int i = 0; i < s_names.Length; i++)
        {
            string name = s_names[i], code = "@" + name;
            source.Append(CultureInfo.InvariantCulture, $$"""
                [WebSocket("/a{{i}}/{{{name}}}")] Echo Path{{i}}(int {{code}}, string {{name}}_, Request {{name}}__) => new();
                [WebSocket("/b{{i}}/{*{{name}}}")] static Task<Echo?> Rest{{i}}(string {{code}}, [Header("X")] string {{name}}_, CancellationToken {{name}}__) => Task.FromResult<Echo?>(null);
                [WebSocket("/c{{i}}")] ValueTask<Echo> Query{{i}}(in int? {{code}}, [Cookie] string? {{name}}_, Server {{name}}__) => new(new Echo());

                """);
        }

        Harness.Generate(source.Append('}').ToString(), debug).AssertClean();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Methods_apps_and_handlers_may_have_any_name(bool debug)
    {
        var source = new StringBuilder();
        foreach (string name in s_names.Where(name => name is not ("_" or "Prebake" or "System")))
        {
            string code = "@" + name;
            source.Append(CultureInfo.InvariantCulture, $$"""
                namespace N_{{name}}
                {
                    public sealed class {{code}}H : WebSocketHandler;
                    public partial class {{code}} { [WebSocket("/")] {{code}}H {{code}}M() => new(); [WebSocket("/2")] static Inner? Other() => null; internal class Inner : WebSocketHandler; }
                }
                namespace M_{{name}} { public partial class App { [WebSocket("/")] static WebSocketHandler {{code}}() => new N_{{name}}.{{code}}H(); } }

                """);
        }

        Harness.Generate(Harness.Compile(source.ToString(), debug)).AssertClean();
    }

    [Theory]
    [InlineData("Chat A() => new();")]
    [InlineData("Task<Chat> A() => null;")]
    [InlineData("async ValueTask<Chat> A() { await Task.Yield(); return null; }")]
    public void Nullability_may_be_off_and_every_warning_an_error(string method)
    {
        foreach (NullableContextOptions nullable in new[] { NullableContextOptions.Disable, NullableContextOptions.Annotations, NullableContextOptions.Warnings })
        {
            CSharpCompilation compilation = Harness.Compile("public partial class App { [WebSocket(\"/{x}\")] " + method.Replace("A()", "A(string x, int? y)", StringComparison.Ordinal)
                + " }\npublic class Chat : WebSocketHandler;");
            compilation = compilation.WithOptions(compilation.Options.WithNullableContextOptions(nullable).WithGeneralDiagnosticOption(ReportDiagnostic.Error).WithWarningLevel(9999));
            Assert.Empty(Harness.Generate(compilation).Output.GetDiagnostics().Where(found => found.Severity >= DiagnosticSeverity.Warning && found.Id is not ("CS8632" or "CS1591")
                && found.Location.SourceTree?.FilePath is not "Usings.cs"));
        }
    }

    [Fact]
    public void Handlers_that_are_obsolete_or_experimental_are_still_served() => Assert.Equal(WebSockets, Count(Harness.Generate("""
        [Obsolete("x", true)] public class Old : WebSocketHandler;
        [System.Diagnostics.CodeAnalysis.Experimental("X1")] public class New : WebSocketHandler;
        public partial class App
        {
            [Obsolete("x", true), WebSocket("/a/{x}")] Old A(int x) => new();
            [Obsolete("x", true), WebSocket("/b")] Task<Old?> B() => Task.FromResult<Old?>(null);
            [System.Diagnostics.CodeAnalysis.Experimental("X1"), WebSocket("/c")] New C() => new();
        }
        """).AssertClean()));

    private const int WebSockets = 3;

    private static int Count(Generated generated) => generated.Table().Describe().Split('\n').Count(line => line.Contains("  WS  ", StringComparison.Ordinal));

    [Fact]
    public void Of_two_overloads_the_one_with_the_attribute_is_called()
    {
        string source = Harness.Generate("""
            public class Chat : WebSocketHandler;
            public partial class App
            {
                [WebSocket("/a/{x}")] Chat A(int x) => new();
                [WebSocket("/b/{x}")] Chat A(in int x) => new();
                Chat A() => new();
            }
            """).AssertClean().Source;
        Assert.Contains("_app.A(in x_in)", source, StringComparison.Ordinal);
        Assert.Contains("_app.A(x)", source, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\\u2028 \\ud83d\\ude00")]
    [InlineData("*/ // \\\" \\\\ { }")]
    public void A_path_may_hold_any_character_that_a_path_can(string text)
    {
        string path = string.Concat(System.Text.RegularExpressions.Regex.Unescape(text).Select(c => Uri.EscapeDataString(char.IsSurrogate(c) ? "x" : c.ToString())));
        foreach (bool debug in new[] { false, true })
            Harness.Generate("public partial class App { [WebSocket(\"/" + path + "\")] Chat A([Query(\"" + text + "\")] string? x) => new(); }\npublic class Chat : WebSocketHandler;", debug).AssertClean();
    }

    [Fact]
    public void A_partial_method_and_a_member_of_an_interface_may_be_the_one()
    {
        Harness.Generate("""
            public sealed class Chat : WebSocketHandler;
            public interface IChat { Chat Connect(); }
            public partial class App : IChat
            {
                [WebSocket("/a")] public Chat Connect() => new();
                [WebSocket("/b")] private partial Chat Other();
                private partial Chat Other() => new();
            }
            """).AssertClean();
    }
}
