namespace Prebake.Generators.Tests;

/// <summary>Attributes of DataAnnotations and <c>[Validate]</c>: what a request must be, and what is said when it is not.</summary>
public sealed class ValidationTests
{
    private static readonly Lazy<RouteTable> s_release = new(() => Harness.Generate(Source, debug: false).AssertClean().Table());
    private static readonly Lazy<RouteTable> s_debug = new(() => Harness.Generate(Source, debug: true).AssertClean().Table());

    private static string Source => """
        using System.ComponentModel.DataAnnotations;
        using System.Text.Json.Serialization;

        public enum Size { Small = 1, Large = 2 }

        public sealed class EvenAttribute(int from) : ValidationAttribute("{0} must be even")
        {
            public string? Note { get; set; }
            public override bool IsValid(object? value) => value is null || value is int number && number >= from && number % 2 == 0;
        }

        public sealed record Article(
            [Required, StringLength(10, MinimumLength = 2)] string Title,
            [Required(AllowEmptyStrings = true)] string Body,
            [MaxLength(2)] string[]? Tags,
            [Range(1, 5)] int Stars = 1,
            Author? Author = null,
            [Length(1, 2, ErrorMessage = "{0} has from {1} to {2} of them")] List<Author>? Others = null);

        public sealed class Author
        {
            [Required] public string? Name { get; set; }
            [EmailAddress, Display(Name = "The address")] public string? Mail { get; set; }
            [JsonPropertyName("home-page"), Url] public string? Page { get; set; }
            [RegularExpression("[a-z]+-[0-9]{2}")] public string? Code { get; set; }
            [RegularExpression("(?=a)[a-z]+", ErrorMessage = "{0} must begin with a, as in {1}")] public string? Ahead { get; set; }
        }

        public sealed class Values
        {
            [AllowedValues("a", "b", null)] public string? Allowed { get; set; }
            [DeniedValues(1, 2)] public int? Denied { get; set; }
            [EnumDataType(typeof(Size))] public Size Size { get; set; } = Size.Small;
            [Base64String] public string? Bytes { get; set; }
            [Phone] public string? Phone { get; set; }
            [CreditCard] public string? Card { get; set; }
            [Range(0.5, 1.5)] public double Factor { get; set; } = 1;
            [Range(typeof(decimal), "0.01", "9.99", MaximumIsExclusive = true)] public decimal? Price { get; set; }
            [Range(typeof(DateOnly), "2020-01-01", "2020-12-31")] public DateOnly? Day { get; set; }
            [Range(0, int.MaxValue)] public int Positive { get; set; }
            [Even(2, Note = "n")] public int? Even { get; set; }
            [Even(2, ErrorMessage = "is odd")] public int Own { get; set; } = 2;
            public string? Password { get; set; }
            [Compare("Password")] public string? Again { get; set; }
        }

        public sealed class Node
        {
            [Range(0, 9)] public int Value { get; set; }
            public Node? Next { get; set; }
            public List<Node?>? Children { get; set; }
            public Dictionary<string, Node>? Named { get; set; }
            public Node Endless => new() { Value = 99 };
        }

        public sealed record Page<T>([Range(1, 9)] int Number, IReadOnlyList<T> Items);
        public sealed record Tag([MinLength(2)] string Name);

        public sealed class Stay : IValidatableObject
        {
            [Range(1, 9)] public int From { get; set; }
            public int To { get; set; } = 9;
            public IEnumerable<ValidationResult> Validate(ValidationContext context)
            {
                if (To < From) yield return new("must not be before the beginning", [nameof(To)]);
            }
        }

        [JsonDerivedType(typeof(Dog), "dog")]
        public class Pet { [StringLength(3)] public string Name { get; set; } = ""; }
        public sealed class Dog : Pet { [Range(1, 20)] public int Age { get; set; } = 1; }

        [Parameters] public record struct Paging([Range(1, 100)] int Limit = 20, [StringLength(3)] string? Order = null);

        [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
        [JsonSerializable(typeof(Article)), JsonSerializable(typeof(Values)), JsonSerializable(typeof(Node)), JsonSerializable(typeof(Page<Tag>)),
         JsonSerializable(typeof(Stay)), JsonSerializable(typeof(Pet)), JsonSerializable(typeof(List<Tag>)), JsonSerializable(typeof(Account))]
        partial class AppJson : JsonSerializerContext;

        public sealed record Account(string UserName, [property: JsonPropertyName("mail")] string? Address);

        public partial class App
        {
            [Post("/article")] string Article(Article article) => "ok " + article.Title;
            [Post("/values")] string Values(Values values) => "ok";
            [Post("/node")] string Node(Node node) => "ok";
            [Post("/page")] string Page(Page<Tag> page) => "ok";
            [Post("/stay")] string Stay(Stay stay) => "ok";
            [Post("/pet")] string Pet(Pet pet) => "ok";
            [Post("/tags")] string Tags([MaxLength(2)] List<Tag> tags) => "ok";
            [Post("/text")] string Text([Body, StringLength(3)] string text) => "ok";
            [Get("/paging")] string Paged(Paging paging) => "ok " + paging.Limit;
            [Get("/range/{id}")] string Range([Range(1, 9)] int id, [Required, MinLength(2)] string? q, [MaxLength(2)] int[] n, [Range(1, 2)] int? m = 2) => "ok";
            [Get("/chars/{name}")] string Chars([StringLength(3), RegularExpression("[a-z]*")] ReadOnlySpan<char> name) => "ok";

            [Post("/account")] string Account(Account account) => "ok";
            [Post("/account/{id}")] async Task<string> AccountOf(int id, Account? account) { await Task.Yield(); return "ok " + id; }
            [Validate] void Free(Account account, Errors errors)
            {
                if (account.UserName == "admin") errors.Add(nameof(account.UserName), "is taken");
            }

            [Validate] async Task Mailed(Account account, Errors errors, CancellationToken aborted)
            {
                await Task.Yield();
                if (account.Address == "x") errors.Add(nameof(account.Address), "is not known");
            }

            [Get("/slug/{slug}")] string Slug(string slug) => "ok";
            [Validate] static void Known(string slug, Errors errors) { if (slug == "no") errors.Add("slug", "is not known"); }
        }
        """ + "\n" + Json.Half("AppJson", "PropertyNamingPolicy = System.Text.Json.JsonNamingPolicy.CamelCase",
            ("Article", "Article"), ("Values", "Values"), ("Node", "Node"), ("Page<Tag>", "PageTag"), ("Stay", "Stay"), ("Pet", "Pet"), ("List<Tag>", "ListTag"), ("Account", "Account"));

    [Theory]
    [InlineData("/article", """{"title":"hello","body":"","author":{"name":"a"}}""", "text ok hello")]
    [InlineData("/article", "{}", "422 The request has invalid values. [title is required, body is required]")]
    [InlineData("/article", """{"title":" ","body":"","stars":1}""", "422 The request has invalid values. [title is required]")]
    [InlineData("/article", """{"title":"a","body":"b","tags":["a","b","c"],"stars":6}""",
        "422 The request has invalid values. [title must have from 2 to 10 characters, tags must have at most 2 items, stars must be from 1 to 5]")]
    [InlineData("/article", """{"title":"abc","body":"b","stars":1,"author":{},"others":[{"name":"a"},{"mail":"x"},{"name":"b","mail":"a@b","home-page":"gopher://a","code":"A"}]}""",
        "422 The request has invalid values. [author.name is required, others others has from 1 to 2 of them, others[1].name is required, others[1].mail is not an e-mail address, "
        + "others[2].home-page is not an address that begins with http://, https:// or ftp://, others[2].code does not have the right form]")]
    [InlineData("/article", """{"title":"abc","body":"b","stars":1,"author":{"name":"a","mail":"","code":"ab-12","ahead":"b"}}""",
        "422 The request has invalid values. [author.mail is not an e-mail address, author.ahead ahead must begin with a, as in (?=a)[a-z]+]")]
    [InlineData("/article", """{"title":"abc","stars":"x"}""", "400 not the JSON [stars has an invalid value]")]
    [InlineData("/values", "{}", "text ok")]
    [InlineData("/values", """{"allowed":"c","denied":2,"size":3,"bytes":"-","phone":"x","card":"1","factor":2,"price":9.99,"day":"2021-01-01","positive":-1,"even":3,"own":3,"password":"a","again":"b"}""",
        "422 The request has invalid values. [allowed is not one of the allowed values, denied is one of the values that are not allowed, size is not one of the values that there are, "
        + "bytes is not base64, phone is not a phone number, card is not the number of a card, factor must be from 0.5 to 1.5, price must be at least 0.01 and less than 9.99, "
        + "day must be from 2020-01-01 to 2020-12-31, positive must be at least 0, even even must be even, own is odd, again is not the same as 'password']")]
    [InlineData("/values", """{"allowed":"a","denied":3,"size":2,"bytes":"YQ==","phone":"+1 (23) 45-6 ext. 7","card":"4111 1111 1111 1111","price":9.98,"day":"2020-06-01","password":"a","again":"a"}""", "text ok")]
    [InlineData("/node", """{"value":1,"next":{"value":2,"children":[null,{"value":3},{"value":10,"named":{"a b":{"value":11}}}]}}""",
        "422 The request has invalid values. [next.children[2].value must be from 0 to 9, next.children[2].named.a b.value must be from 0 to 9]")]
    [InlineData("/page", """{"number":1,"items":[{"name":"ab"},{"name":"a"}]}""", "422 The request has invalid values. [items[1].name must have at least 2 characters]")]
    [InlineData("/stay", """{"from":5,"to":3}""", "422 The request has invalid values. [to must not be before the beginning]")]
    [InlineData("/stay", """{"from":0,"to":-3}""", "422 The request has invalid values. [from must be from 1 to 9]")]
    [InlineData("/pet", """{"$type":"dog","name":"long","age":0}""", "422 The request has invalid values. [age must be from 1 to 20, name must have at most 3 characters]")]
    [InlineData("/tags", """[{"name":"ab"},{"name":"a"},null]""", "422 The request has invalid values. [tags must have at most 2 items, [1].name must have at least 2 characters]")]
    [InlineData("/text", "abcd", "422 The request has invalid values. [text must have at most 3 characters]")]
    [InlineData("/account", """{"userName":"a"}""", "text ok")]
    [InlineData("/account", """{"userName":"admin","mail":"x"}""", "422 The request has invalid values. [userName is taken, mail is not known]")]
    [InlineData("/account/1", """{"userName":"admin"}""", "422 The request has invalid values. [userName is taken]")]
    [InlineData("/account/1", "", "text ok 1")]
    public void A_body_is_checked(string path, string body, string answer)
    {
        Assert.Equal(answer, FakeExchange.Send(s_release.Value, "POST", path, "", body));
        Assert.Equal(answer, FakeExchange.Send(s_debug.Value, "POST", path, "", body));
    }

    [Theory]
    [InlineData("/paging", "", "text ok 20")]
    [InlineData("/paging", "limit=0&order=long", "422 The request has invalid values. [limit must be from 1 to 100, order must have at most 3 characters]")]
    [InlineData("/paging", "limit=x&order=long", "400 Parts of the request are missing or have invalid values. [limit is missing or has an invalid value, order must have at most 3 characters]")]
    [InlineData("/range/1", "q=ab", "text ok")]
    [InlineData("/range/10", "q=a&n=1&n=2&n=3&m=3", "422 The request has invalid values. [id must be from 1 to 9, q must have at least 2 characters, n must have at most 2 items, m must be from 1 to 2]")]
    [InlineData("/range/10", "q=", "422 The request has invalid values. [id must be from 1 to 9, q is required]")]
    [InlineData("/range/10", "", "400 Parts of the request are missing or have invalid values. [id must be from 1 to 9, q is missing or has an invalid value]")]
    [InlineData("/chars/abc", "", "text ok")]
    [InlineData("/chars/ABCD", "", "422 The request has invalid values. [name must have at most 3 characters, name does not have the right form]")]
    [InlineData("/slug/yes", "", "text ok")]
    [InlineData("/slug/no", "", "422 The request has invalid values. [slug is not known]")]
    public void A_parameter_is_checked(string path, string query, string answer)
    {
        Assert.Equal(answer, FakeExchange.Send(s_release.Value, "GET", path, query));
        Assert.Equal(answer, FakeExchange.Send(s_debug.Value, "GET", path, query));
    }

    [Fact]
    public void A_body_of_nothing_but_mistakes_gives_a_hundred_of_them()
    {
        string body = "[" + string.Join(",", Enumerable.Repeat("""{"name":"a"}""", 5_000)) + "]";
        string answer = FakeExchange.Send(s_release.Value, "POST", "/tags", "", body);
        Assert.Equal(100, answer.Split(" must have ").Length - 1);
    }

    [Fact]
    public void What_the_linker_says_of_attributes_that_are_read_at_build_is_taken_back()
    {
        string source = Harness.Generate(Source).AssertClean().Source;
        foreach (string type in new[] { "Values", "Tag", "Article" })
            Assert.Contains($"Scope = \"type\", Target = \"T:{type}\"", source, StringComparison.Ordinal);
    }

    [Fact]
    public void A_check_of_five_properties_is_plain_comparisons()
    {
        string source = Harness.Generate("""
            using System.ComponentModel.DataAnnotations;
            using System.Text.Json.Serialization;

            public sealed record Five([Required, StringLength(9)] string A, [Range(1, 9)] int B, [Range(0.5, 2)] double C, [MaxLength(3)] int[]? D, [EmailAddress] string? E);
            [JsonSerializable(typeof(Five))] partial class AppJson : JsonSerializerContext;

            public partial class App
            {
                [Post("/")] string Add(Five five) => five.A;
            }
            """ + "\n" + Json.Half("AppJson", ("Five", "Five"))).AssertClean().Source;
        int start = source.IndexOf("// POST /\n", StringComparison.Ordinal);
        Golden.Match(source[start..source.IndexOf("public override string PatternOf", StringComparison.Ordinal)].TrimEnd() + "\n");
    }
}
