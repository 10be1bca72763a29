using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Prebake.Generators.Tests.Broken;

/// <summary>What the generator does when a step of its own throws: one message at the class, and all other apps keep their tables.</summary>
public sealed class LastResortTests
{
    private const string Source = """
        partial class Bad { [Get("/")] string A() => ""; [Get("/b")] string B() => ""; }
        partial class Good { [Get("/")] string A() => "good"; }
        """;

    [Theory]
    [InlineData(StepNames.Parse + " A")]
    [InlineData(StepNames.Tables + " Bad")]
    [InlineData(StepNames.Checks + " Bad")]
    [InlineData(StepNames.Emit + " Bad")]
    public void A_step_that_throws_is_one_message_and_one_table_less(string step)
    {
        // Both apps have a member A: only one of them is to fail
        string source = Source.Replace("Good { [Get(\"/\")] string A()", "Good { [Get(\"/\")] string Home()");
        Generated generated = WhileThrowing(step, () => Harness.Generate(Harness.Compile(source)));

        Diagnostic only = Assert.Single(generated.Diagnostics);
        Assert.Equal("PB0004", only.Id);
        Assert.Contains("InvalidOperationException: made by a test", only.GetMessage(System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal("Bad", source.Substring(only.Location.SourceSpan.Start, only.Location.SourceSpan.Length));
        Assert.Equal("text good", FakeExchange.Send(generated.AssertCompiles().Table("Good"), "GET", "/"));
        Assert.Equal("404", FakeExchange.Send(generated.Table("Bad"), "GET", "/b"));
    }

    [Fact]
    public void A_list_of_files_that_cannot_be_read_costs_the_apps_with_files_only()
    {
        const string Files = "project\t/nowhere\nfile\tlogo.svg\t\tnot numbers\n";
        Generated generated = Harness.Generate(Harness.Compile("""
            [StaticFile("/logo.svg", "logo.svg")] partial class Bad { [Get("/")] string A() => ""; }
            partial class Good { [Get("/")] string A() => "good"; }
            """), files: Files);

        Assert.Equal("PB0004", Assert.Single(generated.Diagnostics).Id);
        Assert.Equal("text good", FakeExchange.Send(generated.AssertCompiles().Table("Good"), "GET", "/"));
    }

    [Theory]
    [InlineData(StepNames.Serve)]
    [InlineData(StepNames.Json)]
    public void Steps_beside_the_tables_fail_alone(string step)
    {
        string apps = """
            using System.Text.Json.Serialization;
            [Serve] public partial class App { [Get("/")] string A() => "a"; }
            [JsonSerializable(typeof(int))] partial class AppJson : JsonSerializerContext;
            """ + Json.Half("AppJson", ("int", "Int32"));
        Generated generated = WhileThrowing(step, () => Harness.Generate(Harness.Compile(apps, kind: OutputKind.ConsoleApplication)));
        Assert.Equal("PB0004", Assert.Single(generated.Diagnostics).Id);
        Assert.NotEqual(Location.None, generated.Diagnostics[0].Location);
        Assert.Equal("text a", FakeExchange.Send(generated.Table(), "GET", "/"));
    }

    private static T WhileThrowing<T>(string step, Func<T> run)
    {
        Model.Guard.Probe = name => { if (name.StartsWith(step, StringComparison.Ordinal)) throw new InvalidOperationException("made by a test"); };
        try
        {
            return run();
        }
        finally
        {
            Model.Guard.Probe = null;
        }
    }
}
