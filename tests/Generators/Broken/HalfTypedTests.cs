using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using Prebake.Generators.Analyze;

namespace Prebake.Generators.Tests.Broken;

/// <summary>Services, sockets and validation as a beginner writes them: each mistake is one message, at its place, and nothing is accepted and ignored.</summary>
public sealed class HalfTypedTests
{
    private const string Annotations = "using System.ComponentModel.DataAnnotations; using System.Text.Json.Serialization;\n";

    /// <summary>What is said, each as <c>PB0180 «place» words of the message</c>; of the message the words count that are given.</summary>
    public static TheoryData<string, string[]> Mistakes => new()
    {
        // WebSockets
        { Socket("[WebSocket(\"/a\")] Chat A(Response response) => new();"), ["PB0031 «response» request.UpgradeHeaders"] },
        { Socket("[WebSocket(\"/a\"), Status(201)] Chat A() => new();"), ["PB0116 «Status(201)» a WebSocket begins with 101"] },
        { Socket("[WebSocket(\"/a\")] Chat A([Form] string a) => new();"), ["PB0115 «a» read what the client sends in Message"] },
        { Socket("[WebSocket(\"/a\")] Chat A(UploadedFile file) => new();"), ["PB0115 «file» read what the client sends in Message"] },

        // Headers of what is sent as it yields
        { App("[Get(\"/a\")] IAsyncEnumerable<string>? A(Response response) => null;"), ["PB0031 «response» return Response.Stream(…) of it, and set the headers there"] },
        { App("[Get(\"/a\")] IAsyncEnumerable<byte[]>? A(Response response) => null;"), ["PB0031 «response» return Response.Stream(…) of it"] },
        { App("[Get(\"/a\")] IAsyncEnumerable<ServerSentEvent>? A(Response response) => null;"), ["PB0031 «response» return Response.Events(…) of it"] },
        { App("[Get(\"/a\")] Response A(Response response) => response;"), ["PB0031 «response» the handler returns a response of its own; set its headers there"] },

        // Providers: what one gives that could not be read may be what a handler asks for
        { App("[Provide] T P<T>() where T : new() => new(); [Get(\"/b\")] string B(Account a) => a.Name;"), ["PB0168 «T»"] },
        { App("Account _a = new(\"\"); [Provide] ref Account P() => ref _a; [Get(\"/b\")] string B(Account a, Account? b) => a.Name;"), ["PB0168 «ref Account»", "PB0172 «_a»"] },
        { App("[Provide] Task<Task<Account>> P() => null!; [Get(\"/b\")] string B(Account a) => a.Name;"), ["PB0168 «Task<Task<Account>>»"] },
        { App("[Provide] Account P => new(\"\"); [Get(\"/b\")] string B(Account a) => a.Name;"), ["CS0592 «Provide»"] },
        { App("[Provide(Challenge = \"\")] Account? P() => null; [Get(\"/b\")] string B(Account a) => a.Name;"), ["PB0071 «\"\"»"] },
        { App("[Provide(\"Bearer\")] Account? P() => null; [Get(\"/b\")] string B(Account a) => a.Name;"), ["CS1729 «Provide(\"Bearer\")»"] },
        { App("[Get(\"/b\")] string B(Account a) { [Provide] Account P() => new(\"\"); return P().Name; }"), ["PB0024 «Provide»"] },
        { "interface IGives { Account P(); } record Account(string Name); partial class App : IGives { [Provide] Account IGives.P() => new(\"\"); [Get(\"/b\")] string B(Account a) => a.Name; }", ["PB0024 «Provide»"] },
        { "record A1; record B1; record C1; partial class App { [Provide] A1 A(B1 b) => new(); [Provide] B1 B(C1 c) => new(); [Provide] C1 C(A1 a) => new(); [Get(\"/b\")] string Get(A1 a) => \"\"; }", ["PB0164 «A» 'App.C' asks for 'A1'"] },
        { App("[Provide] Account P([Form] string x) => new(x); [Post(\"/b\")] string B(Account a) => a.Name;"), ["PB0166 «x» a provider runs before the body is read"] },
        { App("[Provide] Account P(UploadedFile x) => new(x.Name); [Post(\"/b\")] string B(Account a) => a.Name;"), ["PB0166 «x»"] },

        // Copies that have not been changed yet
        { App("[Get(\"/a\")] string A() => \"1\"; [Get(\"/b\")] string A() => \"2\"; [Get(\"/ok\")] string Ok() => \"\";"), ["CS0111 «A»"] },
        { App("[Get(\"/a\")] string A(int id) => \"1\"; [Get(\"/a\")] string A(int id) => \"2\"; [Get(\"/ok\")] string Ok() => \"\";"), ["CS0111 «A»"] },
        { App("[Static(\"/a\")] const string A = \"1\"; [Static(\"/b\")] const string A = \"2\"; [Get(\"/ok\")] string Ok() => \"\";"), ["CS0102 «A»"] },
        { App("[Static(\"/a\")] static string A => DateTime.Now.ToString(); [Static(\"/b\")] static string A => \"2\"; [Get(\"/ok\")] string Ok() => \"\";"), ["CS0102 «A»"] },
        { App("[Provide] Account P() => new(\"\"); [Provide] Account P() => new(\"\"); [Get(\"/b\")] string B(Account a) => a.Name;"), ["CS0111 «P»"] },
        { App("[Before] void P() { } [Before] void P() { } [Get(\"/b\")] string B() => \"\";"), ["CS0111 «P»"] },
        { App("[Error] string E(Exception e) => \"\"; [Error] string E(Exception e) => \"\"; [Get(\"/b\")] string B() => \"\";"), ["CS0111 «E»"] },
        { "partial class Part { [Get(\"/x\")] string X() => \"\"; } partial class App { [Mount(\"/p\")] readonly Part _p = new(); [Mount(\"/q\")] readonly Part _p = new(); [Get(\"/ok\")] string Ok() => \"\"; }", ["CS0102 «_p»"] },
        { Steps("partial class App { [Use] readonly Steps _s = new(); [Use] readonly Steps _s = new(); [Get(\"/ok\")] string Ok() => \"\"; }"), ["CS0102 «_s»"] },

        // Guards
        { App("bool IsOn => true; [Get(\"/a\"), Guard(nameof(IsOn))] string A() => \"\";"), ["PB0170 «nameof(IsOn)» not as a method"] },
        { "[Routes(Guarded = true), StaticDirectory(\"/pub\", \"public\")] partial class App { [Get(\"/ok\"), Open] string Ok() => \"\"; }", ["PB0173 «\"/pub\"»"] },
        { "[Routes(Guarded = true), Directory(\"/d\", \"public\")] partial class App { [Get(\"/ok\"), Open] string Ok() => \"\"; }", ["PB0171 «\"/d\"» put [Guard(\"…\")] on the class"] },

        // Mounts
        { "partial struct Part { [Get(\"/x\")] string X() => \"\"; } partial class App { [Mount(\"/p\")] readonly Part _p = new(); [Get(\"/ok\")] string Ok() => \"\"; }", ["PB0003 «Part»"] },
        { "partial class Part { [Get(\"/x\")] string X() => \"\"; } class Real : Part; partial class App { [Mount(\"/p\")] readonly Real _p = new(); }", ["PB0151 «Real» declare 'Part'"] },
        { "partial class Part { [Get(\"/x\")] string X() => \"\"; } partial class App { [Mount(\"/p\")] readonly List<Part> _p = []; }", ["PB0151 «List<Part>» one member for each object"] },

        // Around handlers
        { App("[Get(\"/a\")] string A(Next next) => \"\";"), ["PB0031 «next» only an [Around] method has what comes next"] },
        { App("[Before] void A(Next next) { } [Get(\"/a\")] string Ok() => \"\";"), ["PB0031 «next» only an [Around] method"] },
        { App("[Around] Task<Response> A(Request r, Func<Request, Task<Response>> next) => next(r); [Get(\"/a\")] string Ok() => \"\";"), ["PB0180 «A» one parameter of type Next"] },
        { App("[Around] Response A(ref Next next) => next.Run(); [Get(\"/a\")] string Ok() => \"\";"), ["PB0034 «next»"] },
        { App("[After] void A<T>(T t) { } [Get(\"/a\")] string Ok() => \"\";"), ["PB0180 «A» generic"] },
        { App("[Before] void A([Form] string f) { } [Post(\"/a\")] string Ok() => \"\";"), ["PB0180 «A» it cannot have the body"] },
        { App("[Before] void A(UploadedFile f) { } [Post(\"/a\")] string Ok() => \"\";"), ["PB0180 «A» it cannot have the body"] },
        { App("[Before] bool A() => true; [Get(\"/a\")] string Ok() => \"\";"), ["PB0180 «A» a Response?, an HttpException?"] },
        { App("[Before] Response? A(string[] tag) => null; [Get(\"/a\")] string Ok() => \"\";"), [] },
        { Steps("partial class App { [Use] readonly Steps _s = null!; [Get(\"/a\")] string Ok() => \"\"; }"), ["PB0181 «Steps» give it an object"] },
        { Steps("class Nothing { [Use] readonly Steps _s = new(); }"), ["PB0181 «Steps» move it to a class that has"] },
        { App("[Error] void A(Exception e) { } [Get(\"/a\")] string Ok() => \"\";"), ["PB0220 «void»"] },
        { App("[Error] async Task A(Exception e) => await Task.Yield(); [Get(\"/a\")] string Ok() => \"\";"), ["PB0220 «Task»"] },

        // Base classes
        { "abstract class Base { [Before] protected void B() { } } partial class App : Base { [Get(\"/a\")] string Ok() => \"\"; }", ["PB0221 «App» [Before] of 'Base.B'"] },
        { "abstract class Base { [Validate] protected void V(string x, Errors e) { } } partial class App : Base { [Get(\"/a\")] string Ok(string x) => x; }", ["PB0206 «V»", "PB0221 «App» [Validate] of 'Base.V'"] },
        { "[Guard(\"P\")] partial class Base { protected bool P() => false; [Get(\"/q\")] string Q() => \"\"; } partial class App : Base { [Get(\"/a\")] string Ok() => \"\"; }", ["PB0221 «App» [Guard] of 'Base'"] },
        { "abstract class Base { [Before] protected virtual void B() { } } partial class App : Base { [Before] protected override void B() { } [Get(\"/a\")] string Ok() => \"\"; }", [] },

        // Results, forms, validation
        { App("[Get(\"/a\")] Response<Response> A() => default!;"), ["PB0050 «Response<Response>» it is a response already"] },
        { App("[Get(\"/a\")] Response<Account>? A() => null;"), ["PB0050 «Response<Account>?» return 'Response<Account>'"] },
        { App("[Get(\"/a\")] Response<Task<Account>> A() => default!;"), ["PB0050 «Response<Task<Account>>» await the inner one"] },
        { App("[Post(\"/a\")] string A(Dictionary<string, UploadedFile> f) => \"\";"), ["PB0031 «f» a file is not JSON"] },
        { App("[Post(\"/a\")] string A([Form] Dictionary<string, string> f) => \"\";"), ["PB0200 «f» declare a record"] },
        { App("[Get(\"/a\")] string A(UploadedFile f) => \"\";"), ["PB0033 «f» use [Post], [Put], [Patch] or [Delete]"] },
        { App("[Validate] void V(string y, Errors e) { } [Get(\"/a\")] string A(string x) => x;"), ["PB0207 «V» a parameter 'string y'"] },
        { "record Req(string A) { [Validate] public void Check(Errors e) { } }", ["PB0206 «Check» 'Req' has no routes"] },
        { Annotations + App("[Get(\"/a\")] string A([RegularExpression(\"\")] string x) => x;"), ["PB0203 «RegularExpression(\"\")» has no pattern"] },
        { Annotations + "[Parameters] record Paging(int Limit = 20) : IValidatableObject { public IEnumerable<ValidationResult> Validate(ValidationContext c) => []; } partial class App { [Get(\"/a\")] string A(Paging p) => \"\"; }", ["PB0222 «p» 'Validate' of 'Paging'"] },

        { Annotations + App("[Get(\"/a\")] string A([Range(300, 400)] byte x) => \"\";"), ["PB0203 «Range(300, 400)» no value of type 'byte' is in it"] },
        { Annotations + App("[Get(\"/a\")] string A([Range(-5, -1)] uint x) => \"\";"), ["PB0203 «Range(-5, -1)» no value of type 'uint' is in it"] },
        { Annotations + App("[Get(\"/a\")] string A([Range(1.5, 1.6)] int x) => \"\";"), ["PB0203 «Range(1.5, 1.6)» no value of type 'int' is in it"] },
        { Annotations + App("[Get(\"/a\")] string A([Range(double.NaN, 1)] double x) => \"\";"), ["PB0203 «Range(double.NaN, 1)» no value is in it"] },
        { Annotations + App("[Get(\"/a\")] string A([Range(1, 2, MinimumIsExclusive = true, MaximumIsExclusive = true)] int x) => \"\";"), ["PB0203 «Range(1, 2, MinimumIsExclusive = true, MaximumIsExclusive = true)» without its ends, so no value of type 'int' is in it"] },
        { Annotations + "record SignUp([property: Compare(\"Again\")] string Password, string Again); partial class App { [Post(\"/a\")] string A([Form] SignUp s) => \"\"; }", ["PB0203 «Compare(\"Again\")» write a [Validate] method"] },
        { Annotations + App("[Get(\"/a\")] string A([Range(1, 5, ErrorMessage = \"{0}!\"), Display(Name = \"Key\", ResourceType = typeof(Account))] int x) => \"\";"), ["PB0203 «Display(Name = \"Key\", ResourceType = typeof(Account))» write the name itself"] },
        { Annotations + App("[Get(\"/a\")] string A([Range(1, 5), Display(Name = \"Key\", ResourceType = typeof(Account))] int x) => \"\";"), [] },
        { App("[Get(\"/a\")] string A(Response<int> r) => \"\"; [After] void B(Response<int> s) { }"), ["PB0031 «r» ask for 'Response response'", "PB0031 «s» ask for 'Response response'"] },
        { App("[Provide] UploadedFile P() => null!; [Post(\"/a\")] string A(UploadedFile f) => \"\";"), ["PB0168 «UploadedFile»"] },

        // What the compiler has said already
        { "file record Gone(string N); partial class App { [Provide] Gone P() => new(\"\"); [Get(\"/a\")] string A(Gone g) => \"\"; }", ["CS9051 «P»", "CS9051 «A»"] },
        { "file record Gone(string N); record Box<T>(T V); partial class App { [Get(\"/a\")] string A(Box<Gone> g) => \"\"; [Provide] Box<Gone> P() => null!; }", ["CS9051 «A»", "CS9051 «P»"] },
        { "file class Gone : Exception; partial class App { [Error] Response E(Gone e) => null!; [Get(\"/a\")] string A() => \"\"; }", ["CS9051 «E»"] },
        { "file class Gone { [Before] public void B() { } } partial class App { [Use] readonly Gone _g = new(); [Get(\"/a\")] string A() => \"\"; }", ["CS9051 «_g»"] },
        { "[Parameters] file record Gone(int A); partial class App { [Get(\"/a\")] string A(Gone g) => \"\"; [Post(\"/b\")] string B([Form] Gone g) => \"\"; }", ["CS9051 «A»", "CS9051 «B»"] },
        { "static class Gone { [Before] public static void B() { } } partial class App { [Use] readonly Gone _g = null!; [Get(\"/a\")] string A() => \"\"; }", ["CS0723 «_g»"] },
        { App("[Guard(nameof(G)), Get(\"/a\")] string A() => \"\"; bool G(Gone x) => true; [Get(\"/b\")] string B() => \"\";"), ["CS0246 «Gone»"] },
        { App("[Guard(nameof(G)), Get(\"/a\")] string A() => \"\"; bool G(int ) => true; [Get(\"/b\")] string B() => \"\";"), ["CS1001 «)»"] },
        { "[Routes(Guarded = true)] partial class App { [Guard(nameof(G)), Get(\"/a\")] string A() => \"\"; bool G(Gone x) => true; [Open, Get(\"/b\")] string B() => \"\"; }", ["CS0246 «Gone»"] },
        { App("[Provide] Account P(Gone x) => null!; [Get(\"/a\")] string A(Account a) => \"\";"), ["CS0246 «Gone»"] },
        { App("[Provide(Challenge = )] Account? P() => null; [Get(\"/a\")] string A(Account a) => \"\";"), ["CS1525 «)»"] },
        { App("[Provide(Chalenge = \"Bearer\")] Account? P() => null; [Get(\"/a\")] string A(Account a) => \"\";"), ["CS0246 «Chalenge»"] },
        { App("[Provide(Challenge = null)] Account? P() => null; [Get(\"/a\")] string A(Account a) => \"\";"), ["PB0167 «a»"] },

        // Options
        { App("[Use] readonly AddressList _a = new() { Allow = [\"10.0.0.1/8\"], Deny = new[] { \"nope\", \"10.0.0.0/8\" } }; [Get(\"/a\")] string A() => \"\";"), ["PB0223 «\"10.0.0.1/8\"» bits behind its prefix", "PB0223 «\"nope\"» not a network"] },
        { "static class M { static object O() => new ServeOptions { TrustedProxies = [\"unix\", \"10.0.0.0/33\"], Port = 70000 }; }", ["PB0223 «\"10.0.0.0/33\"» from 0 to 32", "PB0223 «70000» use 0 to 65535"] },
        { App("[Use] readonly RateLimit _a = new() { Permits = 0, Window = TimeSpan.FromSeconds(1) }; [Get(\"/a\")] string A() => \"\";"), ["PB0223 «0» use 1 or more"] },
        { "static class M { static object O() => new ServeOptions { HttpsRedirectTo = 0, MaxHandshakesPerAddress = -1 }; static object D() => new Decompression { MaxRatio = 0 }; }", ["PB0223 «0» use 1 to 65535", "PB0223 «-1» use 1 or more", "PB0223 «0» use 1 or more"] },
        { App("[Use] readonly CrossOrigin _a = new() { Methods = [\"B AD\"] }; [Get(\"/a\")] string A() => \"\";"), ["PB0223 «\"B AD\"» it is not a name"] },
        { "static class M { static object O() => TlsOptions.FromPemFiles(\"cert.pem\", null!); }", ["PB0134 «null» the key is missing"] },
        { "[SecurityHeaders(ReportOnly = true)] partial class App { [Get(\"/a\")] string A() => \"\"; }", ["PB0189 «true» there is no ContentSecurityPolicy"] },
    };

    private static string App(string members) => "record Account(string Name);\npartial class App { " + members + " }";

    private static string Socket(string members) => "sealed class Chat : WebSocketHandler;\npartial class App { " + members + " [Get(\"/b\")] string B() => \"\"; }";

    private static string Steps(string source) => "class Steps { [Before] public void B() { } }\n" + source;

    [Theory, MemberData(nameof(Mistakes))]
    public async Task A_mistake_is_one_message_at_its_place(string source, string[] expected) => Assert.Equal([], Differences(expected, await FoundIn(source)));

    [Fact]
    public async Task Rules_that_nothing_asks_are_named()
    {
        string source = Annotations + """
            class WholeAttribute : ValidationAttribute;
            class Meta { [Required] public object? A { get; set; } }
            [Whole] record First(string? A);
            [MetadataType(typeof(Meta))] record Second { public string? A { get; init; } }
            record Third { [JsonInclude, MaxLength(2)] public string A = ""; [JsonInclude, Required] internal string? B { get; set; } [MaxLength(5)] private string _c = ""; }
            partial class App
            {
                [Post("/a")] string A(First r) => "";
                [Post("/b")] string B(Second r) => "";
                [Post("/c")] string C(Third r) => "";
            }
            """;
        string[] found = [.. (await FoundIn(source)).Where(one => !one.StartsWith("PB0052", StringComparison.Ordinal))];
        Assert.Equal([], Differences(["PB0222 «Whole» 'First'", "PB0222 «MetadataType(typeof(Meta))» 'Second'", "PB0222 «MaxLength(2)» 'Third.A'", "PB0222 «Required» 'Third.B'"], found));
    }

    [Fact]
    public async Task What_is_wrong_in_another_project_is_said_where_it_is_used()
    {
        MetadataReference library = Library("""
            public class Steps { [Before] public void B(ref int x) { } }
            [Parameters] public record Paging(int Limit, Stream? Rest = null);
            """);
        string[] found = await FoundIn("""
            partial class App
            {
                [Use] readonly Steps _steps = new();
                [Get("/a")] string A(Paging paging) => "";
            }
            """, library);
        Assert.Equal([], Differences(["PB0034 «_steps»", "PB0031 «A» 'paging.Rest'"], found));
    }

    [Fact]
    public async Task An_attribute_that_is_internal_to_another_project_cannot_be_asked()
    {
        MetadataReference library = Library("""
            using System.ComponentModel.DataAnnotations;
            internal class EvenAttribute : ValidationAttribute;
            public class Order { [Even] public int Count { get; set; } }
            """);
        string[] found = await FoundIn(Annotations + """
            [JsonSerializable(typeof(Order))] partial class AppJson : JsonSerializerContext;
            partial class App { [Post("/a")] string A(Order order) => ""; }
            """, library);
        Assert.Equal([], Differences(["PB0205 «order» [Even] on 'Count' cannot be asked: it is internal to another project"], found));
    }

    [Fact]
    public void A_network_is_refused_by_the_build_exactly_when_it_is_refused_at_the_start()
    {
        string[] texts =
        [
            "10.0.0.0/8", "10.0.0.1/8", "10.0.0.1", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "10.0.0.0/08", "10.0.0.0/ 8", "0.0.0.0/0", "256.0.0.1", "10.0.0", "010.0.0.1", "::1", "::/0", "2001:db8::/32",
            "2001:db8::1/32", "::1/129", "fe80::1%eth0", "[::1]", "::ffff:10.0.0.0/104", "::ffff:10.0.0.0/8", "localhost", "", " 10.0.0.1", "10.0.0.1 ", "unix", "1.2.3.4/32", "1.2.3.4/31", "0x7f.0.0.1", "１.2.3.4",
        ];
        foreach (string text in texts)
        {
            bool isRefused = Record.Exception(() => new AddressList { Allow = [text] }) is not null;
            Assert.True(isRefused == NetworkText.ReasonAgainst(text, takesUnix: false) is not null, text);
        }
    }

    [Fact]
    public void The_names_of_a_tuple_make_no_other_type_of_what_is_provided()
    {
        RouteTable table = Harness.Generate("""
            public partial class App
            {
                [Provide] (int Id, string Name) P() => (7, "x");
                [Provide] List<(int A, int B)> Q() => [(1, 2)];
                [Get("/a")] string A((int, string) given, List<(int, int)> list) => given.Item2 + list[0].Item2;
                [Get("/b")] string B((int Number, string Text) given) => given.Text + given.Number;
            }
            """).AssertClean().Table();
        Assert.Equal("text x2", FakeExchange.Send(table, "GET", "/a"));
        Assert.Equal("text x7", FakeExchange.Send(table, "GET", "/b"));
    }

    [Fact]
    public void Where_nullability_is_off_a_challenge_refuses_those_who_are_nobody()
    {
        RouteTable table = Harness.Generate("""
            #nullable disable
            public class Account { public string Name; }
            public partial class App
            {
                [Provide(Challenge = "Bearer")] Account Me(string name = null) => name == null ? null : new Account { Name = name };
                [Get("/a")] string A(Account me) => me.Name;
            }
            """).AssertClean().Table();
        Assert.Equal("401 Bearer", FakeExchange.Send(table, "GET", "/a"));
        Assert.Equal("text ada", FakeExchange.Send(table, "GET", "/a", "name=ada"));
    }

    [Fact]
    public void A_type_may_inherit_how_it_reads_itself()
    {
        RouteTable table = Harness.Generate("""
            public abstract record Read<T> where T : Read<T>, new() { public static T Bind(Request request) => new(); }
            public sealed record Mine : Read<Mine>;
            public partial class App { [Get("/a")] string A(Mine mine) => "mine"; }
            """).AssertClean().Table();
        Assert.Equal("text mine", FakeExchange.Send(table, "GET", "/a"));
    }

    [Theory]
    [InlineData("{}", "422 The request has invalid values. [Tags is required, Size must be from 1 to 5]")]
    [InlineData("""{"Size":1,"Tags":["a","b","c"],"Items":[{}]}""", "422 The request has invalid values. [Tags must have at most 2 items, Items[0].Name is required]")]
    [InlineData("""{"Size":1,"Tags":[],"Items":[{"Name":"x"}]}""", "text ok")]
    public void Overridden_properties_keep_their_rules_and_a_list_that_was_never_made_is_missing(string body, string expected)
    {
        foreach (bool debug in new[] { false, true })
        {
            RouteTable table = Harness.Generate(Annotations + """
                using System.Collections.Immutable;

                public class Base { [Range(1, 5)] public virtual int Size { get; set; } }
                public sealed class Item { [Required(ErrorMessage = "")] public string? Name { get; set; } }
                public sealed class Order : Base
                {
                    [Required, MaxLength(2)] public ImmutableArray<string> Tags { get; set; }
                    [MaxLength(2)] public ImmutableArray<int> Rest { get; set; }
                    public ImmutableArray<Item> Items { get; set; }
                    public ImmutableArray<Item>? Maybe { get; set; }
                    public override int Size { get; set; }
                }

                [JsonSerializable(typeof(Order))] public partial class AppJson : JsonSerializerContext;
                public partial class App { [Post("/a")] string A(Order order) => "ok"; }
                """ + "\n" + Json.Half("AppJson", ("Order", "Order")), debug).AssertClean().Table();
            Assert.Equal(expected.Split('[')[0], FakeExchange.Send(table, "POST", "/a", body: body).Split('[')[0]);
            Assert.Equal(Sorted(expected), Sorted(FakeExchange.Send(table, "POST", "/a", body: body)));
        }

        static string[] Sorted(string answer) => [.. answer.TrimEnd(']').Split(['[', ','], StringSplitOptions.TrimEntries).Order(StringComparer.Ordinal)];
    }

    [Theory]
    [InlineData("[Range(-5, 0)] uint", "0", "1")]
    [InlineData("[Range(255, 300)] byte", "255", "254")]
    [InlineData("[Range(0, 0)] byte", "0", "1")]
    [InlineData("[Range(int.MaxValue, int.MaxValue)] int", "2147483647", "5")]
    [InlineData("[Range(typeof(long), \"-9223372036854775808\", \"-9223372036854775808\")] long", "-9223372036854775808", "0")]
    [InlineData("[Range(-1, 5, MinimumIsExclusive = true)] uint", "0", "6")]
    [InlineData("[Range(0, 255, MaximumIsExclusive = true)] byte", "254", "255")]
    [InlineData("[Range(double.MaxValue, double.PositiveInfinity)] double", "1.7976931348623157E%2B308", "5")]
    public void A_bound_at_the_end_of_a_type_is_a_bound_from_the_other_side(string parameter, string good, string bad)
    {
        RouteTable table = Harness.Generate(Annotations + "public partial class App { [Get(\"/a\")] string A(" + parameter + " x) => \"ok\"; }").AssertClean().Table();
        Assert.Equal("text ok", FakeExchange.Send(table, "GET", "/a", "x=" + good));
        Assert.StartsWith("422", FakeExchange.Send(table, "GET", "/a", "x=" + bad));
    }

    [Fact]
    public void A_property_that_is_obsolete_as_an_error_is_checked() => Harness.Generate(Annotations + """
        public sealed class Order { [Required, Obsolete("use another", true)] public string? A { get; set; } }
        [JsonSerializable(typeof(Order))] public partial class AppJson : JsonSerializerContext;
        public partial class App { [Post("/a")] string A(Order order) => "ok"; }
        """ + "\n" + Json.Half("AppJson", ("Order", "Order"))).AssertClean();

    private static IEnumerable<string> Differences(string[] expected, string[] found)
    {
        bool IsSaid(string wanted, string said)
        {
            int end = wanted.IndexOf('»') + 1;
            return said.StartsWith(wanted[..end], StringComparison.Ordinal) && said.Contains(wanted[end..].Trim(), StringComparison.Ordinal);
        }

        var left = found.ToList();
        foreach (string wanted in expected)
        {
            int at = left.FindIndex(said => IsSaid(wanted, said));
            if (at < 0) yield return "missing: " + wanted;
            else left.RemoveAt(at);
        }

        foreach (string said in left) yield return "unexpected: " + said;
    }

    /// <summary>What generator, compiler and analyzers say, without hints; what is said in emitted code has no place in the source.</summary>
    private static async Task<string[]> FoundIn(string source, params MetadataReference[] more)
    {
        CSharpCompilation compilation = Harness.Compile(source).AddReferences(more);
        Generated generated = Harness.Generate(compilation, files: "project\t/nowhere\nfolder\tpublic\nbelow\tpublic\ta.txt\t0:0:3:0123456789abcdef\n");
        ImmutableArray<DiagnosticAnalyzer> analyzers = [.. typeof(RouteGenerator).Assembly.GetTypes().Where(type => !type.IsAbstract && typeof(DiagnosticAnalyzer).IsAssignableFrom(type))
            .Select(type => (DiagnosticAnalyzer)Activator.CreateInstance(type)!)];
        ImmutableArray<Diagnostic> analyzed = await generated.Output
            .WithAnalyzers(analyzers, new CompilationWithAnalyzersOptions(new AnalyzerOptions([]), null, concurrentAnalysis: false, logAnalyzerExecutionTime: false)).GetAnalyzerDiagnosticsAsync();
        // What System.Text.Json's generator adds to a context is not here
        IEnumerable<Diagnostic> compiled = generated.CompilerDiagnostics.Where(found => found.Id is not ("CS0534" or "CS7036"));
        return [.. generated.Diagnostics.Concat(compiled).Concat(analyzed.Where(found => found.Severity > DiagnosticSeverity.Info)).Select(found => Said(found, source))];
    }

    private static string Said(Diagnostic found, string source)
    {
        string message = found.GetMessage(CultureInfo.InvariantCulture);
        if (found.Location.Kind == LocationKind.None) return $"{found.Id} without a place {message}";

        string path = found.Location.GetLineSpan().Path;
        TextSpan span = found.Location.SourceSpan;
        return path == "App.cs" ? $"{found.Id} «{source.Substring(span.Start, span.Length)}» {message}" : $"{found.Id} in {path} {message}";
    }

    private static MetadataReference Library(string source)
    {
        using var image = new MemoryStream();
        Assert.True(Harness.Generate(Harness.Compile(source)).Output.Emit(image).Success);
        return MetadataReference.CreateFromImage(image.ToArray());
    }
}
