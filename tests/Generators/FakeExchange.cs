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

    public override bool TryReadJson<T>(JsonTypeInfo<T> type, bool isRequired, out T? value, ref Errors? errors) where T : default
    {
        value = default;
        try
        {
            if (_body.Length > 0) value = JsonSerializer.Deserialize(_body, type);
        }
        catch (JsonException e)
        {
            (errors ??= []).Fault("not the JSON");
            foreach (FieldError error in Http.JsonFaults.Of(_body, type, e)) errors.Add(error.Name, error.Message);
            return true;
        }

        if (isRequired && (value is null || _body.Length == 0)) Check.AddMissingBody(ref errors);
        return true;
    }

    public override void ReplyInvalid(Errors errors)
    {
        if (errors.Detail.StartsWith("The parameter '", StringComparison.Ordinal)) Say("bad " + errors[0].Name);
        else if (errors.Detail == "This route needs a body.") Say("missing body");
        else Say($"{(errors.IsMalformed ? 400 : 422)} {errors.Detail} [{string.Join(", ", errors.Select(error => error.Name + " " + error.Message))}]");
    }

    public override void SetStatus(int status) => _status = status;

    private int _status;

    public override void EndWith(Task pending) => pending.Wait();

    public override void ReplyEitherWhenDone<T>(ValueTask<Response<T>> pending, JsonTypeInfo<T> type) => ReplyEither(pending.AsTask().Result, type);

    public override bool Decline(string name)
    {
        Declined = name;
        return false;
    }

    /// <summary>The path parameter that did not parse.</summary>
    public string? Declined { get; private set; }

    public override void ReplyUnauthorized(string challenge) => Say("401 " + challenge);

    public override void ReplyForbidden() => Say("403");

    /// <summary>What is to be disposed of, in the order in which it came.</summary>
    public List<object> Owned { get; } = [];

    public override void Own(object? value)
    {
        if (value is not null) Owned.Add(value);
    }

    /// <summary>Set by tests: the body is announced as too long.</summary>
    public bool BodyIsRefused { get; init; }

    public override bool RefusesBody()
    {
        if (BodyIsRefused) Say("413");
        return BodyIsRefused;
    }

    public override bool RefusesBody(RouteTable part) => RefusesBody();

    /// <summary>Set by tests: the body comes later.</summary>
    public bool BodyIsLate { get; init; }

    public bool HasWaited { get; private set; }

    public override bool HasWholeBody => !BodyIsLate || HasWaited;

    public override async ValueTask<ReadOnlyMemory<byte>> WaitForBody()
    {
        Detach();
        await Task.Yield();
        HasWaited = true;
        return _body;
    }

    public override async ValueTask<int> WaitForBody(int route)
    {
        await WaitForBody();
        return route;
    }

    /// <summary>Replies may come from another thread.</summary>
    public bool IsDetached { get; private set; }

    public override void Detach() => IsDetached = true;

    public override void Fail(Exception error) => Say("failed " + error.Message);

    public override bool Ended(bool ran)
    {
        if (!ran) Say("declined late");
        return true;
    }

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

    public override void ReplyWhenDone(ValueTask<Response?> pending, Next next) => Reply(pending.AsTask().Result);

    private readonly List<RouteTable> _entered = [];
    private readonly Stack<(RouteTable? Table, int Place)> _enclosed = [];
    private Response? _inside;

    public override bool TryEnter(RouteTable table)
    {
        if (_entered.Contains(table)) return false;
        _entered.Add(table);
        return true;
    }

    private readonly Dictionary<RouteTable, object?> _given = [];

    public override void GiveTo(RouteTable table, object? given) => _given[table] = given;

    public override object? GivenTo(RouteTable table) => _given[table];

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

        if (_status > 0) answer = _status + " " + answer;
        Answer += Answer.Length == 0 ? answer : "\n" + answer;
    }
}
