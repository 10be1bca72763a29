using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Prebake.Routing;

namespace Prebake.Generators.Tests;

/// <summary>A request without a connection, and its answer as one line of text.</summary>
internal sealed class FakeExchange(string path, string query = "", string body = "", params (string Name, string Value)[] fields) : Exchange
{
    private readonly byte[] _path = Encoding.UTF8.GetBytes(path), _query = Encoding.UTF8.GetBytes(query), _body = Encoding.UTF8.GetBytes(body);

    /// <summary>What was replied; two replies are two lines.</summary>
    public string Answer { get; private set; } = "";

    public override Request Request => null!;

    public override Server Server => null!;

    public override CancellationToken Aborted => CancellationToken.None;

    public override ReadOnlySpan<byte> Path => _path;

    public override ReadOnlySpan<byte> Query => _query;

    public override ReadOnlySpan<byte> Body => _body;

    public override bool TryGetField(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        string wanted = Encoding.ASCII.GetString(name);
        foreach ((string candidate, string text) in fields)
        {
            if (!candidate.Equals(wanted, StringComparison.OrdinalIgnoreCase)) continue;
            value = Encoding.UTF8.GetBytes(text);
            return true;
        }

        value = default;
        return false;
    }

    public override bool TryReadJson<T>(JsonTypeInfo<T> type, out T? value) where T : default
    {
        value = _body.Length == 0 ? default : JsonSerializer.Deserialize(_body, type);
        return true;
    }

    public override bool Decline(string name)
    {
        Declined = name;
        return false;
    }

    /// <summary>The path parameter that did not parse.</summary>
    public string? Declined { get; private set; }

    public override void ReplyBadParameter(string name) => Say("bad " + name);

    public override void ReplyMissingBody() => Say("missing body");

    public override void Reply(string? text) => Say(text is null ? "not found" : "text " + text);

    public override void ReplyUtf8(ReadOnlySpan<byte> text) => Say("utf8 " + Encoding.UTF8.GetString(text));

    public override void Reply(byte[]? bytes) => Say(bytes is null ? "not found" : "bytes " + Encoding.UTF8.GetString(bytes));

    public override void Reply(Response? response) => Say(response is null ? "not found" : "response " + response.BodyText);

    public override void ReplyOrNext(Response? file) => Reply(file);

    public override void ReplyJson<T>(T? value, JsonTypeInfo<T> type) where T : default =>
        Say(value is null ? "not found" : "json " + JsonSerializer.Serialize(value, type));

    public override void ReplyEmpty() => Say("empty");

    public override void ReplyNotFound() => Say("not found");

    public override void ReplyWhenDone(ValueTask<string?> pending) => Reply(pending.AsTask().Result);

    public override void ReplyWhenDone(ValueTask<byte[]?> pending) => Reply(pending.AsTask().Result);

    public override void ReplyWhenDone(ValueTask<Response?> pending) => Reply(pending.AsTask().Result);

    private readonly List<RouteTable> _entered = [];
    private readonly Stack<(RouteTable? Table, int Place)> _enclosed = [];
    private Response? _inside;

    public override bool TryEnter(RouteTable table)
    {
        if (_entered.Contains(table)) return false;
        _entered.Add(table);
        return true;
    }

    public override void Enclose(RouteTable table, int place) => _enclosed.Push((table, place));

    public override void Suspend() { }

    public override bool RunWhenDone(ValueTask<bool> pending) => pending.AsTask().Result;

    public override void Refuse(HttpException refusal) => Say("refused " + refusal.Status);

    public override void ReplyUnrouted() => Say("unrouted");

    public override Response RunInside(RouteTable table, int route, int place)
    {
        _enclosed.Push((null, 0));
        table.RunFrom(this, route, place);
        return _inside!;
    }

    public override ValueTask<Response> RunInsideAsync(RouteTable table, int route, int place) => new(RunInside(table, route, place));

    public override void ReplyEmptyWhenDone(ValueTask pending)
    {
        pending.AsTask().Wait();
        ReplyEmpty();
    }

    public override void ReplyJsonWhenDone<T>(ValueTask<T?> pending, JsonTypeInfo<T> type) where T : default => ReplyJson(pending.AsTask().Result, type);

    /// <summary>Sends a request through a table the way the dispatcher does: routes that decline are followed by the next.</summary>
    public static string Send(RouteTable table, string method, string path, string query = "", string body = "", params (string Name, string Value)[] fields)
    {
        var exchange = new FakeExchange(path, query, body, fields);
        bool declined = false;
        for (int route = -1; ;)
        {
            route = table.Find(MethodOf(table, method), exchange.Path, route);
            if (route < 0) break;
            if (route < table.StaticCount) return "static " + route;
            if (table.Run(exchange, route)) return exchange.Answer;
            declined = true;
        }

        if (table.FetchOf(exchange.Path) is >= 0 and int fetch && table.Run(exchange, fetch)) return exchange.Answer;
        return declined ? "400" : table.MethodsOf(exchange.Path).IsEmpty ? "404" : "405 " + Encoding.ASCII.GetString(table.AllowOf(table.MethodsOf(exchange.Path)));
    }

    public static HttpMethod MethodOf(RouteTable table, string name) =>
        Enum.TryParse(name, ignoreCase: true, out HttpMethod known) && known != HttpMethod.FirstCustom ? known : table.MethodOf(Encoding.ASCII.GetBytes(name));

    private void Say(string answer)
    {
        if (_enclosed.TryPop(out (RouteTable? Table, int Place) next))
        {
            var response = new Response(answer);
            if (next.Table is { } table) table.Leave(this, response, next.Place);
            else _inside = response;
            return;
        }

        Answer += Answer.Length == 0 ? answer : "\n" + answer;
    }
}
