namespace Prebake.Generators.Tests;

/// <summary>Compile, run, look at the answer: what handlers get and what becomes of their results.</summary>
public class HandlerTests
{
    private static readonly Lazy<RouteTable> s_release = new(() => Harness.Generate(Source, debug: false).AssertClean().Table());
    private static readonly Lazy<RouteTable> s_debug = new(() => Harness.Generate(Source, debug: true).AssertClean().Table());

    private static string Source => """
        using System.Text.Json.Serialization;

        public enum Color { Red, Green, @Class }
        public sealed record Todo(int Id, string Title);
        public readonly record struct Point(int X, int Y);

        [JsonSerializable(typeof(Todo)), JsonSerializable(typeof(List<Todo>)), JsonSerializable(typeof(Todo[])), JsonSerializable(typeof(Point)),
         JsonSerializable(typeof(int), TypeInfoPropertyName = "Number"), JsonSerializable(typeof(Point?))]
        partial class AppJson : JsonSerializerContext;

        public partial class App
        {
            private readonly string _name = "app";

            [Get("/int/{id}")] string Int(int id) => "int " + id;
            [Get("/long/{id}")] string Long(long id) => "long " + id;
            [Get("/byte/{id}")] string Byte(byte id) => "byte " + id;
            [Get("/ulong/{id}")] string ULong(ulong id) => "ulong " + id;
            [Get("/guid/{id}")] string Guid(Guid id) => "guid " + id;
            [Get("/bool/{on}")] string Bool(bool on) => "bool " + on;
            [Get("/date/{day}")] string Date(DateOnly day) => "date " + day.Day;
            [Get("/double/{x}")] string Double(double x) => "double " + x;
            [Get("/decimal/{x}")] string Decimal(decimal x) => "decimal " + x;
            [Get("/span/{time}")] string Time(TimeSpan time) => "time " + time.TotalSeconds;
            [Get("/color/{color}")] string ByColor(Color color) => "color " + color;
            [Get("/text/{text}")] string Text(string text) => "text " + text;
            [Get("/chars/{text}")] string Chars(ReadOnlySpan<char> text) => "chars " + text.ToString();
            [Get("/rest/{*rest}")] string Rest(string rest) => "rest " + rest;
            [Get("/file/{name}.{extension}")] string File(string name, string extension) => name + " " + extension;
            [Get("/v{major}.{minor}/x/{id}")] string Version(int major, int minor, int id) => $"{major} {minor} {id}";
            [Get("/either/{id}")] string EitherInt(int id) => "int " + id;
            [Get("/either/{id}")] string EitherGuid(Guid id) => "guid " + id;
            [Get("/either/{*rest}")] string EitherRest(string rest) => "rest " + rest;
            [Get("/keyword/{class}")] string Keyword(string @class, string exchange, string path, string query) => @class + exchange + path + query;

            [Get("/q")] string Query(string q, int page = 1, Color? color = null, string? tag = null, double factor = 1.5, string mark = "\"x\"") => $"{q} {page} {color} {tag} {factor} {mark}";
            [Get("/q2")] string Renamed([Query("q-x")] string text, [Query("n")] int? number) => $"{text} {number}";
            [Get("/q3")] string QueryChars(ReadOnlySpan<char> text, TimeSpan? time) => $"{text} {time}";
            [Get("/h")] string Header([Header("X-Token")] string token, [Header("X-Count")] int count = 3) => $"{token} {count}";

            [Get("/c")] string Cookies([Cookie] string? theme, [Cookie("n")] int number = 1, [Cookie("t")] TimeSpan time = default) => $"{theme} {number} {time}";

            [Post("/json")] string Json(Todo todo) => "todo " + todo.Title;
            [Post("/json-optional")] string JsonOptional(Todo? todo) => "todo " + todo?.Title;
            [Post("/json-struct")] string JsonStruct(Point point) => "point " + point.X;
            [Post("/body-text")] string BodyText([Body] string body) => body;
            [Post("/body-bytes")] byte[] BodyBytes([Body] byte[] body) => body;
            [Post("/body-span")] ReadOnlySpan<byte> BodySpan([Body] ReadOnlySpan<byte> body) => body;

            [Get("/r/void")] void Void() { }
            [Get("/r/task")] Task Task() => System.Threading.Tasks.Task.CompletedTask;
            [Get("/r/valuetask")] ValueTask ValueTask() => default;
            [Get("/r/null")] string? Null() => null;
            [Get("/r/task-text")] async Task<string> TaskText() { await System.Threading.Tasks.Task.Yield(); return _name; }
            [Get("/r/valuetask-bytes")] ValueTask<byte[]?> ValueTaskBytes() => new((byte[]?)null);
            [Get("/r/response")] Response Response() => new("hi");
            [Get("/r/task-response")] Task<Response?> TaskResponse() => System.Threading.Tasks.Task.FromResult<Response?>(null);
            [Get("/r/json")] static Todo Todo() => new(1, "one");
            [Get("/r/json-list")] List<Todo> Todos() => [new(1, "one")];
            [Get("/r/json-array")] async Task<Todo[]> TodoArray() { await System.Threading.Tasks.Task.Yield(); return []; }
            [Get("/r/json-null")] Todo? NoTodo() => null;
            [Get("/r/json-task-null")] ValueTask<Todo?> NoTodoLater() => new((Todo?)null);
            [Get("/r/number")] int Number() => 42;
            [Get("/r/struct-null")] Point? NoPoint() => null;
            [Get("/r/struct")] Task<Point> Point() => System.Threading.Tasks.Task.FromResult(new Point(1, 2));
            [Get("/r/struct-task-null")] Task<Point?> NoPointLater() => System.Threading.Tasks.Task.FromResult<Point?>(null);

            [Error] string OnError(Exception error) => error.Message;
        }
        """ + "\n" + Json.Half("AppJson", ("Todo", "Todo"), ("List<Todo>", "ListTodo"), ("Todo[]", "TodoArray"), ("Point", "Point"), ("int", "Number"), ("Point?", "NullablePoint"));

    [Theory]
    [InlineData("/int/7", "text int 7")]
    [InlineData("/int/-7", "text int -7")]
    [InlineData("/int/007", "text int 7")]
    [InlineData("/int/2147483647", "text int 2147483647")]
    [InlineData("/int/-2147483648", "text int -2147483648")]
    [InlineData("/int/2147483648", "400")]
    [InlineData("/int/99999999999999999999999", "400")]
    [InlineData("/int/+7", "400")]
    [InlineData("/int/-", "400")]
    [InlineData("/int/-0", "400")]
    [InlineData("/int/7a", "400")]
    [InlineData("/int/%207", "400")]
    [InlineData("/int/", "404")]
    [InlineData("/int", "404")]
    [InlineData("/long/-9223372036854775808", "text long -9223372036854775808")]
    [InlineData("/long/9223372036854775808", "400")]
    [InlineData("/byte/255", "text byte 255")]
    [InlineData("/byte/256", "400")]
    [InlineData("/byte/-1", "400")]
    [InlineData("/ulong/18446744073709551615", "text ulong 18446744073709551615")]
    [InlineData("/ulong/18446744073709551616", "400")]
    [InlineData("/guid/00000000-0000-0000-0000-000000000001", "text guid 00000000-0000-0000-0000-000000000001")]
    [InlineData("/guid/00000000000000000000000000000001", "text guid 00000000-0000-0000-0000-000000000001")]
    [InlineData("/bool/true", "text bool True")]
    [InlineData("/bool/yes", "400")]
    [InlineData("/date/2026-11-23", "text date 23")]
    [InlineData("/date/2026-13-23", "400")]
    [InlineData("/double/1.5e3", "text double 1500")]
    [InlineData("/double/NaN", "400")]
    [InlineData("/double/+1", "400")]
    [InlineData("/decimal/1.10", "text decimal 1.10")]
    [InlineData("/decimal/1,000", "400")]
    [InlineData("/span/00:01:00", "text time 60")]
    [InlineData("/span/x", "400")]
    [InlineData("/color/green", "text color Green")]
    [InlineData("/color/1", "400")]
    [InlineData("/color/class", "text color Class")]
    [InlineData("/text/a%2Fb", "text text a/b")]
    [InlineData("/text/a+b", "text text a+b")]
    [InlineData("/text/%C3%A9", "text text é")]
    [InlineData("/text/%FF", "text text \uFFFD")]
    [InlineData("/chars/%E2%82%AC1", "text chars €1")]
    [InlineData("/chars/plain", "text chars plain")]
    [InlineData("/rest/", "text rest ")]
    [InlineData("/rest/a/b%2Fc/", "text rest a/b/c/")]
    [InlineData("/rest", "404")]
    [InlineData("/file/a.tar.gz", "text a.tar gz")]
    [InlineData("/file/.gz", "404")]
    [InlineData("/file/a.", "404")]
    [InlineData("/v1.2/x/3", "text 1 2 3")]
    [InlineData("/v1.2.3/x/3", "400")]
    [InlineData("/either/7", "text int 7")]
    [InlineData("/either/00000000-0000-0000-0000-000000000001", "text guid 00000000-0000-0000-0000-000000000001")]
    [InlineData("/either/x", "text rest x")]
    [InlineData("/keyword/a?exchange=b&path=c&query=d", "text abcd")]
    public void A_path_parameter_is_read_or_declines(string target, string expected) => Answers("GET", target, expected);

    [Theory]
    [InlineData("/q?q=x", "text x 1   1.5 \"x\"")]
    [InlineData("/q?q=x&page=2&color=red&tag=t&factor=2&mark=m", "text x 2 Red t 2 m")]
    [InlineData("/q", "bad q")]
    [InlineData("/q?q", "text  1   1.5 \"x\"")]
    [InlineData("/q?Q=x", "bad q")]
    [InlineData("/q?q=a%20b+c%2", "text a b c%2 1   1.5 \"x\"")]
    [InlineData("/q?%71=coded", "text coded 1   1.5 \"x\"")]
    [InlineData("/q?q=x&page=two", "bad page")]
    [InlineData("/q?q=x&color=blue", "bad color")]
    [InlineData("/q?q=x&factor=", "bad factor")]
    [InlineData("/q?q=first&q=second", "text first 1   1.5 \"x\"")]
    [InlineData("/q?&&=&q=x", "text x 1   1.5 \"x\"")]
    [InlineData("/q2?q-x=a&n=4", "text a 4")]
    [InlineData("/q2?q-x=a", "text a ")]
    [InlineData("/q3?text=%C3%A9&time=00:01", "text é 00:01:00")]
    [InlineData("/q3?text=x&time=never", "bad time")]
    public void A_query_parameter_is_read_or_named(string target, string expected) => Answers("GET", target, expected);

    [Theory]
    [InlineData("/json", "{\"Id\":1,\"Title\":\"t\"}", "text todo t")]
    [InlineData("/json", "null", "missing body")]
    [InlineData("/json", "", "missing body")]
    [InlineData("/json-optional", "", "text todo ")]
    [InlineData("/json-struct", "{\"X\":4}", "text point 4")]
    [InlineData("/body-text", "é", "text é")]
    [InlineData("/body-bytes", "abc", "bytes abc")]
    [InlineData("/body-span", "abc", "utf8 abc")]
    public void A_body_is_read(string path, string body, string expected)
    {
        Assert.Equal(expected, FakeExchange.Send(s_release.Value, "POST", path, body: body));
        Assert.Equal(expected, FakeExchange.Send(s_debug.Value, "POST", path, body: body));
    }

    [Fact]
    public void A_field_is_read_or_named()
    {
        foreach (RouteTable table in new[] { s_release.Value, s_debug.Value })
        {
            Assert.Equal("text t 3", FakeExchange.Send(table, "GET", "/h", fields: ("x-token", "t")));
            Assert.Equal("bad X-Count", FakeExchange.Send(table, "GET", "/h", fields: [("X-Token", "t"), ("X-Count", "many")]));
            Assert.Equal("bad X-Token", FakeExchange.Send(table, "GET", "/h"));
        }
    }

    [Theory]
    [InlineData("void", "empty")]
    [InlineData("task", "empty")]
    [InlineData("valuetask", "empty")]
    [InlineData("null", "not found")]
    [InlineData("task-text", "text app")]
    [InlineData("valuetask-bytes", "not found")]
    [InlineData("response", "response hi")]
    [InlineData("task-response", "not found")]
    [InlineData("json", "json {\"Id\":1,\"Title\":\"one\"}")]
    [InlineData("json-list", "json [{\"Id\":1,\"Title\":\"one\"}]")]
    [InlineData("json-array", "json []")]
    [InlineData("json-null", "not found")]
    [InlineData("json-task-null", "not found")]
    [InlineData("number", "json 42")]
    [InlineData("struct-null", "not found")]
    [InlineData("struct", "json {\"X\":1,\"Y\":2}")]
    [InlineData("struct-task-null", "not found")]
    public void A_result_is_sent(string path, string expected) => Answers("GET", "/r/" + path, expected);

    [Fact]
    public void An_exception_reaches_the_error_handler()
    {
        var exchange = new FakeExchange("/");
        Assert.True(s_release.Value.HasErrorHandler);
        int declined = 0;
        Assert.True(s_release.Value.RunError(exchange, new InvalidOperationException("woops"), ref declined));
        Assert.Equal("text woops", exchange.Answer);
    }

    private static void Answers(string method, string target, string expected)
    {
        string[] parts = target.Split('?', 2);
        Assert.Equal(expected, FakeExchange.Send(s_release.Value, method, parts[0], parts.ElementAtOrDefault(1) ?? ""));
        Assert.Equal(expected, FakeExchange.Send(s_debug.Value, method, parts[0], parts.ElementAtOrDefault(1) ?? ""));
    }

    [Theory]
    [InlineData("IAsyncEnumerable<string>", "Response.Stream(result_!)")]
    [InlineData("IAsyncEnumerable<string?>?", "Response.Stream(result_!)")]
    [InlineData("IAsyncEnumerable<byte[]>", "Response.Stream(result_!)")]
    [InlineData("IAsyncEnumerable<ReadOnlyMemory<byte>>", "Response.Stream(result_!)")]
    [InlineData("IAsyncEnumerable<ServerSentEvent>", "Response.Events(result_!)")]
    [InlineData("IAsyncEnumerable<ServerSentEvent?>", "Response.Events(result_!)")]
    [InlineData("IAsyncEnumerable<Todo>", "Response.JsonLines<global::Todo>(result_!, global::AppJson.Default.Todo)")]
    [InlineData("IAsyncEnumerable<int?>", "Response.JsonLines<int?>(result_!, global::AppJson.Default.")]
    [InlineData("IAsyncEnumerable<Todo?>", "Response.JsonLines<global::Todo>(result_!, global::AppJson.Default.Todo)")]
    [InlineData("Own", "Response.JsonLines<global::Todo>(result_!, global::AppJson.Default.Todo)")]
    public void A_sequence_is_sent_as_what_it_yields(string type, string code)
    {
        Generated result = Harness.Generate($$"""
            using System.Text.Json.Serialization;
            public sealed record Todo(int Id, string Title);
            public abstract class Own : IAsyncEnumerable<Todo> { public abstract IAsyncEnumerator<Todo> GetAsyncEnumerator(CancellationToken cancellationToken = default); }
            [JsonSerializable(typeof(Todo)), JsonSerializable(typeof(int?))] partial class AppJson : JsonSerializerContext;
            public partial class App { [Get("/")] {{type}} Home() => null!; }
            """ + Json.Half("AppJson", ("Todo", "Todo"), ("int?", "NullableInt32"))).AssertClean();
        Assert.Contains(code, result.Source);
    }
}
