using System.Text;
using Prebake.Tls;

namespace Prebake.Tests.Tls;

/// <summary>Which certificate a name gets, and which names can be given.</summary>
public sealed class ServerNameTests
{
    [Theory]
    [InlineData("example.com", "example.com")]
    [InlineData("EXAMPLE.com.", "example.com")]
    [InlineData("*.Example.com", "*.example.com")]
    [InlineData("bücher.example", "xn--bcher-kva.example")]
    [InlineData("*.BÜCHER.example.", "*.xn--bcher-kva.example")]
    [InlineData("localhost", "localhost")]
    [InlineData("_service.a-b.c1", "_service.a-b.c1")]
    public void A_name_has_one_form(string given, string expected) => Assert.Equal(expected, ServerName.Normalize(given));

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("*")]
    [InlineData("*.")]
    [InlineData("a.*.example")]
    [InlineData("a*.example")]
    [InlineData("**.example")]
    [InlineData("a..example")]
    [InlineData(".example")]
    [InlineData("https://example.com")]
    [InlineData("example.com:443")]
    [InlineData("a b.example")]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("[::1]")]
    [InlineData("a.test..")]
    public void What_no_client_can_ask_for_is_refused(string given)
    {
        ArgumentException e = Assert.Throws<ArgumentException>(() => ServerName.Normalize(given));
        Assert.StartsWith($"The \"TlsOptions.ServerName\" \"{given}\" ", e.Message);
        Assert.EndsWith(".", e.Message);
    }

    [Theory]
    [InlineData("first.test", 0)]
    [InlineData("", 0)]
    [InlineData("other.test", 0)]
    [InlineData("exact.wild.test", 1)]
    [InlineData("EXACT.Wild.test.", 1)]
    [InlineData("any.wild.test", 2)]
    [InlineData("ANY.WILD.TEST.", 2)]
    [InlineData("two.labels.wild.test", 0)]
    [InlineData("wild.test", 0)]
    [InlineData(".wild.test", 0)]
    [InlineData("*.wild.test", 2)]
    [InlineData("exact.wild.test..", 0)]
    public void A_name_gets_its_certificate(string asked, int expected)
    {
        (TlsContexts contexts, List<TlsContext> made) = Make(Named(null), Named("exact.wild.test"), Named("*.WILD.test"));
        Assert.Same(made[expected], contexts.Find(Encoding.Latin1.GetBytes(asked)));
    }

    [Fact]
    public void A_name_that_is_too_long_or_no_text_gets_the_first_certificate()
    {
        (TlsContexts contexts, List<TlsContext> made) = Make(Named(null), Named("b.test"));
        Assert.Same(made[0], contexts.Find(new byte[300]));
        Assert.Same(made[0], contexts.Find([0xff, 0x00, 0x2e, 0x80]));
        Assert.Same(made[0], contexts.Find(new string('.', 255).Select(c => (byte)c).ToArray()));
    }

    [Fact]
    public void Others_are_refused_where_the_option_says_so()
    {
        (TlsContexts contexts, List<TlsContext> made) = Make(Named("a.test") with { RefuseOtherNames = true }, Named("*.b.test"));
        Assert.Same(made[0], contexts.Find("a.test"u8));
        Assert.Same(made[1], contexts.Find("x.b.test"u8));
        Assert.Null(contexts.Find("c.test"u8));
        Assert.Null(contexts.Find(default));
        Assert.Null(contexts.Find(new byte[300]));
    }

    [Fact]
    public void What_is_wrong_with_a_list_is_said_before_anything_is_read()
    {
        Says("A server with several certificates needs \"TlsOptions.ServerName\"", Named("a.test"), Named(null));
        Says("Two certificates have the \"TlsOptions.ServerName\" \"A.test.\"", Named("a.test"), Named("A.test."));
        Says("Two certificates have the \"TlsOptions.ServerName\"", Named("*.a.test"), Named("b.test"), Named("*.A.test"));
        Says("\"TlsOptions.RefuseOtherNames\" concerns the whole server", Named("a.test"), Named("b.test") with { RefuseOtherNames = true });
        Says("\"TlsOptions.RefuseOtherNames\" needs", Named(null) with { RefuseOtherNames = true });
        Says("The certificate at index 1", Named("a.test"), null!);

        static void Says(string expected, params TlsOptions[] options) => Assert.StartsWith(expected,
            Assert.Throws<ArgumentException>(() => new TlsContexts(options, _ => throw new InvalidOperationException("read"))).Message);
    }

    [Fact]
    public void A_host_that_asks_for_client_certificates_is_served_on_its_own_connections_only()
    {
        TlsOptions guarded = Named("b.test") with { ClientCertificates = ClientCertificates.Allow("none.pem") };
        (_, List<TlsContext> made) = Make(Named("a.test"), guarded, Named("*.c.test"));

        foreach (TlsContext other in (TlsContext[])[made[0], made[2]])
        {
            Assert.False(Includes(other, "b.test"));
            Assert.False(Includes(other, "B.Test.:443"));
            foreach (string host in (string[])["", "a.test", "x.c.test:8443", "b.test.test", "127.0.0.1:443", "[::1]:443"])
                Assert.True(Includes(other, host), host);
        }

        Assert.Null(made[1].Hosts);

        // What is nobody's name is the first one's, unless that has a name
        (_, made) = Make(guarded, Named("a.test"));
        Assert.False(Includes(made[1], "b.test"));
        Assert.True(Includes(made[1], "other.test"));
        (_, made) = Make(guarded with { ServerName = null }, Named("a.test"));
        Assert.False(Includes(made[1], "other.test"));
        Assert.False(Includes(made[1], "[::1]"));
        Assert.True(Includes(made[1], "a.test:1"));

        static bool Includes(TlsContext context, string host) => context.Hosts!.Include(Encoding.ASCII.GetBytes(host));
    }

    private static TlsOptions Named(string? name) => TlsOptions.FromPemFiles("none.pem", "none.key") with { ServerName = name };

    private static (TlsContexts Contexts, List<TlsContext> Made) Make(params TlsOptions[] options)
    {
        var made = new List<TlsContext>();
        return (new TlsContexts(options, each =>
        {
            made.Add(new Context(each.ClientCertificates is not null));
            return made[^1];
        }), made);
    }

    private sealed class Context(bool asks) : TlsContext
    {
        public override bool AsksForCertificate => asks;
    }
}
