using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;
using Xunit.Abstractions;

namespace Prebake.Generators.Tests;

/// <summary>What a key costs in an app of a thousand routes. Counted are the declarations that the compiler is asked about; the time is printed.</summary>
public sealed class EditTests(ITestOutputHelper log)
{
    private const int Routes = 1_000, Repeats = 20;

    private static readonly string s_app = AppOf(Routes);

    private const string Other = "namespace Elsewhere; class Unrelated { int A() => 1; } static class Names { public const string Page = \"\"; }\n";

    [Theory]
    [InlineData("in a body", "App.cs", "{id} 500", "{id} {0}500", 0, false)]
    [InlineData("in a body that is half typed", "App.cs", "$\"{id} 500\"", "$\"{id} 500\" + Later{0}(", 0, false)]
    [InlineData("of a comment", "App.cs", "[Get(\"/area0/things500/", "// {0}\n    [Get(\"/area0/things500/", 0, false)]
    [InlineData("of a pattern", "App.cs", "things500/", "things500{0}/", 1, true)]
    [InlineData("of a pattern in a debug build", "App.cs", "things500/", "things500{0}/", 1, true, true)]
    [InlineData("in a body of another file", "Other.cs", "=> 1", "=> {0}1", 0, false)]
    [InlineData("of a type in another file", "Other.cs", "class Unrelated", "class N{0} { } class Unrelated", 0, false)]
    [InlineData("of a parameter", "App.cs", "Thing500(int id,", "Thing500(long id, int a{0} = 0,", 1, true)]
    [InlineData("that begins a route", "App.cs", "[Get(\"/area0/things500/", "[Get(\"/new{0}\")] string Thi{0};\n    [Get(\"/area0/things500/", 0, false)]
    [InlineData("that ends a route", "App.cs", "[Get(\"/area0/things500/", "[Get(\"/new{0}\")] string Thing{0}000() => \"\";\n    [Get(\"/area0/things500/", 1, true)]
    [InlineData("of a constant that a route mentions", "Other.cs", "Page = \"\"", "Page = \"{0}\"", 1, true)]
    [InlineData("of a name that all routes mention", "Other.cs", "class Unrelated", "class N{0} { } class GetAttribute : N{0} { } class Unrelated", Routes, false)]
    public void An_edit_asks_about_what_it_may_have_changed(string what, string file, string before, string after, int asked, bool emits, bool debug = false)
    {
        CSharpCompilation compilation = Harness.Compile(s_app, debug).AddSyntaxTrees(CSharpSyntaxTree.ParseText(Other, Harness.ParseOptions, "Other.cs", Encoding.UTF8));
        GeneratorDriver driver = Harness.Driver(track: false).RunGenerators(compilation);
        var times = new List<double>();
        var bytes = new List<long>();
        for (int i = 0; i < Repeats; i++)
        {
            SyntaxTree tree = compilation.SyntaxTrees.Single(one => one.FilePath == file);
            string text = file == "App.cs" ? s_app : Other;
            Assert.Contains(before, text, StringComparison.Ordinal);
            string edited = text.Replace(before, after.Replace("{0}", new string('1', i + 1), StringComparison.Ordinal), StringComparison.Ordinal);
            compilation = compilation.ReplaceSyntaxTree(tree, tree.WithChangedText(SourceText.From(edited, Encoding.UTF8)));

            long allocated = GC.GetAllocatedBytesForCurrentThread();
            double start = Milliseconds();
            (int Asked, int Emitted) counted;
            (driver, counted) = Run(driver, compilation);
            times.Add(Milliseconds() - start);
            bytes.Add(GC.GetAllocatedBytesForCurrentThread() - allocated);
            Assert.Equal(asked, counted.Asked);
            Assert.Equal(emits ? 1 : 0, counted.Emitted);
        }

        log.WriteLine($"1,000 routes, an edit {what}: the generator takes {times.Min():0.0} ms of a processor at best, "
            + $"{times.Order().ElementAt(Repeats / 2):0.0} ms in the middle, and allocates {bytes.Min() / 1024} KiB");
    }

    [Theory]
    [InlineData("using System.Text; namespace Elsewhere { class N{0} { int A() => 1; } }", 0, false)]
    [InlineData("", 0, false)]
    [InlineData("partial class App { [Get(\"/new{0}\")] string Thing{0}000() => \"\"; }", Routes + 1, true)]
    [InlineData("namespace Names { }", 1, false)]
    [InlineData("global using System.Text;", Routes, false)]
    public void A_file_that_comes_and_goes_asks_about_what_it_may_have_changed(string text, int asked, bool emits)
    {
        CSharpCompilation compilation = Harness.Compile(s_app).AddSyntaxTrees(CSharpSyntaxTree.ParseText(Other, Harness.ParseOptions, "Other.cs", Encoding.UTF8));
        GeneratorDriver driver = Harness.Driver(track: false).RunGenerators(compilation);
        var times = new List<double>();
        for (int i = 0; i < Repeats / 4; i++)
        {
            // In front of all others, which get other numbers
            string edited = text.Replace("{0}", new string('1', i + 1), StringComparison.Ordinal);
            SyntaxTree added = CSharpSyntaxTree.ParseText(edited, Harness.ParseOptions, $"New{i}.cs", Encoding.UTF8);
            Compilation with = compilation.RemoveAllSyntaxTrees().AddSyntaxTrees(compilation.SyntaxTrees.Prepend(added));
            double start = Milliseconds();
            (driver, (int Asked, int Emitted) counted) = Run(driver, with);
            times.Add(Milliseconds() - start);
            Assert.Equal((asked, emits ? 1 : 0), counted);

            // Without the file the route in it is not asked about
            (driver, counted) = Run(driver, with.RemoveSyntaxTrees(added));
            Assert.Equal((emits ? asked - 1 : asked, emits ? 1 : 0), counted);
        }

        log.WriteLine($"1,000 routes, a new file '{text}': the generator takes {times.Min():0.0} ms of a processor at best");
    }

    [Theory]
    [InlineData("in a body", "=> $\"500\"", "=> $\"{0}500\"", 0, false)]
    [InlineData("of a rule", "Range(1, 500)", "Range(1, 1{0})", 1, true)]
    [InlineData("of a type in another file", "class Unrelated", "class N{0} { } class Unrelated", 0, false)]
    [InlineData("in a body", "=> $\"500\"", "=> $\"{0}500\"", 0, false, true)]
    [InlineData("of a pattern", "things500/", "things500{0}/", 1, true, true)]
    [InlineData("of a rule", "Range(1, 500)", "Range(1, 1{0})", 1, true, true)]
    public void Among_a_thousand_routes_with_validation_an_edit_asks_about_what_it_may_have_changed(
        string what, string before, string after, int asked, bool emits, bool provides = false)
    {
        string source = CheckedAppOf(Routes, provides) + "class Unrelated { }\n";
        string routes = "1,000 routes with " + (provides ? "three providers and five rules each" : "five rules each");
        CSharpCompilation compilation = Harness.Compile(source);
        double start = Milliseconds();
        GeneratorDriver driver = Harness.Driver(track: false).RunGenerators(compilation);
        log.WriteLine($"{routes}: {Milliseconds() - start:0} ms of a processor for the first time");
        Assert.Empty(driver.GetRunResult().Diagnostics);
        var times = new List<double>();
        for (int i = 0; i < Repeats; i++)
        {
            string edited = source.Replace(before, after.Replace("{0}", new string('1', i % 7 + 1), StringComparison.Ordinal), StringComparison.Ordinal);
            Assert.NotEqual(source, edited);
            SyntaxTree tree = compilation.SyntaxTrees.Single(one => one.FilePath == "App.cs");
            compilation = compilation.ReplaceSyntaxTree(tree, tree.WithChangedText(SourceText.From(edited, Encoding.UTF8)));
            start = Milliseconds();
            (driver, (int Asked, int Emitted) counted) = Run(driver, compilation);
            times.Add(Milliseconds() - start);
            Assert.Equal(asked, counted.Asked);
            Assert.Equal(emits ? 1 : 0, counted.Emitted);
        }

        log.WriteLine($"{routes}, an edit {what}: {times.Min():0.0} ms of a processor at best, {times.Order().ElementAt(Repeats / 2):0.0} ms in the middle");
    }

    private static string CheckedAppOf(int routes, bool provides)
    {
        string provided = provides ? ", Account me, Rights rights, Connection connection" : "";
        var text = new StringBuilder("using System.ComponentModel.DataAnnotations;\nusing System.Text.Json.Serialization;\npartial class App\n{\n");
        if (provides)
            text.Append("    [Provide(Challenge = \"Bearer\")] Account? Me([Header(\"Authorization\")] string? authorization) => null;\n"
                + "    [Provide] Rights RightsOf(Account me) => new(me);\n    [Provide] Connection Connect() => new();\n");
        for (int i = 0; i < routes; i++)
            text.Append(CultureInfo.InvariantCulture, $"    [Post(\"/area{i % 50}/things{i}/{{id}}\")] string Thing{i}([Range(1, 9)] int id, Thing{i}Body body{provided}) => $\"{i}\";\n");
        text.Append("}\n");
        if (provides)
            text.Append("sealed record Account(string Name);\nsealed record Rights(Account Of);\nsealed class Connection : IDisposable { public void Dispose() { } }\n");
        for (int i = 0; i < routes; i++)
            text.Append(CultureInfo.InvariantCulture, $"record Thing{i}Body([Required, StringLength(20)] string Name, [Range(1, {i})] int Count, [MaxLength(3)] string[]? Tags, [EmailAddress] string? Mail, Thing{i}Body? Next);\n");
        for (int i = 0; i < routes; i++)
            text.Append(CultureInfo.InvariantCulture, $"[JsonSerializable(typeof(Thing{i}Body))]\n");
        return text.Append("partial class AppJson : JsonSerializerContext;\n").ToString().Replace("Range(1, 0)", "Range(0, 0)", StringComparison.Ordinal);
    }

    /// <summary>What this thread has used of a processor; elsewhere than on Linux, the time of day.</summary>
    private static double Milliseconds()
    {
        if (!OperatingSystem.IsLinux()) return Stopwatch.GetTimestamp() * 1000.0 / Stopwatch.Frequency;

        _ = TimeOf(ClockOfThread, out TimeSpec time);
        return time.Seconds * 1000.0 + time.Nanoseconds / 1e6;
    }

    // CLOCK_THREAD_CPUTIME_ID
    private const int ClockOfThread = 3;

    [DllImport("libc", EntryPoint = "clock_gettime")] private static extern int TimeOf(int clock, out TimeSpec time);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public nint Seconds, Nanoseconds;
    }

    /// <summary>Runs a driver, and counts the declarations that are bound and the tables that are written.</summary>
    private static (GeneratorDriver Driver, (int Asked, int Emitted) Counted) Run(GeneratorDriver driver, Compilation compilation)
    {
        int asked = 0, emitted = 0;
        Model.Guard.Probe = step =>
        {
            if (step.StartsWith(StepNames.Parse + " Thing", StringComparison.Ordinal)) asked++;
            else if (step.StartsWith(StepNames.Emit + " ", StringComparison.Ordinal)) emitted++;
        };
        try
        {
            return (driver.RunGenerators(compilation), (asked, emitted));
        }
        finally
        {
            Model.Guard.Probe = null;
        }
    }

    private static string AppOf(int routes)
    {
        var text = new StringBuilder("partial class App\n{\n");
        for (int i = 0; i < routes; i++)
            text.Append(CultureInfo.InvariantCulture, $"    [Get(\"/area{i % 50}/things{i}/{{id}}\")] string Thing{i}(int id, string? q = null) => $\"{{id}} {i}\";\n");
        text.Replace("Thing7(int id", "Thing7(int id, string page = Elsewhere.Names.Page");
        return text.Append("}\n").ToString();
    }
}
