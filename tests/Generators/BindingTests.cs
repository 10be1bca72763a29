namespace Prebake.Generators.Tests;

/// <summary>Lists, types that stand for several parameters, and what is wrong with a request said all at once.</summary>
public sealed class BindingTests
{
    private static readonly Lazy<RouteTable> s_release = new(() => Harness.Generate(Source, debug: false).AssertClean().Table());
    private static readonly Lazy<RouteTable> s_debug = new(() => Harness.Generate(Source, debug: true).AssertClean().Table());

    private static string Source => """
        using System.Text.Json.Serialization;

        public enum Color { Red, Green }
        public sealed record Item(string Name, int Count);

        [Parameters] public record struct Paging(int Limit = 20, int Offset = 0);
        [Parameters] public sealed record Search(string Text, Color? Color, [Query("t")] string[] Tags, [Header("X-Lang")] string Language = "en");
        public sealed class Filter
        {
            public int Least { get; set; } = 5;
            public string Order { get; set; } = "name";
            public required Guid Tenant { get; init; }
            public int? Most { get; init; }
            public List<int>? Ids { get; set; } = [1];
            public int Sum => Least + 1;
        }
        [Parameters] public sealed record Key(string Slug, int Version = 1);

        [JsonSerializable(typeof(Item))] partial class AppJson : JsonSerializerContext;

        public partial class App
        {
            [Get("/tags")] string Tags(string[] tag) => tag.Length + " " + string.Join(",", tag);
            [Get("/ids")] string Ids(List<int> id) => string.Join(",", id);
            [Get("/readonly")] string ReadOnly(IReadOnlyList<Guid> id, IEnumerable<Color> color) => id.Count + " " + string.Join(",", color);
            [Get("/maybe")] string Maybe(string[]? tag, [Query("x-id")] IList<long>? ids = null) => (tag?.Length ?? -1) + " " + (ids?.Count ?? -1);
            [Post("/both")] string Both([Query] int[] id, [Body] string text) => id.Length + text;
            [Get("/paging")] string Paged(Paging paging) => paging.Limit + " " + paging.Offset;
            [Get("/search")] string Found(Search search, int page = 1) => $"{search.Text} {search.Color} {string.Join("+", search.Tags)} {search.Language} {page}";
            [Get("/filter")] string Filtered([Parameters] Filter filter) => $"{filter.Least} {filter.Order} {filter.Tenant} {filter.Most} {string.Join("+", filter.Ids ?? [])}";
            [Get("/at/{slug}/{version}")] string At(Key key, int limit = 3) => $"{key.Slug} {key.Version} {limit}";
            [Get("/several")] string Several(int a, [Header("X-B")] DateOnly b, Color c = Color.Red, TimeSpan? d = null) => $"{a} {b.Day} {c} {d}";
            [Post("/mixed")] string Mixed(Item item, [Query] int times) => item.Name + times;
            [Post("/perhaps")] string Perhaps(Item? item, [Query] int times = 1) => (item?.Name ?? "none") + times;
            [HttpQuery("/find")] string Find(Item item) => "found " + item.Name;
            [Get("/names")] string Names(string errors, int[] errors_, int exchange, string query, int found = 1) => errors + errors_.Length + exchange + query + found;
        }
        """ + "\n" + Json.Half("AppJson", ("Item", "Item"));

    private static string Send(bool debug, string method, string path, string query = "", string body = "", params (string, string)[] fields) =>
        FakeExchange.Send((debug ? s_debug : s_release).Value, method, path, query, body, fields);

    [Theory]
    [InlineData("/tags", "", "text 0 ")]
    [InlineData("/tags", "tag=a", "text 1 a")]
    [InlineData("/tags", "tag=a&x=1&tag=b%20c&tag", "text 3 a,b c,")]
    [InlineData("/ids", "id=1&id=2", "text 1,2")]
    [InlineData("/ids", "id=1&id=x&id=y", "bad id")]
    [InlineData("/readonly", "color=red&color=Green", "text 0 Red,Green")]
    [InlineData("/readonly", "color=blue&id=7", "400 Parts of the request are missing or have invalid values. [id is missing or has an invalid value, color is missing or has an invalid value]")]
    [InlineData("/maybe", "", "text -1 -1")]
    [InlineData("/maybe", "tag=&x-id=1&x-id=2", "text 1 2")]
    [InlineData("/paging", "", "text 20 0")]
    [InlineData("/paging", "limit=5&offset=7", "text 5 7")]
    [InlineData("/paging", "limit=x&offset=y", "400 Parts of the request are missing or have invalid values. [limit is missing or has an invalid value, offset is missing or has an invalid value]")]
    [InlineData("/search", "text=a&t=1&t=2&page=3", "text a  1+2 en 3")]
    [InlineData("/search", "color=Green&page=x", "400 Parts of the request are missing or have invalid values. [text is missing or has an invalid value, page is missing or has an invalid value]")]
    [InlineData("/filter", "tenant=6f9619ff-8b86-d011-b42d-00c04fc964ff", "text 5 name 6f9619ff-8b86-d011-b42d-00c04fc964ff  1")]
    [InlineData("/filter", "tenant=6f9619ff-8b86-d011-b42d-00c04fc964ff&least=1&order=x&most=3&ids=4&ids=5", "text 1 x 6f9619ff-8b86-d011-b42d-00c04fc964ff 3 4+5")]
    [InlineData("/filter", "least=x", "400 Parts of the request are missing or have invalid values. [least is missing or has an invalid value, tenant is missing or has an invalid value]")]
    [InlineData("/at/some%20thing/7", "", "text some thing 7 3")]
    [InlineData("/at/a/x", "", "400")]
    [InlineData("/several", "", "400 Parts of the request are missing or have invalid values. [a is missing or has an invalid value, X-B is missing or has an invalid value]")]
    [InlineData("/names", "errors=a&errors_=1&exchange=2&query=q", "text a12q1")]
    public void A_request_is_read(string path, string query, string answer)
    {
        Assert.Equal(answer, Send(false, "GET", path, query));
        Assert.Equal(answer, Send(true, "GET", path, query));
    }

    [Theory]
    [InlineData("/both", "id=1&id=2", "x", "text 2x")]
    [InlineData("/mixed", "times=2", """{"Name":"a","Count":1}""", "text a2")]
    [InlineData("/mixed", "", "", "400 Parts of the request are missing or have invalid values. [$ is required, times is missing or has an invalid value]")]
    [InlineData("/mixed", "times=2", "null", "missing body")]
    [InlineData("/mixed", "times=x", """{"Name":"a","Count":"b"}""", "400 Parts of the request are missing or have invalid values. [Count has an invalid value, times is missing or has an invalid value]")]
    [InlineData("/mixed", "times=1", """{"Name":""", "400 not the JSON [$ is not JSON]")]
    [InlineData("/perhaps", "", "", "text none1")]
    public void A_body_is_read_beside_the_rest(string path, string query, string body, string answer)
    {
        Assert.Equal(answer, Send(false, "POST", path, query, body));
        Assert.Equal(answer, Send(true, "POST", path, query, body));
    }

    [Fact]
    public void Query_is_a_method()
    {
        Assert.Equal("text found a", Send(false, "QUERY", "/find", "", """{"Name":"a","Count":1}"""));
        Assert.Equal("405 OPTIONS, QUERY", Send(false, "GET", "/find"));
    }

    [Fact]
    public void Links_know_the_members()
    {
        string source = Harness.Generate(Source).AssertClean().Source;
        Assert.Contains("public static string At(string slug, int version", source);
        Assert.Contains("public static string Paged(int? limit = null, int? offset = null)", source);
    }
}
