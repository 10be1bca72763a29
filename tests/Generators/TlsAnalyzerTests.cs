using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Prebake.Generators.Analyze;

namespace Prebake.Generators.Tests;

/// <summary>What is said of constants in the options of TLS, and what is left alone.</summary>
public sealed class TlsAnalyzerTests
{
    [Theory]
    [InlineData("TlsOptions.FromPem(\"cert.pem\", Read())", "PB0132 \"cert.pem\"")]
    [InlineData("TlsOptions.FromPem(Read(), \"/etc/key.pem\")", "PB0132 \"/etc/key.pem\"")]
    [InlineData("TlsOptions.FromPemFiles(\"-----BEGIN CERTIFICATE-----\", Read())", "PB0132 \"-----BEGIN CERTIFICATE-----\"")]
    [InlineData("TlsOptions.FromPemFiles(\"site.PFX\", \"site.pfx\")", "PB0132 \"site.PFX\"", "PB0132 \"site.pfx\"")]
    [InlineData("TlsOptions.FromPkcs12File(\"cert.pem\")", "PB0132 \"cert.pem\"")]
    [InlineData("TlsOptions.FromPem(Read(), \"-----BEGIN PRIVATE KEY-----\")", "PB0137 \"-----BEGIN PRIVATE KEY-----\"")]
    [InlineData("TlsOptions.FromPemFiles(\"a\", \"b\", \"secret\")", "PB0133 \"secret\"")]
    [InlineData("TlsOptions.FromPemFiles(passphrase: Secret, certificate: \"a\", key: \"b\")", "PB0133 Secret")]
    [InlineData("TlsOptions.FromPkcs12File(\"site.pfx\", \"secret\")", "PB0133 \"secret\"")]
    [InlineData("TlsOptions.FromPemFiles(\"\", \"b\")", "PB0134 \"\"")]
    [InlineData("TlsOptions.FromPemFiles(\"a\", \"\")", "PB0134 \"\"")]
    [InlineData("TlsOptions.FromPemFiles(\"cert.pem\", \"key.pem\")")]
    [InlineData("TlsOptions.FromPemFiles(Read(), Read(), Read())")]
    [InlineData("TlsOptions.FromPem(Read(), Read())")]
    [InlineData("TlsOptions.FromPem(\"-----BEGIN CERTIFICATE-----\", Read())")]
    [InlineData("TlsOptions.FromPkcs12File(\"site.pfx\", \"\")")]
    [InlineData("TlsOptions.FromPkcs12File(\"site.pfx\")")]
    [InlineData("TlsOptions.Development")]
    public async Task Of_one_certificate(string expression, params string[] expected) =>
        Assert.Equal(expected, await Said($"class C {{ const string Secret = \"open\"; string Read() => \"\"; TlsOptions T() => {expression}; }}"));

    [Theory]
    [InlineData("[A, B with { ServerName = \"b.test\" }, A with { ServerName = \"B.TEST.\" }]", "PB0135 \"B.TEST.\"")]
    [InlineData("new[] { A with { ServerName = \"a.test\" }, B with { ServerName = \"a.test\" } }", "PB0135 \"a.test\"")]
    [InlineData("[Made(), TlsOptions.FromPemFiles(\"a\", \"b\")]", "PB0136 TlsOptions.FromPemFiles(\"a\", \"b\")")]
    [InlineData("[A, TlsOptions.Development with { LowMemory = true }]", "PB0136 TlsOptions.Development with { LowMemory = true }")]
    [InlineData("[A, (TlsOptions.Development with { ServerName = \"x.test\" }) with { LowMemory = true }]")]
    [InlineData("[A, B, Made()]")]
    [InlineData("[.. Many, TlsOptions.FromPemFiles(\"a\", \"b\")]")]
    [InlineData("[A with { ServerName = \"a.test\" }, B with { ServerName = \"*.a.test\" }]")]
    [InlineData("[TlsOptions.FromPemFiles(\"a\", \"b\")]")]
    public async Task Of_several_certificates(string list, params string[] expected) => Assert.Equal(expected, await Said(
        $"class C {{ TlsOptions A = Made(), B = Made(); TlsOptions[] Many = []; static TlsOptions Made() => null!; ServeOptions O() => new() {{ Tls = {list} }}; }}"));

    [Theory]
    [InlineData("[Serve(Certificate = \"a.pem\", Key = \"a.key\", HttpsRedirect = 80)]", "Tls = [global::Prebake.TlsOptions.FromPemFiles(\"a.pem\", \"a.key\")]", "HttpsRedirect = 80")]
    [InlineData("[Serve(HttpsRedirect = 8080, HttpsRedirectTo = 443)]", "HttpsRedirect = 8080", "HttpsRedirectTo = 443")]
    public void Serve_takes_a_pair(string attribute, params string[] expected)
    {
        Generated generated = Harness.Generate(attribute + " partial class App { [Fetch] string A() => \"\"; }", kind: OutputKind.ConsoleApplication);
        generated.AssertCompiles();
        string main = generated.Output.SyntaxTrees.Single(tree => tree.FilePath.EndsWith("Program.g.cs", StringComparison.Ordinal)).ToString();
        foreach (string text in expected) Assert.Contains(text, main);
    }

    [Theory]
    [InlineData("[Hsts] partial class App", "max-age=31536000")]
    [InlineData("[Hsts(1)] partial class App", "max-age=86400")]
    [InlineData("[Hsts(0)] partial class App", "max-age=0")]
    [InlineData("[Hsts(730, IncludeSubDomains = true, Preload = true)] partial class App", "max-age=63072000; includeSubDomains; preload")]
    [InlineData("[assembly: Hsts(2)] partial class App", "max-age=172800")]
    [InlineData("[assembly: Hsts(2)] [Hsts(1)] partial class App", "max-age=86400")]
    [InlineData("partial class App", null)]
    public void Hsts_is_a_constant_of_the_table(string head, string? expected)
    {
        Generated generated = Harness.Generate(head + " { [Fetch] string A() => \"\"; }");
        generated.AssertCompiles();
        Assert.Empty(generated.Diagnostics);
        string table = generated.Output.SyntaxTrees.Single(tree => tree.FilePath.EndsWith("Routes.g.cs", StringComparison.Ordinal)).ToString();
        if (expected is null) Assert.DoesNotContain("Strict-Transport-Security", table);
        else Assert.Contains($"\"Strict-Transport-Security: {expected}\\r\\n\"", table);
    }

    private static async Task<string[]> Said(string source)
    {
        Generated generated = Harness.Generate(source);
        Assert.DoesNotContain(generated.CompilerDiagnostics, found => found.Severity is DiagnosticSeverity.Error);
        ImmutableArray<Diagnostic> found = await generated.Output.WithAnalyzers([new TlsAnalyzer()]).GetAnalyzerDiagnosticsAsync();
        return [.. found.OrderBy(each => each.Location.SourceSpan.Start).Select(each =>
            each.Id + " " + each.Location.SourceTree!.ToString().Substring(each.Location.SourceSpan.Start, each.Location.SourceSpan.Length))];
    }
}
