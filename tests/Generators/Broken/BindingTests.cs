using Prebake.Routing;

namespace Prebake.Generators.Tests.Broken;

/// <summary>What .NET itself writes is read, and the same on every machine.</summary>
public sealed class BindingTests
{
    private static readonly Lazy<RouteTable[]> s_tables = new(() => [.. new[] { false, true }.Select(debug => Harness.Generate("""
        [Flags] public enum Rights { Read = 1, Write = 2, Größe = 4 }
        public enum Color { Rot, Grün, grau, GRAU }
        public partial class App
        {
            [Get("/color/{x}")] string ByColor(Color x) => x.ToString();
            [Get("/rights/{x}")] string ByRights(Rights x) => x.ToString();
            [Get("/guid/{x}")] string ByGuid(Guid x) => x.ToString();
            [Get("/bool/{x}")] string ByBool(bool x) => x.ToString();
            [Get("/time/{x}")] string ByTime(DateTime x) => x.ToString("O");
            [Get("/offset/{x}")] string ByOffset(DateTimeOffset x) => x.ToString("O");
            [Get("/q")] string Query(int? n, bool? b, Color? c, DateTime? t, Rights? r, string? s, int? five = 5) => $"{n}|{b}|{c}|{t:O}|{r}|{s}|{five}";
            [Get("/strict")] string Strict(int n = 1) => "" + n;
        }
        """, debug).AssertClean().Table())]);

    [Theory]
    [InlineData("/color/Gr%C3%BCn", "", "text Grün")]
    [InlineData("/color/gr%C3%9CN", "", "text Grün")]
    [InlineData("/color/rot", "", "text Rot")]
    [InlineData("/color/grau", "", "text grau")]
    [InlineData("/color/GRAU", "", "text GRAU")]
    [InlineData("/color/gr%FFn", "", "400")]
    [InlineData("/rights/read", "", "text Read")]
    [InlineData("/rights/Read,Write", "", "text Read, Write")]
    [InlineData("/rights/Read,%20Gr%C3%B6%C3%9Fe", "", "text Read, Größe")]
    [InlineData("/rights/0", "", "text 0")]
    [InlineData("/rights/Read,", "", "400")]
    [InlineData("/rights/,Read", "", "400")]
    [InlineData("/rights/Read,None", "", "400")]
    [InlineData("/guid/00000000000000000000000000000001", "", "text 00000000-0000-0000-0000-000000000001")]
    [InlineData("/guid/00000000-0000-0000-0000-000000000001", "", "text 00000000-0000-0000-0000-000000000001")]
    [InlineData("/guid/(00000000-0000-0000-0000-000000000001)", "", "text 00000000-0000-0000-0000-000000000001")]
    [InlineData("/guid/%7B00000000-0000-0000-0000-000000000001%7D", "", "text 00000000-0000-0000-0000-000000000001")]
    [InlineData("/guid/0000000000000000000000000000000", "", "400")]
    [InlineData("/guid/%7B00000000-0000-0000-0000-000000000001)", "", "400")]
    [InlineData("/bool/True", "", "text True")]
    [InlineData("/bool/FALSE", "", "text False")]
    [InlineData("/bool/1", "", "400")]
    [InlineData("/time/2026-01-02T03:04:05Z", "", "text 2026-01-02T03:04:05.0000000Z")]
    [InlineData("/time/2026-01-02T03:04:05+02:00", "", "text 2026-01-02T01:04:05.0000000Z")]
    [InlineData("/time/2026-01-02T03:04:05", "", "text 2026-01-02T03:04:05.0000000")]
    [InlineData("/time/tomorrow", "", "400")]
    [InlineData("/offset/2026-01-02T03:04:05+02:00", "", "text 2026-01-02T03:04:05.0000000+02:00")]
    [InlineData("/offset/2026-01-02T03:04:05", "", "text 2026-01-02T03:04:05.0000000+00:00")]
    [InlineData("/q", "n=&b=&c=&t=&r=&s=&five=", "text ||||||")]
    [InlineData("/q", "", "text ||||||5")]
    [InlineData("/q", "n=1&b=True&c=gr%C3%BCn&t=2026-01-02T00%3A00%3A00Z&r=Read,Write&s=x", "text 1|True|Grün|2026-01-02T00:00:00.0000000Z|Read, Write|x|5")]
    [InlineData("/q", "n=x", "bad n")]
    [InlineData("/strict", "n=", "bad n")]
    public void A_value_is_read_or_refused(string path, string query, string expected)
    {
        foreach (RouteTable table in s_tables.Value) Assert.Equal(expected, FakeExchange.Send(table, "GET", path, query));
    }

    [Fact]
    public void A_link_leads_to_the_member_that_it_was_made_for() =>
        Assert.Equal("text Grün", FakeExchange.Send(s_tables.Value[0], "GET", "/color/" + Link.Segment("Grün")));

    [Theory]
    [InlineData("int", "double", false)]
    [InlineData("Guid", "double", false)]
    [InlineData("Guid", "decimal", false)]
    [InlineData("Guid", "int", true)]
    [InlineData("DateOnly", "Guid", true)]
    public void Two_routes_of_one_shape_need_types_whose_texts_never_look_alike(string one, string other, bool isFine)
    {
        string source = $$"""partial class App { [Get("/{a}")] string A({{one}} a) => ""; [Get("/{b}")] string B({{other}} b) => ""; }""";
        Assert.Equal(isFine ? [] : ["PB0040"], Harness.Generate(source).Diagnostics.Select(diagnostic => diagnostic.Id));
    }

    [Fact]
    public void The_largest_limit_is_none_and_every_other_fits_the_server()
    {
        RouteTable table = Harness.Generate("""
            public partial class App
            {
                [Get("/a"), MaxBody(long.MaxValue), IdleTimeout(double.MaxValue)] string A() => "";
                [Get("/b"), MaxBody(0), IdleTimeout(double.PositiveInfinity)] string B() => "";
                [Get("/c"), IdleTimeout(2073600)] string C() => "";
                [Get("/d"), IdleTimeout(0.001)] string D() => "";
                [Get("/e"), Deadline(0.001)] string E() => "";
                [Get("/f"), Deadline(double.PositiveInfinity)] string F() => "";
            }
            """).AssertClean().Table();
        Assert.Equal(new RouteLimits(long.MaxValue, Timeout.InfiniteTimeSpan), Limits("/a"));
        Assert.Equal(new RouteLimits(0, Timeout.InfiniteTimeSpan), Limits("/b"));
        Assert.Equal(new RouteLimits(null, TimeSpan.FromDays(24)), Limits("/c"));
        Assert.Equal(new RouteLimits(null, TimeSpan.FromMilliseconds(1)), Limits("/d"));
        Assert.Equal(new RouteLimits(null, null, TimeSpan.FromMilliseconds(1)), Limits("/e"));
        Assert.Equal(default, Limits("/f"));

        RouteLimits Limits(string path) => table.LimitsOf(table.Find(HttpMethod.Get, System.Text.Encoding.ASCII.GetBytes(path)));
    }
}
