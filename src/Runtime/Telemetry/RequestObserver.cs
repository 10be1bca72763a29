using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.Extensions.Logging;
using Prebake.Http;
using Prebake.Logging;
using Prebake.Routing;

namespace Prebake.Telemetry;

/// <summary>Times requests for whoever wants to know: a meter's listener, a trace, the access log.</summary>
internal sealed class RequestObserver(AccessLog? accessLog, string scheme, ILogger logger)
{
    // 499, as nginx has it: the client left before there was an answer
    private const int ClientLeft = 499;

    private readonly Histogram<double> _duration = Instruments.RequestDuration;
    private readonly ActivitySource _source = Instruments.Source;
    private static readonly object?[] s_statuses = new object?[600];

    /// <summary>The access log, if there is one.</summary>
    public AccessLog? AccessLog => accessLog;

    /// <summary>Somebody wants to know. Asked once for what one read brought.</summary>
    public bool IsOn => accessLog is not null || _duration.Enabled || _source.HasListeners();

    /// <summary>Begins the span of a request, as a child of the one that its fields name; null when nobody traces it.</summary>
    public Activity? StartActivity(RequestHead head, RouteTable table, int route, IPEndPoint? client)
    {
        if (!_source.HasListeners()) return null;

        Activity? outer = Activity.Current;
        try
        {
            return Start(head, table, route, client);
        }
        catch (Exception e)
        {
            Log.ObserverFailed(logger, e);          // a listener's trouble is not the request's
            return null;
        }
        finally
        {
            Activity.Current = outer;               // the loop has others to serve; the handler's own turn sets it
        }
    }

    private Activity? Start(RequestHead head, RouteTable table, int route, IPEndPoint? client)
    {
        string method = KnownMethod(head);
        string pattern = route < 0 ? "" : table.PatternOf(route);
        DistributedContextPropagator.Current.ExtractTraceIdAndState(head, ReadField, out string? parent, out string? state);
        ActivityContext.TryParse(parent, state, isRemote: true, out ActivityContext context);

        var tags = new ActivityTagsCollection
        {
            ["http.request.method"] = method,
            ["url.scheme"] = scheme,
            ["url.path"] = Encoding.ASCII.GetString(head[head.RawPath]),
        };
        if (pattern.Length > 0) tags["http.route"] = pattern;

        Activity? activity = _source.CreateActivity(pattern.Length > 0 ? $"{method} {pattern}" : method, ActivityKind.Server, context, tags);
        if (activity is null) return null;

        if (activity.IsAllDataRequested)
        {
            if (method == "_OTHER") activity.SetTag("http.request.method_original", Encoding.ASCII.GetString(head[head.MethodName]));
            if (head.Query.Length > 0) activity.SetTag("url.query", Encoding.ASCII.GetString(head[head.Query]));
            if (client is not null) activity.SetTag("client.address", client.Address.ToString());
            if (new Headers(head)["User-Agent"] is { } agent) activity.SetTag("user_agent.original", agent);
            activity.SetTag("network.protocol.version", VersionOf(head));
            SetServer(activity, Encoding.ASCII.GetString(head[head.Authority]));
        }

        foreach ((string name, string? value) in DistributedContextPropagator.Current.ExtractBaggage(head, ReadField) ?? []) activity.AddBaggage(name, value);
        activity.Start();
        return activity;
    }

    /// <summary>A request is over. Its status is 0 when it was not answered.</summary>
    public void Ended(RequestHead head, RouteTable table, int route, int status, long started, long bytes, Activity? activity, Exception? error, IPEndPoint? client,
        string? requestId)
    {
        Activity? outer = Activity.Current;
        try
        {
            End(head, table, route, status, started, bytes, activity, error, client, requestId);
        }
        catch (Exception e)
        {
            Log.ObserverFailed(logger, e);
        }
        finally
        {
            Activity.Current = outer;
        }
    }

    /// <summary>A head that could not be understood, or did not come to its end, was answered, without a body.</summary>
    public void Refused(int status, string reason, IPEndPoint? client)
    {
        try
        {
            if (_duration.Enabled)
            {
                // It began and ended with one read; of its method and version nothing is certain
                var tags = new TagList
                {
                    { "http.request.method", "_OTHER" },
                    { "url.scheme", scheme },
                    { "http.response.status_code", s_statuses[status] ??= status },
                    { "error.type", reason },
                };
                _duration.Record(0, tags);
            }

            accessLog?.Write(new AccessEntry("-", "-", "-", status, 0, 0, client?.Address, null, null, null));
        }
        catch (Exception e)
        {
            Log.ObserverFailed(logger, e);
        }
    }

    private void End(RequestHead head, RouteTable table, int route, int status, long started, long bytes, Activity? activity, Exception? error, IPEndPoint? client,
        string? requestId)
    {
        TimeSpan elapsed = Stopwatch.GetElapsedTime(started);
        string pattern = route < 0 ? "" : table.PatternOf(route);
        if (status == 0) status = ClientLeft;
        string? fault = error?.GetType().FullName ?? (status >= 500 ? status.ToString(CultureInfo.InvariantCulture) : null);

        if (_duration.Enabled)
        {
            var tags = new TagList
            {
                { "http.request.method", KnownMethod(head) },
                { "url.scheme", scheme },
                { "http.response.status_code", s_statuses[status] ??= status },
                { "network.protocol.version", VersionOf(head) },
            };
            if (pattern.Length > 0) tags.Add("http.route", pattern);
            if (fault is not null) tags.Add("error.type", fault);
            _duration.Record(elapsed.TotalSeconds, tags);
        }

        if (activity is not null)
        {
            activity.SetTag("http.response.status_code", s_statuses[status] ??= status);
            if (fault is not null) activity.SetTag("error.type", fault).SetStatus(ActivityStatusCode.Error);
            activity.Dispose();
        }

        accessLog?.Write(new AccessEntry(Encoding.ASCII.GetString(head[head.MethodName]), Encoding.ASCII.GetString(head[head.Target]),
            head.MinorVersion == 0 ? "HTTP/1.0" : "HTTP/1.1", status, bytes, elapsed.TotalSeconds, client?.Address, pattern.Length > 0 ? pattern : null,
            activity?.TraceId.ToString(), requestId));
    }

    private static string VersionOf(RequestHead head) => head.MinorVersion == 0 ? "1.0" : "1.1";

    // What the conventions know; anybody could send anything else, and each would be a time series of its own
    private static string KnownMethod(RequestHead head) => head.Method is > HttpMethod.Unknown and < HttpMethod.FirstCustom ? MethodName.Of(head) : "_OTHER";

    private static void SetServer(Activity activity, string authority)
    {
        if (authority.Length == 0) return;

        int colon = authority.LastIndexOf(':');
        bool hasPort = colon > authority.LastIndexOf(']');
        activity.SetTag("server.address", hasPort ? authority[..colon] : authority);
        if (hasPort && int.TryParse(authority.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port)) activity.SetTag("server.port", port);
    }

    private static void ReadField(object? carrier, string name, out string? value, out IEnumerable<string>? values)
    {
        values = null;
        value = new Headers((RequestHead)carrier!)[name];
    }
}
