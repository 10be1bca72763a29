using Microsoft.CodeAnalysis;

namespace Prebake.Generators.Tests;

/// <summary>Mistakes and what is said about them: the id, the underlined text, a piece of the message; and that it is said once, with nothing on top.</summary>
public class DiagnosticsTests
{
    [Theory]
    // the class
    [InlineData("PB0001", "App", "partial class App", """class App { [Get("/")] string A() => ""; [Get("/b")] string B() => ""; }""")]
    [InlineData("PB0001", "Outer", "partial class Outer", """class Outer { partial class App { [Get("/")] string A() => ""; } }""")]
    [InlineData("PB0002", "App", "generic", """partial class App<T> { [Get("/")] string A() => ""; }""")]
    [InlineData("PB0002", "App", "generic", """partial class Outer<T> { partial class App { [Get("/")] string A() => ""; } }""")]
    [InlineData("PB0003", "App", "static", """static partial class App { [Get("/")] static string A() => ""; }""")]
    [InlineData("PB0003", "App", "a struct", """partial struct App { [Get("/")] string A() => ""; }""")]
    [InlineData("PB0003", "App", "an interface", """partial interface App { [Get("/")] string A() => ""; }""")]
    [InlineData("PB0024", "Static(\"/\")", "a member of an enum", """partial class App { [Fetch] string B() => ""; enum E { [Static("/")] A } }""")]
    [InlineData("PB0024", "Get(\"/a\")", "a local function", """partial class App { [Fetch] string B() { [Get("/a")] string A() => ""; return A(); } }""")]
    [InlineData("PB0024", "Get(\"/a\")", "a lambda", """partial class App { [Fetch] string B() { var a = [Get("/a")] () => ""; return a(); } }""")]
    [InlineData("PB0024", "Get(\"/a\")", "an accessor", """partial class App { [Fetch] string B() => ""; string C { [Get("/a")] get => ""; } }""")]
    [InlineData("PB0024", "Static(\"/a\")", "an indexer", """partial class App { [Fetch] string B() => ""; [Static("/a")] string this[int i] => ""; }""")]
    [InlineData("PB0024", "Static(\"/a\")", "the field of a property", """partial class App { [Fetch] string B() => ""; [field: Static("/a")] string C { get; } = ""; }""")]
    [InlineData("PB0024", "Static(\"/a\")", "a parameter of a record", """partial record App([property: Static("/a")] string C) { [Fetch] string B() => ""; }""")]
    [InlineData("PB0024", "Get(\"/a\")", "explicit implementation", """interface I { string A(); } partial class App : I { [Get("/a")] string I.A() => ""; }""")]
    [InlineData("PB0024", "Get(\"/a\")", "an operator", """partial class App { [Fetch] string B() => ""; [Get("/a")] public static App operator +(App x) => x; }""")]
    [InlineData("PB0011", "\"/a%00\"", "the server refuses", """partial class App { [Get("/a%00")] string A() => ""; }""")]
    [InlineData("PB0011", "\"/a%FF\"", "not UTF-8", """partial class App { [Get("/a%FF")] string A() => ""; }""")]
    [InlineData("PB0011", "\"/\\u2028\"", "control character", """partial class App { [Get("/\u2028")] string A() => ""; }""")]
    [InlineData("PB0011", "\"/\\ud800\"", "half of a character", """partial class App { [Get("/\ud800")] string A() => ""; }""")]
    [InlineData("PB0011", "\"/[controller]\"", "not replaced", """partial class App { [Get("/[controller]")] string A() => ""; }""")]
    [InlineData("PB0012", "\"/<id>\"", "'{id}'", """partial class App { [Get("/<id>")] string A() => ""; }""")]
    [InlineData("PB0012", "\"/<int:id>\"", "'{id}'", """partial class App { [Get("/<int:id>")] string A() => ""; }""")]
    [InlineData("PB0003", "App", "local to its file", """file partial class App { [Get("/")] string A() => ""; }""")]
    // patterns
    [InlineData("PB0010", "\"users\"", "start with '/'", """partial class App { [Get("users")] string A() => ""; }""")]
    [InlineData("PB0010", "\"\"", "start with '/'", """partial class App { [Get("")] string A() => ""; }""")]
    [InlineData("PB0011", "\"/q?x\"", "'?'", """partial class App { [Get("/q?x")] string A() => ""; }""")]
    [InlineData("PB0011", "\"/q#x\"", "'#'", """partial class App { [Get("/q#x")] string A() => ""; }""")]
    [InlineData("PB0011", "\"/a b\"", "%20", """partial class App { [Get("/a b")] string A() => ""; }""")]
    [InlineData("PB0011", "\"/a%2\"", "%25", """partial class App { [Get("/a%2")] string A() => ""; }""")]
    [InlineData("PB0012", "\"/users/:id\"", "'{id}'", """partial class App { [Get("/users/:id")] string A(int id) => ""; }""")]
    [InlineData("PB0013", "\"/api/*\"", "{*rest}", """partial class App { [Get("/api/*")] string A() => ""; }""")]
    [InlineData("PB0013", "\"/a*\"", "{*rest}", """partial class App { [Get("/a*")] string A() => ""; }""")]
    [InlineData("PB0014", "\"/{id\"", "braces", """partial class App { [Get("/{id")] string A(int id) => ""; }""")]
    [InlineData("PB0014", "\"/id}\"", "braces", """partial class App { [Get("/id}")] string A(int id) => ""; }""")]
    [InlineData("PB0015", "\"/{id}/{id}\"", "twice", """partial class App { [Get("/{id}/{id}")] string A(int id) => ""; }""")]
    [InlineData("PB0016", "\"/{1d}\"", "{1d}", """partial class App { [Get("/{1d}")] string A() => ""; }""")]
    [InlineData("PB0016", "\"/{id:int}\"", "type", """partial class App { [Get("/{id:int}")] string A(int id) => ""; }""")]
    [InlineData("PB0016", "\"/{}\"", "identifier", """partial class App { [Get("/{}")] string A() => ""; }""")]
    [InlineData("PB0017", "\"/{*rest}/x\"", "last segment", """partial class App { [Get("/{*rest}/x")] string A(string rest) => ""; }""")]
    [InlineData("PB0017", "\"/a{*rest}\"", "last segment", """partial class App { [Get("/a{*rest}")] string A(string rest) => ""; }""")]
    [InlineData("PB0018", "\"/{a}{b}\"", "literal between", """partial class App { [Get("/{a}{b}")] string A(string a, string b) => ""; }""")]
    [InlineData("PB0019", "\"/a//b\"", "empty segment", """partial class App { [Get("/a//b")] string A() => ""; }""")]
    [InlineData("PB0019", "\"/a/../b\"", "'..'", """partial class App { [Get("/a/../b")] string A() => ""; }""")]
    [InlineData("PB0020", "\"/{id}\"", "[Get]", """partial class App { [Static("/{id}")] const string A = ""; }""")]
    [InlineData("PB0021", "\"/api/\"", "must not end", """[Routes("/api/")] partial class App { [Get("/x")] string A() => ""; }""")]
    [InlineData("PB0021", "\"api\"", "start with", """[Routes("api")] partial class App { [Get("/x")] string A() => ""; }""")]
    [InlineData("PB0022", "\"/api\"", "would apply to every path", """[assembly: Routes("/api")] partial class App { [Get("/x")] string A() => ""; }""")]
    // parameters
    [InlineData("PB0030", "\"/{id}\"", "string id", """partial class App { [Get("/{id}")] string A() => ""; }""")]
    [InlineData("PB0031", "x", "cannot be bound", """partial class App { [Get("/")] string A(Action x) => ""; }""")]
    [InlineData("PB0031", "x", "constructor", """partial class App { [Post("/")] string A(IDisposable x) => ""; }""")]
    [InlineData("PB0031", "x", "only an [Error] handler", """partial class App { [Get("/")] string A(Exception x) => ""; }""")]
    [InlineData("PB0031", "x", "every exception", """partial class App { [Error] string A(ArgumentException x) => ""; }""")]
    [InlineData("PB0031", "x", "[Body]", """partial class App { [Post("/")] string A(byte[] x) => ""; }""")]
    [InlineData("PB0031", "id", "a path holds", """partial class App { [Get("/{id}")] string A(object[] id) => ""; }""")]
    [InlineData("PB0032", "b", "Both 'a' and 'b'", """partial class App { [Post("/")] string A([Body] string a, [Body] string b) => ""; }""")]
    [InlineData("PB0033", "x", "[Post]", """record Filter; partial class App { [Get("/")] string A(Filter x) => ""; }""")]
    [InlineData("PB0034", "x", "'out'", """partial class App { [Get("/")] string A(out int x) { x = 1; return ""; } }""")]
    [InlineData("PB0034", "x", "'ref readonly'", """partial class App { [Get("/")] string A(ref readonly int x) => ""; }""")]
    [InlineData("PB0038", "A", "__arglist", """partial class App { [Get("/")] string A(__arglist) => ""; }""")]
    [InlineData("PB0038", "A", "__arglist", """partial class App { [Static("/")] static string A(__arglist) => ""; }""")]
    [InlineData("PB0038", "A", "[UnmanagedCallersOnly]", """partial class App { [Get("/"), System.Runtime.InteropServices.UnmanagedCallersOnly] static void A() { } }""")]
    [InlineData("PB0038", "A", "[Conditional]", """partial class App { [Get("/"), System.Diagnostics.Conditional("X")] void A() { } }""")]
    [InlineData("PB0038", "A", "other part is missing", """partial class App { [Get("/")] partial void A(); }""")]
    [InlineData("PB0035", "A", "generic", """partial class App { [Get("/")] string A<T>() => ""; }""")]
    [InlineData("PB0036", "name", "request.FormAsync()", """partial class App { [Post("/")] string A([Form] string name) => ""; }""")]
    [InlineData("PB0037", "id", "has [Query] as well", """partial class App { [Get("/{id}")] string A([Query] int id) => ""; }""")]
    [InlineData("PB0031", "tags", "GetAll(\"tags\")", """partial class App { [Get("/")] string A(string[] tags) => ""; }""")]
    [InlineData("PB0031", "client", "partial class App(HttpClient client)", """using System.Net.Http; partial class App { [Get("/")] string A(HttpClient client) => ""; }""")]
    [InlineData("PB0031", "client", "partial class App(HttpClient client)", """using System.Net.Http; partial class App { [Post("/")] string A(HttpClient client) => ""; }""")]
    [InlineData("PB0031", "body", "request.Body", """partial class App { [Post("/")] string A(Stream body) => ""; }""")]
    [InlineData("PB0031", "log", "partial class App(ILog log)", """interface ILog; partial class App { [Get("/")] string A(ILog log) => ""; }""")]
    [InlineData("PB0031", "pair", "declare a record", """partial class App { [Post("/")] string A((int X, int Y) pair) => ""; }""")]
    [InlineData("PB0033", "db", "partial class App(Db db)", """class Db; partial class App { [Get("/")] string A(Db db) => ""; }""")]
    [InlineData("PB0030", "\"/{Id}\"", "write '{id}'", """partial class App { [Get("/{Id}")] string A(int id) => ""; }""")]
    // the table
    [InlineData("PB0040", "\"/{b}\"", "'GET /{a}' of 'App.A'", """partial class App { [Get("/{a}")] string A(string a) => ""; [Get("/{b}")] string B(string b) => ""; }""")]
    [InlineData("PB0040", "\"/a\"", "App.B", """partial class App { [Static("/a")] const string A = "a"; [Route("/a", "POST", "GET")] string B() => ""; }""")]
    [InlineData("PB0040", "\"/{b}\"", "App.B", """partial class App { [Get("/{a}")] string A(int a) => ""; [Get("/{b}")] string B(long b) => ""; }""")]
    [InlineData("PB0041", "Fetch", "never called", """partial class App { [Fetch] string A() => ""; [Route("/{*rest}", "*")] string B(string rest) => ""; }""")]
    [InlineData("PB0042", "Fetch", "'App.A' and 'App.B'", """partial class App { [Fetch] string A() => ""; [Fetch] string B() => ""; }""")]
    [InlineData("PB0043", "Error", "'App.A' and 'App.B'", """partial class App { [Error] string A() => ""; [Error] string B() => ""; }""")]
    [InlineData("PB0044", "\"/a\"", "'/b'", """[Redirect("/a", "/b")] partial class App { }""")]
    [InlineData("PB0045", "\"/a\"", "back to '/a'", """[Redirect("/a", "/a")] partial class App { }""")]
    [InlineData("PB0046", "\"get\"", "upper case", """partial class App { [Route("/", "get")] string A() => ""; }""")]
    [InlineData("PB0046", "\"A B\"", "token", """partial class App { [Route("/", "A B")] string A() => ""; }""")]
    [InlineData("PB0048", "Route(\"/\")", "[Route(\"/\", \"GET\")]", """partial class App { [Route("/")] string A() => ""; }""")]
    [InlineData("PB0025", "\"/{id?}\"", "cannot be missing", """partial class App { [Get("/{id?}")] string A(int id) => ""; }""")]
    [InlineData("PB0025", "\"/{id=5}\"", "no default value", """partial class App { [Get("/{id=5}")] string A(int id) => ""; }""")]
    [InlineData("PB0025", "\"/{ id }\"", "write '{id}' without", """partial class App { [Get("/{ id }")] string A(int id) => ""; }""")]
    [InlineData("PB0038", "A", "no getter", """partial class App { [Static("/")] static string A { set { } } }""")]
    [InlineData("PB0039", "x", "[Body] and [Query]", """partial class App { [Post("/")] string A([Query, Body] string x) => x; }""")]
    [InlineData("PB0039", "x", "[Header] and [Cookie]", """partial class App { [Post("/")] string A([Header("X"), Cookie("y")] string x) => x; }""")]
    [InlineData("PB0075", "\"\"", "where to go", """[Redirect("/a", "")] partial class App { }""")]
    // results
    [InlineData("PB0050", "Action", "cannot be sent", """partial class App { [Get("/")] Action A() => null!; }""")]
    [InlineData("PB0050", "Span<byte>", "cannot be sent", """partial class App { [Get("/")] Span<byte> A() => default; }""")]
    [InlineData("PB0051", "Stream", "Response.Stream", """partial class App { [Get("/")] Stream A() => null!; }""")]
    [InlineData("PB0051", "Task<IAsyncEnumerable<string>>", "Response.Stream", """partial class App { [Get("/")] Task<IAsyncEnumerable<string>> A() => null!; }""")]
    [InlineData("PB0053", "string", "Task<bool>", """partial class App { [Health] string A() => ""; }""")]
    [InlineData("PB0010", "\"ready\"", "start with '/'", """partial class App { [Health("ready")] bool A() => true; }""")]
    [InlineData("PB0040", "Health", "App [Health]", """[Health] partial class App { [Get("/healthz")] string A() => ""; }""")]
    [InlineData("PB0052", "IAsyncEnumerable<int>", "JsonSerializerContext", """partial class App { [Get("/")] IAsyncEnumerable<int> A() => null!; }""")]
    [InlineData("PB0052", "Todo", "[JsonSerializable(typeof(Todo))]", """record Todo; partial class App { [Get("/")] Todo A() => null!; }""")]
    [InlineData("PB0052", "todo", "reads 'Todo'", """record Todo; partial class App { [Post("/")] void A(Todo todo) { } }""")]
    [InlineData("PB0050", "Task<Task>", "await the inner one", """partial class App { [Get("/")] Task<Task> A() => null!; }""")]
    [InlineData("PB0050", "Lazy<string>", "'Value'", """partial class App { [Get("/")] Lazy<string> A() => null!; }""")]
    [InlineData("PB0050", "(int X, int Y)", "declare a record", """partial class App { [Get("/")] (int X, int Y) A() => default; }""")]
    [InlineData("PB0050", "Task<(int X, int Y)?>", "declare a record", """partial class App { [Get("/")] Task<(int X, int Y)?> A() => null!; }""")]
    [InlineData("PB0052", "record", "reads 'Todo'", """record Todo; partial class App { [Post("/")] void A(Todo record) { } }""")]
    [InlineData("PB0052", "@event", "reads 'Todo'", """record Todo; partial class App { [Post("/")] void A(Todo @event) { } }""")]
    [InlineData("PB0031", "x", "request.Body", """partial class App { [Post("/")] string A([Body] Stream x) => ""; }""")]
    [InlineData("PB0031", "x", "request.FormAsync()", """partial class App { [Post("/")] string A([Body] FormData x) => ""; }""")]
    [InlineData("PB0031", "x", "request.Body", """partial class App { [Post("/")] string A([Body] IAsyncEnumerable<int> x) => ""; }""")]
    [InlineData("PB0031", "x", "disposed of", """class D : IDisposable { public void Dispose() { } } partial class App { [Post("/")] string A([Body] D x) => ""; }""")]
    [InlineData("PB0031", "x", "'request.Headers'", """partial class App { [Get("/")] string A(Headers x) => ""; }""")]
    [InlineData("PB0031", "x", "'request.Cookies'", """partial class App { [Get("/")] string A(Cookies x) => ""; }""")]
    [InlineData("PB0031", "x", "'request.Query'", """partial class App { [Post("/")] string A(QueryString x) => ""; }""")]
    [InlineData("PB0031", "x", "request.FormAsync()", """partial class App { [Post("/")] string A(FormData x) => ""; }""")]
    [InlineData("PB0031", "x", "'dynamic'", """partial class App { [Post("/")] string A(List<dynamic> x) => ""; }""")]
    [InlineData("PB0050", "ServerSentEvent", "one event", """partial class App { [Get("/")] ServerSentEvent A() => null!; }""")]
    [InlineData("PB0050", "Request", "not data", """partial class App { [Get("/")] Request A(Request r) => r; }""")]
    [InlineData("PB0050", "Server", "not data", """partial class App { [Get("/")] Server A(Server s) => s; }""")]
    [InlineData("PB0050", "IAsyncEnumerator<int>", "IAsyncEnumerable<T>", """partial class App { [Get("/")] IAsyncEnumerator<int> A() => null!; }""")]
    [InlineData("PB0050", "System.Threading.Channels.ChannelReader<int>", "IAsyncEnumerable<T>", """partial class App { [Get("/")] System.Threading.Channels.ChannelReader<int> A() => null!; }""")]
    [InlineData("PB0050", "IObservable<int>", "IAsyncEnumerable<T>", """partial class App { [Get("/")] IObservable<int> A() => null!; }""")]
    [InlineData("PB0050", "Job", "await", """class Job() : Task<int>(() => 1); partial class App { [Get("/")] Job A() => new(); }""")]
    [InlineData("PB0050", "int*[]", "pointer", """unsafe partial class App { [Get("/")] int*[] A() => null!; }""")]
    [InlineData("PB0050", "List<dynamic>", "'dynamic'", """partial class App { [Get("/")] List<dynamic> A() => null!; }""")]
    [InlineData("PB0050", "ArgumentException", "exception is not data", """partial class App { [Get("/")] ArgumentException A() => null!; }""")]
    [InlineData("PB0054", "Dto", "make 'App.Dto' internal", """partial class App { record Dto; [Get("/")] Dto A() => null!; }""")]
    [InlineData("PB0054", "List<Dto>", "make 'App.Dto' internal", """partial class App { record Dto; [Get("/")] List<Dto> A() => null!; }""")]
    [InlineData("PB0056", "void", "return Task", """partial class App { [Get("/")] async void A() => await Task.Yield(); }""")]
    [InlineData("PB0056", "void", "return Task", """partial class App { [Error] async void A() => await Task.Yield(); }""")]
    // static responses
    [InlineData("PB0060", "A", "[Get]", """partial class App { [Static("/")] string A(int x) => ""; }""")]
    [InlineData("PB0061", "A", "BufferAsync", """partial class App { [Static("/")] Stream A() => null!; }""")]
    [InlineData("PB0062", "true", "Constant = true", """partial class App { [Static("/", Constant = true)] string A() => DateTime.Now.ToString(); }""")]
    [InlineData("PB0063", "600", "200 to 599", """partial class App { [Static("/", Status = 600)] const string A = ""; }""")]
    [InlineData("PB0064", "204", "has a body", """partial class App { [Static("/", Status = 204)] const string A = "x"; }""")]
    [InlineData("PB0065", "A", "ContentType", """partial class App { [Static("/")] byte[] A() => []; }""")]
    [InlineData("PB0066", "200", "does not redirect", """[Redirect("/a", "https://b/", 200)] partial class App { }""")]
    // fields
    [InlineData("PB0070", "\"X Y\"", "name of a header", """partial class App { [Static("/"), Header("X Y", "a")] const string A = ""; }""")]
    [InlineData("PB0071", "\"a\\r\\nb\"", "value of 'X'", """partial class App { [Static("/"), Header("X", "a\r\nb")] const string A = ""; }""")]
    [InlineData("PB0072", "\"Content-Length\"", "set by the server", """partial class App { [Static("/"), Header("Content-Length", "1")] const string A = ""; }""")]
    [InlineData("PB0073", "A", "Set-Cookie", """partial class App { [Static("/"), Header("Set-Cookie", "a=b")] const string A = ""; }""")]
    [InlineData("PB0074", "\"X\"", "needs a value", """partial class App { [Static("/"), Header("X")] const string A = ""; }""")]
    [InlineData("PB0071", "\"a\\n\"", "Cache-Control", """partial class App { [Static("/"), CacheControl("a\n")] const string A = ""; }""")]
    // options
    [InlineData("PB0080", "70000", "65535", """[Serve(Port = 70000)] partial class App { [Fetch] string A() => ""; }""")]
    [InlineData("PB0082", "-1", "0 or more", """partial class App { [Fetch, MaxBody(-1)] string A() => ""; }""")]
    [InlineData("PB0082", "1e15", "24 days", """partial class App { [Fetch, IdleTimeout(1e15)] string A() => ""; }""")]
    [InlineData("PB0082", "double.NaN", "24 days", """partial class App { [Fetch, IdleTimeout(double.NaN)] string A() => ""; }""")]
    [InlineData("PB0082", "double.NaN", "24 days", """[Serve(IdleTimeout = double.NaN)] partial class App { [Fetch] string A() => ""; }""")]
    [InlineData("PB0082", "0", "1 or more", """[Serve(MaxConnections = 0)] partial class App { [Fetch] string A() => ""; }""")]
    [InlineData("PB0084", "Serve", "without parameters", """[Serve] partial class App(int x) { [Fetch] string A() => "" + x; }""")]
    [InlineData("PB0084", "Serve", "is abstract", """[Serve] abstract partial class App { [Fetch] string A() => ""; }""")]
    [InlineData("PB0084", "Serve", "is private", """partial class Outer { [Serve] private partial class App { [Fetch] string A() => ""; } }""")]
    [InlineData("PB0001", "App", "partial class App", """[Serve] class App { [Get("/")] string A() => ""; }""")]
    [InlineData("PB0085", "Serve", "no routes", """[Serve] class App;""")]
    [InlineData("PB0084", "Serve", "required members", """[Serve] partial class App { public required string X { get; set; } [Fetch] string A() => X; }""")]
    [InlineData("PB0011", "\"/a b\"", "%20", """[Health("/r", Live = "/a b")] partial class App { [Fetch] string A() => ""; }""")]
    [InlineData("PB0071", "\"a\\n\"", "value of 'X'", """partial class App { [Static("/"), Header(value: "a\n", name: "X")] const string A = ""; }""")]
    [InlineData("PB0066", "200", "does not redirect", """[Redirect(status: 200, to: "https://b/", from: "/a")] partial class App { }""")]
    [InlineData("PB0085", "Serve", "no routes", """[Serve] partial class App;""")]
    [InlineData("PB0083", "\"/s\"", "one of them", """[Serve(Hostname = "h", Unix = "/s")] partial class App { [Fetch] string A() => ""; }""")]
    // WebSockets
    [InlineData("PB0110", "string", "a class derived from WebSocketHandler", """partial class App { [WebSocket("/")] string A() => ""; }""")]
    [InlineData("PB0110", "void", "a class derived from WebSocketHandler", """partial class App { [WebSocket("/")] async void A() => await Task.Yield(); }""")]
    [InlineData("PB0110", "Task", "a Task or ValueTask of one", """partial class App { [WebSocket("/")] Task A() => null!; }""")]
    [InlineData("PB0110", "IDisposable", "a class derived from WebSocketHandler", """partial class App { [WebSocket("/")] IDisposable A() => null!; }""")]
    [InlineData("PB0110", "Task<Task<Chat>>", "a class derived from WebSocketHandler", """sealed class Chat : WebSocketHandler; partial class App { [WebSocket("/")] Task<Task<Chat>> A() => null!; }""")]
    [InlineData("PB0050", "Chat", "use [WebSocket]", """sealed class Chat : WebSocketHandler; partial class App { [Get("/")] Chat A() => new(); }""")]
    [InlineData("PB0050", "Task<Chat?>", "use [WebSocket]", """sealed class Chat : WebSocketHandler; partial class App { [Fetch] Task<Chat?> A() => null!; }""")]
    [InlineData("PB0111", "-1", "1 or more bytes", """sealed class Chat : WebSocketHandler; partial class App { [WebSocket("/", MaxPayloadLength = -1)] Chat A() => new(); }""")]
    [InlineData("PB0111", "0", "1 or more bytes", """sealed class Chat : WebSocketHandler; partial class App { [WebSocket("/", BackpressureLimit = 0)] Chat A() => new(); }""")]
    [InlineData("PB0111", "961", "1 to 960 seconds", """sealed class Chat : WebSocketHandler; partial class App { [WebSocket("/", IdleTimeout = 961)] Chat A() => new(); }""")]
    [InlineData("PB0111", "-1", "or 0 for no limit", """sealed class Chat : WebSocketHandler; partial class App { [WebSocket("/", IdleTimeout = -1)] Chat A() => new(); }""")]
    [InlineData("PB0111", "3_000_000", "24 days", """sealed class Chat : WebSocketHandler; partial class App { [WebSocket("/", MaxLifetime = 3_000_000)] Chat A() => new(); }""")]
    [InlineData("PB0111", "(Deflate)99", "Deflate.Shared", """sealed class Chat : WebSocketHandler; partial class App { [WebSocket("/", Compress = (Deflate)99)] Chat A() => new(); }""")]
    [InlineData("PB0114", "\"/a\"", "'App.B'", """sealed class Chat : WebSocketHandler; partial class App { [WebSocket("/a")] Chat A() => new(); [Get("/a")] string B() => ""; }""")]
    [InlineData("PB0114", "\"/a\"", "'App [Redirect]'", """[Redirect("/a", "https://b/")] partial class App { [WebSocket("/a")] Chat A() => new(); } sealed class Chat : WebSocketHandler;""")]
    [InlineData("PB0114", "\"/{b}\"", "'/{a}' is the path", """sealed class Chat : WebSocketHandler; partial class App { [WebSocket("/{a}")] Chat A(string a) => new(); [Route("/{b}", "*")] string B(string b) => b; }""")]
    [InlineData("PB0040", "\"/b\"", "answer the same", """sealed class Chat : WebSocketHandler { } partial class App { [WebSocket("/b")] Chat A() => new(); [WebSocket("/b")] Chat B() => new(); }""")]
    [InlineData("PB0115", "x", "Message of the handler", """sealed class Chat : WebSocketHandler; record Hello; partial class App { [WebSocket("/")] Chat A(Hello x) => new(); }""")]
    [InlineData("PB0115", "x", "Message of the handler", """sealed class Chat : WebSocketHandler; partial class App { [WebSocket("/")] Chat A([Body] string x) => new(); }""")]
    [InlineData("PB0116", "MaxBody(1)", "MaxPayloadLength", """sealed class Chat : WebSocketHandler; partial class App { [WebSocket("/"), MaxBody(1)] Chat A() => new(); }""")]
    [InlineData("PB0116", "IdleTimeout(1)", "IdleTimeout of [WebSocket]", """sealed class Chat : WebSocketHandler; partial class App { [WebSocket("/"), IdleTimeout(1)] Chat A() => new(); }""")]
    [InlineData("PB0116", "CacheControl(\"no-store\")", "not stored", """sealed class Chat : WebSocketHandler; partial class App { [WebSocket("/"), CacheControl("no-store")] Chat A() => new(); }""")]
    [InlineData("PB0116", "Blocking", "await Task.Run", """sealed class Chat : WebSocketHandler; partial class App { [WebSocket("/"), Blocking] Chat A() => new(); }""")]
    [InlineData("PB0072", "\"Sec-WebSocket-Accept\"", "set by the server", """sealed class Chat : WebSocketHandler; partial class App { [WebSocket("/"), Header("Sec-WebSocket-Accept", "x")] Chat A() => new(); }""")]
    [InlineData("PB0010", "\"a\"", "start with '/'", """sealed class Chat : WebSocketHandler; partial class App { [WebSocket("a")] Chat A() => new(); }""")]
    [InlineData("PB0030", "\"/{id}\"", "string id", """sealed class Chat : WebSocketHandler; partial class App { [WebSocket("/{id}")] Chat A() => new(); }""")]
    [InlineData("PB0035", "A", "generic", """partial class App { [WebSocket("/")] T? A<T>() where T : WebSocketHandler => null; }""")]
    [InlineData("PB0024", "WebSocket(\"/a\")", "a lambda", """sealed class Chat : WebSocketHandler; partial class App { [Fetch] string B() { var a = [WebSocket("/a")] () => new Chat(); return ""; } }""")]
    [InlineData("PB0112", "\"https://a.example/\"", "write 'https://a.example'", """sealed class Chat : WebSocketHandler; partial class App { [WebSocket("/", Origins = ["https://a.example/"])] Chat A() => new(); }""")]
    [InlineData("PB0112", "\"a.example\"", "no scheme", """sealed class Chat : WebSocketHandler; partial class App { [WebSocket("/", Origins = ["a.example"])] Chat A() => new(); }""")]
    [InlineData("PB0112", "\"://a\"", "no scheme", """sealed class Chat : WebSocketHandler; partial class App { [WebSocket("/", Origins = ["://a"])] Chat A() => new(); }""")]
    [InlineData("PB0112", "\"wss://a.example\"", "scheme is 'https'", """sealed class Chat : WebSocketHandler; partial class App { [WebSocket("/", Origins = ["wss://a.example"])] Chat A() => new(); }""")]
    [InlineData("PB0112", "\"https://A.example\"", "small letters", """sealed class Chat : WebSocketHandler; partial class App { [WebSocket("/", Origins = ["https://A.example"])] Chat A() => new(); }""")]
    [InlineData("PB0112", "\"HTTPS://a.example\"", "small letters", """sealed class Chat : WebSocketHandler; partial class App { [WebSocket("/", Origins = ["HTTPS://a.example"])] Chat A() => new(); }""")]
    [InlineData("PB0112", "\"https://a.example:443\"", "'https://a.example'", """sealed class Chat : WebSocketHandler; partial class App { [WebSocket("/", Origins = ["https://a.example:443"])] Chat A() => new(); }""")]
    [InlineData("PB0112", "\"http://a.example:80\"", "own port", """sealed class Chat : WebSocketHandler; partial class App { [WebSocket("/", Origins = ["http://a.example:80"])] Chat A() => new(); }""")]
    [InlineData("PB0112", "\"https://a.example:0\"", "1 to 65535", """sealed class Chat : WebSocketHandler; partial class App { [WebSocket("/", Origins = ["https://a.example:0"])] Chat A() => new(); }""")]
    [InlineData("PB0112", "\"https://a.example:70000\"", "1 to 65535", """sealed class Chat : WebSocketHandler; partial class App { [WebSocket("/", Origins = ["https://a.example:70000"])] Chat A() => new(); }""")]
    [InlineData("PB0112", "\"https://a.example:\"", "1 to 65535", """sealed class Chat : WebSocketHandler; partial class App { [WebSocket("/", Origins = ["https://a.example:"])] Chat A() => new(); }""")]
    [InlineData("PB0112", "\"https://*.a.example\"", "list each", """sealed class Chat : WebSocketHandler; partial class App { [WebSocket("/", Origins = ["https://*.a.example"])] Chat A() => new(); }""")]
    [InlineData("PB0112", "\"null\"", "sandboxed", """sealed class Chat : WebSocketHandler; partial class App { [WebSocket("/", Origins = ["null"])] Chat A() => new(); }""")]
    [InlineData("PB0112", "\"\"", "no scheme", """sealed class Chat : WebSocketHandler; partial class App { [WebSocket("/", Origins = [""])] Chat A() => new(); }""")]
    [InlineData("PB0112", "\"https://\"", "its host must be", """sealed class Chat : WebSocketHandler; partial class App { [WebSocket("/", Origins = ["https://"])] Chat A() => new(); }""")]
    [InlineData("PB0112", "\"https://münchen.example\"", "xn--", """sealed class Chat : WebSocketHandler; partial class App { [WebSocket("/", Origins = ["https://münchen.example"])] Chat A() => new(); }""")]
    [InlineData("PB0112", "\"https://u@a.example\"", "remove what", """sealed class Chat : WebSocketHandler; partial class App { [WebSocket("/", Origins = ["https://u@a.example"])] Chat A() => new(); }""")]
    [InlineData("PB0112", "\"https://a b\"", "without spaces", """sealed class Chat : WebSocketHandler; partial class App { [WebSocket("/", Origins = ["https://a b"])] Chat A() => new(); }""")]
    [InlineData("PB0112", "\"https://[::1\"", "its host must be", """sealed class Chat : WebSocketHandler; partial class App { [WebSocket("/", Origins = ["https://[::1"])] Chat A() => new(); }""")]
    [InlineData("PB0113", "\"b c\"", "letters, digits", """sealed class Chat : WebSocketHandler; partial class App { [WebSocket("/", Protocols = ["a", "b c"])] Chat A() => new(); }""")]
    [InlineData("PB0113", "\"\"", "letters, digits", """sealed class Chat : WebSocketHandler; partial class App { [WebSocket("/", Protocols = new[] { "" })] Chat A() => new(); }""")]
    [InlineData("PB0113", "\"a\"", "listed twice", """sealed class Chat : WebSocketHandler; partial class App { [WebSocket("/", Protocols = new string[] { "b", "a", "c", "a" })] Chat A() => new(); }""")]
    public void A_mistake_gives_one_message(string id, string underlined, string says, string source)
    {
        Generated generated = Harness.Generate(source);
        Diagnostic diagnostic = Assert.Single(generated.Diagnostics);

        Assert.Equal(id, diagnostic.Id);
        Assert.Equal(underlined, source.Substring(diagnostic.Location.SourceSpan.Start, diagnostic.Location.SourceSpan.Length));
        Assert.Contains(says, diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture));
        Assert.EndsWith($"/{id}.md", diagnostic.Descriptor.HelpLinkUri);
        Assert.DoesNotContain(generated.CompilerDiagnostics, found => found.Severity == DiagnosticSeverity.Error);
    }

    [Fact]
    public void A_duplicate_points_to_both_places()
    {
        const string Source = """partial class App { [Get("/x")] string A() => ""; [Get("/x")] string B() => ""; }""";
        Diagnostic diagnostic = Assert.Single(Harness.Generate(Source).Diagnostics);

        int first = Source.IndexOf("\"/x\"", StringComparison.Ordinal), second = Source.LastIndexOf("\"/x\"", StringComparison.Ordinal);
        Assert.Equal(second, diagnostic.Location.SourceSpan.Start);
        Assert.Equal(first, Assert.Single(diagnostic.AdditionalLocations).SourceSpan.Start);
    }

    [Theory]
    [InlineData("""partial class App { [Get("/{a}")] string A(int a) => ""; [Get("/{b}")] string B(Guid b) => ""; [Get("/{c}")] string C(DateOnly c) => ""; }""")]
    [InlineData("""partial class App { [Get("/{a}")] string A(int a) => ""; [Post("/{b}")] string B(int b) => ""; }""")]
    [InlineData("""partial class App { [Get("/a:b/{x}@v1")] string A(string x) => ""; [Get("/$metadata(1),2;3=4+5")] string B() => ""; }""")]
    [InlineData("""partial class App { [Get("/a/")] string A() => ""; [Get("/a")] string B() => ""; }""")]
    [InlineData("""[Redirect("/a", "/b/7?x#y")] [Redirect("/c", "//elsewhere/")] partial class App { [Get("/b/{id}")] string A(int id) => ""; }""")]
    [InlineData("""partial class App { [Fetch] string A() => ""; } partial class Other { [Fetch] string A() => ""; }""")]
    [InlineData("""[Serve] partial class App { [System.Diagnostics.CodeAnalysis.SetsRequiredMembers] public App() => X = ""; public required string X { get; set; } [Fetch] string A() => X; }""")]
    [InlineData("""sealed class Chat : WebSocketHandler; partial class App { [WebSocket("/", Origins = ["https://a.example", "http://localhost:3000", "http://[::1]:8080", "capacitor://localhost", "chrome-extension://abc", "http://127.0.0.1", "https://xn--mnchen-3ya.example", "*"], Protocols = ["a", "A"])] Chat A() => new(); }""")]
    [InlineData("""sealed class Chat : WebSocketHandler; partial class App { [WebSocket("/a")] Chat A() => new(); [Post("/a")] string B() => ""; [Head("/a")] void C() { } }""")]
    [InlineData("""sealed class Chat : WebSocketHandler; partial class App { [WebSocket("/{a}")] Chat A(int a) => new(); [Get("/{b}")] string B(Guid b) => ""; }""")]
    [InlineData("""sealed class Chat : WebSocketHandler; partial class App { [WebSocket("/", MaxPayloadLength = 1, BackpressureLimit = 1, IdleTimeout = 960, MaxLifetime = 2_073_600, Origins = [], Protocols = null!)] Chat A() => new(); }""")]
    [InlineData("""[MaxBody(1), IdleTimeout(1), CacheControl("no-store")] partial class App { [WebSocket("/")] Chat A() => new(); } sealed class Chat : WebSocketHandler;""")]
    public void What_is_right_gives_none(string source) => Harness.Generate(source).AssertClean();

    [Fact]
    public void A_stub_and_a_table_have_the_same_interface()
    {
        const string Use = """ static class Use { public static RouteTable Make<T>(T app) where T : IApp<T> => T.CreateTable(app); public static RouteTable It() => Make(new App()); }""";
        foreach (string member in new[] { """[Get("/ok")] string A() => "";""", """[Get("broken")] string A() => "";""" })
            Harness.Generate("partial class App { " + member + " }" + Use).AssertCompiles();
    }

    [Fact]
    public void Every_diagnostic_is_tested()
    {
        var tested = typeof(DiagnosticsTests).GetMethod(nameof(A_mistake_gives_one_message))!.GetCustomAttributes(typeof(InlineDataAttribute), false)
            .Cast<InlineDataAttribute>().Select(row => (string)row.GetData(null!).Single()[0]).ToHashSet();
        // These have tests of their own
        Assert.Equal(["PB0004", "PB0005", "PB0023", "PB0047", "PB0055", "PB0057", "PB0058", "PB0067", "PB0068", "PB0069", "PB0081", "PB0086", "PB0090", "PB0091", "PB0092", "PB0093", "PB0094", "PB0120", "PB0121", "PB0122", "PB0123", "PB0124", "PB0125", "PB0130", "PB0131", "PB0132", "PB0133", "PB0134", "PB0135", "PB0136", "PB0137", "PB0150", "PB0151", "PB0152", "PB0153", "PB0154", "PB0155", "PB0160", "PB0161", "PB0162", "PB0163", "PB0164", "PB0165", "PB0166", "PB0167", "PB0168", "PB0169", "PB0170", "PB0171", "PB0172", "PB0173", "PB0174", "PB1001", "PB1012", "PB1030", "PB1052", "PB1056"],
            global::Prebake.Generators.Messages.Diagnostics.All.Keys.Where(id => !tested.Contains(id)).OrderBy(id => id));
    }

    [Fact]
    public void Too_many_methods_of_ones_own_are_refused()
    {
        string methods = string.Join(", ", Enumerable.Range(0, 15).Select(i => $"\"M{i}\""));
        Assert.Equal("PB0047", Assert.Single(Harness.Generate($$"""partial class App { [Route("/", {{methods}})] string A() => ""; }""").Diagnostics).Id);
    }
}
